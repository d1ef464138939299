//! The only place of the app that reads clocks; everything else gets the time as an argument.

#![expect(clippy::disallowed_methods, reason = "this is where clocks are read")]

use fieldpost_common::time::Timestamp;
use jiff::tz::TimeZone;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The date, as the system tells it.
pub fn now() -> Timestamp {
    let ms = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    };
    Timestamp::from_ms(ms)
}

/// Where the clock on the wall is; UTC where the system doesn't say.
pub fn zone() -> TimeZone {
    TimeZone::system()
}

/// How long something has taken, by a clock that never jumps.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts at zero.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// What is left of a limit; zero when it is over.
    pub fn left_of(&self, limit: Duration) -> Duration {
        limit.saturating_sub(self.elapsed())
    }
}

/// A moment after which work settles for less.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// So long from now.
    pub fn within(limit: Duration) -> Self {
        Self(Instant::now() + limit)
    }

    /// The moment itself.
    pub fn instant(self) -> Instant {
        self.0
    }

    /// Whether it has passed.
    pub fn is_over(self) -> bool {
        Instant::now() >= self.0
    }
}
