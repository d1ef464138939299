//! What a site's polls say of its trust: which version of the document it holds, which forms it reads, and for how long it has been behind.

use fieldpost_common::time::Timestamp;
use std::time::Duration;

/// What a poll says. None: it doesn't say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Holds {
    /// The version of the trust document; 0: it holds none.
    pub(crate) trust: Option<u64>,
    /// The highest format of signed statements that it reads.
    pub(crate) format: Option<u32>,
}

/// For how long a site that polls may hold an older version than the server. The next poll after a change brings the new one.
const WITHIN: Duration = Duration::from_mins(5);

/// A site that holds an older version of the trust document than the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Behind {
    /// The version that it holds.
    pub(crate) held: u64,
    /// Since when it has polled so.
    pub(crate) since: Timestamp,
    /// Its newest poll.
    pub(crate) last: Timestamp,
}

impl Behind {
    /// Whether it has polled for too long without taking the newer version. While it is silent, nobody can say.
    pub(crate) fn is_stuck(&self) -> bool {
        self.since.age(self.last) > WITHIN
    }
}

/// What a poll makes of it. A site that was away for longer than `gap` gets what it missed with this poll's answer: it is counted anew.
pub(crate) fn followed(before: Option<Behind>, held: Option<u64>, own: u64, now: Timestamp, gap: Duration) -> Option<Behind> {
    // A poll that doesn't say it shows nothing.
    let Some(held) = held else { return before };
    if held >= own {
        return None;
    }
    let since = match before {
        Some(Behind { since, last, .. }) if since <= now && last.age(now) < gap => since,
        _ => now,
    };
    Some(Behind { held, since, last: now })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const MINUTE: i64 = 60_000;
    const GAP: Duration = Duration::from_mins(4);

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_ms(1_800_000_000_000 + minutes * MINUTE)
    }

    /// Polls at these minutes that show version 2, where the server has 3.
    fn polls(minutes: &[i64]) -> Option<Behind> {
        minutes.iter().fold(None, |behind, minute| followed(behind, Some(2), 3, at(*minute), GAP))
    }

    #[test]
    fn a_site_is_stuck_when_it_has_polled_for_more_than_five_minutes_without_following() {
        assert!(!polls(&[0, 1, 2, 3, 4, 5]).unwrap().is_stuck());
        let stuck = polls(&[0, 1, 2, 3, 4, 5, 6]).unwrap();
        assert!(stuck.is_stuck());
        assert_eq!((stuck.held, stuck.since, stuck.last), (2, at(0), at(6)));
        assert_eq!(followed(Some(stuck), Some(3), 3, at(7), GAP), None, "it has caught up");
        assert_eq!(followed(Some(stuck), Some(4), 3, at(7), GAP), None, "it is ahead of a server that was restored");
    }

    #[test]
    fn a_site_that_was_away_is_not_behind_in_the_moment_in_which_it_comes_back() {
        assert!(!polls(&[0, 1, 600]).unwrap().is_stuck());
        assert!(polls(&[0, 1, 600, 603, 606]).unwrap().is_stuck());
    }

    #[test]
    fn a_poll_that_does_not_say_what_is_held_changes_nothing() {
        let behind = polls(&[0, 1]);
        assert_eq!(followed(behind, None, 3, at(2), GAP), behind);
        assert_eq!(followed(None, None, 3, at(2), GAP), None);
    }

    #[test]
    fn a_clock_that_goes_back_counts_anew() {
        assert_eq!(followed(polls(&[10]), Some(2), 3, at(0), GAP).unwrap().since, at(0));
    }
}
