//! The application's own regular expression for stamps, for what only one site writes; it wins over every format.

use regex::bytes::{Regex, RegexBuilder};
use thiserror::Error;

use super::dates::find;
use super::evidence::Mark;
use super::{Evidence, Kind, Source};

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
            Ok(Pattern { regex })
        } else {
            Err(PatternError::NoGroup { pattern: text.to_owned() })
        }
    }

    pub(super) fn read<'a>(&self, source: &Source<'a>) -> Evidence<'a> {
        let mut evidence = Evidence::new(source);
        for found in self.regex.captures_iter(source.bytes) {
            let (author, time) = (found.name("author"), found.name("time"));
            let spot = time.and_then(|group| find(group.as_bytes(), source.slashes));
            let Some(raw) = found.get(0) else { continue };
            let author = author.map(|group| group.as_bytes().into());
            evidence.change(Mark { kind: Kind::Own, raw: raw.as_bytes(), author, spot });
        }
        evidence
    }
}

fn compile(text: &str, unicode: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).multi_line(true).crlf(true).unicode(unicode).size_limit(SIZE_LIMIT).build()
}
