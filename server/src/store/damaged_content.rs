//! The table `damaged_content`: contents whose bytes are no longer what their hash says, until somebody gives the right ones.

use super::content::content_read;
use super::{StoreError, column};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, params};

/// So many sites are named as having the right bytes.
const NAMED: i64 = 3;

/// A content that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DamagedRow {
    pub(crate) sha256: ContentHash,
    pub(crate) found_at: Timestamp,
    /// What it is, and what heals it.
    pub(crate) words: String,
}

/// Whether a content was found damaged and not healed since.
pub(crate) fn damaged_exists(db: &Connection, sha256: &ContentHash) -> Result<bool, StoreError> {
    let mut find = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM damaged_content WHERE sha256 = ?1)")?;
    Ok(find.query_row([sha256.as_bytes()], |row| row.get(0))?)
}

/// Sets a content aside if its bytes are not what its hash says; whether that was so. What is left of it is kept.
pub(crate) fn damaged_set_aside(db: &Connection, sha256: &ContentHash, now: Timestamp) -> Result<bool, StoreError> {
    match content_read(db, sha256) {
        Err(StoreError::ContentDamaged(_)) => {}
        Err(error) => return Err(error),
        Ok(_) => return Ok(false),
    }
    let words = damaged_words(db, sha256)?;
    let sql = "INSERT INTO damaged_content SELECT sha256, size, encoding, bytes, ?2, ?3 FROM content WHERE sha256 = ?1
               ON CONFLICT DO NOTHING";
    db.execute(sql, params![sha256.as_bytes(), now.as_ms(), words])?;
    Ok(db.execute("DELETE FROM content WHERE sha256 = ?1", [sha256.as_bytes()])? > 0)
}

/// The right bytes are here; whether they were missed.
pub(crate) fn damaged_heal(db: &Connection, sha256: &ContentHash) -> Result<bool, StoreError> {
    let healed = db.prepare_cached("DELETE FROM damaged_content WHERE sha256 = ?1")?.execute([sha256.as_bytes()])? > 0;
    if healed {
        // What its text says of itself could not be read meanwhile.
        db.execute("UPDATE revision SET stamped = 0 WHERE sha256 = ?1", [sha256.as_bytes()])?;
    }
    Ok(healed)
}

/// The first of those that were found damaged, and how many there are.
pub(crate) fn damaged_list(db: &Connection, most: u64) -> Result<(Vec<DamagedRow>, u64), StoreError> {
    let count = db.prepare_cached("SELECT count(*) FROM damaged_content")?.query_row([], |row| column::size(row, 0))?;
    let mut all = db.prepare_cached("SELECT sha256, found_at, words FROM damaged_content ORDER BY found_at, sha256 LIMIT ?1")?;
    let rows = all.query_map([column::int(most)], |row| {
        Ok(DamagedRow { sha256: column::hash(row, 0)?, found_at: column::time(row, 1)?, words: row.get(2)? })
    })?;
    Ok((rows.collect::<Result<_, _>>()?, count))
}

/// The first of them in words, and how many there are; also in data of before there was this table.
pub(crate) fn damaged_known(db: &Connection) -> Result<(Option<String>, u64), StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'damaged_content')";
    if !db.query_row(sql, [], |row| row.get::<_, bool>(0))? {
        return Ok((None, 0));
    }
    let (rows, all) = damaged_list(db, 1)?;
    Ok((rows.into_iter().next().map(|row| row.words), all))
}

/// Sites whose newest inventory shows a content.
pub(crate) fn damaged_sites(db: &Connection, sha256: &ContentHash) -> Result<Vec<SiteName>, StoreError> {
    let mut all = db.prepare_cached("SELECT DISTINCT site FROM cell WHERE has = ?1 ORDER BY site")?;
    Ok(all.query_map([sha256.as_bytes()], |row| column::word(row, 0))?.collect::<Result<_, _>>()?)
}

/// Applications in whose tables a content stands.
pub(crate) fn damaged_applications(db: &Connection, sha256: &ContentHash) -> Result<Vec<AppName>, StoreError> {
    let mut all = db.prepare_cached("SELECT DISTINCT application FROM revision WHERE sha256 = ?1 ORDER BY application")?;
    Ok(all.query_map([sha256.as_bytes()], |row| column::word(row, 0))?.collect::<Result<_, _>>()?)
}

/// Sites that wait for a content, or would give up what they have for another one: their batches change with it.
pub(crate) fn damaged_waiting(db: &Connection, sha256: &ContentHash) -> Result<Vec<SiteName>, StoreError> {
    let sql = "SELECT DISTINCT site FROM site_order WHERE open = 1 AND (content = ?1 OR expected = ?1) ORDER BY site";
    let mut all = db.prepare_cached(sql)?;
    Ok(all.query_map([sha256.as_bytes()], |row| column::word(row, 0))?.collect::<Result<_, _>>()?)
}

/// What is damaged, and what heals it.
pub(crate) fn damaged_words(db: &Connection, sha256: &ContentHash) -> Result<String, StoreError> {
    let mut find = db.prepare_cached("SELECT patch, application FROM revision WHERE sha256 = ?1 ORDER BY first_seen LIMIT 1")?;
    let name = |row: &rusqlite::Row<'_>| Ok(format!(" ({} of {})", row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let name = find.query_map([sha256.as_bytes()], name)?.next().transpose()?.unwrap_or_default();
    let sites = damaged_sites(db, sha256)?;
    let named: Vec<_> = sites.iter().take(usize::try_from(NAMED).unwrap_or(0)).map(SiteName::as_str).collect();
    let more = sites.len().saturating_sub(named.len());
    let heals = match (named.join(", "), more) {
        (named, _) if named.is_empty() => "publish the same file again to mend it: no site is known to have it".to_owned(),
        (named, 0) => format!("{named} will be asked for it; publishing the same file again mends it too"),
        (named, more) => format!("{named} and {more} more will be asked for it; publishing the same file again mends it too"),
    };
    Ok(format!("content {}{name} is damaged on the server's disk and is given to nobody; {heals}", sha256.short()))
}
