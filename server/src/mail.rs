//! Mails what is to be told: gathers rows of the outbox into mails, and sends those until the mail server takes them.
//!
//! A mail and its Message-ID are committed before the first try, so that one whose answer was lost goes out again as the same
//! mail. Nothing else waits for the mail server.

mod digest;
pub(crate) mod letter;
mod smtp;

use crate::clock;
use crate::config::{Config, Mail};
use crate::error::Error;
use crate::random;
use crate::server::Server;
use crate::store::mail::{
    MailRow, Waiting, mail_add, mail_due, mail_failed, mail_next, mail_pace, mail_recipients_set, mail_sent, mail_told,
    outbox_waiting,
};
use crate::store::{StoreError, Tx};
use digest::{Before, closes, pause};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
pub use smtp::MailError;
use smtp::Mailer;
use std::time::Duration;

/// The most rows that become one mail.
const ROWS: u64 = 5_000;
/// A mail names so many earlier ones at most.
const REFERENCES: usize = 20;
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
        Err(error) => return tracing::error!(%error, "no mail can be sent; mend the config and start the server again"),
    };
    loop {
        let now = clock::now();
        let next = match turn(server, config, &mailer, now).await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(%error, "mails could not be looked after");
                now.plus(Duration::from_secs(10))
            }
        };
        let rest = clock::now().age(next).min(IDLE);
        tokio::select! {
            () = server.memory.to_tell.notified() => {}
            () = tokio::time::sleep(rest) => {}
            () = server.stopped() => break,
        }
    }
}

/// Makes the mail that is due, sends one that is; when there is something to do next.
async fn turn(server: &Server, config: &Mail, mailer: &Mailer, now: Timestamp) -> Result<Timestamp, Error> {
    let (url, config, id) = (server.url.clone(), config.clone(), random::hex32()?);
    let retry = config.retry;
    let closing = server.store.write(move |tx| gather(tx, &url, &config, &id, now)).await?;
    if let Some(mail) = server.store.read(move |db| mail_due(db, now)).await? {
        deliver(server, mailer, mail, retry).await?;
        return Ok(now);
    }
    let next = server.store.read(mail_next).await?;
    Ok(closing.into_iter().chain(next).min().unwrap_or_else(|| now.plus(IDLE)))
}

/// Closes the window when its time has come: its rows become one mail. Otherwise when that will be.
fn gather(tx: &mut Tx<'_>, url: &str, config: &Mail, id: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let rows = outbox_waiting(tx, ROWS)?;
    let Some(oldest) = rows.first() else { return Ok(None) };
    let before = mail_pace(tx)?.map(|(at, opened)| Before { at, window: opened.age(at) });
    let closing = closes(oldest.at, before, config.digest);
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
async fn deliver(server: &Server, mailer: &Mailer, mut mail: MailRow, retry: Duration) -> Result<(), Error> {
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
    settle(server, &mail, end, retry).await
}

/// Keeps how it went.
async fn settle(server: &Server, mail: &MailRow, end: Result<(), MailError>, retry: Duration) -> Result<(), Error> {
    let (seq, tries) = (mail.seq, mail.tries);
    match end {
        Ok(()) => {
            tracing::info!(subject = %mail.subject, "mailed");
            server.store.write(move |tx| mail_sent(tx, seq, clock::now())).await?;
        }
        Err(error) => {
            tracing::warn!(%error, tries, "a mail was not taken; it is tried again");
            let (words, all) = (Clean::line(&error.to_string()), !matches!(error, MailError::Refused(_)));
            let failed = move |tx: &mut Tx<'_>| mail_failed(tx, seq, clock::now().plus(pause(retry, tries)), all, &words);
            server.store.write(failed).await?;
        }
    }
    Ok(())
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
