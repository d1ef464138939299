//! How far a site's clock is off, and from when on that matters.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// A clock that is off by so much is told: from here on times in logs and orders can't be compared.
pub const TOLERANCE: Duration = Duration::from_mins(2);

/// How far a clock is ahead of the server's, in milliseconds; below zero: behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClockError(i64);

impl ClockError {
    /// The difference between what a clock says and what the server's says at the same moment.
    pub fn between(clock: Timestamp, server: Timestamp) -> Self {
        Self(clock.as_ms().saturating_sub(server.as_ms()))
    }

    /// By the milliseconds that a clock is ahead.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// In milliseconds.
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// Whether it is so large that people have to hear of it.
    pub fn is_off(self) -> bool {
        self.size() >= TOLERANCE
    }

    /// What the server's clock says when this one says `clock`.
    pub fn correct(self, clock: Timestamp) -> Timestamp {
        Timestamp::from_ms(clock.as_ms().saturating_sub(self.0))
    }

    fn size(self) -> Duration {
        Duration::from_millis(self.0.unsigned_abs())
    }
}

impl fmt::Display for ClockError {
    /// `10 years ahead`, `20 minutes behind`. Coarse, so that a clock that drifts doesn't change its words all the time.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const YEAR: u64 = 31_557_600;
        let seconds = self.size().as_secs();
        let (number, unit) = match seconds {
            0..120 => (seconds, "second"),
            120..7_200 => (seconds / 60, "minute"),
            7_200..172_800 => (seconds / 3_600, "hour"),
            172_800..YEAR => (seconds / 86_400, "day"),
            // Years are of unequal length: a clock that is ten of them ahead may be a day short of it.
            _ => ((seconds + 172_800) / YEAR, "year"),
        };
        let plural = if number == 1 { "" } else { "s" };
        write!(f, "{number} {unit}{plural} {}", if self.0 < 0 { "behind" } else { "ahead" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_off_from_two_minutes_on_in_either_direction_and_says_so_in_words() {
        for (seconds, off, words) in [
            (119, false, "119 seconds ahead"),
            (120, true, "2 minutes ahead"),
            (-120, true, "2 minutes behind"),
            (3 * 3_600, true, "3 hours ahead"),
            (-5 * 86_400, true, "5 days behind"),
            (10 * 365 * 86_400 + 2 * 86_400, true, "10 years ahead"),
            (31_557_600, true, "1 year ahead"),
        ] {
            let error = ClockError::from_ms(seconds * 1_000);
            assert_eq!((error.is_off(), error.to_string().as_str()), (off, words));
        }
        assert!(ClockError::between(Timestamp::from_ms(i64::MIN), Timestamp::from_ms(i64::MAX)).is_off());
    }

    #[test]
    fn the_servers_time_is_the_own_one_without_its_error() {
        let (own, server) = (Timestamp::from_ms(500_000), Timestamp::from_ms(200_000));
        assert_eq!(ClockError::between(own, server).correct(own), server);
    }
}
