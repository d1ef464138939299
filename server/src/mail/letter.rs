//! What a mail says: subject, text and HTML out of the rows that it tells. Pure.

use crate::store::mail::Waiting;
use fieldpost_common::incident::{Incident, IncidentId, Notice, Phase, Subject};
use fieldpost_common::text::{count, cut};
use fieldpost_common::time::minute;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The longest subject, in terminal cells.
const SUBJECT: usize = 180;

/// Subject and bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// Writes the mail that tells these rows. `url`: where the server is.
pub(super) fn write(rows: &[Waiting], url: &str) -> Letter {
    let rows = newest(rows);
    let subject = match rows.as_slice() {
        [one] => line(one),
        many => summary(many),
    };
    let subject = format!("[fieldpost] {subject}");
    Letter { subject: cut(&plain(&subject), SUBJECT), text: text(&rows, url), html: html(&rows, url) }
}

/// What is told of one incident.
struct Item<'a> {
    word: &'static str,
    is_over: bool,
    row: &'a Waiting,
}

/// Of several rows about one incident the last one says how it is, and the first whether anybody knew.
fn newest(rows: &[Waiting]) -> Vec<Item<'_>> {
    let mut items: BTreeMap<IncidentId, Item<'_>> = BTreeMap::new();
    for row in rows {
        let is_over = row.notice == Notice::Recovery;
        let word = match items.get(&row.incident.id) {
            Some(before) if is_over && !before.is_over => "problem, over again",
            _ => word(row.notice),
        };
        items.insert(row.incident.id, Item { word, is_over, row });
    }
    let mut items: Vec<_> = items.into_values().collect();
    // What is wrong comes before what is over.
    items.sort_by_key(|item| (item.is_over, item.row.seq));
    items
}

/// One line and no control characters: a header must never become two.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn place(incident: &Incident) -> String {
    incident.subject.site().map_or("server".to_owned(), ToString::to_string)
}

fn word(notice: Notice) -> &'static str {
    match notice {
        Notice::Alert => "problem",
        Notice::Worse => "worse",
        Notice::Reminder => "still",
        Notice::Recovery => "over",
    }
}

/// `acme: problem: trading: db2 is DOWN`.
fn line(item: &Item<'_>) -> String {
    let incident = &item.row.incident;
    format!("{}: {}: {}", place(incident), item.word, incident.words)
}

/// `12 problems at 9 sites, 3 over`.
fn summary(items: &[Item<'_>]) -> String {
    let wrong: Vec<_> = items.iter().filter(|item| !item.is_over).collect();
    let sites: BTreeSet<_> = wrong.iter().map(|item| place(&item.row.incident)).collect();
    let over = items.len() - wrong.len();
    match (wrong.len(), over) {
        (0, over) => format!("{} over", count(over, "problem")),
        (wrong, 0) => format!("{} at {}", count(wrong, "problem"), count(sites.len(), "site")),
        (wrong, over) => format!("{} at {}, {over} over", count(wrong, "problem"), count(sites.len(), "site")),
    }
}

fn since(incident: &Incident) -> String {
    match incident.phase {
        Phase::Open { .. } => match &incident.unseen {
            // A silence says itself when the site was last seen.
            Some(unseen) if !matches!(incident.subject, Subject::Silent { .. }) => {
                let last = unseen.since.map_or("never seen".to_owned(), |at| format!("last seen {}", minute(at)));
                format!("since {}; {last}: {}, so nobody can say how it is now", minute(incident.since), unseen.why)
            }
            _ => format!("since {}", minute(incident.since)),
        },
        Phase::Closed { at } => format!("from {} to {}", minute(incident.since), minute(at)),
    }
}

fn text(items: &[Item<'_>], url: &str) -> String {
    let mut text = String::new();
    for item in items {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{}\n    {}\n", line(item), since(&item.row.incident));
    }
    let _ = writeln!(text, "`fieldpost status` shows how it is now; so does the Alerts tab of the app.\nServer: {url}");
    text
}

fn html(items: &[Item<'_>], url: &str) -> String {
    let mut html = String::from("<!doctype html>\n<html><body style=\"font-family: sans-serif\">\n<table cellpadding=\"4\">\n");
    for Item { word, is_over, row } in items {
        let colour = if *is_over { "#1a7f37" } else { "#cf222e" };
        // Writing to a String can't fail.
        let _ = writeln!(
            html,
            "<tr><td style=\"color: {colour}\"><b>{}</b></td><td>{}</td><td>{}<br><small>{}</small></td></tr>",
            escaped(word),
            escaped(&place(&row.incident)),
            escaped(row.incident.words.as_str()),
            escaped(&since(&row.incident)),
        );
    }
    let _ = writeln!(html, "</table>\n<p><small>fieldpost at {}</small></p>\n</body></html>", escaped(url));
    html
}

/// Text that is no HTML, whatever it holds.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::incident::{Hold, Told, Unseen};
    use fieldpost_common::state::Severity;
    use fieldpost_common::text::Clean;
    use fieldpost_common::time::Timestamp;

    fn row(seq: u64, id: u64, site: &str, notice: Notice, words: &str) -> Waiting {
        let at = Timestamp::from_ms(1_795_550_400_000);
        let phase = if notice == Notice::Recovery {
            Phase::Closed { at: at.plus(std::time::Duration::from_mins(5)) }
        } else {
            Phase::Open { since: at }
        };
        let incident = Incident {
            id: IncidentId(id),
            subject: Subject::Silent { site: site.parse().expect("site") },
            severity: Severity::Problem,
            words: Clean::line(words),
            since: at,
            opened: at,
            phase,
            hold: Hold::None,
            told: Told::Nothing,
            returns: 0,
            unseen: None,
        };
        Waiting { seq, notice, incident, at }
    }

    #[test]
    fn one_problem_is_told_by_site_and_words_in_the_subject() {
        let letter = write(&[row(1, 1, "acme", Notice::Alert, "trading: db2 is DOWN")], "https://post.example");
        assert_eq!(letter.subject, "[fieldpost] acme: problem: trading: db2 is DOWN");
        assert!(
            letter.text.starts_with("acme: problem: trading: db2 is DOWN\n    since 2026-11-24 20:00 UTC\n"),
            "{}",
            letter.text
        );
    }

    #[test]
    fn many_are_counted_and_what_is_wrong_comes_first() {
        let rows = [
            row(1, 1, "omega", Notice::Recovery, "no contact"),
            row(2, 2, "acme", Notice::Alert, "a"),
            row(3, 3, "acme", Notice::Alert, "b"),
            row(4, 4, "corvid", Notice::Alert, "c"),
        ];
        let letter = write(&rows, "https://post.example");
        assert_eq!(letter.subject, "[fieldpost] 3 problems at 2 sites, 1 over");
        assert!(letter.text.find("acme: problem: a") < letter.text.find("omega: over: no contact"));
    }

    #[test]
    fn what_went_wrong_and_right_again_within_the_window_is_told_in_one_line() {
        let rows = [row(1, 1, "acme", Notice::Alert, "no contact"), row(2, 1, "acme", Notice::Recovery, "no contact")];
        assert_eq!(write(&rows, "u").subject, "[fieldpost] acme: problem, over again: no contact");
        let rows = [row(2, 1, "acme", Notice::Recovery, "no contact")];
        assert_eq!(write(&rows, "u").subject, "[fieldpost] acme: over: no contact");
    }

    #[test]
    fn a_reminder_of_a_problem_that_can_not_be_seen_says_when_it_was_last_seen() {
        let mut reminder = row(1, 1, "acme", Notice::Reminder, "trading: queue stuck");
        reminder.incident.subject = Subject::AgentFailing { site: "acme".parse().expect("site"), what: "disk".to_owned() };
        let since = Some(Timestamp::from_ms(1_795_554_000_000));
        reminder.incident.unseen = Some(Unseen { why: Clean::line("no contact"), since });
        let text = write(&[reminder], "https://post.example").text;
        let expected = "since 2026-11-24 20:00 UTC; last seen 2026-11-24 21:00 UTC: no contact, so nobody can say how it is now";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn line_ends_and_markup_in_words_from_a_site_stay_text() {
        let words = "down\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script>";
        let letter = write(&[row(1, 1, "acme", Notice::Alert, words)], "https://post.example/?a=1&b=\"2\"");
        assert!(!letter.subject.contains(['\r', '\n']), "{}", letter.subject);
        assert!(!letter.html.contains("<script>") && letter.html.contains("&lt;script&gt;"), "{}", letter.html);
        assert!(letter.html.contains("a=1&amp;b=&quot;2&quot;"), "{}", letter.html);
    }
}
