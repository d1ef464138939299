//! VA Smalltalk: `walkback.log`, one report after each line `Walkback at 3:32:08 PM on 11/7/2019`.

use super::lines::Lines;
use super::report::{self, Report};
use super::smalltalk::{self, Sent};
use super::{Dialect, Written};

/// Reads a report, up to the next.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    if !is_head(lines) {
        return None;
    }
    let mut report = Report::new(Dialect::Vast);
    report.written = Written::read(&lines.text());
    let Some(title) = lines.after().skip_blank() else { return Some((report, lines.after())) };
    if is_head(title) {
        return Some((report, lines.after()));
    }
    say(&mut report, title.text().trim());
    let mut lines = title.after();
    let mut process = false;
    while !lines.is_done() && !report::is_head(lines) {
        let text = lines.text();
        let text = text.trim_start();
        if process && !text.is_empty() {
            report.process.get_or_insert_with(|| text.to_owned());
            process = false;
        } else if text.starts_with("Process:") {
            process = true;
        } else if let Some(sent) = frame(text) {
            smalltalk::add(&mut report, &sent);
        }
        lines.advance();
    }
    Some((report, lines))
}

fn is_head(lines: Lines<'_>) -> bool {
    lines.raw().starts_with(b"Walkback at ") && lines.raw().iter().take(200).any(u8::is_ascii_digit)
}

/// Variables are written as `receiver = …`, `arg1 = …`; what is printed of them may look like a frame.
fn frame(text: &str) -> Option<Sent<'_>> {
    let sent = Sent::read(text, ">>")?;
    // `Class>>#sel`, perhaps with a line number or the kind of block behind it.
    let rest = sent.rest.trim();
    (rest.is_empty() || rest.starts_with(['(', '[', '@', '#'])).then_some(sent)
}

/// `A halt has occurred.`, `(ExError) An exception has occurred`, `X does not understand y`.
fn say(report: &mut Report, text: &str) {
    let class = match text.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((class, _)) if class.starts_with("Ex") && class.chars().all(char::is_alphanumeric) => Some(class),
        _ if text.starts_with("A halt has occurred") => Some("Halt"),
        _ => None,
    };
    report.raised(class, Some(text));
    smalltalk::settle(report);
}
