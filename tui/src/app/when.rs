//! Moments in words for people: how long ago, and by the clock on the wall.

pub(crate) use super::grid::explain::ago;
use fieldpost_common::time::Timestamp;
use jiff::tz::TimeZone;

/// Local date and time, `24 Nov 2026 21:04`.
pub(crate) fn local(at: Timestamp, zone: &TimeZone) -> String {
    written(at, zone, "%-d %b %Y %H:%M")
}

/// The same without the year, as a table wants it: `24 Nov 21:04`.
pub(crate) fn short(at: Timestamp, zone: &TimeZone) -> String {
    written(at, zone, "%e %b %H:%M")
}

fn written(at: Timestamp, zone: &TimeZone, format: &str) -> String {
    jiff::Timestamp::from_millisecond(at.as_ms())
        .map_or_else(|_| at.to_string(), |time| time.to_zoned_datetime(zone.clone()).strftime(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_by_the_clock_on_the_wall() {
        let at = crate::app::sample::now();
        let vienna = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(local(at, &vienna), "24 Nov 2026 21:00");
        assert_eq!(short(at, &TimeZone::UTC), "24 Nov 20:00");
    }
}
