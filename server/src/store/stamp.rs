//! The table `stamp`: everything that was read out of each revision, in short and in full.

use super::revision::RevisionKey;
use super::{StoreError, column};
use fieldpost_common::api::StampInfo;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::AppName;
use fieldpost_common::name::PatchName;
use fieldpost_common::stamp::Stamp;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::HashMap;

/// Keeps what was read in place of what was read before; none: nothing.
pub(crate) fn stamp_set(db: &Connection, key: &RevisionKey, stamp: Option<&Stamp>) -> Result<(), StoreError> {
    let (app, patch, sha256) = (key.application.as_str(), key.patch.as_str(), key.sha256.as_bytes());
    let Some(stamp) = stamp else {
        let sql = "DELETE FROM stamp WHERE application = ?1 AND patch = ?2 AND sha256 = ?3";
        db.prepare_cached(sql)?.execute(params![app, patch, sha256])?;
        return Ok(());
    };
    let again = again_at(stamp).map(Timestamp::as_ms);
    let values = params![app, patch, sha256, column::text(&StampInfo::of(stamp)), column::text(stamp), again];
    db.prepare_cached("INSERT OR REPLACE INTO stamp VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(values)?;
    Ok(())
}

/// When the first time that lies too far ahead no longer does.
fn again_at(stamp: &Stamp) -> Option<Timestamp> {
    const DAY_MS: i64 = 24 * 3_600_000;
    let ahead = stamp.found.iter().filter(|one| one.future).filter_map(|one| one.at);
    ahead.map(|at| Timestamp::from_ms(at.approx_unix_ms().saturating_sub(DAY_MS))).min()
}

/// What was read, in short.
pub(crate) fn stamp_summary(db: &Connection, key: &RevisionKey) -> Result<Option<StampInfo>, StoreError> {
    let sql = "SELECT summary FROM stamp WHERE application = ?1 AND patch = ?2 AND sha256 = ?3";
    let mut find = db.prepare_cached(sql)?;
    let values = params![key.application.as_str(), key.patch.as_str(), key.sha256.as_bytes()];
    Ok(find.query_row(values, |row| column::json(row, 0)).optional()?)
}

/// What was read out of all revisions of a patch, in short.
pub(crate) fn stamp_summaries(
    db: &Connection,
    app: &AppName,
    patch: &PatchName,
) -> Result<HashMap<ContentHash, StampInfo>, StoreError> {
    let mut all = db.prepare_cached("SELECT sha256, summary FROM stamp WHERE application = ?1 AND patch = ?2")?;
    let rows = all.query_map([app.as_str(), patch.as_str()], |row| Ok((column::hash(row, 0)?, column::json(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Everything that was read.
pub(crate) fn stamp_fetch(db: &Connection, key: &RevisionKey) -> Result<Option<Stamp>, StoreError> {
    let sql = "SELECT stamp FROM stamp WHERE application = ?1 AND patch = ?2 AND sha256 = ?3";
    let mut find = db.prepare_cached(sql)?;
    let values = params![key.application.as_str(), key.patch.as_str(), key.sha256.as_bytes()];
    Ok(find.query_row(values, |row| column::json(row, 0)).optional()?)
}
