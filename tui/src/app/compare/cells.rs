//! One line of a text as it may be shown: cut to the terminal cells that are seen, tabs as blanks, and what a terminal would act
//! on as visible escapes. Takes time for what is seen, not for how long the line is.

use fieldpost_common::text::{Clean, is_hidden};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Tabs lead to multiples of so many cells.
const TAB: usize = 8;
/// The most that is walked through to find the first cell that is seen, in bytes; plain ASCII needs no walk.
const WALK: usize = 64 * 1024;
/// A grapheme of more characters than this is shown by its first ones.
const STACK: usize = 8;

/// How a piece of a line stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// It doesn't.
    Plain,
    /// It differs from the other side.
    Word,
    /// It was searched for.
    Found,
    /// It was searched for and is the one that was gone to.
    Here,
    /// It isn't in the content as it is shown: an escape, or the sign that something was cut off.
    Odd,
}

/// Pieces of a line with their looks, `width` cells at most from cell `shift` on. Where marks overlap, the later one wins.
pub fn cells(line: &str, marks: &[(Range<usize>, Look)], shift: usize, width: usize) -> Vec<(Look, String)> {
    let look = |at: usize| marks.iter().rev().find(|(range, _)| range.contains(&at)).map_or(Look::Plain, |(_, look)| *look);
    let skipped = plain_prefix(line, shift);
    let mut column = skipped;
    let mut seen: Vec<(Look, String, usize)> = Vec::new();
    let mut used = 0;
    for (at, grapheme) in line[skipped..].grapheme_indices(true) {
        if at > WALK && column < shift {
            break;
        }
        let at = skipped + at;
        let (text, wide) = shown(grapheme, column);
        column += wide;
        if column <= shift {
            continue;
        }
        // A wide character or a tab that begins left of the edge is seen as blanks.
        let (text, wide) = if column - wide < shift { (" ".repeat(column - shift), column - shift) } else { (text, wide) };
        let odd = look(at) == Look::Plain && grapheme.chars().any(is_hidden) && grapheme != "\t";
        if used + wide > width {
            return cut(seen, used, width);
        }
        used += wide;
        seen.push((if odd { Look::Odd } else { look(at) }, text, wide));
    }
    joined(seen)
}

/// How many cells a whole line takes, as far as it is walked through.
pub fn wide(line: &str) -> usize {
    let plain = plain_prefix(line, line.len());
    let rest = line[plain..].grapheme_indices(true).take_while(|(at, _)| *at <= WALK);
    rest.fold(plain, |column, (_, grapheme)| column + shown(grapheme, column).1)
}

/// How many bytes at the beginning are one cell each, `most` at the most, with the last one left for the walk: a mark may combine
/// with it.
fn plain_prefix(line: &str, most: usize) -> usize {
    let plain = line.bytes().take(most).take_while(|byte| (b' '..0x7f).contains(byte)).count();
    if plain == line.len() { plain } else { plain.saturating_sub(1) }
}

fn shown(grapheme: &str, column: usize) -> (String, usize) {
    if grapheme == "\t" {
        let blanks = TAB - column % TAB;
        return (" ".repeat(blanks), blanks);
    }
    let grapheme = grapheme.char_indices().nth(STACK).map_or(grapheme, |(at, _)| &grapheme[..at]);
    let text = Clean::line(grapheme).to_string();
    let wide = text.width();
    (text, wide)
}

fn cut(mut seen: Vec<(Look, String, usize)>, mut used: usize, width: usize) -> Vec<(Look, String)> {
    while used + 1 > width {
        let Some((_, _, wide)) = seen.pop() else { return Vec::new() };
        used -= wide;
    }
    seen.push((Look::Odd, "…".to_owned(), 1));
    joined(seen)
}

fn joined(seen: Vec<(Look, String, usize)>) -> Vec<(Look, String)> {
    let mut pieces: Vec<(Look, String)> = Vec::new();
    for (look, text, _) in seen {
        match pieces.last_mut() {
            Some((last, piece)) if *last == look => piece.push_str(&text),
            _ => pieces.push((look, text)),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &str, shift: usize, width: usize) -> String {
        cells(line, &[], shift, width).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn tabs_lead_to_stops_that_are_counted_in_terminal_cells() {
        assert_eq!(text("\ta", 0, 20), "        a");
        assert_eq!(text("ab\tc", 0, 20), "ab      c");
        assert_eq!(text("表表\tc", 0, 20), "表表    c");
        assert_eq!(text("e\u{301}\tc", 0, 20), "e\u{301}       c");
        assert_eq!(text("ab\tc", 4, 20), "    c");
    }

    #[test]
    fn what_a_terminal_would_act_on_is_shown() {
        for (line, expected) in
            [("a\x1b[2Jb", "a\\x1b[2Jb"), ("a\u{202e}b", "a\\u{202e}b"), ("a\0b", "a\\x00b"), ("\u{9b}1m", "\\x9b1m")]
        {
            assert_eq!(text(line, 0, 40), expected);
            assert!(cells(line, &[], 0, 40).iter().any(|(look, _)| *look == Look::Odd));
        }
    }

    #[test]
    fn a_line_is_cut_between_graphemes_with_a_sign_that_more_follows() {
        assert_eq!(text("abcdef", 0, 6), "abcdef");
        assert_eq!(text("abcdefg", 0, 6), "abcde…");
        assert_eq!(text("表表表", 0, 5), "表表…");
        assert_eq!(text("表表表", 0, 4), "表…");
        assert_eq!(text("表x", 1, 4), " x");
        assert_eq!(text("abc", 9, 4), "");
        assert_eq!(text("abcdefghij", 5, 3), "fg…");
    }

    #[test]
    fn marks_stay_on_their_characters_wherever_these_are_shown() {
        let line = "\ta := größe";
        let start = line.find('g').expect("there");
        let pieces = cells(line, &[(start..line.len(), Look::Word), (start..start + 1, Look::Here)], 8, 20);
        let piece = |look, text: &str| (look, text.to_owned());
        assert_eq!(pieces, [piece(Look::Plain, "a := "), piece(Look::Here, "g"), piece(Look::Word, "röße")]);
    }

    #[test]
    fn a_megabyte_in_one_line_is_shown_anywhere_when_it_is_plain() {
        let line = format!("{}{}", "x".repeat(1_000_000), "end");
        assert_eq!(text(&line, 999_998, 9), "xxend");
        assert_eq!(text(&"ä".repeat(500_000), 0, 3), "ää…");
        assert_eq!(text(&"ä".repeat(500_000), 400_000, 3), "", "too far to walk");
    }

    #[test]
    fn a_tower_of_combining_marks_stays_small() {
        assert!(text(&format!("a{}", "\u{301}".repeat(100_000)), 0, 9).len() < 32);
    }
}
