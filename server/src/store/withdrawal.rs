//! The table `withdrawal`: the signed statements that a patch is off the published table.

use super::{StoreError, column};
use fieldpost_common::envelope::Envelope;
use fieldpost_common::id::{AppName, UserName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;
use fieldpost_common::withdrawal::Withdrawal;
use rusqlite::{Connection, OptionalExtension as _, params};

/// Keeps a statement that was verified.
pub(crate) fn withdrawal_add(
    db: &Connection,
    withdrawal: &Withdrawal,
    envelope: &Envelope,
    by: &UserName,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO withdrawal (application, patch, versions, created, by, at, envelope) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let Withdrawal { application, patch, versions, created, .. } = withdrawal;
    let versions = column::text(versions);
    let values =
        params![application.as_str(), patch.as_str(), versions, created.as_ms(), by.as_str(), at.as_ms(), column::text(envelope)];
    db.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Whether exactly this statement is kept.
pub(crate) fn withdrawal_is_kept(db: &Connection, of: &Withdrawal, envelope: &Envelope) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM withdrawal WHERE application = ?1 AND patch = ?2 AND envelope = ?3)";
    let values = params![of.application.as_str(), of.patch.as_str(), column::text(envelope)];
    Ok(db.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
}

/// The newest withdrawal of a patch for a version: when it was signed, and when it counted here.
pub(crate) fn withdrawal_newest(
    db: &Connection,
    (app, patch): (&AppName, &PatchName),
    version: &Version,
) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
    let sql = "SELECT created, at FROM withdrawal WHERE application = ?1 AND patch = ?2
                 AND EXISTS (SELECT 1 FROM json_each(versions) WHERE value = ?3) ORDER BY created DESC LIMIT 1";
    let mut find = db.prepare_cached(sql)?;
    let values = [app.as_str(), patch.as_str(), version.as_str()];
    Ok(find.query_row(values, |row| Ok((column::time(row, 0)?, column::time(row, 1)?))).optional()?)
}
