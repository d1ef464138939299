//! The diff screen: two contents of one patch, how far it is scrolled, and what may be published from it.

pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod keys;

use super::compare::{Comparison, Line, Shown};
use super::office::Ticket;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{SiteName, Version};
use fieldpost_common::name::PatchName;

/// One of the two contents, with what the grid knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Side {
    /// `published for 7.7`, `at acme`.
    pub(crate) title: String,
    pub(crate) sha256: Option<ContentHash>,
    /// Who and when, in words.
    pub(crate) stamp: String,
}

/// What is compared, as far as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    Loading,
    Failed(String),
    Ready(Box<Comparison>),
}

/// A content that may be made current once it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) sha256: ContentHash,
    /// Chosen to begin with.
    pub(crate) version: Version,
    /// What was current for each version when the diff was opened.
    pub(crate) current: Vec<(Version, Option<ContentHash>)>,
    /// It goes over the newer side, or over a choice that someone made.
    pub(crate) backward: bool,
}

/// The screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DiffView {
    pub(crate) ticket: Ticket,
    pub(crate) patch: PatchName,
    pub(crate) site: SiteName,
    pub(crate) left: Side,
    pub(crate) right: Side,
    pub(crate) body: Body,
    pub(crate) offer: Option<Offer>,
    /// The first line on the screen.
    pub(crate) top: usize,
    /// The first terminal cell of the lines on the screen.
    pub(crate) shift: usize,
}

impl DiffView {
    /// Lines and where changes begin, once they are there.
    pub(crate) fn text(&self) -> Option<(&[Line], &[usize])> {
        match &self.body {
            Body::Ready(comparison) => match &comparison.shown {
                Shown::Text { lines, hunks } => Some((lines, hunks)),
                Shown::Binary => None,
            },
            _ => None,
        }
    }

    /// The size of a content that was shown.
    pub(crate) fn size_of(&self, sha256: &ContentHash) -> Option<u64> {
        let Body::Ready(comparison) = &self.body else { return None };
        [comparison.left, comparison.right].into_iter().flatten().find(|blob| blob.sha256 == *sha256).map(|blob| blob.size)
    }

    fn lines(&self) -> usize {
        self.text().map_or(0, |(lines, _)| lines.len())
    }

    /// Scrolls so that this line is the first, as far as there are lines.
    pub(crate) fn scroll_to(&mut self, line: usize, page: usize) {
        self.top = line.min(self.lines().saturating_sub(page.max(1)));
    }

    pub(crate) fn next_hunk(&mut self, page: usize) {
        let next = self.text().and_then(|(_, hunks)| hunks.iter().find(|line| **line > self.top).copied());
        if let Some(line) = next {
            self.scroll_to(line, page);
        }
    }

    pub(crate) fn previous_hunk(&mut self, page: usize) {
        let before = self.text().and_then(|(_, hunks)| hunks.iter().rev().find(|line| **line < self.top).copied());
        self.scroll_to(before.unwrap_or(0), page);
    }
}
