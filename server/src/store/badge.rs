//! The table `badge`: icons that are shown without a login, by their keys.

use super::{StoreError, column};
use fieldpost_common::api::{Badge, SiteScope};
use rusqlite::{Connection, OptionalExtension as _, params};

/// All icons, oldest first.
pub(crate) fn badge_list(db: &Connection) -> Result<Vec<Badge>, StoreError> {
    let mut all = db.prepare_cached("SELECT key, scope, by, created FROM badge ORDER BY created, key")?;
    let rows = all.query_map([], |row| {
        Ok(Badge { key: row.get(0)?, scope: column::json(row, 1)?, by: column::word(row, 2)?, created: column::time(row, 3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What an icon shows.
pub(crate) fn badge_scope(db: &Connection, key: &str) -> Result<Option<SiteScope>, StoreError> {
    let mut find = db.prepare_cached("SELECT scope FROM badge WHERE key = ?1")?;
    Ok(find.query_row([key], |row| column::json(row, 0)).optional()?)
}

/// Keeps an icon.
pub(crate) fn badge_add(db: &Connection, badge: &Badge) -> Result<(), StoreError> {
    let values = params![badge.key, column::text(&badge.scope), badge.by.as_str(), badge.created.as_ms()];
    db.execute("INSERT INTO badge VALUES (?1, ?2, ?3, ?4)", values)?;
    Ok(())
}

/// Voids an icon; whether there was one.
pub(crate) fn badge_delete(db: &Connection, key: &str) -> Result<bool, StoreError> {
    Ok(db.execute("DELETE FROM badge WHERE key = ?1", [key])? > 0)
}
