//! What is wrong with the settings, with the line that it is about.

use crate::app::keymap::nearest;
use fieldpost_common::text::Clean;
use serde::Serialize;
use std::fmt;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Complaint {
    /// Counted from 1.
    pub(crate) line: usize,
    /// What is wrong, and what would be allowed.
    pub(crate) words: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.words)
    }
}

/// The mistakes of one text.
pub(super) struct Complaints<'a> {
    text: &'a str,
    found: Vec<Complaint>,
}

impl<'a> Complaints<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// Something is wrong at a byte of the text.
    pub(super) fn at(&mut self, byte: usize, words: &str) {
        let line = 1 + self.text.get(..byte).unwrap_or(self.text).matches('\n').count();
        self.found.push(Complaint { line, words: Clean::line(words).to_string() });
    }

    /// A word that means nothing there: the one that was meant, else all that there are.
    pub(super) fn unknown(&mut self, byte: usize, what: &str, word: &str, allowed: &[&str]) {
        let hint = match nearest(word, allowed.iter().copied()) {
            Some(meant) => format!("did you mean {meant}?"),
            None => format!("there is {}", allowed.join(", ")),
        };
        self.at(byte, &format!("{word} is no {what}: {hint}"));
    }

    /// All of them, by line.
    pub(super) fn done(mut self) -> Vec<Complaint> {
        self.found.sort();
        self.found
    }
}
