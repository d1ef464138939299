//! The table `vanished`: what is gone from a site without an order, counted by the drop brake until a day has passed or a person
//! has accepted it.

use super::{StoreError, column};
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// What vanished from one application of a site, and when.
pub(crate) fn vanished_map(
    db: &Connection,
    (site, app): (&SiteName, &AppName),
) -> Result<BTreeMap<PatchName, Timestamp>, StoreError> {
    let mut all = db.prepare_cached("SELECT patch, at FROM vanished WHERE application = ?1 AND site = ?2")?;
    let rows = all.query_map([app.as_str(), site.as_str()], |row| Ok((column::word(row, 0)?, column::time(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps when a file vanished; `None`: it doesn't count any more.
pub(crate) fn vanished_set(
    db: &Connection,
    (site, app): (&SiteName, &AppName),
    patch: &PatchName,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let (app, site, patch) = (app.as_str(), site.as_str(), patch.as_str());
    if let Some(at) = at {
        let sql = "INSERT INTO vanished VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET at = excluded.at";
        db.prepare_cached(sql)?.execute(params![app, site, patch, at.as_ms()])?;
    } else {
        let sql = "DELETE FROM vanished WHERE application = ?1 AND site = ?2 AND patch = ?3";
        db.prepare_cached(sql)?.execute([app, site, patch])?;
    }
    Ok(())
}
