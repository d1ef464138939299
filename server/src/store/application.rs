//! The table `application`.

use super::{StoreError, column};
use fieldpost_common::api::AppSettings;
use fieldpost_common::id::AppName;
use rusqlite::{Connection, OptionalExtension as _};

/// All applications, by name.
pub(crate) fn application_list(db: &Connection) -> Result<Vec<AppSettings>, StoreError> {
    let mut all = db.prepare_cached("SELECT settings FROM application ORDER BY name")?;
    Ok(all.query_map([], |row| column::json(row, 0))?.collect::<Result<_, _>>()?)
}

/// One application.
pub(crate) fn application_fetch(db: &Connection, name: &AppName) -> Result<Option<AppSettings>, StoreError> {
    let mut find = db.prepare_cached("SELECT settings FROM application WHERE name = ?1")?;
    Ok(find.query_row([name.as_str()], |row| column::json(row, 0)).optional()?)
}

/// Makes or changes an application.
pub(crate) fn application_set(db: &Connection, settings: &AppSettings) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO application VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET settings = excluded.settings",
        [settings.name.as_str(), &column::text(settings)],
    )?;
    Ok(())
}
