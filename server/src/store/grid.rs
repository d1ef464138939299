//! Reads one application's grid out of several tables, as facts; cells on which both sides agree are left out. Each table is read
//! once, in order: a grid of two million cells has no time to look anything up cell by cell.

pub(crate) mod loud;
mod rows;

use super::{StoreError, application, site_app};
use fieldpost_common::cell::Unknown;
use fieldpost_common::grid::{Grid, GridSite};
use fieldpost_common::id::AppName;
use fieldpost_common::inventory::Directory;
use fieldpost_common::time::Timestamp;
use rusqlite::Connection;

/// An application's grid, but for the feed, the clock, and when each site was last heard of, which the memory knows; `None`: there is
/// no such application.
pub(crate) fn grid_fetch(db: &Connection, app: &AppName) -> Result<Option<Grid>, StoreError> {
    let Some(settings) = application::application_fetch(db, app)? else { return Ok(None) };
    let columns = site_app::site_app_columns(db, app)?;
    let mut published = rows::published(db, app)?;
    let listed = rows::listed(db, app, &published)?;
    let mut loud = loud::Loud::new(&listed, &published);
    for (index, column) in columns.iter().enumerate() {
        loud.read(db, app, (index, column))?;
    }
    let (names, mut cells) = loud.finish();
    let patches = rows::rows(db, app, names, &mut published, &mut cells)?;
    let sites = columns.into_iter().map(site).collect();
    Ok(Some(Grid { application: Some(settings), sites, patches, cells, ..Grid::default() }))
}

fn site(column: site_app::Column) -> GridSite {
    let (unknown, unknown_since) = unknown(&column);
    let site_app::Column { site: name, groups, version, .. } = column;
    GridSite { name, groups, version, unknown, unknown_since, last_seen: None, format: None }
}

fn unknown(column: &site_app::Column) -> (Option<Unknown>, Option<Timestamp>) {
    if column.awaited {
        return (Some(Unknown::Restored), None);
    }
    if let Some(refused) = &column.refused {
        return (Some(Unknown::Refused(refused.fault)), Some(refused.since));
    }
    match (column.directory, column.held) {
        (None, _) => (Some(Unknown::NoInventory), None),
        (Some(Directory::Present), Some(held)) => (Some(Unknown::MassDrop), Some(held.at)),
        (Some(Directory::Present), None) => (None, None),
        (Some(directory), _) => (Some(Unknown::Directory(directory)), column.directory_since),
    }
}
