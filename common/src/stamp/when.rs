//! A time as a file states it: a civil date, maybe a time of day, maybe an offset. Finding it in text is left to `dates`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// Time as found in a file. Ordered by the instant, an unknown zone read as UTC and an unknown time as midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct When {
    date: Date,
    time: Option<Time>,
    /// Minutes east of UTC; only ever set beside a time.
    offset: Option<i16>,
}

/// A text that [`When`] doesn't read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a time like 2024-10-30, 2024-10-30T06:07:16 or 2024-10-30T06:07:16+01:00")]
pub struct WhenError(String);

impl When {
    /// `offset` counts minutes east of UTC and means nothing without a time.
    pub(super) fn new(date: Date, time: Option<Time>, offset: Option<i16>) -> When {
        When { date, time, offset: time.and(offset) }
    }

    /// Milliseconds since 1970, an unknown zone read as UTC: for sorting and ages only.
    pub fn approx_unix_ms(&self) -> i64 {
        i64::try_from(self.instant() / 1_000_000).unwrap_or(i64::MAX)
    }

    /// Whether the file says how far from UTC its clock was.
    pub fn zone_known(&self) -> bool {
        self.offset.is_some()
    }

    /// The same with its zone taken to be UTC, unless it says another or has no time.
    pub(super) fn in_utc(self) -> When {
        When::new(self.date, self.time, self.offset.or(Some(0)))
    }

    /// The day, in the writer's zone.
    pub(crate) fn date(&self) -> Date {
        self.date
    }

    /// The time of day, in the writer's zone.
    pub(crate) fn time(&self) -> Option<Time> {
        self.time
    }

    /// Minutes east of UTC, if the file says so.
    pub(crate) fn offset(&self) -> Option<i16> {
        self.offset
    }

    /// Nanoseconds since 1970, an unknown zone read as UTC.
    fn instant(&self) -> i128 {
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        let civil = self.date.to_datetime(self.time.unwrap_or(Time::midnight()));
        civil.duration_since(epoch).as_nanos() - i128::from(self.offset.unwrap_or(0)) * 60_000_000_000
    }

    fn key(&self) -> (i128, Option<Time>, Option<i16>) {
        (self.instant(), self.time, self.offset)
    }
}

impl Ord for When {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for When {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date)?;
        if let Some(time) = self.time {
            write!(f, "T{time}")?;
        }
        match self.offset {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                let minutes = minutes.unsigned_abs();
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

impl FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<When, WhenError> {
        read(text).ok_or_else(|| WhenError(text.to_owned()))
    }
}

/// Only what [`fmt::Display`] writes; jiff alone would take far more.
fn read(text: &str) -> Option<When> {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'.'));
    let Some((date, rest)) = text.split_once('T') else {
        let shaped = text.len() == 10 && plain(text);
        return shaped.then(|| text.parse().ok()).flatten().map(|date| When::new(date, None, None));
    };
    let (time, offset) = match rest.find(['Z', '+', '-']) {
        Some(at) => (rest.get(..at)?, Some(read_offset(rest.get(at..)?)?)),
        None => (rest, None),
    };
    let shaped = date.len() == 10 && plain(date) && time.len() >= 8 && plain(time) && !time.contains('-');
    shaped.then(|| Some(When::new(date.parse().ok()?, Some(time.parse().ok()?), offset)))?
}

fn read_offset(text: &str) -> Option<i16> {
    if text == "Z" {
        return Some(0);
    }
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let two = |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<i16>());
    let (hours, minutes) = (two(hours)?.ok()?, two(minutes)?.ok()?);
    let size = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
    Some(if text.starts_with('-') { -size } else { size })
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<When, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
