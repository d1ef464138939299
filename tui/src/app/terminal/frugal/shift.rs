//! Finds out whether lines of one screen stand in another one a few rows higher or lower: a pure function of both.

use ratatui::buffer::Cell;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

/// Fewer lines are sent again.
const LEAST: usize = 4;

/// Lines that move within some rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shift {
    /// The rows within which they move.
    pub(super) rows: Range<usize>,
    /// How far up; below zero: down.
    pub(super) by: isize,
}

/// The shift that saves most, if one does.
pub(super) fn shift(old: &[Vec<Cell>], new: &[Vec<Cell>]) -> Option<Shift> {
    let changed = old.iter().zip(new).filter(|(old, new)| old != new).count();
    if changed < LEAST {
        return None;
    }
    let (old, new) = (hashes(old), hashes(new));
    let most = isize::try_from(new.len()).ok()? - 1;
    let all = (1..=most).flat_map(|by| [by, -by]).filter_map(|by| saved(&old, &new, by));
    all.max_by_key(|(saved, shift)| (*saved, std::cmp::Reverse(shift.by.unsigned_abs()))).map(|(_, shift)| shift)
}

fn hashes(screen: &[Vec<Cell>]) -> Vec<u64> {
    let hash = |row: &Vec<Cell>| {
        let mut hasher = DefaultHasher::new();
        for cell in row {
            cell.symbol().hash(&mut hasher);
            (cell.fg, cell.bg, cell.modifier).hash(&mut hasher);
        }
        hasher.finish()
    };
    screen.iter().map(hash).collect()
}

/// How many lines needn't be sent when lines move so far, less those that stood right and are moved away.
fn saved(old: &[u64], new: &[u64], by: isize) -> Option<(usize, Shift)> {
    let moved = |y: &usize| y.checked_add_signed(by).and_then(|from| old.get(from)) == Some(&new[*y]) && new[*y] != old[*y];
    let first = (0..new.len()).find(moved)?;
    let last = (0..new.len()).rev().find(moved)?;
    let right = (first..=last).filter(moved).count();
    let (from, to) = (first.min(first.checked_add_signed(by)?), last.max(last.checked_add_signed(by)?) + 1);
    let spoilt = (from..to).filter(|y| new[*y] == old[*y]).count();
    let saved = right.checked_sub(spoilt)?;
    (saved >= LEAST).then_some((saved, Shift { rows: from..to, by }))
}
