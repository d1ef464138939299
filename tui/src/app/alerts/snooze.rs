//! How long one may hear nothing of an incident: every choice has an end, by the clock on the wall. Pure.

use crate::app::when::short;
use fieldpost_common::time::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::ToSpan as _;
use std::time::Duration;

/// When people come to work.
const MORNING: i8 = 8;

/// The choices in words, each with its end.
pub(crate) fn choices(now: Timestamp, zone: &TimeZone) -> Vec<(String, Timestamp)> {
    let lengths = [("30 minutes", 30), ("1 hour", 60), ("4 hours", 240)];
    let mut choices: Vec<_> =
        lengths.into_iter().map(|(words, minutes)| (words, now.plus(Duration::from_mins(minutes)))).collect();
    choices.extend(mornings(now, zone));
    choices.push(("7 days", now.plus(Duration::from_hours(7 * 24))));
    let line = |(words, until): (&str, Timestamp)| (format!("{words:<14} until {}", short(until, zone).trim_start()), until);
    choices.into_iter().map(line).collect()
}

/// Tomorrow morning, and that of the next Monday where it is another.
fn mornings(now: Timestamp, zone: &TimeZone) -> Vec<(&'static str, Timestamp)> {
    let Ok(now) = jiff::Timestamp::from_millisecond(now.as_ms()) else { return Vec::new() };
    let today = now.to_zoned_datetime(zone.clone()).date();
    let morning = |days: i64| {
        let day = today.checked_add(days.days()).ok()?.at(MORNING, 0, 0, 0).to_zoned_datetime(zone.clone()).ok()?;
        Some(Timestamp::from_ms(day.timestamp().as_millisecond()))
    };
    let to_monday = (1..=7).find(|days| today.checked_add(days.days()).is_ok_and(|day| day.weekday() == Weekday::Monday));
    let tomorrow = morning(1).map(|until| ("tomorrow", until));
    let monday = to_monday.filter(|days| *days > 1).and_then(morning).map(|until| ("Monday", until));
    tomorrow.into_iter().chain(monday).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::sample;

    #[test]
    fn every_choice_ends_and_mornings_are_those_of_the_wall_clock() {
        let vienna = TimeZone::fixed(jiff::tz::offset(1));
        let words: Vec<_> = choices(sample::now(), &vienna).into_iter().map(|(words, _)| words).collect();
        let expected = [
            "30 minutes     until 24 Nov 21:30",
            "1 hour         until 24 Nov 22:00",
            "4 hours        until 25 Nov 01:00",
            "tomorrow       until 25 Nov 08:00",
            "Monday         until 30 Nov 08:00",
            "7 days         until 1 Dec 21:00",
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn on_a_sunday_tomorrow_is_monday_and_said_once() {
        let sunday = sample::now().plus(Duration::from_hours(5 * 24));
        let words: Vec<_> = choices(sunday, &TimeZone::UTC).into_iter().map(|(words, _)| words).collect();
        assert_eq!(words.iter().filter(|words| words.contains("30 Nov 08:00")).count(), 1, "{words:?}");
    }
}
