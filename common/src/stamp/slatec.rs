//! The prologues of SLATEC's Fortran, and of what was translated from it: `***REVISION HISTORY  (YYMMDD)`.
//!
//! Rows have six digits, a remark, and the initials of whoever changed it in brackets at their end. Source: the SLATEC
//! guide, appendix on prologues.

use super::author::is_placeholder;
use super::dates::{Slashes, Spot, leading};
use super::evidence::Mark;
use super::text::{decode, lines, value};
use super::{Evidence, HEAD_LINES, Kind, Source};

/// No prologue is longer.
const MAX_LINES: usize = 1_000;

/// Longer than any line of Fortran.
const MAX_LINE: usize = 200;

/// Notes the dates of a prologue that begins near the head; true when there is one that says anything.
pub(super) fn note<'a>(source: &Source<'a>, evidence: &mut Evidence<'a>) -> bool {
    let mut prologue = Prologue::default();
    for (index, line) in lines(source.bytes).take(MAX_LINES).enumerate() {
        if index >= HEAD_LINES && !prologue.begun || prologue.over {
            break;
        }
        prologue.note(text(&line[..line.len().min(MAX_LINE)]));
    }
    prologue.end_row();
    let Some(rows) = prologue.history.then_some(prologue.rows).filter(|rows| !rows.is_empty()) else { return false };
    if let Some((raw, author)) = prologue.author {
        evidence.author(Kind::Label, raw, author.into());
    }
    for Row { raw, spot, author } in rows {
        evidence.change(Mark { kind: Kind::Label, raw, author: author.map(Into::into), spot: Some(spot) });
    }
    true
}

#[derive(Default)]
struct Prologue<'a> {
    begun: bool,
    history: bool,
    over: bool,
    author: Option<(&'a [u8], &'a [u8])>,
    rows: Vec<Row<'a>>,
    row: Option<Row<'a>>,
}

struct Row<'a> {
    raw: &'a [u8],
    spot: Spot,
    author: Option<&'a [u8]>,
}

impl<'a> Prologue<'a> {
    fn note(&mut self, line: &'a [u8]) {
        if let Some(row) = row(line).filter(|_| self.history) {
            self.end_row();
            self.row = Some(row);
            return;
        }
        let labelled = |name| value(line, name);
        if let Some(row) = self.row.as_mut().filter(|row| row.author.is_none() && line.ends_with(b")")) {
            // A long remark goes on below.
            row.author = initials(line);
        } else if labelled(b"BEGIN PROLOGUE").is_some() {
            self.begun = true;
        } else if labelled(b"END PROLOGUE").is_some() {
            self.over = true;
        } else if labelled(b"REVISION HISTORY").is_some_and(|unit| value(unit, b"(YYMMDD").is_some()) {
            self.begun = true;
            self.history = true;
        } else if let Some(written) = labelled(b"DATE WRITTEN").or_else(|| labelled(b"REVISION DATE")) {
            let spot = written.get(..6).and_then(six_digits);
            self.rows.extend(spot.map(|spot| Row { raw: line, spot, author: None }));
        } else if let Some(author) = labelled(b"AUTHOR ").filter(|_| self.author.is_none()) {
            let named = decode(author).is_some_and(|author| !is_placeholder(&author) && !author.starts_with('('));
            self.author = named.then_some((line, author));
        }
    }

    fn end_row(&mut self) {
        self.rows.extend(self.row.take());
    }
}

/// A line without what makes it a comment, in any language, and without the stars of a prologue.
fn text(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    let line = line.strip_suffix(b"*/").unwrap_or(line).trim_ascii_end();
    let mark = |b: &u8| matches!(b, b'*' | b'!' | b'#' | b'/' | b'%' | b' ' | b'\t');
    let start = line.iter().position(|b| !mark(b)).unwrap_or(line.len());
    let line = &line[start..];
    match line.split_first() {
        Some((b'c' | b'C', rest)) if rest.first().is_none_or(mark) => {
            &rest[rest.iter().position(|b| !mark(b)).unwrap_or(rest.len())..]
        }
        _ => line,
    }
}

/// `900727  Added EXTERNAL statement.  (WRB)`
fn row(line: &[u8]) -> Option<Row<'_>> {
    let spot = six_digits(line.get(..6)?)?;
    let rest = line.get(6..).filter(|rest| rest.first() == Some(&b' '))?;
    Some(Row { raw: line, spot, author: initials(rest) })
}

/// `WRB` in brackets at the end of a row, or several with commas between.
fn initials(text: &[u8]) -> Option<&[u8]> {
    const LONGEST: usize = 30;
    let inside = text.strip_suffix(b".").unwrap_or(text).strip_suffix(b")")?;
    let inside = &inside[inside.iter().rposition(|b| *b == b'(')? + 1..];
    let plain = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b',' | b' ' | b'.');
    (inside.first().is_some_and(u8::is_ascii_alphabetic) && inside.len() <= LONGEST && inside.iter().all(plain)).then_some(inside)
}

/// `900727`
fn six_digits(digits: &[u8]) -> Option<Spot> {
    let pair = |at: usize| digits.get(at..at + 2).filter(|pair| pair.iter().all(u8::is_ascii_digit));
    let (year, month, day) = (pair(0)?, pair(2)?, pair(4)?);
    let century: &[u8] = if year[0] >= b'7' { b"19" } else { b"20" };
    let spot = leading(&[century, year, b"-", month, b"-", day].concat(), Slashes::Unsure)?;
    Some(Spot { start: 0, end: digits.len(), ..spot })
}
