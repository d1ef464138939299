//! Tells in which line each stamp of a file stands.

use serde::{Deserialize, Serialize};

use super::Found;

/// A stamp and its line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundAt {
    /// Its line, from 1 on; none for what isn't inside the file, such as its name.
    pub line: Option<usize>,
    /// The stamp.
    #[serde(flatten)]
    pub found: Found,
}

/// Counts lines up to each stamp, in the order given; CR, LF and CRLF end one.
pub fn located(content: &[u8], found: Vec<Found>) -> Vec<FoundAt> {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|index| found[*index].offset);
    let mut lines = vec![None; found.len()];
    let (mut line, mut at) = (1, 0);
    for index in order {
        let offset = found[index].offset;
        if offset >= content.len() {
            break;
        }
        line += ends(content, at, offset);
        at = offset;
        lines[index] = Some(line);
    }
    lines.into_iter().zip(found).map(|(line, found)| FoundAt { line, found }).collect()
}

/// How many lines end between two places.
fn ends(content: &[u8], from: usize, to: usize) -> usize {
    memchr::memchr2_iter(b'\r', b'\n', &content[from..to])
        // The CR of a CRLF ends no line of its own.
        .filter(|at| content[from + at] == b'\n' || content.get(from + at + 1) != Some(&b'\n'))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::{Hints, stamp_with};

    #[test]
    fn every_line_end_counts_once_and_a_file_name_is_in_no_line() {
        for end in ["\n", "\r", "\r\n"] {
            let text = [
                "!A methodsFor: 'x' stamp: 'bn 4/8/2011 13:02'!",
                "a!",
                "",
                "b! !",
                "!A methodsFor: 'x' stamp: 'ml 5/8/2011 13:02'!",
            ]
            .join(end);
            let stamp = stamp_with(text.as_bytes(), "a.st", &Hints::default()).expect("stamps");
            let lines: Vec<_> = located(text.as_bytes(), stamp.found).iter().map(|one| one.line).collect();
            assert_eq!(lines, [Some(1), Some(5)], "{end:?}");
        }
        let named = stamp_with(b"x", "Fix-bn.4.cs", &Hints::default());
        let found = named.map(|stamp| located(b"x", stamp.found)).unwrap_or_default();
        assert!(found.iter().all(|one| one.line.is_none()), "{found:?}");
    }
}
