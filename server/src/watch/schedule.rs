//! When each application's state is asked for: every so often, spread over the time, not all at once; by a clock that nobody can set.
//! Pure.

use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName};
use std::collections::HashMap;
use std::time::Duration;

/// When each state is next due.
#[derive(Debug)]
pub(super) struct Schedule {
    every: Duration,
    due: HashMap<(SiteName, AppName), Duration>,
}

impl Schedule {
    pub(super) fn new(every: Duration) -> Self {
        Self { every: every.max(Duration::from_millis(1)), due: HashMap::new() }
    }

    /// What is due now, so long after the server's start. A site that is new is asked at once, and then at a moment of the period that is its own.
    pub(super) fn due(&mut self, places: &[(SiteName, AppName)], now: Duration) -> Vec<(SiteName, AppName)> {
        let mut due = Vec::new();
        self.due.retain(|place, _| places.contains(place));
        for place in places {
            if self.due.get(place).is_none_or(|at| *at <= now) {
                self.due.insert(place.clone(), self.next(place, now));
                due.push(place.clone());
            }
        }
        due
    }

    /// The place's own moment of the period, after now.
    fn next(&self, (site, app): &(SiteName, AppName), now: Duration) -> Duration {
        let hash = ContentHash::of(format!("{site} {app}").as_bytes());
        let seed = hash.as_bytes()[..6].iter().fold(0_u64, |seed, byte| seed << 8 | u64::from(*byte));
        let every = u64::try_from(self.every.as_millis()).unwrap_or(u64::MAX);
        let (phase, now) = (seed % every, u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
        let begun = now.saturating_add(every).saturating_sub(phase) / every;
        Duration::from_millis(begun.saturating_mul(every).saturating_add(phase))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(count: usize) -> Vec<(SiteName, AppName)> {
        let site = |n: usize| format!("site-{n}").parse().expect("site");
        (0..count).map(|n| (site(n), "trading".parse().expect("application"))).collect()
    }

    #[test]
    fn after_the_first_time_each_is_asked_once_in_a_period_and_never_many_at_once() {
        let places = places(300);
        let mut schedule = Schedule::new(Duration::from_mins(10));
        assert_eq!(schedule.due(&places, Duration::ZERO).len(), 300);
        let mut asked = HashMap::new();
        for second in 1..=1200 {
            let due = schedule.due(&places, Duration::from_secs(second));
            assert!(due.len() < 12, "{} in one second", due.len());
            for place in due {
                *asked.entry(place).or_insert(0) += 1;
            }
        }
        assert!(asked.len() == 300 && asked.values().all(|times| *times == 2));
    }

    #[test]
    fn a_look_that_comes_late_asks_once_and_not_for_all_that_it_missed() {
        let places = places(1);
        let mut schedule = Schedule::new(Duration::from_mins(10));
        schedule.due(&places, Duration::ZERO);
        assert_eq!(schedule.due(&places, Duration::from_hours(5)).len(), 1);
        assert_eq!(schedule.due(&places, Duration::from_hours(5) + Duration::from_millis(1)).len(), 0);
    }

    #[test]
    fn a_place_that_is_gone_and_comes_back_is_asked_at_once() {
        let both = places(2);
        let mut schedule = Schedule::new(Duration::from_mins(10));
        schedule.due(&both, Duration::ZERO);
        schedule.due(&both[..1], Duration::from_millis(1));
        assert_eq!(schedule.due(&both, Duration::from_millis(2)), both[1..]);
    }
}
