//! The table `mail`, and rows of `outbox` on their way into it.

use super::{StoreError, column};
use fieldpost_common::incident::{Incident, IncidentId, Notice};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, Row, params};
use std::time::Duration;

/// So many refusals in a row are worth telling.
const FAILING: u32 = 3;
/// No honest try is farther ahead.
const FARTHEST: Duration = Duration::from_hours(1);
/// A mail follows so many others of an incident at most.
const EARLIER: i64 = 10;

/// Something that waits to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) seq: u64,
    pub(crate) notice: Notice,
    /// As it was when it was noted.
    pub(crate) incident: Incident,
    pub(crate) at: Timestamp,
}

/// A mail as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailRow {
    pub(crate) seq: u64,
    pub(crate) message_id: String,
    /// The Message-IDs that it follows.
    pub(crate) earlier: Vec<String>,
    /// The addresses that have not taken it yet.
    pub(crate) recipients: Vec<String>,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) at: Timestamp,
    pub(crate) tries: u32,
}

/// What waits to be told, oldest first.
pub(crate) fn outbox_waiting(db: &Connection, limit: u64) -> Result<Vec<Waiting>, StoreError> {
    let mut all = db.prepare_cached("SELECT seq, notice, incident, at FROM outbox WHERE mail IS NULL ORDER BY seq LIMIT ?1")?;
    let rows = all.query_map([column::int(limit)], |row| {
        Ok(Waiting {
            seq: column::size(row, 0)?,
            notice: column::json(row, 1)?,
            incident: column::json(row, 2)?,
            at: column::time(row, 3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps a mail that tells these rows. It is to be sent at once, and so is what waits: mails go out in their order.
pub(crate) fn mail_add(db: &Connection, mail: &MailRow, told: &[u64]) -> Result<u64, StoreError> {
    let sql = "INSERT INTO mail (message_id, earlier, recipients, subject, text, html, at, next_try)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)";
    let (earlier, recipients) = (column::text(&mail.earlier), column::text(&mail.recipients));
    let MailRow { message_id, subject, text, html, .. } = mail;
    db.execute(sql, params![message_id, earlier, recipients, subject, text, html, mail.at.as_ms()])?;
    let seq = db.last_insert_rowid();
    let mut tell = db.prepare_cached("UPDATE outbox SET mail = ?2 WHERE seq = ?1")?;
    for row in told {
        tell.execute(params![column::int(*row), seq])?;
    }
    mail_hurry(db, mail.at)?;
    Ok(u64::try_from(seq).unwrap_or(0))
}

/// Whatever waits is to be tried now.
pub(crate) fn mail_hurry(db: &Connection, now: Timestamp) -> Result<(), StoreError> {
    db.execute("UPDATE mail SET next_try = ?1 WHERE next_try > ?1", [now.as_ms()])?;
    Ok(())
}

fn mail(row: &Row<'_>) -> rusqlite::Result<MailRow> {
    Ok(MailRow {
        seq: column::size(row, 0)?,
        message_id: row.get(1)?,
        earlier: column::json(row, 2)?,
        recipients: column::json(row, 3)?,
        subject: row.get(4)?,
        text: row.get(5)?,
        html: row.get(6)?,
        at: column::time(row, 7)?,
        tries: row.get(8)?,
    })
}

/// The first mail whose time has come. One that is put off farther than any pause lasts was put off by a clock that was wrong.
/// `but`: those went out, and that could not be kept yet.
pub(crate) fn mail_due(db: &Connection, now: Timestamp, but: &[u64]) -> Result<Option<MailRow>, StoreError> {
    let sql = "SELECT seq, message_id, earlier, recipients, subject, text, html, at, tries FROM mail
               WHERE next_try <= ?1 OR next_try > ?2 ORDER BY seq";
    let mut find = db.prepare_cached(sql)?;
    let farthest = now.plus(FARTHEST).as_ms();
    let mut rows = find.query_map([now.as_ms(), farthest], mail)?;
    let due = |row: &rusqlite::Result<MailRow>| row.as_ref().map_or(true, |row| !but.contains(&row.seq));
    Ok(rows.find(due).transpose()?)
}

/// When the next mail is to be tried.
pub(crate) fn mail_next(db: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let next = db.query_row("SELECT min(next_try) FROM mail WHERE next_try IS NOT NULL", [], |row| column::time_opt(row, 0))?;
    Ok(next)
}

/// The mail server took it for everybody. What waits because it could not be reached is to be tried now as well.
pub(crate) fn mail_sent(db: &Connection, seq: u64, now: Timestamp) -> Result<(), StoreError> {
    let sql =
        "UPDATE mail SET sent_at = ?2, next_try = NULL, trouble = NULL, tries = tries + 1, recipients = '[]' WHERE seq = ?1";
    db.execute(sql, params![column::int(seq), now.as_ms()])?;
    Ok(())
}

/// These have not taken it yet.
pub(crate) fn mail_recipients_set(db: &Connection, seq: u64, recipients: &[String]) -> Result<(), StoreError> {
    db.execute("UPDATE mail SET recipients = ?2 WHERE seq = ?1", params![column::int(seq), column::text(&recipients)])?;
    Ok(())
}

/// The mail server said no, or nothing: it is tried again then. `all`: no other mail is tried before, either.
pub(crate) fn mail_failed(db: &Connection, seq: u64, next: Timestamp, all: bool, trouble: &Clean) -> Result<(), StoreError> {
    let sql = "UPDATE mail SET next_try = ?2, trouble = ?3, tries = tries + 1 WHERE seq = ?1";
    db.execute(sql, params![column::int(seq), next.as_ms(), trouble.as_str()])?;
    if all {
        db.execute("UPDATE mail SET next_try = ?1 WHERE next_try < ?1", [next.as_ms()])?;
    }
    Ok(())
}

/// Forgets mails that went out before then, with what they told.
pub(crate) fn mail_prune(db: &Connection, before: Timestamp) -> Result<(), StoreError> {
    let sent = "SELECT seq FROM mail WHERE sent_at < ?1";
    db.execute(&format!("DELETE FROM outbox WHERE mail IN ({sent}) OR mail IS NULL AND at < ?1"), [before.as_ms()])?;
    db.execute(&format!("DELETE FROM mail WHERE seq IN ({sent})"), [before.as_ms()])?;
    Ok(())
}

/// How many mails and rows wait, and what the mail server said last, if it was no.
pub(crate) fn mail_backlog(db: &Connection) -> Result<(u64, Option<Clean>), StoreError> {
    let waiting = db.query_row("SELECT count(*) FROM mail WHERE next_try IS NOT NULL", [], |row| column::size(row, 0))?;
    let sql = "SELECT trouble FROM mail WHERE next_try IS NOT NULL AND trouble IS NOT NULL ORDER BY seq LIMIT 1";
    let mut find = db.prepare_cached(sql)?;
    let trouble = find.query_map([], |row| row.get::<_, String>(0))?.next().transpose()?;
    Ok((waiting, trouble.map(|words| Clean::line(&words))))
}

/// What the mail server says, once it has said no for a while.
pub(crate) fn mail_trouble(db: &Connection) -> Result<Option<Clean>, StoreError> {
    let sql = "SELECT trouble FROM mail WHERE next_try IS NOT NULL AND tries >= ?1 AND trouble IS NOT NULL ORDER BY seq LIMIT 1";
    let mut find = db.prepare_cached(sql)?;
    let trouble = find.query_map([FAILING], |row| row.get::<_, String>(0))?.next().transpose()?;
    Ok(trouble.map(|words| Clean::line(&words)))
}

/// The Message-IDs of the newest mails that told of an incident, oldest first.
pub(crate) fn mail_told(db: &Connection, incident: IncidentId) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT message_id FROM mail WHERE seq IN
               (SELECT DISTINCT mail FROM outbox WHERE incident_id = ?1 AND mail IS NOT NULL ORDER BY mail DESC LIMIT ?2)
               ORDER BY seq";
    let mut all = db.prepare_cached(sql)?;
    Ok(all.query_map(params![column::int(incident.0), EARLIER], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// When the newest mail was made, and how long its rows were gathered before.
pub(crate) fn mail_pace(db: &Connection) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
    let sql = "SELECT mail.at, min(outbox.at) FROM mail JOIN outbox ON outbox.mail = mail.seq
               WHERE mail.seq = (SELECT max(mail) FROM outbox) GROUP BY mail.seq";
    let mut find = db.prepare_cached(sql)?;
    Ok(find.query_map([], |row| Ok((column::time(row, 0)?, column::time(row, 1)?)))?.next().transpose()?)
}
