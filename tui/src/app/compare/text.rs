//! A content as text: decoded once, its lines kept as places in it. What may be shown of a line is left to `cells`.

use fieldpost_common::encoding::{Encoding, decode};
use std::fmt;
use std::ops::Range;

/// A decoded content.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    all: String,
    /// Where each line begins and where it ends, without its line end.
    lines: Vec<(usize, usize)>,
    encoding: Encoding,
    /// Whether a byte order mark stood before it.
    mark: bool,
}

/// How lines end, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    /// LF alone.
    pub lf: usize,
    /// CR and LF.
    pub crlf: usize,
    /// CR alone.
    pub cr: usize,
}

impl Text {
    /// Text, unless the bytes hold a zero that no encoding explains.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (text, encoding) = decode(bytes);
        if !encoding.is_wide() && bytes.contains(&0) {
            return None;
        }
        let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
        Some(Self::new(text, encoding, marks.iter().any(|mark| bytes.starts_with(mark))))
    }

    /// The bytes read as another encoding than the one that was guessed.
    pub(super) fn read_as(bytes: &[u8], encoding: Encoding) -> Self {
        Self::new(encoding.read(bytes), encoding, false)
    }

    fn new(text: String, encoding: Encoding, mark: bool) -> Self {
        Self { lines: split(text.as_bytes()), all: text, encoding, mark }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A line without its line end, as it stands in the content; empty when there is no such line.
    pub fn line(&self, line: usize) -> &str {
        &self.all[self.range(line)]
    }

    /// Where a line stands in the text.
    pub fn range(&self, line: usize) -> Range<usize> {
        self.lines.get(line).map_or(0..0, |(start, end)| *start..*end)
    }

    /// The line that a place in the text belongs to.
    pub fn line_at(&self, place: usize) -> usize {
        self.lines.partition_point(|(start, _)| *start <= place).saturating_sub(1)
    }

    /// What ends a line: nothing only at the end of the text.
    pub fn end(&self, line: usize) -> &str {
        let Some((_, end)) = self.lines.get(line) else { return "" };
        let next = self.lines.get(line + 1).map_or(self.all.len(), |(start, _)| *start);
        &self.all[*end..next]
    }

    /// All of it.
    pub fn all(&self) -> &str {
        &self.all
    }

    /// What the bytes were read as.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether a byte order mark stood before it.
    pub fn has_mark(&self) -> bool {
        self.mark
    }

    /// How its lines end.
    pub fn ends(&self) -> Ends {
        let mut ends = Ends::default();
        for line in 0..self.len() {
            match self.end(line) {
                "\n" => ends.lf += 1,
                "\r\n" => ends.crlf += 1,
                "\r" => ends.cr += 1,
                _ => {}
            }
        }
        ends
    }

    /// Whether the last line has its line end.
    pub fn is_ended(&self) -> bool {
        self.is_empty() || !self.end(self.len() - 1).is_empty()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} lines, {})", self.len(), self.encoding)
    }
}

impl Ends {
    /// Whether there is more than one kind.
    pub fn is_mixed(self) -> bool {
        [self.lf, self.crlf, self.cr].into_iter().filter(|count| *count > 0).count() > 1
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [("LF", self.lf), ("CRLF", self.crlf), ("CR", self.cr)];
        let there: Vec<_> = kinds.into_iter().filter(|(_, count)| *count > 0).collect();
        match there[..] {
            [] => f.write_str("none"),
            [(name, _)] => f.write_str(name),
            _ => {
                let counted: Vec<_> = there.iter().map(|(name, count)| format!("{count} {name}")).collect();
                write!(f, "mixed ({})", counted.join(", "))
            }
        }
    }
}

fn split(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut lines = Vec::with_capacity(bytes.len() / 32);
    let mut start = 0;
    for end in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        // The LF of a CRLF has ended its line already.
        if end < start {
            continue;
        }
        lines.push((start, end));
        start = end + if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    if start < bytes.len() {
        lines.push((start, bytes.len()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<String> {
        let text = Text::read(bytes).expect("text");
        (0..text.len()).map(|line| text.line(line).to_owned()).collect()
    }

    #[test]
    fn every_kind_of_line_end_ends_a_line() {
        assert_eq!(lines(b"a\nb\r\nc\rd"), ["a", "b", "c", "d"]);
        assert_eq!(lines(b"a\r\r\n\nb\n"), ["a", "", "", "b"]);
        assert!(lines(b"").is_empty());
        assert_eq!(lines(b"\n"), [""]);
    }

    #[test]
    fn line_ends_are_counted_and_mixed_ones_told() {
        for (bytes, words) in [
            (&b"a\nb\n"[..], "LF"),
            (b"a\rb\r", "CR"),
            (b"a\r\n", "CRLF"),
            (b"a", "none"),
            (b"a\nb\n\rc\r\n", "mixed (2 LF, 1 CRLF, 1 CR)"),
        ] {
            assert_eq!(Text::read(bytes).expect("text").ends().to_string(), words, "{bytes:?}");
        }
    }

    #[test]
    fn utf_16_is_text_though_it_is_full_of_zeroes() {
        assert_eq!(lines(b"\xff\xfea\0\n\0b\0"), ["a", "b"]);
        assert_eq!(Text::read(b"a\0b"), None);
    }

    #[test]
    fn a_place_in_the_text_belongs_to_its_line() {
        let text = Text::read(b"ab\r\ncd\n").expect("text");
        assert_eq!([0, 1, 4, 5].map(|place| text.line_at(place)), [0, 0, 1, 1]);
    }
}
