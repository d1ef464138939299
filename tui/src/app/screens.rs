//! Which screen is shown: a tab, and what was opened over it. What a screen holds is left to its room.

use super::diff::DiffView;

/// The screens that are always there, each with a digit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tab {
    #[default]
    Patches,
}

/// A screen that was opened over a tab.
#[derive(Debug)]
pub(crate) enum Screen {
    Diff(Box<DiffView>),
}

/// The tab, and the screens over it; going back closes the topmost.
#[derive(Debug, Default)]
pub(crate) struct Screens {
    pub(crate) tab: Tab,
    over: Vec<Screen>,
}

impl Screens {
    /// The screen that lies over the tab, if one does.
    pub(crate) fn top(&self) -> Option<&Screen> {
        self.over.last()
    }

    pub(crate) fn top_mut(&mut self) -> Option<&mut Screen> {
        self.over.last_mut()
    }

    /// Opens a screen over what is shown.
    pub(crate) fn open(&mut self, screen: Screen) {
        self.over.push(screen);
    }

    /// Closes the topmost screen; the tab itself stays.
    pub(crate) fn back(&mut self) {
        self.over.pop();
    }

    /// Every open screen: an answer may belong to one that is covered.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Screen> {
        self.over.iter_mut()
    }
}
