//! Which words of two lines differ: worked out for the lines on the screen only.

use super::lines::Spaces;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation as _;

/// Lines that are longer, in bytes, are compared from both ends only.
const LONG: usize = 1_024;

/// Places in the old and in the new line that differ. Empty where the lines have too little in common for that to say anything.
pub fn words(old: &str, new: &str, spaces: Spaces) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    if old.len() > LONG || new.len() > LONG {
        return between(old, new);
    }
    let (left, right) = (tokens(old), tokens(new));
    let text = |token: &(usize, &str)| token.1.to_owned();
    let (old_words, new_words): (Vec<_>, Vec<_>) = (left.iter().map(text).collect(), right.iter().map(text).collect());
    let mut marks = (Vec::new(), Vec::new());
    let mut common = 0;
    for op in capture_diff_slices(Algorithm::Myers, &old_words, &new_words) {
        if let DiffOp::Equal { old_index, len, .. } = op {
            common += old_words[old_index..old_index + len].iter().filter(|word| !is_blank(word)).map(String::len).sum::<usize>();
            continue;
        }
        mark(&mut marks.0, &left[op.old_range()], old, spaces);
        mark(&mut marks.1, &right[op.new_range()], new, spaces);
    }
    let solid = |line: &str| line.chars().filter(|c| !c.is_whitespace()).map(char::len_utf8).sum::<usize>();
    // Where hardly anything is left in place, marking it all says nothing.
    if common * 4 < solid(old).max(solid(new)) { (Vec::new(), Vec::new()) } else { marks }
}

fn is_blank(word: &str) -> bool {
    word.trim().is_empty()
}

/// Marks tokens; marks with nothing but blanks between them become one.
fn mark(marks: &mut Vec<Range<usize>>, tokens: &[(usize, &str)], line: &str, spaces: Spaces) {
    for (start, token) in tokens {
        if spaces == Spaces::Ignored && is_blank(token) {
            continue;
        }
        let end = start + token.len();
        match marks.last_mut() {
            Some(last) if is_blank(&line[last.end..*start]) => last.end = end,
            _ => marks.push(*start..end),
        }
    }
}

/// Words, runs of blanks, and single other characters, each with its place.
fn tokens(line: &str) -> Vec<(usize, &str)> {
    let mut tokens: Vec<(usize, &str)> = Vec::new();
    let kind = |text: &str| {
        text.chars().next().map_or(0, |c| if c.is_alphanumeric() || c == '_' { 1 } else { 2 * u8::from(c.is_whitespace()) })
    };
    for (at, grapheme) in line.grapheme_indices(true) {
        match tokens.last_mut() {
            Some((start, last)) if kind(grapheme) > 0 && kind(last) == kind(grapheme) => {
                *last = &line[*start..at + grapheme.len()];
            }
            _ => tokens.push((at, grapheme)),
        }
    }
    tokens
}

/// What lies between the beginning and the end that both have.
fn between(old: &str, new: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let begin = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
    let begin = (0..=begin).rev().find(|at| old.is_char_boundary(*at) && new.is_char_boundary(*at)).unwrap_or(0);
    let (left, right) = (&old.as_bytes()[begin..], &new.as_bytes()[begin..]);
    let end = left.iter().rev().zip(right.iter().rev()).take_while(|(old, new)| old == new).count();
    let is_border = |end: &usize| old.is_char_boundary(old.len() - end) && new.is_char_boundary(new.len() - end);
    let end = (0..=end).rev().find(is_border).unwrap_or(0);
    let span = |len: usize| Some(begin..len - end).filter(|span| !span.is_empty()).into_iter().collect();
    if begin + end == 0 { (Vec::new(), Vec::new()) } else { (span(old.len()), span(new.len())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, marks: &[Range<usize>]) -> String {
        let mut out = String::new();
        let mut at = 0;
        for mark in marks {
            out.extend([&line[at..mark.start], "[", &line[mark.clone()], "]"]);
            at = mark.end;
        }
        out + &line[at..]
    }

    #[test]
    fn changed_words_are_marked_whole() {
        for (old, new, left, right) in [
            ("total: 10 lots", "total: 12 lots", "total: [10] lots", "total: [12] lots"),
            ("^lots * 100", "^lots * self lotSize", "^lots * [100]", "^lots * [self lotSize]"),
            ("a, b", "a, b, c", "a, b", "a, b[, c]"),
            ("größe := 1", "größer := 1", "[größe] := 1", "[größer] := 1"),
            ("foo", "bar", "foo", "bar"),
            ("", "new", "", "new"),
        ] {
            let (gone, added) = words(old, new, Spaces::Exact);
            assert_eq!((shown(old, &gone).as_str(), shown(new, &added).as_str()), (left, right));
        }
    }

    #[test]
    fn blanks_are_marked_only_where_they_count() {
        let (old, new) = ("  x := 1", "\tx := 1");
        let (gone, added) = words(old, new, Spaces::Exact);
        assert_eq!((shown(old, &gone).as_str(), shown(new, &added).as_str()), ("[  ]x := 1", "[\t]x := 1"));
        assert_eq!(words(old, new, Spaces::Ignored), (vec![], vec![]));
    }

    #[test]
    fn the_middle_of_a_very_long_line_is_marked() {
        let long = |middle: &str| format!("{}{middle}{}", "ä".repeat(500_000), "z".repeat(500_000));
        let (old, new) = (long("ö"), long("ü!"));
        let (gone, added) = words(&old, &new, Spaces::Exact);
        assert_eq!((&old[gone[0].clone()], &new[added[0].clone()]), ("ö", "ü!"));
    }
}
