//! Changes between stretches that are the same. One that may stand at several places moves to where it joins another, else as far
//! down as it can: so the end of a block that was added is its own and not that of the block before.

use std::ops::Range;

/// Lines on the left that gave way to lines on the right; one side may be empty.
pub(super) type Change = (Range<usize>, Range<usize>);

/// What lies between stretches that are the same, each with its beginnings and how long it is, in order.
pub(super) fn changes(lens: (usize, usize), same: impl Iterator<Item = (usize, usize, usize)>) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut at = (0, 0);
    for (old, new, long) in same.chain([(lens.0, lens.1, 0)]) {
        if (old, new) != at {
            changes.push((at.0..old, at.1..new));
        }
        at = (old + long, new + long);
    }
    changes
}

/// Moves changes; in order, and none touches another before and after.
pub(super) fn slide(changes: Vec<Change>, left: &[u32], right: &[u32]) -> Vec<Change> {
    let mut done: Vec<Change> = Vec::with_capacity(changes.len());
    let mut waiting = changes.into_iter().peekable();
    let mut joined: Option<Change> = None;
    while let Some(next) = waiting.next() {
        let mut change = match joined.take() {
            Some((old, new)) => (old.start..next.0.end, new.start..next.1.end),
            None => next,
        };
        while let Some(before) = done.pop_if(|before| reaches(before, &change, left, right)) {
            let up = change.0.start - before.0.end;
            change = (before.0.start..change.0.end - up, before.1.start..change.1.end - up);
        }
        let below = waiting.peek().map_or((left.len(), right.len()), |below| (below.0.start, below.1.start));
        let down = room_below(&change, below.0 - change.0.end, left, right);
        let ((old, new), joins) = (change, waiting.peek().is_some());
        let moved = (old.start + down..old.end + down, new.start + down..new.end + down);
        if joins && moved.0.end == below.0 {
            joined = Some(moved);
        } else {
            done.push(moved);
        }
    }
    done
}

/// The side that has lines, where only one has.
fn only<'a>(change: &Change, left: &'a [u32], right: &'a [u32]) -> Option<(&'a [u32], Range<usize>)> {
    match (change.0.is_empty(), change.1.is_empty()) {
        (true, false) => Some((right, change.1.clone())),
        (false, true) => Some((left, change.0.clone())),
        _ => None,
    }
}

/// Whether a change can move up until it joins the one before.
fn reaches(before: &Change, change: &Change, left: &[u32], right: &[u32]) -> bool {
    let between = change.0.start - before.0.end;
    only(change, left, right)
        .is_some_and(|(all, Range { start, end })| (1..=between).all(|step| all[start - step] == all[end - step]))
}

/// How far a change can move down.
fn room_below(change: &Change, between: usize, left: &[u32], right: &[u32]) -> usize {
    only(change, left, right)
        .map_or(0, |(all, Range { start, end })| (0..between).take_while(|step| all[start + step] == all[end + step]).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_block_that_was_added_is_whole() {
        // a { } b { } after a { } – the braces of the new block are its own.
        let (left, right) = ([1, 8, 9, 2], [1, 8, 9, 5, 8, 9, 2]);
        let found = changes((4, 7), [(0, 0, 2), (2, 5, 2)].into_iter());
        assert_eq!(found, [(2..2, 2..5)]);
        assert_eq!(slide(found, &left, &right), [(3..3, 3..6)]);
    }

    #[test]
    fn changes_that_can_meet_become_one() {
        let (left, right) = ([1, 7, 2], [1, 7, 7, 5, 2]);
        let apart = vec![(1..1, 1..2), (2..2, 3..4)];
        assert_eq!(slide(apart, &left, &right), [(2..2, 2..4)]);
    }

    proptest! {
        #[test]
        fn what_lies_between_changes_is_the_same_and_no_more_lines_are_changed(
            left in proptest::collection::vec(0_u32..3, 0..30),
            right in proptest::collection::vec(0_u32..3, 0..30),
        ) {
            let pairs = super::super::anchors::pairs(&left, &right, crate::clock::Deadline::within(std::time::Duration::from_mins(1))).0;
            let before = changes((left.len(), right.len()), pairs.into_iter().map(|(old, new)| (old, new, 1)));
            let count = |changes: &[Change]| changes.iter().map(|change| change.0.len() + change.1.len()).sum::<usize>();
            let after = slide(before.clone(), &left, &right);
            prop_assert_eq!(count(&before), count(&after));
            let mut at = (0, 0);
            for (old, new) in after.iter().cloned().chain([(left.len()..left.len(), right.len()..right.len())]) {
                prop_assert_eq!(&left[at.0..old.start], &right[at.1..new.start]);
                at = (old.end, new.end);
            }
        }
    }
}
