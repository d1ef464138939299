//! Two contents side by side, as lines that may be shown: a pure function of their bytes. Fetching them is left to the office,
//! drawing to `diff::draw`.

mod decode;

use decode::{Decoded, decode};
use fieldpost_common::hash::ContentHash;
use similar::{ChangeTag, DiffOp, TextDiff};
use std::time::Duration;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;
/// A diff that takes longer is finished coarsely.
const WITHIN: Duration = Duration::from_secs(2);
/// Changed words are marked in this many lines; after that only whole lines are.
const WORD_LINES: usize = 2_000;

/// Two contents, compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What is taken away; `None`: no file.
    pub left: Option<Blob>,
    /// What is added; `None`: no file.
    pub right: Option<Blob>,
    /// What to show.
    pub shown: Shown,
    /// What the lines don't say: line ends, encodings.
    pub notes: Vec<String>,
}

/// A content by its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blob {
    /// Its hash.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub size: u64,
}

/// What to show of two contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Lines, and where among them the changes begin.
    Text {
        /// The lines.
        lines: Vec<Line>,
        /// The first line of each change.
        hunks: Vec<usize>,
    },
    /// Not text: only facts.
    Binary,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub kind: Kind,
    /// Its text in pieces; `true`: these words changed.
    pub pieces: Vec<(bool, String)>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// On both sides.
    Same,
    /// Only on the left.
    Gone,
    /// Only on the right.
    Added,
    /// Says where the next lines stand.
    Place,
}

/// Compares; a side that isn't there is a file that doesn't exist.
pub fn compare(left: Option<&[u8]>, right: Option<&[u8]>) -> Comparison {
    let blob = |bytes: &[u8]| Blob { sha256: ContentHash::of(bytes), size: bytes.len() as u64 };
    let (left_text, right_text) = (left.map(decode), right.map(decode));
    let binary = matches!(left_text, Some(None)) || matches!(right_text, Some(None));
    let (left_text, right_text) = (left_text.flatten(), right_text.flatten());
    let (shown, notes) = if binary {
        (Shown::Binary, Vec::new())
    } else {
        (text(left_text.as_ref(), right_text.as_ref()), notes(left_text.as_ref(), right_text.as_ref()))
    };
    Comparison { left: left.map(blob), right: right.map(blob), shown, notes }
}

fn notes(left: Option<&Decoded>, right: Option<&Decoded>) -> Vec<String> {
    let mut notes = Vec::new();
    match (left, right) {
        (Some(left), Some(right)) => {
            let traits = left.traits().into_iter().zip(right.traits());
            for ((what, was), (_, is)) in traits {
                if was != is {
                    notes.push(format!("{what} differ: {was} before, {is} after"));
                } else if decode::is_odd(is) {
                    notes.push(format!("{what}: {is}"));
                }
            }
        }
        (Some(one), None) | (None, Some(one)) => {
            let odd = one.traits().into_iter().filter(|(_, is)| decode::is_odd(is));
            notes.extend(odd.map(|(what, is)| format!("{what}: {is}")));
        }
        (None, None) => {}
    }
    notes
}

fn text(left: Option<&Decoded>, right: Option<&Decoded>) -> Shown {
    let (old, new) = (left.map_or("", |one| one.text.as_str()), right.map_or("", |one| one.text.as_str()));
    let diff = TextDiff::configure().timeout(WITHIN).diff_lines(old, new);
    let groups = if old == new { Vec::new() } else { diff.grouped_ops(CONTEXT) };
    if groups.is_empty() {
        let lines = new.lines().map(|line| whole(Kind::Same, line)).collect();
        return Shown::Text { lines, hunks: Vec::new() };
    }
    let mut lines = Vec::new();
    let mut hunks = Vec::new();
    for group in &groups {
        hunks.push(lines.len());
        if left.is_some() && right.is_some() {
            lines.push(whole(Kind::Place, &place(group)));
        }
        for op in group {
            push_op(&diff, op, &mut lines);
        }
    }
    Shown::Text { lines, hunks }
}

fn push_op<'a>(diff: &TextDiff<'a, 'a, str>, op: &DiffOp, lines: &mut Vec<Line>) {
    let wanted = matches!(op, DiffOp::Replace { .. }) && lines.len() < WORD_LINES;
    if wanted {
        lines.extend(diff.iter_inline_changes(op).map(|change| {
            // Where everything changed, marking it all says nothing.
            let all = change.values().iter().all(|(marked, text)| *marked || text.trim().is_empty());
            let pieces = change.values().iter().map(|(marked, text)| (*marked && !all, ending_off(text)));
            Line { kind: kind(change.tag()), pieces: pieces.collect() }
        }));
    } else {
        lines.extend(diff.iter_changes(op).map(|change| whole(kind(change.tag()), change.value())));
    }
}

fn whole(kind: Kind, text: &str) -> Line {
    Line { kind, pieces: vec![(false, ending_off(text))] }
}

fn ending_off(text: &str) -> String {
    text.strip_suffix('\n').unwrap_or(text).to_owned()
}

fn kind(tag: ChangeTag) -> Kind {
    match tag {
        ChangeTag::Equal => Kind::Same,
        ChangeTag::Delete => Kind::Gone,
        ChangeTag::Insert => Kind::Added,
    }
}

fn place(group: &[DiffOp]) -> String {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return String::new() };
    let range = |from: usize, to: usize| format!("{},{}", from + usize::from(to > from), to - from);
    let old = range(first.old_range().start, last.old_range().end);
    let new = range(first.new_range().start, last.new_range().end);
    format!("@@ -{old} +{new} @@")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(comparison: &Comparison) -> String {
        let Shown::Text { lines, .. } = &comparison.shown else { return "binary".to_owned() };
        let line = |line: &Line| {
            let sign = match line.kind {
                Kind::Same => ' ',
                Kind::Gone => '-',
                Kind::Added => '+',
                Kind::Place => '@',
            };
            let text: String =
                line.pieces.iter().map(|(marked, text)| if *marked { format!("[{text}]") } else { text.clone() }).collect();
            format!("{sign}{text}")
        };
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn changed_lines_stand_in_their_context_with_the_changed_words_marked() {
        let old = "a\nb\nc\nd\ntotal: 10 lots\ne\nf\ng\nh\n";
        let new = "a\nb\nc\nd\ntotal: 12 lots\ne\nf\ng\nh\n";
        let comparison = compare(Some(old.as_bytes()), Some(new.as_bytes()));
        assert_eq!(shown(&comparison), "@@@ -2,7 +2,7 @@\n b\n c\n d\n-total: [10] lots\n+total: [12] lots\n e\n f\n g");
        assert!(comparison.notes.is_empty());
    }

    #[test]
    fn a_file_with_the_line_ends_of_a_mac_is_compared_line_by_line() {
        let comparison = compare(Some(b"one\rtwo\r"), Some(b"one\nthree\n"));
        assert_eq!(shown(&comparison), "@@@ -1,2 +1,2 @@\n one\n-two\n+three");
        assert_eq!(comparison.notes, ["line ends differ: CR before, LF after"]);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_shown_without_losing_a_difference() {
        let comparison = compare(Some(b"caf\xe9\n"), Some(b"caf\xe8\n"));
        assert!(shown(&comparison).contains('+') && shown(&comparison).contains('è'), "{}", shown(&comparison));
        assert_eq!(comparison.notes, ["encoding: not UTF-8, shown as Latin-1"]);
    }

    #[test]
    fn an_escape_sequence_in_a_patch_is_shown_and_not_obeyed() {
        let comparison = compare(None, Some(b"\x1b[2Jgone\n"));
        assert_eq!(shown(&comparison), "+\\x1b[2Jgone");
    }

    #[test]
    fn bytes_with_zeroes_are_binary() {
        let comparison = compare(Some(b"text"), Some(b"\0\x01\x02"));
        assert_eq!(comparison.shown, Shown::Binary);
        assert_eq!(comparison.right.expect("a side").size, 3);
    }

    #[test]
    fn the_same_content_is_shown_whole() {
        let comparison = compare(Some(b"a\nb\n"), Some(b"a\nb\n"));
        assert_eq!(shown(&comparison), " a\n b");
    }

    #[test]
    fn a_missing_last_line_end_is_said() {
        let comparison = compare(Some(b"a\nb\n"), Some(b"a\nb"));
        assert_eq!(comparison.notes, ["last lines differ: ended before, without line end after"]);
    }
}
