//! The time that a log line says, as it stands there: ISO 8601 and its relatives, web servers' and syslog's forms, seconds since 1970.
//!
//! Which moment that is in which zone, or in which year, is left to those who read it.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use regex::bytes::{Captures, Regex};
use std::sync::LazyLock;

/// The time stands near the beginning of a line.
const REACH: usize = 160;
/// Names of months as logs have them.
const MONTHS: [&[u8]; 12] = [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// `2026-11-28T22:00:01.5+01:00`, `2026/11/28 22:00:01,500`, `2026-11-28 22:00:01 Z` (RFC 3339, log4j, nginx's error log).
static ISO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?-u)(?:^|[^0-9])(\d{4})[-/.](\d\d)[-/.](\d\d)[T _](\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?: ?(Z|[+-]\d\d:?\d\d)\b)?")
});
/// `[28/Nov/2026:22:00:01 +0100]` (the Common Log Format of web servers).
static WEB: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)(\d\d)/([A-Za-z]{3})/(\d{4}):(\d\d):(\d\d):(\d\d)(?: ([+-]\d{4}))?"));
/// `Nov 28 22:00:01 host …` (RFC 3164; it has no year).
static SYSLOG: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?-u)^(?:<\d{1,3}>)?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)\b"));
/// `1795903201.123 …`, `{"ts":1795903201.1,…`, `{"time":1795903201123,…`.
static SECONDS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?-u)(?:^\[?|"(?:ts|time|timestamp|t)": ?)(\d{10})(\d{3})?(?:[.\]\s,}]|$)"#));

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| unreachable!("a pattern of our own: {error}"))
}

/// A time as a line says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogTime {
    /// Where in the line it begins.
    pub(crate) start: usize,
    pub(crate) day: LogDay,
    pub(crate) time: Time,
    /// How far it is from UTC, if the line says so.
    pub(crate) offset: Option<Offset>,
}

/// The day that a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogDay {
    Dated(Date),
    /// The year is left out.
    Yearless {
        month: i8,
        day: i8,
    },
}

/// The time that a line says, if it says one.
pub(crate) fn log_time(line: &[u8]) -> Option<LogTime> {
    let line = &line[..line.len().min(REACH)];
    if let Some(found) = ISO.captures(line) {
        let date = Date::new(number(&found, 1)?, number(&found, 2)?, number(&found, 3)?).ok()?;
        return at(&found, 1, LogDay::Dated(date), clock(&found, 4)?, 7);
    }
    if let Some(found) = WEB.captures(line) {
        let date = Date::new(number(&found, 3)?, month(&found, 2)?, number(&found, 1)?).ok()?;
        return at(&found, 1, LogDay::Dated(date), clock(&found, 4)?, 7);
    }
    if let Some(found) = SYSLOG.captures(line) {
        let day = LogDay::Yearless { month: month(&found, 1)?, day: number(&found, 2)? };
        return Some(LogTime { start: 0, day, time: clock(&found, 3)?, offset: None });
    }
    let found = SECONDS.captures(line)?;
    let (seconds, ms): (i64, i64) = (number(&found, 1)?, number(&found, 2).unwrap_or(0));
    let utc = Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(seconds * 1000 + ms).ok()?);
    let (start, day) = (found.get(1)?.start(), LogDay::Dated(utc.date()));
    Some(LogTime { start, day, time: utc.time(), offset: Some(Offset::UTC) })
}

fn at(found: &Captures<'_>, first: usize, day: LogDay, time: Time, zone: usize) -> Option<LogTime> {
    let said = found.get(zone).map(|zone| zone.as_bytes());
    let offset = match said {
        Some(said) => Some(offset(said)?),
        None => None,
    };
    Some(LogTime { start: found.get(first)?.start(), day, time, offset })
}

fn number<N: std::str::FromStr>(found: &Captures<'_>, group: usize) -> Option<N> {
    std::str::from_utf8(found.get(group)?.as_bytes()).ok()?.parse().ok()
}

fn month(found: &Captures<'_>, group: usize) -> Option<i8> {
    let name = found.get(group)?.as_bytes().to_ascii_lowercase();
    let index = MONTHS.iter().position(|month| *month == name)?;
    i8::try_from(index + 1).ok()
}

/// Hour, minute and second in three groups.
fn clock(found: &Captures<'_>, first: usize) -> Option<Time> {
    Time::new(number(found, first)?, number(found, first + 1)?, number(found, first + 2)?, 0).ok()
}

/// `Z`, `+01:00` or `+0100`.
fn offset(said: &[u8]) -> Option<Offset> {
    if said == b"Z" {
        return Some(Offset::UTC);
    }
    let digits: Vec<i32> = said.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| i32::from(byte - b'0')).collect();
    let [h1, h2, m1, m2] = digits.as_slice() else { return None };
    let seconds = (h1 * 10 + h2) * 3600 + (m1 * 10 + m2) * 60;
    Offset::from_seconds(if said.first() == Some(&b'-') { -seconds } else { seconds }).ok()
}
