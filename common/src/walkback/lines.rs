//! The lines of a file, one at a time: LF, CR and CR LF end them, colours are left out, and each is decoded by itself.
//!
//! By itself, so that a report reads the same whether it stands alone or beside one in another encoding.

use std::borrow::Cow;

use memchr::memchr2;

use crate::encoding;
use crate::escape::{begins_sequence, without_sequences};

/// Nothing that a reader looks for stands further right.
const MAX_LINE: usize = 16 * 1024;

#[cfg(test)]
thread_local! {
    /// How many lines this thread has looked for; what a test of the work counts.
    pub(super) static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// A place in a file, at the beginning of a line. Copies are cheap: looking ahead is walking on with a copy.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    start: usize,
    end: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let start = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        Self::at(bytes, start)
    }

    fn at(bytes: &'a [u8], start: usize) -> Self {
        #[cfg(test)]
        STEPS.set(STEPS.get() + 1);
        let rest = bytes.get(start..).unwrap_or_default();
        let end = memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |length| start + length);
        Self { bytes, start: start.min(bytes.len()), end }
    }

    pub(super) fn is_done(self) -> bool {
        self.start >= self.bytes.len()
    }

    /// Where the line begins in the file.
    pub(super) fn start(self) -> usize {
        self.start
    }

    pub(super) fn after(self) -> Self {
        let next = match self.bytes.get(self.end..) {
            Some([b'\r', b'\n', ..]) => self.end + 2,
            Some([_, ..]) => self.end + 1,
            _ => self.bytes.len(),
        };
        Self::at(self.bytes, next)
    }

    pub(super) fn advance(&mut self) {
        *self = self.after();
    }

    /// The line, without what ends it.
    pub(super) fn raw(self) -> &'a [u8] {
        &self.bytes[self.start..self.end]
    }

    pub(super) fn is_blank(self) -> bool {
        // A line that begins with very many blanks holds nothing either.
        self.raw().iter().take(MAX_LINE).all(u8::is_ascii_whitespace)
    }

    /// The line as text, without blanks at its end.
    pub(super) fn text(self) -> Cow<'a, str> {
        let raw = self.raw();
        let raw = &raw[..raw.len().min(MAX_LINE)];
        let text = match std::str::from_utf8(raw) {
            Ok(text) => Cow::Borrowed(text.trim_end()),
            // Cut within a character.
            Err(error) if error.error_len().is_none() && self.end - self.start > raw.len() => {
                Cow::Owned(String::from_utf8_lossy(&raw[..error.valid_up_to()]).into_owned())
            }
            Err(_) => Cow::Owned(encoding::decode(raw).0.trim_end().to_owned()),
        };
        if text.contains(begins_sequence) { Cow::Owned(without_sequences(&text)) } else { text }
    }

    /// The next line that isn't blank, this one included, if it is among the next few.
    pub(super) fn skip_blank(self) -> Option<Self> {
        const FEW: usize = 6;
        let mut ahead = self;
        for _ in 0..FEW {
            if ahead.is_done() {
                return None;
            }
            if !ahead.is_blank() {
                return Some(ahead);
            }
            ahead.advance();
        }
        None
    }
}
