//! The table `current`: what is and was current, version by version.

use super::{StoreError, column};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, UserName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeMap;

/// What is current for one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CurrentRow {
    /// The content; none: taken off the table.
    pub(crate) sha256: Option<ContentHash>,
    pub(crate) size: u64,
    pub(crate) by: UserName,
    pub(crate) at: Timestamp,
}

fn read(row: &Row<'_>) -> rusqlite::Result<CurrentRow> {
    Ok(CurrentRow {
        sha256: column::hash_opt(row, 0)?,
        size: column::size(row, 1)?,
        by: column::word(row, 2)?,
        at: column::time(row, 3)?,
    })
}

/// What is current for a version, if anything ever was.
pub(crate) fn current_fetch(
    db: &Connection,
    app: &AppName,
    patch: &PatchName,
    version: &Version,
) -> Result<Option<CurrentRow>, StoreError> {
    let sql = "SELECT sha256, size, by, at FROM current WHERE application = ?1 AND patch = ?2 AND version = ?3 AND newest = 1";
    let mut find = db.prepare_cached(sql)?;
    Ok(find.query_row([app.as_str(), patch.as_str(), version.as_str()], read).optional()?)
}

/// Makes something current for a version, or takes the patch off the table.
pub(crate) fn current_set(
    db: &Connection,
    app: &AppName,
    patch: &PatchName,
    version: &Version,
    row: &CurrentRow,
) -> Result<(), StoreError> {
    let (app, patch, version) = (app.as_str(), patch.as_str(), version.as_str());
    db.prepare_cached("UPDATE current SET newest = 0 WHERE application = ?1 AND patch = ?2 AND version = ?3 AND newest = 1")?
        .execute([app, patch, version])?;
    let sql =
        "INSERT INTO current (application, patch, version, sha256, size, by, at, newest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)";
    let sha256 = row.sha256.as_ref().map(ContentHash::as_bytes);
    let values = params![app, patch, version, sha256, column::int(row.size), row.by.as_str(), row.at.as_ms()];
    db.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Everything that is current for one version.
pub(crate) fn current_map(
    db: &Connection,
    app: &AppName,
    version: &Version,
) -> Result<BTreeMap<PatchName, ContentHash>, StoreError> {
    let sql = "SELECT patch, sha256 FROM current WHERE application = ?1 AND version = ?2 AND newest = 1 AND sha256 IS NOT NULL";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([app.as_str(), version.as_str()], |row| Ok((column::word(row, 0)?, column::hash(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// For which versions each content of a patch is current.
pub(crate) fn current_versions(
    db: &Connection,
    app: &AppName,
    patch: &PatchName,
) -> Result<Vec<(ContentHash, Version)>, StoreError> {
    let sql = "SELECT sha256, version FROM current WHERE application = ?1 AND patch = ?2 AND newest = 1 AND sha256 IS NOT NULL";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([app.as_str(), patch.as_str()], |row| Ok((column::hash(row, 0)?, column::word(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
