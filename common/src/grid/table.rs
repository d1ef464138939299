//! A grid that can be asked for its cells. What a cell is is left to `cell()`.

use super::{Glance, Grid, GridCell, GridPublication};
use crate::cell::{AtSite, Base, Cell, Facts, Published, Standing, Unknown, cell};
use crate::hash::ContentHash;
use crate::inventory::CantSay;
use crate::time::Timestamp;

/// A grid that can be asked for its cells: a binary search in the row's loud cells, however many quiet ones there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The facts. The cells are ordered by patch and site.
    pub grid: Grid,
    /// Where the cells of each patch begin, and where the last ones end.
    starts: Vec<usize>,
    /// What each loud cell is at a glance.
    glances: Vec<Glance>,
}

impl Table {
    /// Indexes a grid.
    pub fn new(mut grid: Grid) -> Self {
        grid.cells.sort_by_key(|cell| (cell.patch, cell.site));
        let mut starts = Vec::with_capacity(grid.patches.len() + 1);
        let mut at = 0;
        for patch in 0..=grid.patches.len() {
            at += grid.cells[at..].iter().take_while(|cell| cell.patch < patch).count();
            starts.push(at);
        }
        let mut table = Self { grid, starts, glances: Vec::new() };
        // No standing depends on the time: only ages do.
        let glance = |loud: &GridCell| Glance::of(&table.decide(loud.patch, loud.site, Some(loud), table.grid.now));
        table.glances = table.grid.cells.iter().map(glance).collect();
        table
    }

    fn row(&self, patch: usize) -> std::ops::Range<usize> {
        self.starts[patch]..self.starts[patch + 1]
    }

    fn find(&self, patch: usize, site: usize) -> Option<usize> {
        let row = self.row(patch);
        self.grid.cells[row.clone()].binary_search_by_key(&site, |cell| cell.site).ok().map(|at| row.start + at)
    }

    /// The cells of a patch that are not quiet, by site, each with what it is at a glance.
    pub fn loud(&self, patch: usize) -> impl Iterator<Item = (&GridCell, Glance)> {
        let row = self.row(patch);
        self.grid.cells[row.clone()].iter().zip(self.glances[row].iter().copied())
    }

    /// The facts of a cell that is not quiet.
    pub fn facts(&self, patch: usize, site: usize) -> Option<&GridCell> {
        self.find(patch, site).map(|at| &self.grid.cells[at])
    }

    /// What is current for a site's version.
    pub fn published(&self, patch: usize, site: usize) -> Option<&GridPublication> {
        let version = &self.grid.sites[site].version;
        self.grid.patches[patch].published.iter().find(|published| published.version == *version)
    }

    /// What a site has, as far as that is known; where nothing can be said, what was known last.
    pub fn has(&self, patch: usize, site: usize) -> Option<ContentHash> {
        match self.facts(patch, site) {
            Some(cell) => cell.has,
            // What a backup believed is named in orders, and refused by the site where it is wrong.
            None if self.grid.sites[site].unknown.is_some_and(|why| why != Unknown::Restored) => None,
            None => self.published(patch, site).and_then(|published| published.sha256),
        }
    }

    /// Why nothing can be said of a file: of the whole site, or of this one.
    pub fn unknown(&self, patch: usize, site: usize) -> Option<Unknown> {
        let of_file = || self.facts(patch, site)?.cant_say.map(|cant_say| Unknown::File(cant_say.why));
        self.grid.sites[site].unknown.or_else(of_file)
    }

    /// What a site had when something could last be said; `None`: nothing, or nothing was ever said.
    pub fn last_known(&self, patch: usize, site: usize) -> Option<ContentHash> {
        match self.facts(patch, site) {
            Some(cell) => cell.has,
            None if self.grid.sites[site].unknown == Some(Unknown::NoInventory) => None,
            None => self.published(patch, site).and_then(|published| published.sha256),
        }
    }

    /// The cell at a glance: without ages, and cheaper.
    ///
    /// # Panics
    /// When an index is out of the grid.
    pub fn glance(&self, patch: usize, site: usize) -> Glance {
        match self.find(patch, site) {
            Some(at) => self.glances[at],
            None => Glance::of(&self.decide(patch, site, None, self.grid.now)),
        }
    }

    /// The cell as the data say it, also where nothing can be said: what was believed of the site when it last reported.
    ///
    /// # Panics
    /// When an index is out of the grid.
    pub fn believed(&self, patch: usize, site: usize, now: Timestamp) -> Cell {
        self.decide_with(None, (patch, site), self.facts(patch, site), now)
    }

    /// The cell that an order is decided on, where its site has yet to report: what is believed of it. The order names that, and the
    /// site refuses it where it is wrong. [`Cell::unknown`] says why it is only believed; all other cells are as they are.
    ///
    /// # Panics
    /// When an index is out of the grid.
    pub fn presumed(&self, patch: usize, site: usize, now: Timestamp) -> Cell {
        match self.grid.sites[site].unknown {
            Some(Unknown::Restored) => Cell { unknown: Some(Unknown::Restored), ..self.believed(patch, site, now) },
            Some(Unknown::NoInventory) if self.published(patch, site).is_some_and(|published| published.sha256.is_some()) => {
                Cell { standing: Standing::NotSent, ..self.cell(patch, site, now) }
            }
            _ => self.cell(patch, site, now),
        }
    }

    /// The cell, as of `now` by the server's clock.
    ///
    /// # Panics
    /// When an index is out of the grid.
    pub fn cell(&self, patch: usize, site: usize, now: Timestamp) -> Cell {
        self.decide(patch, site, self.facts(patch, site), now)
    }

    fn decide(&self, patch: usize, site: usize, loud: Option<&GridCell>, now: Timestamp) -> Cell {
        self.decide_with(self.grid.sites[site].unknown, (patch, site), loud, now)
    }

    fn decide_with(
        &self,
        unknown: Option<Unknown>,
        (patch, site): (usize, usize),
        loud: Option<&GridCell>,
        now: Timestamp,
    ) -> Cell {
        let column = &self.grid.sites[site];
        let published = self.published(patch, site);
        let current = published.and_then(|published| published.sha256);
        let cant_say = loud.and_then(|cell| cell.cant_say);
        let (at_site, unknown_since) = match (unknown, cant_say, loud.map_or(current, |cell| cell.has)) {
            (Some(why), _, _) => (AtSite::Unknown(why), column.unknown_since),
            (None, Some(CantSay { why, since }), _) => (AtSite::Unknown(Unknown::File(why)), Some(since)),
            (None, None, None) => (AtSite::Absent, None),
            (None, None, Some(has)) => (AtSite::Present(has), None),
        };
        let mut others = self.grid.patches[patch].published.iter();
        cell(&Facts {
            published: Published {
                current,
                earlier: published.map_or(&[], |published| &published.earlier),
                newer: published.map_or(&[], |published| &published.newer),
                elsewhere: others.any(|one| one.sha256.is_some() && one.version != column.version),
            },
            site: at_site,
            site_since: loud.and_then(|cell| cell.since),
            unknown_since,
            base: loud.map_or(Base::Never, |cell| cell.base),
            order: loud.and_then(|cell| cell.order.as_ref()),
            age: column.last_seen.map(|seen| seen.age(now)),
            silent_after: self.grid.silent_after,
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::cell::Overlay;
    use crate::grid::{GridPatch, GridSite};
    use crate::inventory::Obstacle;
    use crate::order::state::{OrderState, UnknownCause};

    pub(in crate::grid) fn grid() -> Grid {
        let content = |text: &str| Some(ContentHash::of(text.as_bytes()));
        let publication = |version: &str, sha256| GridPublication {
            version: version.parse().expect("version"),
            sha256,
            size: 1,
            by: "ada".parse().expect("user"),
            at: Timestamp::default(),
            earlier: Vec::new(),
            newer: Vec::new(),
        };
        let patch = |name: &str, published| GridPatch {
            name: name.parse().expect("name"),
            issue: None,
            author: None,
            changed_at: None,
            filed_out_at: None,
            ambiguous: false,
            corrected: false,
            newest: None,
            first_seen: Timestamp::default(),
            published,
        };
        let site = |name: &str, version: &str| GridSite {
            name: name.parse().expect("site"),
            groups: Vec::new(),
            version: version.parse().expect("version"),
            unknown: None,
            unknown_since: None,
            last_seen: Some(Timestamp::default()),
            format: None,
        };
        Grid {
            sites: vec![site("acme", "7.6"), site("borealis", "7.7")],
            patches: vec![
                patch("a.st", vec![publication("7.6", content("old")), publication("7.7", content("new"))]),
                patch("b.st", vec![publication("7.7", content("b"))]),
            ],
            cells: vec![GridCell {
                patch: 1,
                site: 1,
                has: None,
                cant_say: None,
                since: None,
                base: Base::Never,
                author: None,
                changed_at: None,
                ambiguous: false,
                corrected: false,
                order: None,
            }],
            ..Grid::default()
        }
    }

    #[test]
    fn a_cell_that_is_not_listed_has_what_is_published_for_its_own_version() {
        let table = Table::new(grid());
        let standing = |patch, site| table.cell(patch, site, Timestamp::default()).standing;
        assert_eq!(standing(0, 0), Standing::InSync);
        assert_eq!(standing(0, 1), Standing::InSync);
        assert_ne!(table.has(0, 0), table.has(0, 1), "current with one content for 7.6 and another for 7.7");
        assert_eq!(standing(1, 0), Standing::OtherVersion);
        assert_eq!(standing(1, 1), Standing::NotSent);
    }

    #[test]
    fn a_file_of_which_nothing_can_be_said_is_unknown_and_what_was_known_last_is_kept() {
        let mut grid = grid();
        let (why, since, last) = (Obstacle::InputOutput, Timestamp::from_ms(7), ContentHash::of(b"last"));
        grid.cells[0] = GridCell { has: Some(last), cant_say: Some(CantSay { why, since }), ..grid.cells[0].clone() };
        let table = Table::new(grid);
        let cell = table.cell(1, 1, Timestamp::default());
        assert_eq!((cell.standing, cell.unknown, cell.unknown_since), (Standing::Unknown, Some(Unknown::File(why)), Some(since)));
        assert_eq!((table.last_known(1, 1), table.unknown(1, 1)), (Some(last), Some(Unknown::File(why))));
        assert_eq!((cell.send(), cell.retrieve()), (None, None), "nothing is sent or taken unseen");
    }

    #[test]
    fn a_site_that_has_not_reported_since_a_restore_claims_nothing_and_what_was_believed_can_be_asked_for() {
        let mut grid = grid();
        grid.sites[1].unknown = Some(Unknown::Restored);
        grid.cells[0].order = Some(crate::cell::LatestOrder {
            id: crate::id::hex32([1; 16]).parse().expect("order"),
            action: crate::order::Action::Remove,
            expected: None,
            state: OrderState::Unknown { at: Timestamp::default(), cause: UnknownCause::Restored },
            by: "ada".parse().expect("user"),
            created: Timestamp::default(),
        });
        let table = Table::new(grid);
        for patch in 0..2 {
            let cell = table.cell(patch, 1, Timestamp::default());
            assert_eq!((cell.standing, cell.overlay), (Standing::Unknown, Overlay::None));
        }
        assert_eq!(table.believed(0, 1, Timestamp::default()).standing, Standing::InSync);
        let presumed = table.presumed(1, 1, Timestamp::default());
        assert_eq!((presumed.standing, presumed.unknown), (Standing::NotSent, Some(Unknown::Restored)), "and can be decided on");
        assert!(table.has(0, 1).is_some() && table.has(1, 1).is_none());
    }

    #[test]
    fn a_site_that_never_reported_is_presumed_to_have_nothing_and_one_whose_files_vanished_is_presumed_nothing_of() {
        let mut grid = grid();
        grid.sites[1].unknown = Some(Unknown::NoInventory);
        let presumed = Table::new(grid.clone()).presumed(0, 1, Timestamp::default());
        assert_eq!((presumed.standing, presumed.send()), (Standing::NotSent, Some(crate::cell::Direction::Forward)));
        grid.sites[1].unknown = Some(Unknown::MassDrop);
        let presumed = Table::new(grid).presumed(0, 1, Timestamp::default());
        assert_eq!((presumed.standing, presumed.send()), (Standing::Unknown, None));
    }

    #[test]
    fn a_column_that_is_unknown_claims_nothing() {
        let mut grid = grid();
        grid.sites[0].unknown = Some(Unknown::MassDrop);
        assert_eq!(Table::new(grid).cell(0, 0, Timestamp::default()).standing, Standing::Unknown);
    }
}
