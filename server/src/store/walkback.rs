//! The tables `walkback`, `walkback_piece` and `walkback_dropped`: texts that are kept, and what has come already.

use super::{StoreError, column};
use fieldpost_common::api::{KeptTexts, KeptWalkback, SiteDropped};
use fieldpost_common::error_group::ErrorGroupId;
use fieldpost_common::id::{AppName, SiteName, Version, WalkbackId};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::Dropped;
use rusqlite::{Connection, OptionalExtension as _, params};

/// How many texts of a group and site are kept beside the first.
pub(crate) const NEWEST: usize = 4;

/// One text.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) version: Version,
    pub(crate) at: Timestamp,
    pub(crate) file: Clean,
    pub(crate) process: Option<Clean>,
    pub(crate) mailed: bool,
    pub(crate) size: u64,
    /// Packed.
    pub(crate) body: Vec<u8>,
}

/// Which of these pieces came already.
pub(crate) fn piece_known(db: &Connection, site: &SiteName, ids: &[WalkbackId]) -> Result<Vec<WalkbackId>, StoreError> {
    let mut find = db.prepare_cached("SELECT 1 FROM walkback_piece WHERE site = ?1 AND id = ?2")?;
    let mut known = Vec::new();
    for id in ids {
        if find.query_row([site.as_str(), id.as_str()], |_| Ok(())).optional()?.is_some() {
            known.push(id.clone());
        }
    }
    Ok(known)
}

/// Notes that a piece came; whether it is the first time.
pub(crate) fn piece_add(db: &Connection, site: &SiteName, id: &WalkbackId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO walkback_piece (site, id, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    Ok(db.prepare_cached(sql)?.execute(params![site.as_str(), id.as_str(), now.as_ms()])? > 0)
}

/// Forgets pieces from before.
pub(crate) fn piece_prune(db: &Connection, before: Timestamp) -> Result<(), StoreError> {
    db.execute("DELETE FROM walkback_piece WHERE at < ?1", [before.as_ms()])?;
    Ok(())
}

/// How much is kept.
pub(crate) fn text_kept(db: &Connection, quota: u64) -> Result<KeptTexts, StoreError> {
    let bytes = db.prepare_cached("SELECT bytes FROM walkback_kept")?.query_row([], |row| column::size(row, 0))?;
    Ok(KeptTexts { bytes, quota })
}

/// Brings the texts below their quota, at most so many of them. The error goes first whose texts take most, and of it the oldest that
/// is neither its first nor its newest; the first of a site stays longer than what followed it.
pub(crate) fn text_evict(db: &Connection, quota: u64, most: usize) -> Result<(), StoreError> {
    let largest = "SELECT id FROM error_group WHERE texts > 2 ORDER BY text_bytes DESC LIMIT 1";
    let oldest = "DELETE FROM walkback WHERE seq =
                    (SELECT seq FROM walkback WHERE error_group = ?1
                       AND seq <> (SELECT seq FROM walkback WHERE error_group = ?1 ORDER BY at, seq LIMIT 1)
                       AND seq <> (SELECT seq FROM walkback WHERE error_group = ?1 ORDER BY at DESC, seq DESC LIMIT 1)
                     ORDER BY first, at, seq LIMIT 1)";
    for _ in 0..most {
        if text_kept(db, quota)?.bytes <= quota {
            break;
        }
        let found = db.prepare_cached(largest)?.query_row([], |row| row.get::<_, i64>(0)).optional()?;
        let Some(group) = found else { break };
        db.prepare_cached(oldest)?.execute([group])?;
    }
    Ok(())
}

/// Keeps texts of one group and site: by when they were written the very first stays, and the newest few do.
pub(crate) fn text_add(db: &Connection, group: ErrorGroupId, site: &SiteName, texts: &[Text]) -> Result<(), StoreError> {
    let id = column::int(group.0);
    let sql = "INSERT INTO walkback (error_group, site, version, at, file, process, mailed, first, size, body)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9)";
    let mut add = db.prepare_cached(sql)?;
    for text in texts {
        add.execute(params![
            id,
            site.as_str(),
            text.version.as_str(),
            text.at.as_ms(),
            text.file.as_str(),
            text.process.as_ref().map(Clean::as_str),
            text.mailed,
            column::int(text.size),
            text.body,
        ])?;
    }
    // What comes later may be older.
    let first = "UPDATE walkback SET first = NOT first WHERE error_group = ?1 AND site = ?2 AND first <> (seq =
                   (SELECT seq FROM walkback WHERE error_group = ?1 AND site = ?2 ORDER BY at, seq LIMIT 1))";
    db.prepare_cached(first)?.execute(params![id, site.as_str()])?;
    let between = "DELETE FROM walkback WHERE error_group = ?1 AND site = ?2 AND first = 0 AND seq NOT IN
                     (SELECT seq FROM walkback WHERE error_group = ?1 AND site = ?2 AND first = 0
                      ORDER BY at DESC, seq DESC LIMIT ?3)";
    db.prepare_cached(between)?.execute(params![id, site.as_str(), column::int(NEWEST as u64)])?;
    Ok(())
}

/// The texts that are kept of a group, those of one site together, oldest first.
pub(crate) fn text_list(db: &Connection, group: ErrorGroupId) -> Result<Vec<KeptWalkback>, StoreError> {
    let sql =
        "SELECT site, version, at, file, process, mailed, size, body FROM walkback WHERE error_group = ?1 ORDER BY site, at, seq";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([column::int(group.0)], |row| {
        let kept = KeptWalkback {
            site: column::word(row, 0)?,
            version: column::word(row, 1)?,
            at: column::time(row, 2)?,
            file: Clean::line(row.get_ref(3)?.as_str()?),
            process: row.get_ref(4)?.as_str_or_null()?.map(Clean::line),
            mailed: row.get(5)?,
            size: column::size(row, 6)?,
            text: String::new(),
        };
        Ok((kept, row.get::<_, Vec<u8>>(7)?))
    })?;
    rows.map(|row| {
        let (kept, body) = row?;
        let bytes = zstd::decode_all(body.as_slice())
            .map_err(|error| StoreError::Io(format!("a walkback can't be unpacked: {error}")))?;
        let (text, _) = fieldpost_common::encoding::decode(&bytes);
        Ok(KeptWalkback { text: Clean::lines(&text).to_string(), ..kept })
    })
    .collect()
}

/// Keeps what a site says that it dropped, in all.
pub(crate) fn dropped_set(db: &Connection, site: &SiteName, dropped: &Dropped) -> Result<(), StoreError> {
    let sql = "INSERT INTO walkback_dropped (site, application, count) VALUES (?1, ?2, ?3)
               ON CONFLICT (site, application) DO UPDATE SET count = max(count, excluded.count)";
    db.prepare_cached(sql)?.execute(params![site.as_str(), dropped.application.as_str(), column::int(dropped.count)])?;
    Ok(())
}

/// What sites dropped.
pub(crate) fn dropped_list(db: &Connection, app: Option<&AppName>) -> Result<Vec<SiteDropped>, StoreError> {
    let sql = "SELECT site, application, count FROM walkback_dropped
               WHERE count > 0 AND (?1 IS NULL OR application = ?1) ORDER BY site, application";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([app.map(AppName::as_str)], |row| {
        Ok(SiteDropped { site: column::word(row, 0)?, application: column::word(row, 1)?, count: column::size(row, 2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
