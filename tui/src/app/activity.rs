//! The activity tab: what happened, newest first, as far back as it was read; its filter and selection. Keys are left to
//! `activity::keys`, words to `activity::line`, drawing to `activity::draw`.

pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod keys;
pub(crate) mod kind;
pub(crate) mod line;
pub(crate) mod live;

use super::flight::Flight;
use super::fuzzy;
use super::list::List;
use fieldpost_common::api::{Activity, AuditState};
use kind::Kind;

/// How many entries are read at once.
pub(crate) const PAGE: usize = 200;

/// Whether the newest entries are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Known {
    #[default]
    Unread,
    /// More happened since they were read.
    Stale,
    Fresh,
}

/// The feed as it is looked at.
#[derive(Debug, Default)]
pub(crate) struct ActivityView {
    /// Newest first, without gaps.
    pub(crate) entries: Vec<Activity>,
    pub(crate) known: Known,
    /// Nothing older exists.
    pub(crate) complete: bool,
    /// Why it couldn't be read last time.
    pub(crate) trouble: Option<String>,
    pub(crate) newest: Flight,
    /// Whether older ones are being read.
    pub(crate) reading_older: bool,
    pub(crate) kind: Option<Kind>,
    /// Indexes of the entries that are shown.
    pub(crate) list: List,
    /// How many new ones stand above the screen.
    pub(crate) fresh: usize,
    pub(crate) audit: Option<AuditState>,
}

impl ActivityView {
    /// Takes the newest page; the selection and what is on the screen stay.
    pub(crate) fn load(&mut self, page: Vec<Activity>) {
        let selected = self.selected().map(|one| one.seq);
        self.known = Known::Fresh;
        self.trouble = None;
        let known = self.entries.first().map(|one| one.seq);
        let new = page.iter().take_while(|one| known.is_none_or(|known| one.seq > known)).count();
        let fits = known.is_some_and(|known| page.first().is_some_and(|one| one.seq >= known) && new < page.len());
        if fits {
            self.entries.splice(..0, page.into_iter().take(new));
        } else {
            // The first page ever; or more happened than fits into one; or the server was restored and counts anew.
            self.complete = page.len() < PAGE;
            self.entries = page;
        }
        let before = self.list.row;
        self.derive(selected);
        let shift = if fits { self.list.row.saturating_sub(before) } else { 0 };
        self.fresh += shift;
        if self.list.top > 0 {
            self.list.top += shift;
        }
    }

    /// More happened since the newest page was read.
    pub(crate) fn outdate(&mut self) {
        if self.known == Known::Fresh {
            self.known = Known::Stale;
        }
    }

    /// Takes a page of older ones.
    pub(crate) fn load_older(&mut self, before: u64, page: Vec<Activity>) {
        self.reading_older = false;
        if self.oldest() == Some(before) {
            self.complete = page.len() < PAGE;
            self.entries.extend(page);
            self.refilter();
        }
    }

    /// Works out the rows anew after a choice changed; the selection stays on its entry.
    pub(crate) fn refilter(&mut self) {
        let selected = self.selected().map(|one| one.seq);
        self.derive(selected);
    }

    fn derive(&mut self, selected: Option<u64>) {
        let mut rows = fuzzy::containing(&self.list.filter.text(), self.entries.iter().map(line::haystack));
        rows.retain(|row| self.kind.is_none_or(|kind| Kind::of(&self.entries[*row].what) == kind));
        // The nearest one that is shown, where the selected one is not.
        self.list.show(rows, |row| selected.is_some_and(|seq| self.entries[row].seq <= seq));
    }

    pub(crate) fn selected(&self) -> Option<&Activity> {
        self.list.selected().and_then(|row| self.entries.get(row))
    }

    /// The number of the oldest one that was read.
    pub(crate) fn oldest(&self) -> Option<u64> {
        self.entries.last().map(|one| one.seq)
    }

    /// Moves the window so that the selection is in it.
    pub(crate) fn follow(&mut self, size: (u16, u16)) {
        self.list.follow(size);
        self.fresh = self.fresh.min(self.list.top);
    }
}
