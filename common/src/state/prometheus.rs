//! Prometheus text 0.0.4. The format judges nothing by itself: only `up 0` is a problem, and a line that isn't one is a warning;
//! thresholds are for the application's rules.

use super::{Draft, Judged, Severity};

/// Whether it looks like it: a comment of the format, or a first line with labels.
pub(super) fn is_one(text: &str) -> bool {
    let comment = |line: &str| line.starts_with("# HELP ") || line.starts_with("# TYPE ");
    let labelled = |line: &str| name(line).is_some_and(|(_, rest)| rest.starts_with('{'));
    text.lines().any(comment) || text.lines().map(str::trim).find(|line| !line.is_empty()).is_some_and(labelled)
}

pub(super) fn read(text: &str) -> Draft {
    let judged = |line: &str| match sample(line.trim()) {
        Line::Quiet => Judged::new(line, Severity::Ok),
        Line::Down => Judged::new(line, Severity::Problem),
        Line::Unreadable => {
            let words = format!("unreadable: {}", line.trim());
            Judged { words: Some(words), ..Judged::new(line, Severity::Warning) }
        }
    };
    Draft { lines: text.lines().map(judged).collect(), whole: Vec::new() }
}

enum Line {
    Quiet,
    Down,
    Unreadable,
}

fn sample(line: &str) -> Line {
    if line.is_empty() || line.starts_with('#') {
        return Line::Quiet;
    }
    let read = || {
        let (name, rest) = name(line)?;
        let rest = labels(rest.trim_start())?;
        let mut numbers = rest.split_whitespace();
        let value: f64 = number(numbers.next()?)?;
        let timed = numbers.next().is_none_or(|time| time.parse::<i64>().is_ok());
        (timed && numbers.next().is_none()).then_some((name, value))
    };
    match read() {
        Some(("up", 0.0)) => Line::Down,
        Some(_) => Line::Quiet,
        None => Line::Unreadable,
    }
}

fn name(line: &str) -> Option<(&str, &str)> {
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let begins = name.starts_with(|c: char| !c.is_ascii_digit());
    begins.then_some((name, rest))
}

/// What stands after the labels, if there are any; none when they can't be read.
fn labels(text: &str) -> Option<&str> {
    let Some(mut rest) = text.strip_prefix('{') else { return Some(text) };
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('}') {
            return Some(after);
        }
        let (_, after) = name(rest)?;
        rest = quoted(after.trim_start().strip_prefix('=')?.trim_start())?.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(after) => after,
            None if rest.starts_with('}') => rest,
            None => return None,
        };
    }
}

/// What stands after a quoted text; only `\\`, `\"` and `\n` are escapes.
fn quoted(text: &str) -> Option<&str> {
    let mut chars = text.strip_prefix('"')?.chars();
    loop {
        match chars.next()? {
            '"' => return Some(chars.as_str()),
            '\\' if !matches!(chars.next()?, '\\' | '"' | 'n') => return None,
            _ => {}
        }
    }
}

fn number(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "+Inf" | "Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        other => other.parse().ok(),
    }
}
