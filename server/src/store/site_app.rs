//! The table `site_app`: what runs at a site, in which version, and what is known of its directory.

use super::{StoreError, column};
use crate::watch::sight::ListingRow;
use fieldpost_common::api::{HeldDrop, SiteListing};
use fieldpost_common::id::{AppName, GroupName, SiteName, Version};
use fieldpost_common::inventory::{Directory, Ignored};
use rusqlite::{Connection, OptionalExtension as _, params};

/// The version that a site runs of an application, if it runs it.
pub(crate) fn site_app_version(db: &Connection, site: &SiteName, app: &AppName) -> Result<Option<Version>, StoreError> {
    let mut find = db.prepare_cached("SELECT version FROM site_app WHERE site = ?1 AND application = ?2")?;
    Ok(find.query_row([site.as_str(), app.as_str()], |row| column::word(row, 0)).optional()?)
}

/// The mass drop that is held at a site's application, if any.
pub(crate) fn site_app_held(db: &Connection, site: &SiteName, app: &AppName) -> Result<Option<HeldDrop>, StoreError> {
    let mut find = db.prepare_cached("SELECT held FROM site_app WHERE site = ?1 AND application = ?2")?;
    Ok(find.query_row([site.as_str(), app.as_str()], |row| column::json_opt(row, 0)).optional()?.flatten())
}

/// Says that a site runs a version.
pub(crate) fn site_app_set(db: &Connection, site: &SiteName, app: &AppName, version: &Version) -> Result<(), StoreError> {
    let sql = "INSERT INTO site_app (site, application, version) VALUES (?1, ?2, ?3)
               ON CONFLICT (site, application) DO UPDATE SET version = excluded.version";
    db.prepare_cached(sql)?.execute([site.as_str(), app.as_str(), version.as_str()])?;
    Ok(())
}

/// Whether an inventory of the application has ever come from the site.
pub(crate) fn site_app_is_listed(db: &Connection, site: &SiteName, app: &AppName) -> Result<bool, StoreError> {
    let sql = "SELECT directory IS NOT NULL FROM site_app WHERE site = ?1 AND application = ?2";
    let mut find = db.prepare_cached(sql)?;
    Ok(find.query_row([site.as_str(), app.as_str()], |row| row.get(0)).optional()?.unwrap_or(false))
}

/// Keeps what an inventory says of the directory.
pub(crate) fn site_app_directory_set(
    db: &Connection,
    place: (&SiteName, &AppName),
    directory: Directory,
    ignored: &[Ignored],
    held: Option<&HeldDrop>,
) -> Result<(), StoreError> {
    let sql = "UPDATE site_app SET directory = ?3, ignored = ?4, held = ?5 WHERE site = ?1 AND application = ?2";
    let held = held.map(column::text);
    let (site, app) = (place.0.as_str(), place.1.as_str());
    db.prepare_cached(sql)?.execute(params![site, app, column::text(&directory), column::text(&ignored), held])?;
    Ok(())
}

/// Forgets every application that a site's agent no longer names; whether there was one.
pub(crate) fn site_app_retain(db: &Connection, site: &SiteName, keep: &[&AppName]) -> Result<bool, StoreError> {
    let sql = "DELETE FROM site_app WHERE site = ?1 AND application NOT IN (SELECT value FROM json_each(?2))";
    Ok(db.prepare_cached(sql)?.execute([site.as_str(), &column::text(&keep)])? > 0)
}

/// What runs at a site.
pub(crate) fn site_app_list(db: &Connection, site: &SiteName) -> Result<Vec<SiteListing>, StoreError> {
    let mut all = db.prepare_cached(
        "SELECT application, version, directory, ignored, held,
           (SELECT count(*) FROM cell WHERE cell.site = site_app.site AND cell.application = site_app.application AND has IS NOT NULL)
         FROM site_app WHERE site = ?1 ORDER BY application",
    )?;
    let rows = all.query_map([site.as_str()], |row| {
        Ok(SiteListing {
            application: column::word(row, 0)?,
            version: column::word(row, 1)?,
            directory: column::json_opt(row, 2)?,
            ignored: column::json(row, 3)?,
            held: column::json_opt(row, 4)?,
            files: usize::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A site that runs an application, as the grid needs it.
pub(crate) struct Column {
    pub(crate) site: SiteName,
    pub(crate) groups: Vec<GroupName>,
    pub(crate) version: Version,
    pub(crate) directory: Option<Directory>,
    pub(crate) held: Option<HeldDrop>,
}

/// The sites that run an application, by name.
pub(crate) fn site_app_columns(db: &Connection, app: &AppName) -> Result<Vec<Column>, StoreError> {
    let mut all = db.prepare_cached(
        "SELECT site.name, site.groups, site_app.version, site_app.directory, site_app.held
         FROM site_app JOIN site ON site.name = site_app.site WHERE site_app.application = ?1 ORDER BY site.name",
    )?;
    let rows = all.query_map([app.as_str()], |row| {
        Ok(Column {
            site: column::word(row, 0)?,
            groups: column::json(row, 1)?,
            version: column::word(row, 2)?,
            directory: column::json_opt(row, 3)?,
            held: column::json_opt(row, 4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Which application runs at which enrolled site.
pub(crate) fn site_app_places(db: &Connection) -> Result<Vec<(SiteName, AppName)>, StoreError> {
    let sql = "SELECT site, application FROM site_app JOIN site ON site.name = site_app.site
               WHERE site.enrolled_at IS NOT NULL ORDER BY site, application";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([], |row| Ok((column::word(row, 0)?, column::word(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Directories that are not as they should be.
pub(crate) fn site_app_troubled(db: &Connection) -> Result<Vec<ListingRow>, StoreError> {
    let sql = "SELECT site, application, directory, held FROM site_app
               WHERE held IS NOT NULL OR directory IS NOT NULL AND directory <> '\"present\"'";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([], |row| {
        Ok(ListingRow {
            site: column::word(row, 0)?,
            application: column::word(row, 1)?,
            directory: column::json_opt(row, 2)?,
            held: column::json_opt(row, 3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
