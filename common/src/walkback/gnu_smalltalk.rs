//! GNU Smalltalk: `Error class … ` or `Object: nil error: did not understand #foo`, then `Class(Holder)>>#sel (file.st:12)`.

use super::Dialect;
use super::lines::Lines;
use super::report::Report;
use super::smalltalk::{self, Sent};

/// Reads a report, up to the first line that isn't a frame.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    if lines.raw().len() > 4_000 || !lines.raw().starts_with(b"Object: ") && !lines.raw().starts_with(b"Error class: ") {
        return None;
    }
    let text = lines.text();
    let mut report = Report::new(Dialect::GnuSmalltalk);
    if let Some((object, error)) = text.strip_prefix("Object: ").and_then(|rest| rest.split_once(" error: ")) {
        report.raised(None, Some(&format!("{}: {}", object.trim(), error.trim())));
    } else {
        report.raised(text.strip_prefix("Error class: "), None);
    }
    let mut lines = lines.after();
    while let Some(sent) = frame(&lines.text()) {
        if report.frames.is_empty() && report.exception.is_none() {
            // The first frame signals, and its receiver is the exception.
            report.exception = (sent.selector.starts_with("signal")).then(|| smalltalk::uncounted(sent.receiver));
        }
        smalltalk::add(&mut report, &sent);
        lines.advance();
    }
    smalltalk::settle(&mut report);
    report.with_receiver_of_first_frame();
    Some((report, lines))
}

fn frame(text: &str) -> Option<Sent<'_>> {
    Sent::read(text, ">>").filter(|sent| sent.rest.trim().is_empty() || sent.rest.trim_start().starts_with('('))
}
