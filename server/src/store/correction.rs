//! The table `correction`: what people say against what was read.

use super::revision::RevisionKey;
use super::{StoreError, column};
use fieldpost_common::correction::{Correction, Corrections};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::AppName;
use fieldpost_common::name::PatchName;
use rusqlite::{Connection, Row, params};
use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

const AUTHOR: &str = "author";
const CHANGED_AT: &str = "changed_at";
const ISSUE: &str = "issue";

/// What stands for one revision.
pub(crate) fn correction_fetch(db: &Connection, key: &RevisionKey) -> Result<Corrections, StoreError> {
    let mut all = correction_list(db, &key.application, &key.patch)?;
    Ok(all.remove(&key.sha256).unwrap_or_default())
}

/// What stands for the revisions of a patch.
pub(crate) fn correction_list(
    db: &Connection,
    app: &AppName,
    patch: &PatchName,
) -> Result<HashMap<ContentHash, Corrections>, StoreError> {
    let sql = "SELECT sha256, field, value, by, at FROM correction WHERE application = ?1 AND patch = ?2";
    let mut all = db.prepare_cached(sql)?;
    let mut rows = all.query([app.as_str(), patch.as_str()])?;
    let mut found: HashMap<ContentHash, Corrections> = HashMap::new();
    while let Some(row) = rows.next()? {
        let of = found.entry(column::hash(row, 0)?).or_default();
        match row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)? {
            AUTHOR => of.author = Some(correction(row)?),
            CHANGED_AT => of.changed_at = Some(correction(row)?),
            _ => of.issue = Some(correction(row)?),
        }
    }
    Ok(found)
}

fn correction<T: FromStr<Err: ToString>>(row: &Row<'_>) -> rusqlite::Result<Correction<T>> {
    Ok(Correction { value: column::word_opt(row, 2)?, by: column::word(row, 3)?, at: column::time(row, 4)? })
}

/// Keeps what stands for one revision from now on.
pub(crate) fn correction_set(db: &Connection, key: &RevisionKey, corrections: &Corrections) -> Result<(), StoreError> {
    field_set(db, key, AUTHOR, corrections.author.as_ref())?;
    field_set(db, key, CHANGED_AT, corrections.changed_at.as_ref())?;
    field_set(db, key, ISSUE, corrections.issue.as_ref())
}

fn field_set<T: Display>(db: &Connection, key: &RevisionKey, field: &str, is: Option<&Correction<T>>) -> Result<(), StoreError> {
    let (app, patch, sha256) = (key.application.as_str(), key.patch.as_str(), key.sha256.as_bytes());
    let Some(Correction { value, by, at }) = is else {
        let sql = "DELETE FROM correction WHERE application = ?1 AND patch = ?2 AND sha256 = ?3 AND field = ?4";
        db.prepare_cached(sql)?.execute(params![app, patch, sha256, field])?;
        return Ok(());
    };
    let value = value.as_ref().map(ToString::to_string);
    let values = params![app, patch, sha256, field, value, by.as_str(), at.as_ms()];
    db.prepare_cached("INSERT OR REPLACE INTO correction VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?.execute(values)?;
    Ok(())
}
