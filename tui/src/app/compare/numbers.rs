//! Lines as numbers: the same number for lines that are the same. Comparing goes through the numbers; each text is looked at once, both at
//! the same time.

use super::lines::Spaces;
use super::text::Text;
use foldhash::fast::RandomState;
use std::hash::BuildHasher as _;
use std::ops::Range;

/// Lines at the beginning and at the end that are the same are numbered without a look at them, but for so many beside the first and
/// the last change, which changes may move along.
const BESIDE: usize = 1_000;

/// Both texts in numbers.
pub(super) fn numbers(old: &Text, new: &Text, spaces: Spaces) -> (Vec<u32>, Vec<u32>) {
    let (begin, end) = alike(old, new, spaces);
    let (skipped, rest) = (begin.saturating_sub(BESIDE), end.saturating_sub(BESIDE));
    let state = RandomState::default();
    let (left, right) = std::thread::scope(|scope| {
        let left = scope.spawn(|| hashes(old, skipped..old.len() - rest, spaces, &state));
        let right = hashes(new, skipped..new.len() - rest, spaces, &state);
        (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
    });
    let mut table = Table::for_lines(left.len() + right.len(), spaces);
    let lefts = table.numbers(old, skipped, &left);
    let rights = table.numbers_beside((old, &left, &lefts), new, skipped, &right);
    let (left, right) = (lefts, rights);
    let unseen = u32::try_from(table.known.len()).unwrap_or(u32::MAX);
    let outside = |middle: Vec<u32>| {
        let count = u32::try_from(skipped + rest).unwrap_or(u32::MAX);
        let mut outside = unseen..unseen.saturating_add(count);
        let mut all: Vec<u32> = outside.by_ref().take(skipped).collect();
        all.extend(middle);
        all.extend(outside);
        all
    };
    (outside(left), outside(right))
}

/// How many lines at the beginning, and how many behind them at the end, are the same.
fn alike(old: &Text, new: &Text, spaces: Spaces) -> (usize, usize) {
    let shorter = old.len().min(new.len());
    let same = |left: usize, right: usize| spaces.are_same(old.line(left), new.line(right));
    let begin = (0..shorter).take_while(|line| same(*line, *line)).count();
    let end = (1..=shorter - begin).take_while(|line| same(old.len() - line, new.len() - line)).count();
    (begin, end)
}

fn hashes(text: &Text, lines: Range<usize>, spaces: Spaces, state: &RandomState) -> Vec<u64> {
    lines.map(|line| state.hash_one(spaces.key(text.line(line)).as_bytes())).collect()
}

/// What is known under which number.
struct Table<'t> {
    /// The number that is kept where a hash leads, or beside it.
    slots: Vec<u32>,
    known: Vec<(u64, &'t str)>,
    spaces: Spaces,
}

const EMPTY: u32 = u32::MAX;

impl<'t> Table<'t> {
    fn for_lines(lines: usize, spaces: Spaces) -> Self {
        Self { slots: vec![EMPTY; (lines + lines / 2).next_power_of_two()], known: Vec::with_capacity(lines), spaces }
    }

    /// The numbers of the lines from `first` on.
    fn numbers(&mut self, text: &'t Text, first: usize, hashes: &[u64]) -> Vec<u32> {
        hashes.iter().zip(first..).map(|(hash, line)| self.number(*hash, text.line(line))).collect()
    }

    /// The same for the other text: after a line that is known comes, more often than not, the one that came after it before. That
    /// is seen without a search.
    fn numbers_beside(
        &mut self,
        (old, old_hashes, numbers): (&'t Text, &[u64], &[u32]),
        text: &'t Text,
        first: usize,
        hashes: &[u64],
    ) -> Vec<u32> {
        let mut places = Vec::with_capacity(self.known.len());
        for (place, number) in numbers.iter().enumerate() {
            if *number as usize == places.len() {
                places.push(place);
            }
        }
        let mut expected = 0;
        let number = |(hash, line): (&u64, usize)| {
            let line = text.line(line);
            let is_next = old_hashes.get(expected) == Some(hash) && self.spaces.are_same(old.line(first + expected), line);
            let number = if is_next { numbers[expected] } else { self.number(*hash, line) };
            let at = if is_next { expected } else { places.get(number as usize).copied().unwrap_or(expected) };
            expected = at + 1;
            number
        };
        hashes.iter().zip(first..).map(number).collect()
    }

    fn number(&mut self, hash: u64, line: &'t str) -> u32 {
        let mask = self.slots.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "any part of a hash will do")]
        let mut slot = hash as usize & mask;
        loop {
            let number = self.slots[slot];
            if number == EMPTY {
                let next = u32::try_from(self.known.len()).unwrap_or(EMPTY - 1);
                self.slots[slot] = next;
                self.known.push((hash, line));
                return next;
            }
            let (other, known) = self.known[number as usize];
            if other == hash && self.spaces.are_same(known, line) {
                return number;
            }
            slot = (slot + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Text {
        Text::read(text.as_bytes()).expect("text")
    }

    proptest! {
        #[test]
        fn lines_have_the_same_number_exactly_where_they_are_the_same(
            old in proptest::collection::vec("[ab ]{0,3}", 0..40),
            new in proptest::collection::vec("[ab ]{0,3}", 0..40),
            ignored: bool,
        ) {
            let spaces = if ignored { Spaces::Ignored } else { Spaces::Exact };
            let (left, right) = (text(&old.join("\n")), text(&new.join("\n")));
            let (lefts, rights) = numbers(&left, &right, spaces);
            prop_assert_eq!((lefts.len(), rights.len()), (left.len(), right.len()));
            for (one, left_number) in lefts.iter().enumerate() {
                for (other, right_number) in rights.iter().enumerate() {
                    prop_assert_eq!(left_number == right_number, spaces.are_same(left.line(one), right.line(other)));
                }
            }
        }
    }

    #[test]
    fn long_beginnings_and_ends_that_are_the_same_are_only_counted() {
        let lines = |middle: &str| format!("{}{middle}\n{}", "a\n".repeat(3_000), "b\n".repeat(3_000));
        let (left, right) = numbers(&text(&lines("x")), &text(&lines("y\nz")), Spaces::Exact);
        assert_eq!(left[..3_000], right[..3_000]);
        assert_eq!(left[3_001..], right[3_002..]);
        assert!(left[0] != left[1] && left[2_500] == left[2_999], "only the lines beside the change were looked at");
        assert_ne!(left[3_000], right[3_000]);
    }
}
