//! The table `state`: what applications said of their health, as it came, and what it was found to say.

use super::{StoreError, column};
use fieldpost_common::api::StateMark;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::state::{Finding, Format, Severity};
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, Row, params};

/// One state. Its content is kept apart: few look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateRow {
    pub(crate) site: SiteName,
    pub(crate) application: AppName,
    /// By the server's clock.
    pub(crate) at: Timestamp,
    /// When the file was last written, by the server's clock as well.
    pub(crate) modified: Option<Timestamp>,
    pub(crate) exit: Option<i32>,
    /// None: there was nothing to read.
    pub(crate) format: Option<Format>,
    pub(crate) worst: Severity,
    pub(crate) findings: Vec<Finding>,
}

const COLUMNS: &str = "site, application, at, modified, exit, format, worst, findings";

fn row(row: &Row<'_>) -> rusqlite::Result<StateRow> {
    Ok(StateRow {
        site: column::word(row, 0)?,
        application: column::word(row, 1)?,
        at: column::time(row, 2)?,
        modified: column::time_opt(row, 3)?,
        exit: row.get(4)?,
        format: column::json_opt(row, 5)?,
        worst: column::json(row, 6)?,
        findings: column::json(row, 7)?,
    })
}

/// Keeps a state; it is the newest of its application at that site from now on.
pub(crate) fn state_add(db: &Connection, state: &StateRow, content: Option<&[u8]>) -> Result<(), StoreError> {
    let place = [state.site.as_str(), state.application.as_str()];
    state_end(db, &state.site, &state.application)?;
    let sql = "INSERT INTO state (site, application, at, modified, exit, format, content, worst, findings, newest)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)";
    let packed = content.map(|content| zstd::encode_all(content, 3)).transpose();
    db.prepare_cached(sql)?.execute(params![
        place[0],
        place[1],
        state.at.as_ms(),
        state.modified.map(Timestamp::as_ms),
        state.exit,
        state.format.as_ref().map(column::text),
        packed.map_err(|error| StoreError::Io(format!("a state can't be packed: {error}")))?,
        column::text(&state.worst),
        column::text(&state.findings),
    ])?;
    Ok(())
}

/// The newest states: of one site, or of all.
pub(crate) fn state_newest_list(db: &Connection, site: Option<&SiteName>) -> Result<Vec<StateRow>, StoreError> {
    // What doesn't run there any more has no state, whatever it said before.
    let sql = format!(
        "SELECT {COLUMNS} FROM state JOIN site_app USING (site, application)
         WHERE newest = 1 AND (?1 IS NULL OR site = ?1) ORDER BY site, application"
    );
    let mut all = db.prepare_cached(&sql)?;
    Ok(all.query_map([site.map(SiteName::as_str)], row)?.collect::<Result<_, _>>()?)
}

/// The application has no state from now on: its site's config names none.
pub(crate) fn state_end(db: &Connection, site: &SiteName, app: &AppName) -> Result<(), StoreError> {
    let sql = "UPDATE state SET newest = 0 WHERE site = ?1 AND application = ?2 AND newest = 1";
    db.prepare_cached(sql)?.execute([site.as_str(), app.as_str()])?;
    Ok(())
}

/// The newest content, if one came.
pub(crate) fn state_content(db: &Connection, site: &SiteName, app: &AppName) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT content FROM state WHERE site = ?1 AND application = ?2 AND newest = 1";
    let packed: Option<Vec<u8>> = db.query_row(sql, [site.as_str(), app.as_str()], |row| row.get(0))?;
    let unpacked = packed.map(|packed| zstd::decode_all(packed.as_slice())).transpose();
    unpacked.map_err(|error| StoreError::Io(format!("a state can't be unpacked: {error}")))
}

/// How an application was, newest first.
pub(crate) fn state_marks(db: &Connection, site: &SiteName, app: &AppName, limit: u64) -> Result<Vec<StateMark>, StoreError> {
    let sql = "SELECT at, worst FROM state WHERE site = ?1 AND application = ?2 ORDER BY seq DESC LIMIT ?3";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map(params![site.as_str(), app.as_str(), column::int(limit)], |row| {
        Ok(StateMark { at: column::time(row, 0)?, worst: column::json(row, 1)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets states from before, but for the newest of each application.
pub(crate) fn state_prune(db: &Connection, before: Timestamp) -> Result<usize, StoreError> {
    Ok(db.execute("DELETE FROM state WHERE newest = 0 AND at < ?1", [before.as_ms()])?)
}
