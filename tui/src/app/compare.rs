//! Two contents side by side: a pure function of their bytes. Lines are compared at once, words only where they are seen; fetching
//! the bytes is left to the office, drawing to `diff::draw`.

mod anchors;
pub mod cells;
mod kind;
pub mod lines;
mod notes;
mod numbers;
pub mod partners;
pub mod rows;
pub mod sideways;
mod slide;
pub mod text;
pub mod unified;
pub mod words;

use crate::clock::Deadline;
use fieldpost_common::encoding::Encoding;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::sensitive::{Sensitive, sensitive_content};
use fieldpost_common::stamp::{Hints, Stamp, stamp_with};
use lines::{Lines, Spaces, lines};
use std::sync::Arc;
use std::time::Duration;
use text::Text;

/// A first look that takes longer is finished coarsely: somebody waits for it.
const AT_FIRST: Duration = Duration::from_millis(40);
/// The same for the closer look that follows, beside what is shown.
const CLOSER: Duration = Duration::from_secs(2);

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
    /// What the contents say about themselves is still being read.
    pub stamps_follow: bool,
}

/// A content by its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Its hash.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub size: u64,
    /// Encoding, line ends and number of lines of a text, a guess at what anything else is.
    pub kind: String,
    /// What it says about itself, where that was read.
    pub stamp: Option<Stamp>,
    /// What it looks like, if it is something that isn't published by accident.
    pub sensitive: Option<Sensitive>,
}

/// What to show of two contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Both texts, and which of their lines are the same.
    Text {
        /// The texts.
        texts: Arc<Texts>,
        /// Their lines.
        lines: Lines,
    },
    /// Not text: only facts.
    Binary,
}

/// Both sides as text; a file that doesn't exist has no line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// What is taken away.
    pub left: Text,
    /// What is added.
    pub right: Text,
}

impl Texts {
    /// Which of the lines are the same, by a first look: it may be coarse.
    fn glance(&self) -> Lines {
        lines(&self.left, &self.right, Spaces::Exact, Deadline::within(AT_FIRST))
    }

    /// Which of the lines are the same.
    pub fn lines(&self, spaces: Spaces) -> Lines {
        lines(&self.left, &self.right, spaces, Deadline::within(CLOSER))
    }
}

impl Comparison {
    /// Takes what both contents say about themselves.
    pub fn stamped(&mut self, left: Option<Stamp>, right: Option<Stamp>) {
        self.stamps_follow = false;
        for (blob, stamp) in [(&mut self.left, left), (&mut self.right, right)] {
            if let Some(blob) = blob {
                blob.stamp = stamp;
            }
        }
    }
}

/// Compares at a first look; a side that isn't there is a file that doesn't exist.
pub fn compare(left: Option<&[u8]>, right: Option<&[u8]>) -> Comparison {
    let read = |bytes: Option<&[u8]>| {
        let text = Text::read(bytes.unwrap_or_default());
        let blob = bytes.map(|bytes| blob(bytes, text.as_ref()));
        (text, blob)
    };
    let ((left_text, left_blob), (right_text, right_blob)) = std::thread::scope(|scope| {
        let left = scope.spawn(|| read(left));
        let right = read(right);
        (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
    });
    let (Some(left_text), Some(right_text)) = (left_text, right_text) else {
        let (shown, notes) = (Shown::Binary, Vec::new());
        return Comparison { left: left_blob, right: right_blob, shown, notes, stamps_follow: false };
    };
    let texts = Texts { left: read_alike(left, left_text, &right_text), right: right_text };
    let lines = texts.glance();
    let notes = notes::notes((left, &texts.left), (right, &texts.right), &lines);
    let shown = Shown::Text { texts: Arc::new(texts), lines };
    Comparison { left: left_blob, right: right_blob, shown, notes, stamps_follow: false }
}

/// Two guesses that contradict each other would show the same bytes as different letters: the right one holds for both.
fn read_alike(bytes: Option<&[u8]>, text: Text, other: &Text) -> Text {
    let (own, theirs) = (text.encoding(), other.encoding());
    let bytewise = |encoding: Encoding| encoding.is_guess() && !encoding.is_wide();
    match bytes {
        Some(bytes) if bytewise(own) && bytewise(theirs) && own != theirs => Text::read_as(bytes, theirs),
        _ => text,
    }
}

fn blob(bytes: &[u8], text: Option<&Text>) -> Blob {
    let kind = text.map_or_else(|| kind::kind(bytes).to_owned(), notes::kind);
    Blob { sha256: ContentHash::of(bytes), size: bytes.len() as u64, kind, stamp: None, sensitive: sensitive_content(bytes) }
}

/// Reads what a content says about itself.
pub fn read_stamp(bytes: Option<&[u8]>, name: &str, hints: &Hints) -> Option<Stamp> {
    stamp_with(bytes?, name, hints)
}

#[cfg(test)]
mod tests;
