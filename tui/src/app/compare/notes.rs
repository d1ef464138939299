//! What the lines of a comparison don't say, in words: encodings, line ends, and differences that can't be seen.

use super::lines::{Lines, Run};
use super::text::Text;
use fieldpost_common::encoding::Encoding;
use fieldpost_common::text::count;

/// One line about a text.
pub(super) fn kind(text: &Text) -> String {
    let mark = if text.has_mark() { " with byte order mark" } else { "" };
    format!("{}{mark} · line ends: {} · {}", text.encoding(), text.ends(), count(text.len(), "line"))
}

type Side<'a> = (Option<&'a [u8]>, &'a Text);

/// What differs between both, and what is odd about one.
pub(super) fn notes(left: Side<'_>, right: Side<'_>, lines: &Lines) -> Vec<String> {
    let mut notes = Vec::new();
    if let (Some(old), Some(new)) = (left.0, right.0) {
        notes.extend(different(left.1, right.1, lines));
        let seen = !notes.is_empty() || lines.runs.iter().any(|run| matches!(run, Run::Change { .. }));
        if old != new && !seen {
            notes.push("the contents differ only in bytes that no character stands for".to_owned());
        }
    } else if let Some(text) = [left, right].iter().find_map(|(bytes, text)| bytes.map(|_| text)) {
        notes.extend(odd_ends(text));
    }
    let guess =
        [left, right].iter().find(|(bytes, text)| bytes.is_some() && text.encoding().is_guess()).map(|side| side.1.encoding());
    if let Some(guess) = guess
        && !notes.iter().any(|note| note.starts_with("encodings"))
    {
        notes.push(format!("encoding: {guess}, which is a guess"));
    }
    notes
}

fn different(left: &Text, right: &Text, lines: &Lines) -> Vec<String> {
    let mut notes = Vec::new();
    let plain = |text: &Text| matches!(text.encoding(), Encoding::Ascii);
    // ASCII reads the same in every encoding that has no byte order mark.
    let alike = left.encoding() == right.encoding() || !left.has_mark() && !right.has_mark() && (plain(left) || plain(right));
    if !alike {
        notes.push(format!("encodings differ: {} before, {} after", left.encoding(), right.encoding()));
    }
    if left.has_mark() != right.has_mark() {
        let words = |text: &Text| if text.has_mark() { "there" } else { "not there" };
        notes.push(format!("byte order marks differ: {} before, {} after", words(left), words(right)));
    }
    if left.is_ended() != right.is_ended() {
        let words = |text: &Text| if text.is_ended() { "ended" } else { "without line end" };
        notes.push(format!("last lines differ: {} before, {} after", words(left), words(right)));
    }
    let (before, after) = (left.ends(), right.ends());
    let kinds = |ends: super::text::Ends| [ends.lf > 0, ends.crlf > 0, ends.cr > 0];
    if kinds(before) != kinds(after) && !left.is_empty() && !right.is_empty() {
        notes.push(format!("line ends differ: {before} before, {after} after"));
    } else {
        notes.extend(odd_ends(right));
        // A last line that has no end was told of.
        let others = lines.other_ends - usize::from(lines.other_ends > 0 && left.is_ended() != right.is_ended());
        if others > 0 {
            notes.push(format!("{} in the line end only", differing(others)));
        }
    }
    notes
}

fn differing(lines: usize) -> String {
    format!("{} {}", count(lines, "line"), if lines == 1 { "differs" } else { "differ" })
}

fn odd_ends(text: &Text) -> Option<String> {
    let ends = text.ends();
    ends.is_mixed().then(|| format!("line ends: {ends}"))
}
