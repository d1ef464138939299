//! Which lines of two texts are the same: a pure function of both and of a deadline. Folding and drawing are left to `rows`.

use super::anchors;
use super::numbers::numbers;
use super::slide::{Change, changes, slide};
use super::text::Text;
use crate::clock::Deadline;
use std::borrow::Cow;
use std::ops::Range;

/// Whether blanks count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spaces {
    /// Every character counts.
    #[default]
    Exact,
    /// Lines that differ in blanks only are the same.
    Ignored,
}

impl Spaces {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Exact => Self::Ignored,
            Self::Ignored => Self::Exact,
        }
    }

    /// What two lines have in common when they count as the same.
    pub(super) fn key(self, line: &str) -> Cow<'_, str> {
        match self {
            Self::Ignored if line.contains(char::is_whitespace) => {
                Cow::Owned(line.chars().filter(|c| !c.is_whitespace()).collect())
            }
            Self::Exact | Self::Ignored => Cow::Borrowed(line),
        }
    }

    /// Whether two lines count as the same.
    pub(super) fn are_same(self, one: &str, other: &str) -> bool {
        one == other || self == Self::Ignored && self.key(one) == self.key(other)
    }
}

/// A run of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// The same on both sides.
    Same {
        /// The first line on the left.
        old: usize,
        /// The first line on the right.
        new: usize,
        /// How many.
        len: usize,
    },
    /// Different; one side may have no line.
    Change {
        /// Lines on the left.
        old: Range<usize>,
        /// Lines on the right.
        new: Range<usize>,
    },
}

/// Two texts, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// Both texts from beginning to end, in order; no run is empty.
    pub runs: Vec<Run>,
    /// Whether blanks counted.
    pub spaces: Spaces,
    /// The deadline came first: some lines that are the same may be shown as changed.
    pub coarse: bool,
    /// Lines that are the same but for their line end.
    pub other_ends: usize,
}

/// Compares; it settles for less when the deadline comes first.
pub fn lines(old: &Text, new: &Text, spaces: Spaces, deadline: Deadline) -> Lines {
    let (left, right) = numbers(old, new, spaces);
    let begin = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
    let rest = left.len().min(right.len()) - begin;
    let end = left.iter().rev().zip(right.iter().rev()).take(rest).take_while(|(left, right)| left == right).count();
    let (middle_left, middle_right) = (&left[begin..left.len() - end], &right[begin..right.len() - end]);
    let (pairs, coarse) = pairs(middle_left, middle_right, deadline);
    let inner = pairs.into_iter().map(|(old, new)| (old + begin, new + begin, 1));
    let (head, tail) = ((0, 0, begin), (left.len() - end, right.len() - end, end));
    let lens = (left.len(), right.len());
    let changes = changes(lens, std::iter::once(head).chain(inner).chain([tail]));
    let runs = runs(slide(changes, &left, &right), lens);
    let other_ends = runs.iter().map(|run| other_ends(old, new, run)).sum();
    // Where a whole text ends its lines otherwise, one note says it; where some lines do, each of them is a change.
    let some = spaces == Spaces::Exact && other_ends > 0 && (old.ends().is_mixed() || new.ends().is_mixed());
    let runs = if some { by_ends(old, new, runs) } else { runs };
    Lines { runs, spaces, coarse, other_ends }
}

/// Takes the lines whose ends differ out of those that are the same. A last line without an end differs in nothing.
fn by_ends(old: &Text, new: &Text, runs: Vec<Run>) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::with_capacity(runs.len());
    for run in runs {
        let Run::Same { old: left, new: right, len } = run else {
            push(&mut out, run);
            continue;
        };
        for step in 0..len {
            let (left, right) = (left + step, right + step);
            let (one, other) = (old.end(left), new.end(right));
            let same = one == other || one.is_empty() || other.is_empty();
            push(
                &mut out,
                if same {
                    Run::Same { old: left, new: right, len: 1 }
                } else {
                    Run::Change { old: left..left + 1, new: right..right + 1 }
                },
            );
        }
    }
    out
}

/// Adds a run; it goes on with the last one if that is of its kind.
fn push(runs: &mut Vec<Run>, run: Run) {
    match (runs.last_mut(), &run) {
        (Some(Run::Same { len, .. }), Run::Same { len: more, .. }) => *len += more,
        (Some(Run::Change { old, new }), Run::Change { old: more_old, new: more_new }) => {
            (old.end, new.end) = (more_old.end, more_new.end);
        }
        _ => runs.push(run),
    }
}

/// Which lines belong together. A line that the other side doesn't have belongs to none: leaving these out first makes it quick
/// where everything is different.
fn pairs(left: &[u32], right: &[u32], deadline: Deadline) -> (Vec<(usize, usize)>, bool) {
    let many = left.iter().chain(right).max().map_or(0, |most| *most as usize + 1);
    let there = |side: &[u32]| {
        let mut there = vec![false; many];
        for line in side {
            there[*line as usize] = true;
        }
        there
    };
    let (in_left, in_right) = (there(left), there(right));
    let places =
        |side: &[u32], other: &[bool]| -> Vec<usize> { (0..side.len()).filter(|place| other[side[*place] as usize]).collect() };
    let (left_places, right_places) = (places(left, &in_right), places(right, &in_left));
    let ids = |side: &[u32], places: &[usize]| -> Vec<u32> { places.iter().map(|place| side[*place]).collect() };
    let (old, new) = (ids(left, &left_places), ids(right, &right_places));
    let (pairs, hurried) = anchors::pairs(&old, &new, deadline);
    (pairs.into_iter().map(|(old, new)| (left_places[old], right_places[new])).collect(), hurried)
}

/// All runs, out of the changes.
fn runs(changes: Vec<Change>, lens: (usize, usize)) -> Vec<Run> {
    let mut runs = Vec::with_capacity(changes.len() * 2 + 1);
    let mut at = (0, 0);
    let mut same = |runs: &mut Vec<Run>, (old, new): (usize, usize), next: (usize, usize)| {
        if old > at.0 {
            runs.push(Run::Same { old: at.0, new: at.1, len: old - at.0 });
        }
        debug_assert_eq!(old - at.0, new - at.1, "what is between changes is the same on both sides");
        at = next;
    };
    for (old, new) in changes {
        same(&mut runs, (old.start, new.start), (old.end, new.end));
        runs.push(Run::Change { old, new });
    }
    same(&mut runs, lens, lens);
    runs
}

fn other_ends(left: &Text, right: &Text, run: &Run) -> usize {
    let Run::Same { old, new, len } = *run else { return 0 };
    (0..len).filter(|step| left.end(old + step) != right.end(new + step)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn compared(old: &str, new: &str, spaces: Spaces) -> Lines {
        let text = |text: &str| Text::read(text.as_bytes()).expect("text");
        lines(&text(old), &text(new), spaces, Deadline::within(Duration::from_mins(1)))
    }

    fn changes(lines: &Lines) -> Vec<(Range<usize>, Range<usize>)> {
        let change = |run: &Run| match run {
            Run::Change { old, new } => Some((old.clone(), new.clone())),
            Run::Same { .. } => None,
        };
        lines.runs.iter().filter_map(change).collect()
    }

    #[test]
    fn runs_cover_both_texts_from_beginning_to_end() {
        let lines = compared("a\nb\nc\nd\n", "a\nx\nc\nd\ne\n", Spaces::Exact);
        let same = |old, new, len| Run::Same { old, new, len };
        let expected = [same(0, 0, 1), Run::Change { old: 1..2, new: 1..2 }, same(2, 2, 2), Run::Change { old: 4..4, new: 4..5 }];
        assert_eq!(lines.runs, expected);
    }

    #[test]
    fn ignoring_blanks_finds_lines_that_were_only_indented_the_same() {
        let (old, new) = ("if: x\n\tfoo bar\n", "if: x\n\t\tfoo  bar\nnew\n");
        assert_eq!(changes(&compared(old, new, Spaces::Exact)), [(1..2, 1..3)]);
        assert_eq!(changes(&compared(old, new, Spaces::Ignored)), [(2..2, 2..3)]);
    }

    #[test]
    fn where_a_whole_text_ends_its_lines_otherwise_no_line_is_a_change_but_all_are_counted() {
        let lines = compared("a\r\nb\r\nc", "a\nb\nc", Spaces::Exact);
        assert!(changes(&lines).is_empty());
        assert_eq!(lines.other_ends, 2);
    }

    #[test]
    fn where_some_lines_end_otherwise_each_of_them_is_a_change() {
        let (old, new) = ("a\r\nb\r\nc\nd\ne", "a\r\nb\nc\r\nd\ne\n");
        let lines = compared(old, new, Spaces::Exact);
        assert_eq!(changes(&lines), [(1..3, 1..3)]);
        assert_eq!(lines.runs.len(), 3, "{:?}", lines.runs);
        assert!(changes(&compared(old, new, Spaces::Ignored)).is_empty());
        let beside = compared("x\nb\r\nc\n", "y\nb\nc\n", Spaces::Exact);
        assert_eq!(changes(&beside), [(0..2, 0..2)], "it goes on with the change before");
    }

    #[test]
    fn past_the_deadline_the_comparison_is_coarse_and_loses_no_line() {
        // No line stands once, so that nothing is certain.
        let mixed = |step: usize| (0..4_000).map(|line| (line * step % 4_001 % 40).to_string()).collect::<Vec<_>>().join("\n");
        let (old, new) = (mixed(7), mixed(11));
        let text = |text: &str| Text::read(text.as_bytes()).expect("text");
        let lines = lines(&text(&old), &text(&new), Spaces::Exact, Deadline::within(Duration::ZERO));
        assert!(lines.coarse);
        let (left, right) = lines.runs.iter().fold((0, 0), |(left, right), run| match run {
            Run::Same { old, new, len } => {
                assert_eq!((*old, *new), (left, right));
                (left + len, right + len)
            }
            Run::Change { old, new } => {
                assert_eq!((old.start, new.start), (left, right));
                (old.end, new.end)
            }
        });
        assert_eq!((left, right), (4_000, 4_000));
    }
}
