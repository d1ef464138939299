//! Which part of a log is wanted, and the choice of its lines: the agent feeds lines, what is kept is bounded.

mod moment;
mod wish;

pub use moment::moment;
pub use wish::{SinceError, WishError, since};

use crate::text::count;
use crate::time::Timestamp;
use jiff::tz::TimeZone;
use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fmt;

/// Without a wish so many lines are sent.
pub const LINES: u32 = 200;
/// A longer line is cut, in bytes: it is looked at and sent so far.
pub const MAX_LINE: usize = 64 << 10;
/// However short lines are, no more are sent: each costs memory beside its bytes.
const MOST_LINES: u32 = 100_000;
/// The largest compiled pattern, in bytes, as for rules.
const MAX_PATTERN: usize = 1 << 20;

/// Which part of a log is wanted: of the lines that fit, the last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LogPart {
    /// At most so many lines; without lines and bytes [`LINES`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<u32>,
    /// At most so many bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Only what was written since then, as the lines themselves say. A line without a time belongs to the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Only lines in which this regular expression is found (the syntax of Rust's `regex`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grep: Option<String>,
}

/// A pattern that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pattern:?} can't be looked for: {why}")]
pub struct PatternError {
    pattern: String,
    why: String,
}

impl LogPart {
    /// Looks whether it can be carried out.
    pub fn check(&self) -> Result<(), PatternError> {
        self.pattern().map(drop)
    }

    /// Whether every line of the log must be looked at, and not only its end.
    pub fn chooses(&self) -> bool {
        self.since.is_some() || self.grep.is_some()
    }

    fn pattern(&self) -> Result<Option<Regex>, PatternError> {
        let compile = |pattern: &String| {
            let built = RegexBuilder::new(pattern).size_limit(MAX_PATTERN).build();
            built.map_err(|error| PatternError { pattern: pattern.clone(), why: error.to_string() })
        };
        self.grep.as_ref().map(compile).transpose()
    }

    /// Begins to choose. `zone` is the site's, for times that don't say theirs; `now` is the site's clock.
    pub fn choose(&self, most: usize, zone: TimeZone, now: Timestamp) -> Result<Choice, PatternError> {
        let lines = match (self.lines, self.bytes) {
            (None, None) => LINES,
            (lines, _) => lines.unwrap_or(MOST_LINES).min(MOST_LINES),
        };
        Ok(Choice {
            grep: self.pattern()?,
            since: self.since,
            most_lines: usize::try_from(lines).unwrap_or(usize::MAX),
            most_bytes: self.bytes.map_or(most, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX)).min(most),
            zone,
            now,
            recent: false,
            kept: VecDeque::new(),
            bytes: 0,
            chosen: Chosen::default(),
        })
    }
}

impl fmt::Display for LogPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.lines, self.bytes) {
            (Some(lines), _) => write!(f, "last {}", count(usize::try_from(lines).unwrap_or(usize::MAX), "line"))?,
            (None, Some(bytes)) => write!(f, "last {}", crate::text::size(bytes))?,
            (None, None) => write!(f, "last {LINES} lines")?,
        }
        if let Some(since) = self.since {
            write!(f, " since {since}")?;
        }
        if let Some(grep) = &self.grep {
            write!(f, " with {}", crate::text::Clean::line(grep))?;
        }
        Ok(())
    }
}

/// What was chosen so far. Holds at most the wanted lines and bytes, however many lines are fed.
#[derive(Debug)]
pub struct Choice {
    grep: Option<Regex>,
    since: Option<Timestamp>,
    most_lines: usize,
    most_bytes: usize,
    zone: TimeZone,
    now: Timestamp,
    /// Whether the newest line that said its time was written since then.
    recent: bool,
    kept: VecDeque<Vec<u8>>,
    bytes: usize,
    chosen: Chosen,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chosen {
    /// The lines, each with its end.
    pub text: Vec<u8>,
    /// How many lines were fed.
    pub looked_at: u64,
    /// How many of them fit.
    pub fit: u64,
    /// How many of those are in the text.
    pub sent: u64,
    /// How many lines said when they were written.
    pub with_time: u64,
}

impl Choice {
    /// Takes the next line, without its end.
    pub fn feed(&mut self, line: &[u8]) {
        let line = &line[..line.len().min(MAX_LINE)];
        self.chosen.looked_at += 1;
        if let Some(since) = self.since {
            if let Some(at) = moment(line, &self.zone, self.now) {
                self.chosen.with_time += 1;
                self.recent = since <= at;
            }
            if !self.recent {
                return;
            }
        }
        if self.grep.as_ref().is_some_and(|grep| !grep.is_match(line)) {
            return;
        }
        self.chosen.fit += 1;
        self.bytes += line.len() + 1;
        self.kept.push_back(line.to_vec());
        while self.kept.len() > self.most_lines || self.bytes > self.most_bytes {
            let Some(first) = self.kept.pop_front() else { break };
            self.bytes -= first.len() + 1;
        }
    }

    /// The end of the log.
    pub fn end(mut self) -> Chosen {
        self.chosen.sent = self.kept.len() as u64;
        self.chosen.text.reserve_exact(self.bytes);
        for line in self.kept {
            self.chosen.text.extend_from_slice(&line);
            self.chosen.text.push(b'\n');
        }
        self.chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chosen(part: &LogPart, lines: &[&str]) -> Chosen {
        let now = "2026-11-28T12:00:00Z".parse().expect("time");
        let mut choice = part.choose(1000, TimeZone::UTC, now).expect("a pattern");
        for line in lines {
            choice.feed(line.as_bytes());
        }
        choice.end()
    }

    fn text(part: &LogPart, lines: &[&str]) -> String {
        String::from_utf8(chosen(part, lines).text).expect("text")
    }

    #[test]
    fn of_the_lines_that_fit_the_last_are_sent() {
        let part = LogPart { lines: Some(2), grep: Some("b".to_owned()), ..LogPart::default() };
        let chosen = chosen(&part, &["b1", "a", "b2", "b3", "a"]);
        assert_eq!(chosen.text, b"b2\nb3\n");
        assert_eq!((chosen.looked_at, chosen.fit, chosen.sent), (5, 3, 2));
    }

    #[test]
    fn by_bytes_only_whole_lines_are_sent() {
        let part = LogPart { bytes: Some(7), ..LogPart::default() };
        assert_eq!(text(&part, &["1234", "56", "78"]), "56\n78\n");
    }

    #[test]
    fn since_counts_the_times_in_the_lines_and_a_trace_belongs_to_its_line() {
        let part = LogPart { since: Some("2026-11-28T10:00:00Z".parse().expect("time")), ..LogPart::default() };
        let lines = ["2026-11-28 09:59:59 old", "  at old", "2026-11-28 10:00:00 new", "  at new"];
        assert_eq!(text(&part, &lines), "2026-11-28 10:00:00 new\n  at new\n");
        assert_eq!(chosen(&part, &["no time here"]).with_time, 0);
    }

    #[test]
    fn a_pattern_that_is_none_is_named() {
        let part = LogPart { grep: Some("(".to_owned()), ..LogPart::default() };
        assert!(part.check().expect_err("no pattern").to_string().starts_with("\"(\" can't be looked for"));
        let huge = LogPart { grep: Some("(\\w{900}){900}".to_owned()), ..LogPart::default() };
        assert!(huge.check().is_err(), "it would fill the memory");
    }

    proptest! {
        #[test]
        fn whatever_is_fed_no_more_is_kept_than_was_wanted(
            lines in prop::collection::vec(".{0,40}", 0..60),
            most in 0_u32..20,
            bytes in prop::option::of(0_u64..200),
        ) {
            let part = LogPart { lines: Some(most), bytes, ..LogPart::default() };
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let chosen = chosen(&part, &lines);
            prop_assert!(chosen.sent <= u64::from(most));
            prop_assert!(chosen.text.len() as u64 <= bytes.unwrap_or(1000).min(1000));
            prop_assert_eq!(chosen.looked_at, lines.len() as u64);
            let all = lines.iter().flat_map(|line| [*line, "\n"]).collect::<String>();
            prop_assert!(all.as_bytes().ends_with(&chosen.text), "what is kept is the end");
        }
    }
}
