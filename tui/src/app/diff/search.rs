//! Searching in a diff: where something is found in its two contents, and how such a place is brought on the screen.

use super::DiffView;
use crate::app::compare::Texts;
use crate::app::compare::lines::{Lines, Run};
use crate::app::compare::rows::{Folds, Half, Row};
use crate::app::compare::text::Text;
use crate::app::search;
use regex::Regex;
use std::ops::Range;

/// After so many places on one side the rest isn't counted.
const MOST: usize = 10_000;

/// A search in both contents.
pub(crate) type Search = search::Search<Before, Found>;

/// What giving up a search brings back.
#[derive(Debug, Clone)]
pub(crate) struct Before {
    top: usize,
    folds: Folds,
    shift: usize,
}

/// A place where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) half: Half,
    pub(crate) line: usize,
    /// Bytes of the line.
    pub(crate) range: Range<usize>,
}

/// Looks through both texts, in the order in which they are shown; whether there is more than was counted.
fn look(pattern: Option<&Regex>, texts: &Texts, lines: &Lines) -> (Vec<Found>, bool) {
    let (left, right) = (places(&texts.left, pattern), places(&texts.right, pattern));
    let more = left.len() == MOST || right.len() == MOST;
    let within = |all: &[(usize, Range<usize>)], half: Half, lines: Range<usize>| -> Vec<Found> {
        let from = all.partition_point(|(line, _)| *line < lines.start);
        let places = all[from..].iter().take_while(|(line, _)| *line < lines.end);
        places.map(|(line, range)| Found { half, line: *line, range: range.clone() }).collect()
    };
    let mut found = Vec::new();
    for run in &lines.runs {
        match run {
            Run::Same { new, len, .. } => found.extend(within(&right, Half::Right, *new..new + len)),
            Run::Change { old, new } => {
                found.extend(within(&left, Half::Left, old.clone()));
                found.extend(within(&right, Half::Right, new.clone()));
            }
        }
    }
    (found, more)
}

fn places(text: &Text, pattern: Option<&Regex>) -> Vec<(usize, Range<usize>)> {
    let Some(pattern) = pattern else { return Vec::new() };
    let place = |found: regex::Match<'_>| {
        let line = text.line_at(found.start());
        let start = text.range(line).start;
        (line, found.start() - start..found.end() - start)
    };
    pattern.find_iter(text.all()).take(MOST).map(place).collect()
}

impl DiffView {
    /// Begins to type what to look for.
    pub(super) fn begin_search(&mut self) {
        self.search = Search::begin(self.before());
    }

    /// Looks for what was typed so far, from where the screen was before.
    pub(crate) fn typed(&mut self, size: (u16, u16)) {
        let before = self.search.typing.clone().unwrap_or_else(|| self.before());
        let from = before.top;
        self.put_back(before);
        self.look();
        let rows = &self.rows;
        self.search.go(|found| rows.find(found.half, found.line) >= Some(from));
        self.show_found(size);
    }

    /// Keeps what was found, or forgets the search where nothing was typed.
    pub(super) fn end_typing(&mut self) {
        self.search.typing = None;
    }

    /// Forgets the search; one that is still being typed gives back the place on the screen.
    pub(super) fn forget_search(&mut self) {
        if let Some(before) = std::mem::take(&mut self.search).typing {
            self.put_back(before);
        }
    }

    fn before(&self) -> Before {
        Before { top: self.top, folds: self.folds.clone(), shift: self.shift }
    }

    fn put_back(&mut self, before: Before) {
        if self.folds != before.folds {
            self.folds = before.folds;
            self.lay_out();
        }
        (self.top, self.shift) = (before.top, before.shift);
    }

    /// Goes to the next place where it was found, or to the one before; around at the ends.
    pub(super) fn step_search(&mut self, forward: bool, size: (u16, u16)) {
        if self.search.step(forward) {
            self.show_found(size);
        }
    }

    /// After the lines were compared anew.
    pub(super) fn find_again(&mut self) {
        if self.search.is_on() {
            self.look();
        }
    }

    fn look(&mut self) {
        let mut search = std::mem::take(&mut self.search);
        search.compile();
        if let Some((texts, lines)) = self.text() {
            let (found, more) = look(search.pattern(), texts, lines);
            search.take(found, more);
        }
        self.search = search;
    }

    /// Brings the place on the screen: opens its fold, scrolls down and sideways as far as it takes.
    fn show_found(&mut self, size: (u16, u16)) {
        let Some(Found { half, line, range }) = self.search.here().cloned() else { return };
        let row = |view: &Self| view.rows.find(half, line).unwrap_or(0);
        if let Some(Row::Fold { new, .. }) = self.rows.row(row(self)) {
            self.refold(|folds| {
                folds.open.insert(new);
            });
        }
        let page = super::head::page(self, size).max(1);
        let row = row(self);
        if row < self.top || row >= self.top + page {
            self.scroll_to(row.saturating_sub(page / 3), page);
        }
        let Some((texts, _)) = self.text() else { return };
        let text = if half == Half::Left { &texts.left } else { &texts.right };
        let line = text.line(line);
        let (start, end) =
            (crate::app::compare::cells::wide(&line[..range.start]), crate::app::compare::cells::wide(&line[..range.end]));
        let room = super::line::room(self, size.0);
        if start < self.shift || end > self.shift + room {
            self.shift = if end <= room { 0 } else { start.saturating_sub(room / 3) };
        }
    }
}
