//! Picks one of a list: the application, a version, a group of sites, an order of the patches, the end of a snooze, the patch that fixes an error.

use crate::app::commands::ask::Asking;
use crate::app::fuzzy;
use crate::app::grid::sort::Sort;
use crate::app::input::Input;
use crate::app::keymap::Context;
use crate::app::theme::Tone;
use fieldpost_common::error_group::ErrorGroupId;
use fieldpost_common::id::{AppName, GroupName, SiteName, Version};
use fieldpost_common::incident::IncidentId;
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;

/// What can be picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    App(AppName),
    /// `None`: all of them.
    Version(Option<Version>),
    Group(Option<GroupName>),
    Sort(Sort),
    Snooze {
        incident: IncidentId,
        until: Timestamp,
        words: String,
    },
    Ask(SiteName, Asking),
    FixedBy {
        group: ErrorGroupId,
        patch: PatchName,
    },
}

/// How much of what is typed is seen at once.
const TYPED_CELLS: usize = 40;
/// The most that is shown of a list that typing narrows.
const SHOWN: usize = 200;

/// The dialog; never without choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pick {
    choices: Vec<Choice>,
    /// What was typed, where typing narrows the list.
    typed: Option<Input>,
    /// The choices that match it, in their order; without a text all of them.
    rows: Vec<usize>,
    /// The place in `rows`.
    cursor: usize,
    /// What stands below the choices.
    pub(crate) note: String,
}

impl Choice {
    fn label(&self) -> String {
        match self {
            Self::App(app) => app.to_string(),
            Self::Version(version) => version.as_ref().map_or("all versions".to_owned(), ToString::to_string),
            Self::Sort(sort) => sort.words().to_owned(),
            Self::Snooze { words, .. } => words.clone(),
            Self::FixedBy { patch, .. } => patch.to_string(),
            Self::Ask(_, asking) => asking.words(),
            Self::Group(group) => group.as_ref().map_or("all sites".to_owned(), ToString::to_string),
        }
    }
}

impl Pick {
    /// Begins at what is chosen now.
    pub(crate) fn new(choices: Vec<Choice>, now: &Choice) -> Option<Self> {
        let cursor = choices.iter().position(|choice| choice == now).unwrap_or(0);
        let rows = (0..choices.len()).collect();
        (!choices.is_empty()).then_some(Self { choices, typed: None, rows, cursor, note: String::new() })
    }

    /// The same, where what is typed narrows the list: for lists that are too long to look through.
    pub(crate) fn narrowed(choices: Vec<Choice>, now: &Choice) -> Option<Self> {
        Self::new(choices, now).map(|pick| Self { typed: Some(Input::default()), ..pick })
    }

    pub(crate) fn context(&self) -> Context {
        if self.typed.is_some() { Context::Narrow } else { Context::Pick }
    }

    pub(crate) fn input(&mut self) -> Option<&mut Input> {
        self.typed.as_mut()
    }

    /// Works out the rows anew after something was typed: the best match first.
    pub(crate) fn refilter(&mut self) {
        let text = self.typed.as_ref().map(Input::text).unwrap_or_default();
        self.rows = fuzzy::best(&text, self.choices.iter().map(Choice::label));
        self.cursor = 0;
    }

    pub(crate) fn has_typed(&self) -> bool {
        self.typed.as_ref().is_some_and(|typed| !typed.is_empty())
    }

    /// Takes back what was typed.
    pub(crate) fn clear(&mut self) {
        self.typed = self.typed.as_ref().map(|_| Input::default());
        self.refilter();
    }

    pub(crate) fn step(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by).min(self.rows.len().min(SHOWN).saturating_sub(1));
    }

    /// Takes other choices; the cursor stays on its own. Without any, those that there are stay.
    pub(crate) fn renew(&mut self, choices: Vec<Choice>, note: &str) {
        note.clone_into(&mut self.note);
        let here = self.picked().unwrap_or(&self.choices[0]);
        if let Some(new) = Self::new(choices, here) {
            *self = Self { note: std::mem::take(&mut self.note), ..new };
        }
    }

    /// What the cursor is on; none: nothing matches.
    pub(crate) fn picked(&self) -> Option<&Choice> {
        self.rows.get(self.cursor).map(|row| &self.choices[*row])
    }

    /// Whether taking what is chosen asks the server.
    pub(crate) fn asks(&self) -> bool {
        match self.picked() {
            Some(Choice::App(_) | Choice::FixedBy { .. }) => true,
            // Logs and actions ask for more first.
            Some(Choice::Ask(_, asking)) => !matches!(asking, Asking::Log { .. } | Asking::Action { .. }),
            _ => false,
        }
    }

    pub(crate) fn title(&self) -> String {
        let title = match &self.choices[0] {
            Choice::Ask(site, _) => return format!("Ask {site} for"),
            Choice::App(_) => "Application",
            Choice::Version(_) => "Version",
            Choice::Group(_) => "Sites",
            Choice::Sort(_) => "Order of the patches",
            Choice::Snooze { .. } => "Hear nothing of it for",
            Choice::FixedBy { .. } => "Which patch fixes it?",
        };
        title.to_owned()
    }

    /// The line that the cursor is on.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    pub(crate) fn lines(&self) -> Vec<(Tone, String)> {
        let line = |(place, row): (usize, &usize)| {
            let label = self.choices[*row].label();
            if place == self.cursor { (Tone::Strong, format!("▌ {label}")) } else { (Tone::Plain, format!("  {label}")) }
        };
        self.rows.iter().take(SHOWN).enumerate().map(line).collect()
    }

    /// What is typed, and how many are left of how many; or what there is to say of the list.
    pub(crate) fn foot(&self) -> Vec<(Tone, String)> {
        let Some(typed) = &self.typed else {
            return Some((Tone::Faint, self.note.clone())).filter(|(_, note)| !note.is_empty()).into_iter().collect();
        };
        let words = format!("/{}  {}/{}", typed.field(TYPED_CELLS), self.rows.len(), self.choices.len());
        vec![(Tone::Strong, words)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick(number: usize, now: usize) -> Pick {
        let choice = |number: usize| Choice::FixedBy {
            group: ErrorGroupId(1),
            patch: format!("{number}-Order-{}.st", if number.is_multiple_of(17) { "lots" } else { "price" })
                .parse()
                .expect("a name"),
        };
        Pick::narrowed((0..number).map(choice).collect(), &choice(now)).expect("choices")
    }

    fn typed(pick: &mut Pick, text: &str) {
        pick.input().expect("a field").paste(text);
        pick.refilter();
    }

    fn picked(pick: &Pick) -> String {
        pick.picked().map(Choice::label).unwrap_or_default()
    }

    #[test]
    fn typing_narrows_the_list_and_says_how_many_are_left() {
        let mut pick = pick(200, 3);
        assert_eq!((picked(&pick).as_str(), pick.foot()[0].1.as_str()), ("3-Order-price.st", "/▏  200/200"));
        typed(&mut pick, "ordlots");
        assert_eq!((picked(&pick).as_str(), pick.foot()[0].1.as_str()), ("0-Order-lots.st", "/ordlots▏  12/200"));
        pick.step(100);
        assert_eq!(pick.cursor(), 11);
        assert!(pick.has_typed());
        pick.clear();
        assert_eq!(pick.lines().len(), 200);
    }

    #[test]
    fn where_nothing_matches_nothing_is_picked() {
        let mut pick = pick(20, 0);
        typed(&mut pick, "zzz");
        pick.step(1);
        assert_eq!((pick.picked(), pick.foot()[0].1.as_str()), (None, "/zzz▏  0/20"));
    }

    #[test]
    fn of_a_list_that_is_longer_than_is_shown_all_is_found() {
        let mut pick = pick(5_000, 0);
        assert_eq!(pick.lines().len(), SHOWN);
        typed(&mut pick, "4998-");
        assert_eq!(picked(&pick), "4998-Order-lots.st");
    }
}
