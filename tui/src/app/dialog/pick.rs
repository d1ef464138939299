//! Picks one of a list: the application, a version, a group of sites, an order of the patches, the end of a snooze, the patch that fixes an error.

use crate::app::commands::ask::Asking;
use crate::app::grid::sort::Sort;
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

/// The dialog; never without choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pick {
    choices: Vec<Choice>,
    cursor: usize,
    /// What stands below the choices.
    pub(crate) note: String,
}

impl Pick {
    /// Begins at what is chosen now.
    pub(crate) fn new(choices: Vec<Choice>, now: &Choice) -> Option<Self> {
        let cursor = choices.iter().position(|choice| choice == now).unwrap_or(0);
        (!choices.is_empty()).then_some(Self { choices, cursor, note: String::new() })
    }

    pub(crate) fn step(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by).min(self.choices.len() - 1);
    }

    /// Takes other choices; the cursor stays on its own. Without any, those that there are stay.
    pub(crate) fn renew(&mut self, choices: Vec<Choice>, note: &str) {
        note.clone_into(&mut self.note);
        let Some(new) = Self::new(choices, self.picked_ref()) else { return };
        (self.choices, self.cursor) = (new.choices, new.cursor);
    }

    pub(crate) fn picked_ref(&self) -> &Choice {
        &self.choices[self.cursor]
    }

    pub(crate) fn picked(&self) -> Choice {
        self.choices[self.cursor].clone()
    }

    /// Whether taking what is chosen asks the server.
    pub(crate) fn asks(&self) -> bool {
        match self.picked_ref() {
            Choice::App(_) | Choice::FixedBy { .. } => true,
            // Logs and actions ask for more first.
            Choice::Ask(_, asking) => !matches!(asking, Asking::Log { .. } | Asking::Action { .. }),
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
        let line = |(place, choice): (usize, &Choice)| {
            let label = match choice {
                Choice::App(app) => app.to_string(),
                Choice::Version(version) => version.as_ref().map_or("all versions".to_owned(), ToString::to_string),
                Choice::Sort(sort) => sort.words().to_owned(),
                Choice::Snooze { words, .. } => words.clone(),
                Choice::FixedBy { patch, .. } => patch.to_string(),
                Choice::Ask(_, asking) => asking.words(),
                Choice::Group(group) => group.as_ref().map_or("all sites".to_owned(), ToString::to_string),
            };
            if place == self.cursor { (Tone::Strong, format!("▌ {label}")) } else { (Tone::Plain, format!("  {label}")) }
        };
        let mut lines: Vec<_> = self.choices.iter().enumerate().map(line).collect();
        if !self.note.is_empty() {
            lines.extend([(Tone::Plain, String::new()), (Tone::Faint, self.note.clone())]);
        }
        lines
    }
}
