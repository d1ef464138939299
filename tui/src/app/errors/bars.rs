//! How often something happened, week by week, as a row of bars. Pure.

use fieldpost_common::api::Week;
use fieldpost_common::error_group::{week_of, week_start};
use fieldpost_common::time::Timestamp;

/// From few to many; a week without any is a dot.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const NONE: char = '·';

/// The last `weeks` weeks, this one at the right: how many in each.
pub(crate) fn counts(history: &[Week], weeks: usize, now: Timestamp) -> Vec<u64> {
    let this = week_of(now);
    let first = this - 7 * i64::try_from(weeks.saturating_sub(1)).unwrap_or(0);
    let of = |week: i64| history.iter().find(|one| one.week == week_start(week)).map_or(0, |one| one.count);
    (0..weeks).map(|place| of(first + 7 * i64::try_from(place).unwrap_or(0))).collect()
}

/// The same as a text, one character each: the tallest is the most that there were.
pub(crate) fn bars(history: &[Week], weeks: usize, now: Timestamp) -> String {
    let counts = counts(history, weeks, now);
    let most = counts.iter().copied().max().unwrap_or(0);
    counts.into_iter().map(|count| bar(count, most)).collect()
}

fn bar(count: u64, most: u64) -> char {
    if count == 0 {
        return NONE;
    }
    // The lowest bar is for whatever isn't nothing, the tallest for the most alone.
    let step = (u128::from(count) * BARS.len() as u128).div_ceil(u128::from(most)) - 1;
    BARS[usize::try_from(step).unwrap_or(0).min(BARS.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::sample;
    use proptest::prelude::*;

    fn weeks(counts: &[u64]) -> Vec<Week> {
        let this = week_of(sample::now());
        let at = |ago: usize| week_start(this - 7 * i64::try_from(ago).expect("few"));
        counts.iter().rev().enumerate().filter(|(_, count)| **count > 0).map(|(ago, count)| Week { week: at(ago), count: *count }).collect()
    }

    #[test]
    fn the_bars_end_this_week_and_weeks_without_any_are_dots() {
        assert_eq!(bars(&weeks(&[80, 40, 20, 10, 1]), 6, sample::now()), "·█▄▂▁▁");
        assert_eq!(bars(&weeks(&[5, 0, 0]), 3, sample::now()), "█··");
        assert_eq!(bars(&[], 4, sample::now()), "····");
    }

    proptest! {
        #[test]
        fn a_taller_bar_is_never_fewer(counts in prop::collection::vec(0_u64..=u64::MAX, 1..20)) {
            let bars: Vec<char> = bars(&weeks(&counts), counts.len(), sample::now()).chars().collect();
            for (left, right) in bars.windows(2).map(|pair| (pair[0], pair[1])).zip(counts.windows(2)) .map(|(bars, counts)| ((bars.0, counts[0]), (bars.1, counts[1]))) {
                let height = |bar: char| BARS.iter().position(|one| *one == bar).map_or(0, |step| step + 1);
                prop_assert!(height(left.0) <= height(right.0) || left.1 > right.1);
                prop_assert_eq!(height(left.0) == 0, left.1 == 0);
            }
        }
    }
}
