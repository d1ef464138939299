//! Dolphin Smalltalk: crash dumps, and `.errors` files whose reports are a line with a time, then bare frames.
//!
//! The time and the message are in the language of the machine.

use super::lines::Lines;
use super::report::{Report, is_head};
use super::smalltalk::{self, Sent, bare};
use super::{Dialect, Written};

/// Reads either form.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    if is_dump_head(lines) {
        return Some(dump(lines.after()));
    }
    if lines.raw().first().is_some_and(u8::is_ascii_digit) && lines.raw().len() < 8_000 {
        return logged(lines);
    }
    None
}

/// `***** Dolphin Crash Dump Report *****`, perhaps escaped as people paste it.
pub(super) fn is_dump_head(lines: Lines<'_>) -> bool {
    let raw = lines.raw();
    if raw.len() > 400 || !raw.starts_with(b"**") {
        return false;
    }
    let text = lines.text();
    text.contains("Dolphin") && text.contains("Dump Report")
}

fn dump(mut lines: Lines<'_>) -> (Report, Lines<'_>) {
    let mut report = Report::new(Dialect::Dolphin);
    let mut said = false;
    while !lines.is_done() {
        let raw = lines.raw();
        if is_head(lines) || (raw.starts_with(b"**") && raw.trim_ascii().ends_with(b"End of crash report *****")) {
            break;
        }
        let text = lines.text();
        if !said && !text.is_empty() {
            said = true;
            if let Some((time, what)) = text.split_once(": ") {
                report.written = Written::read(time);
                say(&mut report, what);
            }
        } else if text.contains("Stack Back Trace") {
            report.frames.clear();
        } else if let Some(frame) = held(&text).and_then(|inside| Sent::read(inside, ">>")) {
            smalltalk::add(&mut report, &frame);
        }
        lines.advance();
    }
    if lines.raw().trim_ascii().ends_with(b"End of crash report *****") {
        lines.advance();
    }
    (report, lines)
}

/// The frame in `{05D00674: cf 05D00655, sp …, bp …, ip 2, Class(Holder)>>selector}`.
fn held(text: &str) -> Option<&str> {
    let inside = text.split_once('{')?.1.strip_suffix('}')?;
    let (_, place) = inside.split_once(": cf ")?;
    // A block's frame may hold commas itself, in its selector only.
    place.splitn(5, ", ").nth(4).or_else(|| place.rsplit_once(", ").map(|(_, frame)| frame))
}

/// `X.exe caused an unhandled Win32 Exception C0000005`, or a message.
fn say(report: &mut Report, what: &str) {
    match what.find("Win32 Exception ") {
        Some(at) => {
            let class = &what[at..];
            let end = class.match_indices(' ').nth(2).map_or(class.len(), |(at, _)| at);
            report.raised(Some(&class[..end]), None);
        }
        None => describe(report, what),
    }
}

/// `27/11/2019 19:02:30: 'text'`, `00:20:02, martes, …: Unhandled exception - an OutOfMemoryError('text')`; frames follow.
fn logged(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    let text = lines.text();
    let (time, what) = text.split_once(": ")?;
    if !time.contains(':') {
        return None;
    }
    let marked = what.starts_with("Unhandled exception - ");
    let first = lines.after().skip_blank()?;
    if bare(&first.text()).is_none() || !(marked || what.starts_with('\'') || bare(&first.after().text()).is_some()) {
        return None;
    }
    let mut report = Report::new(Dialect::Dolphin);
    report.written = Written::read(time);
    describe(&mut report, what.strip_prefix("Unhandled exception - ").unwrap_or(what));
    let mut lines = first;
    while let Some(sent) = bare(&lines.text()).filter(|_| !lines.is_done()) {
        smalltalk::add(&mut report, &sent);
        lines.advance();
    }
    if lines.raw().starts_with(b"---") {
        lines.advance();
    }
    report.with_receiver_of_first_frame();
    Some((report, lines))
}

/// `an OutOfMemoryError('text')`, `'text'`, or a text.
fn describe(report: &mut Report, what: &str) {
    let called = what.strip_prefix("an ").or_else(|| what.strip_prefix("a ")).and_then(|rest| rest.split_once('('));
    match called {
        Some((class, text)) if class.chars().all(|c| c.is_alphanumeric() || c == '.') => {
            report.raised(Some(class), Some(text.trim_end().trim_end_matches(')').trim_matches('\'')));
        }
        _ => report.raised(None, Some(what.trim().trim_matches('\''))),
    }
    smalltalk::settle(report);
}
