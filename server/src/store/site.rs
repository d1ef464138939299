//! The table `site`: clients' installations, their agents' tokens' hashes, and what their last poll said.

use super::{StoreError, column};
use crate::invite::Used;
use crate::trust_held::Holds;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{GroupName, SiteName};
use fieldpost_common::inventory::RefusedListing;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeMap;

/// A site as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteRow {
    pub(crate) name: SiteName,
    pub(crate) groups: Vec<GroupName>,
    pub(crate) enrolled_at: Option<Timestamp>,
    pub(crate) last_seen: Option<Timestamp>,
    pub(crate) address: Option<String>,
    pub(crate) agent_version: Option<String>,
    pub(crate) clock_error_ms: Option<i64>,
    pub(crate) clones: Option<[String; 2]>,
    pub(crate) refused: Refused,
    pub(crate) format_highest: Option<u32>,
}

/// Of which applications nothing is taken, by the name that the agent gave, and why.
pub(crate) type Refused = BTreeMap<Clean, RefusedListing>;

const COLUMNS: &str =
    "name, groups, enrolled_at, last_seen, address, agent_version, clock_error_ms, clones, refused, format_highest";

fn site(row: &Row<'_>) -> rusqlite::Result<SiteRow> {
    Ok(SiteRow {
        name: column::word(row, 0)?,
        groups: column::json(row, 1)?,
        enrolled_at: column::time_opt(row, 2)?,
        last_seen: column::time_opt(row, 3)?,
        address: row.get(4)?,
        agent_version: row.get(5)?,
        clock_error_ms: row.get(6)?,
        clones: column::json_opt(row, 7)?,
        refused: column::json(row, 8)?,
        format_highest: row.get(9)?,
    })
}

/// All sites, by name.
pub(crate) fn site_list(db: &Connection) -> Result<Vec<SiteRow>, StoreError> {
    let mut all = db.prepare_cached(&format!("SELECT {COLUMNS} FROM site ORDER BY name"))?;
    Ok(all.query_map([], site)?.collect::<Result<_, _>>()?)
}

/// One site.
pub(crate) fn site_fetch(db: &Connection, name: &SiteName) -> Result<Option<SiteRow>, StoreError> {
    let mut find = db.prepare_cached(&format!("SELECT {COLUMNS} FROM site WHERE name = ?1"))?;
    Ok(find.query_row([name.as_str()], site).optional()?)
}

/// Makes a site.
pub(crate) fn site_add(db: &Connection, name: &SiteName, groups: &[GroupName], now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO site (name, groups, created) VALUES (?1, ?2, ?3)";
    db.execute(sql, params![name.as_str(), column::text(&groups), now.as_ms()])?;
    Ok(())
}

/// Changes a site's groups.
pub(crate) fn site_groups_set(db: &Connection, name: &SiteName, groups: &[GroupName]) -> Result<(), StoreError> {
    db.execute("UPDATE site SET groups = ?2 WHERE name = ?1", [name.as_str(), &column::text(&groups)])?;
    Ok(())
}

/// Removes a site with all that hangs on it, but not its counters: they outlive it.
pub(crate) fn site_delete(db: &Connection, name: &SiteName) -> Result<bool, StoreError> {
    Ok(db.execute("DELETE FROM site WHERE name = ?1", [name.as_str()])? > 0)
}

/// An enrolment secret's hash waits until it is used or expires.
pub(crate) fn site_invite(db: &Connection, name: &SiteName, secret: &ContentHash, expires: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE site SET secret = ?2, secret_expires = ?3 WHERE name = ?1";
    db.execute(sql, params![name.as_str(), secret.as_bytes(), expires.as_ms()])?;
    Ok(())
}

/// Uses an enrolment secret up; whether it was good.
pub(crate) fn site_redeem(
    db: &Connection,
    name: &SiteName,
    secret: &ContentHash,
    from: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE site SET secret = NULL, secret_expires = NULL, used_secret = ?2, used_at = ?3, used_from = ?4
               WHERE name = ?1 AND secret = ?2 AND secret_expires > ?3";
    Ok(db.execute(sql, params![name.as_str(), secret.as_bytes(), now.as_ms(), from])? > 0)
}

/// Who used a secret up, if it is the one that was used last, and the hash of the token in force.
pub(crate) fn site_used(db: &Connection, name: &SiteName, secret: &ContentHash) -> Result<Option<Used>, StoreError> {
    let sql = "SELECT used_at, used_from, token FROM site WHERE name = ?1 AND used_secret = ?2";
    let used =
        |row: &Row<'_>| Ok(Used { at: column::time(row, 0)?, from: row.get(1)?, key: None, token: column::hash_opt(row, 2)? });
    Ok(db.query_row(sql, params![name.as_str(), secret.as_bytes()], used).optional()?)
}

/// An enrolment: the token's hash replaces the one before, and clones are cured.
pub(crate) fn site_enroll(
    db: &Connection,
    name: &SiteName,
    token: &ContentHash,
    agent_version: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE site SET token = ?2, agent_version = ?3, enrolled_at = ?4, clones = NULL, digest = NULL, trust = NULL,
               format = NULL, format_highest = NULL WHERE name = ?1";
    db.execute(sql, params![name.as_str(), token.as_bytes(), agent_version, now.as_ms()])?;
    Ok(())
}

/// What a mailbox is rebuilt from.
pub(crate) struct MailboxRow {
    pub(crate) site: SiteName,
    pub(crate) token: Option<ContentHash>,
    pub(crate) digest: Option<ContentHash>,
    pub(crate) last_seen: Option<Timestamp>,
    pub(crate) clones: Option<[String; 2]>,
    pub(crate) remembered: bool,
    pub(crate) holds: Holds,
}

/// Every site's mailbox.
pub(crate) fn site_mailboxes(db: &Connection) -> Result<Vec<MailboxRow>, StoreError> {
    let mut all = db.prepare("SELECT name, token, digest, last_seen, clones, remembered, trust, format FROM site")?;
    let rows = all.query_map([], |row| {
        Ok(MailboxRow {
            site: column::word(row, 0)?,
            token: column::hash_opt(row, 1)?,
            digest: column::hash_opt(row, 2)?,
            last_seen: column::time_opt(row, 3)?,
            clones: column::json_opt(row, 4)?,
            remembered: row.get(5)?,
            holds: Holds { trust: row.get::<_, Option<i64>>(6)?.and_then(|held| u64::try_from(held).ok()), format: row.get(7)? },
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What the last poll said of its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) at: Timestamp,
    pub(crate) address: Option<String>,
    pub(crate) agent_version: Option<String>,
    pub(crate) clock_error_ms: Option<i64>,
}

/// Keeps what the last poll said.
pub(crate) fn site_seen(db: &Connection, name: &SiteName, seen: &Seen) -> Result<(), StoreError> {
    let sql = "UPDATE site SET last_seen = ?2, address = coalesce(?3, address), agent_version = coalesce(?4, agent_version),
               clock_error_ms = coalesce(?5, clock_error_ms) WHERE name = ?1";
    let Seen { at, address, agent_version, clock_error_ms } = seen;
    db.prepare_cached(sql)?.execute(params![name.as_str(), at.as_ms(), address, agent_version, clock_error_ms])?;
    Ok(())
}

/// Keeps what the last poll said of its trust. The highest format stays what it was.
pub(crate) fn site_holds_set(db: &Connection, name: &SiteName, holds: Holds) -> Result<(), StoreError> {
    let sql = "UPDATE site SET trust = ?2, format = ?3, format_highest = max(coalesce(format_highest, ?3), coalesce(?3, format_highest))
               WHERE name = ?1";
    db.prepare_cached(sql)?.execute(params![name.as_str(), holds.trust.map(column::int), holds.format])?;
    Ok(())
}

/// Two agents poll as this site.
pub(crate) fn site_clones_set(db: &Connection, name: &SiteName, addresses: &[String; 2]) -> Result<(), StoreError> {
    db.execute("UPDATE site SET clones = ?2 WHERE name = ?1", [name.as_str(), &column::text(addresses)])?;
    Ok(())
}

/// Keeps the last inventory as it came, for when more of it can be taken: a mass drop is accepted, an application made known.
pub(crate) fn site_inventory_set(db: &Connection, name: &SiteName, bytes: &[u8], digest: &ContentHash) -> Result<(), StoreError> {
    let packed = zstd::bulk::compress(bytes, 3).map_err(|error| StoreError::Io(error.to_string()))?;
    let mut set = db.prepare_cached("UPDATE site SET inventory = ?2, digest = ?3 WHERE name = ?1")?;
    set.execute(params![name.as_str(), packed, digest.as_bytes()])?;
    Ok(())
}

/// Keeps of which applications nothing is taken.
pub(crate) fn site_refused_set(db: &Connection, name: &SiteName, refused: &Refused) -> Result<(), StoreError> {
    let sql = "UPDATE site SET refused = ?2 WHERE name = ?1 AND refused <> ?2";
    db.prepare_cached(sql)?.execute([name.as_str(), &column::text(refused)])?;
    Ok(())
}

/// Of which applications of a site nothing is taken.
pub(crate) fn site_refused_fetch(db: &Connection, name: &SiteName) -> Result<Refused, StoreError> {
    let mut find = db.prepare_cached("SELECT refused FROM site WHERE name = ?1")?;
    Ok(find.query_row([name.as_str()], |row| column::json(row, 0)).optional()?.unwrap_or_default())
}

/// The sites of which something is not taken.
pub(crate) fn site_refused_list(db: &Connection) -> Result<Vec<(SiteName, Refused)>, StoreError> {
    let mut all = db.prepare_cached("SELECT name, refused FROM site WHERE refused <> '{}' ORDER BY name")?;
    let rows = all.query_map([], |row| Ok((column::word(row, 0)?, column::json(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The last inventory, as it came.
pub(crate) fn site_inventory_fetch(db: &Connection, name: &SiteName) -> Result<Option<Vec<u8>>, StoreError> {
    let mut find = db.prepare_cached("SELECT inventory FROM site WHERE name = ?1")?;
    let packed: Option<Vec<u8>> = find.query_row([name.as_str()], |row| row.get(0)).optional()?.flatten();
    let unpack = |packed: Vec<u8>| zstd::stream::decode_all(&*packed);
    packed.map(unpack).transpose().map_err(|error| StoreError::Sqlite(format!("the inventory of {name} can't be read: {error}")))
}
