//! Which rows the conflict screen has: side by side where there is room, one content below the other where not; or the result.

use super::{SIDES, WIDE, Work};
use fieldpost_common::merge::{Choice, Kind, Lines, Merge, Region, Side};

/// Unchanged lines around a change.
pub(crate) const CONTEXT: usize = 3;
/// Fewer lines than this are shown: a fold takes a row itself, and one wonders what is in it.
const WORTH_FOLDING: usize = 4;

/// One row. Lines are counted from 0 in their content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Row {
    /// So many lines that nobody needs to see.
    Fold(usize),
    /// Says what happened in a region, and what becomes of it.
    Head(usize),
    /// A line of each content, as far as they go.
    Across { place: usize, lines: [Option<usize>; 3] },
    /// A line of one content.
    One { place: usize, side: Side, line: usize },
    /// A line that a person wrote.
    Edited { place: usize, line: Vec<u8> },
    /// In the result: a conflict that is undecided.
    Missing(usize),
}

impl Row {
    /// The region that it belongs to.
    pub(crate) fn place(&self) -> Option<usize> {
        match self {
            Self::Fold(_) => None,
            Self::Head(place)
            | Self::Missing(place)
            | Self::Across { place, .. }
            | Self::One { place, .. }
            | Self::Edited { place, .. } => Some(*place),
        }
    }
}

/// Whether something happened in a region. Without a base, what is on both sides is as it was.
pub(crate) fn has_head(merge: &Merge, region: &Region) -> bool {
    match region.kind {
        Kind::Same => false,
        Kind::Alike => !merge.input(Side::Base).is_empty(),
        Kind::Published | Kind::Site | Kind::Conflict => true,
    }
}

/// All rows, at a width of the terminal.
pub(crate) fn rows(work: &Work, width: u16) -> Vec<Row> {
    let mut rows = Vec::new();
    for (place, region) in work.merge.regions().iter().enumerate() {
        if work.preview {
            result(work, place, region, &mut rows);
        } else if has_head(&work.merge, region) {
            rows.push(Row::Head(place));
            changed(work, place, region, width >= WIDE, &mut rows);
        } else {
            quiet(work, place, region, width >= WIDE, &mut rows);
        }
    }
    rows
}

/// Lines that are the same on both sides: a few beside each change.
fn quiet(work: &Work, place: usize, region: &Region, wide: bool, rows: &mut Vec<Row>) {
    let lines = region.published.len();
    let before = if place == 0 { 0 } else { CONTEXT };
    let after = if place + 1 == work.merge.regions().len() { 0 } else { CONTEXT };
    let row = |offset: usize| {
        if wide {
            Row::Across { place, lines: SIDES.map(|side| region.lines(side).nth(offset)) }
        } else {
            Row::One { place, side: Side::Published, line: region.published.start + offset }
        }
    };
    if lines < before + after + WORTH_FOLDING {
        return rows.extend((0..lines).map(row));
    }
    rows.extend((0..before).map(row));
    rows.push(Row::Fold(lines - before - after));
    rows.extend((lines - after..lines).map(row));
}

fn changed(work: &Work, place: usize, region: &Region, wide: bool, rows: &mut Vec<Row>) {
    if !work.merge.is_text() {
        return;
    }
    if wide {
        let longest = SIDES.iter().map(|side| region.lines(*side).len()).max().unwrap_or(0);
        for offset in 0..longest {
            let line = |side| region.lines(side).nth(offset);
            rows.push(Row::Across { place, lines: SIDES.map(line) });
        }
    } else {
        let skipped = match region.kind {
            // The same lines once more would say nothing.
            Kind::Published => Some(Side::Site),
            Kind::Site | Kind::Alike => Some(Side::Published),
            Kind::Same | Kind::Conflict => None,
        };
        for side in SIDES.into_iter().filter(|side| Some(*side) != skipped) {
            rows.extend(region.lines(side).map(|line| Row::One { place, side, line }));
        }
    }
    edited(work, place, rows);
}

fn edited(work: &Work, place: usize, rows: &mut Vec<Row>) {
    if let Some(Choice::Edited(text)) = work.resolution.choice(place) {
        rows.extend(Lines::of(text).iter().map(|line| Row::Edited { place, line: line.to_owned() }));
    }
}

fn result(work: &Work, place: usize, region: &Region, rows: &mut Vec<Row>) {
    let takes = |side| work.takes(place, side);
    if takes(Side::Published).is_none() {
        rows.push(Row::Missing(place));
        return;
    }
    if !work.merge.is_text() {
        rows.push(Row::Head(place));
        return;
    }
    // What is the same on both sides stands in the result once.
    let once = work.resolution.choice(place).is_none() && takes(Side::Published) == Some(true);
    for side in [Side::Published, Side::Site] {
        if takes(side) == Some(true) && !(once && side == Side::Site) {
            rows.extend(region.lines(side).map(|line| Row::One { place, side, line }));
        }
    }
    edited(work, place, rows);
}
