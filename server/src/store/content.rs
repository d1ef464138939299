//! The table `content`: every content once, compressed. Who may have it is left to the callers.

use super::damaged_content::damaged_exists;
use super::{StoreError, column};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::io::Read as _;

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

/// The size of a content, if it is here and not known to be damaged.
pub(crate) fn content_size(db: &Connection, sha256: &ContentHash) -> Result<Option<u64>, StoreError> {
    let mut find = db.prepare_cached("SELECT size FROM content WHERE sha256 = ?1")?;
    let size = find.query_row([sha256.as_bytes()], |row| column::size(row, 0)).optional()?;
    if size.is_none() { missing(db, sha256) } else { Ok(size) }
}

/// A content, if it is here; its bytes are hashed before anybody gets them.
pub(crate) fn content_fetch(db: &Connection, sha256: &ContentHash) -> Result<Option<Vec<u8>>, StoreError> {
    let plain = content_read(db, sha256)?;
    if plain.is_none() { missing(db, sha256) } else { Ok(plain) }
}

/// Where a content isn't: it was never here, or it was found damaged.
fn missing<T>(db: &Connection, sha256: &ContentHash) -> Result<Option<T>, StoreError> {
    if damaged_exists(db, sha256)? { Err(StoreError::ContentDamaged(*sha256)) } else { Ok(None) }
}

/// Reads and hashes a content's row.
pub(super) fn content_read(db: &Connection, sha256: &ContentHash) -> Result<Option<Vec<u8>>, StoreError> {
    let mut find = db.prepare_cached("SELECT size, encoding, bytes FROM content WHERE sha256 = ?1")?;
    let found = find
        .query_row([sha256.as_bytes()], |row| Ok((column::size(row, 0)?, row.get::<_, String>(1)?, row.get::<_, Vec<u8>>(2)?)));
    let Some((size, encoding, bytes)) = found.optional()? else { return Ok(None) };
    let plain = match encoding.as_str() {
        "plain" => Some(bytes),
        _ => unpack(&bytes, size),
    };
    let whole = plain.filter(|plain| ContentHash::of(plain) == *sha256);
    whole.map(Some).ok_or(StoreError::ContentDamaged(*sha256))
}

/// What was packed; none: it is damaged. The size is believed as far as it is borne out.
fn unpack(bytes: &[u8], size: u64) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let decoder = zstd::stream::read::Decoder::new(bytes).ok()?;
    decoder.take(size.saturating_add(1)).read_to_end(&mut plain).ok()?;
    Some(plain)
}

/// What a look at some contents found.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// Contents that are not what their hash says.
    pub(crate) damaged: Vec<ContentHash>,
    /// What is wrong with the database itself.
    pub(crate) fault: Option<String>,
    /// The last that was looked at; none: there are no more.
    pub(crate) last: Option<ContentHash>,
}

/// Hashes some contents again, those after one, in the order of their hashes: so many, and not many more bytes than that.
pub(crate) fn content_examine(
    db: &Connection,
    after: Option<&ContentHash>,
    (rows, bytes): (u64, u64),
) -> Result<Examined, StoreError> {
    let mut some = db.prepare_cached("SELECT sha256 FROM content WHERE sha256 > ?1 ORDER BY sha256 LIMIT ?2")?;
    let after = after.map_or(&[][..], |after| after.as_bytes());
    let hashes: Vec<ContentHash> =
        some.query_map(params![after, column::int(rows)], |row| column::hash(row, 0))?.collect::<Result<_, _>>()?;
    let (mut examined, mut read) = (Examined::default(), 0);
    let is_last = (hashes.len() as u64) < rows;
    for (index, sha256) in hashes.iter().enumerate() {
        match content_read(db, sha256) {
            Ok(plain) => read += plain.map_or(0, |plain| plain.len() as u64),
            Err(StoreError::ContentDamaged(sha256)) => examined.damaged.push(sha256),
            Err(StoreError::Corrupt(why)) => examined.fault = Some(why),
            Err(error) => return Err(error),
        }
        let more = index + 1 < hashes.len() || !is_last;
        examined.last = more.then_some(*sha256);
        if read > bytes {
            break;
        }
    }
    Ok(examined)
}

/// Hashes every content again: how many are what their keys say, and those that aren't.
pub(crate) fn content_check(db: &Connection) -> Result<(u64, Vec<ContentHash>), StoreError> {
    let mut all = db.prepare("SELECT sha256 FROM content")?;
    let hashes: Vec<ContentHash> = all.query_map([], |row| column::hash(row, 0))?.collect::<Result<_, _>>()?;
    let sound = |sha256: &ContentHash| content_read(db, sha256).is_ok_and(|plain| plain.is_some());
    let (good, bad): (Vec<_>, Vec<_>) = hashes.into_iter().partition(sound);
    Ok((good.len() as u64, bad))
}
