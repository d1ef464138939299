//! The table `command_output`: what commands brought.

use super::{StoreError, column};
use fieldpost_common::api::CommandOutput;
use fieldpost_common::id::CommandId;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

/// Keeps what a command has brought so far, in the place of what it had brought before.
pub(crate) fn command_output_set(db: &Connection, id: &CommandId, output: &CommandOutput) -> Result<(), StoreError> {
    let packed = zstd::encode_all(output.content.as_slice(), 3);
    let packed = packed.map_err(|error| StoreError::Io(format!("what a command brought can't be packed: {error}")))?;
    let sql = "INSERT INTO command_output (command, at, size, whole, content) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (command) DO UPDATE SET at = ?2, size = ?3, whole = ?4, content = ?5";
    let size = column::int(output.content.len() as u64);
    db.prepare_cached(sql)?.execute(params![id.as_str(), output.at.as_ms(), size, output.whole, packed])?;
    Ok(())
}

/// What a command has brought so far.
pub(crate) fn command_output_fetch(db: &Connection, id: &CommandId) -> Result<Option<CommandOutput>, StoreError> {
    let mut find = db.prepare_cached("SELECT at, whole, content FROM command_output WHERE command = ?1")?;
    let found = find.query_row([id.as_str()], |row| Ok((column::time(row, 0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?)));
    let Some((at, whole, packed)) = found.optional()? else { return Ok(None) };
    let content = zstd::decode_all(packed.as_slice());
    let content = content.map_err(|error| StoreError::Io(format!("what command {id} brought can't be unpacked: {error}")))?;
    Ok(Some(CommandOutput { at, whole, content }))
}

/// Forgets what came before then. The commands stay until newer ones push them out.
pub(crate) fn command_output_prune(db: &Connection, before: Timestamp) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM command_output WHERE at < ?1")?.execute([before.as_ms()])?;
    Ok(())
}
