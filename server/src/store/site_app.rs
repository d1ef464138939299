//! The table `site_app`: what runs at a site, in which version, and what is known of its directory.

use super::site::Refused;
use super::{StoreError, column};
use crate::watch::sight::ListingRow;
use fieldpost_common::api::{HeldDrop, SiteListing};
use fieldpost_common::cell::Unknown;
use fieldpost_common::id::{AppName, GroupName, SiteName, Version};
use fieldpost_common::inventory::{Directory, Ignored, RefusedListing, UnsaidCount};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::HashMap;

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

/// Whether what the cells say of a site's application is what its last inventory showed: no drop is held, and the directory is there.
pub(crate) fn site_app_is_known(db: &Connection, site: &SiteName, app: &AppName) -> Result<bool, StoreError> {
    let sql = "SELECT held IS NULL AND directory = '\"present\"'
                 AND NOT EXISTS (SELECT 1 FROM site, json_each(site.refused) AS one WHERE site.name = ?1 AND one.key = ?2)
               FROM site_app WHERE site = ?1 AND application = ?2";
    let mut find = db.prepare_cached(sql)?;
    let known: Option<Option<bool>> = find.query_row([site.as_str(), app.as_str()], |row| row.get(0)).optional()?;
    Ok(known.flatten().unwrap_or(false))
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

/// Since when the directory is as it is now: where it is there, the inventory that first showed it.
pub(crate) fn site_app_directory_since(db: &Connection, site: &SiteName, app: &AppName) -> Result<Option<Timestamp>, StoreError> {
    let mut find = db.prepare_cached("SELECT directory_since FROM site_app WHERE site = ?1 AND application = ?2")?;
    Ok(find.query_row([site.as_str(), app.as_str()], |row| column::time_opt(row, 0)).optional()?.flatten())
}

/// What an inventory says of a directory as a whole.
pub(crate) struct DirectoryRow<'a> {
    pub(crate) directory: Directory,
    pub(crate) ignored: &'a [Ignored],
    pub(crate) held: Option<HeldDrop>,
    pub(crate) cant_say: Option<UnsaidCount>,
}

/// Keeps what an inventory says of the directory, and since when it is so.
pub(crate) fn site_app_directory_set(
    db: &Connection,
    place: (&SiteName, &AppName),
    row: &DirectoryRow<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE site_app SET directory = ?3, ignored = ?4, held = ?5, cant_say = ?6,
                 directory_since = CASE WHEN directory IS ?3 THEN directory_since ELSE ?7 END
               WHERE site = ?1 AND application = ?2";
    let (held, cant_say) = (row.held.as_ref().map(column::text), row.cant_say.as_ref().map(column::text));
    let (site, app) = (place.0.as_str(), place.1.as_str());
    let (directory, ignored) = (column::text(&row.directory), column::text(&row.ignored));
    db.prepare_cached(sql)?.execute(params![site, app, directory, ignored, held, cant_say, now.as_ms()])?;
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
        "SELECT application, version, directory, ignored, held, cant_say, directory_since,
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
            cant_say: column::json_opt(row, 5)?,
            directory_since: column::time_opt(row, 6)?,
            files: usize::try_from(row.get::<_, i64>(7)?).unwrap_or(0),
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
    pub(crate) directory_since: Option<Timestamp>,
    pub(crate) held: Option<HeldDrop>,
    pub(crate) refused: Option<RefusedListing>,
    /// The server was restored, and the site has not reported since.
    pub(crate) awaited: bool,
}

/// The sites that run an application, by name.
pub(crate) fn site_app_columns(db: &Connection, app: &AppName) -> Result<Vec<Column>, StoreError> {
    let mut all = db.prepare_cached(
        "SELECT site.name, site.groups, site_app.version, site_app.directory, site_app.held, site_app.directory_since, site.refused,
           site.awaited
         FROM site_app JOIN site ON site.name = site_app.site WHERE site_app.application = ?1 ORDER BY site.name",
    )?;
    let rows = all.query_map([app.as_str()], |row| {
        Ok(Column {
            site: column::word(row, 0)?,
            groups: column::json(row, 1)?,
            version: column::word(row, 2)?,
            directory: column::json_opt(row, 3)?,
            held: column::json_opt(row, 4)?,
            directory_since: column::time_opt(row, 5)?,
            refused: column::json::<Refused>(row, 6)?.remove(&Clean::line(app.as_str())),
            awaited: row.get(7)?,
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

/// Of how many files of each site nothing can be said.
pub(crate) fn site_app_unsaid(db: &Connection) -> Result<HashMap<SiteName, Vec<UnsaidCount>>, StoreError> {
    let mut all = db.prepare_cached("SELECT site, cant_say FROM site_app WHERE cant_say IS NOT NULL")?;
    let rows = all.query_map([], |row| Ok((column::word(row, 0)?, column::json(row, 1)?)))?;
    let mut counts = HashMap::<_, Vec<_>>::new();
    for row in rows {
        let (site, unsaid) = row?;
        counts.entry(site).or_default().push(unsaid);
    }
    Ok(counts)
}

/// Enrolled sites of which nothing is known for want of a report: none came since a restore, or none ever of some application.
pub(crate) fn site_app_unreported(db: &Connection) -> Result<HashMap<SiteName, Unknown>, StoreError> {
    let mut all = db.prepare_cached(
        "SELECT DISTINCT site_app.site, 0 FROM site_app JOIN site ON site.name = site_app.site
         WHERE site_app.directory IS NULL AND site.enrolled_at IS NOT NULL
         UNION ALL SELECT name, 1 FROM site INDEXED BY site_awaited WHERE awaited = 1",
    )?;
    let why = |restored: bool| if restored { Unknown::Restored } else { Unknown::NoInventory };
    let rows = all.query_map([], |row| Ok((column::word(row, 0)?, why(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Directories that are not as they should be.
pub(crate) fn site_app_troubled(db: &Connection) -> Result<Vec<ListingRow>, StoreError> {
    let sql = "SELECT site, application, directory, held, directory_since, cant_say FROM site_app
               WHERE held IS NOT NULL OR cant_say IS NOT NULL OR directory IS NOT NULL AND directory <> '\"present\"'";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([], |row| {
        Ok(ListingRow {
            site: column::word(row, 0)?,
            application: column::word(row, 1)?,
            directory: column::json_opt(row, 2)?,
            held: column::json_opt(row, 3)?,
            directory_since: column::time_opt(row, 4)?,
            cant_say: column::json_opt(row, 5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
