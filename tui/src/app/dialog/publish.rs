//! Asks before a content that was shown becomes the current one: for which versions, over what.

use super::Confirm;
use crate::app::diff::{DiffView, Offer};
use crate::app::grid::GridView;
use crate::app::office::{Basis, PublishTask};
use crate::app::theme::Tone;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::sensitive::Sensitive;
use fieldpost_common::text::size;

/// One version that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    version: Version,
    /// What was current when the diff was opened.
    current: Option<ContentHash>,
    chosen: bool,
}

/// The dialog: first the versions, then a word where it goes backward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublishDialog {
    pub(crate) application: AppName,
    task: PublishTask,
    size: u64,
    /// It looks like a secret: it isn't published from here.
    sensitive: Option<Sensitive>,
    /// What is typed where it goes backward: the site, else the patch.
    word: String,
    backward: bool,
    choices: Vec<Choice>,
    cursor: usize,
    /// The second question, once the versions are chosen.
    pub(crate) confirm: Option<Confirm>,
}

/// What `Enter` did.
pub(crate) enum Step {
    /// Asks on.
    Asked,
    /// Do it.
    Publish(PublishTask),
}

impl PublishDialog {
    /// Only for a content that was shown.
    pub(crate) fn new(diff: &DiffView, view: &GridView) -> Option<Self> {
        let Offer { sha256, version, current, backward } = diff.offer.clone()?;
        let (size, sensitive) = (diff.size_of(&sha256)?, diff.sensitive(&sha256));
        let issue = view.table.grid.patches.iter().find(|patch| patch.name == diff.patch).and_then(|patch| patch.issue.clone());
        let choices: Vec<_> = current
            .into_iter()
            .map(|(one, current)| Choice { chosen: one == version && current != Some(sha256), version: one, current })
            .collect();
        let cursor = choices.iter().position(|choice| choice.version == version).unwrap_or(0);
        let application = view.application()?.clone();
        let basis = Basis::Shown { size };
        let task = PublishTask { patch: diff.patch.clone(), sha256, basis, issue, versions: Vec::new(), takes_back: false };
        let word = diff.site().map_or(diff.patch.as_str(), SiteName::as_str).to_owned();
        Some(Self { application, task, size, sensitive, word, backward, choices, cursor, confirm: None })
    }

    pub(crate) fn ready(&self) -> bool {
        self.sensitive.is_none()
            && self.choices.iter().any(|choice| choice.chosen)
            && self.confirm.as_ref().is_none_or(Confirm::ready)
    }

    pub(crate) fn toggle(&mut self) {
        let published = self.task.sha256;
        if let Some(choice) = self.choices.get_mut(self.cursor) {
            choice.chosen = !choice.chosen && choice.current != Some(published);
        }
    }

    pub(crate) fn step(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by).min(self.choices.len().saturating_sub(1));
    }

    /// Enter: asks for a word where it goes backward, else does it.
    pub(crate) fn accept(&mut self) -> Step {
        if self.sensitive.is_some() {
            return Step::Asked;
        }
        if self.backward && self.confirm.is_none() {
            self.confirm = Some(Confirm::word(self.word.as_str()));
            return Step::Asked;
        }
        let chosen = self.choices.iter().filter(|choice| choice.chosen);
        let versions = chosen.map(|choice| (choice.version.clone(), choice.current)).collect();
        Step::Publish(PublishTask { versions, ..self.task.clone() })
    }

    pub(crate) fn title(&self) -> String {
        format!("Publish {}?", self.task.patch)
    }

    pub(crate) fn lines(&self) -> Vec<(Tone, String)> {
        let mut lines = vec![
            (Tone::Plain, format!("content {} · {}", self.task.sha256.short(), size(self.size))),
            (Tone::Plain, "becomes the current one of:".to_owned()),
        ];
        for (place, choice) in self.choices.iter().enumerate() {
            let pointer = if place == self.cursor && self.confirm.is_none() { '▌' } else { ' ' };
            let chosen = if choice.chosen { "[x]" } else { "[ ]" };
            let tone = if place == self.cursor { Tone::Strong } else { Tone::Plain };
            lines.push((tone, format!("{pointer}{chosen} {}  {}", choice.version, self.over(choice))));
        }
        if let Some(sensitive) = self.sensitive {
            lines.push((Tone::Plain, String::new()));
            lines.push((Tone::Alarm, format!("It looks like {sensitive}: it isn't published from here.")));
            lines.push((Tone::Alarm, "`fieldpost retrieve --publish --allow-secrets` says that it is meant.".to_owned()));
        }
        if self.backward {
            lines.push((Tone::Plain, String::new()));
            lines.push((Tone::Alarm, "This goes over what is published now, which is newer or was changed as well.".to_owned()));
        }
        lines.push((Tone::Plain, String::new()));
        lines.push((Tone::Plain, "No site changes by this. What was current stays in the history.".to_owned()));
        lines.extend(self.confirm.iter().flat_map(Confirm::lines));
        lines
    }

    fn over(&self, choice: &Choice) -> String {
        match choice.current {
            Some(current) if current == self.task.sha256 => "already current".to_owned(),
            Some(current) => format!("replaces {}", current.short()),
            None => "not published yet".to_owned(),
        }
    }
}
