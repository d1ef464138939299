//! Which lines of a change stand for each other, where one side has more of them than the other.

/// More lines on a side are not looked at one by one.
const MOST: usize = 24;
/// Lines stand for each other when they have so much in common at both ends, in percent.
const ALIKE: usize = 50;

/// Whether the first line stands for the first and so on: there are as many on both sides, or too many to look at each.
pub fn by_place(old: usize, new: usize) -> bool {
    old == new || old > MOST || new > MOST
}

/// Pairs of lines that are alike, both in ascending order.
pub fn partners(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut next = 0;
    for (line, text) in old.iter().enumerate() {
        if let Some(found) = (next..new.len()).find(|other| likeness(text, new[*other]) >= ALIKE) {
            pairs.push((line, found));
            next = found + 1;
        }
    }
    pairs
}

/// How much two lines have in common at their beginning and their end, in percent of both.
fn likeness(old: &str, new: &str) -> usize {
    let (old, new) = (old.trim().as_bytes(), new.trim().as_bytes());
    let shorter = old.len().min(new.len());
    let begin = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let rest = shorter - begin;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    ((begin + end) * 200).checked_div(old.len() + new.len()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_stands_for_the_one_that_is_like_it_and_not_for_a_new_one_above() {
        let new = ["\tself check.", "", "\t^lots * self lotSize"];
        assert_eq!(partners(&["\t^lots * 100"], &new), [(0, 2)]);
        assert_eq!(partners(&["a := 1.", "b := 2."], &["a := 3.", "x", "b := 4."]), [(0, 0), (1, 2)]);
        assert!(partners(&["foo"], &["bar", "baz"]).is_empty());
    }

    #[test]
    fn as_many_lines_on_both_sides_stand_for_each_other_in_order() {
        assert!(by_place(3, 3) && by_place(1, 1_000) && !by_place(1, 3));
    }
}
