//! Squeak and Cuis: `SqueakDebug.log` and `CuisDebug.log` as `SmalltalkImage>>logError:inContext:to:` writes them, and bare stacks.
//!
//! The title may have any form; the date on the next line and the lines `VM:` and `Image:` make it one.

use super::lines::Lines;
use super::report::{Report, is_head};
use super::smalltalk::{self, bare};
use super::{Dialect, Written};

/// The line that begins the second, complete list of frames.
const FULL_STACK: &str = "--- The full stack ---";

/// Reads a report of a log.
pub(super) fn read_log(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    let dated = lines.after().skip_blank()?;
    if !is_log_head(dated) {
        return None;
    }
    let title = lines.text();
    if title.starts_with(char::is_whitespace) {
        return None;
    }
    let mut report = Report::new(Dialect::Squeak);
    smalltalk::titled(&mut report, &title);
    report.written = Written::read(&dated.text());
    let rest = body(&mut report, dated.after());
    Some((report, rest))
}

/// Whether this is the date of a log's report, with the machine's lines below it.
pub(super) fn is_log_head(dated: Lines<'_>) -> bool {
    if !dated.raw().first().is_some_and(u8::is_ascii_digit) || !is_date(&dated.text()) {
        return false;
    }
    let machine = dated.after().skip_blank();
    machine.is_some_and(|line| line.raw().starts_with(b"VM:") || line.raw().starts_with(b"Image:"))
}

/// `9 February 2011 1:30:05.075 pm`.
fn is_date(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let digits = |word: Option<&str>| word.is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()));
    digits(words.next())
        && words.next().is_some_and(|month| month.len() >= 3 && month.chars().all(char::is_alphabetic))
        && digits(words.next())
        && words.next().is_some_and(|time| time.contains(':') && time.starts_with(|c: char| c.is_ascii_digit()))
}

/// Reads what follows the date: the image, frames with their variables, then all frames.
pub(super) fn body<'a>(report: &mut Report, mut lines: Lines<'a>) -> Lines<'a> {
    let (first, mut before) = (lines.start(), lines);
    while !lines.is_done() {
        let raw = lines.raw();
        if is_head(lines) {
            break;
        }
        // Only a title can stand before a date; it belongs to the next report.
        if lines.start() != first && is_log_head(lines) {
            lines = before;
            break;
        }
        if !lines.is_blank() {
            before = lines;
        }
        match raw.first() {
            Some(b'\t') => temporary(report, lines),
            Some(b'I') if raw.starts_with(b"Image: Cuis") => report.dialect = Dialect::Cuis,
            Some(b'I') if raw.starts_with(b"Image: Pharo") => report.dialect = Dialect::Pharo,
            Some(b'-') if raw.starts_with(FULL_STACK.as_bytes()) => {
                report.frames.clear();
                lines = frames(report, lines.after());
                if lines.raw().starts_with(b"-- and more not shown") {
                    lines.advance();
                }
                break;
            }
            Some(_) => {
                if let Some(sent) = bare(&lines.text()) {
                    smalltalk::add(report, &sent);
                }
            }
            None => {}
        }
        lines.advance();
    }
    smalltalk::settle_by_frames(report);
    lines
}

/// Reads frames one a line, up to the first line that is none; a block of Pharo may show its source over several lines.
fn frames<'a>(report: &mut Report, mut lines: Lines<'a>) -> Lines<'a> {
    const LONGEST_BLOCK: usize = 30;
    let (mut foreign, mut end) = (0, lines);
    while !lines.is_done() && foreign < LONGEST_BLOCK {
        let text = lines.text();
        if let Some(sent) = bare(&text) {
            if foreign > 0 || text.starts_with("[ ") {
                report.dialect = Dialect::Pharo;
            }
            smalltalk::add(report, &sent);
            foreign = 0;
            end = lines.after();
        } else if text.starts_with('[') || foreign > 0 {
            foreign += 1;
        } else if !is_separator(lines.raw()) && !lines.is_blank() || !goes_on(lines) {
            break;
        }
        lines.advance();
    }
    end
}

/// Whether a frame follows after blank lines and dashes: files whose line ends were doubled have a blank after each line.
fn goes_on(lines: Lines<'_>) -> bool {
    let next = lines.after().skip_blank();
    let next = next.and_then(|line| if is_separator(line.raw()) { line.after().skip_blank() } else { Some(line) });
    next.is_some_and(|line| line.raw().starts_with(b"[") || bare(&line.text()).is_some())
}

fn is_separator(raw: &[u8]) -> bool {
    let line = raw.trim_ascii();
    !line.is_empty() && line.iter().all(|b| matches!(b, b'-' | b' '))
}

/// `exception: MessageNotUnderstood: …` among the first frame's variables names a class that the title leaves out.
fn temporary(report: &mut Report, lines: Lines<'_>) {
    if report.exception.is_some() || report.frames.len() > 1 {
        return;
    }
    let text = lines.text();
    if let Some(value) = text.trim_start().strip_prefix("exception:") {
        let class: String = value.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if class.starts_with(char::is_uppercase) {
            report.exception = Some(class);
        }
    }
}

/// Reads frames that stand alone, with or without a title: as people copy them, and as Pharo prints them to a terminal.
pub(super) fn read_stack(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    let mut report = Report::new(Dialect::Squeak);
    let first = lines.text();
    let starts = |line: Lines<'_>| line.raw().starts_with(b"[ ") || bare(&line.text()).is_some();
    let at = if bare(&first).is_some() {
        lines
    } else {
        let is_title = first.starts_with(|c: char| c.is_uppercase() || c == '#') && first.len() < 500;
        if !is_title || !starts(lines.after()) {
            return None;
        }
        smalltalk::titled(&mut report, &first);
        lines.after()
    };
    if !starts(at.after()) {
        return None;
    }
    let end = frames(&mut report, at);
    smalltalk::settle_by_frames(&mut report);
    // Counted before equal ones are folded: a method that calls itself for ever is a report, not one frame to pass over.
    report.frames.are_several().then_some((report, end))
}
