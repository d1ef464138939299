//! Matching of a typed text against lines of words. What is done with the matches is left to the lists.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use std::borrow::Cow;
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
    let mut score = |line: &str| pattern.score(Utf32Str::new(&ended(line), &mut buffer), &mut matcher);
    lines.enumerate().filter_map(|(index, line)| score(&line).map(|score| (index, score))).collect()
}

/// The matcher doesn't find a word at the very end of a line that isn't all ASCII (nucleo-matcher 0.3.1).
fn ended(line: &str) -> Cow<'_, str> {
    if line.is_ascii() { line.into() } else { format!("{line} ").into() }
}

/// A line that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Match {
    /// Which line.
    pub(crate) line: usize,
    /// Its characters that match, by their place, in order.
    pub(crate) at: Vec<u32>,
}

/// The lines that match, the best first; without a text all of them, in their order. Letters in a row are wanted first, and
/// scattered ones only where there is no such line.
pub(crate) fn ranked(text: &str, lines: &[String]) -> Vec<Match> {
    if text.trim().is_empty() {
        return (0..lines.len()).map(|line| Match { line, at: Vec::new() }).collect();
    }
    let found = matching(text, AtomKind::Substring, lines);
    if found.is_empty() { matching(text, AtomKind::Fuzzy, lines) } else { found }
}

fn matching(text: &str, kind: AtomKind, lines: &[String]) -> Vec<Match> {
    let pattern = Pattern::new(text, CaseMatching::Ignore, Normalization::Smart, kind);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut found = Vec::new();
    for (line, words) in lines.iter().enumerate() {
        let mut at = Vec::new();
        if let Some(score) = pattern.indices(Utf32Str::new(&ended(words), &mut buffer), &mut matcher, &mut at) {
            at.sort_unstable();
            at.dedup();
            found.push((Reverse(score), Match { line, at }));
        }
    }
    found.sort_by_key(|(score, found)| (*score, found.line));
    found.into_iter().map(|(_, found)| found).collect()
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

    #[test]
    fn a_word_at_the_very_end_is_found_whatever_stands_before_it() {
        for line in ["snoozed ada", "✗ snoozed ada"] {
            let lines = || std::iter::once(line.to_owned());
            assert_eq!(containing("ada", lines()), [0], "{line}");
            assert_eq!(ranked("ada", &[line.to_owned()]).len(), 1, "{line}");
        }
    }

    #[test]
    fn letters_in_a_row_come_before_scattered_ones() {
        let lines = ["mark a range".to_owned(), "read everything again".to_owned()];
        let found = |text| ranked(text, &lines).into_iter().map(|one| one.line).collect::<Vec<_>>();
        assert_eq!(found("range"), [0]);
        assert_eq!(found("rdag"), [1], "scattered letters find what letters in a row don't");
        assert_eq!(found(" "), [0, 1]);
        assert_eq!(ranked("again", &lines)[0].at, [16, 17, 18, 19, 20]);
    }
}
