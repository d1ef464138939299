//! Mails what is to be told: gathers rows of the outbox into mails, and sends those until the mail server takes them.
//!
//! A mail and its Message-ID are committed before the first try, so that one whose answer was lost goes out again as the same
//! mail. Nothing else waits for the mail server.

mod digest;
mod drift;
pub(crate) mod letter;
mod smtp;
mod urgent;

use crate::clock;
use crate::config::{Config, Mail};
use crate::error::Error;
use crate::health::Part;
use crate::random;
use crate::server::Server;
use crate::store::mail::{
    MailRow, Waiting, mail_add, mail_due, mail_failed, mail_next, mail_pace, mail_recipients_set, mail_sent, mail_told,
    outbox_waiting,
};
use crate::store::{StoreError, Tx, meta};
use digest::{Before, closes, pause};
use drift::{Daily, mail_drift};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
pub use smtp::MailError;
use smtp::Mailer;
use std::collections::BTreeSet;
use std::time::Duration;
use urgent::Urgent;

/// The most rows that become one mail.
const ROWS: u64 = 5_000;
/// A mail names so many earlier ones at most.
const REFERENCES: usize = 20;
/// The pause after something that could not be kept.
const AGAIN: Duration = Duration::from_secs(10);
/// How long nothing is looked at when nothing waits; what comes in rings.
const IDLE: Duration = Duration::from_mins(5);

/// Whether mails can be sent as the config says; no mail server is asked.
pub(crate) fn check(config: &Config) -> Result<(), MailError> {
    config.mail.as_ref().map_or(Ok(()), Mailer::check)
}

/// Mails until the server stops. Without a mail server in the config, rows wait.
pub(crate) async fn keep_mailing(server: &Server) {
    let Some(config) = &server.config.mail else { return };
    let mailer = match Mailer::new(config) {
        Ok(mailer) => mailer,
        Err(error) => {
            tracing::error!(%error, "no mail can be sent; mend the config and start the server again");
            return report(server, Some(&error));
        }
    };
    let (mut urgent, mut sent) = (Urgent::default(), BTreeSet::new());
    let begun = clock::instant();
    let last = server.store.read(meta::drift_digest_fetch).await.unwrap_or_default();
    let mut daily = Daily::begin(server.config.drift.digest, last, clock::now(), Duration::ZERO);
    if last.is_none() {
        note_digest(server).await;
    }
    loop {
        let again = urgent.send(server, config, &mailer).await;
        let now = clock::now();
        if daily.comes_due(clock::instant().duration_since(begun)) {
            tell_drift(server, config, now).await;
        }
        let next = match turn(server, config, &mailer, &mut sent, now).await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(%error, "mails could not be looked after");
                now.plus(AGAIN)
            }
        };
        let daily_rest = daily.rest(clock::instant().duration_since(begun));
        let rest = clock::now().age(next).min(again.unwrap_or(IDLE)).min(IDLE).min(daily_rest);
        tokio::select! {
            () = server.memory.to_tell.notified() => {}
            () = tokio::time::sleep(rest) => {}
            () = server.stopped() => break,
        }
    }
}

/// Begins the first period: a start after this one goes on with it.
async fn note_digest(server: &Server) {
    let now = clock::now();
    if let Err(error) = server.store.write(move |tx| meta::drift_digest_set(tx, now)).await {
        tracing::warn!(%error, "when the next digest is due could not be kept");
    }
}

/// Makes the digest of what was changed at sites. What could not be kept stays news for the next.
async fn tell_drift(server: &Server, config: &Mail, now: Timestamp) {
    let made: Result<(), Error> = async {
        let (url, config, id) = (server.url(), config.clone(), random::hex32()?);
        let message_id = format!("<{id}@{}>", host(&url));
        Ok(server.store.write(move |tx| mail_drift(tx, &url, &config, message_id, now)).await?)
    }
    .await;
    if let Err(error) = made {
        tracing::warn!(%error, "the digest of what was changed at sites could not be made");
    }
}

/// Makes the mail that is due, sends one that is; when there is something to do next.
async fn turn(
    server: &Server,
    config: &Mail,
    mailer: &Mailer,
    sent: &mut BTreeSet<u64>,
    now: Timestamp,
) -> Result<Timestamp, Error> {
    let (url, config, id) = (server.url(), config.clone(), random::hex32()?);
    let retry = config.retry;
    let closing = server.store.write(move |tx| gather(tx, &url, &config, &id, now)).await;
    cross_off(server, sent).await;
    // What is due goes out also while nothing can be written: a mail that went out is remembered until that can be kept.
    let out: Vec<u64> = sent.iter().copied().collect();
    if let Some(mail) = server.store.read(move |db| mail_due(db, now, &out)).await? {
        deliver(server, mailer, mail, sent, retry).await?;
        return Ok(now);
    }
    let closing = closing?;
    let next = server.store.read(mail_next).await?.filter(|_| sent.is_empty());
    let again = (!sent.is_empty()).then(|| now.plus(AGAIN));
    Ok(closing.into_iter().chain(next).chain(again).min().unwrap_or_else(|| now.plus(IDLE)))
}

/// Keeps of mails that went out that they did.
async fn cross_off(server: &Server, sent: &mut BTreeSet<u64>) {
    while let Some(seq) = sent.first().copied() {
        if let Err(error) = server.store.write(move |tx| mail_sent(tx, seq, clock::now())).await {
            return tracing::warn!(%error, "that a mail went out can't be kept yet");
        }
        sent.remove(&seq);
    }
}

/// Closes the window when its time has come: its rows become one mail. Otherwise when that will be.
fn gather(tx: &mut Tx<'_>, url: &str, config: &Mail, id: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let rows = outbox_waiting(tx, ROWS)?;
    let Some(oldest) = rows.first() else { return Ok(None) };
    let before = mail_pace(tx)?.map(|(at, opened)| Before { at, window: opened.age(at) });
    let closing = closes(oldest.at, before, config.digest, now);
    if closing > now {
        return Ok(Some(closing));
    }
    let letter::Letter { subject, text, html } = letter::write(&rows, url);
    let (message_id, recipients) = (format!("<{id}@{}>", host(url)), config.to.clone());
    let earlier = earlier(tx, &rows)?;
    let mail = MailRow { seq: 0, message_id, earlier, recipients, subject, text, html, at: now, tries: 0 };
    mail_add(tx, &mail, &rows.iter().map(|row| row.seq).collect::<Vec<_>>())?;
    Ok(None)
}

/// The mails that this one follows: the newest that told of the same incidents.
fn earlier(tx: &Tx<'_>, rows: &[Waiting]) -> Result<Vec<String>, StoreError> {
    let mut earlier = Vec::new();
    for row in rows {
        for one in mail_told(tx, row.incident.id)? {
            if !earlier.contains(&one) {
                earlier.push(one);
            }
        }
    }
    let excess = earlier.len().saturating_sub(REFERENCES);
    earlier.drain(..excess);
    Ok(earlier)
}

/// Sends a mail to those who have not taken it yet: to all at once, and when that is refused, to each.
async fn deliver(
    server: &Server,
    mailer: &Mailer,
    mut mail: MailRow,
    sent: &mut BTreeSet<u64>,
    retry: Duration,
) -> Result<(), Error> {
    let mut end = mailer.send(&mail, &mail.recipients).await;
    let alone = matches!(end, Err(MailError::Refused(_))) && mail.recipients.len() > 1;
    for address in if alone { mail.recipients.clone() } else { Vec::new() } {
        match mailer.send(&mail, std::slice::from_ref(&address)).await {
            Ok(()) => mail.recipients.retain(|one| *one != address),
            Err(error) => end = Err(error),
        }
        let (seq, left) = (mail.seq, mail.recipients.clone());
        server.store.write(move |tx| mail_recipients_set(tx, seq, &left)).await?;
    }
    report(server, end.as_ref().err());
    match end {
        Ok(()) => {
            tracing::info!(subject = %mail.subject, "mailed");
            sent.insert(mail.seq);
            cross_off(server, sent).await;
            Ok(())
        }
        Err(error) => put_off(server, &mail, &error, retry).await,
    }
}

/// How the mail server takes mails is a part of the server's health.
fn report(server: &Server, error: Option<&MailError>) {
    match error {
        Some(error) => server.health.fail(Part::Mail, &error.to_string()),
        None => drop(server.health.recover(Part::Mail)),
    }
}

/// Keeps that a mail was not taken.
async fn put_off(server: &Server, mail: &MailRow, error: &MailError, retry: Duration) -> Result<(), Error> {
    let (seq, tries) = (mail.seq, mail.tries);
    tracing::warn!(%error, tries, "a mail was not taken; it is tried again");
    let (words, all) = (Clean::line(&error.to_string()), !matches!(error, MailError::Refused(_)));
    let failed = move |tx: &mut Tx<'_>| mail_failed(tx, seq, clock::now().plus(pause(retry, tries)), all, &words);
    Ok(server.store.write(failed).await?)
}

/// The host of the server's address, for Message-IDs.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    if host.is_empty() { "fieldpost" } else { host }
}

/// Sends a test mail to one address, and waits for the mail server's answer.
pub async fn test(config: &Config, address: &str) -> Result<(), MailError> {
    let mail = config.mail.as_ref().ok_or(MailError::Missing)?;
    let id = random::hex32().map_err(|error| MailError::Message(error.to_string()))?;
    let row = MailRow {
        seq: 0,
        message_id: format!("<{id}@fieldpost>"),
        earlier: Vec::new(),
        recipients: vec![address.to_owned()],
        subject: "[fieldpost] test".to_owned(),
        text: "fieldpost can send mail from here.\n".to_owned(),
        html: "<p>fieldpost can send mail from here.</p>\n".to_owned(),
        at: clock::now(),
        tries: 0,
    };
    Mailer::new(mail)?.send(&row, &row.recipients).await
}
