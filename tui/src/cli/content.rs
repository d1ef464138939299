//! Contents for the eye: told apart from binary, compared as text, coloured where colours show.

use fieldpost_common::encoding::decode;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::text::{self, Clean};
use similar::{Algorithm, ChangeTag, TextDiff};
use std::fmt::Write as _;
use std::time::Duration;

/// How many bytes are looked at for a sign of binary.
const HEAD: usize = 8 * 1024;
/// After this the comparison settles for a longer one.
const DEADLINE: Duration = Duration::from_secs(3);
/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// One side of a comparison.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side<'a> {
    /// What it is, for the head line.
    pub(crate) label: &'a str,
    /// The bytes; `None`: there is no file.
    pub(crate) bytes: Option<&'a [u8]>,
}

impl Side<'_> {
    fn describe(self) -> String {
        match self.bytes {
            Some(bytes) => format!("{} {}", ContentHash::of(bytes), text::size(bytes.len() as u64)),
            None => "absent".to_owned(),
        }
    }
}

/// Whether bytes are no text; UTF-16 that says so is.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    let wide = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    !wide && bytes[..bytes.len().min(HEAD)].contains(&0)
}

/// Bytes as text that can be shown.
pub(crate) fn shown(bytes: &[u8]) -> Clean {
    Clean::lines(&decode(bytes).0)
}

/// How two contents differ, as a unified diff; binary ones by hash and size. Empty when they are the same.
pub(crate) fn difference(from: Side<'_>, to: Side<'_>, colour: bool) -> String {
    if from.bytes == to.bytes {
        return String::new();
    }
    let (old, new) = (from.bytes.unwrap_or_default(), to.bytes.unwrap_or_default());
    let head = format!("--- {}\n+++ {}\n", from.label, to.label);
    if is_binary(old) || is_binary(new) {
        return format!("{head}binary contents differ\n-{}\n+{}\n", from.describe(), to.describe());
    }
    let (old, new) = (shown(old), shown(new));
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).timeout(DEADLINE).diff_lines(old.as_str(), new.as_str());
    let mut out = String::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        // Writing to a String can't fail.
        let _ = writeln!(out, "{}", paint(&hunk.header().to_string(), "36", colour));
        for change in hunk.iter_changes() {
            let (sign, code) = match change.tag() {
                ChangeTag::Delete => ('-', "31"),
                ChangeTag::Insert => ('+', "32"),
                ChangeTag::Equal => (' ', ""),
            };
            let _ = writeln!(out, "{}", paint(&format!("{sign}{}", change.value().trim_end_matches('\n')), code, colour));
        }
    }
    if out.is_empty() {
        out = format!(
            "the lines are the same; line ends, encoding or the end of the last line differ\n-{}\n+{}\n",
            from.describe(),
            to.describe()
        );
    }
    head + &out
}

fn paint(line: &str, code: &str, colour: bool) -> String {
    if colour && !code.is_empty() { format!("\x1b[{code}m{line}\x1b[0m") } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side<'a>(label: &'a str, bytes: &'a [u8]) -> Side<'a> {
        Side { label, bytes: Some(bytes) }
    }

    #[test]
    fn text_is_compared_line_by_line_whatever_its_line_ends() {
        let diff = difference(side("a", b"one\rtwo\rthree\r"), side("b", b"one\ntwo, better\nthree\n"), false);
        assert_eq!(diff, "--- a\n+++ b\n@@ -1,3 +1,3 @@\n one\n-two\n+two, better\n three\n");
    }

    #[test]
    fn contents_that_differ_only_in_line_ends_say_so() {
        let diff = difference(side("a", b"one\r\n"), side("b", b"one\n"), false);
        assert!(diff.contains("line ends"), "{diff}");
    }

    #[test]
    fn binary_contents_are_compared_by_hash_and_size() {
        let diff = difference(side("a", b"\0one"), side("b", b"\0three"), true);
        assert!(diff.contains(&ContentHash::of(b"\0one").to_string()) && diff.contains("6 B"), "{diff}");
    }

    #[test]
    fn what_a_site_wrote_can_not_move_the_cursor_and_colour_is_ours_alone() {
        let diff = difference(side("a", b"x\n"), side("b", b"\x1b[2Jx\n"), true);
        assert!(diff.contains("\\x1b[2Jx") && diff.contains("\x1b[32m+"), "{diff:?}");
    }

    #[test]
    fn a_file_that_is_not_there_is_all_added() {
        let diff = difference(Side { label: "absent", bytes: None }, side("b", b"one\n"), false);
        assert!(diff.ends_with("+one\n"), "{diff}");
        assert_eq!(difference(side("a", b"x"), side("b", b"x"), false), "");
    }
}
