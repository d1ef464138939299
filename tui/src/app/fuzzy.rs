//! Matching of a typed text against lines of words. What is done with the matches is left to the lists.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use std::cmp::Reverse;

/// Which lines match with their letters in order, the best first; all of them in their order for an empty text.
pub(crate) fn best(text: &str, lines: impl ExactSizeIterator<Item = String>) -> Vec<usize> {
    if text.trim().is_empty() {
        return (0..lines.len()).collect();
    }
    let mut scored = scored(&Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart), lines);
    scored.sort_by_key(|(_, score)| Reverse(*score));
    scored.into_iter().map(|(index, _)| index).collect()
}

/// Which lines contain every word of the text, in their order.
pub(crate) fn containing(text: &str, lines: impl ExactSizeIterator<Item = String>) -> Vec<usize> {
    if text.trim().is_empty() {
        return (0..lines.len()).collect();
    }
    let pattern = Pattern::new(text, CaseMatching::Ignore, Normalization::Smart, AtomKind::Substring);
    scored(&pattern, lines).into_iter().map(|(index, _)| index).collect()
}

fn scored(pattern: &Pattern, lines: impl Iterator<Item = String>) -> Vec<(usize, u32)> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut score = |line: &str| pattern.score(Utf32Str::new(line, &mut buffer), &mut matcher);
    lines.enumerate().filter_map(|(index, line)| score(&line).map(|score| (index, score))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 3] = ["no marker america", "omega test", "Borealis america"];

    fn lines() -> impl ExactSizeIterator<Item = String> {
        LINES.into_iter().map(str::to_owned)
    }

    #[test]
    fn letters_match_in_order_and_the_closest_match_is_first() {
        assert_eq!(best("ome", lines())[0], 1);
        assert_eq!(best("test omg", lines()), [1]);
        assert_eq!(best(" ", lines()), [0, 1, 2]);
    }

    #[test]
    fn words_are_contained_as_they_are_typed_in_any_order() {
        assert_eq!(containing("america bor", lines()), [2]);
        assert_eq!(containing("ome", lines()), [1]);
        assert_eq!(containing("", lines()), [0, 1, 2]);
    }
}
