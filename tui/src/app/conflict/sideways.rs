//! How far each line of a conflict is moved to the left, so that what differs in it is seen without a key. Lines that stand for each
//! other move by the same.

use super::rows::{Row, has_head};
use super::{SIDES, WIDE, Work, draw};
use crate::app::compare::partners::{by_place, partners};
use fieldpost_common::merge::{Region, Side};
use std::ops::Range;
use unicode_width::UnicodeWidthStr as _;

/// More of a line, in bytes, is not looked through.
const LONG: usize = 64 * 1024;

/// How many terminal cells of a line are out of sight at the left.
pub(super) fn shift(work: &Work, (place, side, line): (usize, Side, usize), room: usize) -> usize {
    by_itself(work, (place, side, line), room).saturating_add_signed(work.shift)
}

/// The same before anybody moved it by hand.
fn by_itself(work: &Work, (place, side, line): (usize, Side, usize), room: usize) -> usize {
    match difference(work, place, side, line) {
        // No farther than it takes to see the end of the longest.
        Some((Range { start, end }, widest)) if end > room && start > room / 4 * 3 => {
            (start - room / 3).min(widest.saturating_sub(room))
        }
        _ => 0,
    }
}

/// The farthest that a line on the screen was moved by itself.
pub(super) fn farthest(work: &Work, rows: &[Row], size: (u16, u16)) -> usize {
    let seen = rows.iter().skip(work.top).take(draw::page(size));
    let far = seen.map(|row| match row {
        Row::One { place, side, line } => by_itself(work, (*place, *side, *line), room(size.0)),
        Row::Across { place, lines } => {
            let there = SIDES.into_iter().zip(lines).filter_map(|(side, line)| Some((side, (*line)?)));
            there.map(|(side, line)| by_itself(work, (*place, side, line), room(size.0))).max().unwrap_or(0)
        }
        Row::Fold(_) | Row::Head(_) | Row::Missing(_) | Row::Edited { .. } => 0,
    });
    far.max().unwrap_or(0)
}

/// How many cells of a line are seen on a screen of this width, in the narrowest column.
pub(super) fn room(width: u16) -> usize {
    usize::from(if width >= WIDE { width / 3 - 2 } else { width.saturating_sub(3) })
}

/// The cells of a line that differ from its counterparts on the other sides, and how many cells the longest of them has.
fn difference(work: &Work, place: usize, side: Side, line: usize) -> Option<(Range<usize>, usize)> {
    let region = work.merge.regions().get(place).filter(|region| has_head(&work.merge, region))?;
    let own = shown(work, side, line);
    let others = SIDES.into_iter().filter(|other| *other != side);
    let spans = others.filter_map(|other| {
        let theirs = shown(work, other, partner(work, region, (side, line), other)?);
        Some((differing(&own, &theirs)?, own.width().max(theirs.width())))
    });
    spans.reduce(|(one, wide), (other, widest)| (one.start.min(other.start)..one.end.max(other.end), wide.max(widest)))
}

/// The line on another side that a line stands for.
fn partner(work: &Work, region: &Region, (side, line): (Side, usize), other: Side) -> Option<usize> {
    let (own, theirs) = (region.lines(side), region.lines(other));
    if by_place(own.len(), theirs.len()) {
        return Some(theirs.start + line - own.start).filter(|line| *line < theirs.end);
    }
    let all = |side, lines: Range<usize>| lines.map(|line| shown(work, side, line)).collect::<Vec<_>>();
    let (left, right) = (all(side, own.clone()), all(other, theirs.clone()));
    let pairs = partners(&texts(&left), &texts(&right));
    pairs.into_iter().find(|pair| own.start + pair.0 == line).map(|pair| theirs.start + pair.1)
}

fn texts(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}

fn shown(work: &Work, side: Side, line: usize) -> String {
    let bytes = work.merge.input(side).part(line..line + 1);
    draw::words::shown(&bytes[..bytes.len().min(LONG)])
}

/// The cells of the first line that are not at the beginning or the end of both.
fn differing(own: &str, theirs: &str) -> Option<Range<usize>> {
    let same = |(own, theirs): &(char, char)| own == theirs;
    let bytes = |(c, _): (char, char)| c.len_utf8();
    let begin: usize = own.chars().zip(theirs.chars()).take_while(same).map(bytes).sum();
    let (rest, their_rest) = (&own[begin..], &theirs[begin..]);
    let end: usize = rest.chars().rev().zip(their_rest.chars().rev()).take_while(same).map(bytes).sum();
    (own != theirs).then(|| own[..begin].width()..own[..own.len() - end].width())
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::merge::{Resolution, merge};

    fn work(base: &str, published: &str, site: &str) -> Work {
        let merge = merge(Some(base.as_bytes()), published.as_bytes(), site.as_bytes());
        let resolution = Resolution::new(&merge);
        Work::new(merge, resolution)
    }

    #[test]
    fn a_difference_out_of_sight_is_moved_into_it_by_the_same_on_all_sides() {
        let line = |end: &str| format!("{}{end}\n", "x".repeat(120));
        let mut work = work(&line("1"), &line("22"), &line("333"));
        for side in SIDES {
            assert_eq!(shift(&work, (0, side, 0), 77), 123 - 77, "{side:?}");
        }
        work.shift = -200;
        assert_eq!(shift(&work, (0, Side::Site, 0), 77), 0);
    }

    #[test]
    fn a_line_stays_where_its_difference_begins_in_sight() {
        let long = "y".repeat(200);
        let work = work(&format!("a {long}\n"), &format!("b {long}\n"), &format!("c {long}\n"));
        assert_eq!(shift(&work, (0, Side::Published, 0), 77), 0);
    }

    #[test]
    fn lines_are_compared_with_those_that_they_are_like() {
        let line = |end: &str| format!("{}{end}\n", "x".repeat(120));
        let work = work(&line("1"), &format!("new\n{}", line("2")), &line("3"));
        assert_eq!(shift(&work, (0, Side::Published, 0), 77), 0);
        assert!(shift(&work, (0, Side::Published, 1), 77) > 0);
    }
}
