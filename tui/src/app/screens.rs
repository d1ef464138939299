//! Which screen is shown: a tab, and what was opened over it. What a screen holds is left to its room.

use super::commands::output::OutputView;
use super::conflict::ConflictView;
use super::diff::DiffView;
use super::errors::page::ErrorPage;
use super::history::HistoryView;
use super::jobs::JobsView;
use super::keymap::Action;
use super::messages::MessagesView;
use super::sites::site::SiteView;

/// The screens that are always there, each with a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tab {
    #[default]
    Patches,
    Sites,
    Alerts,
    Errors,
    Activity,
}

impl Tab {
    /// In the order of their keys.
    pub(crate) const ALL: [Self; 5] = [Self::Patches, Self::Sites, Self::Alerts, Self::Errors, Self::Activity];

    /// What shows it.
    pub(crate) const fn action(self) -> Action {
        match self {
            Self::Patches => Action::ShowPatches,
            Self::Sites => Action::ShowSites,
            Self::Alerts => Action::ShowAlerts,
            Self::Errors => Action::ShowErrors,
            Self::Activity => Action::ShowActivity,
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Patches => "Patches",
            Self::Sites => "Sites",
            Self::Alerts => "Alerts",
            Self::Errors => "Errors",
            Self::Activity => "Activity",
        }
    }

    /// The one to the right; after the last comes the first.
    pub(crate) fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }

    /// The one to the left; before the first comes the last.
    pub(crate) fn previous(self) -> Self {
        Self::ALL[(self as usize + Self::ALL.len() - 1) % Self::ALL.len()]
    }
}

/// A screen that was opened over a tab.
#[derive(Debug)]
pub(crate) enum Screen {
    Diff(Box<DiffView>),
    Conflict(Box<ConflictView>),
    Site(Box<SiteView>),
    Error(Box<ErrorPage>),
    History(Box<HistoryView>),
    Jobs(JobsView),
    Commands,
    Output(Box<OutputView>),
    Messages(MessagesView),
}

/// The tab that is shown, and the screens over each of them; going back closes the topmost of this one.
#[derive(Debug, Default)]
pub(crate) struct Screens {
    pub(crate) tab: Tab,
    over: [Vec<Screen>; Tab::ALL.len()],
}

impl Screens {
    /// The screen that lies over the tab, if one does.
    pub(crate) fn top(&self) -> Option<&Screen> {
        self.over[self.tab as usize].last()
    }

    pub(crate) fn top_mut(&mut self) -> Option<&mut Screen> {
        self.over[self.tab as usize].last_mut()
    }

    /// Opens a screen over what is shown.
    pub(crate) fn open(&mut self, screen: Screen) {
        self.over[self.tab as usize].push(screen);
    }

    /// Closes the topmost screen; the tab itself stays.
    pub(crate) fn back(&mut self) {
        self.over[self.tab as usize].pop();
    }

    /// Closes screens wherever they lie.
    pub(crate) fn close(&mut self, which: impl Fn(&Screen) -> bool) {
        self.over.iter_mut().for_each(|over| over.retain(|screen| !which(screen)));
    }

    /// Shows a tab with nothing over it; the screen that leads there closes too.
    pub(crate) fn leave_all(&mut self, tab: Tab) {
        self.back();
        self.tab = tab;
        self.over[tab as usize].clear();
    }

    /// Every open screen of every tab: an answer may belong to one that is covered.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Screen> {
        self.over.iter_mut().flatten()
    }
}
