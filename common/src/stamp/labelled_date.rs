//! Dates in forms that only a label before them shows to be dates: behind a weekday or a time, `15.08.16`, `20160815`.

use jiff::civil::Date;

use super::cursor::Cursor;
use super::dates::{Slashes, Spot, at, leading};
use super::month::is_weekday;
use super::{Precision, When};

/// As [`leading`], where a label says that it is a date: a weekday may stand before it, or the time of day.
pub(super) fn labelled(text: &[u8], slashes: Slashes) -> Option<Spot> {
    leading(text, slashes)
        .or_else(|| at(text, after_weekday(text)?, slashes))
        .or_else(|| time_first(text, slashes))
        .or_else(|| short_dotted(text, slashes))
        .or_else(|| compact(text))
}

/// Where the text goes on after `Mon`, `Monday,` or `Mon.`
fn after_weekday(text: &[u8]) -> Option<usize> {
    let mut cursor = Cursor { text, at: 0 };
    let _ = cursor.blanks();
    is_weekday(cursor.run(|b| b.is_ascii_alphabetic() || b >= 0x80)).then_some(())?;
    cursor.eat(b",.");
    cursor.blanks()?;
    Some(cursor.at)
}

/// `20.09.99`, which without a label may as well be a version. The year may stand first; where both can be, only a known
/// order tells.
fn short_dotted(text: &[u8], slashes: Slashes) -> Option<Spot> {
    let start = text.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let date = text.get(start..start + 8)?;
    let shaped = date.iter().enumerate().all(|(at, b)| if at % 3 == 2 { *b == b'.' } else { b.is_ascii_digit() });
    let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let goes_on = digit(start + 8) || text.get(start + 8) == Some(&b'.') && digit(start + 9);
    let read = |year: &[u8], day: &[u8]| {
        let century: &[u8] = if year[0] >= b'7' { b"19" } else { b"20" };
        leading(&[century, year, b"-", &date[3..5], b"-", day].concat(), Slashes::Unsure)
    };
    (shaped && !goes_on).then_some(())?;
    let (year_last, year_first) = (read(&date[6..], &date[..2]), read(&date[..2], &date[6..]));
    let spot = match (year_last, year_first) {
        (Some(last), Some(first)) if slashes != Slashes::DayFirst && last.when != first.when => {
            Spot { other: Some(last.when), ..first }
        }
        (last, first) => last.or(first)?,
    };
    Some(Spot { start, end: start + 8, ..spot })
}

/// `8:52:23 am April 10, 2007`
fn time_first(text: &[u8], slashes: Slashes) -> Option<Spot> {
    let mut cursor = Cursor { text, at: 0 };
    let _ = cursor.blanks();
    let start = cursor.at;
    let (time, precision) = cursor.time()?;
    cursor.eat(b",");
    cursor.blanks()?;
    let (date, other) = cursor.date(slashes)?;
    let when = |date| When::new(date, Some(time), None);
    Some(Spot { start, end: cursor.at, when: when(date), precision, other: other.map(when) })
}

/// `20240419`, all that stands there.
fn compact(text: &[u8]) -> Option<Spot> {
    let start = text.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let date = text.get(start..start + 8).filter(|date| date.iter().all(u8::is_ascii_digit))?;
    let alone = text.get(start + 8).is_none_or(|b| !b.is_ascii_alphanumeric());
    let spot = leading(&[&date[..4], b"-", &date[4..6], b"-", &date[6..]].concat(), Slashes::Unsure).filter(|_| alone)?;
    Some(Spot { start, end: start + 8, ..spot })
}

/// `14jun95`, as lists of changes have it with commas around.
pub(super) fn packed(text: &[u8]) -> Option<Spot> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let letters = text[digits..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let spaced = [&text[..digits], b"-", &text[digits..digits + letters], b"-", &text[digits + letters..]].concat();
    let spot = leading(&spaced, Slashes::Unsure).filter(|spot| letters == 3 && spot.end == spaced.len())?;
    Some(Spot { start: 0, end: text.len(), ..spot })
}

/// `2007/275`, which counts the days of a year; only where a label says that it is a date.
pub(super) fn day_of_year(text: &[u8]) -> Option<Spot> {
    let (year, day) = text.split_at_checked(5)?;
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<i16>().ok();
    let digits = day.len() == 3 && day.iter().all(u8::is_ascii_digit);
    let (year, day) = (number(year.strip_suffix(b"/")?)?, number(day).filter(|_| digits)?);
    let date = Date::new(year, 1, 1).ok()?.checked_add(jiff::Span::new().days(day - 1)).ok()?;
    let valid = year >= 1900 && day > 0 && date.year() == year;
    let when = When::new(date, None, None);
    valid.then_some(Spot { start: 0, end: text.len(), when, precision: Precision::Day, other: None })
}
