//! How far a long line is moved to the left so that what differs in it is seen, without a key.

use std::ops::Range;

/// The bytes of a line that are not at the beginning or the end of both; nothing where the lines are the same.
pub fn apart(own: &str, theirs: &str) -> Option<Range<usize>> {
    let same = |(own, theirs): &(char, char)| own == theirs;
    let bytes = |(c, _): (char, char)| c.len_utf8();
    let begin: usize = own.chars().zip(theirs.chars()).take_while(same).map(bytes).sum();
    let (rest, their_rest) = (&own[begin..], &theirs[begin..]);
    let end: usize = rest.chars().rev().zip(their_rest.chars().rev()).take_while(same).map(bytes).sum();
    (own != theirs).then(|| begin..own.len() - end)
}

/// How many terminal cells go out of sight at the left. `span`: the cells that differ; `widest`: how many cells the longest of the lines
/// that stand for each other has, so that all of them move by the same and none farther than it takes to see its end.
pub fn shift(span: &Range<usize>, widest: usize, room: usize) -> usize {
    let is_seen = span.end <= room || span.start <= room / 4 * 3;
    if is_seen { 0 } else { (span.start - room / 3).min(widest.saturating_sub(room)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_lies_between_what_both_begin_and_end_with() {
        assert_eq!(apart("größe 1.", "größe 22."), Some(8..9));
        assert_eq!(apart("größe 22.", "größe 1."), Some(8..10));
        assert_eq!(apart("aa", "aaa"), Some(2..2));
        assert_eq!(apart("same", "same"), None);
    }

    #[test]
    fn a_line_moves_only_when_its_difference_is_out_of_sight_and_no_farther_than_its_end() {
        assert_eq!(shift(&(10..12), 300, 70), 0);
        assert_eq!(shift(&(20..200), 300, 70), 0);
        assert_eq!(shift(&(100..102), 300, 70), 100 - 23);
        assert_eq!(shift(&(100..102), 110, 70), 40);
    }
}
