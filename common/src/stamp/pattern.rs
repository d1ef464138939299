//! The application's own regular expression for stamps, for what only one site writes; it wins over every format.

use memchr::memrchr2;
use regex::bytes::{Regex, RegexBuilder};
use thiserror::Error;

use super::dates::{Spot, find};
use super::evidence::Mark;
use super::text::lines;
use super::{Evidence, Kind, Precision, Source, When};

/// Bytes that a compiled pattern may take.
const SIZE_LIMIT: usize = 1 << 20;

/// A regular expression with a group named `author`, one named `time`, or both.
///
/// `^` and `$` stand for the ends of any line, whatever ends it; a dot is any byte but those. Of all matches the newest
/// counts. The time may be RFC 3339, `2011-04-08 13:02:33`, `April 8, 2011 1:02:33 pm`, `8 April 2011 …`,
/// `8/Apr/2011 …` or `08.04.2011 13:02`; seconds may be missing.
#[derive(Debug, Clone)]
pub struct Pattern {
    regex: Regex,
    time_format: Option<String>,
    place: Place,
}

/// Where in a file a pattern looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// Everywhere.
    #[default]
    Anywhere,
    /// In so many lines from the start.
    Head(usize),
    /// In so many lines up to the end.
    Foot(usize),
}

/// Why a pattern can't be used.
#[derive(Debug, Clone, Error)]
pub enum PatternError {
    /// It isn't a regular expression, or one too large.
    #[error("the stamp pattern {pattern:?} is not a usable regular expression: {reason}")]
    Syntax {
        /// The pattern as given.
        pattern: String,
        /// What is wrong with it, and where.
        reason: String,
    },
    /// The form of its times isn't one.
    #[error("the time format {format:?} is not usable: {reason}; write it as in %d.%m.%Y %H:%M:%S")]
    TimeFormat {
        /// The format as given.
        format: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It could never say anything.
    #[error("the stamp pattern {pattern:?} has neither a group (?<author>…) nor a group (?<time>…); add one of them")]
    NoGroup {
        /// The pattern as given.
        pattern: String,
    },
}

impl Pattern {
    /// Compiles the pattern.
    pub fn new(text: &str) -> Result<Pattern, PatternError> {
        // Bytes first, since a dot should match a Latin-1 ü; what needs Unicode (\p{L}, [äöü]) gets it.
        let regex = compile(text, false)
            .or_else(|_| compile(text, true))
            .map_err(|error| PatternError::Syntax { pattern: text.to_owned(), reason: error.to_string() })?;
        if regex.capture_names().flatten().any(|name| name == "author" || name == "time") {
            Ok(Pattern { regex, time_format: None, place: Place::Anywhere })
        } else {
            Err(PatternError::NoGroup { pattern: text.to_owned() })
        }
    }

    /// Reads times in this form alone, written as `strptime` does: `%d.%m.%Y %H:%M`. A date needs a year with a
    /// century; a zone is `%z`.
    pub fn with_time_format(mut self, format: &str) -> Result<Pattern, PatternError> {
        // Only writing a time shows what is wrong with a form.
        let probe = jiff::Timestamp::UNIX_EPOCH.to_zoned_datetime(jiff::tz::TimeZone::UTC);
        jiff::fmt::strtime::format(format, &probe)
            .map_err(|error| PatternError::TimeFormat { format: format.to_owned(), reason: error.to_string() })?;
        self.time_format = Some(format.to_owned());
        Ok(self)
    }

    /// Looks only there.
    #[must_use]
    pub fn within(mut self, place: Place) -> Pattern {
        self.place = place;
        self
    }

    pub(super) fn read<'a>(&self, source: &Source<'a>) -> Evidence<'a> {
        let mut evidence = Evidence::new(source);
        for found in self.regex.captures_iter(self.place.of(source.bytes)) {
            let (author, time) = (found.name("author"), found.name("time"));
            let spot = time.and_then(|group| self.time(group.as_bytes(), source));
            let Some(raw) = found.get(0) else { continue };
            let author = author.map(|group| group.as_bytes().into());
            evidence.change(Mark { kind: Kind::Own, raw: raw.as_bytes(), author, spot });
        }
        evidence
    }

    fn time(&self, text: &[u8], source: &Source) -> Option<Spot> {
        let Some(format) = &self.time_format else { return find(text, source.slashes) };
        let read = jiff::fmt::strtime::parse(format, text.trim_ascii()).ok()?;
        // What a form leaves out is midnight to jiff.
        let time = read.hour().and_then(|_| read.to_time().ok());
        let date = read.to_date().ok()?;
        let minutes = read.offset().and_then(|offset| i16::try_from(offset.seconds() / 60).ok());
        let precision = match read.second() {
            _ if time.is_none() => Precision::Day,
            None => Precision::Minute,
            Some(_) if read.subsec_nanosecond().is_some() => Precision::Fraction,
            Some(_) => Precision::Second,
        };
        Some(Spot { start: 0, end: text.len(), when: When::new(date, time, minutes), precision, other: None })
    }
}

impl Place {
    fn of(self, content: &[u8]) -> &[u8] {
        match self {
            Place::Anywhere => content,
            Place::Head(count) => {
                let length = lines(content).take(count).last().map_or(0, |last| last.as_ptr_range().end.addr());
                &content[..length.saturating_sub(content.as_ptr().addr())]
            }
            Place::Foot(count) => {
                let mut start = content.trim_ascii_end().len();
                for _ in 0..count {
                    start = memrchr2(b'\r', b'\n', content[..start].trim_ascii_end()).map_or(0, |at| at + 1);
                }
                &content[start..]
            }
        }
    }
}

fn compile(text: &str, unicode: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).multi_line(true).crlf(true).unicode(unicode).size_limit(SIZE_LIMIT).build()
}
