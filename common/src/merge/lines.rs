//! A content cut into lines that keep their ends: LF, CR, CR LF, or none at the very end.

use std::ops::Range;

/// A content and where its lines end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    bytes: Vec<u8>,
    /// The offset behind each line.
    ends: Vec<usize>,
}

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Lf,
    Cr,
    CrLf,
}

impl End {
    pub(super) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::Cr => b"\r",
            Self::CrLf => b"\r\n",
        }
    }

    /// The end of the first line that has one.
    pub(super) fn first_of(bytes: &[u8]) -> Option<Self> {
        let at = memchr::memchr2(b'\n', b'\r', bytes)?;
        Some(match (bytes[at], bytes.get(at + 1)) {
            (b'\n', _) => Self::Lf,
            (_, Some(b'\n')) => Self::CrLf,
            _ => Self::Cr,
        })
    }
}

/// Whether the last line has an end; nothing has.
pub(super) fn is_ended(bytes: &[u8]) -> bool {
    matches!(bytes.last(), None | Some(b'\n' | b'\r'))
}

impl Lines {
    /// Cuts a content.
    pub fn of(bytes: &[u8]) -> Self {
        let mut ends: Vec<_> = memchr::memchr2_iter(b'\n', b'\r', bytes)
            .filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'))
            .map(|at| at + 1)
            .collect();
        if !is_ended(bytes) {
            ends.push(bytes.len());
        }
        Self { bytes: bytes.to_vec(), ends }
    }

    /// Takes a content that has no lines as one.
    pub fn whole(bytes: &[u8]) -> Self {
        let ends = if bytes.is_empty() { Vec::new() } else { vec![bytes.len()] };
        Self { bytes: bytes.to_vec(), ends }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The whole content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of some lines. Lines beyond the last are empty.
    pub fn part(&self, lines: Range<usize>) -> &[u8] {
        let (from, to) = (self.offset(lines.start), self.offset(lines.end));
        self.bytes.get(from..to).unwrap_or_default()
    }

    /// Each line with its end.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|line| self.part(line..line + 1))
    }

    /// Where a line begins.
    fn offset(&self, line: usize) -> usize {
        match line.checked_sub(1) {
            None => 0,
            Some(before) => self.ends.get(before).copied().unwrap_or(self.bytes.len()),
        }
    }
}
