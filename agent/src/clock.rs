//! The only place of the agent that reads clocks and rolls dice; everything else gets [`Now`] as an argument.

#![expect(clippy::disallowed_methods, reason = "this is where the clocks are read")]

use fieldpost_common::time::Timestamp;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// One look at the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The system's idea of the date; may jump.
    pub wall: Timestamp,
    /// Since the process began; never jumps.
    pub mono: Duration,
    /// A random number, for jitter.
    pub dice: u64,
}

/// The clocks of this process.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    began: Instant,
}

impl Clock {
    /// Starts the monotonic clock at zero.
    pub fn start() -> Self {
        Self { began: Instant::now() }
    }

    /// Looks at all clocks.
    pub fn now(&self) -> Now {
        Now { wall: wall(), mono: self.began.elapsed(), dice: u64::from_le_bytes(random()) }
    }
}

/// The date, as the system tells it.
pub fn wall() -> Timestamp {
    let ms = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    };
    Timestamp::from_ms(ms)
}

/// When this program was built.
pub fn built() -> Timestamp {
    let seconds: i64 = env!("FIELDPOST_BUILT").parse().unwrap_or(0);
    Timestamp::from_ms(seconds.saturating_mul(1000))
}

/// Random bytes from the system.
///
/// # Panics
/// When the system has no randomness to give: nothing safe can be done without.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap_or_else(|error| panic!("the system gives no random bytes: {error}"));
    bytes
}
