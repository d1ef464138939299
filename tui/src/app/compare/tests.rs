//! What a comparison shows and says.

use super::rows::{Folds, Layout, Row, Rows};
use super::*;

fn shown(comparison: &Comparison) -> String {
    let Shown::Text { texts, lines } = &comparison.shown else { return "binary".to_owned() };
    let rows = Rows::new(lines, Layout::Unified, &Folds::default());
    let cut = |line: &str| cells::cells(line, &[], 0, 80).into_iter().map(|(_, text)| text).collect::<String>();
    let row = |row| match rows.row(row).expect("a row") {
        Row::Same { new, .. } => format!(" {}", cut(texts.right.line(new))),
        Row::Gone { old } => format!("-{}", cut(texts.left.line(old))),
        Row::Added { new } => format!("+{}", cut(texts.right.line(new))),
        other => format!("{other:?}"),
    };
    (0..rows.len()).map(row).collect::<Vec<_>>().join("\n")
}

fn both(left: &[u8], right: &[u8]) -> Comparison {
    compare(Some(left), Some(right))
}

#[test]
fn a_file_with_the_line_ends_of_a_mac_is_compared_line_by_line() {
    let comparison = both(b"one\rtwo\r", b"one\nthree\n");
    assert_eq!(shown(&comparison), " one\n-two\n+three");
    assert_eq!(comparison.notes, ["line ends differ: CR before, LF after"]);
}

#[test]
fn line_ends_that_change_in_the_midst_are_counted() {
    assert_eq!(
        both(b"a\nb\r\nc\r\n", b"a\nb\nc\r\n").notes,
        ["line ends: mixed (2 LF, 1 CRLF)", "1 line differs in the line end only"]
    );
}

#[test]
fn bytes_that_are_not_utf_8_are_shown_with_a_guess_that_says_so() {
    let comparison = both(b"un caf\xe9 noir\n", b"un caf\xe8 noir\n");
    assert_eq!(shown(&comparison), "-un café noir\n+un cafè noir");
    assert_eq!(comparison.notes, ["encoding: probably ISO 8859-1, which is a guess"]);
}

#[test]
fn two_guesses_never_show_the_same_bytes_as_different_letters() {
    let (left, right) = (&b"gr\x9F\xA7e\r\xA5 one\r"[..], &b"gr\xFC\xDFe, 20\xB0\n\xA5 one\n"[..]);
    let Shown::Text { texts, .. } = both(left, right).shown else { panic!("text") };
    assert_eq!(texts.left.encoding(), texts.right.encoding());
}

#[test]
fn the_same_text_in_another_encoding_has_no_changed_line_and_a_note() {
    let comparison = both("größe\n".as_bytes(), b"gr\xF6\xDFe\n");
    assert_eq!(shown(&comparison), " größe");
    assert_eq!(comparison.notes, ["encodings differ: UTF-8 before, probably ISO 8859-1 after"]);
}

#[test]
fn a_difference_that_no_character_shows_is_said() {
    let comparison = both(b"\xef\xbb\xbfa\xff\n", b"\xef\xbb\xbfa\xfe\n");
    assert_eq!(comparison.notes, ["the contents differ only in bytes that no character stands for"]);
}

#[test]
fn a_byte_order_mark_that_came_is_said() {
    assert_eq!(
        both("ä\n".as_bytes(), "\u{feff}ä\n".as_bytes()).notes,
        ["byte order marks differ: not there before, there after"]
    );
}

#[test]
fn an_escape_sequence_in_a_patch_is_shown_and_not_obeyed() {
    assert_eq!(shown(&compare(None, Some(b"\x1b[2Jgone\n"))), "+\\x1b[2Jgone");
}

#[test]
fn bytes_with_zeroes_are_binary_with_a_guess_at_their_kind() {
    let comparison = both(b"text", b"\x7fELF\0\x01\x02");
    assert_eq!(comparison.shown, Shown::Binary);
    let right = comparison.right.expect("a side");
    assert_eq!((right.size, right.kind.as_str()), (7, "a program or library for Linux"));
}

#[test]
fn the_same_content_is_shown_whole_without_a_note() {
    let comparison = both(b"a\nb\n", b"a\nb\n");
    assert_eq!(shown(&comparison), " a\n b");
    assert!(comparison.notes.is_empty());
}

#[test]
fn a_missing_last_line_end_is_said() {
    assert_eq!(both(b"a\nb\n", b"a\nb").notes, ["last lines differ: ended before, without line end after"]);
}
