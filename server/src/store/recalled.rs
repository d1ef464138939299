//! The table `recalled`: publications that were given back before their contents were.

use super::{StoreError, column};
use fieldpost_common::envelope::Envelope;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, params};

/// Keeps one until its content is here.
pub(crate) fn recalled_add(db: &Connection, envelope: &Envelope, sha256: &ContentHash, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO recalled (id, sha256, envelope, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    let values = params![envelope.bytes_id(), sha256.as_bytes(), column::text(envelope), now.as_ms()];
    db.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Those of a content, which wait no longer.
pub(crate) fn recalled_take(db: &Connection, sha256: &ContentHash) -> Result<Vec<Envelope>, StoreError> {
    let mut all = db.prepare_cached("SELECT envelope FROM recalled WHERE sha256 = ?1")?;
    let found: Vec<Envelope> = all.query_map([sha256.as_bytes()], |row| column::json(row, 0))?.collect::<Result<_, _>>()?;
    if !found.is_empty() {
        db.execute("DELETE FROM recalled WHERE sha256 = ?1", [sha256.as_bytes()])?;
    }
    Ok(found)
}
