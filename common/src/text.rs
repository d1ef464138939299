//! Text from outside, made safe to show, and the few words that people read everywhere: ages, sizes, plurals.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::time::Duration;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Text that can't move a cursor, hide, or reorder what stands beside it.
///
/// Control characters, bidirectional overrides, zero-width characters and other invisible ones become visible escapes
/// such as `\x1b`. Whatever came from a site, a file or the network is shown through this type only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct Clean(String);

impl Clean {
    /// Cleans one line: tabs and line ends become visible escapes too.
    pub fn line(text: &str) -> Self {
        Self(escape(text, false))
    }

    /// Makes one line of many, as of a message with its cure: the lines stand one behind the other, parted by `; `.
    pub fn joined(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        Self::line(&lines.collect::<Vec<_>>().join("; "))
    }

    /// Cleans bytes of any encoding, as one line.
    pub fn bytes(bytes: &[u8]) -> Self {
        Self::line(&String::from_utf8_lossy(bytes))
    }

    /// Cleans many lines: line ends stay, CR LF and CR become LF, tabs become blanks up to the next multiple of 8.
    pub fn lines(text: &str) -> Self {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        Self(escape(&expand_tabs(&text), true))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many terminal cells it takes.
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// At most `cells` wide, cut between graphemes, with `…` where something is missing.
    pub fn cut(&self, cells: usize) -> String {
        cut(&self.0, cells)
    }
}

/// For `#[serde(deserialize_with)]`: a text of many lines. Without it one line is read.
pub fn deserialize_lines<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Clean, D::Error> {
    String::deserialize(deserializer).map(|text| Clean::lines(&text))
}

/// The same, for one that may be left out.
pub fn deserialize_some_lines<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Clean>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|text| text.map(|text| Clean::lines(&text)))
}

impl From<String> for Clean {
    fn from(text: String) -> Self {
        Self::line(&text)
    }
}

impl From<&str> for Clean {
    fn from(text: &str) -> Self {
        Self::line(text)
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Cuts clean text to `cells` terminal cells between graphemes, with `…` where something is missing.
pub fn cut(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1; // for the ellipsis
    for grapheme in text.graphemes(true) {
        let width = grapheme.width();
        if used + width > cells {
            break;
        }
        used += width;
        out.push_str(grapheme);
    }
    if cells > 0 {
        out.push('…');
    }
    out
}

fn escape(text: &str, keep_newlines: bool) -> String {
    use fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' && keep_newlines {
            out.push(c);
        } else if is_hidden(c) {
            let code = u32::from(c);
            // Writing to a String can't fail.
            let _ = if code < 0x100 { write!(out, "\\x{code:02x}") } else { write!(out, "\\u{{{code:x}}}") };
        } else {
            out.push(c);
        }
    }
    out
}

/// Characters that a terminal acts on or doesn't show: they would let a name look like another.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xAD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F
            | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xE000..=0xF8FF | 0xE_0000..=0xE_0FFF | 0xF_0000..=0x10_FFFF)
}

fn expand_tabs(text: &str) -> String {
    if !text.contains('\t') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 32);
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let blanks = 8 - column % 8;
                out.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
            }
            '\n' => {
                out.push(c);
                column = 0;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    out
}

/// An age in one unit, as short as a table wants it: `now`, `4 min`, `2 h`, `3 d`, `5 w`, `2 y`.
pub fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    match seconds {
        0..60 => "now".to_owned(),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        86_400..1_209_600 => format!("{} d", seconds / 86_400),
        1_209_600..31_536_000 => format!("{} w", seconds / 604_800),
        _ => format!("{} y", seconds / 31_536_000),
    }
}

/// A size for people: `0 B`, `12 KiB`, `1.4 MiB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    // Tenths, in whole numbers: exact for every u64 that a file can have.
    let mut tenths = u128::from(bytes) * 10 / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    if tenths < 100 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", tenths / 10, UNITS[unit])
    }
}

/// `1 site`, `3 sites`: for words whose plural is an `s`; `1 patch`, `3 patches` for those that hiss.
pub fn count(number: usize, word: &str) -> String {
    let ending = if number == 1 {
        ""
    } else if word.ends_with("ch") || word.ends_with('s') {
        "es"
    } else {
        "s"
    };
    format!("{number} {word}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_escape_sequence_in_a_name_is_shown_and_not_obeyed() {
        assert_eq!(Clean::line("a\x1b[2Jb").as_str(), "a\\x1b[2Jb");
        assert_eq!(Clean::line("a\u{9b}2Jb").as_str(), "a\\x9b2Jb");
        assert_eq!(Clean::line("abc\u{202e}txt.exe").as_str(), "abc\\u{202e}txt.exe");
        assert_eq!(Clean::line("a\nb\tc").as_str(), "a\\x0ab\\x09c");
    }

    #[test]
    fn many_lines_keep_their_line_ends_whatever_system_wrote_them() {
        assert_eq!(Clean::lines("a\r\nb\rc\n\td").as_str(), "a\nb\nc\n        d");
    }

    #[test]
    fn a_message_with_its_cure_becomes_one_line_that_can_be_read() {
        assert_eq!(Clean::joined("it failed\nlook there\r\n\n  and there\n").as_str(), "it failed; look there; and there");
        assert_eq!(Clean::joined("a\x1b[2Jb").as_str(), "a\\x1b[2Jb");
    }

    #[test]
    fn wide_characters_are_cut_between_graphemes() {
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("ab", 1), "…");
        assert_eq!(cut("ab", 0), "");
    }

    #[test]
    fn ages_and_sizes_are_short() {
        assert_eq!(age(Duration::from_secs(59)), "now");
        assert_eq!(age(Duration::from_hours(72)), "3 d");
        assert_eq!(age(Duration::from_hours(20 * 24)), "2 w");
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(1_468_006), "1.3 MiB");
        assert_eq!(size(32 << 20), "32 MiB");
        assert_eq!(size(u64::MAX), "16777215 TiB");
        assert_eq!(count(1, "patch"), "1 patch");
        assert_eq!(count(2, "patch"), "2 patches");
    }

    proptest! {
        #[test]
        fn nothing_hidden_survives_cleaning(text in "\\PC*|.*") {
            prop_assert!(!Clean::line(&text).as_str().chars().any(is_hidden));
            prop_assert!(!Clean::lines(&text).as_str().chars().any(|c| c != '\n' && is_hidden(c)));
        }

        #[test]
        fn a_cut_never_gets_wider_than_asked(text in ".*", cells in 0usize..40) {
            prop_assert!(cut(Clean::line(&text).as_str(), cells).width() <= cells);
        }
    }
}
