//! Moments on fieldpost's own clocks, in UTC. Nothing here reads a clock: only drivers do, and pass the time in.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A moment, in milliseconds since 1970 UTC. Written as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// Text that isn't a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a time: use RFC 3339, as in 2026-11-24T20:26:16Z")]
pub struct TimeError {
    given: String,
}

/// The last moment that can be written, 30 Dec 9999.
const LATEST_MS: i64 = 253_402_207_200_000;

impl Timestamp {
    /// A moment by its milliseconds since 1970; what lies outside the years 0 to 9999 is moved to the nearest that can be written.
    pub const fn from_ms(ms: i64) -> Self {
        if ms > LATEST_MS {
            Self(LATEST_MS)
        } else if ms < -LATEST_MS / 5 {
            Self(-LATEST_MS / 5)
        } else {
            Self(ms)
        }
    }

    /// The last moment that can be written: no clock that works ever shows it.
    pub const LATEST: Self = Self(LATEST_MS);

    /// Milliseconds since 1970.
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// How long before `now` this was; zero if it lies ahead.
    pub fn age(self, now: Self) -> Duration {
        Duration::from_millis(u64::try_from(now.0.saturating_sub(self.0)).unwrap_or(0))
    }

    /// Whether so long has gone by since this. A moment that lies farther ahead than that was written by a clock that was wrong: nobody
    /// waits until it comes.
    pub fn has_passed(self, wait: Duration, now: Self) -> bool {
        self.age(now) >= wait || self > now.plus(wait)
    }

    /// The moment `later` after this one.
    #[must_use]
    pub fn plus(self, later: Duration) -> Self {
        Self::from_ms(self.0.saturating_add(i64::try_from(later.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// A moment to the minute, as mails and lists want it: `2026-11-25 10:02 UTC`.
pub fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    match (text.get(..10), text.get(11..16)) {
        (Some(date), Some(time)) => format!("{date} {time} UTC"),
        _ => text,
    }
}

/// Text that isn't a length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a length of time: write it as in 30s, 10m, 1h30m or 7d")]
pub struct DurationError {
    given: String,
}

/// Reads a length of time as people write it: `30s`, `10m`, `1h 30m`, `7d`; a day has 24 hours.
pub fn duration(text: &str) -> Result<Duration, DurationError> {
    let wrong = || DurationError { given: text.chars().take(80).collect() };
    let span: jiff::Span = text.trim().parse().map_err(|_| wrong())?;
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    let lasted = span.to_duration(days).map_err(|_| wrong())?;
    Duration::try_from(lasted).map_err(|_| wrong())
}

/// For `#[serde(deserialize_with)]`: a length of time out of a config file.
pub fn deserialize_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    duration(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// The same, for one that may be left out.
pub fn deserialize_some_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    deserialize_duration(deserializer).map(Some)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = jiff::Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        f.pad(&text.to_string())
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        text.parse::<jiff::Timestamp>()
            .map(|time| Self::from_ms(time.as_millisecond()))
            .map_err(|_| TimeError { given: text.chars().take(80).collect() })
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_rfc_3339_and_read_back() {
        let time = Timestamp::from_ms(1_795_551_976_123);
        assert_eq!(time.to_string(), "2026-11-24T20:26:16.123Z");
        assert_eq!(time.to_string().parse(), Ok(time));
        assert!("yesterday".parse::<Timestamp>().is_err());
    }

    #[test]
    fn a_moment_that_lies_farther_ahead_than_the_wait_keeps_nobody_waiting() {
        let (at, hour) = (|hours: i64| Timestamp::from_ms(hours * 3_600_000), Duration::from_hours(1));
        assert!(!at(10).has_passed(hour, at(10)) && at(10).has_passed(hour, at(11)));
        assert!(!at(11).has_passed(hour, at(10)), "clocks are set by a little now and then");
        assert!(at(34).has_passed(hour, at(10)), "written a day ahead");
    }

    #[test]
    fn times_from_broken_clocks_can_still_be_written() {
        for ms in [i64::MIN, i64::MAX, 0] {
            let time = Timestamp::from_ms(ms);
            assert_eq!(time.to_string().parse(), Ok(time));
        }
    }

    #[test]
    fn an_age_is_never_negative() {
        let (early, late) = (Timestamp::from_ms(1_000), Timestamp::from_ms(61_000));
        assert_eq!(early.age(late), Duration::from_mins(1));
        assert_eq!(late.age(early), Duration::ZERO);
    }
}
