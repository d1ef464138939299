//! Plain text: `key: value` reports and lines of a log. A level counts as a token in its place, never as a part of a word.

use super::json::{counts_errors, says_health};
use super::word::{is_any, is_level, is_plain_verdict, is_status_key, severity, tokens};
use super::{Draft, Judged, Severity};

pub(super) fn read(text: &str) -> Draft {
    let judged = |line: &str| Judged::new(line, line_severity(line));
    Draft { lines: text.lines().map(judged).collect(), whole: Vec::new() }
}

/// How bad a line says that something is.
pub(super) fn line_severity(line: &str) -> Severity {
    let line = line.trim().trim_start_matches(['*', '-', '>', '#', '•', '|']).trim_start();
    let (rest, timed) = after_prefix(line);
    level(line)
        .or_else(|| level(rest))
        .or_else(|| if timed { first_word(rest).and_then(|(word, _)| worse(word)) } else { None })
        .or_else(|| pair(rest))
        .or_else(|| fields(rest))
        .or_else(|| bracketed(rest))
        .unwrap_or_default()
}

fn worse(word: &str) -> Option<Severity> {
    severity(word).filter(|severity| *severity > Severity::Ok)
}

/// The first word, and what follows it.
fn first_word(line: &str) -> Option<(&str, &str)> {
    let end = line.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(line.len());
    (end > 0).then(|| line.split_at(end))
}

/// A level as the first word: in capitals whatever it is, in small letters only one that nothing but a level begins with.
fn level(line: &str) -> Option<Severity> {
    let (word, rest) = first_word(line)?;
    let severity = worse(word)?;
    let shouted = word.chars().all(|c| !c.is_lowercase());
    match rest.trim_start().chars().next() {
        // `ERROR: 3 of 5 workers` says a level, `error: 0` counts, `RETRY=3` sets.
        Some('=') => None,
        Some(':') if is_empty_value(&rest.trim_start()[1..]) => None,
        Some(':') => (shouted || is_level(word)).then_some(severity),
        _ => match split(line) {
            // `error rate: 0.0` and `FAILED LOGINS: 2` are keys; so is `error log: /var/log/x`, but a sentence is none.
            Some((_, value)) if is_empty_value(value) || number(value).is_some() => None,
            Some((_, value)) if !shouted && !value.contains(' ') => None,
            _ => (shouted || is_level(word)).then_some(severity),
        },
    }
}

/// Whether a value says that there is nothing: `0`, `none`, `-`.
fn is_empty_value(value: &str) -> bool {
    let value = value.trim().trim_end_matches('.');
    let is_zero = |number: f64| number == 0.0;
    let nothing = ["", "-", "--", "none", "no", "n/a", "nil", "null", "false", "never", "ok"];
    nothing.iter().any(|word| word.eq_ignore_ascii_case(value)) || number(value).is_some_and(is_zero)
}

/// A count, with a unit perhaps.
fn number(value: &str) -> Option<f64> {
    let value = value.trim();
    let end = value.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(value.len());
    let unit = value[end..].trim();
    let is_unit = unit.len() <= 8 && unit.chars().all(|c| c.is_alphabetic() || matches!(c, '%' | '/'));
    value[..end].replace(',', "").parse().ok().filter(|_| is_unit)
}

/// Key and value, where the line is a pair: `db status: DOWN`, `errors = 3`.
fn split(line: &str) -> Option<(&str, &str)> {
    let at = line.find([':', '='])?;
    let (key, value) = (line[..at].trim(), &line[at + 1..]);
    // A colon inside a word, as in `10:05` or `http://`, divides nothing.
    let divides = line[at..].starts_with('=') || value.is_empty() || value.starts_with([' ', '\t']) || !value.starts_with('/');
    let is_key = !key.is_empty() && key.split_whitespace().count() <= 6 && !key.contains(['"', '(', '[', '{', ',']);
    (divides && is_key && key.starts_with(|c: char| c.is_alphabetic() || c == '_')).then(|| (key, value.trim()))
}

fn pair(line: &str) -> Option<Severity> {
    let (key, value) = split(line)?;
    let word = first_word(value.trim_start_matches(['"', '\'', '[', '<', '('])).map_or("", |(word, _)| word);
    let alone = value.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
    if is_empty_value(value) && !says_health(key) {
        return Some(Severity::Ok);
    }
    if is_status_key(key) {
        return worse(word);
    }
    if says_health(key) && is_any(alone, &["false", "no"]) {
        return Some(Severity::Problem);
    }
    if counts_errors(key) && number(value).is_some_and(|number| number > 0.0) {
        return Some(Severity::Problem);
    }
    if is_any(key, &["warning", "warnings"]) && number(value).is_some_and(|number| number > 0.0) {
        return Some(Severity::Warning);
    }
    let is_setting = tokens(key).any(|word| is_any(word, &["log", "logging", "loglevel", "level", "mode", "on"]));
    let shouted = !word.is_empty() && word.chars().all(|c| !c.is_lowercase()) && value.starts_with(word);
    // `database: DOWN`, `nightly job: failed`, `database: ERROR no route`.
    if is_setting || !is_plain_verdict(word) {
        return None;
    }
    if shouted { worse(word) } else { worse(alone) }
}

/// `level=error` anywhere in a line of `key=value` fields.
fn fields(line: &str) -> Option<Severity> {
    let found = line.split_whitespace().filter_map(|field| field.split_once('=')).filter(|(key, _)| is_status_key(key));
    found.filter_map(|(_, value)| worse(value.trim_matches('"'))).max()
}

/// A level in brackets: `[ERROR]`, `<warn>`, `(FATAL)`.
fn bracketed(line: &str) -> Option<Severity> {
    let mut rest = line;
    while let Some(at) = rest.find(['[', '<', '(']) {
        let begins = rest[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let inside = &rest[at + 1..];
        let end = inside.find([']', '>', ')']).unwrap_or(inside.len());
        let word = inside[..end].trim();
        let is_said = begins && end < inside.len() && (is_level(word) || word.chars().all(|c| !c.is_lowercase()));
        if is_said && let Some(severity) = worse(word) {
            return Some(severity);
        }
        rest = inside;
    }
    None
}

/// What follows times and bracketed words at the start of a line, and whether there was a time.
fn after_prefix(line: &str) -> (&str, bool) {
    let mut rest = line;
    let (mut timed, mut dated) = (false, false);
    for _ in 0..6 {
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let in_brackets = word.starts_with('[') && worse(word.trim_matches(['[', ']', ':'])).is_none();
        if in_brackets && let Some(end) = rest.find(']') {
            timed |= rest[1..end].split(' ').any(is_time);
            rest = rest[end + 1..].trim_start_matches([':', ' ', '\t', '-']);
        } else if !after.is_empty() && (is_time(word) || dated && word.bytes().all(|byte| byte.is_ascii_digit())) {
            timed = true;
            // A day of the month, or a year, may follow.
            dated = is_name_of_date(word);
            rest = after.trim_start_matches([' ', '\t', '-', '|']);
        } else {
            break;
        }
    }
    (rest, timed)
}

/// A date, a time of day, or seconds since 1970.
fn is_time(word: &str) -> bool {
    let word = word.trim_end_matches([':', ',', '.']);
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let numeric = word.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '/' | ':' | '.' | ',' | 'T' | 'Z' | '+'));
    let divided = word.contains([':', '-', '/', 'T']) || word.matches('.').count() == 2;
    numeric && (digits >= 3 && divided || digits >= 10) || is_name_of_date(word)
}

fn is_name_of_date(word: &str) -> bool {
    const NAMES: &[&str] = &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu", "fri",
        "sat", "sun",
    ];
    is_any(word.trim_end_matches([',', '.']), NAMES)
}
