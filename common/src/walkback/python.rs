//! Python: `Traceback (most recent call last):`, frames with the failing one last, then `Class: message`.
//!
//! Chained tracebacks are one report: the last is what was raised, the first is its root.

use super::Dialect;
use super::frame::{Frames, Role, last_part};
use super::lines::Lines;
use super::report::Report;

const HEAD: &str = "Traceback (most recent call last):";

/// Reads a traceback with those it is chained to.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    let (mut report, mut end) = one(lines)?;
    let mut root = None;
    while let Some(next) = chained(end) {
        let Some((following, rest)) = one(next) else { break };
        root = root.or(report.exception.take());
        (report, end) = (following, rest);
    }
    report.root = root;
    Some((report, end))
}

/// Where the next traceback of a chain begins.
fn chained(lines: Lines<'_>) -> Option<Lines<'_>> {
    let words = lines.skip_blank()?;
    let text = words.text();
    let text = text.trim_start_matches(['|', ' ']);
    let chains = text.starts_with("During handling of the above exception")
        || text.starts_with("The above exception was the direct cause of the following exception");
    chains.then(|| words.after().skip_blank()).flatten()
}

fn one(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    if lines.raw().len() > 2_000 {
        return None;
    }
    let text = lines.text();
    let at = text.find(HEAD)?;
    if !text[at + HEAD.len()..].trim_end().is_empty() {
        return None;
    }
    // A traceback may be indented as a whole, and groups of exceptions are marked at their left.
    let is_margin = |c: char| matches!(c, ' ' | '\t' | '|' | '+');
    let at = text[..at].strip_suffix("Exception Group ").map_or(at, str::len);
    let margin =
        if text[..at].chars().all(is_margin) { text[..text.len() - text.trim_start_matches(is_margin).len()].len() } else { 0 };
    let mut report = Report::new(Dialect::Python);
    report.frames = Frames::inward();
    let mut lines = lines.after();
    let mut any = false;
    while !lines.is_done() {
        let text = lines.text();
        let inside = text.get(margin..).filter(|_| text.chars().take(margin).all(is_margin));
        let Some(line) = inside else { break };
        // Before the first frame this begins another traceback; each of many would be read up to the last otherwise.
        if !any && line.trim_end().ends_with(HEAD) {
            break;
        }
        if line.starts_with("  ") || line.starts_with('\t') {
            any |= frame(&mut report, line.trim_start());
        } else if line.is_empty() && any {
            break;
        } else {
            if raised(&mut report, line) {
                lines.advance();
            }
            break;
        }
        lines.advance();
    }
    (any || report.exception.is_some()).then_some((report, lines))
}

/// `File "p", line 12, in f`; the source below it is passed over.
fn frame(report: &mut Report, text: &str) -> bool {
    if let Some(times) = text.strip_prefix("[Previous line repeated ").and_then(|rest| rest.split(' ').next()) {
        report.frames.repeat_last(times.parse().unwrap_or(0));
        return true;
    }
    let Some(rest) = text.strip_prefix("File ") else { return false };
    let (path, rest) = match rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        Some((path, rest)) => (path, rest),
        None => match rest.split_once(',') {
            Some((path, rest)) => (path, rest),
            None => return false,
        },
    };
    if !rest.contains("line ") {
        return false;
    }
    let function = rest.rsplit_once(" in ").map_or("", |(_, function)| function.trim());
    let file = last_part(path);
    let shown = if function.is_empty() { file.to_owned() } else { format!("{file}:{function}") };
    let plain = path.replace('\\', "/").to_ascii_lowercase();
    let library = ["site-packages/", "dist-packages/", "/lib/python", "<frozen ", "/python3", "importlib/", "/lib64/python"];
    let role = if library.iter().any(|part| plain.contains(part)) { Role::Plumbing } else { Role::Application };
    let mut key = String::new();
    super::frame::fold_digits(&shown, &mut key);
    report.frames.push(&shown, key, role);
    true
}

/// `ValueError: text`, `thread.error: text`, `KeyboardInterrupt`.
fn raised(report: &mut Report, line: &str) -> bool {
    let (class, message) = line.split_once(':').map_or((line, None), |(class, message)| (class, Some(message)));
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '<' | '>');
    let is_class = class.starts_with(|c: char| c.is_alphabetic() || c == '_') && class.chars().all(is_part);
    // `  | ExceptionGroup: text (2 sub-exceptions)` and `(builtins.)Class`.
    if !is_class || class.len() > 200 {
        return false;
    }
    report.raised(Some(class), message);
    true
}
