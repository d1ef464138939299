//! Counts failed attempts to get in, by address. Good tokens are never held up by it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures allowed in one window.
pub(crate) const ALLOWED: u32 = 10;
const WINDOW: Duration = Duration::from_mins(1);
/// More addresses than this are not remembered: the oldest windows are dropped, which only ever forgives.
const ADDRESSES: usize = 10_000;

#[derive(Default)]
pub(crate) struct Throttle {
    failures: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

impl Throttle {
    /// Notes a failure; whether the address has failed too often by now.
    pub(crate) fn failed(&self, address: IpAddr, now: Instant) -> bool {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= ADDRESSES {
            failures.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        if failures.len() >= ADDRESSES {
            failures.clear();
        }
        let entry = failures.entry(address).or_insert((now, 0));
        if now.duration_since(entry.0) >= WINDOW {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
        entry.1 > ALLOWED
    }

    /// Whether an address has failed too often already.
    pub(crate) fn is_held(&self, address: IpAddr, now: Instant) -> bool {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.get(&address).is_some_and(|(since, count)| *count >= ALLOWED && now.duration_since(*since) < WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_failure_in_a_minute_is_one_too_many_and_a_minute_later_all_is_forgiven() {
        let throttle = Throttle::default();
        let (address, start) = (IpAddr::from([10, 0, 0, 1]), crate::clock::instant());
        for _ in 0..10 {
            assert!(!throttle.failed(address, start));
        }
        assert!(throttle.is_held(address, start));
        assert!(throttle.failed(address, start));
        assert!(!throttle.is_held(IpAddr::from([10, 0, 0, 2]), start), "another address");
        assert!(!throttle.failed(address, start + WINDOW));
    }
}
