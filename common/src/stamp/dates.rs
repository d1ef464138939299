//! Finds a date, maybe with a time and an offset, in bytes; what it dates is left to the readers of the formats.
//!
//! Forms: `2011-04-08 13:02:33`, RFC 3339, `2026/01/22`, `2019 Aug 18`, `17/Jun/2026, 1:03:33 pm (UTC)`, `6 March 2017 at 8:12:25 pm`,
//! `Wed, 4 Jun 2025 17:28:19 +0200`, `December 7, 2006 at 4:20:46 pm`, `Feb 21 14:15:37 2007`, `31.08.2013 23:19:10`,
//! and `4/20/2008 18:43`, where [`Slashes`] says what is meant.

use jiff::civil::{Date, Time};

use super::cursor::Cursor;
use super::month::{self, month};
use super::{Precision, When};

/// A date isn't looked for beyond this, so that a long line costs no more than a short one.
const MAX_SEARCH: usize = 4_000;

/// How to read `4/8/2011`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slashes {
    /// 8 April: Squeak and its kin print a fixed format whatever the locale.
    MonthFirst,
    /// 4 August, where something settled it.
    DayFirst,
    /// Nobody knows: a date that can be read two ways comes with both readings.
    Unsure,
}

/// A date in a text, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) when: When,
    pub(super) precision: Precision,
    /// The reading with the day first, when `when` is only that with the month first.
    pub(super) other: Option<When>,
}

impl Spot {
    /// The same in UTC, for writers that don't say so.
    pub(super) fn in_utc(mut self) -> Spot {
        self.when = self.when.in_utc();
        self
    }

    /// The stretch of a text that the date takes.
    pub(crate) fn of<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// The first date in the text. A number that only looks like part of one (`1998-2011`, `2007/275`) isn't.
pub(crate) fn find(text: &[u8], slashes: Slashes) -> Option<Spot> {
    let text = &text[..text.len().min(MAX_SEARCH)];
    (0..text.len()).find_map(|start| {
        let before = start.checked_sub(1).map_or(b' ', |before| text[before]);
        let inside = matches!(before, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.');
        // Other bytes may be punctuation, which a number follows, or letters, which letters follow.
        let starts = !inside && (text[start].is_ascii_digit() || text[start].is_ascii_alphabetic() && before < 0x80);
        starts.then(|| at(text, start, slashes)).flatten()
    })
}

/// The date that the text begins with, after blanks.
pub(super) fn leading(text: &[u8], slashes: Slashes) -> Option<Spot> {
    let blanks = text.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    at(text, blanks, slashes)
}

/// The date that begins at a place.
pub(super) fn at(text: &[u8], start: usize, slashes: Slashes) -> Option<Spot> {
    let mut cursor = Cursor { text, at: start };
    if cursor.peek()?.is_ascii_alphabetic() {
        // Most words are no months.
        let _ = Cursor { text, at: start }.month()?;
    }
    if let Some((date, time, precision)) = cursor.attempt(Cursor::ctime) {
        let offset = cursor.attempt(Cursor::offset);
        return Some(Spot { start, end: cursor.at, when: When::new(date, Some(time), offset), precision, other: None });
    }
    let (date, other) = cursor.date(slashes)?;
    let time = cursor.attempt(|c| {
        c.gap();
        c.time()
    });
    let offset = time.and_then(|_| cursor.attempt(Cursor::offset));
    let whole = time.is_some() || !matches!(cursor.peek(), Some(b) if b.is_ascii_alphanumeric());
    let precision = time.map_or(Precision::Day, |(_, precision)| precision);
    let when = |date| When::new(date, time.map(|(time, _)| time), offset);
    whole.then(|| Spot { start, end: cursor.at, when: when(date), precision, other: other.map(when) })
}

impl Cursor<'_> {
    /// Four digits, or two where `short` allows it: 70 to 99 are the last century.
    fn year(&mut self, short: bool) -> Option<i16> {
        match self.number()? {
            (year @ 1900..=2199, 4) => Some(year),
            (year, 2) if short => Some(if year >= 70 { 1900 + year } else { 2000 + year }),
            _ => None,
        }
    }

    fn month(&mut self) -> Option<i8> {
        // What goes on is looked at once, not from each of its letters.
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.iter().take(month::LONGEST).take_while(|b| b.is_ascii_alphabetic() || **b >= 0x80).count();
        self.at += length;
        month(&rest[..length])
    }

    /// A date; and its other reading, when there are two.
    pub(super) fn date(&mut self, slashes: Slashes) -> Option<(Date, Option<Date>)> {
        let sure = |date| (date, None);
        if self.peek()?.is_ascii_alphabetic() {
            return self.attempt(Self::month_first).map(sure);
        }
        self.attempt(Self::year_first).map(sure).or_else(|| self.attempt(|c| c.day_first(slashes)))
    }

    fn year_first(&mut self) -> Option<Date> {
        let year = self.year(false)?;
        if self.blanks().is_some() {
            let month = self.month()?;
            self.blanks()?;
            return Date::new(year, month, self.small()?).ok();
        }
        let separator = self.eat(b"-/.")?;
        let month = self.small()?;
        self.eat(&[separator])?;
        Date::new(year, month, self.small()?).ok()
    }

    /// `December 7, 2006` or `March 4th 2022`
    fn month_first(&mut self) -> Option<Date> {
        let month = self.month()?;
        self.eat(b".");
        self.blanks()?;
        let day = self.small()?;
        self.ordinal();
        self.eat(b",");
        self.blanks()?;
        Date::new(self.year(false)?, month, day).ok()
    }

    /// The ending of `4th`, `1er` or `1º`.
    fn ordinal(&mut self) {
        let _ = self.attempt(|c| {
            let ending = c.run(|b| b.is_ascii_alphabetic() || b >= 0x80);
            let known: [&[u8]; 8] = [b"st", b"nd", b"rd", b"th", b"er", b"\xC2\xBA", b"\xC2\xB0", b"\xBA"];
            known.iter().any(|known| known.eq_ignore_ascii_case(ending)).then_some(())
        });
    }

    /// The `de` in `8 de abril de 2011`, or the `of` in `8th of April`.
    fn of(&mut self) {
        let _ = self.attempt(|c| {
            let word = c.word();
            let known: [&[u8]; 4] = [b"de", b"del", b"di", b"of"];
            known.iter().any(|known| known.eq_ignore_ascii_case(word)).then(|| c.blanks())?
        });
    }

    /// `Feb 21 14:15:37 2007`, as C's `ctime` writes it.
    fn ctime(&mut self) -> Option<(Date, Time, Precision)> {
        self.peek().filter(u8::is_ascii_alphabetic)?;
        let month = self.month()?;
        self.blanks()?;
        let day = self.small()?;
        self.blanks()?;
        let (time, precision) = self.time()?;
        self.blanks()?;
        // `Thu Apr 27 23:10:40 US/Pacific 2000`
        let _ = self.attempt(|c| {
            let zone = c.run(|b| b.is_ascii_alphabetic() || b == b'/');
            (!zone.is_empty()).then(|| c.blanks())?
        });
        Some((Date::new(self.year(false)?, month, day).ok()?, time, precision))
    }

    fn day_first(&mut self, slashes: Slashes) -> Option<(Date, Option<Date>)> {
        let sure = |date| (date, None);
        let first = self.small()?;
        self.ordinal();
        if self.blanks().is_some() {
            self.of();
            return self.named_month(first, None).map(sure);
        }
        match self.eat(b"/-.")? {
            b'.' => {
                if self.blanks().is_some() {
                    return self.named_month(first, None).map(sure);
                }
                let month = self.small()?;
                self.eat(b".")?;
                let year = self.year(false)?;
                // The day stands first with dots, unless it can't.
                Date::new(year, month, first).or_else(|_| Date::new(year, first, month)).ok().map(sure)
            }
            separator if self.peek().is_some_and(|b| b.is_ascii_alphabetic() || b >= 0x80) => {
                self.named_month(first, Some(separator)).map(sure)
            }
            separator => {
                let second = self.small()?;
                self.eat(&[separator])?;
                // Behind dashes, a small number may as well be a day.
                let short = separator == b'/' || slashes == Slashes::MonthFirst;
                let year =
                    self.attempt(|c| c.year(short)).or_else(|| self.year(true).filter(|year| *year > 1969 && *year < 2000))?;
                read_slashes(year, (first, second), slashes)
            }
        }
    }

    fn named_month(&mut self, day: i8, separator: Option<u8>) -> Option<Date> {
        let month = self.month()?;
        if let Some(separator) = separator {
            self.eat(&[separator])?;
        } else {
            self.eat(b".,");
            self.blanks()?;
            self.of();
        }
        Date::new(self.year(separator.is_some())?, month, day).ok()
    }

    /// What may stand between date and time: a comma, blanks, `at`, a dot, or one letter (Cuis takes any).
    fn gap(&mut self) {
        self.eat(b",");
        if self.blanks().is_none() {
            self.run_one(|b| b.is_ascii_alphabetic() || matches!(b, b':' | b'_' | b'-'));
            return;
        }
        let _ = self.attempt(|c| {
            let word = c.word();
            (word.eq_ignore_ascii_case(b"at") || word.eq_ignore_ascii_case(b"um") || c.eat(b".-").is_some()).then_some(())?;
            c.blanks()
        });
    }
}

/// Day and month in the order that is known, or that their sizes show; both readings where neither does.
fn read_slashes(year: i16, (first, second): (i8, i8), slashes: Slashes) -> Option<(Date, Option<Date>)> {
    let month_first = Date::new(year, first, second).ok();
    let day_first = Date::new(year, second, first).ok();
    match slashes {
        Slashes::MonthFirst => Some((month_first?, None)),
        Slashes::DayFirst => Some((day_first.or(month_first)?, None)),
        Slashes::Unsure if first == second => Some((month_first?, None)),
        Slashes::Unsure => match (month_first, day_first) {
            (Some(date), other @ Some(_)) => Some((date, other)),
            (one, other) => Some((one.or(other)?, None)),
        },
    }
}
