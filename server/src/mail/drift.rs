//! The daily digest of what was changed at sites: when it is due, and what it says. Pure but for [`mail_drift`], which keeps it.

use super::letter::{Letter, escaped};
use crate::config::Mail;
use crate::store::drift::{DriftRow, drift_news, drift_told};
use crate::store::mail::{MailRow, mail_add};
use crate::store::{StoreError, Tx, meta};
use fieldpost_common::drift::{drift_mark, drift_words};
use fieldpost_common::text::{Clean, count};
use fieldpost_common::time::{Timestamp, minute};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

/// The most patches that one digest names.
const NAMED: usize = 500;

/// When the next digest is due, by a clock that can't be set: neither a jump of the wall clock nor a start brings one too early
/// or keeps one away for longer than one period.
#[derive(Debug)]
pub(super) struct Daily {
    every: Duration,
    due: Duration,
}

impl Daily {
    /// `last`: when the last digest was due, by the wall clock; a time that lies ahead is taken for now.
    pub(super) fn begin(every: Duration, last: Option<Timestamp>, wall: Timestamp, mono: Duration) -> Self {
        let gone = last.map_or(Duration::ZERO, |last| last.age(wall));
        Self { every, due: mono + every.saturating_sub(gone) }
    }

    /// Whether it is due; then the next is due one period later.
    pub(super) fn comes_due(&mut self, mono: Duration) -> bool {
        let is_due = mono >= self.due;
        if is_due {
            self.due = mono + self.every;
        }
        is_due
    }

    /// How long it is until then.
    pub(super) fn rest(&self, mono: Duration) -> Duration {
        self.due.saturating_sub(mono)
    }
}

/// Makes the digest of what is news, if anything is, and notes that it was due.
pub(super) fn mail_drift(
    tx: &mut Tx<'_>,
    url: &str,
    config: &Mail,
    message_id: String,
    now: Timestamp,
) -> Result<(), StoreError> {
    meta::drift_digest_set(tx, now)?;
    let news = drift_news(tx)?;
    drift_told(tx)?;
    if news.is_empty() {
        return Ok(());
    }
    let Letter { subject, text, html } = write(&news, url);
    let (earlier, recipients) = (Vec::new(), config.to.clone());
    let mail = MailRow { seq: 0, message_id, earlier, recipients, subject, text, html, at: now, tries: 0 };
    mail_add(tx, &mail, &[]).map(drop)
}

fn write(news: &[DriftRow], url: &str) -> Letter {
    let sites: BTreeSet<_> = news.iter().map(|row| &row.site).collect();
    let subject = format!("[fieldpost] {} changed at {}", count(news.len(), "patch"), count(sites.len(), "site"));
    let (mut text, mut html) = (String::new(), String::from("<!doctype html>\n<html><body style=\"font-family: sans-serif\">\n"));
    html.push_str("<table cellpadding=\"4\">\n");
    let mut place = None;
    for row in news.iter().take(NAMED) {
        if place != Some((&row.site, &row.application)) {
            place = Some((&row.site, &row.application));
            // Writing to a String can't fail.
            let _ = writeln!(text, "{}, {}:", row.site, row.application);
        }
        let (mark, name) = (drift_mark(row.standing), Clean::line(row.patch.as_str()));
        let words = format!("{}, since {}", drift_words(row.standing), minute(row.since));
        let _ = writeln!(text, "  {mark} {name}: {words}");
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{} {}<br><small>{}</small></td></tr>",
            escaped(row.site.as_str()),
            escaped(row.application.as_str()),
            escaped(mark),
            escaped(name.as_str()),
            escaped(&words),
        );
    }
    if news.len() > NAMED {
        let _ = writeln!(text, "… and {}", count(news.len() - NAMED, "more patch"));
        let _ = writeln!(html, "<tr><td>… and {}</td></tr>", count(news.len() - NAMED, "more patch"));
    }
    let _ = writeln!(
        text,
        "\n`fieldpost patches` shows how they stand now; `fieldpost app set NAME --drift quiet` ends these mails."
    );
    let _ = writeln!(text, "Server: {url}");
    let _ = writeln!(html, "</table>\n<p><small>fieldpost at {}</small></p>\n</body></html>", escaped(url));
    Letter { subject, text, html }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::cell::Standing;

    const HOUR: Duration = Duration::from_hours(1);
    const DAY: Duration = Duration::from_hours(24);

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_ms(1_800_000_000_000 + hours * 3_600_000)
    }

    #[test]
    fn a_digest_comes_due_once_a_period_and_a_start_counts_the_time_before_it() {
        let mut daily = Daily::begin(DAY, Some(at(-20)), at(0), HOUR);
        assert_eq!(daily.rest(HOUR), 4 * HOUR);
        assert!(!daily.comes_due(Duration::from_secs(5 * 3_600 - 1)));
        assert!(daily.comes_due(5 * HOUR) && !daily.comes_due(5 * HOUR) && !daily.comes_due(28 * HOUR));
        assert!(daily.comes_due(29 * HOUR));
    }

    #[test]
    fn after_a_long_outage_it_is_due_once_and_a_clock_set_back_keeps_it_away_for_one_period_at_most() {
        let mut late = Daily::begin(DAY, Some(at(-900)), at(0), HOUR);
        assert!(late.comes_due(HOUR) && !late.comes_due(HOUR));
        for last in [None, Some(at(900))] {
            assert_eq!(Daily::begin(DAY, last, at(0), HOUR).rest(HOUR), DAY);
        }
    }

    #[test]
    fn a_digest_names_each_patch_with_its_mark_below_its_site_and_a_name_stays_text() {
        let row = |site: &str, patch: &str, standing| DriftRow {
            site: site.parse().expect("site"),
            application: "trading".parse().expect("application"),
            patch: patch.parse().expect("patch"),
            standing,
            since: at(0),
        };
        let news = [
            row("acme", "R&D.st", Standing::Conflict),
            row("acme", "Quote.st", Standing::DeletedAtSite),
            row("omega", "Quote.st", Standing::Retrieve),
        ];
        let letter = write(&news, "https://post.example");
        assert_eq!(letter.subject, "[fieldpost] 3 patches changed at 2 sites");
        assert!(letter.text.starts_with("acme, trading:\n  ≠ R&D.st: changed there"), "{}", letter.text);
        assert!(letter.text.contains("omega, trading:\n  < Quote.st: changed there, since "), "{}", letter.text);
        assert!(letter.html.contains("≠ R&amp;D.st") && !letter.html.contains("R&D"), "{}", letter.html);
    }
}
