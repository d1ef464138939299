//! Mails from memory: what is wrong while nothing can be written down.

use super::digest::pause;
use super::smtp::Mailer;
use super::{letter, report};
use crate::clock;
use crate::config::Mail;
use crate::random;
use crate::server::Server;
use crate::store::mail::MailRow;
use std::time::{Duration, Instant};

/// The mail that is to go out, and when it is tried again.
#[derive(Default)]
pub(super) struct Urgent {
    /// With how many notices it tells.
    mail: Option<(MailRow, usize)>,
    due: Option<Instant>,
}

impl Urgent {
    /// Sends what waits in memory; none: nothing does. Otherwise in how long to try again.
    pub(super) async fn send(&mut self, server: &Server, config: &Mail, mailer: &Mailer) -> Option<Duration> {
        if self.mail.is_none() {
            self.mail = write(server, config);
        }
        let (mail, count) = self.mail.as_mut()?;
        let now = clock::instant();
        if let Some(due) = self.due.filter(|due| *due > now) {
            return Some(due.duration_since(now));
        }
        let end = mailer.send(mail, &mail.recipients).await;
        report(server, end.as_ref().err());
        if end.is_ok() {
            tracing::info!(subject = %mail.subject, "mailed from memory");
            server.health.told(*count);
            *self = Self::default();
            return Some(Duration::ZERO);
        }
        let wait = pause(config.retry, mail.tries);
        mail.tries += 1;
        self.due = Some(now + wait);
        Some(wait)
    }
}

/// The mail that tells all that waits. Its Message-ID stays through all tries.
fn write(server: &Server, config: &Mail) -> Option<(MailRow, usize)> {
    let rows = server.health.untold();
    if rows.is_empty() {
        return None;
    }
    let id = random::hex32().inspect_err(|error| tracing::error!(%error, "a mail can't have an id")).ok()?;
    let url = server.url();
    let letter::Letter { subject, text, html } = letter::write(&rows, &url);
    let (message_id, recipients) = (format!("<{id}@{}>", super::host(&url)), config.to.clone());
    let mail = MailRow { seq: 0, message_id, earlier: Vec::new(), recipients, subject, text, html, at: clock::now(), tries: 0 };
    Some((mail, rows.len()))
}
