//! A part of a log in words, as a person types them: `last 500 lines since 2h with ERROR|FATAL`.

use super::{LINES, LogPart, PatternError};
use crate::time::{Timestamp, duration};

/// Words that say no part of a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WishError {
    /// A word that doesn't belong there.
    #[error("{0:?} is not understood: last 500 lines since 2h with ERROR")]
    Word(String),
    /// Something has no end.
    #[error("{0} what? As in: last 500 lines since 2h with ERROR")]
    Missing(&'static str),
    /// A time that is none.
    #[error(transparent)]
    Since(#[from] SinceError),
    /// A pattern that is none.
    #[error(transparent)]
    Pattern(#[from] PatternError),
}

/// A time that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a time, as in 2026-11-28T10:00:00Z, nor how long ago, as in 30m or 2d")]
pub struct SinceError(String);

/// A moment, or how long before `now` it was.
///
/// # Errors
/// It is neither.
pub fn since(given: &str, now: Timestamp) -> Result<Timestamp, SinceError> {
    if let Ok(moment) = given.parse::<Timestamp>() {
        return Ok(moment);
    }
    let ago = duration(given).map_err(|_| SinceError(given.to_owned()))?;
    Ok(Timestamp::from_ms(now.as_ms().saturating_sub(i64::try_from(ago.as_millis()).unwrap_or(i64::MAX))))
}

impl LogPart {
    /// Reads what [`LogPart`] shows: `[last N lines] [since TIME] [with REGEX]`. What stands after `with` is the pattern, blanks included.
    ///
    /// # Errors
    /// What is not understood.
    pub fn read(text: &str, now: Timestamp) -> Result<Self, WishError> {
        let mut part = Self::default();
        let mut rest = text.trim();
        while let Some((word, after)) = next(rest) {
            rest = match word {
                "last" | "line" | "lines" => after,
                "since" => {
                    let (time, after) = next(after).ok_or(WishError::Missing("since"))?;
                    part.since = Some(since(time, now)?);
                    after
                }
                "with" if after.is_empty() => return Err(WishError::Missing("with")),
                "with" => {
                    part.grep = Some(after.to_owned());
                    ""
                }
                number => {
                    part.lines = Some(number.parse().map_err(|_| WishError::Word(number.to_owned()))?);
                    after
                }
            };
        }
        part.lines = part.lines.or(Some(LINES));
        part.check()?;
        Ok(part)
    }
}

/// The first word, and what stands after it.
fn next(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (!word.is_empty()).then(|| (word, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_ms(100_000_000);

    fn read(text: &str) -> Result<LogPart, String> {
        LogPart::read(text, NOW).map_err(|error| error.to_string())
    }

    #[test]
    fn lines_since_and_a_pattern_are_read_in_the_words_in_which_they_are_shown() {
        let ago = Some(Timestamp::from_ms(100_000_000 - 7_200_000));
        let all = LogPart { lines: Some(500), since: ago, grep: Some("a b|c".to_owned()), bytes: None };
        assert_eq!(read("last 500 lines since 2h with a b|c"), Ok(all.clone()));
        assert_eq!(read(" 500  since 2h with  a b|c"), Ok(all));
        assert_eq!(read("").map(|part| part.lines), Ok(Some(LINES)));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(read("last few lines").is_err_and(|error| error.contains("\"few\"")));
        assert!(read("since yesterday").is_err_and(|error| error.contains("neither a time")));
        assert!(read("10 lines since").is_err_and(|error| error.starts_with("since what?")));
        assert!(read("with").is_err_and(|error| error.starts_with("with what?")));
        assert!(read("with (").is_err_and(|error| error.contains("can't be looked for")));
    }

    #[test]
    fn since_is_a_time_or_how_long_ago() {
        let now = Timestamp::from_ms(100_000);
        assert_eq!(since("1970-01-01T00:00:40Z", now), Ok(Timestamp::from_ms(40_000)));
        assert_eq!(since("1m", now), Ok(Timestamp::from_ms(40_000)));
        assert!(since("yesterday", now).is_err());
    }

    proptest! {
        #[test]
        fn a_part_that_is_shown_is_read_as_it_was(
            lines in 0_u32..=100_000,
            since in prop::option::of(0_i64..2_000_000_000),
            grep in prop::option::of("[a-z]{1,6}( [a-z|]{1,6})?"),
        ) {
            let since = since.map(|seconds| Timestamp::from_ms(seconds * 1000));
            let part = LogPart { lines: Some(lines), since, grep, bytes: None };
            prop_assert_eq!(read(&part.to_string()), Ok(part));
        }
    }
}
