//! The patches screen: its rows and columns in order, the selection, the marks. Drawing is left to `grid::draw`, words to
//! `grid::explain`, widths to `grid::layout`.

pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod explain;
pub(crate) mod filter;
pub(crate) mod keys;
pub(crate) mod layout;

use super::input::Input;
use fieldpost_common::api::AppSettings;
use fieldpost_common::cell::{Cell, Overlay, Standing};
use fieldpost_common::grid::{Grid, GridPatch, GridSite, Table};
use fieldpost_common::id::{AppName, GroupName, SiteName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;
use std::collections::BTreeSet;
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
    /// Cells that are blocked, in conflict or deleted at the site, and sites of which nothing is known.
    pub(crate) problems: usize,
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
    pub(crate) giving: BTreeSet<(PatchName, SiteName)>,
    pub(crate) widths: layout::Widths,
    pub(crate) tally: Tally,
}

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
    pub(crate) fn load(&mut self, grid: Grid, now: Timestamp) {
        let patch = self.selected_patch().map(|patch| patch.name.clone());
        let site = self.selected_site().map(|site| site.name.clone());
        let same = self.application() == grid.application.as_ref().map(|settings| &settings.name);
        self.table = Table::new(grid);
        self.read_at = Some(now);
        if !same {
            self.forget_choices();
        }
        let known: BTreeSet<_> = self.table.grid.patches.iter().map(|patch| &patch.name).collect();
        self.marks.retain(|mark| known.contains(mark));
        let known: BTreeSet<_> = self.table.grid.sites.iter().map(|site| &site.name).collect();
        self.site_marks.retain(|mark| known.contains(mark));
        self.widths = layout::Widths::of(&self.table);
        self.set_now(now);
        self.count();
        self.derive(patch.as_ref(), site.as_ref());
    }

    fn forget_choices(&mut self) {
        self.version = None;
        self.group = None;
        self.filter = Input::default();
        self.mode = Mode::Browse;
        self.marks.clear();
        self.site_marks.clear();
        (self.row, self.column, self.top, self.left) = (0, 0, 0, 0);
    }

    /// Works out rows and columns anew after a choice changed; the selection stays where it is.
    pub(crate) fn refilter(&mut self) {
        let patch = self.selected_patch().map(|patch| patch.name.clone());
        let site = self.selected_site().map(|site| site.name.clone());
        self.derive(patch.as_ref(), site.as_ref());
    }

    fn derive(&mut self, patch: Option<&PatchName>, site: Option<&SiteName>) {
        self.columns = filter::columns(&self.table, self.version.as_ref(), self.group.as_ref());
        self.rows = filter::rows(&self.table, self.version.as_ref(), &self.columns, &self.filter.text());
        let patches = &self.table.grid.patches;
        let sites = &self.table.grid.sites;
        let row = patch.and_then(|name| self.rows.iter().position(|row| patches[*row].name == *name));
        let column = site.and_then(|name| self.columns.iter().position(|column| sites[*column].name == *name));
        self.row = row.unwrap_or(self.row).min(self.rows.len().saturating_sub(1));
        self.column = column.unwrap_or(self.column).min(self.columns.len().saturating_sub(1));
        self.widths.shown(&self.table, &self.rows);
    }

    /// Counts what the header says, over the cells that are not quiet.
    pub(crate) fn count(&mut self) {
        let now = self.now;
        let sites = &self.table.grid.sites;
        let silent = |site: &&GridSite| is_silent(site, now);
        let ages: Vec<_> = sites.iter().filter(silent).map(|site| site.last_seen.map(|seen| seen.age(now))).collect();
        let longest = if ages.contains(&None) { None } else { ages.iter().flatten().max().copied() };
        let unknown = sites.iter().filter(|site| site.unknown.is_some()).count();
        let cells = self.table.grid.cells.iter();
        let troubled = cells.filter(|loud| is_problem(&self.table.cell(loud.patch, loud.site, now))).count();
        self.tally = Tally { problems: troubled + unknown, silent: ages.len(), longest };
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

    pub(crate) fn cell(&self, place: Place) -> Cell {
        let mut cell = self.table.cell(place.patch, place.site, self.now);
        if self.is_giving(place) {
            cell.overlay = Overlay::Sending(GIVING);
        }
        cell
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
        let name = || (self.patch(place.patch).name.clone(), self.site(place.site).name.clone());
        !self.giving.is_empty() && self.giving.contains(&name())
    }

    /// The rows of a range that has begun, as places in `rows`.
    pub(crate) fn range(&self) -> Option<std::ops::RangeInclusive<usize>> {
        let Mode::Range(anchor) = &self.mode else { return None };
        let anchor = self.rows.iter().position(|row| self.patch(*row).name == *anchor)?;
        Some(anchor.min(self.row)..=anchor.max(self.row))
    }

    /// How many marked patches the filters hide.
    pub(crate) fn hidden_marks(&self) -> usize {
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
        let body = usize::from(layout::body_height(size)).max(1);
        self.top = self.top.min(self.row).max((self.row + 1).saturating_sub(body));
        self.top = self.top.min(self.rows.len().saturating_sub(body));
        self.left = self.left.min(self.column).min(self.columns.len().saturating_sub(1));
        while self.left < self.column && !layout::Layout::of(self, size).shows(self, self.column) {
            self.left += 1;
        }
    }
}

/// Whether a site has not been heard of for too long.
pub(crate) fn is_silent(site: &GridSite, now: Timestamp) -> bool {
    site.last_seen.is_none_or(|seen| seen.age(now) > fieldpost_common::cell::SILENT_AFTER)
}

fn is_problem(cell: &Cell) -> bool {
    matches!(cell.overlay, Overlay::Blocked(_)) || matches!(cell.standing, Standing::Conflict | Standing::DeletedAtSite)
}
