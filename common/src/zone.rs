//! How far a site's clocks are from UTC: what makes a moment of a time that says no zone.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// No more changes are looked at, and none are sent: those of ten years, four in each, and some.
const MOST: usize = 64;
/// So far back a site tells when its clocks were changed.
const YEARS: i64 = 10;
/// A year, and a bit.
const YEAR_MS: i64 = 366 * 86_400_000;

/// A site's distance from UTC, now and since when in the years before: oldest first.
///
/// The changes themselves, and not the zone's name: who reads it needs no list of all zones, and has the site's own rules.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(Vec<Distance>);

/// How far from UTC a site's clocks were from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Distance {
    since: Timestamp,
    /// In seconds, east of UTC.
    seconds: i32,
}

impl Zone {
    /// What a zone's rules say for the years up to now. Of a zone that the system couldn't find they say nothing, though it behaves like UTC.
    pub fn of(zone: &TimeZone, now: Timestamp) -> Self {
        if zone.is_unknown() {
            return Self::default();
        }
        let since = Timestamp::from_ms(now.as_ms() - YEARS * YEAR_MS);
        let (Some(start), Some(end)) = (moment(since), moment(now)) else { return Self::default() };
        let changes = zone.preceding(end).take_while(|change| change.timestamp() > start).take(MOST - 1);
        let mut distances: Vec<Distance> = changes
            .map(|change| Distance {
                since: Timestamp::from_ms(change.timestamp().as_millisecond()),
                seconds: change.offset().seconds(),
            })
            .collect();
        let first = distances.last().map_or(start, |oldest| moment(oldest.since).map_or(start, |at| before(at).unwrap_or(start)));
        distances.push(Distance { since, seconds: zone.to_offset(first).seconds() });
        distances.reverse();
        Self(distances)
    }

    /// The moment of a local time; none if nothing is known of the zone.
    pub fn moment(&self, local: DateTime) -> Option<Timestamp> {
        let local = utc(local)?;
        let mut earliest = None;
        for distance in self.0.iter().rev().take(MOST) {
            let at = Timestamp::from_ms(local.as_ms() - i64::from(distance.seconds) * 1000);
            if at >= distance.since {
                return Some(at);
            }
            earliest = Some(at);
        }
        // What is older than all that the site tells.
        earliest
    }
}

/// The moment of a local time that is so many seconds from UTC.
pub fn moment_at(local: DateTime, seconds: i32) -> Option<Timestamp> {
    Some(Timestamp::from_ms(utc(local)?.as_ms() - i64::from(seconds) * 1000))
}

fn utc(local: DateTime) -> Option<Timestamp> {
    let zoned = local.to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(Timestamp::from_ms(zoned.timestamp().as_millisecond()))
}

fn moment(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(at.as_ms()).ok()
}

fn before(at: jiff::Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(at.as_millisecond() - 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn local(text: &str) -> DateTime {
        text.parse().expect("a local time")
    }

    /// Central Europe, by its rules alone.
    fn europe() -> TimeZone {
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("rules")
    }

    #[test]
    fn a_local_time_is_a_moment_by_the_rules_of_its_season() {
        let zone = Zone::of(&europe(), at("2026-11-28T10:00:00Z"));
        for (text, expected) in [
            ("2026-11-28T10:00:00", "2026-11-28T09:00:00Z"),
            ("2026-07-01T10:00:00", "2026-07-01T08:00:00Z"),
            ("2024-02-13T18:42:18", "2024-02-13T17:42:18Z"),
            ("2024-07-13T18:42:18", "2024-07-13T16:42:18Z"),
        ] {
            assert_eq!(zone.moment(local(text)), Some(at(expected)), "{text}");
        }
    }

    #[test]
    fn a_zone_without_seasons_is_one_distance_and_an_unknown_one_tells_nothing() {
        let zone = Zone::of(&TimeZone::fixed(jiff::tz::offset(-5)), at("2026-11-28T10:00:00Z"));
        assert_eq!(zone.0.len(), 1);
        assert_eq!(zone.moment(local("1999-01-01T00:00:00")), Some(at("1999-01-01T05:00:00Z")));
        let unknown = Zone::of(&TimeZone::unknown(), at("2026-11-28T10:00:00Z"));
        assert_eq!(unknown.moment(local("1999-01-01T00:00:00")), None);
        assert_ne!(Zone::of(&TimeZone::UTC, at("2026-11-28T10:00:00Z")), unknown, "UTC is known");
    }

    #[test]
    fn a_zone_is_small_on_the_wire_and_comes_back() {
        let zone = Zone::of(&europe(), at("2026-11-28T10:00:00Z"));
        let json = serde_json::to_string(&zone).expect("json");
        assert!(json.len() < 1_500, "{json}");
        assert_eq!(serde_json::from_str::<Zone>(&json).expect("zone"), zone);
    }

    proptest! {
        #[test]
        fn a_moment_of_the_last_years_comes_back_but_for_the_hour_that_is_twice(ms in 1_480_000_000_000_i64..1_795_000_000_000) {
            let (rules, now) = (europe(), at("2026-11-28T10:00:00Z"));
            let shown = moment(Timestamp::from_ms(ms)).expect("a moment").to_zoned_datetime(rules.clone()).datetime();
            let found = Zone::of(&rules, now).moment(shown).expect("a moment").as_ms();
            prop_assert!(found == ms || found == ms + 3_600_000, "{shown}");
        }

        #[test]
        fn distances_from_anywhere_never_panic(seconds: i32, since: i64, year in -9_999_i16..=9_999) {
            let zone = Zone(vec![Distance { since: Timestamp::from_ms(since), seconds }]);
            let local = jiff::civil::date(year, 1, 1).at(0, 0, 0, 0);
            prop_assert!(zone.moment(local).is_some() || !(0..=9_999).contains(&year));
        }
    }
}
