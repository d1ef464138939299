//! Searching in what a command brought.

use super::OutputView;
use crate::app::compare::cells::wide;
use crate::app::compare::text::Text;
use crate::app::search;
use std::ops::Range;

/// After so many places the rest isn't counted.
const MOST: usize = 10_000;

/// A search in the lines. Giving it up brings back the first line, and whether the end was followed.
pub(crate) type Search = search::Search<(usize, bool), Found>;

/// A place where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) line: usize,
    /// Bytes of the line.
    pub(crate) range: Range<usize>,
}

fn places(text: &Text, pattern: &regex::Regex) -> Vec<Found> {
    let place = |found: regex::Match<'_>| {
        let line = text.line_at(found.start());
        let start = text.range(line).start;
        Found { line, range: found.start() - start..found.end() - start }
    };
    pattern.find_iter(text.all()).take(MOST).map(place).collect()
}

impl OutputView {
    pub(super) fn begin_search(&mut self) {
        self.search = Search::begin((self.top, self.follows));
    }

    /// Looks for what was typed so far, from where the screen was before.
    pub(crate) fn typed(&mut self, size: (u16, u16)) {
        if let Some(before) = self.search.typing {
            (self.top, self.follows) = before;
        }
        self.look();
        let from = self.top;
        self.search.go(|found| found.line >= from);
        self.show_found(size);
    }

    /// Forgets the search; one that is still being typed gives back the place on the screen.
    pub(super) fn forget_search(&mut self) {
        if let Some(before) = std::mem::take(&mut self.search).typing {
            (self.top, self.follows) = before;
        }
    }

    pub(super) fn step_search(&mut self, forward: bool, size: (u16, u16)) {
        if self.search.step(forward) {
            self.show_found(size);
        }
    }

    /// After more has come.
    pub(super) fn find_again(&mut self) {
        if self.search.is_on() {
            self.look();
        }
    }

    fn look(&mut self) {
        let mut search = std::mem::take(&mut self.search);
        search.compile();
        let found = match (self.text(), search.pattern()) {
            (Some(text), Some(pattern)) => places(text, pattern),
            _ => Vec::new(),
        };
        let more = found.len() == MOST;
        search.take(found, more);
        self.search = search;
    }

    /// Brings the place on the screen, down and sideways.
    fn show_found(&mut self, size: (u16, u16)) {
        let Some(Found { line, range }) = self.search.here().cloned() else { return };
        let page = super::draw::page(size);
        if line < self.top || line >= self.top + page {
            self.scroll_to(line.saturating_sub(page / 3), page);
        }
        // The place stays where it is when more comes.
        self.follows = false;
        let Some(text) = self.text() else { return };
        let text = text.line(line);
        let (start, end) = (wide(&text[..range.start]), wide(&text[..range.end]));
        let room = super::draw::room(size);
        if start < self.shift || end > self.shift + room {
            self.shift = if end <= room { 0 } else { start.saturating_sub(room / 3) };
        }
    }
}
