//! The table `content`: every content once, compressed. Who may have it is left to the callers.

use super::{StoreError, column};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

const LEVEL: i32 = 3;

/// A content, ready to be kept.
pub(crate) struct Packed {
    /// Its hash.
    pub(crate) sha256: ContentHash,
    /// Its size in bytes, unpacked.
    pub(crate) size: u64,
    encoding: &'static str,
    bytes: Vec<u8>,
}

impl Packed {
    /// Packs a content whose hash was checked; kept as it is when that is smaller.
    pub(crate) fn new(sha256: ContentHash, plain: Vec<u8>) -> Self {
        let size = plain.len() as u64;
        match zstd::bulk::compress(&plain, LEVEL) {
            Ok(bytes) if bytes.len() < plain.len() => Self { sha256, size, encoding: "zstd", bytes },
            _ => Self { sha256, size, encoding: "plain", bytes: plain },
        }
    }
}

/// Keeps a content; once is enough.
pub(crate) fn content_store(db: &Connection, packed: &Packed, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO content (sha256, size, encoding, bytes, stored_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    let Packed { sha256, size, encoding, bytes } = packed;
    db.prepare_cached(sql)?.execute(params![sha256.as_bytes(), column::int(*size), encoding, bytes, now.as_ms()])?;
    Ok(())
}

/// The size of a content, if it is here.
pub(crate) fn content_size(db: &Connection, sha256: &ContentHash) -> Result<Option<u64>, StoreError> {
    let mut find = db.prepare_cached("SELECT size FROM content WHERE sha256 = ?1")?;
    Ok(find.query_row([sha256.as_bytes()], |row| column::size(row, 0)).optional()?)
}

/// A content, if it is here.
pub(crate) fn content_fetch(db: &Connection, sha256: &ContentHash) -> Result<Option<Vec<u8>>, StoreError> {
    let mut find = db.prepare_cached("SELECT size, encoding, bytes FROM content WHERE sha256 = ?1")?;
    let found = find
        .query_row([sha256.as_bytes()], |row| Ok((column::size(row, 0)?, row.get::<_, String>(1)?, row.get::<_, Vec<u8>>(2)?)));
    let Some((size, encoding, bytes)) = found.optional()? else { return Ok(None) };
    let plain = match encoding.as_str() {
        "plain" => bytes,
        _ => zstd::bulk::decompress(&bytes, usize::try_from(size).unwrap_or(usize::MAX))
            .map_err(|error| StoreError::Sqlite(format!("content {sha256} can't be unpacked: {error}")))?,
    };
    Ok(Some(plain))
}

/// Hashes every content again: the first that isn't what its key says, and how many were looked at.
pub(crate) fn content_check(db: &Connection) -> Result<(u64, Option<ContentHash>), StoreError> {
    let mut all = db.prepare("SELECT sha256 FROM content")?;
    let hashes: Vec<ContentHash> = all.query_map([], |row| column::hash(row, 0))?.collect::<Result<_, _>>()?;
    let sound = |sha256: &ContentHash| {
        content_fetch(db, sha256).is_ok_and(|plain| plain.is_some_and(|plain| ContentHash::of(&plain) == *sha256))
    };
    Ok((hashes.len() as u64, hashes.iter().find(|sha256| !sound(sha256)).copied()))
}
