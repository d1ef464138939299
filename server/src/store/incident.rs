//! The tables `incident` and `outbox`: what is and was wrong, and what is still to be told of it.

use super::{StoreError, column};
use fieldpost_common::incident::{Incident, IncidentId, Known, Notice, Phase, SAME_WITHIN, Subject};
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

/// What is wrong now, and what was until a moment ago.
pub(crate) fn incident_known(db: &Connection, now: Timestamp) -> Result<Known, StoreError> {
    // Of several of one subject that are over, the newest comes last and stays in the map.
    let sql = "SELECT incident FROM incident WHERE open = 1 OR closed_at > ?1 ORDER BY open, id";
    let mut all = db.prepare_cached(sql)?;
    let since = now.as_ms().saturating_sub(i64::try_from(SAME_WITHIN.as_millis()).unwrap_or(i64::MAX));
    let rows = all.query_map([since], |row| column::json::<Incident>(row, 0))?;
    rows.map(|row| row.map(|incident| (incident.subject.clone(), incident)).map_err(StoreError::from)).collect()
}

/// The id of the next incident.
pub(crate) fn incident_next(db: &Connection) -> Result<IncidentId, StoreError> {
    let next = db.query_row("SELECT coalesce(max(id), 0) + 1 FROM incident", [], |row| column::size(row, 0))?;
    Ok(IncidentId(next))
}

/// Silences that ended since then: whose, and when. An end that lies ahead was written by a clock that was wrong.
pub(crate) fn incident_silences_over(
    db: &Connection,
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<(Subject, Timestamp)>, StoreError> {
    let sql = "SELECT subject, max(closed_at) FROM incident
               WHERE open = 0 AND closed_at > ?1 AND closed_at <= ?2 AND json_extract(subject, '$.kind') IN ('silent', 'uplink') GROUP BY subject";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([since.as_ms(), now.as_ms()], |row| Ok((column::json(row, 0)?, column::time(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets incidents that were over before then.
pub(crate) fn incident_prune(db: &Connection, before: Timestamp) -> Result<(), StoreError> {
    db.execute("DELETE FROM incident WHERE open = 0 AND closed_at < ?1", [before.as_ms()])?;
    Ok(())
}

/// Keeps an incident as it is now.
pub(crate) fn incident_set(db: &Connection, incident: &Incident) -> Result<(), StoreError> {
    let closed = match incident.phase {
        Phase::Open { .. } => None,
        Phase::Closed { at } => Some(at.as_ms()),
    };
    let sql = "INSERT INTO incident (id, subject, site, open, closed_at, incident) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (id) DO UPDATE SET open = excluded.open, closed_at = excluded.closed_at, incident = excluded.incident";
    db.prepare_cached(sql)?.execute(params![
        column::int(incident.id.0),
        column::text(&incident.subject),
        incident.subject.site().map(fieldpost_common::id::SiteName::as_str),
        incident.is_open(),
        closed,
        column::text(incident),
    ])?;
    Ok(())
}

/// One incident.
pub(crate) fn incident_fetch(db: &Connection, id: IncidentId) -> Result<Option<Incident>, StoreError> {
    let mut find = db.prepare_cached("SELECT incident FROM incident WHERE id = ?1")?;
    Ok(find.query_row([column::int(id.0)], |row| column::json(row, 0)).optional()?)
}

/// What is wrong now.
pub(crate) fn incident_open_list(db: &Connection) -> Result<Vec<Incident>, StoreError> {
    let mut all = db.prepare_cached("SELECT incident FROM incident WHERE open = 1 ORDER BY id")?;
    Ok(all.query_map([], |row| column::json(row, 0))?.collect::<Result<_, _>>()?)
}

/// What is over, newest first.
pub(crate) fn incident_closed_list(db: &Connection, limit: u64) -> Result<Vec<Incident>, StoreError> {
    let mut all = db.prepare_cached("SELECT incident FROM incident WHERE open = 0 ORDER BY closed_at DESC, id DESC LIMIT ?1")?;
    Ok(all.query_map([column::int(limit)], |row| column::json(row, 0))?.collect::<Result<_, _>>()?)
}

/// Notes that something is to be told.
pub(crate) fn outbox_add(db: &Connection, notice: Notice, incident: &Incident, now: Timestamp) -> Result<(), StoreError> {
    let mut add = db.prepare_cached("INSERT INTO outbox (notice, incident_id, incident, at) VALUES (?1, ?2, ?3, ?4)")?;
    add.execute(params![column::text(&notice), column::int(incident.id.0), column::text(incident), now.as_ms()])?;
    Ok(())
}
