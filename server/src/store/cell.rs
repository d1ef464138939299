//! The table `cell`: what each site has of each patch, and what both sides last agreed on. How that stands is left to `cell()`.

use super::agreement::agreement_add;
use super::{StoreError, column};
use fieldpost_common::cell::Base;
use fieldpost_common::cell::agreement::Agreement;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::inventory::CantSay;
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeMap;

/// One patch at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CellRow {
    /// What the site has; where nothing can be said, what it had when something last could.
    pub(crate) has: Option<ContentHash>,
    /// Its size in bytes; 0 where nothing is.
    pub(crate) size: u64,
    /// When that last changed, by the server's clock.
    pub(crate) since: Timestamp,
    /// What both last agreed on.
    pub(crate) base: Base,
    /// The publication that made them agree: a row of `current`.
    pub(crate) agreed: Option<i64>,
    /// Why nothing can be said of it now, and since when by the server's clock.
    pub(crate) cant_say: Option<CantSay>,
}

impl CellRow {
    /// A place of which nothing is known, from now on.
    pub(crate) fn blank(now: Timestamp) -> Self {
        Self { has: None, size: 0, since: now, base: Base::Never, agreed: None, cant_say: None }
    }

    /// Nothing was ever known of it, and nothing could be said of it since its directory was first looked at, then.
    pub(crate) fn awaits_first_answer(&self, looked_since: Timestamp) -> bool {
        self.has.is_none() && self.base == Base::Never && self.cant_say.is_some() && self.since == looked_since
    }
}

pub(super) fn base_read(row: &Row<'_>, index: usize) -> rusqlite::Result<Base> {
    let bytes: Option<Vec<u8>> = row.get(index)?;
    Ok(match bytes.map(<[u8; 32]>::try_from) {
        None => Base::Never,
        Some(Ok(hash)) => Base::Content(ContentHash::from_bytes(hash)),
        Some(Err(_)) => Base::Absent,
    })
}

fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<CellRow> {
    Ok(CellRow {
        has: column::hash_opt(row, first)?,
        size: column::size(row, first + 1)?,
        since: column::time(row, first + 2)?,
        base: base_read(row, first + 3)?,
        agreed: row.get(first + 4)?,
        cant_say: column::json_opt(row, first + 5)?,
    })
}

/// All that is known of one site's files of one application.
pub(crate) fn cell_map(db: &Connection, site: &SiteName, app: &AppName) -> Result<BTreeMap<PatchName, CellRow>, StoreError> {
    let sql = "SELECT patch, has, size, since, base, agreed, cant_say FROM cell WHERE application = ?1 AND site = ?2";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([app.as_str(), site.as_str()], |row| Ok((column::word(row, 0)?, read(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One cell.
pub(crate) fn cell_fetch(
    db: &Connection,
    site: &SiteName,
    app: &AppName,
    patch: &PatchName,
) -> Result<Option<CellRow>, StoreError> {
    let sql = "SELECT has, size, since, base, agreed, cant_say FROM cell WHERE application = ?1 AND site = ?2 AND patch = ?3";
    let mut find = db.prepare_cached(sql)?;
    Ok(find.query_row([app.as_str(), site.as_str(), patch.as_str()], |row| read(row, 0)).optional()?)
}

/// Keeps one cell.
pub(crate) fn cell_set(
    db: &Connection,
    place: (&SiteName, &AppName),
    patch: &PatchName,
    row: &CellRow,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO cell (application, site, patch, has, size, since, base, agreed, cant_say)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
               ON CONFLICT (application, site, patch) DO UPDATE SET
                 has = excluded.has, size = excluded.size, since = excluded.since, base = excluded.base,
                 agreed = excluded.agreed, cant_say = excluded.cant_say";
    let base = base_blob(&row.base);
    let has = row.has.as_ref().map(ContentHash::as_bytes);
    let cant_say = row.cant_say.as_ref().map(column::text);
    let (site, app) = (place.0.as_str(), place.1.as_str());
    let (bytes, since) = (column::int(row.size), row.since.as_ms());
    let values = params![app, site, patch.as_str(), has, bytes, since, base, row.agreed, cant_say];
    db.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

pub(super) fn base_blob(base: &Base) -> Option<&[u8]> {
    match base {
        Base::Never => None,
        Base::Absent => Some(&[]),
        Base::Content(hash) => Some(hash.as_bytes()),
    }
}

/// Says what a cell's base is; `None`: both never agreed on anything that counts.
pub(crate) fn cell_base_set(
    db: &Connection,
    (site, app): (&SiteName, &AppName),
    patch: &PatchName,
    agreement: Option<Agreement>,
) -> Result<(), StoreError> {
    let sql = "UPDATE cell SET base = ?4, agreed = ?5 WHERE application = ?1 AND site = ?2 AND patch = ?3
               AND (base IS NOT ?4 OR agreed IS NOT ?5)";
    let base = agreement.map_or(Base::Never, |agreement| agreement.base);
    let agreed = agreement.and_then(|agreement| agreement.publication);
    db.prepare_cached(sql)?.execute(params![app.as_str(), site.as_str(), patch.as_str(), base_blob(&base), agreed])?;
    Ok(())
}

/// Forgets one cell.
pub(crate) fn cell_delete(db: &Connection, (site, app): (&SiteName, &AppName), patch: &PatchName) -> Result<(), StoreError> {
    let sql = "DELETE FROM cell WHERE application = ?1 AND site = ?2 AND patch = ?3";
    db.prepare_cached(sql)?.execute([app.as_str(), site.as_str(), patch.as_str()])?;
    Ok(())
}

/// Where a site has exactly what was just published for its version, both agree on it from now on. Of what nothing can be said, nothing is agreed.
pub(crate) fn cell_agree(db: &Connection, app: &AppName, patch: &PatchName) -> Result<(), StoreError> {
    let sql = "SELECT cell.site, cell.has, COALESCE(current.entry, current.id) AS entry
               FROM cell
               JOIN site_app ON site_app.application = cell.application AND site_app.site = cell.site AND site_app.held IS NULL
                 AND site_app.directory = '\"present\"'
               JOIN current ON current.application = cell.application AND current.patch = cell.patch AND current.newest = 1
                 AND current.version = site_app.version AND current.sha256 = cell.has
               WHERE cell.application = ?1 AND cell.patch = ?2 AND cell.cant_say IS NULL
                 AND NOT EXISTS (SELECT 1 FROM site, json_each(site.refused) AS one
                                 WHERE site.name = cell.site AND one.key = ?1)
                 AND (cell.base IS NOT cell.has OR cell.agreed IS NOT entry)";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([app.as_str(), patch.as_str()], |row| {
        let (base, publication) = (Base::Content(column::hash(row, 1)?), Some(row.get(2)?));
        Ok((column::word::<SiteName>(row, 0)?, Agreement { base, publication, vendors: false }))
    })?;
    for (site, agreement) in rows.collect::<Result<Vec<_>, _>>()? {
        agreement_add(db, (&site, app), patch, &agreement)?;
        cell_base_set(db, (&site, app), patch, Some(agreement))?;
    }
    Ok(())
}

/// Which sites have which content of a patch now.
pub(crate) fn cell_sites(db: &Connection, app: &AppName, patch: &PatchName) -> Result<Vec<(SiteName, ContentHash)>, StoreError> {
    let sql = "SELECT cell.site, cell.has FROM cell JOIN site_app USING (application, site)
               WHERE cell.application = ?1 AND cell.patch = ?2 AND cell.has IS NOT NULL ORDER BY cell.site";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([app.as_str(), patch.as_str()], |row| Ok((column::word(row, 0)?, column::hash(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
