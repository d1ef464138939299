//! Finds the regions: two comparisons with the base, laid over each other.

use super::{Kind, Lines, Region};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::HashMap;
use std::ops::Range;

/// A change of one side: these lines of the base became those.
#[derive(Debug, Clone)]
struct Change {
    base: Range<usize>,
    side: Range<usize>,
}

/// Each distinct line as a number, so that lines are compared in one step.
#[derive(Default)]
struct Numbers<'a>(HashMap<&'a [u8], u32>);

impl<'a> Numbers<'a> {
    fn of(&mut self, lines: &'a Lines) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(lines.len());
        for line in lines.iter() {
            let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
            numbers.push(*self.0.entry(line).or_insert(next));
        }
        numbers
    }
}

/// What one side changed, in the order of the lines; unchanged lines lie between any two changes.
fn changes(base: &[u32], side: &[u32]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    // Without a deadline Myers bounds its work by the number of lines: the outcome doesn't depend on the machine.
    for op in capture_diff_slices(Algorithm::Myers, base, side) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (base, side) = (op.old_range(), op.new_range());
        match changes.last_mut() {
            Some(last) if last.base.end == base.start && last.side.end == side.start => {
                last.base.end = base.end;
                last.side.end = side.end;
            }
            _ => changes.push(Change { base, side }),
        }
    }
    changes
}

/// How far the regions have come in each input.
#[derive(Default)]
struct Cursor {
    base: usize,
    published: usize,
    site: usize,
}

impl Cursor {
    /// The region from here to there, where the cursor then is.
    fn to(&mut self, kind: Kind, base: usize, published: usize, site: usize) -> Region {
        let from = std::mem::replace(self, Self { base, published, site });
        Region { kind, base: from.base..base, published: from.published..published, site: from.site..site }
    }

    /// So many lines that are the same in all three.
    fn same(&mut self, lines: usize) -> Option<Region> {
        (lines > 0).then(|| self.to(Kind::Same, self.base + lines, self.published + lines, self.site + lines))
    }
}

/// Regions of two contents that came from one base.
pub(super) fn three(base: &Lines, published: &Lines, site: &Lines) -> Vec<Region> {
    let mut numbers = Numbers::default();
    let (base, published, site) = (numbers.of(base), numbers.of(published), numbers.of(site));
    let (of_published, of_site) = (changes(&base, &published), changes(&base, &site));
    let (mut left, mut right) = (of_published.as_slice(), of_site.as_slice());
    let mut regions = Vec::new();
    let mut cursor = Cursor::default();
    while let Some(start) = left.first().into_iter().chain(right.first()).map(|change| change.base.start).min() {
        regions.extend(cursor.same(start - cursor.base));
        let (one, other, end) = cluster(&mut left, &mut right, start);
        let kind = match (one, other) {
            (_, []) => Kind::Published,
            ([], _) => Kind::Site,
            _ => Kind::Conflict,
        };
        let (to_published, to_site) = (reach(one, cursor.published, start, end), reach(other, cursor.site, start, end));
        let mut region = cursor.to(kind, end, to_published, to_site);
        if kind == Kind::Conflict && published[region.published.clone()] == site[region.site.clone()] {
            region.kind = Kind::Alike;
        }
        regions.push(region);
    }
    regions.extend(cursor.same(base.len() - cursor.base));
    regions
}

/// Takes the changes of both sides that overlap or touch, and says where in the base they end.
fn cluster<'a>(left: &mut &'a [Change], right: &mut &'a [Change], start: usize) -> (&'a [Change], &'a [Change], usize) {
    let (all_left, all_right) = (*left, *right);
    let mut end = start;
    while take(left, &mut end) || take(right, &mut end) {}
    (&all_left[..all_left.len() - left.len()], &all_right[..all_right.len() - right.len()], end)
}

fn take(changes: &mut &[Change], end: &mut usize) -> bool {
    match changes.split_first() {
        Some((first, rest)) if first.base.start <= *end => {
            *end = first.base.end.max(*end);
            *changes = rest;
            true
        }
        _ => false,
    }
}

/// Where one side stands when the base stands at `end`.
fn reach(changes: &[Change], from: usize, start: usize, end: usize) -> usize {
    match changes.last() {
        Some(last) => last.side.end + (end - last.base.end),
        None => from + (end - start),
    }
}

/// Regions of two contents that nothing is known of.
pub(super) fn two(published: &Lines, site: &Lines) -> Vec<Region> {
    let mut numbers = Numbers::default();
    let (published, site) = (numbers.of(published), numbers.of(site));
    let mut regions = Vec::new();
    let mut cursor = Cursor::default();
    for change in changes(&published, &site) {
        let lines = change.base.start - cursor.published;
        regions.extend((lines > 0).then(|| cursor.to(Kind::Alike, 0, change.base.start, change.side.start)));
        regions.push(cursor.to(Kind::Conflict, 0, change.base.end, change.side.end));
    }
    let rest = cursor.published < published.len();
    regions.extend(rest.then(|| cursor.to(Kind::Alike, 0, published.len(), site.len())));
    regions
}

/// One region: what happened to contents that aren't cut.
pub(super) fn whole(base: &Lines, published: &Lines, site: &Lines) -> Vec<Region> {
    let kind = match (base == published, base == site, published == site) {
        (true, true, _) => Kind::Same,
        (false, true, _) => Kind::Published,
        (true, false, _) => Kind::Site,
        (false, false, true) => Kind::Alike,
        (false, false, false) => Kind::Conflict,
    };
    vec![Cursor::default().to(kind, base.len(), published.len(), site.len())]
}
