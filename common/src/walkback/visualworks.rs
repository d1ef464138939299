//! VisualWorks: the dumps of RuntimePackager's `ErrorDumper`, and what a notifier shows.
//!
//! A dump stands between lines `==2024/2/13==18:42:18==BEGIN RUNTIME DIAGNOSTIC DUMP` and `…END RUNTIME DIAGNOSTIC DUMP`.

use super::frame::Role;
use super::lines::Lines;
use super::report::{Report, is_head};
use super::smalltalk::{self, Sent, bare};
use super::{Dialect, Written};

const UNHANDLED: &str = "Unhandled exception:";

/// Reads either form.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    let raw = lines.raw();
    if raw.starts_with(b"==") && raw.trim_ascii_end().ends_with(b"==BEGIN RUNTIME DIAGNOSTIC DUMP") {
        let (mut report, rest) = dump(lines.after());
        report.written = Written::read(&lines.text().replace("==", " "));
        return Some((report, rest));
    }
    notifier(lines)
}

fn dump(mut lines: Lines<'_>) -> (Report, Lines<'_>) {
    let mut report = Report::new(Dialect::VisualWorks);
    let (mut class, mut parameter) = (None, None);
    let mut stacks = 0;
    while !lines.is_done() {
        let raw = lines.raw();
        if is_head(lines) {
            break;
        }
        if raw.starts_with(b"==") && raw.trim_ascii_end().ends_with(b"==END RUNTIME DIAGNOSTIC DUMP") {
            lines.advance();
            break;
        }
        let text = lines.text();
        let value = |name: &str| text.trim_start().strip_prefix(name).map(|value| value.trim().to_owned());
        if let Some(cause) = value("Cause of Dump:") {
            report.raised(None, Some(cause.strip_prefix(UNHANDLED).unwrap_or(&cause)));
        } else if let Some(name) = value("Process named:").filter(|_| report.process.is_none()) {
            report.process = Some(name.trim_matches('\'').to_owned());
        } else if text.eq_ignore_ascii_case("context stack:") || text.eq_ignore_ascii_case("context stack") {
            stacks += 1;
        } else if let Some(frame) = numbered(&text).filter(|_| stacks <= 1) {
            add(&mut report, frame);
        } else if raw.starts_with(b"\t") || raw.starts_with(b" ") {
            class = class.or_else(|| value("class:"));
            parameter = parameter.or_else(|| value("parameter:"));
            if report.message.is_none() {
                report.message =
                    value("errorString:").map(|text| text.strip_prefix(UNHANDLED).unwrap_or(&text).trim().to_owned());
            }
        }
        lines.advance();
    }
    report.exception = raised_class(class, parameter.as_deref());
    smalltalk::settle(&mut report);
    settle_receiver(&mut report);
    (report, lines)
}

/// The exception that nobody handled: what an `UnhandledException` carries, else its own class.
fn raised_class(class: Option<String>, parameter: Option<&str>) -> Option<String> {
    let carried = parameter.and_then(|text| text.strip_prefix("an ").or_else(|| text.strip_prefix("a ")));
    let carried = carried.filter(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_')));
    match class {
        Some(class) if class.ends_with("UnhandledException") => carried.map(str::to_owned).or(Some(class)),
        class => class,
    }
}

/// The frames came before the class was known, so the receiver is looked for once more.
fn settle_receiver(report: &mut Report) {
    if report.not_understood.as_ref().is_some_and(|known| known.receiver.is_none()) {
        report.with_receiver_of_first_frame();
    }
}

/// `[12] <tab> frame`.
fn numbered(line: &str) -> Option<&str> {
    let (number, frame) = line.strip_prefix('[')?.split_once(']')?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then(|| frame.trim())
}

fn add(report: &mut Report, frame: &str) {
    match Sent::read(frame, ">>") {
        Some(sent) => smalltalk::add(report, &sent),
        // `unboundMethod`, `optimized [] in doIt`, frames of C.
        None if !frame.is_empty() => report.frames.push(frame, super::frame::uncounted(frame), Role::Plumbing),
        None => {}
    }
}

/// `Unhandled exception: text`, then frames, numbered or not.
fn notifier(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    if lines.raw().len() > 2_000 {
        return None;
    }
    let text = lines.text();
    let at = text.find(UNHANDLED)?;
    let mut report = Report::new(Dialect::VisualWorks);
    report.raised(None, Some(&text[at + UNHANDLED.len()..]));
    smalltalk::settle(&mut report);
    let mut lines = lines.after().skip_blank()?;
    let mut any = false;
    while !lines.is_done() {
        let text = lines.text();
        let frame = numbered(&text).unwrap_or(&text);
        let Some(sent) = bare(frame) else {
            // What begins another report isn't passed over here, or each of many would be read up to the last.
            if numbered(&text).is_some() && !text.contains(UNHANDLED) {
                add(&mut report, frame);
                lines.advance();
                continue;
            }
            break;
        };
        smalltalk::add(&mut report, &sent);
        any = true;
        lines.advance();
    }
    settle_receiver(&mut report);
    any.then_some((report, lines))
}
