//! Asks what becomes of a resolved conflict: published and sent, or saved to a file.

use crate::app::conflict::ConflictView;
use crate::app::input::Input;
use crate::app::keymap::Context;
use crate::app::office::{Basis, PublishTask, PutTask, Task, Three};
use crate::app::theme::Tone;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{SiteName, Version};
use fieldpost_common::issue::Issue;
use fieldpost_common::name::PatchName;
use fieldpost_common::text::{count, size};
use std::sync::Arc;

/// What can become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    Settle,
    Save,
}

/// What `Enter` did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Asks on.
    Asked,
    /// Publish and send.
    Settle(Settlement),
    /// Write a file.
    Save { path: String, bytes: Vec<u8> },
}

/// A resolved conflict: what must be done so that the site has the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settlement {
    pub(crate) three: Three,
    /// The publication, then the order; each of them replaces exactly what was seen.
    pub(crate) tasks: Vec<Task>,
}

/// The dialog: first what, then where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SettleDialog {
    patch: PatchName,
    site: SiteName,
    /// The site's version.
    version: Version,
    three: Three,
    issue: Option<Issue>,
    bytes: Arc<Vec<u8>>,
    sha256: ContentHash,
    conflicts: usize,
    goals: Vec<Goal>,
    cursor: usize,
    /// The file's name, once it is asked for.
    path: Option<Input>,
}

impl SettleDialog {
    /// Only once all is decided. Whoever may not publish can still save.
    pub(crate) fn new(view: &ConflictView, may_act: bool) -> Option<Self> {
        let work = view.work()?;
        let bytes = work.resolution.bytes(&work.merge)?;
        Some(Self {
            patch: view.patch.clone(),
            site: view.site.clone(),
            version: view.version.clone(),
            three: view.three.clone(),
            issue: view.issue.clone(),
            sha256: ContentHash::of(&bytes),
            bytes: Arc::new(bytes),
            conflicts: work.conflicts(),
            goals: if may_act { vec![Goal::Settle, Goal::Save] } else { vec![Goal::Save] },
            cursor: 0,
            path: None,
        })
    }

    pub(crate) fn context(&self) -> Context {
        if self.path.is_some() { Context::Word } else { Context::Pick }
    }

    pub(crate) fn input(&mut self) -> Option<&mut Input> {
        self.path.as_mut()
    }

    pub(crate) fn ready(&self) -> bool {
        self.path.as_ref().is_none_or(|path| !path.is_empty())
    }

    /// Whether what is chosen asks the server.
    pub(crate) fn asks(&self) -> bool {
        self.goals.get(self.cursor) == Some(&Goal::Settle)
    }

    pub(crate) fn step(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by).min(self.goals.len().saturating_sub(1));
    }

    /// Enter: asks for the file's name where one is needed; else says what to do.
    pub(crate) fn accept(&mut self) -> Step {
        match (self.goals.get(self.cursor), &self.path) {
            (Some(Goal::Settle), _) => Step::Settle(Settlement { three: self.three.clone(), tasks: self.tasks() }),
            (Some(Goal::Save), Some(path)) => Step::Save { path: path.text(), bytes: self.bytes.to_vec() },
            (Some(Goal::Save), None) => {
                let name = self.patch.as_str();
                let mut path = Input::default();
                path.paste(name.rsplit_once('/').map_or(name, |(_, name)| name));
                self.path = Some(path);
                Step::Asked
            }
            (None, _) => Step::Asked,
        }
    }

    /// The order says what was seen at the site, so that a newer change there stops it.
    fn tasks(&self) -> Vec<Task> {
        let Three { published, site: at_site, .. } = self.three;
        let publish = Task::Publish(PublishTask {
            patch: self.patch.clone(),
            sha256: self.sha256,
            basis: Basis::Made { bytes: Arc::clone(&self.bytes) },
            issue: self.issue.clone(),
            versions: vec![(self.version.clone(), Some(published))],
            takes_back: false,
        });
        let put = Task::Put(PutTask {
            patch: self.patch.clone(),
            site: self.site.clone(),
            version: self.version.clone(),
            sha256: self.sha256,
            expected: Some(at_site),
            seen: None,
            shown: false,
            over_shown: true,
        });
        if self.sha256 == at_site { vec![publish] } else { vec![publish, put] }
    }

    pub(crate) fn title(&self) -> String {
        match &self.path {
            Some(_) => "Save to which file?".to_owned(),
            None => "All is decided".to_owned(),
        }
    }

    pub(crate) fn lines(&self) -> Vec<(Tone, String)> {
        let facts = format!("result {} · {} · {}", self.sha256.short(), size(self.bytes.len() as u64), self.decided());
        let mut lines = vec![(Tone::Plain, facts), (Tone::Plain, String::new())];
        if let Some(path) = &self.path {
            lines.push((Tone::Strong, format!("file: {}▏", path.shown())));
            lines.push((Tone::Plain, String::new()));
            lines.push((Tone::Plain, "A file that is there is left as it is. Nothing is published or sent.".to_owned()));
            return lines;
        }
        for (place, goal) in self.goals.iter().enumerate() {
            let selected = place == self.cursor;
            let tone = if selected { Tone::Strong } else { Tone::Plain };
            lines.push((tone, format!("{} {}", if selected { '▌' } else { ' ' }, self.words(*goal))));
        }
        lines.push((Tone::Plain, String::new()));
        lines.extend(self.consequences());
        lines
    }

    fn decided(&self) -> String {
        if self.conflicts == 0 { "merged by itself".to_owned() } else { format!("{} decided", count(self.conflicts, "conflict")) }
    }

    fn words(&self, goal: Goal) -> String {
        let Self { site, version, three, .. } = self;
        match goal {
            Goal::Save => "save the result to a file".to_owned(),
            Goal::Settle if self.sha256 == three.site => {
                format!("publish the site's content for {version}; {site} has it already")
            }
            Goal::Settle if self.sha256 == three.published => format!("send what is published for {version} to {site}"),
            Goal::Settle => format!("publish the result for {version} and send it to {site}"),
        }
    }

    fn consequences(&self) -> Vec<(Tone, String)> {
        let Self { site, version, three, .. } = self;
        if self.goals.get(self.cursor) == Some(&Goal::Save) {
            let mut lines =
                vec![(Tone::Plain, "Nothing is published or sent. The decisions stay until the conflict is gone.".to_owned())];
            if self.goals.len() == 1 {
                lines.push((Tone::Faint, "Viewers look only: publishing needs the role developer.".to_owned()));
            }
            return lines;
        }
        let mut lines = Vec::new();
        if self.sha256 != three.published {
            lines.push((Tone::Plain, format!("{} is no longer the current one of {version}.", three.published.short())));
        }
        if self.sha256 != three.site {
            let words = format!("{} at {site} is replaced, if it is still there by then.", three.site.short());
            lines.push((Tone::Plain, words));
        }
        lines.push((Tone::Plain, "Both originals stay in the history and can be sent again.".to_owned()));
        lines
    }
}
