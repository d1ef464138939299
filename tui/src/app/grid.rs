//! The patches screen: its rows and columns in order, the selection, the marks. Drawing is left to `grid::draw`, words to
//! `grid::explain`, widths to `grid::layout`.

pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod explain;
pub(crate) mod filter;
pub(crate) mod keys;
pub(crate) mod layout;
pub(crate) mod live;
pub(crate) mod seek;
pub(crate) mod sheet;
pub(crate) mod sort;
pub(crate) mod sums;

use super::input::Input;
use fieldpost_common::api::AppSettings;
use fieldpost_common::cell::{Cell, Overlay};
use fieldpost_common::grid::{self, GridPatch, GridSite, Need, Summary, Table};
use fieldpost_common::id::{AppName, GroupName, SiteName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;
use sheet::Sheet;
use sort::Sort;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

/// What typing does on the grid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    #[default]
    Browse,
    /// The filter is being typed.
    Filter,
    /// A range of marks begins here.
    Range(PatchName),
}

/// What is counted in the header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Cells whose newest order came to nothing.
    pub(crate) blocked: usize,
    /// Cells in conflict.
    pub(crate) conflicts: usize,
    /// Cells whose patch was deleted at the site.
    pub(crate) deleted: usize,
    /// Sites whose files nobody knows, and single files of other sites.
    pub(crate) unknown: usize,
    /// Sites that have not been heard of for too long.
    pub(crate) silent: usize,
    /// How long the one that is silent longest has been; `None` when that one was never heard of.
    pub(crate) longest: Option<Duration>,
}

/// The grid as it is looked at.
#[derive(Debug, Default)]
pub(crate) struct GridView {
    pub(crate) table: Table,
    /// When it was read, by the own clock; `None`: not yet.
    pub(crate) read_at: Option<Timestamp>,
    /// The server's clock, as far as it is known.
    pub(crate) now: Timestamp,
    pub(crate) version: Option<Version>,
    pub(crate) group: Option<GroupName>,
    pub(crate) filter: Input,
    pub(crate) mode: Mode,
    pub(crate) sort: Sort,
    /// The filter, read.
    pub(crate) wanted: filter::Wanted,
    found: filter::Found,
    /// What a filter looks at, patch by patch.
    lines: Vec<String>,
    /// All patches in their order, and what that order was made for.
    order: Vec<usize>,
    ordered_by: Option<Sort>,
    /// Rows over the shown sites, and columns.
    sums: grid::Tally,
    /// Rows over all sites.
    whole: grid::Tally,
    stay: Stay,
    /// Indexes of the patches that are shown, in order.
    pub(crate) rows: Vec<usize>,
    /// Indexes of the sites that are shown, in order.
    pub(crate) columns: Vec<usize>,
    /// The selected place in `rows` and `columns`.
    pub(crate) row: usize,
    pub(crate) column: usize,
    /// The first place of `rows` and `columns` on the screen.
    pub(crate) top: usize,
    pub(crate) left: usize,
    pub(crate) marks: BTreeSet<PatchName>,
    pub(crate) site_marks: BTreeSet<SiteName>,
    /// Cells where an order is being given that the table doesn't show yet.
    pub(crate) giving: Giving,
    pub(crate) widths: layout::Widths,
    pub(crate) tally: Tally,
    /// How many cells were asked for.
    #[cfg(test)]
    pub(crate) asked: std::cell::Cell<usize>,
}

/// Where the person wants to be, by name: a filter may hide it for a while.
#[derive(Debug, Default, PartialEq, Eq)]
struct Stay {
    wanted: (Option<PatchName>, Option<SiteName>),
    /// Where the selection was put. When it is elsewhere, the person has moved it.
    put: (Option<PatchName>, Option<SiteName>),
}

/// Cells by patch and site.
pub(crate) type Giving = HashMap<PatchName, HashSet<SiteName>>;

/// The word for an order that is on its way to the server.
pub(crate) const GIVING: &str = "being given";

/// The selected cell, or one asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) patch: usize,
    pub(crate) site: usize,
}

impl GridView {
    /// Takes a newly read grid; the selection stays on the same patch and site, wherever they are now.
    pub(crate) fn load(&mut self, sheet: Sheet, now: Timestamp) {
        self.look_where_it_is();
        let same = self.application() == sheet.table.grid.application.as_ref().map(|settings| &settings.name);
        let Sheet { table, lines, widths, tally } = sheet;
        (self.table, self.lines, self.widths, self.whole) = (table, lines, widths, tally);
        self.read_at = Some(now);
        if !same {
            self.forget_choices();
        }
        if !self.marks.is_empty() {
            let known: HashSet<_> = self.table.grid.patches.iter().map(|patch| &patch.name).collect();
            self.marks.retain(|mark| known.contains(mark));
        }
        if !self.site_marks.is_empty() {
            let known: HashSet<_> = self.table.grid.sites.iter().map(|site| &site.name).collect();
            self.site_marks.retain(|mark| known.contains(mark));
        }
        self.set_now(now);
        self.count();
        // All of these were made out of the old table.
        (self.found, self.columns, self.ordered_by) = (filter::Found::default(), Vec::new(), None);
        self.sums = self.whole.clone();
        self.derive();
    }

    fn forget_choices(&mut self) {
        self.version = None;
        self.group = None;
        self.filter = Input::default();
        self.mode = Mode::Browse;
        self.sort = Sort::default();
        self.stay = Stay::default();
        self.marks.clear();
        self.site_marks.clear();
        (self.row, self.column, self.top, self.left) = (0, 0, 0, 0);
    }

    /// Works out rows and columns anew after a choice changed; the selection stays where it is.
    pub(crate) fn refilter(&mut self) {
        self.look_where_it_is();
        self.derive();
    }

    /// The selection is where the person wants to be from now on, whatever was wanted before.
    pub(crate) fn stay_here(&mut self) {
        let (patch, site) = self.names();
        let wanted = &mut self.stay.wanted;
        *wanted = (patch.or(wanted.0.take()), site.or(wanted.1.take()));
    }

    fn names(&self) -> (Option<PatchName>, Option<SiteName>) {
        (self.selected_patch().map(|patch| patch.name.clone()), self.selected_site().map(|site| site.name.clone()))
    }

    fn look_where_it_is(&mut self) {
        let (patch, site) = self.names();
        // What is hidden stays wanted until the person moves.
        if patch.is_some() && (patch != self.stay.put.0 || self.stay.wanted.0.is_none()) {
            self.stay.wanted.0 = patch;
        }
        if site.is_some() && (site != self.stay.put.1 || self.stay.wanted.1.is_none()) {
            self.stay.wanted.1 = site;
        }
    }

    fn derive(&mut self) {
        self.wanted = filter::Wanted::of(&self.filter.text());
        self.derive_columns();
        self.derive_order();
        self.derive_rows();
        let patches = &self.table.grid.patches;
        let sites = &self.table.grid.sites;
        let named = |name: &PatchName| self.rows.iter().position(|row| patches[*row].name == *name);
        let row = self.stay.wanted.0.as_ref().and_then(named);
        let named = |name: &SiteName| self.columns.iter().position(|column| sites[*column].name == *name);
        let column = self.stay.wanted.1.as_ref().and_then(named);
        // While something is looked for, what is found first is as good a place as any.
        let else_row = if self.wanted.any_patch() { self.row } else { 0 };
        self.row = row.unwrap_or(else_row).min(self.rows.len().saturating_sub(1));
        self.column = column.unwrap_or(self.column).min(self.columns.len().saturating_sub(1));
        self.stay.put = self.names();
    }

    fn derive_columns(&mut self) {
        let columns = filter::columns(&self.table, self.version.as_ref(), self.group.as_ref(), &self.wanted);
        if columns != self.columns {
            let all = columns.len() == self.table.grid.sites.len();
            self.sums = if all { self.whole.clone() } else { grid::Tally::of(&self.table, &columns) };
            self.columns = columns;
            if self.sort.key == sort::Key::Worst {
                self.ordered_by = None;
            }
        }
    }

    fn derive_order(&mut self) {
        if self.ordered_by != Some(self.sort) {
            self.order = sort::sorted(&self.table.grid.patches, &self.sums.rows, self.sort);
            self.ordered_by = Some(self.sort);
        }
    }

    fn derive_rows(&mut self) {
        let version = self.version.as_ref();
        let concerned = |patch: &usize| version.is_none_or(|version| filter::concerns(&self.table, *patch, version));
        if self.wanted.any_patch() {
            self.rows = self.order.iter().copied().filter(concerned).collect();
            return;
        }
        self.found.find(&self.lines, &self.wanted);
        if self.sort == Sort::default() {
            self.rows = self.found.best_first().into_iter().filter(concerned).collect();
        } else {
            let mut found = vec![false; self.lines.len()];
            for patch in self.found.by_name() {
                found[patch] = true;
            }
            self.rows = self.order.iter().copied().filter(|patch| found[*patch]).filter(concerned).collect();
        }
    }

    /// A row in numbers, over the shown sites.
    pub(crate) fn summary(&self, patch: usize) -> Option<&Summary> {
        self.sums.rows.get(patch)
    }

    /// A column in numbers, over all patches.
    pub(crate) fn site_summary(&self, site: usize) -> Option<&Summary> {
        self.sums.columns.get(site)
    }

    /// Counts what the header says, over the cells that are not quiet.
    pub(crate) fn count(&mut self) {
        let now = self.now;
        let sites = &self.table.grid.sites;
        let silent = |site: &&GridSite| self.is_silent(site, now);
        let ages: Vec<_> = sites.iter().filter(silent).map(|site| site.last_seen.map(|seen| seen.age(now))).collect();
        let longest = if ages.contains(&None) { None } else { ages.iter().flatten().max().copied() };
        let unsaid: u32 = self.whole.columns.iter().map(|site| site.unsaid).sum();
        let unknown = sites.iter().filter(|site| site.unknown.is_some()).count() + usize::try_from(unsaid).unwrap_or(usize::MAX);
        let cells = |need| {
            let cells: u32 = self.whole.columns.iter().map(|site| site.calling(need)).sum();
            usize::try_from(cells).unwrap_or(usize::MAX)
        };
        let (blocked, conflicts, deleted) = (cells(Need::Blocked), cells(Need::Conflict), cells(Need::Lost));
        self.tally = Tally { blocked, conflicts, deleted, unknown, silent: ages.len(), longest };
    }

    /// Whether a site has not been heard of for too long, by the server's measure.
    pub(crate) fn is_silent(&self, site: &GridSite, now: Timestamp) -> bool {
        self.table.grid.is_silent(site, now)
    }

    /// Moves the server's clock on, by the own one.
    pub(crate) fn set_now(&mut self, now: Timestamp) {
        let ahead = self.read_at.map_or(0, |read| self.table.grid.now.as_ms() - read.as_ms());
        self.now = Timestamp::from_ms(now.as_ms() + ahead);
    }

    pub(crate) fn settings(&self) -> Option<&AppSettings> {
        self.table.grid.application.as_ref()
    }

    pub(crate) fn application(&self) -> Option<&AppName> {
        self.settings().map(|settings| &settings.name)
    }

    pub(crate) fn patch(&self, patch: usize) -> &GridPatch {
        &self.table.grid.patches[patch]
    }

    pub(crate) fn site(&self, site: usize) -> &GridSite {
        &self.table.grid.sites[site]
    }

    pub(crate) fn selected_patch(&self) -> Option<&GridPatch> {
        self.rows.get(self.row).map(|patch| self.patch(*patch))
    }

    pub(crate) fn selected_site(&self) -> Option<&GridSite> {
        self.columns.get(self.column).map(|site| self.site(*site))
    }

    pub(crate) fn selected(&self) -> Option<Place> {
        Some(Place { patch: *self.rows.get(self.row)?, site: *self.columns.get(self.column)? })
    }

    /// Where a patch and a site stand in the table as it is now.
    pub(crate) fn find(&self, patch: &PatchName, site: &SiteName) -> Option<Place> {
        Some(Place {
            patch: self.table.grid.patches.iter().position(|one| one.name == *patch)?,
            site: self.table.grid.sites.iter().position(|one| one.name == *site)?,
        })
    }

    /// How many rows the filter looked at the last time.
    #[cfg(test)]
    pub(crate) fn looked_at(&self) -> usize {
        self.found.looked_at
    }

    pub(crate) fn cell(&self, place: Place) -> Cell {
        #[cfg(test)]
        self.asked.set(self.asked.get() + 1);
        self.with_giving(place, self.table.cell(place.patch, place.site, self.now))
    }

    /// The cell that an order is decided on: what is believed of a site that has yet to report.
    pub(crate) fn presumed(&self, place: Place) -> Cell {
        #[cfg(test)]
        self.asked.set(self.asked.get() + 1);
        self.with_giving(place, self.table.presumed(place.patch, place.site, self.now))
    }

    fn with_giving(&self, place: Place, cell: Cell) -> Cell {
        if self.is_giving(place) { Cell { overlay: Overlay::Sending(GIVING), ..cell } } else { cell }
    }

    /// Selects a cell, or only its patch; false where the filters hide it.
    pub(crate) fn go_to(&mut self, patch: &PatchName, site: Option<&SiteName>) -> bool {
        let row = self.rows.iter().position(|row| self.patch(*row).name == *patch);
        let column = site.map(|site| self.columns.iter().position(|column| self.site(*column).name == *site));
        match (row, column) {
            (Some(row), None) => self.row = row,
            (Some(row), Some(Some(column))) => (self.row, self.column) = (row, column),
            _ => return false,
        }
        true
    }

    /// Whether an order is being given here that the table doesn't show yet.
    pub(crate) fn is_giving(&self, place: Place) -> bool {
        if self.giving.is_empty() {
            return false;
        }
        let sites = self.giving.get(&self.patch(place.patch).name);
        sites.is_some_and(|sites| sites.contains(&self.site(place.site).name))
    }

    /// Whether the cell is as it is where nothing is listed for it.
    pub(crate) fn is_quiet(&self, place: Place) -> bool {
        self.table.facts(place.patch, place.site).is_none() && !self.is_giving(place)
    }

    /// The rows of a range that has begun, as places in `rows`.
    pub(crate) fn range(&self) -> Option<std::ops::RangeInclusive<usize>> {
        let Mode::Range(anchor) = &self.mode else { return None };
        let anchor = self.rows.iter().position(|row| self.patch(*row).name == *anchor)?;
        Some(anchor.min(self.row)..=anchor.max(self.row))
    }

    /// How many marked patches the filters hide.
    pub(crate) fn hidden_marks(&self) -> usize {
        if self.marks.is_empty() || self.rows.len() == self.table.grid.patches.len() {
            return 0;
        }
        let shown = self.rows.iter().filter(|row| self.marks.contains(&self.patch(**row).name)).count();
        self.marks.len() - shown
    }

    /// How many marked sites the choice of version or group hides.
    pub(crate) fn hidden_site_marks(&self) -> usize {
        let shown = self.columns.iter().filter(|column| self.site_marks.contains(&self.site(**column).name)).count();
        self.site_marks.len() - shown
    }

    /// Moves the window so that the selection is in it.
    pub(crate) fn follow(&mut self, size: (u16, u16)) {
        let body = usize::from(layout::rows_height(size)).max(1);
        self.top = self.top.min(self.row).max((self.row + 1).saturating_sub(body));
        self.top = self.top.min(self.rows.len().saturating_sub(body));
        let first = layout::Layout::of(self, size).first_that_shows(self, self.column);
        self.left = self.left.clamp(first, self.column.max(first));
    }
}
