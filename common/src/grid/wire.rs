//! The grid as it travels: a head that changes with the clock, and a body in which each content is named once and a cell is a
//! short row of numbers.

use super::{Feed, Grid, GridCell, GridPatch, GridSite};
use crate::api::AppSettings;
use crate::cell::{Base, LatestOrder};
use crate::hash::ContentHash;
use crate::inventory::CantSay;
use crate::stamp::When;
use crate::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

/// What is another in each answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Head<'a> {
    feed: Cow<'a, Feed>,
    now: Timestamp,
    #[serde(default)]
    silent_after_s: u64,
    application: Cow<'a, Option<AppSettings>>,
    sites: Cow<'a, [GridSite]>,
}

/// What stays the same until something changes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Body<'a> {
    patches: Cow<'a, [GridPatch]>,
    contents: Vec<Content<'a>>,
    cells: Vec<Row<'a>>,
}

/// A content, and what its text says about itself: who, when, and 1 for ambiguous plus 2 for corrected.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Content<'a>(ContentHash, Option<Cow<'a, str>>, Option<When>, #[serde(default, skip_serializing_if = "is_zero")] u8);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(flags: &u8) -> bool {
    *flags == 0
}

/// Patch, site, what the site has as a place in the contents, since when in milliseconds, the base, and what lies beside that.
///
/// The base is nothing for never, 0 for absent, else a place in the contents, counted from 1.
#[derive(Debug, Serialize, Deserialize)]
struct Row<'a>(
    usize,
    usize,
    Option<usize>,
    Option<i64>,
    Option<usize>,
    #[serde(default, skip_serializing_if = "Beside::is_empty")] Beside<'a>,
);

/// What few cells have.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Beside<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<Cow<'a, LatestOrder>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cant_say: Option<CantSay>,
}

impl Beside<'_> {
    fn is_empty(&self) -> bool {
        self.order.is_none() && self.cant_say.is_none()
    }
}

impl<'a> Head<'a> {
    /// Of a grid.
    pub fn of(grid: &'a Grid) -> Self {
        Self {
            feed: Cow::Borrowed(&grid.feed),
            now: grid.now,
            silent_after_s: grid.silent_after.as_secs(),
            application: Cow::Borrowed(&grid.application),
            sites: Cow::Borrowed(&grid.sites),
        }
    }
}

impl<'a> Body<'a> {
    /// Of a grid.
    pub fn of(grid: &'a Grid) -> Self {
        let mut contents = Contents::default();
        let row = |cell: &'a GridCell| {
            let flags = u8::from(cell.ambiguous) | u8::from(cell.corrected) << 1;
            let author = cell.author.as_deref().map(Cow::Borrowed);
            let has = cell.has.map(|has| contents.place(Content(has, author, cell.changed_at, flags)));
            let base = match cell.base {
                Base::Never => None,
                Base::Absent => Some(0),
                Base::Content(base) => Some(contents.place_of(base) + 1),
            };
            let beside = Beside { order: cell.order.as_ref().map(Cow::Borrowed), cant_say: cell.cant_say };
            Row(cell.patch, cell.site, has, cell.since.map(Timestamp::as_ms), base, beside)
        };
        let cells = grid.cells.iter().map(row).collect();
        Self { patches: Cow::Borrowed(&grid.patches), contents: contents.list, cells }
    }
}

#[derive(Default)]
struct Contents<'a> {
    list: Vec<Content<'a>>,
    places: HashMap<Content<'a>, usize>,
    by_hash: HashMap<ContentHash, usize>,
}

impl<'a> Contents<'a> {
    fn place(&mut self, content: Content<'a>) -> usize {
        if let Some(place) = self.places.get(&content) {
            return *place;
        }
        let place = self.list.len();
        self.list.push(content.clone());
        self.by_hash.entry(content.0).or_insert(place);
        self.places.insert(content, place);
        place
    }

    fn place_of(&mut self, sha256: ContentHash) -> usize {
        match self.by_hash.get(&sha256) {
            Some(place) => *place,
            None => self.place(Content(sha256, None, None, 0)),
        }
    }
}

impl Serialize for Grid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Head::of(self), Body::of(self)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Grid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (head, body) = <(Head<'_>, Body<'_>)>::deserialize(deserializer)?;
        let Body { patches, contents, cells } = body;
        let (patches, sites) = (patches.into_owned(), head.sites.into_owned());
        let cell = |row| cell(row, &contents).filter(|cell| cell.patch < patches.len() && cell.site < sites.len());
        let cells: Option<Vec<_>> = cells.into_iter().map(cell).collect();
        let cells = cells.ok_or_else(|| de::Error::custom("a cell names a patch, site or content that isn't listed"))?;
        let (feed, application) = (head.feed.into_owned(), head.application.into_owned());
        let silent_after = Duration::from_secs(head.silent_after_s);
        Ok(Self { feed, now: head.now, silent_after, application, sites, patches, cells })
    }
}

fn cell(Row(patch, site, has, since, base, beside): Row<'_>, contents: &[Content<'_>]) -> Option<GridCell> {
    let has = match has {
        Some(place) => Some(contents.get(place)?),
        None => None,
    };
    let base = match base {
        None => Base::Never,
        Some(0) => Base::Absent,
        Some(place) => Base::Content(contents.get(place - 1)?.0),
    };
    Some(GridCell {
        patch,
        site,
        has: has.map(|content| content.0),
        since: since.map(Timestamp::from_ms),
        base,
        author: has.and_then(|content| content.1.as_deref().map(str::to_owned)),
        changed_at: has.and_then(|content| content.2),
        ambiguous: has.is_some_and(|content| content.3 & 1 != 0),
        corrected: has.is_some_and(|content| content.3 & 2 != 0),
        cant_say: beside.cant_say,
        order: beside.order.map(Cow::into_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::table::tests::grid;

    fn there_and_back(grid: &Grid) -> Grid {
        serde_json::from_str(&serde_json::to_string(grid).expect("JSON")).expect("a grid")
    }

    #[test]
    fn a_grid_arrives_as_it_left() {
        let mut grid = grid();
        let content = |text: &str| ContentHash::of(text.as_bytes());
        grid.cells[0].has = Some(content("own"));
        grid.cells[0].author = Some("mk".to_owned());
        grid.cells[0].changed_at = Some("2026-11-24T17:00:00Z".parse().expect("a time"));
        grid.cells[0].since = Some(Timestamp::from_ms(7));
        grid.cells[0].corrected = true;
        let why = crate::inventory::Obstacle::BeingWritten;
        grid.cells[0].cant_say = Some(CantSay { why, since: Timestamp::from_ms(9) });
        for base in [Base::Never, Base::Absent, Base::Content(content("b")), Base::Content(content("own"))] {
            grid.cells[0].base = base;
            assert_eq!(there_and_back(&grid), grid);
        }
    }

    #[test]
    fn a_cell_without_an_order_is_a_short_row_of_numbers_and_a_content_is_named_once() {
        let mut grid = grid();
        grid.cells[0].has = Some(ContentHash::of(b"own"));
        grid.cells.push(GridCell { site: 0, ..grid.cells[0].clone() });
        let body = serde_json::to_value(Body::of(&grid)).expect("JSON");
        assert_eq!(body["cells"], serde_json::json!([[1, 1, 0, null, null], [1, 0, 0, null, null]]));
        assert_eq!(body["contents"].as_array().map(Vec::len), Some(1));
    }

    #[test]
    fn a_cell_that_points_outside_the_grid_is_refused() {
        for (patch, site) in [(2, 0), (0, 2)] {
            let mut grid = grid();
            (grid.cells[0].patch, grid.cells[0].site) = (patch, site);
            let text = serde_json::to_string(&grid).expect("JSON");
            assert!(serde_json::from_str::<Grid>(&text).is_err(), "{patch} {site}");
        }
    }
}
