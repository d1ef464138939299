//! Which lines of two texts are the same: a pure function of both and of a deadline. Folding and drawing are left to `rows`.

use super::anchors;
use super::text::Text;
use crate::clock::Deadline;
use similar::algorithms::{Capture, Compact, DiffHook as _, Replace};
use std::borrow::Cow;
use std::collections::HashMap;
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

    fn key(self, line: &str) -> Cow<'_, str> {
        match self {
            Self::Ignored if line.contains(char::is_whitespace) => {
                Cow::Owned(line.chars().filter(|c| !c.is_whitespace()).collect())
            }
            Self::Exact | Self::Ignored => Cow::Borrowed(line),
        }
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
    let (left, right) = numbered(old, new, spaces);
    let begin = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
    let rest = left.len().min(right.len()) - begin;
    let end = left.iter().rev().zip(right.iter().rev()).take(rest).take_while(|(left, right)| left == right).count();
    let (middle_left, middle_right) = (&left[begin..left.len() - end], &right[begin..right.len() - end]);
    let (pairs, coarse) = pairs(middle_left, middle_right, deadline);
    let inner = pairs.into_iter().map(|(old, new)| (old + begin, new + begin));
    let tail = (0..end).map(|line| (left.len() - end + line, right.len() - end + line));
    let all = (0..begin).map(|line| (line, line)).chain(inner).chain(tail);
    let runs = runs(&left, &right, all);
    let other_ends = runs.iter().map(|run| other_ends(old, new, run)).sum();
    Lines { runs, spaces, coarse, other_ends }
}

/// Lines as numbers: the same number for lines that are the same.
fn numbered(old: &Text, new: &Text, spaces: Spaces) -> (Vec<u32>, Vec<u32>) {
    let mut known: HashMap<Cow<'_, str>, u32> = HashMap::with_capacity(old.len().max(new.len()));
    let mut number = |line| {
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry(spaces.key(line)).or_insert(next)
    };
    let left = (0..old.len()).map(|line| number(old.line(line))).collect();
    let right = (0..new.len()).map(|line| number(new.line(line))).collect();
    (left, right)
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
    let pairs = anchors::pairs(&old, &new, deadline);
    let hurried = !old.is_empty() && deadline.is_over();
    (pairs.into_iter().map(|(old, new)| (left_places[old], right_places[new])).collect(), hurried)
}

/// Runs out of pairs; where a change may stand at several places, it moves to where it joins others.
fn runs(left: &[u32], right: &[u32], pairs: impl Iterator<Item = (usize, usize)>) -> Vec<Run> {
    let mut hook = Compact::new(Replace::new(Capture::new()), left, right);
    let (mut old, mut new) = (0, 0);
    // The hooks that are used here never fail.
    let mut step = |to: (usize, usize), same: bool| {
        if to.0 > old {
            let _ = hook.delete(old, to.0 - old, new);
        }
        if to.1 > new {
            let _ = hook.insert(to.0, new, to.1 - new);
        }
        if same {
            let _ = hook.equal(to.0, to.1, 1);
        }
        (old, new) = (to.0 + usize::from(same), to.1 + usize::from(same));
    };
    pairs.for_each(|pair| step(pair, true));
    step((left.len(), right.len()), false);
    let _ = hook.finish();
    let mut runs: Vec<Run> = Vec::new();
    for op in hook.into_inner().into_inner().into_ops() {
        let (tag, old, new) = op.as_tag_tuple();
        match (runs.last_mut(), tag) {
            (Some(Run::Same { len, .. }), similar::DiffTag::Equal) => *len += old.len(),
            (_, similar::DiffTag::Equal) => runs.push(Run::Same { old: old.start, new: new.start, len: old.len() }),
            (Some(Run::Change { old: was, new: is }), _) => (was.end, is.end) = (old.end, new.end),
            _ => runs.push(Run::Change { old, new }),
        }
    }
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
    fn a_line_end_alone_is_no_change_but_is_counted() {
        let lines = compared("a\nb\r\nc\n", "a\nb\nc\n", Spaces::Exact);
        assert!(changes(&lines).is_empty());
        assert_eq!(lines.other_ends, 1);
    }

    #[test]
    fn past_the_deadline_the_comparison_is_coarse_and_loses_no_line() {
        let mixed = |step: usize| (0..4_000).map(|line| (line * step % 4_001).to_string()).collect::<Vec<_>>().join("\n");
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
