//! The table `upload`: which site has handed over which content, so that no site learns what another one has.

use super::{StoreError, column};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::SiteName;
use fieldpost_common::inventory::Inventory;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, params};
use std::collections::BTreeSet;

/// A site has handed over a content.
pub(crate) fn upload_add(
    db: &Connection,
    by: &SiteName,
    sha256: &ContentHash,
    size: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut add = db.prepare_cached("INSERT INTO upload VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?;
    add.execute(params![by.as_str(), sha256.as_bytes(), column::int(size), now.as_ms()])?;
    Ok(())
}

/// How many bytes a site has handed over, not counting `except`.
pub(crate) fn upload_total(db: &Connection, site: &SiteName, except: &ContentHash) -> Result<u64, StoreError> {
    let sql = "SELECT coalesce(sum(size), 0) FROM upload WHERE site = ?1 AND sha256 <> ?2";
    let mut sum = db.prepare_cached(sql)?;
    Ok(sum.query_row(params![site.as_str(), except.as_bytes()], |row| column::size(row, 0))?)
}

/// What a site shows and nobody has given to the server in its name: not uploaded by it, not ordered for it, not published; or what
/// was found damaged since. What was purged is wanted again where a site shows it again.
pub(crate) fn upload_wanted(db: &Connection, site: &SiteName) -> Result<Vec<ContentHash>, StoreError> {
    let sql = "SELECT DISTINCT has FROM cell WHERE site = ?1 AND has IS NOT NULL
                 AND (EXISTS (SELECT 1 FROM damaged_content WHERE damaged_content.sha256 = cell.has)
                      OR NOT EXISTS (SELECT 1 FROM upload WHERE upload.site = ?1 AND upload.sha256 = cell.has)
                     AND NOT EXISTS (SELECT 1 FROM site_order JOIN content ON content.sha256 = site_order.content
                                     WHERE site_order.site = ?1 AND site_order.content = cell.has)
                     AND NOT EXISTS (SELECT 1 FROM publication
                                     WHERE publication.application = cell.application AND publication.sha256 = cell.has))
               ORDER BY has";
    let mut all = db.prepare_cached(sql)?;
    Ok(all.query_map([site.as_str()], |row| column::hash(row, 0))?.collect::<Result<_, _>>()?)
}

/// Whether somebody has given a content to the server in a site's name, or nobody has to.
pub(crate) fn upload_is_known(
    db: &Connection,
    site: &SiteName,
    app: &fieldpost_common::id::AppName,
    sha256: &ContentHash,
) -> Result<bool, StoreError> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM damaged_content WHERE sha256 = ?2)
                  AND (EXISTS (SELECT 1 FROM upload WHERE site = ?1 AND sha256 = ?2)
                       OR EXISTS (SELECT 1 FROM site_order JOIN content ON content.sha256 = site_order.content
                                  WHERE site = ?1 AND content = ?2)
                       OR EXISTS (SELECT 1 FROM publication WHERE application = ?3 AND sha256 = ?2))";
    let mut known = db.prepare_cached(sql)?;
    Ok(known.query_row(params![site.as_str(), sha256.as_bytes(), app.as_str()], |row| row.get(0))?)
}

/// The same for an inventory that may not have become rows: a mass drop that is held, a directory that was lost.
pub(crate) fn upload_wanted_of(db: &Connection, site: &SiteName, inventory: &Inventory) -> Result<Vec<ContentHash>, StoreError> {
    let mut wanted = BTreeSet::new();
    for (app, listing) in &inventory.applications {
        for fact in listing.files.values() {
            if !upload_is_known(db, site, app, &fact.sha256)? {
                wanted.insert(fact.sha256);
            }
        }
    }
    Ok(wanted.into_iter().collect())
}
