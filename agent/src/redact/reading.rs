//! Bytes as text, and back: in which ways a line may be read, and where in the bytes each of its characters stands.
//!
//! A line may be as long as what travels at once. So only one reading of it is in memory, and no list of places: they are counted anew where
//! something was found.

use super::Rule;
use super::shown::{BACKSPACE, Overstruck, Shown, vanishes};
use fieldpost_common::encoding::Encoding;
use std::ops::Range;

#[cfg(test)]
thread_local! {
    /// How much room the largest reading of this thread took; what a test of the memory counts.
    pub(super) static LARGEST: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// A character, and the bytes that it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign {
    pub(super) character: char,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Reads lines in one way after the other.
pub(super) struct Reader<'a> {
    rules: &'a [Rule],
    /// The line, as it is read now.
    text: String,
}

impl<'a> Reader<'a> {
    pub(super) fn new(rules: &'a [Rule]) -> Self {
        Self { rules, text: String::new() }
    }

    /// What goes of a line that isn't UTF-16.
    pub(super) fn narrow(&mut self, line: &[u8], mut hide: impl FnMut(Range<usize>)) {
        if let Ok(text) = std::str::from_utf8(line) {
            for rule in self.rules {
                rule.find(text, |_, range| hide(range));
            }
            if !line.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
                self.as_shown(mixed(line), &mut hide);
            }
            return;
        }
        self.both(mixed(line), &mut hide);
        // Which bytes are letters differs: all that are letters in any are.
        for encoding in [Encoding::Windows1252, Encoding::Latin9, Encoding::MacRoman] {
            self.both(single(line, encoding), &mut hide);
        }
    }

    /// What goes of a line of UTF-16.
    pub(super) fn wide(&mut self, text: &[u8], line: Range<usize>, way: Wide, mut hide: impl FnMut(Range<usize>)) {
        self.both(way.signs(text, line), &mut hide);
    }

    /// As it is, and as it is shown.
    fn both(&mut self, signs: impl Iterator<Item = Sign> + Clone, hide: &mut impl FnMut(Range<usize>)) {
        self.read(&signs, hide);
        self.as_shown(signs, hide);
    }

    /// Without what nobody sees, if it has such.
    fn as_shown(&mut self, signs: impl Iterator<Item = Sign> + Clone, hide: &mut impl FnMut(Range<usize>)) {
        let has = |test: fn(char) -> bool| signs.clone().any(|sign| test(sign.character));
        let (zero, vanishing, backspace) = (has(|one| one == '\0'), has(vanishes), has(|one| one == BACKSPACE));
        // Where UTF-16 isn't known as such, zeros stand between the characters of an escape sequence too.
        let signs = signs.filter(|sign| sign.character != '\0');
        if zero {
            self.read(&signs, hide);
        }
        if vanishing {
            self.read(&Shown::of(signs.clone()).filter(|sign| sign.character != BACKSPACE), hide);
        }
        if backspace {
            self.read(&Overstruck::of(Shown::of(signs)), hide);
        }
    }

    fn read(&mut self, signs: &(impl Iterator<Item = Sign> + Clone), hide: &mut impl FnMut(Range<usize>)) {
        self.text.clear();
        self.text.reserve_exact(signs.clone().map(|sign| sign.character.len_utf8()).sum());
        self.text.extend(signs.clone().map(|sign| sign.character));
        #[cfg(test)]
        LARGEST.set(LARGEST.get().max(self.text.capacity()));
        for rule in self.rules {
            let mut places = Places { signs: signs.clone(), offset: 0 };
            rule.find(&self.text, |from, range| {
                places.advance(from);
                hide(places.clone().bytes(range));
            });
        }
    }
}

/// Where in the bytes stands what stands in the text: walked through from the left to the right.
#[derive(Clone)]
struct Places<I> {
    signs: I,
    /// So far in the text.
    offset: usize,
}

impl<I: Iterator<Item = Sign>> Places<I> {
    /// Goes to the character that begins there; gives the last one before it.
    fn advance(&mut self, offset: usize) -> Option<Sign> {
        let mut last = None;
        while self.offset < offset {
            let sign = self.signs.next()?;
            self.offset += sign.character.len_utf8();
            last = Some(sign);
        }
        last
    }

    /// The bytes of a part of the text that isn't empty.
    fn bytes(mut self, part: Range<usize>) -> Range<usize> {
        self.advance(part.start);
        let Some(first) = self.signs.next() else { return 0..0 };
        self.offset += first.character.len_utf8();
        let last = self.advance(part.end).unwrap_or(first);
        first.start..last.end
    }
}

/// UTF-8 where it is, and a character for each byte where it isn't.
fn mixed(line: &[u8]) -> impl Iterator<Item = Sign> + Clone {
    let mut at = 0;
    line.utf8_chunks().flat_map(move |chunk| {
        let start = at;
        let odd = start + chunk.valid().len();
        at = odd + chunk.invalid().len();
        let valid = chunk.valid().char_indices().map(move |(offset, character)| {
            let start = start + offset;
            Sign { character, start, end: start + character.len_utf8() }
        });
        valid.chain(bytes(odd, chunk.invalid(), char::from))
    })
}

/// A character for each byte.
fn single(line: &[u8], encoding: Encoding) -> impl Iterator<Item = Sign> + Clone {
    bytes(0, line, move |byte| encoding.character(byte))
}

fn bytes(from: usize, bytes: &[u8], character: impl Fn(u8) -> char + Clone) -> impl Iterator<Item = Sign> + Clone {
    bytes.iter().enumerate().map(move |(at, byte)| Sign { character: character(*byte), start: from + at, end: from + at + 1 })
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
    fn units(self, text: &[u8]) -> impl Iterator<Item = (usize, u16)> + Clone {
        let unit = if self.big { u16::from_be_bytes } else { u16::from_le_bytes };
        let (pairs, _) = text.get(self.start..).unwrap_or_default().as_chunks::<2>();
        pairs.iter().enumerate().map(move |(at, pair)| (self.start + 2 * at, unit(*pair)))
    }

    /// Where lines end.
    pub(super) fn ends(self, text: &[u8]) -> impl Iterator<Item = usize> {
        self.units(text).filter(|(_, unit)| u8::try_from(*unit).is_ok_and(is_end)).map(|(at, _)| at)
    }

    /// The lines, without their ends.
    pub(super) fn lines(self, text: &[u8]) -> impl Iterator<Item = Range<usize>> {
        let mut start = self.start;
        self.ends(text).chain([text.len()]).filter_map(move |end| {
            let line = start..end;
            start = end + 2;
            (line.start < line.end).then_some(line)
        })
    }

    /// A line's characters; a unit that is none alone becomes the sign for that.
    fn signs(self, text: &[u8], line: Range<usize>) -> impl Iterator<Item = Sign> + Clone {
        let mut at = line.start;
        let units = Self { start: 0, ..self }.units(&text[line]).map(|(_, unit)| unit);
        char::decode_utf16(units).map(move |read| {
            let start = at;
            at += 2 * read.as_ref().map_or(1, |character| character.len_utf16());
            Sign { character: read.unwrap_or(char::REPLACEMENT_CHARACTER), start, end: at }
        })
    }
}
