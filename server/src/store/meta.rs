//! The table `meta`: what holds for the data as a whole.

use super::wal::Mark;
use super::{StoreError, column};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::Generation;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

const GENERATION: &str = "generation";
const URL: &str = "url";
const SCRUB_AFTER: &str = "scrub_after";
const SCRUB_ENDED: &str = "scrub_ended";
const DRIFT_DIGEST: &str = "drift_digest";
const MARK: &str = "log";
const COUNTER_FLOOR: &str = "counter_floor";
const RESTORED: &str = "restored";

/// Something real is written, and nothing is changed by it.
pub(crate) fn probe_set(db: &Connection, now: Timestamp) -> Result<(), StoreError> {
    set(db, "probe", &now.as_ms().to_string())
}

/// Where the check of all contents stands; and when the last one ended.
pub(crate) fn scrub_fetch(db: &Connection) -> Result<(Option<ContentHash>, Option<Timestamp>), StoreError> {
    let after = word(db, SCRUB_AFTER)?.and_then(|word| word.parse().ok());
    let ended = word(db, SCRUB_ENDED)?.and_then(|word| word.parse().ok()).map(Timestamp::from_ms);
    Ok((after, ended))
}

/// The check of all contents has come so far; none: it has ended.
pub(crate) fn scrub_set(db: &Connection, after: Option<&ContentHash>, now: Timestamp) -> Result<(), StoreError> {
    set(db, SCRUB_AFTER, &after.map(ContentHash::to_string).unwrap_or_default())?;
    if after.is_none() { set(db, SCRUB_ENDED, &now.as_ms().to_string()) } else { Ok(()) }
}

/// Names the data: a restored backup is another one.
pub(crate) fn generation_fetch(db: &Connection) -> Result<Generation, StoreError> {
    Ok(db.query_row("SELECT value FROM meta WHERE key = ?1", [GENERATION], |row| column::word(row, 0))?)
}

/// Gives the data a name.
pub(crate) fn generation_set(db: &Connection, generation: &Generation) -> Result<(), StoreError> {
    set(db, GENERATION, &generation.to_string())
}

/// The server's public address, as given to `init`.
pub(crate) fn url_fetch(db: &Connection) -> Result<String, StoreError> {
    Ok(db.query_row("SELECT value FROM meta WHERE key = ?1", [URL], |row| row.get(0))?)
}

/// Keeps the server's public address.
pub(crate) fn url_set(db: &Connection, url: &str) -> Result<(), StoreError> {
    set(db, URL, url)
}

/// The generation as it stands there; `None`: nothing was initialised.
pub(crate) fn generation_word(db: &Connection) -> Result<Option<String>, StoreError> {
    word(db, GENERATION)
}

/// What the newest commit wrote about itself; `None`: data of before it did.
pub(crate) fn mark_fetch(db: &Connection) -> Result<Option<Mark>, StoreError> {
    let mark = word(db, MARK)?.map(|text| serde_json::from_str(&text)).transpose();
    mark.map_err(|error| StoreError::Sqlite(format!("the mark of the log can't be read: {error}")))
}

/// Writes what is known of the log, as a part of a commit.
pub(crate) fn mark_set(db: &Connection, mark: &Mark) -> Result<(), StoreError> {
    let sql = "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    db.prepare_cached(sql)?.execute([MARK, &column::text(mark)])?;
    Ok(())
}

/// How far restores have raised the counters of orders, all in all.
pub(crate) fn counter_floor_fetch(db: &Connection) -> Result<u64, StoreError> {
    Ok(word(db, COUNTER_FLOOR)?.and_then(|word| word.parse().ok()).unwrap_or(0))
}

/// Keeps it.
pub(crate) fn counter_floor_set(db: &Connection, floor: u64) -> Result<(), StoreError> {
    set(db, COUNTER_FLOOR, &floor.to_string())
}

/// What is kept of the last restore.
pub(crate) fn restored_fetch(db: &Connection) -> Result<Option<String>, StoreError> {
    word(db, RESTORED)
}

/// Keeps it.
pub(crate) fn restored_set(db: &Connection, restored: &str) -> Result<(), StoreError> {
    set(db, RESTORED, restored)
}

pub(super) fn word(db: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    let mut find = db.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(find.query_row([key], |row| row.get(0)).optional()?)
}

/// When the digest of what was changed at sites was due last.
pub(crate) fn drift_digest_fetch(db: &Connection) -> Result<Option<Timestamp>, StoreError> {
    Ok(word(db, DRIFT_DIGEST)?.and_then(|ms| ms.parse().ok()).map(Timestamp::from_ms))
}

/// Keeps when it was due.
pub(crate) fn drift_digest_set(db: &Connection, at: Timestamp) -> Result<(), StoreError> {
    set(db, DRIFT_DIGEST, &at.as_ms().to_string())
}

pub(super) fn set(db: &Connection, key: &str, value: &str) -> Result<(), StoreError> {
    db.execute("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [key, value])?;
    Ok(())
}
