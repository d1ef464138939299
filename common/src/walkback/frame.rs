//! One frame of a stack, and the list of them: equal neighbours folded, never more than a few hundred.

use super::MAX_FRAMES;
use crate::text::{Clean, cut};

/// The longest frame that is kept, in terminal cells.
const MAX_TEXT: usize = 300;

/// What a frame is to somebody who looks for the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It raised the exception: `doesNotUnderstand:`, `std::panicking`.
    Signal,
    /// The application's own code.
    Application,
    /// The language's or a framework's: blocks, event loops, libraries.
    Plumbing,
}

/// One frame, the failing one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// As it was written, without numbers and addresses before it.
    pub text: Clean,
    /// What it is to the reader.
    pub role: Role,
    /// How often it stood there in a row.
    pub repeated: u32,
    /// What two frames of the same code have in common.
    pub(super) key: String,
}

/// Frames while they are read.
#[derive(Default)]
pub(super) struct Frames {
    list: Vec<Frame>,
    /// Whether the last frame of the list is the outermost one that fits; for stacks that end with the failing frame.
    inward: bool,
}

impl Frames {
    /// For a stack that is written with the failing frame last.
    pub(super) fn inward() -> Self {
        Self { inward: true, ..Self::default() }
    }

    pub(super) fn push(&mut self, text: &str, key: String, role: Role) {
        // A block is shown beside the method that it stands in.
        let is_block = |text: &str| text.contains("] in ");
        if let Some(last) = self.list.last_mut().filter(|last| last.key == key && is_block(last.text.as_str()) == is_block(text))
        {
            last.repeated = last.repeated.saturating_add(1);
            return;
        }
        if self.inward && self.list.len() >= 2 * MAX_FRAMES {
            self.list.drain(..MAX_FRAMES);
        }
        if self.inward || self.list.len() < MAX_FRAMES {
            self.list.push(Frame { text: shown(text), role, repeated: 1, key: capped(key) });
        }
    }

    /// Adds to how often the last frame stood there.
    pub(super) fn repeat_last(&mut self, times: u32) {
        if let Some(last) = self.list.last_mut() {
            last.repeated = last.repeated.saturating_add(times);
        }
    }

    pub(super) fn clear(&mut self) {
        self.list.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether more than one was added, equal ones included.
    pub(super) fn are_several(&self) -> bool {
        self.list.len() > 1 || self.list.first().is_some_and(|frame| frame.repeated > 1)
    }

    pub(super) fn has_application(&self) -> bool {
        self.list.iter().any(|frame| frame.role == Role::Application)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Frame> {
        self.list.iter()
    }

    /// The failing frame first.
    pub(super) fn finished(mut self) -> Vec<Frame> {
        if self.inward {
            self.list.reverse();
            self.list.truncate(MAX_FRAMES);
        }
        self.list
    }
}

pub(super) fn shown(text: &str) -> Clean {
    Clean::line(&cut(Clean::line(text.trim()).as_str(), MAX_TEXT))
}

fn capped(mut key: String) -> String {
    if let Some((at, _)) = key.char_indices().nth(MAX_TEXT) {
        key.truncate(at);
    }
    key
}

/// A name without what compilers and images count: runs of digits become `N`, hexadecimal hashes `X`.
pub(super) fn uncounted(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
        if word.is_empty() {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let is_hash = word.len() >= 8
            && word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
            && word.bytes().any(|b| b.is_ascii_digit());
        if is_hash {
            out.push('X');
        } else {
            fold_digits(word, &mut out);
        }
        rest = &rest[word.len()..];
    }
    out
}

/// Runs of digits become one `N`.
pub(super) fn fold_digits(word: &str, out: &mut String) {
    let mut digits = false;
    for c in word.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !digits {
            out.push('N');
        }
        digits = c.is_ascii_digit();
    }
}

/// The last part of a path of either kind of system.
pub(super) fn last_part(path: &str) -> &str {
    let path = path.trim_end_matches(['/', '\\']);
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
