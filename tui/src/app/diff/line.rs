//! One row of a diff as pieces: its gutter, its sign, its text with what stands out in it.

use super::DiffView;
use crate::app::compare::Texts;
use crate::app::compare::cells::{Look, cells, wide};
use crate::app::compare::lines::Spaces;
use crate::app::compare::partners::{by_place, partners};
use crate::app::compare::rows::{Half, Layout, Row};
use crate::app::compare::sideways::{apart, shift};
use crate::app::compare::words::words;
use crate::app::theme::Tone;
use fieldpost_common::text::count;
use std::ops::Range;

/// Lines that are longer, in bytes, are not searched through for every frame.
const SEARCHED: usize = 64 * 1024;

/// A piece of a row; the flag says that it looks like the selection.
pub(super) type Piece = (Tone, bool, String);

/// What the rows of a frame have in common.
pub(super) struct Frame<'a> {
    view: &'a DiffView,
    texts: &'a Texts,
    spaces: Spaces,
    /// Digits of the numbers of both sides; zero where none are shown.
    digits: (usize, usize),
    width: usize,
}

/// What is drawn of one side of a row.
struct Part {
    half: Half,
    line: usize,
    other: Option<usize>,
    sign: char,
}

fn digits(view: &DiffView, texts: &Texts) -> (usize, usize) {
    let digits = |lines: usize| if view.numbers { lines.max(1).ilog10() as usize + 2 } else { 0 };
    let there = |lines: usize| if lines == 0 { 0 } else { digits(lines) };
    (there(texts.left.len()), there(texts.right.len()))
}

/// How many terminal cells of a line are seen.
pub(super) fn room(view: &DiffView, width: u16) -> usize {
    let Some((texts, _)) = view.text() else { return usize::from(width) };
    let (left, right) = digits(view, texts);
    match view.rows.layout() {
        Layout::Unified => usize::from(width).saturating_sub(left + right + 2),
        Layout::Split => (usize::from(width) / 2).saturating_sub(left.max(right) + 3),
    }
}

impl<'a> Frame<'a> {
    pub(super) fn new(view: &'a DiffView, width: u16) -> Option<Self> {
        let (texts, lines) = view.text()?;
        Some(Self { view, texts, spaces: lines.spaces, digits: digits(view, texts), width: usize::from(width) })
    }

    /// A row's pieces, each with the column where it begins.
    pub(super) fn row(&self, row: usize) -> Vec<(usize, Vec<Piece>)> {
        let Some(content) = self.view.rows.row(row) else { return Vec::new() };
        let part = |half, line, other, sign| Part { half, line, other, sign };
        match (content, self.view.rows.layout()) {
            (Row::Fold { len, .. }, _) => vec![(0, vec![self.pointer(row), (Tone::Faint, false, self.fold(len))])],
            (Row::Same { old, new }, Layout::Unified) => {
                self.unified(row, (Some(old), Some(new)), &part(Half::Right, new, None, ' '))
            }
            (Row::Gone { old }, _) => {
                self.unified(row, (Some(old), None), &part(Half::Left, old, self.partner(row, Half::Left, old), '-'))
            }
            (Row::Added { new }, _) => {
                self.unified(row, (None, Some(new)), &part(Half::Right, new, self.partner(row, Half::Right, new), '+'))
            }
            (Row::Same { old, new }, Layout::Split) => {
                self.split(row, Some(&part(Half::Left, old, None, ' ')), Some(&part(Half::Right, new, None, ' ')))
            }
            (Row::Both { old, new }, _) => {
                let left = old.map(|line| part(Half::Left, line, new, '-'));
                let right = new.map(|line| part(Half::Right, line, old, '+'));
                self.split(row, left.as_ref(), right.as_ref())
            }
        }
    }

    /// The line on the other side that a changed line stands for.
    fn partner(&self, row: usize, half: Half, line: usize) -> Option<usize> {
        let (old, new) = self.view.rows.change(row)?;
        if by_place(old.len(), new.len()) {
            let (from, to) = if half == Half::Left { (old, new) } else { (new, old) };
            return Some(to.start + line - from.start).filter(|line| *line < to.end);
        }
        let left: Vec<_> = old.clone().map(|line| self.texts.left.line(line)).collect();
        let right: Vec<_> = new.clone().map(|line| self.texts.right.line(line)).collect();
        let pairs = partners(&left, &right).into_iter();
        let mut pairs = pairs.map(|(left, right)| (old.start + left, new.start + right));
        match half {
            Half::Left => pairs.find(|pair| pair.0 == line).map(|pair| pair.1),
            Half::Right => pairs.find(|pair| pair.1 == line).map(|pair| pair.0),
        }
    }

    fn fold(&self, len: usize) -> String {
        let gutter = self.digits.0 + self.digits.1;
        format!("{:gutter$}⋯ {}", "", count(len, "line"))
    }

    /// Marks the change that was gone to.
    fn pointer(&self, row: usize) -> Piece {
        let hunks = self.view.rows.hunks();
        let here = self.view.hunk.is_some_and(|hunk| {
            let end = hunks.get(hunk + 1).copied().unwrap_or(usize::MAX);
            (hunks[hunk]..end).contains(&row) && !matches!(self.view.rows.row(row), Some(Row::Same { .. } | Row::Fold { .. }))
        });
        // A blank in a style of its own would cost bytes in every row.
        if here { (Tone::Strong, false, "▌".to_owned()) } else { (Tone::Faint, false, " ".to_owned()) }
    }

    fn unified(&self, row: usize, numbers: (Option<usize>, Option<usize>), part: &Part) -> Vec<(usize, Vec<Piece>)> {
        let gutter = format!("{}{}", number(numbers.0, self.digits.0), number(numbers.1, self.digits.1));
        let mut pieces = vec![self.pointer(row), (Tone::Faint, false, gutter)];
        pieces.extend(self.text(part, room(self.view, self.clipped())));
        vec![(0, pieces)]
    }

    fn split(&self, row: usize, left: Option<&Part>, right: Option<&Part>) -> Vec<(usize, Vec<Piece>)> {
        let middle = self.width / 2;
        let digits = self.digits.0.max(self.digits.1);
        let room = room(self.view, self.clipped());
        let side = |part: Option<&Part>, first: Piece| {
            let mut pieces = vec![first];
            if let Some(part) = part {
                pieces.push((Tone::Faint, false, number(Some(part.line), digits)));
                pieces.extend(self.text(part, room));
            }
            pieces
        };
        let border = (Tone::Faint, false, "│".to_owned());
        vec![(0, side(left, self.pointer(row))), (middle, side(right, border))]
    }

    fn clipped(&self) -> u16 {
        u16::try_from(self.width).unwrap_or(u16::MAX)
    }

    /// Sign and text.
    fn text(&self, part: &Part, room: usize) -> Vec<Piece> {
        let (plain, word) = match part.sign {
            '-' => (Tone::Gone, Tone::GoneWord),
            '+' => (Tone::Added, Tone::AddedWord),
            _ => (Tone::Plain, Tone::Plain),
        };
        let text = if part.half == Half::Left { &self.texts.left } else { &self.texts.right };
        let line = text.line(part.line);
        let marks = self.marks(part, line);
        let mut pieces = vec![(plain, false, part.sign.to_string())];
        let (mut shift, mut room) = (self.view.shift, room);
        if let by_itself @ 1.. = self.by_itself(part, line, room) {
            pieces.push((Tone::Faint, false, "‹".to_owned()));
            (shift, room) = (by_itself + 1, room - 1);
        }
        let end = self.end(part, line);
        room = room.saturating_sub(end.len());
        pieces.extend(cells(line, &marks, shift, room).into_iter().map(|(look, text)| match look {
            Look::Plain => (plain, false, text),
            Look::Word => (word, false, text),
            Look::Found => (Tone::Accent, false, text),
            Look::Here => (Tone::Accent, true, text),
            Look::Odd => (Tone::Busy, false, text),
        }));
        if !end.is_empty() {
            pieces.push((word, false, end.to_owned()));
        }
        pieces
    }

    /// The line's end, to be seen where it is all that differs.
    fn end(&self, part: &Part, line: &str) -> &'static str {
        let (own, others) = match part.half {
            Half::Left => (&self.texts.left, &self.texts.right),
            Half::Right => (&self.texts.right, &self.texts.left),
        };
        let is_all = part.other.is_some_and(|other| others.line(other) == line && others.end(other) != own.end(part.line));
        match own.end(part.line) {
            "\n" if is_all => r"\n",
            "\r\n" if is_all => r"\r\n",
            "\r" if is_all => r"\r",
            _ => "",
        }
    }

    /// How far a changed line is moved so that what differs in it is seen, as long as nobody moves the lines by hand or looks for
    /// something in it.
    fn by_itself(&self, part: &Part, line: &str, room: usize) -> usize {
        let is_here = self.view.search.here().is_some_and(|found| found.half == part.half && found.line == part.line);
        let Some(other) = part.other.filter(|_| self.view.shift == 0 && !is_here) else { return 0 };
        let other = if part.half == Half::Left { self.texts.right.line(other) } else { self.texts.left.line(other) };
        if line.len().max(other.len()) > SEARCHED {
            return 0;
        }
        apart(line, other).map_or(0, |span| {
            let span = wide(&line[..span.start])..wide(&line[..span.end]);
            shift(&span, wide(line).max(wide(other)), room)
        })
    }

    fn marks(&self, part: &Part, line: &str) -> Vec<(Range<usize>, Look)> {
        let mut marks = Vec::new();
        if let Some(other) = part.other {
            let changed = match part.half {
                Half::Left => words(line, self.texts.right.line(other), self.spaces).0,
                Half::Right => words(self.texts.left.line(other), line, self.spaces).1,
            };
            marks.extend(changed.into_iter().map(|range| (range, Look::Word)));
        }
        let search = &self.view.search;
        if let Some(pattern) = search.pattern().filter(|_| line.len() <= SEARCHED) {
            marks.extend(pattern.find_iter(line).map(|found| (found.range(), Look::Found)));
        }
        let here = search.here().filter(|found| found.half == part.half && found.line == part.line);
        marks.extend(here.map(|found| (found.range.clone(), Look::Here)));
        marks
    }
}

fn number(line: Option<usize>, digits: usize) -> String {
    match line {
        _ if digits == 0 => String::new(),
        Some(line) => format!("{:>width$} ", line + 1, width = digits - 1),
        None => " ".repeat(digits),
    }
}
