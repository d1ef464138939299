//! The table `purge`: statements that contents are taken away for good; and the one place that takes them out of all other tables.

use super::{StoreError, column};
use fieldpost_common::envelope::Envelope;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName, UserName};
use fieldpost_common::name::PatchName;
use fieldpost_common::publication::Publication;
use fieldpost_common::purge::Purge;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

/// Keeps a statement that was verified.
pub(crate) fn purge_add(
    db: &Connection,
    purge: &Purge,
    envelope: &Envelope,
    by: &UserName,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO purge (application, patch, sha256, created, by, at, envelope) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let (app, patch, text) = (purge.application.as_str(), purge.patch.as_str(), column::text(envelope));
    for sha256 in &purge.contents {
        let values = params![app, patch, sha256.as_bytes(), purge.created.as_ms(), by.as_str(), now.as_ms(), text];
        db.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}

/// Who took a content of a patch away after `created`, and when.
pub(crate) fn purge_of(
    db: &Connection,
    (app, patch): (&AppName, &PatchName),
    sha256: &ContentHash,
    created: Timestamp,
) -> Result<Option<(UserName, Timestamp)>, StoreError> {
    let sql = "SELECT by, at FROM purge WHERE application = ?1 AND patch = ?2 AND sha256 = ?3 AND created >= ?4 ORDER BY id DESC LIMIT 1";
    let values = params![app.as_str(), patch.as_str(), sha256.as_bytes(), created.as_ms()];
    let mut find = db.prepare_cached(sql)?;
    Ok(find.query_row(values, |row| Ok((column::word(row, 0)?, column::time(row, 1)?))).optional()?)
}

/// Whether exactly this statement is kept.
pub(crate) fn purge_is_kept(db: &Connection, purge: &Purge, envelope: &Envelope) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM purge WHERE application = ?1 AND patch = ?2 AND envelope = ?3)";
    let values = params![purge.application.as_str(), purge.patch.as_str(), column::text(envelope)];
    Ok(db.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
}

/// Whether a content of a patch was taken away, and not published anew since.
pub(crate) fn purge_is_of(db: &Connection, place: (&AppName, &PatchName), sha256: &ContentHash) -> Result<bool, StoreError> {
    let published = publications_of(db, place, sha256)?.into_iter().max().unwrap_or(Timestamp::from_ms(i64::MIN));
    Ok(purge_of(db, place, sha256, published)?.is_some())
}

/// Whether a content was published anew after the purge was signed.
pub(crate) fn purge_is_outdated(db: &Connection, purge: &Purge, sha256: &ContentHash) -> Result<bool, StoreError> {
    let published = publications_of(db, (&purge.application, &purge.patch), sha256)?;
    Ok(published.into_iter().any(|created| created > purge.created))
}

/// When a content of a patch was published, each time.
fn publications_of(
    db: &Connection,
    (application, patch): (&AppName, &PatchName),
    sha256: &ContentHash,
) -> Result<Vec<Timestamp>, StoreError> {
    let sql = "SELECT envelope FROM publication WHERE application = ?1 AND patch = ?2 AND sha256 = ?3";
    let mut all = db.prepare_cached(sql)?;
    let values = params![application.as_str(), patch.as_str(), sha256.as_bytes()];
    let all: Vec<Envelope> = all.query_map(values, |row| column::json(row, 0))?.collect::<Result<_, _>>()?;
    // Verified when they were kept.
    let signed = |envelope: &Envelope| Some(serde_json::from_slice::<Publication>(&envelope.bytes).ok()?.created);
    Ok(all.iter().filter_map(signed).collect())
}

/// Whether a site that has reported since the last restore has a content, or is to get it.
pub(crate) fn purge_is_held_up(db: &Connection, purge: &Purge, sha256: &ContentHash) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM cell JOIN site ON site.name = cell.site
                              WHERE application = ?1 AND patch = ?2 AND has = ?3 AND site.awaited = 0)
                   OR EXISTS (SELECT 1 FROM site_order WHERE application = ?1 AND patch = ?2 AND content = ?3 AND open = 1)";
    let values = params![purge.application.as_str(), purge.patch.as_str(), sha256.as_bytes()];
    Ok(db.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
}

/// Takes away only what was signed of a content: its bytes are wanted.
pub(crate) fn purge_publications(db: &Connection, purge: &Purge, sha256: &ContentHash) -> Result<(), StoreError> {
    let sql = "DELETE FROM publication WHERE application = ?1 AND patch = ?2 AND sha256 = ?3";
    db.execute(sql, params![purge.application.as_str(), purge.patch.as_str(), sha256.as_bytes()])?;
    Ok(())
}

/// The sites that stand in the way of a purge, each with why, as far as the tables say.
pub(crate) fn purge_obstacles(db: &Connection, purge: &Purge) -> Result<Vec<(SiteName, &'static str)>, StoreError> {
    let contents = column::text(&purge.contents);
    let queries = [
        (
            "has it",
            "SELECT site FROM cell WHERE application = ?1 AND patch = ?2
               AND lower(hex(has)) IN (SELECT value FROM json_each(?3)) ORDER BY site",
        ),
        (
            "has an open order for it",
            "SELECT DISTINCT site FROM site_order WHERE application = ?1 AND patch = ?2 AND open = 1 AND ?3 <> '' ORDER BY site",
        ),
        (
            "can't say what it has",
            "SELECT site FROM site_app JOIN site ON site.name = site_app.site
             WHERE application = ?1 AND site.enrolled_at IS NOT NULL AND ?3 <> ''
               AND (held IS NOT NULL OR directory IS NULL OR directory <> '\"present\"'
                    OR EXISTS (SELECT 1 FROM json_each(site.refused) AS one WHERE one.key = ?1)
                    OR EXISTS (SELECT 1 FROM cell WHERE cell.application = ?1 AND cell.patch = ?2 AND cell.site = site_app.site
                               AND cell.cant_say IS NOT NULL))
             ORDER BY site",
        ),
        (
            "has not reported since the server was restored",
            "SELECT site FROM site_app JOIN site ON site.name = site_app.site
             WHERE application = ?1 AND site.awaited = 1 AND ?2 <> '' AND ?3 <> '' ORDER BY site",
        ),
    ];
    let mut obstacles = Vec::new();
    for (why, sql) in queries {
        let mut all = db.prepare_cached(sql)?;
        let sites = all.query_map(params![purge.application.as_str(), purge.patch.as_str(), contents], |row| {
            Ok((column::word(row, 0)?, why))
        })?;
        obstacles.extend(sites.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(obstacles)
}

/// Takes the contents out of every table. `whole`: nothing of the patch is left, so that what was and is current of it goes too. The contents
/// whose bytes stay, because another patch has the same.
pub(crate) fn purge_carry_out(db: &Connection, purge: &Purge, whole: bool) -> Result<Vec<ContentHash>, StoreError> {
    // What is deleted is overwritten on the disk too.
    db.pragma_update(None, "secure_delete", true)?;
    let kept = contents_delete(db, purge, whole);
    db.pragma_update(None, "secure_delete", false)?;
    kept
}

fn contents_delete(db: &Connection, purge: &Purge, whole: bool) -> Result<Vec<ContentHash>, StoreError> {
    let (app, patch) = (purge.application.as_str(), purge.patch.as_str());
    let mut kept = Vec::new();
    for sha256 in &purge.contents {
        let hash = sha256.as_bytes();
        for table in ["stamp", "correction", "revision", "publication"] {
            let sql = format!("DELETE FROM {table} WHERE application = ?1 AND patch = ?2 AND sha256 = ?3");
            db.execute(&sql, params![app, patch, hash])?;
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM revision WHERE sha256 = ?1) OR EXISTS (SELECT 1 FROM content WHERE base = ?1)";
        if db.query_row(sql, [hash], |row| row.get(0))? {
            kept.push(*sha256);
            continue;
        }
        db.execute("DELETE FROM content WHERE sha256 = ?1", [hash])?;
        db.execute("DELETE FROM upload WHERE sha256 = ?1", [hash])?;
        db.execute("DELETE FROM damaged_content WHERE sha256 = ?1", [hash])?;
    }
    if whole {
        for table in ["current", "agreement", "cell", "vanished"] {
            db.execute(&format!("DELETE FROM {table} WHERE application = ?1 AND patch = ?2"), [app, patch])?;
        }
    }
    Ok(kept)
}
