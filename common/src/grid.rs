//! The grid as facts: what the server sends, and the table that turns them into cells.

use crate::api::AppSettings;
use crate::cell::{AtSite, Base, Cell, Facts, LatestOrder, Published, Unknown, cell};
use crate::hash::ContentHash;
use crate::id::{GroupName, SiteName, UserName, Version};
use crate::issue::Issue;
use crate::name::PatchName;
use crate::stamp::When;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One application's patches against the sites that run it. Cells that are not listed are *quiet*: the site has exactly what
/// is published for its version (also when that is nothing), and no order lies over it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// Where the change feed stood when this was read.
    pub feed: Feed,
    /// The server's clock when this was read.
    pub now: Timestamp,
    /// The application.
    pub application: Option<AppSettings>,
    /// The sites that run it, by name.
    pub sites: Vec<GridSite>,
    /// Everything published or found at a site, by name.
    pub patches: Vec<GridPatch>,
    /// The cells that are not quiet.
    pub cells: Vec<GridCell>,
}

/// A place in the change feed. A new epoch means that everything must be read again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// One run of the server.
    pub epoch: String,
    /// Counts up with each change.
    pub seq: u64,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridSite {
    /// The site.
    pub name: SiteName,
    /// Its groups.
    pub groups: Vec<GroupName>,
    /// The version that it runs.
    pub version: Version,
    /// Why nothing can be said about its files, if so.
    pub unknown: Option<Unknown>,
    /// When it last confirmed its inventory.
    pub last_seen: Option<Timestamp>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridPatch {
    /// The patch.
    pub name: PatchName,
    /// Its tracker entry.
    pub issue: Option<Issue>,
    /// Who changed it last, out of the newest publication, else of what a site has.
    pub author: Option<String>,
    /// When.
    pub changed_at: Option<When>,
    /// When it was filed out.
    pub filed_out_at: Option<When>,
    /// Whether a date of it can be read two ways and nobody has said which.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ambiguous: bool,
    /// Whether a person said otherwise than was read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrected: bool,
    /// The newest publication's content.
    pub newest: Option<ContentHash>,
    /// When fieldpost first saw it.
    pub first_seen: Timestamp,
    /// What is current, version by version.
    pub published: Vec<GridPublication>,
}

/// What is current for one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridPublication {
    /// The version.
    pub version: Version,
    /// The content; `None` after `unpublish`.
    pub sha256: Option<ContentHash>,
    /// Its size.
    pub size: u64,
    /// Who published it.
    pub by: UserName,
    /// When.
    pub at: Timestamp,
    /// What was current for this version before.
    pub earlier: Vec<ContentHash>,
}

/// A cell that is not quiet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridCell {
    /// Index into [`Grid::patches`].
    pub patch: usize,
    /// Index into [`Grid::sites`].
    pub site: usize,
    /// S: what the site has.
    pub has: Option<ContentHash>,
    /// When that last changed, by the server's clock.
    pub since: Option<Timestamp>,
    /// B: what both last agreed on.
    pub base: Base,
    /// Who changed the site's content, out of its own text.
    pub author: Option<String>,
    /// When.
    pub changed_at: Option<When>,
    /// Whether a date of it can be read two ways and nobody has said which.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ambiguous: bool,
    /// Whether a person said otherwise than was read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrected: bool,
    /// The newest order.
    pub order: Option<LatestOrder>,
}

/// A grid that can be asked for its cells.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The facts.
    pub grid: Grid,
    loud: HashMap<(usize, usize), usize>,
}

impl Table {
    /// Indexes a grid.
    pub fn new(grid: Grid) -> Self {
        let loud = grid.cells.iter().enumerate().map(|(index, cell)| ((cell.patch, cell.site), index)).collect();
        Self { grid, loud }
    }

    /// The facts of a cell that is not quiet.
    pub fn facts(&self, patch: usize, site: usize) -> Option<&GridCell> {
        self.loud.get(&(patch, site)).map(|index| &self.grid.cells[*index])
    }

    /// What is current for a site's version.
    pub fn published(&self, patch: usize, site: usize) -> Option<&GridPublication> {
        let version = &self.grid.sites[site].version;
        self.grid.patches[patch].published.iter().find(|published| published.version == *version)
    }

    /// What a site has.
    pub fn has(&self, patch: usize, site: usize) -> Option<ContentHash> {
        match self.facts(patch, site) {
            Some(cell) => cell.has,
            None => self.published(patch, site).and_then(|published| published.sha256),
        }
    }

    /// The cell, as of `now` by the server's clock.
    ///
    /// # Panics
    /// When an index is out of the grid.
    pub fn cell(&self, patch: usize, site: usize, now: Timestamp) -> Cell {
        let column = &self.grid.sites[site];
        let published = self.published(patch, site);
        let loud = self.facts(patch, site);
        let at_site = match (column.unknown, self.has(patch, site)) {
            (Some(why), _) => AtSite::Unknown(why),
            (None, None) => AtSite::Absent,
            (None, Some(has)) => AtSite::Present(has),
        };
        cell(&Facts {
            published: Published {
                current: published.and_then(|published| published.sha256),
                earlier: published.map_or(&[], |published| &published.earlier),
                elsewhere: self.grid.patches[patch]
                    .published
                    .iter()
                    .any(|one| one.version != column.version && one.sha256.is_some()),
            },
            site: at_site,
            site_since: loud.and_then(|cell| cell.since),
            base: loud.map_or(Base::Never, |cell| cell.base),
            order: loud.and_then(|cell| cell.order.as_ref()),
            age: column.last_seen.map(|seen| seen.age(now)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Standing;

    fn grid() -> Grid {
        let content = |text: &str| Some(ContentHash::of(text.as_bytes()));
        let publication = |version: &str, sha256| GridPublication {
            version: version.parse().expect("version"),
            sha256,
            size: 1,
            by: "ada".parse().expect("user"),
            at: Timestamp::default(),
            earlier: Vec::new(),
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
            last_seen: Some(Timestamp::default()),
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
    fn a_column_that_is_unknown_claims_nothing() {
        let mut grid = grid();
        grid.sites[0].unknown = Some(Unknown::MassDrop);
        assert_eq!(Table::new(grid).cell(0, 0, Timestamp::default()).standing, Standing::Unknown);
    }
}
