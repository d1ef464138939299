//! The errors tab: what the applications report from the field, in groups; its filter, its selection, and the cell that it was opened from.
//! Keys are left to `errors::keys`, words to `errors::line`, drawing to `errors::draw`, reading to `errors::live`, one error to `errors::page`.

pub(crate) mod bars;
pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod keys;
pub(crate) mod line;
pub(crate) mod live;
pub(crate) mod page;

use super::flight::Flight;
use super::fuzzy;
use super::list::List;
use fieldpost_common::api::{ErrorGroup, Errors};
use fieldpost_common::error_group::ErrorGroupId;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;
use std::collections::BTreeMap;

/// The cell that the tab was opened from: only errors of its site since its patch came there are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Since {
    pub(crate) application: AppName,
    pub(crate) patch: PatchName,
    pub(crate) site: SiteName,
    /// When the patch came there, as far as that is known.
    pub(crate) at: Option<Timestamp>,
    /// When errors were last seen at the site; `None`: not read yet.
    pub(crate) seen: Option<BTreeMap<ErrorGroupId, Timestamp>>,
}

impl Since {
    fn holds(&self, group: &ErrorGroup) -> bool {
        // Until it is known when it was seen there, it may have been as late as anywhere.
        let last = self.seen.as_ref().map_or(Some(group.last_seen), |seen| seen.get(&group.id).copied());
        group.application == self.application
            && group.sites.contains(&self.site)
            && last.is_some_and(|last| self.at.is_none_or(|at| at <= last))
    }
}

/// What was reported, as it is looked at.
#[derive(Debug, Default)]
pub(crate) struct ErrorsView {
    /// What was reported; `None`: not read yet.
    pub(crate) errors: Option<Errors>,
    /// Why it couldn't be read last time.
    pub(crate) trouble: Option<String>,
    pub(crate) flight: Flight,
    /// Something changed since it was read.
    pub(crate) stale: bool,
    pub(crate) since: Option<Since>,
    /// Indexes of the groups that are shown.
    pub(crate) list: List,
}

impl ErrorsView {
    /// Every group that is known.
    pub(crate) fn all(&self) -> &[ErrorGroup] {
        self.errors.as_ref().map_or(&[], |errors| &errors.groups)
    }

    /// Takes what was newly read, those that need somebody first.
    pub(crate) fn load(&mut self, mut errors: Errors) {
        let selected = self.selected().map(|one| one.id);
        errors.groups.sort_by_key(|one| (one.state, std::cmp::Reverse(one.last_seen)));
        self.errors = Some(errors);
        self.trouble = None;
        self.stale = false;
        self.derive(selected);
    }

    /// A person said something to a group, and this is how it is now.
    pub(crate) fn replace(&mut self, group: ErrorGroup) {
        let groups = self.errors.iter_mut().flat_map(|errors| &mut errors.groups);
        if let Some(place) = groups.into_iter().find(|one| one.id == group.id) {
            *place = group;
        }
    }

    /// Works out the rows anew after filter or cell changed; the selection stays on its group.
    pub(crate) fn refilter(&mut self) {
        let selected = self.selected().map(|one| one.id);
        self.derive(selected);
    }

    fn derive(&mut self, selected: Option<ErrorGroupId>) {
        let lines: Vec<_> = self.all().iter().map(line::haystack).collect();
        let mut rows = fuzzy::containing(&self.list.filter.text(), lines.into_iter());
        rows.retain(|row| self.since.as_ref().is_none_or(|since| since.holds(&self.all()[*row])));
        let groups = self.errors.as_ref().map_or(&[][..], |errors| &errors.groups);
        self.list.show(rows, |row| Some(groups[row].id) == selected);
    }

    pub(crate) fn selected(&self) -> Option<&ErrorGroup> {
        self.list.selected().and_then(|row| self.all().get(row))
    }

    /// The group beside one in the list.
    pub(crate) fn beside(&self, group: ErrorGroupId, by: isize) -> Option<usize> {
        let place = self.list.rows.iter().position(|row| self.all()[*row].id == group)?;
        place.checked_add_signed(by).filter(|place| *place < self.list.rows.len())
    }
}
