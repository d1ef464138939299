//! The table `counter`: the highest order counter of each cell, from orders and from what agents report.

use super::{StoreError, column};
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::name::PatchName;
use rusqlite::{Connection, OptionalExtension as _, params};

/// The highest counter known; 0: none.
pub(crate) fn counter_highest(db: &Connection, site: &SiteName, app: &AppName, patch: &PatchName) -> Result<u64, StoreError> {
    let sql = "SELECT highest FROM counter WHERE application = ?1 AND site = ?2 AND patch = ?3";
    let mut find = db.prepare_cached(sql)?;
    let found = find.query_row([app.as_str(), site.as_str(), patch.as_str()], |row| column::size(row, 0)).optional()?;
    Ok(found.unwrap_or(0))
}

/// A counter was used, or is known at the site.
pub(crate) fn counter_raise(
    db: &Connection,
    site: &SiteName,
    app: &AppName,
    patch: &PatchName,
    to: u64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO counter VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (application, site, patch) DO UPDATE SET highest = max(highest, excluded.highest)";
    db.prepare_cached(sql)?.execute(params![app.as_str(), site.as_str(), patch.as_str(), column::int(to)])?;
    Ok(())
}
