//! How long to wait, with jitter out of a die that the driver threw.

use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::SiteName;
use fieldpost_common::time::Timestamp;
use std::time::Duration;

/// The longest pause between two tries: after a long outage all sites are back within five minutes, spread over the second half of this.
pub(super) const LONGEST: Duration = Duration::from_mins(4);

/// The pause after so many failures in a row: doubles up to the longest, half of it by chance.
pub(super) fn pause(failures: u32, dice: u64, retry_after: Option<Duration>) -> Duration {
    let whole = Duration::from_secs(1 << failures.min(10)).min(LONGEST);
    let half = whole / 2;
    let pause = half + share(half, dice);
    // The server's own wish is a minimum; the chance on top keeps all sites from coming at once.
    retry_after.map_or(pause, |wish| pause.max(wish + share(wish / 10, dice)))
}

/// A share of `of` by chance.
pub(super) fn share(of: Duration, dice: u64) -> Duration {
    let ms = u64::try_from(of.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(dice % ms.saturating_add(1))
}

/// How long until the site's own moment in the interval, plus a little chance. A moment that is only just to come is passed over.
pub(super) fn until_phase(site: &SiteName, interval: Duration, now: Timestamp, dice: u64) -> Duration {
    let length = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX).max(1);
    let hash = ContentHash::of(site.as_str().as_bytes());
    let start = hash.as_bytes().iter().take(6).fold(0, |sum: i64, byte| sum * 256 + i64::from(*byte));
    let rest = (start - now.as_ms()).rem_euclid(length);
    let rest = if rest < length / 20 { rest + length } else { rest };
    Duration::from_millis(rest.unsigned_abs()) + share(interval / 20, dice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pause_grows_to_four_minutes_and_never_undercuts_the_servers_wish(
            failures in 1u32..1000, dice: u64, wish in 0u64..3600
        ) {
            let plain = pause(failures, dice, None);
            prop_assert!(plain >= Duration::from_secs(1) && plain <= Duration::from_mins(4));
            prop_assert!(pause(failures, dice, Some(Duration::from_secs(wish))) >= Duration::from_secs(wish));
        }

        #[test]
        fn after_an_outage_sites_come_back_spread_over_minutes_and_not_as_a_herd(seed in 0u64..1_000) {
            let back = |site: u64| pause(500, (site + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15), None).as_secs();
            let mut in_second = std::collections::BTreeMap::<u64, u32>::new();
            (0..12_000).for_each(|site| *in_second.entry(back(site)).or_default() += 1);
            prop_assert!(in_second.values().all(|sites| *sites < 300), "12,000 sites, 100 a second on average: {in_second:?}");
        }

        #[test]
        fn a_site_polls_at_its_own_moment_of_the_minute(now in 0i64..10_000_000_000_000, dice: u64) {
            let minute = Duration::from_mins(1);
            let site: SiteName = "acme".parse().expect("site");
            let wait = until_phase(&site, minute, Timestamp::from_ms(now), dice);
            prop_assert!(wait >= minute / 20 && wait <= minute + minute / 10);
            let exact = until_phase(&site, minute, Timestamp::from_ms(now), 0);
            let moment = |ms: i64, wait: Duration| (ms + i64::try_from(wait.as_millis()).expect("short")).rem_euclid(60_000);
            prop_assert_eq!(moment(now, exact), moment(0, until_phase(&site, minute, Timestamp::from_ms(0), 0)));
        }
    }
}
