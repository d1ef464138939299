//! Since when silence counts: from the server's start, or from the last time that its clock jumped. Pure.

use fieldpost_common::time::Timestamp;
use std::time::Duration;

/// Two clocks that go apart by more than this have not just been read one after the other.
const TOLERANCE: Duration = Duration::from_secs(20);

/// Compares the wall clock with one that can't be set.
#[derive(Debug)]
pub(super) struct Jumps {
    since: Timestamp,
    since_mono: Duration,
    wall: Timestamp,
    mono: Duration,
}

impl Jumps {
    pub(super) fn begin(wall: Timestamp, mono: Duration) -> Self {
        Self { since: wall, since_mono: mono, wall, mono }
    }

    /// Looks at both clocks. A machine that slept has missed its sites as well: most clocks that can't be set stand still then.
    pub(super) fn look(&mut self, wall: Timestamp, mono: Duration) {
        let (went, lasted) = (wall.as_ms() - self.wall.as_ms(), mono.saturating_sub(self.mono));
        let apart = went.abs_diff(i64::try_from(lasted.as_millis()).unwrap_or(i64::MAX));
        if apart > u64::try_from(TOLERANCE.as_millis()).unwrap_or(u64::MAX) {
            (self.since, self.since_mono) = (wall, mono);
        }
        (self.wall, self.mono) = (wall, mono);
    }

    /// For how long the clock has gone evenly.
    pub(super) fn steady(&self, mono: Duration) -> Duration {
        mono.saturating_sub(self.since_mono)
    }

    pub(super) fn listening_since(&self) -> Timestamp {
        self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_either_way_or_a_machine_that_slept_begins_anew_and_a_slow_look_does_not() {
        let at = |ms: i64| Timestamp::from_ms(1_000_000_000 + ms);
        let mono = Duration::from_millis;
        let mut jumps = Jumps::begin(at(0), mono(0));
        jumps.look(at(90_000), mono(90_000));
        assert_eq!(jumps.listening_since(), at(0));
        jumps.look(at(86_400_000), mono(91_000));
        assert_eq!(jumps.listening_since(), at(86_400_000));
        jumps.look(at(5_000), mono(92_000));
        assert_eq!(jumps.listening_since(), at(5_000));
        assert_eq!(jumps.steady(mono(96_500)), mono(4_500));
        jumps.look(at(9_000), mono(96_500));
        assert_eq!(jumps.listening_since(), at(5_000));
    }
}
