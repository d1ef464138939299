//! How compared lines become rows: unified or side by side, with long unchanged runs folded. Knows every row of a large file without
//! holding one for each.

use super::lines::{Lines, Run};
use std::collections::BTreeSet;
use std::ops::Range;

/// Unchanged lines that are shown around a change.
const CONTEXT: usize = 3;
/// A fold hides at least so many lines.
const LEAST: usize = 2;

/// Where the two sides stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// One below the other.
    #[default]
    Unified,
    /// The left side at the left.
    Split,
}

/// One of the two contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// What is taken away.
    Left,
    /// What is added.
    Right,
}

/// Which unchanged runs are shown whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folds {
    /// All of them.
    pub all: bool,
    /// These, by the first line on the right that the fold hides.
    pub open: BTreeSet<usize>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A line that both sides have.
    Same {
        /// On the left.
        old: usize,
        /// On the right.
        new: usize,
    },
    /// A line of the left side.
    Gone {
        /// On the left.
        old: usize,
    },
    /// A line of the right side.
    Added {
        /// On the right.
        new: usize,
    },
    /// Changed lines side by side.
    Both {
        /// On the left.
        old: Option<usize>,
        /// On the right.
        new: Option<usize>,
    },
    /// Hidden lines.
    Fold {
        /// The first on the right.
        new: usize,
        /// How many.
        len: usize,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Block {
    Same { old: usize, new: usize },
    Fold { old: usize, new: usize, len: usize },
    Change { old: Range<usize>, new: Range<usize> },
}

/// All rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    layout: Layout,
    /// Each with its first row.
    blocks: Vec<(usize, Block)>,
    len: usize,
    hunks: Vec<usize>,
}

impl Rows {
    /// Lays out compared lines.
    pub fn new(lines: &Lines, layout: Layout, folds: &Folds) -> Self {
        let mut rows = Self { layout, ..Self::default() };
        let last = lines.runs.len().saturating_sub(1);
        let changed = lines.runs.iter().any(|run| matches!(run, Run::Change { .. }));
        for (place, run) in lines.runs.iter().enumerate() {
            match run {
                Run::Change { old, new } => {
                    rows.hunks.push(rows.len);
                    let len = match layout {
                        Layout::Unified => old.len() + new.len(),
                        Layout::Split => old.len().max(new.len()),
                    };
                    rows.push(Block::Change { old: old.clone(), new: new.clone() }, len);
                }
                Run::Same { old, new, len } => {
                    let before = if place == 0 { 0 } else { CONTEXT };
                    let after = if place == last { 0 } else { CONTEXT };
                    let shown = if changed { (before, after) } else { (*len, 0) };
                    rows.same(*old, *new, *len, shown, folds);
                }
            }
        }
        rows
    }

    fn push(&mut self, block: Block, len: usize) {
        if len > 0 {
            self.blocks.push((self.len, block));
            self.len += len;
        }
    }

    fn same(&mut self, old: usize, new: usize, len: usize, (before, after): (usize, usize), folds: &Folds) {
        let hidden = len.saturating_sub(before + after);
        let first = new + before;
        if hidden < LEAST || folds.all || folds.open.contains(&first) {
            return self.push(Block::Same { old, new }, len);
        }
        self.push(Block::Same { old, new }, before);
        self.push(Block::Fold { old: old + before, new: first, len: hidden }, 1);
        let skipped = before + hidden;
        self.push(Block::Same { old: old + skipped, new: new + skipped }, after);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first row of each change.
    pub fn hunks(&self) -> &[usize] {
        &self.hunks
    }

    /// How they are laid out.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    fn block(&self, row: usize) -> Option<&(usize, Block)> {
        let place = self.blocks.partition_point(|(first, _)| *first <= row).checked_sub(1)?;
        self.blocks.get(place).filter(|_| row < self.len)
    }

    /// The lines of the change that a row belongs to: left and right.
    pub fn change(&self, row: usize) -> Option<(Range<usize>, Range<usize>)> {
        match &self.block(row)?.1 {
            Block::Change { old, new } => Some((old.clone(), new.clone())),
            Block::Same { .. } | Block::Fold { .. } => None,
        }
    }

    /// One row.
    pub fn row(&self, row: usize) -> Option<Row> {
        let (first, block) = self.block(row)?;
        let step = row - first;
        Some(match block {
            Block::Same { old, new } => Row::Same { old: old + step, new: new + step },
            Block::Fold { new, len, .. } => Row::Fold { new: *new, len: *len },
            Block::Change { old, new } => self.changed(old, new, step),
        })
    }

    fn changed(&self, old: &Range<usize>, new: &Range<usize>, step: usize) -> Row {
        let at = |range: &Range<usize>, step: usize| (step < range.len()).then(|| range.start + step);
        match self.layout {
            Layout::Split => Row::Both { old: at(old, step), new: at(new, step) },
            Layout::Unified if step < old.len() => Row::Gone { old: old.start + step },
            Layout::Unified => Row::Added { new: new.start + step - old.len() },
        }
    }

    /// The row of a line; of a hidden one the fold that hides it.
    pub fn find(&self, half: Half, line: usize) -> Option<usize> {
        let begins = |block: &Block| match (block, half) {
            (Block::Same { old, .. } | Block::Fold { old, .. }, Half::Left) => *old,
            (Block::Same { new, .. } | Block::Fold { new, .. }, Half::Right) => *new,
            (Block::Change { old, .. }, Half::Left) => old.start,
            (Block::Change { new, .. }, Half::Right) => new.start,
        };
        // Lines of both sides only grow from block to block.
        let place = self.blocks.partition_point(|(_, block)| begins(block) <= line).checked_sub(1)?;
        let (first, block) = &self.blocks[place];
        let step = line - begins(block);
        Some(match (block, half, self.layout) {
            (Block::Fold { .. }, ..) => *first,
            (Block::Change { old, .. }, Half::Right, Layout::Unified) => first + old.len() + step,
            _ => first + step,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::compare::lines::{Spaces, lines};
    use crate::app::compare::text::Text;
    use crate::clock::Deadline;
    use std::time::Duration;

    fn compared(old: &str, new: &str) -> Lines {
        let text = |text: &str| Text::read(text.as_bytes()).expect("text");
        lines(&text(old), &text(new), Spaces::Exact, Deadline::within(Duration::from_mins(1)))
    }

    /// Twenty lines; two are changed and one is added.
    fn sample() -> Lines {
        let old: Vec<_> = (0..20).map(|line| format!("line {line}\n")).collect();
        let mut new = old.clone();
        new[9] = "other\n".to_owned();
        new[10] = "others\nand one more\n".to_owned();
        compared(&old.concat(), &new.concat())
    }

    fn shown(rows: &Rows) -> Vec<String> {
        let side = |line: Option<usize>| line.map_or("–".to_owned(), |line| line.to_string());
        let words = |row| match rows.row(row).expect("a row") {
            Row::Same { old, new } => format!("{old} {new}"),
            Row::Gone { old } => format!("-{old}"),
            Row::Added { new } => format!("+{new}"),
            Row::Both { old, new } => format!("{}|{}", side(old), side(new)),
            Row::Fold { len, .. } => format!("~{len}"),
        };
        (0..rows.len()).map(words).collect()
    }

    #[test]
    fn unchanged_runs_are_folded_to_three_lines_around_a_change() {
        let rows = Rows::new(&sample(), Layout::Unified, &Folds::default());
        let expected = ["~6", "6 6", "7 7", "8 8", "-9", "-10", "+9", "+10", "+11", "11 12", "12 13", "13 14", "~6"];
        assert_eq!(shown(&rows), expected);
        assert_eq!(rows.hunks(), [4]);
    }

    #[test]
    fn side_by_side_changed_lines_share_a_row() {
        let rows = Rows::new(&sample(), Layout::Split, &Folds::default());
        assert_eq!(shown(&rows)[4..7], ["9|9", "10|10", "–|11"]);
    }

    #[test]
    fn a_fold_opens_alone_or_with_all_others() {
        let first = Folds { open: BTreeSet::from([0]), ..Folds::default() };
        assert_eq!(shown(&Rows::new(&sample(), Layout::Unified, &first))[..2], ["0 0", "1 1"]);
        let all = Rows::new(&sample(), Layout::Unified, &Folds { all: true, ..Folds::default() });
        assert_eq!(all.len(), 23);
    }

    #[test]
    fn nothing_is_folded_where_nothing_changed() {
        assert_eq!(Rows::new(&compared(&"a\n".repeat(50), &"a\n".repeat(50)), Layout::Unified, &Folds::default()).len(), 50);
    }

    #[test]
    fn every_line_is_found_in_its_row_or_in_the_fold_that_hides_it() {
        for layout in [Layout::Unified, Layout::Split] {
            for folds in [Folds::default(), Folds { all: true, ..Folds::default() }] {
                let rows = Rows::new(&sample(), layout, &folds);
                for (half, many) in [(Half::Left, 20), (Half::Right, 21)] {
                    for line in 0..many {
                        let row = rows.row(rows.find(half, line).expect("a row")).expect("a row");
                        let holds = match (row, half) {
                            (Row::Same { old, .. } | Row::Gone { old }, Half::Left) => old == line,
                            (Row::Same { new, .. } | Row::Added { new }, Half::Right) => new == line,
                            (Row::Both { old, .. }, Half::Left) => old == Some(line),
                            (Row::Both { new, .. }, Half::Right) => new == Some(line),
                            (Row::Fold { .. }, _) => !folds.all,
                            _ => false,
                        };
                        assert!(holds, "{half:?} {line} in {layout:?}");
                    }
                }
            }
        }
    }
}
