//! Settles whether a file's doubtful dates have the month or the day first; what can't be settled stays ambiguous.
//!
//! In this order: another date in the file with a part over 12, the header of the file, the application's setting.

use memchr::memchr2_iter;

use super::dates::Slashes;
use super::{DateOrder, Hints, Source, When};

/// How `doubt`, which can be read two ways, is to be read; none when nothing tells.
pub(super) fn settle(source: &Source, doubt: [When; 2], header: Option<When>, hints: &Hints) -> Option<Slashes> {
    let stated = hints.date_order.map(|order| match order {
        DateOrder::MonthFirst => Slashes::MonthFirst,
        DateOrder::DayFirst => Slashes::DayFirst,
    });
    elsewhere(source.bytes).or_else(|| by_header(doubt, header?)).or(stated)
}

/// What the dates in the file that can only be read one way have in common.
fn elsewhere(content: &[u8]) -> Option<Slashes> {
    let (mut month_first, mut day_first) = (false, false);
    for at in memchr2_iter(b'/', b'-', content) {
        match parts(content, at) {
            Some((13..=31, 1..=12)) => day_first = true,
            Some((1..=12, 13..=31)) => month_first = true,
            _ => {}
        }
    }
    match (month_first, day_first) {
        (true, false) => Some(Slashes::MonthFirst),
        (false, true) => Some(Slashes::DayFirst),
        _ => None,
    }
}

/// The first two numbers of `20/4/2011`, whose first separator stands at `at`.
fn parts(content: &[u8], at: usize) -> Option<(u8, u8)> {
    let digit = |at: usize| content.get(at).is_some_and(u8::is_ascii_digit);
    // Most slashes and dashes divide something else.
    (digit(at.wrapping_sub(1)) && digit(at + 1)).then_some(())?;
    let separator = content[at];
    let before = &content[at.saturating_sub(3)..at];
    let digits = before.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let outside = before.len().checked_sub(digits + 1).and_then(|at| before.get(at));
    let alone = outside.is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'/' | b'-' | b'.'));
    let after = &content[at + 1..content.len().min(at + 9)];
    let second = after.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = after.get(second..)?;
    let year = rest.get(1..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count();
    let shaped = alone
        && (1..=2).contains(&digits)
        && (1..=2).contains(&second)
        && rest.first() == Some(&separator)
        && (year == 4 || year == 2 && (separator == b'/' || matches!(rest.get(1), Some(b'7'..=b'9'))));
    let number = |digits: &[u8]| digits.iter().fold(0, |n, b| n * 10 + (b - b'0'));
    shaped.then(|| (number(&before[before.len() - digits..]), number(&after[..second])))
}

/// The reading that falls on the day of the header, or the only one that doesn't come after it.
fn by_header([month_first, day_first]: [When; 2], header: When) -> Option<Slashes> {
    let day = header.date();
    let (month_fits, day_fits) = if month_first.date() == day || day_first.date() == day {
        (month_first.date() == day, day_first.date() == day)
    } else {
        (month_first.date() <= day, day_first.date() <= day)
    };
    match (month_fits, day_fits) {
        (true, false) => Some(Slashes::MonthFirst),
        (false, true) => Some(Slashes::DayFirst),
        _ => None,
    }
}
