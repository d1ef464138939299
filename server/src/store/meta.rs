//! The table `meta`: what holds for the data as a whole.

use super::{StoreError, column};
use fieldpost_common::id::Generation;
use rusqlite::Connection;

const GENERATION: &str = "generation";
const URL: &str = "url";

/// Names the data: a restored backup is another one.
pub(crate) fn generation_fetch(db: &Connection) -> Result<Generation, StoreError> {
    Ok(db.query_row("SELECT value FROM meta WHERE key = ?1", [GENERATION], |row| column::word(row, 0))?)
}

/// Gives the data a name.
pub(crate) fn generation_set(db: &Connection, generation: &Generation) -> Result<(), StoreError> {
    set(db, GENERATION, generation.as_str())
}

/// The server's public address, as given to `init`.
pub(crate) fn url_fetch(db: &Connection) -> Result<String, StoreError> {
    Ok(db.query_row("SELECT value FROM meta WHERE key = ?1", [URL], |row| row.get(0))?)
}

/// Keeps the server's public address.
pub(crate) fn url_set(db: &Connection, url: &str) -> Result<(), StoreError> {
    set(db, URL, url)
}

fn set(db: &Connection, key: &str, value: &str) -> Result<(), StoreError> {
    db.execute("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [key, value])?;
    Ok(())
}
