//! When a log line was written, as it says itself: ISO 8601 and its relatives, web servers' and syslog's forms, seconds since 1970.

use crate::time::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
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

/// The time that a line says, if it says one. A time without a zone is in `zone`, one without a year is the last before `now`.
pub fn moment(line: &[u8], zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let line = &line[..line.len().min(REACH)];
    if let Some(found) = ISO.captures(line) {
        let date = Date::new(number(&found, 1)?, number(&found, 2)?, number(&found, 3)?).ok()?;
        return at(date, clock(&found, 4)?, found.get(7).map(|zone| zone.as_bytes()), zone);
    }
    if let Some(found) = WEB.captures(line) {
        let date = Date::new(number(&found, 3)?, month(&found, 2)?, number(&found, 1)?).ok()?;
        return at(date, clock(&found, 4)?, found.get(7).map(|zone| zone.as_bytes()), zone);
    }
    if let Some(found) = SYSLOG.captures(line) {
        return this_or_last_year(month(&found, 1)?, number(&found, 2)?, clock(&found, 3)?, zone, now);
    }
    let found = SECONDS.captures(line)?;
    let (seconds, ms): (i64, i64) = (number(&found, 1)?, number(&found, 2).unwrap_or(0));
    Some(Timestamp::from_ms(seconds * 1000 + ms))
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

fn at(date: Date, time: Time, said: Option<&[u8]>, zone: &TimeZone) -> Option<Timestamp> {
    moment_in(DateTime::from_parts(date, time), &said.map_or_else(|| Some(zone.clone()), offset)?)
}

fn moment_in(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let zoned = local.to_zoned_datetime(zone.clone()).ok()?;
    Some(Timestamp::from_ms(zoned.timestamp().as_millisecond()))
}

/// `Z`, `+01:00` or `+0100`.
fn offset(said: &[u8]) -> Option<TimeZone> {
    if said == b"Z" {
        return Some(TimeZone::UTC);
    }
    let digits: Vec<i32> = said.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| i32::from(byte - b'0')).collect();
    let [h1, h2, m1, m2] = digits.as_slice() else { return None };
    let seconds = (h1 * 10 + h2) * 3600 + (m1 * 10 + m2) * 60;
    let signed = if said.first() == Some(&b'-') { -seconds } else { seconds };
    Some(Offset::from_seconds(signed).ok()?.to_time_zone())
}

fn this_or_last_year(month: i8, day: i8, time: Time, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let today = jiff::Timestamp::from_millisecond(now.as_ms()).ok()?.to_zoned_datetime(zone.clone());
    let in_year = |year: i16| moment_in(DateTime::from_parts(Date::new(year, month, day).ok()?, time), zone);
    // A clock that is a little ahead is no reason to think of last year.
    let latest = now.plus(std::time::Duration::from_hours(24));
    in_year(today.year()).filter(|at| *at <= latest).or_else(|| in_year(today.year() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str, zone: &TimeZone) -> Option<String> {
        let now = "2026-01-02T12:00:00Z".parse().expect("time");
        moment(line.as_bytes(), zone, now).map(|at| at.to_string())
    }

    #[test]
    fn lines_say_when_they_were_written_in_many_forms() {
        let zone = Offset::from_seconds(3600).expect("an offset").to_time_zone();
        let cases = [
            ("2026-01-02T11:00:00Z INFO up", "2026-01-02T11:00:00Z"),
            ("[2026-01-02 11:00:00,500] ERROR down", "2026-01-02T10:00:00Z"),
            ("2026-01-02T11:00:00.123+02:00 x", "2026-01-02T09:00:00Z"),
            ("2026/01/02 11:00:00 [error] 7#7: *1", "2026-01-02T10:00:00Z"),
            ("10.0.0.1 - - [02/Jan/2026:11:00:00 -0500] \"GET /\"", "2026-01-02T16:00:00Z"),
            ("Jan  2 11:00:00 host app[1]: x", "2026-01-02T10:00:00Z"),
            ("<13>Dec 31 23:00:00 host app: last year", "2025-12-31T22:00:00Z"),
            ("1767351600.25 x", "2026-01-02T11:00:00Z"),
            ("{\"level\":\"info\",\"ts\":1767351600.25}", "2026-01-02T11:00:00Z"),
            ("{\"time\":1767351600250,\"msg\":\"x\"}", "2026-01-02T11:00:00.25Z"),
        ];
        for (line, expected) in cases {
            assert_eq!(said(line, &zone).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn what_only_looks_like_a_time_is_none() {
        for line in ["", "order 2026-13-45 11:00:00", "id 1767351600", "Foo 12 11:00:00", "12026-01-02 11:00:00", "\u{0}\u{1}"] {
            assert_eq!(said(line, &TimeZone::UTC), None, "{line}");
        }
    }
}
