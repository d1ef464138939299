//! Bytes as text, and back: in which ways a line may be read, and where in the bytes each of its characters begins.

use fieldpost_common::encoding::Encoding;
use std::borrow::Cow;
use std::ops::Range;

/// A line read in one way.
pub(super) struct Reading<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where each character begins, in the text and in the bytes; none: in both alike.
    places: Vec<(usize, usize)>,
    /// Where it ends in the bytes.
    end: usize,
}

impl Reading<'_> {
    /// One character after the other, with its place in the bytes.
    fn of(characters: impl Iterator<Item = (usize, char)>, end: usize) -> Self {
        let (mut text, mut places) = (String::new(), Vec::new());
        for (at, character) in characters {
            places.push((text.len(), at));
            text.push(character);
        }
        Self { text: Cow::Owned(text), places, end }
    }

    /// Where in the bytes the character stands that begins there in the text.
    pub(super) fn place(&self, offset: usize) -> usize {
        if offset == self.text.len() {
            return self.end;
        }
        if self.places.is_empty() {
            return offset;
        }
        self.places.get(self.places.partition_point(|(at, _)| *at < offset)).map_or(self.end, |(_, at)| *at)
    }
}

/// The ways in which a line may be read that isn't UTF-16.
pub(super) fn readings(line: &[u8]) -> Vec<Reading<'_>> {
    let mut all = Vec::with_capacity(1);
    if let Ok(text) = std::str::from_utf8(line) {
        all.push(Reading { text: Cow::Borrowed(text), places: Vec::new(), end: line.len() });
    } else {
        all.push(Reading::of(mixed(line), line.len()));
        // Which bytes are letters differs: all that are letters in either are.
        for encoding in [Encoding::Windows1252, Encoding::MacRoman] {
            all.push(Reading::of(encoding.read(line).chars().enumerate(), line.len()));
        }
    }
    if line.contains(&0) {
        let other = line.iter().enumerate().filter(|(_, byte)| **byte != 0);
        all.push(Reading::of(other.map(|(at, byte)| (at, char::from(*byte))), line.len()));
    }
    all
}

/// UTF-8 where it is, and a character for each byte where it isn't.
fn mixed(line: &[u8]) -> impl Iterator<Item = (usize, char)> {
    let mut at = 0;
    line.utf8_chunks().flat_map(move |chunk| {
        let start = at;
        let odd = start + chunk.valid().len();
        at = odd + chunk.invalid().len();
        let valid = chunk.valid().char_indices().map(move |(offset, character)| (start + offset, character));
        valid.chain(chunk.invalid().iter().enumerate().map(move |(offset, byte)| (odd + offset, char::from(*byte))))
    })
}

/// Whether a byte ends a line.
pub fn is_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// The lines of a text by its bytes, without their ends and without a byte order mark.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut from = if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    std::iter::from_fn(move || {
        let start = from + text.get(from..)?.iter().position(|byte| !is_end(*byte))?;
        let end = text[start..].iter().position(|byte| is_end(*byte)).map_or(text.len(), |length| start + length);
        from = end;
        Some(start..end)
    })
}

/// One way to read UTF-16: where its first unit begins, and which of its bytes is the high one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wide {
    start: usize,
    big: bool,
}

/// The ways in which a text may be UTF-16; mostly none. A piece may begin between the bytes of a unit: then both ways are tried.
pub(super) fn wide(text: &[u8]) -> Vec<Wide> {
    match text {
        [0xFF, 0xFE, ..] => return vec![Wide { start: 2, big: false }],
        [0xFE, 0xFF, ..] => return vec![Wide { start: 2, big: true }],
        _ if !text.contains(&0) => return Vec::new(),
        _ => {}
    }
    let (pairs, _) = text.as_chunks::<2>();
    let first = pairs.iter().filter(|pair| pair[0] == 0).count();
    let second = pairs.iter().filter(|pair| pair[1] == 0).count();
    // Blanks, digits and line ends have a zero in any language.
    let many = |zeros: usize, others: usize| zeros >= pairs.len().div_ceil(8).max(1) && zeros >= others.saturating_mul(4);
    match (many(first, second), many(second, first)) {
        (true, _) => vec![Wide { start: 0, big: true }, Wide { start: 1, big: false }],
        (_, true) => vec![Wide { start: 0, big: false }, Wide { start: 1, big: true }],
        _ => Vec::new(),
    }
}

impl Wide {
    fn units(self, text: &[u8]) -> impl Iterator<Item = (usize, u16)> {
        let unit = if self.big { u16::from_be_bytes } else { u16::from_le_bytes };
        let (pairs, _) = text.get(self.start..).unwrap_or_default().as_chunks::<2>();
        pairs.iter().enumerate().map(move |(at, pair)| (self.start + 2 * at, unit(*pair)))
    }

    /// Where lines end.
    pub(super) fn ends(self, text: &[u8]) -> impl Iterator<Item = usize> {
        self.units(text).filter(|(_, unit)| u8::try_from(*unit).is_ok_and(is_end)).map(|(at, _)| at)
    }

    /// Reads line by line.
    pub(super) fn lines(self, text: &[u8], mut read: impl FnMut(&Reading<'_>)) {
        let mut line = Vec::new();
        let mut take = |line: &mut Vec<(usize, u16)>, end: usize| {
            read(&Reading::of(characters(line).into_iter(), end));
            line.clear();
        };
        for (at, unit) in self.units(text) {
            if u8::try_from(unit).is_ok_and(is_end) {
                take(&mut line, at);
            } else {
                line.push((at, unit));
            }
        }
        let end = line.last().map_or(text.len(), |(at, _)| at + 2);
        take(&mut line, end);
    }
}

/// Units as characters; one that is none alone becomes the sign for that.
fn characters(line: &[(usize, u16)]) -> Vec<(usize, char)> {
    let mut at = 0;
    let decoded = char::decode_utf16(line.iter().map(|(_, unit)| *unit));
    let placed = decoded.map(|read| {
        let place = line[at].0;
        at += read.as_ref().map_or(1, |character| character.len_utf16());
        (place, read.unwrap_or(char::REPLACEMENT_CHARACTER))
    });
    placed.collect()
}
