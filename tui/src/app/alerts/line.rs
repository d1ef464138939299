//! One incident in words: where, what, since when, and who has it. Its words may come from a site.

use crate::app::dialog::Info;
use crate::app::theme::Tone;
use crate::app::when::{ago, local, short};
use fieldpost_common::api::Verdict;
use fieldpost_common::id::AppName;
use fieldpost_common::incident::{Hold, Incident, Phase, Subject, Told};
use fieldpost_common::state::Severity;
use fieldpost_common::text::{Clean, age};
use fieldpost_common::time::Timestamp;
use jiff::tz::TimeZone;

/// How bad something is, as a colour.
pub(crate) fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Ok => Tone::Plain,
        Severity::Warning => Tone::Warning,
        Severity::Problem => Tone::Alarm,
    }
}

/// How a site is, as a colour: that nobody can say has one of its own.
pub(crate) fn verdict_tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Ok => Tone::Plain,
        Verdict::NeverSeen | Verdict::CantSay => Tone::Busy,
        Verdict::Warning => tone(Severity::Warning),
        Verdict::Problem => tone(Severity::Problem),
    }
}

/// `✗ problem`; what is over is quiet.
pub(crate) fn how(one: &Incident) -> (Tone, String) {
    if one.is_open() {
        (tone(one.severity), format!("{} {}", one.severity.sign(), one.severity.word()))
    } else {
        (Tone::Faint, "✓ over".to_owned())
    }
}

/// The site, or the server itself.
pub(crate) fn place(one: &Incident) -> String {
    one.subject.site().map_or("server".to_owned(), ToString::to_string)
}

/// A word for the kind.
pub(crate) fn kind(one: &Incident) -> &'static str {
    match one.subject {
        Subject::StateProblem { .. } => "state",
        Subject::Silent { .. } => "silent",
        Subject::Uplink => "uplink",
        Subject::OrderStuck { .. } => "order",
        Subject::NewErrorGroup { .. } | Subject::MoreErrorGroups { .. } | Subject::Regressed { .. } => "error",
        Subject::InventoryStale { .. } => "inventory",
        Subject::AgentFailing { .. } => "agent",
        Subject::Drift { .. } => "drift",
        Subject::CantSay { .. } => "can't say",
        Subject::Server { .. } => "server",
    }
}

/// The application, where it is about one.
pub(crate) fn application(one: &Incident) -> Option<&AppName> {
    match &one.subject {
        Subject::StateProblem { application, .. }
        | Subject::Drift { application, .. }
        | Subject::CantSay { application, .. }
        | Subject::NewErrorGroup { application, .. }
        | Subject::MoreErrorGroups { application }
        | Subject::Regressed { application, .. } => Some(application),
        _ => None,
    }
}

/// What is wrong; without the application where that has a column of its own.
pub(crate) fn what(one: &Incident, has_column: bool) -> &str {
    let words = one.words.as_str();
    let rest = application(one).filter(|_| has_column).and_then(|app| words.strip_prefix(app.as_str())?.strip_prefix(": "));
    rest.unwrap_or(words)
}

/// The same with when that was last seen, where nobody can say how it is now.
pub(crate) fn what_and_when(one: &Incident, has_column: bool, now: Timestamp) -> String {
    let what = what(one, has_column);
    one.unseen_words(now).map_or_else(|| what.to_owned(), |words| format!("{what} ({words})"))
}

/// When it began, or ended: how long ago.
pub(crate) fn since(one: &Incident, now: Timestamp) -> String {
    match one.phase {
        Phase::Open { .. } => age(one.since.age(now)),
        Phase::Closed { at } => age(at.age(now)),
    }
}

/// Who looks after it, or until when nobody wants to hear of it; short.
pub(crate) fn who(one: &Incident, zone: &TimeZone) -> String {
    match &one.hold {
        Hold::None => String::new(),
        Hold::Acknowledged { by, .. } => format!("{by} has it"),
        Hold::Snoozed { until, .. } => format!("zz {}", short(*until, zone).trim_start()),
    }
}

/// The same in a sentence; `helps` names the keys that help where nobody has it.
pub(crate) fn held(one: &Incident, helps: &str, zone: &TimeZone) -> String {
    match &one.hold {
        _ if !one.is_open() => "it is over".to_owned(),
        Hold::None => format!("nobody has it{helps}"),
        Hold::Acknowledged { by, .. } => format!("{by} has it"),
        Hold::Snoozed { by, until } => format!("snoozed by {by} until {}", local(*until, zone)),
    }
}

/// What a filter looks at.
pub(crate) fn haystack(one: &Incident) -> String {
    let by = match &one.hold {
        Hold::None => String::new(),
        Hold::Acknowledged { by, .. } => format!("acknowledged {by}"),
        Hold::Snoozed { by, .. } => format!("snoozed {by}"),
    };
    let app = application(one).map_or("", AppName::as_str);
    format!("{} {} {app} {} {} {by}", how(one).1, place(one), kind(one), one.words)
}

/// All that is known of it.
pub(crate) fn explain(one: &Incident, now: Timestamp, zone: &TimeZone) -> Info {
    let time = |at: Timestamp| format!("{}, {}", local(at, zone), ago(at, now));
    let mut lines = vec![format!("{} {}", one.severity.sign(), one.words), String::new()];
    let mut add = |name: &str, words: String| lines.push(format!("{name:<13}{words}"));
    add("where", place(one));
    add("kind", one.subject.kind().replace('_', " "));
    match &one.subject {
        Subject::StateProblem { application, .. }
        | Subject::Drift { application, .. }
        | Subject::CantSay { application, .. }
        | Subject::MoreErrorGroups { application } => {
            add("application", application.to_string());
        }
        Subject::NewErrorGroup { application, group } | Subject::Regressed { application, group, .. } => {
            add("application", application.to_string());
            add("error", format!("#{group}"));
        }
        Subject::OrderStuck { order, .. } => add("order", order.to_string()),
        Subject::AgentFailing { what, .. } | Subject::Server { what } => {
            add("what fails", Clean::line(what).to_string());
        }
        Subject::Silent { .. } | Subject::InventoryStale { .. } | Subject::Uplink => {}
    }
    add("since", time(one.since));
    add("opened", time(one.opened));
    match one.phase {
        Phase::Open { since } if since != one.opened => add("back since", time(since)),
        Phase::Open { .. } => {}
        Phase::Closed { at } => add("over", time(at)),
    }
    if let Some(unseen) = &one.unseen {
        let last = unseen.since.map_or("never".to_owned(), time);
        add("last seen", format!("{last}: {}", unseen.why));
    }
    if one.is_open() {
        add("who has it", held(one, "", zone));
    }
    add(
        "mailed",
        match one.told {
            Told::Nothing => "no".to_owned(),
            Told::Alert { at, .. } => format!("queued {}", ago(at, now)),
            Told::Recovery { at } => format!("its end too, {}", ago(at, now)),
        },
    );
    add("number", one.id.0.to_string());
    Info { title: "Alert".to_owned(), lines, top: 0 }
}
