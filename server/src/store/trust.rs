//! The table `trust`: every version of the trust document, as it was signed.

use super::{StoreError, column};
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::{SignedTrust, Trust};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Versions after `held`, in order.
pub(crate) fn trust_after(db: &Connection, held: u64) -> Result<Vec<SignedTrust>, StoreError> {
    let mut all = db.prepare_cached("SELECT signed FROM trust WHERE version > ?1 ORDER BY version")?;
    Ok(all.query_map([column::int(held)], |row| column::json(row, 0))?.collect::<Result<_, _>>()?)
}

/// The newest version; it was verified when it was kept.
pub(crate) fn trust_newest(db: &Connection) -> Result<Option<Trust>, StoreError> {
    let mut newest = db.prepare_cached("SELECT signed FROM trust ORDER BY version DESC LIMIT 1")?;
    let signed: Option<SignedTrust> = newest.query_row([], |row| column::json(row, 0)).optional()?;
    let parse = |signed: SignedTrust| serde_json::from_slice(&signed.by.bytes);
    signed.map(parse).transpose().map_err(|error| StoreError::Sqlite(format!("the trust document can't be read: {error}")))
}

/// Keeps a version that was verified.
pub(crate) fn trust_add(db: &Connection, version: u64, signed: &SignedTrust, now: Timestamp) -> Result<(), StoreError> {
    db.execute("INSERT INTO trust VALUES (?1, ?2, ?3)", params![column::int(version), column::text(signed), now.as_ms()])?;
    Ok(())
}
