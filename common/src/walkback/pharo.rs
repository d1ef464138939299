//! Pharo: `PharoDebug.log`, to which each error is appended after a line `THERE_BE_DRAGONS_HERE`.

use super::lines::Lines;
use super::report::Report;
use super::{Dialect, Written};
use super::{smalltalk, squeak};

/// The most lines of a title.
const LONGEST_TITLE: usize = 20;

/// Reads a report of a log.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    if !lines.raw().starts_with(b"THERE_BE_DRAGONS_HERE") {
        return None;
    }
    let mut report = Report::new(Dialect::Pharo);
    let Some(title) = lines.after().skip_blank() else { return Some((report, lines.after())) };
    if title.raw().starts_with(b"THERE_BE_DRAGONS_HERE") {
        return Some((report, lines.after()));
    }
    smalltalk::titled(&mut report, &title.text());
    // A title may have several lines; the date ends it.
    let mut dated = title.after();
    for _ in 0..LONGEST_TITLE {
        if dated.is_done() || squeak::is_log_head(dated) {
            break;
        }
        dated.advance();
    }
    let start = if squeak::is_log_head(dated) {
        report.written = Written::read(&dated.text());
        dated.after()
    } else {
        title.after()
    };
    let rest = squeak::body(&mut report, start);
    Some((report, rest))
}
