//! Which moment a log line says: a time without a zone is the site's, one without a year is the last before now.

use crate::log_time::{LogDay, log_time};
use crate::time::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// The time that a line says, if it says one. A time without a zone is in `zone`, one without a year is the last before `now`.
pub fn moment(line: &[u8], zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let said = log_time(line)?;
    match said.day {
        LogDay::Dated(date) => {
            let zone = said.offset.map_or_else(|| zone.clone(), jiff::tz::Offset::to_time_zone);
            moment_in(date.to_datetime(said.time), &zone)
        }
        LogDay::Yearless { month, day } => this_or_last_year(month, day, said.time, zone, now),
    }
}

fn moment_in(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let zoned = local.to_zoned_datetime(zone.clone()).ok()?;
    Some(Timestamp::from_ms(zoned.timestamp().as_millisecond()))
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
    use jiff::tz::Offset;

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
