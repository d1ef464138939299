//! Finds a date, maybe with a time and an offset, in bytes; what it dates is left to the readers of the formats.
//!
//! Forms: `2011-04-08 13:02:33`, RFC 3339, `2026/01/22`, `17/Jun/2026, 1:03:33 pm (UTC)`, `6 March 2017 at 8:12:25 pm`,
//! `Wed, 4 Jun 2025 17:28:19 +0200`, `December 7, 2006 at 4:20:46 pm`, `Feb 21 14:15:37 2007`, `31.08.2013 23:19:10`,
//! and `4/20/2008 18:43`, where [`Slashes`] says what is meant.

use jiff::civil::{Date, Time};

use super::When;
use super::cursor::Cursor;

/// How to read `4/8/2011`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slashes {
    /// Month first: Squeak and its kin print a fixed format whatever the locale.
    MonthFirst,
    /// Nobody knows: only dates that can be read one way are read.
    Unsure,
}

/// A date in a text, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) when: When,
}

/// The first date in the text. A number that only looks like part of one (`1998-2011`, `2007/275`) isn't.
pub(super) fn find(text: &[u8], slashes: Slashes) -> Option<Spot> {
    (0..text.len()).find_map(|start| {
        let starts = text[start].is_ascii_alphanumeric()
            && (start == 0 || !matches!(text[start - 1], b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.'));
        starts.then(|| at(text, start, slashes)).flatten()
    })
}

/// The date that the text begins with, after blanks.
pub(super) fn leading(text: &[u8], slashes: Slashes) -> Option<Spot> {
    let blanks = text.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    at(text, blanks, slashes)
}

fn at(text: &[u8], start: usize, slashes: Slashes) -> Option<Spot> {
    let mut cursor = Cursor { text, at: start };
    if let Some((date, time)) = cursor.attempt(Cursor::ctime) {
        return Some(Spot { start, end: cursor.at, when: When::new(date, Some(time), None) });
    }
    let date = cursor.date(slashes)?;
    let time = cursor.attempt(|c| {
        c.gap();
        c.time()
    });
    let offset = time.and_then(|_| cursor.attempt(Cursor::offset));
    let whole = time.is_some() || !matches!(cursor.peek(), Some(b) if b.is_ascii_alphanumeric());
    whole.then_some(Spot { start, end: cursor.at, when: When::new(date, time, offset) })
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
        const MONTHS: [&[u8]; 12] = [
            b"january",
            b"february",
            b"march",
            b"april",
            b"may",
            b"june",
            b"july",
            b"august",
            b"september",
            b"october",
            b"november",
            b"december",
        ];
        let word = self.word();
        let is = |month: &[u8]| {
            word.len() >= 3
                && word.len() <= month.len()
                && month[..word.len()].eq_ignore_ascii_case(word)
                && (word.len() == 3 || word.len() == month.len() || word.eq_ignore_ascii_case(b"sept"))
        };
        (1..).zip(MONTHS).find_map(|(number, month)| is(month).then_some(number))
    }

    fn date(&mut self, slashes: Slashes) -> Option<Date> {
        self.attempt(Self::year_first)
            .or_else(|| self.attempt(Self::month_first))
            .or_else(|| self.attempt(|c| c.day_first(slashes)))
    }

    fn year_first(&mut self) -> Option<Date> {
        let year = self.year(false)?;
        let separator = self.eat(b"-/.")?;
        let month = self.small()?;
        self.eat(&[separator])?;
        Date::new(year, month, self.small()?).ok()
    }

    /// `December 7, 2006`
    fn month_first(&mut self) -> Option<Date> {
        let month = self.month()?;
        self.eat(b".");
        self.blanks()?;
        let day = self.small()?;
        self.eat(b",");
        self.blanks()?;
        Date::new(self.year(false)?, month, day).ok()
    }

    /// `Feb 21 14:15:37 2007`, as C's `ctime` writes it.
    fn ctime(&mut self) -> Option<(Date, Time)> {
        let month = self.month()?;
        self.blanks()?;
        let day = self.small()?;
        self.blanks()?;
        let time = self.time()?;
        self.blanks()?;
        Some((Date::new(self.year(false)?, month, day).ok()?, time))
    }

    fn day_first(&mut self, slashes: Slashes) -> Option<Date> {
        let first = self.small()?;
        if self.blanks().is_some() {
            return self.named_month(first, None);
        }
        match self.eat(b"/-.")? {
            b'.' => {
                if self.blanks().is_some() {
                    return self.named_month(first, None);
                }
                let month = self.small()?;
                self.eat(b".")?;
                Date::new(self.year(false)?, month, first).ok()
            }
            separator if self.peek().is_some_and(|b| b.is_ascii_alphabetic()) => self.named_month(first, Some(separator)),
            separator => {
                let second = self.small()?;
                self.eat(&[separator])?;
                let year = self.year(slashes == Slashes::MonthFirst)?;
                let (month, day) = match slashes {
                    Slashes::MonthFirst => (first, second),
                    Slashes::Unsure if first > 12 || first == second => (second, first),
                    Slashes::Unsure if second > 12 => (first, second),
                    Slashes::Unsure => return None,
                };
                Date::new(year, month, day).ok()
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
        }
        Date::new(self.year(separator.is_some())?, month, day).ok()
    }

    /// What may stand between date and time: a comma, blanks, `at`, a dot, or one letter (Cuis takes any).
    fn gap(&mut self) {
        self.eat(b",");
        if self.blanks().is_none() {
            self.run_one(|b| b.is_ascii_alphabetic() || matches!(b, b':' | b'_'));
            return;
        }
        let _ = self.attempt(|c| {
            (c.word().eq_ignore_ascii_case(b"at") || c.eat(b".").is_some()).then_some(())?;
            c.blanks()
        });
    }
}
