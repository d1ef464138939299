//! The table `command`: what is asked of sites, and where each wish stands. How it moves on is left to `advance()`.

use super::{StoreError, column};
use fieldpost_common::api::CommandInfo;
use fieldpost_common::command::{Command, CommandState};
use fieldpost_common::id::{CommandId, SiteName, UserName};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// How many ended commands of the server's own are kept of each site.
const KEEP_OWN: u64 = 30;

const COLUMNS: &str = "id, site, kind, by, created, deadline, state";

fn info(row: &Row<'_>) -> rusqlite::Result<CommandInfo> {
    Ok(CommandInfo {
        id: column::word(row, 0)?,
        site: column::word(row, 1)?,
        wish: column::json(row, 2)?,
        given_by: column::word_opt(row, 3)?,
        created: column::time(row, 4)?,
        deadline: column::time(row, 5)?,
        state: column::json(row, 6)?,
    })
}

/// Keeps a new command.
pub(crate) fn command_add(db: &Connection, command: &CommandInfo) -> Result<(), StoreError> {
    let sql = "INSERT INTO command (id, site, kind, state, open, by, created, deadline) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    db.prepare_cached(sql)?.execute(params![
        command.id.as_str(),
        command.site.as_str(),
        column::text(&command.wish),
        column::text(&command.state),
        command.state.is_open(),
        command.given_by.as_ref().map(UserName::as_str),
        command.created.as_ms(),
        command.deadline.as_ms(),
    ])?;
    Ok(())
}

/// Keeps a new state.
pub(crate) fn command_state_set(db: &Connection, id: &CommandId, state: &CommandState) -> Result<(), StoreError> {
    let mut set = db.prepare_cached("UPDATE command SET state = ?2, open = ?3 WHERE id = ?1")?;
    set.execute(params![id.as_str(), column::text(state), state.is_open()])?;
    Ok(())
}

/// One command.
pub(crate) fn command_fetch(db: &Connection, id: &CommandId) -> Result<Option<CommandInfo>, StoreError> {
    let mut find = db.prepare_cached(&format!("SELECT {COLUMNS} FROM command WHERE id = ?1"))?;
    Ok(find.query_row([id.as_str()], info).optional()?)
}

/// Open commands, oldest first: of one site, or of all.
pub(crate) fn command_open_list(db: &Connection, site: Option<&SiteName>) -> Result<Vec<CommandInfo>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM command WHERE open = 1 AND (?1 IS NULL OR site = ?1) ORDER BY seq");
    let mut all = db.prepare_cached(&sql)?;
    Ok(all.query_map([site.map(SiteName::as_str)], info)?.collect::<Result<_, _>>()?)
}

/// A site's commands, newest first.
pub(crate) fn command_list(db: &Connection, site: &SiteName, limit: u64) -> Result<Vec<CommandInfo>, StoreError> {
    let mut all = db.prepare_cached(&format!("SELECT {COLUMNS} FROM command WHERE site = ?1 ORDER BY seq DESC LIMIT ?2"))?;
    Ok(all.query_map(params![site.as_str(), column::int(limit)], info)?.collect::<Result<_, _>>()?)
}

/// What people asked for, at any site, newest first.
pub(crate) fn command_of_people_list(db: &Connection, limit: u64) -> Result<Vec<CommandInfo>, StoreError> {
    let mut all = db.prepare_cached(&format!("SELECT {COLUMNS} FROM command WHERE by IS NOT NULL ORDER BY seq DESC LIMIT ?1"))?;
    Ok(all.query_map([column::int(limit)], info)?.collect::<Result<_, _>>()?)
}

/// As a batch has it.
pub(crate) fn command_of(info: &CommandInfo) -> Command {
    Command { id: info.id.clone(), kind: info.wish.clone(), cancel: info.is_cancelling() }
}

/// Forgets commands that ended, but for the newest so many of each site.
pub(crate) fn command_prune(db: &Connection, site: &SiteName, keep: u64) -> Result<(), StoreError> {
    // What the server asks by itself, day and night, pushes out nothing that a person asked for.
    let sql = "DELETE FROM command WHERE site = ?1 AND open = 0 AND (by IS NULL) = ?2 AND seq <
               (SELECT min(seq) FROM (SELECT seq FROM command WHERE site = ?1 AND (by IS NULL) = ?2 ORDER BY seq DESC LIMIT ?3))";
    for own in [true, false] {
        let keep = if own { KEEP_OWN } else { keep };
        db.prepare_cached(sql)?.execute(params![site.as_str(), own, column::int(keep)])?;
    }
    Ok(())
}
