//! Which elements of two sequences belong together, with certainty first: what stands once on both sides, in the same order. Only what
//! lies between is left to a comparison that may take long.

use crate::clock::Deadline;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

/// So often a gap is looked through for what stands once in it.
const DEPTH: usize = 8;

/// Pairs of places, rising on both sides.
pub(super) type Pairs = Vec<(usize, usize)>;

/// Gaps of which the sides' lengths multiply to no more than this are compared closely whatever time it is.
const SMALL: usize = 10_000;

/// Which numbers of two rows belong together; it settles for fewer when the deadline comes first, and says so.
pub(super) fn pairs(old: &[u32], new: &[u32], deadline: Deadline) -> (Pairs, bool) {
    let many = old.iter().chain(new).max().map_or(0, |most| *most as usize + 1);
    let mut search = Search { pairs: Vec::new(), found: vec![(0, Found::Often); many], gap: 0, deadline, hurried: false };
    search.gap(Side { all: old, at: 0 }, Side { all: new, at: 0 }, DEPTH);
    (search.pairs, search.hurried)
}

/// A part of a row, and where it begins.
#[derive(Clone, Copy)]
struct Side<'a> {
    all: &'a [u32],
    at: usize,
}

impl Side<'_> {
    fn part(&self, from: usize, to: usize) -> Self {
        Side { all: &self.all[from..to], at: self.at + from }
    }
}

/// Where a number stands in a gap, as far as that matters.
#[derive(Clone, Copy)]
enum Found {
    /// Once on the left so far.
    Left(usize),
    /// Once on both sides so far.
    Both(usize, usize),
    /// On both sides, on one of them more often than once.
    Often,
    /// On the left only, more often than once so far.
    LeftOften,
}

struct Search {
    pairs: Pairs,
    /// For each number the gap that it was last looked for in, and where it was found.
    found: Vec<(u32, Found)>,
    /// The number of the gap that is looked through.
    gap: u32,
    deadline: Deadline,
    hurried: bool,
}

impl Search {
    fn gap(&mut self, old: Side<'_>, new: Side<'_>, depth: usize) {
        let begin = old.all.iter().zip(new.all).take_while(|(old, new)| old == new).count();
        self.pairs.extend((0..begin).map(|step| (old.at + step, new.at + step)));
        let (old, new) = (old.part(begin, old.all.len()), new.part(begin, new.all.len()));
        let end = old.all.iter().rev().zip(new.all.iter().rev()).take_while(|(old, new)| old == new).count();
        let (old_end, new_end) = (old.all.len() - end, new.all.len() - end);
        self.middle(old.part(0, old_end), new.part(0, new_end), depth);
        self.pairs.extend((0..end).map(|step| (old.at + old_end + step, new.at + new_end + step)));
    }

    fn middle(&mut self, old: Side<'_>, new: Side<'_>, depth: usize) {
        if old.all.is_empty() || new.all.is_empty() {
            return;
        }
        self.look(old.all, new.all);
        let anchors = if depth == 0 { Vec::new() } else { rising(&self.once(new.all)) };
        if anchors.is_empty() {
            return self.closely(old, new);
        }
        let mut from = (0, 0);
        for anchor in anchors {
            self.gap(old.part(from.0, anchor.0), new.part(from.1, anchor.1), depth - 1);
            self.pairs.push((old.at + anchor.0, new.at + anchor.1));
            from = (anchor.0 + 1, anchor.1 + 1);
        }
        self.gap(old.part(from.0, old.all.len()), new.part(from.1, new.all.len()), depth - 1);
    }

    /// Looks where the numbers of a gap stand in it.
    fn look(&mut self, old: &[u32], new: &[u32]) {
        self.gap += 1;
        for (place, number) in old.iter().enumerate() {
            let (gap, found) = &mut self.found[*number as usize];
            *found = if *gap == self.gap { Found::LeftOften } else { Found::Left(place) };
            *gap = self.gap;
        }
        for (place, number) in new.iter().enumerate() {
            let (gap, found) = &mut self.found[*number as usize];
            if *gap == self.gap {
                *found = match *found {
                    Found::Left(left) => Found::Both(left, place),
                    Found::Both(..) | Found::Often | Found::LeftOften => Found::Often,
                };
            }
        }
    }

    fn found(&self, number: u32) -> Option<Found> {
        let (gap, found) = self.found[number as usize];
        (gap == self.gap).then_some(found)
    }

    /// The places of what stands once on both sides, in the order of the right one.
    fn once(&self, new: &[u32]) -> Pairs {
        let both = |number: &u32| match self.found(*number) {
            Some(Found::Both(left, right)) => Some((left, right)),
            _ => None,
        };
        new.iter().filter_map(both).collect()
    }

    /// Compares what stands on both sides of a gap; what doesn't belongs to nothing.
    fn closely(&mut self, old: Side<'_>, new: Side<'_>) {
        let in_both = |number: u32| matches!(self.found(number), Some(Found::Both(..) | Found::Often));
        let kept = |side: Side<'_>| -> (Vec<usize>, Vec<u32>) {
            let there = side.all.iter().enumerate().filter(|(_, number)| in_both(**number));
            there.map(|(place, number)| (side.at + place, *number)).unzip()
        };
        let ((old_places, old), (new_places, new)) = (kept(old), kept(new));
        let is_small = old.len().saturating_mul(new.len()) <= SMALL;
        let until = (!is_small).then(|| self.deadline.instant());
        for op in capture_diff_slices_deadline(Algorithm::Myers, &old, &new, until) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                self.pairs.extend((0..len).map(|step| (old_places[old_index + step], new_places[new_index + step])));
            }
        }
        self.hurried |= !is_small && self.deadline.is_over();
    }
}

/// The longest choice of pairs that rises on the left too.
fn rising(pairs: &[(usize, usize)]) -> Pairs {
    // For each length the pair with the least left place that ends such a choice, and for each pair the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, (left, _)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].0 < *left);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut chosen: Pairs =
        std::iter::successors(ends.last().copied(), |index| before[*index]).map(|index| pairs[index]).collect();
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn paired(old: &[u32], new: &[u32]) -> Pairs {
        pairs(old, new, Deadline::within(Duration::from_mins(1))).0
    }

    #[test]
    fn what_stands_once_on_both_sides_holds_what_moved_around_it_in_place() {
        assert_eq!(paired(&[9, 1, 2, 3, 9, 4], &[4, 1, 2, 3, 8]), [(1, 1), (2, 2), (3, 3)]);
    }

    #[test]
    fn what_stands_often_is_paired_in_the_gaps_between_what_stands_once() {
        assert_eq!(paired(&[1, 7, 2, 7, 3], &[0, 1, 7, 2, 7, 3, 0]), [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]);
    }

    #[test]
    fn of_what_stands_once_the_most_that_rise_are_chosen() {
        assert_eq!(rising(&[(3, 0), (1, 1), (4, 2), (2, 3), (5, 4)]), [(1, 1), (2, 3), (5, 4)]);
        assert!(rising(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn pairs_rise_on_both_sides_and_are_the_same_on_both(
            old in proptest::collection::vec(0_u32..12, 0..60),
            new in proptest::collection::vec(0_u32..12, 0..60),
        ) {
            let pairs = paired(&old, &new);
            prop_assert!(pairs.iter().all(|(left, right)| old[*left] == new[*right]));
            prop_assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
        }
    }
}
