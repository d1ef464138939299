//! A command in words. What came from a site is clean.

use crate::app::theme::Tone;
use crate::app::when::{ago, local};
use fieldpost_common::api::CommandInfo;
use fieldpost_common::command::CommandState;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use jiff::tz::TimeZone;

/// Its state as a word, and how that looks.
pub(crate) fn state(state: &CommandState) -> (Tone, &'static str) {
    match state {
        CommandState::Queued => (Tone::Busy, "queued"),
        CommandState::Offered { .. } => (Tone::Busy, "offered"),
        CommandState::Running { .. } => (Tone::Busy, "running"),
        CommandState::Cancelling { .. } => (Tone::Busy, "cancelling"),
        CommandState::Done { .. } => (Tone::Plain, "done"),
        CommandState::Failed { .. } => (Tone::Alarm, "failed"),
        CommandState::TimedOut { .. } => (Tone::Alarm, "timed out"),
        CommandState::Expired { .. } => (Tone::Alarm, "expired"),
        CommandState::Cancelled { .. } => (Tone::Faint, "cancelled"),
        CommandState::Unknown { .. } => (Tone::Alarm, "unknown"),
    }
}

/// When it came to be so; a queued command is as old as it is.
fn since(command: &CommandInfo) -> Timestamp {
    match &command.state {
        CommandState::Queued => command.created,
        CommandState::Offered { at }
        | CommandState::Running { at }
        | CommandState::Cancelling { at, .. }
        | CommandState::Done { at, .. }
        | CommandState::Failed { at, .. }
        | CommandState::TimedOut { at }
        | CommandState::Expired { at }
        | CommandState::Cancelled { at, .. }
        | CommandState::Unknown { at, .. } => *at,
    }
}

/// Who asked.
pub(crate) fn by(command: &CommandInfo) -> &str {
    command.given_by.as_ref().map_or("server", |by| by.as_str())
}

/// What is wanted: `log main of trading: last 200 lines`.
pub(crate) fn wish(command: &CommandInfo) -> String {
    Clean::line(&command.wish.words()).to_string()
}

/// The line of a site's page: `done        5m ago  ada       log main of trading: last 200 lines · 200 of 1,204 lines`.
pub(crate) fn at_site(command: &CommandInfo, now: Timestamp) -> Vec<(Tone, String)> {
    let (tone, word) = state(&command.state);
    let note = command.state.note().map(|note| format!(" · {note}")).unwrap_or_default();
    vec![
        (tone, format!("{word:<10}")),
        (Tone::Faint, format!("  {:>10}  {:<10} ", ago(command.created, now), by(command))),
        (Tone::Plain, format!("{}{note}", wish(command))),
    ]
}

/// Where it stands, in a sentence.
pub(crate) fn stands(command: &CommandInfo, now: Timestamp, zone: &TimeZone) -> String {
    let site = &command.site;
    let since = ago(since(command), now);
    match &command.state {
        CommandState::Queued => {
            format!("waits for the next poll of {site}, until {}", local(command.deadline, zone))
        }
        CommandState::Offered { .. } => format!("{site} took it {since} and has not begun yet"),
        CommandState::Running { .. } => format!("{site} began {since}"),
        CommandState::Cancelling { by, .. } => format!("{by} takes it back; {site} has not said yet what became of it"),
        CommandState::Done { note, .. } => note.as_ref().map_or_else(|| "done".to_owned(), ToString::to_string),
        CommandState::Failed { reason, .. } => reason.to_string(),
        CommandState::TimedOut { .. } => format!("{site} took it and was not heard of it in time"),
        CommandState::Expired { .. } => format!("{site} did not ask before the time was over"),
        CommandState::Cancelled { by, .. } => format!("{by} took it back: it was not done, or not to its end"),
        CommandState::Unknown { reason, .. } => format!("nobody can say whether it was done: {reason}"),
    }
}

/// What a filter looks at.
pub(crate) fn haystack(command: &CommandInfo) -> String {
    let note = command.state.note().map_or("", |note| note.as_str());
    format!("{} {} {} {} {note}", state(&command.state).1, command.site, by(command), wish(command))
}
