//! Comments by hand in any language: the weakest evidence there is.
//!
//! `Author:` and `Date:` lines within the first lines, `Modified by bob on April 5, 2010`, and `by Name <mail>` alone.
//! Whoever modified a file last comes before whoever began it; of several dates the newest counts.

use super::author::{addressed, author_of, below, made_by, mailed};
use super::comment_lines::comments;
use super::event::{bracketed, date_of, dated_by, event, name_and_date, whole_date};
use super::evidence::Mark;
use super::history::{History, columns};
use super::label::{Label, labelled, second_column, tabled};
use super::name::is_change;
use super::signed::{self, MAX_LINE};
use super::text::{decode, position};
use super::{Evidence, HEAD_LINES, Kind, Source, cobol, slatec};

/// Reads any text, so it must come last.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    // What begins with # or a quote in these isn't a comment.
    const NO_COMMENTS: [&str; 4] = ["md", "markdown", "csv", "json"];
    let extension = source.name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if NO_COMMENTS.iter().any(|other| other.eq_ignore_ascii_case(extension)) {
        return None;
    }
    let mut evidence = Evidence::new(source);
    note_signed(source, &mut evidence);
    note_head(source, &mut evidence);
    (!evidence.found.is_empty()).then_some(evidence)
}

/// Notes comments that consist of author and time.
pub(super) fn note_signed<'a>(source: &Source<'a>, evidence: &mut Evidence<'a>) {
    signed::note_lines(source, evidence);
}

/// Notes what the comment lines at the head say about author and date. A history that begins there is read to its end.
pub(super) fn note_head<'a>(source: &Source<'a>, evidence: &mut Evidence<'a>) {
    /// No history is longer.
    const MOST_LINES: usize = 1_000;
    if slatec::note(source, evidence) {
        return;
    }
    let mut head = Head::default();
    for (index, line) in comments(source.bytes, source.name).take(MOST_LINES).enumerate() {
        if index >= HEAD_LINES && (line.is_none() || !head.history.is_open()) {
            break;
        }
        if let Some(line) = line.filter(|line| line.len() <= MAX_LINE) {
            head.note(line, source, evidence);
        }
    }
    head.end(evidence);
}

/// What the lines so far said.
#[derive(Default)]
struct Head<'a> {
    history: History<'a>,
    labels: Vec<Label>,
    /// `Author:` alone leads to the name on a line below.
    awaited: bool,
    /// Whether the line before named somebody: a date alone may follow.
    named: bool,
    /// Who looks after the file, for want of anybody else.
    keeper: Option<(&'a [u8], String)>,
}

impl<'a> Head<'a> {
    fn note(&mut self, line: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) {
        if std::mem::take(&mut self.awaited) {
            if line.is_empty() {
                self.awaited = true;
            } else if below(line).is_some() {
                return note_author(line, line, source, evidence);
            }
        }
        let named = std::mem::take(&mut self.named);
        if is_empty_author(line) {
            self.awaited = true;
        } else if let Some(label) = self.note_label(line, source, evidence) {
            self.named = label == Label::Author;
            self.labels.push(label);
        } else if let Some(spot) = whole_date(line, source).filter(|_| named) {
            evidence.change(Mark { kind: Kind::Label, raw: line, author: None, spot: Some(spot) });
        } else if !self.history.takes(line, source) {
            self.named = note_other(line, source, evidence);
        }
    }

    /// Notes the value of a label; none when the line has none that says anything.
    fn note_label(&mut self, line: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) -> Option<Label> {
        let paragraph = cobol::author(line).map(|value| (Label::Author, value));
        let paragraph = paragraph.or_else(|| cobol::date(line).map(|value| (Label::Event, value)));
        let table = || tabled(line).filter(|_| !columns(line));
        let (label, value) = paragraph.or_else(|| labelled(line)).or_else(table).or_else(|| second_column(line))?;
        match label {
            Label::Author => match event(value, source) {
                Some(mark) => evidence.change(Mark { raw: line, ..mark }),
                None => note_author(line, value, source, evidence),
            },
            Label::Editor => evidence.last_author(Kind::Label, line, author_of(value)?.into_bytes().into()),
            Label::Keeper => {
                let keeper = (line, author_of(value)?);
                self.keeper.get_or_insert(keeper);
            }
            Label::Event if is_change(decode(line)?.as_str()) && addressed(value) => {
                evidence.last_author(Kind::Label, line, author_of(value)?.into_bytes().into());
            }
            Label::Date | Label::Event => match date_of(value, source) {
                Some((spot, rest)) => {
                    let author = dated_by(rest).map(|author| author.into_bytes().into());
                    evidence.change(Mark { kind: Kind::Label, raw: line, author, spot: Some(spot) });
                }
                // `@date Last modified June 19, 2013`
                None => evidence.change(Mark { raw: line, ..event(value, source)? }),
            },
        }
        Some(label)
    }

    fn end(self, evidence: &mut Evidence<'a>) {
        // A head that names both author and date has said it all, unless the history goes on.
        let both = [Label::Author, Label::Date].iter().all(|label| self.labels.contains(label));
        let settled = both || !self.labels.is_empty() && !self.history.is_open();
        self.history.note(settled, evidence);
        let named = evidence.author.is_some() || evidence.newest.is_some();
        if let Some((line, keeper)) = self.keeper.filter(|_| !named) {
            evidence.author(Kind::Label, line, keeper.into_bytes().into());
        }
    }
}

/// `Author:` with nothing behind it.
fn is_empty_author(line: &[u8]) -> bool {
    cobol::author(line).is_none() && labelled(line).is_some_and(|(label, value)| label == Label::Author && value.is_empty())
}

/// Notes lines that say it in a sentence; true when one names somebody.
fn note_other<'a>(line: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) -> bool {
    if let Some(mark) = event(line, source) {
        evidence.change(mark);
        return false;
    }
    if let Some(name) = mailed(line) {
        evidence.author(Kind::Label, line, name.into());
        return true;
    }
    let Some((name, change)) = made_by(line) else { return false };
    let name = name.into_bytes().into();
    if change {
        evidence.last_author(Kind::Label, line, name);
    } else {
        evidence.author(Kind::Label, line, name);
    }
    true
}

/// Notes an author, and the date that may follow on the same line: `Author: Bob Bauer  Date: 21 May 1996`.
fn note_author<'a>(line: &'a [u8], value: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) {
    let (name, date) = match position(value, b" Date:") {
        Some(at) => (&value[..at], date_of(&value[at + b" Date:".len()..], source).map(|(spot, _)| spot)),
        None => match bracketed(value, source).or_else(|| name_and_date(value, source)) {
            Some((name, spot)) => (name, Some(spot)),
            None => (value, None),
        },
    };
    if let Some(author) = author_of(name) {
        evidence.author(Kind::Label, line, author.into_bytes().into());
    }
    if date.is_some() {
        evidence.change(Mark { kind: Kind::Label, raw: line, author: None, spot: date });
    }
}
