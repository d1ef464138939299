//! When a report was written, as it says itself: a local time, seldom with a zone, and sometimes with a day that can be read two ways.
//!
//! Which moment that is, is decided in `dating`, where the file's time and the other reports of the file are known.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};

use super::lines::Lines;
use crate::log_time::{LogDay, log_time};
use crate::stamp::{Slashes, find_date};

/// A time is looked for in so much of a line.
const REACH: usize = 300;
/// What stands before the time of a log line: a level, the name of a thread or a host. More words are a sentence that holds a time.
const WORDS_BEFORE: usize = 2;
/// How Java's own logging begins the line of a message.
const JAVA_LEVELS: [&str; 7] = ["SEVERE: ", "WARNING: ", "INFO: ", "CONFIG: ", "FINE: ", "FINER: ", "FINEST: "];

/// When a report was written, as it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    day: Day,
    time: Time,
    /// Seconds east of UTC, if the report says so.
    offset: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    Sure(Date),
    /// `11/7/2019`: by itself nobody knows which of them is the month.
    Slashed {
        year: i16,
        numbers: (i8, i8),
    },
    Yearless {
        month: i8,
        day: i8,
    },
}

/// How a file's dates with slashes are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

impl Written {
    /// The date in a text, with the time behind it or before it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = &text.as_bytes()[..text.len().min(REACH)];
        let spot = find_date(text, Slashes::Unsure)?;
        let day = slashed(spot.of(text), spot.when.date()).unwrap_or(Day::Sure(spot.when.date()));
        let time = match spot.when.time() {
            Some(time) => halved(time, text.get(spot.end..).unwrap_or_default()),
            None => clock_before(&text[..spot.start])?,
        };
        Some(Self { day, time, offset: spot.when.offset().map(|minutes| i32::from(minutes) * 60) })
    }

    /// The time of the log line that a report begins on, else that of the line directly before. Java's own logging takes two lines for a
    /// message (`java.util.logging.SimpleFormatter`): of what begins with a level the line above says when.
    pub(super) fn of_log(first: Lines<'_>, before: [Option<Lines<'_>>; 2], class: Option<&str>) -> Option<Self> {
        let text = first.text();
        // What a message says of times is about something else.
        let lead = class.filter(|class| !class.is_empty()).and_then(|class| text.find(class)).map_or(&*text, |at| &text[..at]);
        let [before, above] = before.map(|line| line.map(Lines::text));
        let message = before.as_deref().is_some_and(|line| JAVA_LEVELS.iter().any(|level| line.starts_with(level)));
        let above = above.as_deref().filter(|_| message);
        [Some(lead), before.as_deref(), above].into_iter().flatten().find_map(Self::of_line)
    }

    /// The time of a log line.
    pub(super) fn of_line(line: &str) -> Option<Self> {
        let bytes = &line.as_bytes()[..line.len().min(REACH)];
        if let Some(found) = log_time(bytes) {
            let day = match found.day {
                LogDay::Dated(date) => Day::Sure(date),
                LogDay::Yearless { month, day } => Day::Yearless { month, day },
            };
            let written = Self { day, time: found.time, offset: found.offset.map(jiff::tz::Offset::seconds) };
            return leads(&bytes[..found.start]).then_some(written);
        }
        // `02.01.2026 11:00:00 ERROR`, `[1/2/2026 11:00:00 AM] ERROR`
        let spot = find_date(bytes, Slashes::Unsure)?;
        (spot.start <= 1 && spot.when.time().is_some()).then(|| Self::read(line)).flatten()
    }

    /// The local time, where dates with slashes are meant so; `year` is that of dates without one.
    pub(super) fn local(&self, order: Order, year: i16) -> Option<DateTime> {
        let date = match (self.day, order) {
            (Day::Sure(date), _) => Ok(date),
            (Day::Slashed { year, numbers: (day, month) }, Order::DayFirst)
            | (Day::Slashed { year, numbers: (month, day) }, Order::MonthFirst) => Date::new(year, month, day),
            (Day::Yearless { month, day }, _) => Date::new(year, month, day),
        };
        Some(date.ok()?.to_datetime(self.time))
    }

    /// Seconds east of UTC, if the report says so.
    pub(super) fn offset(&self) -> Option<i32> {
        self.offset
    }

    pub(super) fn is_slashed(&self) -> bool {
        matches!(self.day, Day::Slashed { .. })
    }

    pub(super) fn is_yearless(&self) -> bool {
        matches!(self.day, Day::Yearless { .. })
    }
}

/// `2024-02-13T18:42:18`, `11/7/2019 15:32:08`, `03-19 16:00:15`, with the zone behind it if there is one.
impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.time;
        match self.day {
            Day::Sure(date) => write!(f, "{date}T{time}")?,
            Day::Slashed { year, numbers: (first, second) } => write!(f, "{first}/{second}/{year} {time}")?,
            Day::Yearless { month, day } => write!(f, "{month:02}-{day:02} {time}")?,
        }
        match self.offset.and_then(|seconds| jiff::tz::Offset::from_seconds(seconds).ok()) {
            Some(offset) => write!(f, "{offset}"),
            None => Ok(()),
        }
    }
}

/// Two small numbers and a year, between slashes or dashes.
fn slashed(spot: &[u8], date: Date) -> Option<Day> {
    let (first, rest) = small(spot)?;
    let (separator, rest) = rest.split_first().filter(|(b, _)| matches!(b, b'/' | b'-'))?;
    let (second, rest) = small(rest)?;
    // `5/5/2019` is one day, whatever is meant.
    let is_one = rest.first() == Some(separator) && first != second;
    is_one.then_some(Day::Slashed { year: date.year(), numbers: (first, second) })
}

/// A number of one or two digits, and what follows it.
fn small(text: &[u8]) -> Option<(i8, &[u8])> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, rest) = text.split_at(digits);
    let number = std::str::from_utf8(number).ok().filter(|_| (1..=2).contains(&digits))?;
    Some((number.parse().ok()?, rest))
}

/// `3:32:08 PM on `, `18:50:29 p. m., `, `00:20:02, martes, `: the time that stands before a date.
fn clock_before(text: &[u8]) -> Option<Time> {
    let start = text.iter().position(u8::is_ascii_digit)?;
    let (hour, rest) = small(&text[start..])?;
    let (minute, rest) = small(rest.strip_prefix(b":")?)?;
    let (second, rest) = match rest.strip_prefix(b":") {
        Some(rest) => small(rest)?,
        None => (0, rest),
    };
    let time = Time::new(hour, minute, second, 0).ok()?;
    // `3:32:08 du.`: which half of the day another language means is not known here, and a time that may be it isn't one.
    let follows = |known: &[u8]| blanks(rest).starts_with(known);
    let plain = blanks(rest).is_empty() || follows(b",") || follows(b"on ") || half(rest).is_some();
    (plain || hour > 12).then(|| halved(time, rest))
}

/// The time in the half of the day that follows it, if one does.
fn halved(time: Time, rest: &[u8]) -> Time {
    let hour = match (half(rest), time.hour()) {
        (Some(Half::Morning), 12) => 0,
        (Some(Half::Afternoon), hour @ 0..=11) => hour + 12,
        (_, hour) => hour,
    };
    Time::new(hour, time.minute(), time.second(), time.subsec_nanosecond()).unwrap_or(time)
}

enum Half {
    Morning,
    Afternoon,
}

/// `PM`, `p. m.`, `a.m.`: as English and Spanish write it.
fn half(rest: &[u8]) -> Option<Half> {
    let (first, rest) = blanks(rest).split_first()?;
    let rest = blanks(rest.strip_prefix(b".").unwrap_or(rest));
    let (second, rest) = rest.split_first()?;
    let ends = second.eq_ignore_ascii_case(&b'm') && !rest.first().is_some_and(u8::is_ascii_alphanumeric);
    match first.to_ascii_lowercase() {
        b'a' if ends => Some(Half::Morning),
        b'p' if ends => Some(Half::Afternoon),
        _ => None,
    }
}

/// What follows blanks, those among them that don't break a line.
fn blanks(mut text: &[u8]) -> &[u8] {
    loop {
        let known = [&b" "[..], b"\t", b"\xC2\xA0", b"\xE2\x80\xAF"];
        match known.iter().find_map(|blank| text.strip_prefix(*blank)) {
            Some(rest) => text = rest,
            None => return text,
        }
    }
}

/// Whether what stands before the time of a log line lets it be the line's own.
fn leads(before: &[u8]) -> bool {
    let is_object = before.first() == Some(&b'{');
    let words = before.split(u8::is_ascii_whitespace).filter(|word| word.iter().any(u8::is_ascii_alphabetic));
    is_object || words.count() <= WORDS_BEFORE
}
