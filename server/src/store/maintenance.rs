//! The table `maintenance`: times in which nobody is told of what happens at some sites.

use super::{StoreError, column};
use fieldpost_common::api::Maintenance;
use fieldpost_common::id::UserName;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, params};

/// Windows that are not over yet, in their order.
pub(crate) fn maintenance_list(db: &Connection, now: Timestamp) -> Result<Vec<Maintenance>, StoreError> {
    let mut all =
        db.prepare_cached("SELECT id, scope, starts, ends, by, reason FROM maintenance WHERE ends > ?1 ORDER BY starts, id")?;
    let rows = all.query_map([now.as_ms()], |row| {
        Ok(Maintenance {
            id: column::size(row, 0)?,
            scope: column::json(row, 1)?,
            from: column::time(row, 2)?,
            until: column::time(row, 3)?,
            by: Some(column::word(row, 4)?),
            reason: column::json_opt(row, 5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps a window; its number.
pub(crate) fn maintenance_add(db: &Connection, window: &Maintenance, by: &UserName) -> Result<u64, StoreError> {
    let sql = "INSERT INTO maintenance (scope, starts, ends, by, reason) VALUES (?1, ?2, ?3, ?4, ?5)";
    let reason = window.reason.as_ref().map(column::text);
    db.execute(sql, params![column::text(&window.scope), window.from.as_ms(), window.until.as_ms(), by.as_str(), reason])?;
    Ok(u64::try_from(db.last_insert_rowid()).unwrap_or(0))
}

/// Ends a window; whether there was one.
pub(crate) fn maintenance_end(db: &Connection, id: u64, now: Timestamp) -> Result<bool, StoreError> {
    let ended =
        db.execute("UPDATE maintenance SET ends = ?2 WHERE id = ?1 AND ends > ?2", params![column::int(id), now.as_ms()])?;
    Ok(ended > 0)
}
