//! When what waits becomes a mail: one window is the only throttle. Pure.

use fieldpost_common::time::Timestamp;
use std::time::Duration;

/// The longest window.
pub(super) const LONGEST: Duration = Duration::from_mins(30);

/// The mail before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Before {
    /// When it was made.
    pub(super) at: Timestamp,
    /// How long its rows were gathered.
    pub(super) window: Duration,
}

/// When the window closes that the oldest waiting row opened. It is twice as long as the one before while rows keep coming: when
/// this row came within the time of that window after its end. A row that lies ahead was written by a clock that was wrong, and has
/// waited long enough.
pub(super) fn closes(oldest: Timestamp, before: Option<Before>, first: Duration, now: Timestamp) -> Timestamp {
    if oldest > now {
        return now;
    }
    let before = before.filter(|before| before.at <= now);
    let longest = LONGEST.max(first);
    let window = match before {
        Some(before) if before.at.age(oldest) < before.window => before.window.max(first).saturating_mul(2).min(longest),
        _ => first,
    };
    oldest.plus(window)
}

/// How long a mail that was not taken waits for its next try: twice as long each time, up to half an hour.
pub(super) fn pause(first: Duration, tries: u32) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(tries.min(20))).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(30);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(seconds * 1000)
    }

    #[test]
    fn a_first_problem_is_told_after_the_first_window() {
        assert_eq!(closes(at(100), None, FIRST, at(100)), at(130));
    }

    #[test]
    fn the_window_doubles_up_to_half_an_hour_while_rows_keep_coming() {
        let (mut row, mut before, mut windows) = (at(0), None, Vec::new());
        for _ in 0..9 {
            let end = closes(row, before, FIRST, row);
            let window = row.age(end);
            windows.push(window.as_secs());
            before = Some(Before { at: end, window });
            row = end.plus(Duration::from_secs(1));
        }
        assert_eq!(windows, [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
    }

    #[test]
    fn after_a_quiet_time_as_long_as_the_window_it_is_short_again() {
        let before = Some(Before { at: at(0), window: Duration::from_mins(4) });
        assert_eq!(closes(at(239), before, FIRST, at(239)), at(239 + 480));
        assert_eq!(closes(at(240), before, FIRST, at(240)), at(270));
    }

    #[test]
    fn what_a_clock_wrote_that_was_ahead_holds_no_mail_back() {
        assert_eq!(closes(at(86_400), None, FIRST, at(100)), at(100));
        let ahead = Some(Before { at: at(86_400), window: LONGEST });
        assert_eq!(closes(at(90), ahead, FIRST, at(100)), at(120));
    }

    #[test]
    fn a_mail_that_is_refused_is_tried_less_and_less_often_and_for_ever() {
        let minutes: Vec<_> = (0..7).map(|tries| pause(Duration::from_mins(1), tries).as_secs() / 60).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(pause(FIRST, u32::MAX), LONGEST);
    }
}
