//! The lists of arguments on one line. Many frames may begin within one list, up to the same `)`: it is taken apart once, so that the
//! work stays linear.

use super::{is_argument, is_java};

/// The lists of a line, asked for from left to right.
pub(super) struct Lists<'a> {
    text: &'a str,
    /// The `)` of the last list that was asked for.
    close: usize,
    /// The parts of that list, between `, `.
    parts: Vec<Part>,
}

struct Part {
    start: usize,
    /// Without blanks.
    end: usize,
    /// Whether all parts after this one are arguments.
    rest: bool,
}

impl<'a> Lists<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, close: 0, parts: Vec::new() }
    }

    /// The first `)` from a place on, which is behind a `(` and not before the last that was asked for.
    pub(super) fn close(&mut self, from: usize) -> Option<usize> {
        if self.parts.is_empty() || self.close < from {
            self.close = from + self.text[from..].find(')')?;
            self.take_apart(from);
        }
        Some(self.close)
    }

    fn take_apart(&mut self, from: usize) {
        let list = &self.text[from..self.close];
        let mut start = from;
        self.parts.clear();
        self.parts.extend(list.split(", ").map(|part| {
            let part = Part { start, end: start + part.trim_end().len(), rest: true };
            start += self.text[start..self.close].find(", ").map_or(0, |length| length + 2);
            part
        }));
        // From the right: what follows a part is known before it.
        let mut rest = true;
        for part in self.parts.iter_mut().rev() {
            part.rest = rest;
            rest = rest && is_argument(self.text[part.start..part.end].trim_start());
        }
    }

    /// Whether what stands between a place within the list and its `)` are arguments.
    pub(super) fn are_arguments(&self, from: usize) -> bool {
        let Some(at) = self.parts.partition_point(|part| part.start <= from).checked_sub(1) else { return false };
        let part = &self.parts[at];
        let first = self.text.get(from..part.end).unwrap_or_default().trim_start();
        let is_empty = first.is_empty() && at + 1 == self.parts.len();
        is_empty || !is_java(&self.text[from..self.close]) && part.rest && is_argument(first)
    }
}

#[cfg(test)]
thread_local! {
    /// How many characters of arguments this thread has looked at; what a test of the work counts.
    pub(super) static LOOKED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts a character, in tests.
pub(super) fn looked() {
    #[cfg(test)]
    LOOKED.set(LOOKED.get() + 1);
}
