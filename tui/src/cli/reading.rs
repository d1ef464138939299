//! How stamps are to be read, as options: for an application's settings, and for trying them on files.

use super::failure::Failure;
use fieldpost_common::api::StampPattern;
use fieldpost_common::stamp::{DateOrder, Place};

/// An application's own patterns.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Patterns {
    /// A regular expression with named groups `author` and `time` for the stamp in a patch; wins over all formats (repeatable)
    #[arg(long = "stamp", value_name = "REGEX", allow_hyphen_values = true)]
    regexes: Vec<String>,
    /// The form of its times, as in `%d.%m.%Y %H:%M`; once for all patterns, or once for each, in their order
    #[arg(long = "stamp-time", value_name = "FORMAT", requires = "regexes")]
    times: Vec<String>,
    /// Where it looks: `anywhere`, `head:20` (the first 20 lines), `foot:5` (the last 5); once for all, or once for each
    #[arg(long = "stamp-place", value_name = "PLACE", requires = "regexes")]
    places: Vec<Place>,
}

/// How the application's people write dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Order {
    /// 4/8/2011 is 4 August
    DayFirst,
    /// 4/8/2011 is 8 April
    MonthFirst,
    /// Nobody knows: such dates are called ambiguous
    Unknown,
}

impl Order {
    pub(crate) fn date_order(self) -> Option<DateOrder> {
        match self {
            Self::DayFirst => Some(DateOrder::DayFirst),
            Self::MonthFirst => Some(DateOrder::MonthFirst),
            Self::Unknown => None,
        }
    }
}

/// The words of a date order.
pub(crate) fn order_words(order: DateOrder) -> &'static str {
    match order {
        DateOrder::DayFirst => "day-first",
        DateOrder::MonthFirst => "month-first",
    }
}

impl Patterns {
    /// The patterns, if any were given; a single empty one means that there are none. They are compiled where they are used.
    pub(crate) fn given(self) -> Result<Option<Vec<StampPattern>>, Failure> {
        let Self { regexes, times, places } = self;
        let count = regexes.len();
        for (option, given) in [("--stamp-time", times.len()), ("--stamp-place", places.len())] {
            if given > 1 && given != count {
                let words =
                    format!("{option} is given {given} times for {count} patterns: give it once for all, or once for each");
                return Err(Failure::usage(words));
            }
        }
        if regexes.as_slice() == [""] {
            return Ok(Some(Vec::new()));
        }
        let pattern = |(index, pattern)| StampPattern {
            pattern,
            time_format: of(&times, index).filter(|format| !format.is_empty()),
            place: of(&places, index).unwrap_or_default(),
        };
        Ok((count > 0).then(|| regexes.into_iter().enumerate().map(pattern).collect()))
    }
}

/// The one for this pattern, or the one for all.
fn of<T: Clone>(given: &[T], index: usize) -> Option<T> {
    given.get(index).or(given.first()).cloned()
}

/// `bn=Bob Nilsson`: initials and name; an empty name takes the initials out.
pub(crate) fn person(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((initials, name)) if !initials.trim().is_empty() => Ok((initials.trim().to_owned(), name.trim().to_owned())),
        _ => Err("write it as INITIALS='First Last'".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(patterns: &[&str], times: &[&str], places: &[Place]) -> Patterns {
        let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        Patterns { regexes: owned(patterns), times: owned(times), places: places.to_vec() }
    }

    #[test]
    fn a_form_or_place_given_once_is_for_all_patterns() {
        let given = patterns(&["a", "b"], &["%Y"], &[Place::Head(2), Place::Anywhere]).given().expect("good").expect("some");
        assert_eq!(given.iter().map(|one| one.time_format.as_deref()).collect::<Vec<_>>(), [Some("%Y"), Some("%Y")]);
        assert_eq!(given.iter().map(|one| one.place).collect::<Vec<_>>(), [Place::Head(2), Place::Anywhere]);
    }

    #[test]
    fn nothing_given_changes_nothing_and_an_empty_pattern_clears() {
        assert_eq!(patterns(&[], &[], &[]).given().expect("good"), None);
        assert_eq!(patterns(&[""], &[], &[]).given().expect("good"), Some(Vec::new()));
    }

    #[test]
    fn forms_that_fit_no_count_of_patterns_are_refused() {
        let error = patterns(&["a", "b", "c"], &["%Y", "%d"], &[]).given().expect_err("two for three");
        assert!(error.words.contains("--stamp-time is given 2 times for 3 patterns"), "{}", error.words);
    }

    #[test]
    fn a_person_is_initials_and_a_name() {
        assert_eq!(person("bn=Bob Nilsson"), Ok(("bn".to_owned(), "Bob Nilsson".to_owned())));
        assert_eq!(person("bn="), Ok(("bn".to_owned(), String::new())));
        assert!(person("bn").is_err() && person("=Bob").is_err());
    }
}
