//! Searching in a diff: what is looked for, where it was found, and which of these places was gone to.

use super::DiffView;
use crate::app::compare::Texts;
use crate::app::compare::lines::{Lines, Run};
use crate::app::compare::rows::{Folds, Half, Row};
use crate::app::compare::text::Text;
use crate::app::input::Input;
use regex::{Regex, RegexBuilder};
use std::ops::Range;

/// After so many places on one side the rest isn't counted.
const MOST: usize = 10_000;

/// What is looked for.
#[derive(Debug, Default)]
pub(crate) struct Search {
    pub(crate) input: Input,
    /// How the screen was before, while it is being typed.
    pub(crate) typing: Option<Before>,
    pattern: Option<Regex>,
    found: Vec<Found>,
    /// Which of them was gone to.
    at: usize,
    /// There is more than was counted.
    more: bool,
}

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

impl Search {
    /// Whether there is something to look for, or it is being typed.
    pub(crate) fn is_on(&self) -> bool {
        self.typing.is_some() || self.pattern.is_some()
    }

    pub(crate) fn pattern(&self) -> Option<&Regex> {
        self.pattern.as_ref()
    }

    /// Whether there is a place to go to.
    pub(crate) fn has_found(&self) -> bool {
        !self.found.is_empty()
    }

    /// The place that was gone to.
    pub(crate) fn here(&self) -> Option<&Found> {
        self.found.get(self.at)
    }

    /// `/lots▏ 3/17`.
    pub(crate) fn words(&self) -> String {
        let cursor = if self.typing.is_some() { "▏" } else { "" };
        let count = match (self.found.len(), &self.pattern) {
            (_, None) => String::new(),
            (0, _) => "not found".to_owned(),
            (many, _) => format!("{}/{many}{}", self.at + 1, if self.more { " and more" } else { "" }),
        };
        format!("/{}{cursor}  {count}", self.input.shown())
    }

    /// Looks through both texts, in the order in which they are shown.
    fn look(&mut self, texts: &Texts, lines: &Lines) {
        let text = self.input.text();
        let fold = !text.chars().any(char::is_uppercase);
        let build = || RegexBuilder::new(&regex::escape(&text)).case_insensitive(fold).build().ok();
        self.pattern = if text.is_empty() { None } else { build() };
        let pattern = self.pattern.as_ref();
        let (left, right) = (places(&texts.left, pattern), places(&texts.right, pattern));
        self.more = left.len() == MOST || right.len() == MOST;
        let within = |all: &[(usize, Range<usize>)], half: Half, lines: Range<usize>| -> Vec<Found> {
            let from = all.partition_point(|(line, _)| *line < lines.start);
            let places = all[from..].iter().take_while(|(line, _)| *line < lines.end);
            places.map(|(line, range)| Found { half, line: *line, range: range.clone() }).collect()
        };
        self.found.clear();
        for run in &lines.runs {
            match run {
                Run::Same { new, len, .. } => self.found.extend(within(&right, Half::Right, *new..new + len)),
                Run::Change { old, new } => {
                    self.found.extend(within(&left, Half::Left, old.clone()));
                    self.found.extend(within(&right, Half::Right, new.clone()));
                }
            }
        }
    }
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
        self.search = Search { typing: Some(self.before()), ..Search::default() };
    }

    /// Looks for what was typed so far, from where the screen was before.
    pub(crate) fn typed(&mut self, size: (u16, u16)) {
        let before = self.search.typing.clone().unwrap_or_else(|| self.before());
        let from = before.top;
        self.put_back(before);
        self.look();
        let places = self.search.found.iter().map(|found| self.rows.find(found.half, found.line));
        self.search.at = places.into_iter().position(|row| row >= Some(from)).unwrap_or(0);
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
        let many = self.search.found.len();
        if many > 0 {
            let step = if forward { 1 } else { many - 1 };
            self.search.at = (self.search.at + step) % many;
            self.show_found(size);
        }
    }

    /// After the lines were compared anew.
    pub(super) fn find_again(&mut self) {
        if self.search.is_on() {
            self.look();
            self.search.at = self.search.at.min(self.search.found.len().saturating_sub(1));
        }
    }

    fn look(&mut self) {
        let mut search = std::mem::take(&mut self.search);
        if let Some((texts, lines)) = self.text() {
            search.look(texts, lines);
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
