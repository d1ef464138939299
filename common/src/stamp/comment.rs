//! Comments by hand in any language: the weakest evidence there is.
//!
//! `Author:` and `Date:` lines within the first lines, `Modified by bob on April 5, 2010`, and `by Name <mail>` alone.
//! Whoever modified a file last comes before whoever began it; of several dates the newest counts.

use super::comment_lines::comments;
use super::dates::{self, Spot, day_of_year, find};
use super::evidence::Mark;
use super::history::{History, columns};
use super::label::{Label, labelled, tabled};
use super::month::{is_weekday, month};
use super::name::{MAX_WORDS, after_by, is_change, whole_name};
use super::signed::{self, MAX_LINE};
use super::text::{contains, decode, position, value};
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
    /// Who looks after the file, for want of anybody else.
    keeper: Option<(&'a [u8], String)>,
}

impl<'a> Head<'a> {
    fn note(&mut self, line: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) {
        if std::mem::take(&mut self.awaited) {
            if line.is_empty() {
                self.awaited = true;
            } else if let Some(name) = below(line) {
                evidence.author(Kind::Label, line, name.into_bytes().into());
                return;
            }
        }
        if is_empty_author(line) {
            self.awaited = true;
        } else if let Some(label) = self.note_label(line, source, evidence) {
            self.labels.push(label);
        } else if !self.history.takes(line, source) {
            note_other(line, source, evidence);
        }
    }

    /// Notes the value of a label; none when the line has none that says anything.
    fn note_label(&mut self, line: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) -> Option<Label> {
        let paragraph = cobol::author(line).map(|value| (Label::Author, value));
        let paragraph = paragraph.or_else(|| cobol::date(line).map(|value| (Label::Event, value)));
        let table = || tabled(line).filter(|_| !columns(line));
        let (label, value) = paragraph.or_else(|| labelled(line)).or_else(table)?;
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
            Label::Date | Label::Event => {
                let (spot, rest) = date_of(value, source)?;
                let author = dated_by(rest).map(|author| author.into_bytes().into());
                evidence.change(Mark { kind: Kind::Label, raw: line, author, spot: Some(spot) });
            }
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

/// Whether the value begins with a name and its address: `Bob Bauer <bob@example.org>`.
fn addressed(value: &[u8]) -> bool {
    let open = value.iter().position(|b| *b == b'<').filter(|open| contains(&value[*open..], b"@"));
    open.and_then(|open| decode(&value[..open])).is_some_and(|name| whole_name(&name).is_some())
}

/// Who stands behind the date of a label: `2025-06-27 09:44:49 by bob`, `2025-06-27 - Bob: rounds prices`.
fn dated_by(rest: &[u8]) -> Option<String> {
    let rest = rest.trim_ascii_start();
    if let Some(by) = value(rest, b"by ") {
        return author_of(by);
    }
    let text = decode(rest.strip_prefix(b"- ")?)?;
    let (name, _) = text.split_once(':')?;
    whole_name(name)
}

/// Notes lines that say it in a sentence.
fn note_other<'a>(line: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) {
    if let Some(mark) = event(line, source) {
        evidence.change(mark);
    } else if let Some(name) = mailed(line) {
        evidence.author(Kind::Label, line, name.into());
    } else if let Some((name, change)) = made_by(line) {
        let name = name.into_bytes().into();
        if change {
            evidence.last_author(Kind::Label, line, name);
        } else {
            evidence.author(Kind::Label, line, name);
        }
    }
}

/// The name on a line below `Author:`; an address behind it shows that it is one.
fn below(line: &[u8]) -> Option<String> {
    let text = decode(line)?;
    let name = text.split(['(', '<', ',']).next().unwrap_or_default();
    let addressed = text.contains('@') && name.split_whitespace().count() <= MAX_WORDS && name.starts_with(char::is_alphabetic);
    (labelled(line).is_none() && (addressed || whole_name(name).is_some())).then(|| author_of(line)).flatten()
}

/// `Written by Bob Bauer, Anytown` at the beginning of a line, and whether it is about a change.
fn made_by(line: &[u8]) -> Option<(String, bool)> {
    let text = decode(line)?;
    // A single word may be anything: by hand, by default.
    let name = after_by(&text).filter(|name| name.contains(' ') && !text.to_ascii_lowercase().starts_with("by "))?;
    Some((name, is_change(&text)))
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

/// `Bob Bauer, 15.8.2016` or `bob 2011-04-08 13:02`: a date ends the value.
fn name_and_date<'a>(value: &'a [u8], source: &Source) -> Option<(&'a [u8], Spot)> {
    let spot = find(value, source.slashes)?;
    let after = value.get(spot.end..)?;
    let ends = after.iter().all(|b| matches!(b, b'.' | b',' | b';' | b' ' | b']' | b'>' | b'/'));
    let name = value.get(..spot.start)?.trim_ascii_end();
    let name = name.strip_suffix(b" on").unwrap_or(name);
    let end = name.iter().rposition(|b| !matches!(b, b',' | b';' | b'-' | b'/' | b'[' | b'<' | b'(' | b' ' | b'\t'))? + 1;
    ends.then_some((&name[..end], spot))
}

/// `Bob Bauer (created on 17.10.2019)`
fn bracketed<'a>(value: &'a [u8], source: &Source) -> Option<(&'a [u8], Spot)> {
    let open = value.iter().position(|b| *b == b'(')?;
    let inside = value[open + 1..].trim_ascii_end().strip_suffix(b")")?;
    let spot = find(inside, source.slashes).filter(|spot| spot.end == inside.len())?;
    Some((value[..open].trim_ascii_end(), spot))
}

/// The date behind a label, which editors put in brackets, and what follows it.
fn date_of<'a>(text: &'a [u8], source: &Source) -> Option<(Spot, &'a [u8])> {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"<").or_else(|| text.strip_prefix(b"\"")).unwrap_or(text);
    let spot = dates::labelled(text, source.slashes).or_else(|| day_of_year(text))?;
    Some((spot, text.get(spot.end..).unwrap_or_default()))
}

/// `Modified by bob on April 5, 2010`, `Created by Bob Bauer, 5/4/2010` or `Last modified on April 5, 2010 by bob`, with
/// the author or without, and nothing else after the date.
fn event<'a>(line: &'a [u8], source: &Source) -> Option<Mark<'a>> {
    let text = line.strip_prefix(b"@version").map_or(line, <[u8]>::trim_ascii_start);
    let rest = after_verb(text)?;
    let by = value(rest, b"by ");
    let on = by.unwrap_or(rest);
    let spot = find(on, source.slashes)?;
    let before = without_weekday(on.get(..spot.start)?.trim_ascii_end());
    let name = match before.strip_suffix(b" on") {
        Some(name) => name,
        None if before.is_empty() || before == b"on" => b"",
        None => before_date(before).filter(|_| by.is_some())?,
    };
    let after = on.get(spot.end..)?.trim_ascii_start();
    let later = value(after, b"by ").filter(|_| by.is_none());
    let ends = later.is_some() || after.first().is_none_or(|b| matches!(b, b'.' | b'$' | b',' | b';' | b')'));
    let author = later.or(by.and(Some(name))).and_then(author_of).map(|author| author.into_bytes().into());
    ends.then_some(Mark { kind: Kind::Label, raw: line, author, spot: Some(spot) })
}

/// What follows the verb that a sentence begins with: `Last modified `, `Originally written `.
fn after_verb(text: &[u8]) -> Option<&[u8]> {
    const ADVERBS: [&[u8]; 5] = [b"last ", b"first ", b"initially ", b"originally ", b"original "];
    const VERBS: [&[u8]; 14] = [
        b"modified ",
        b"changed ",
        b"updated ",
        b"created ",
        b"create ",
        b"written ",
        b"edited ",
        b"revised ",
        b"coded ",
        b"programmed ",
        b"developed ",
        b"implemented ",
        b"amended ",
        b"corrected ",
    ];
    let text = ADVERBS.iter().find_map(|adverb| value(text, adverb)).unwrap_or(text);
    VERBS.iter().find_map(|verb| value(text, verb))
}

/// The name that a date follows after a comma, a dash or nothing.
fn before_date(before: &[u8]) -> Option<&[u8]> {
    let end = before.iter().rposition(|b| !matches!(b, b',' | b'-' | b'(' | b' ' | b'\t'))? + 1;
    let name = &before[..end];
    (contains(name, b"@") || decode(name).is_some_and(|name| whole_name(&name).is_some())).then_some(name)
}

/// The text without a weekday at its end: `on Tue`.
fn without_weekday(text: &[u8]) -> &[u8] {
    let bare = text.strip_suffix(b",").unwrap_or(text);
    let start = bare.iter().rposition(|b| *b == b' ').map_or(0, |at| at + 1);
    if is_weekday(&bare[start..]) { bare[..start].trim_ascii_end() } else { text }
}

/// `by Bob Bauer(bob@example.org)` or `by Bob Bauer <bob@example.org>`, alone on its line.
fn mailed(line: &[u8]) -> Option<&[u8]> {
    let rest = value(line, b"by ")?;
    let open = rest.iter().position(|b| matches!(b, b'(' | b'<'))?;
    let (name, mail) = (rest[..open].trim_ascii(), &rest[open + 1..]);
    let closed = matches!(mail.last(), Some(b')' | b'>')) && contains(mail, b"@") && !mail.contains(&b' ');
    (closed && name.first().is_some_and(|b| b.is_ascii_alphabetic() || *b >= 0x80)).then_some(name)
}

/// The name alone: years after it are those of a copyright, and a dash leads to a remark. A keyword like `$Author$`
/// isn't a name.
pub(super) fn author_of(value: &[u8]) -> Option<String> {
    let text = decode(linked(value).unwrap_or(value))?;
    let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let text = quoted.map_or(text.as_str(), str::trim);
    let text = [" - ", " -- ", " – "].iter().filter_map(|dash| text.find(dash)).min().map_or(text, |end| &text[..end]);
    let text = addressee(text);
    let closed = text.strip_suffix('.').filter(|name| name.ends_with(['>', ')']) || name.ends_with(|c: char| c.is_ascii_digit()));
    let text = closed.unwrap_or(text);
    let name = text.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '–' | ',' | ' '));
    let plausible = name.chars().any(char::is_alphabetic) && !is_placeholder(name);
    // A name that ends in digits is a user id, unless a blank shows that they are years.
    let years = text.get(name.len()..).is_some_and(|cut| cut.starts_with([' ', ',']));
    let kept = match years {
        true => without_month(name),
        false if name.len() == text.len() => name,
        false => text,
    };
    plausible.then(|| kept.trim().to_owned())
}

/// The name and address that a remark follows: `Bob Bauer <bob@example.org> for prices`; a list of them stays whole.
fn addressee(text: &str) -> &str {
    let Some(end) = text.find('>').filter(|end| text[..*end].contains('@')).map(|end| end + 1) else { return text };
    let rest = text[end..].trim_start();
    if rest.starts_with([',', ';', '&', '/']) || rest.starts_with("and ") { text } else { &text[..end] }
}

/// The name without the month that stood before a year: `Bob Bauer, December`.
fn without_month(name: &str) -> &str {
    let Some((before, last)) = name.rsplit_once(' ') else { return name };
    // A short one may be a name.
    let is_month = last.len() > 3 && month(last.as_bytes()).is_some();
    if is_month { before.trim_end_matches([' ', ',']) } else { name }
}

/// The text of a link in HTML: `<a href="…">Bob Bauer</a>`.
fn linked(value: &[u8]) -> Option<&[u8]> {
    let inside = value.strip_prefix(b"<a ")?;
    let text = &inside[position(inside, b">")? + 1..];
    Some(&text[..position(text, b"<")?])
}

/// What templates leave for a person to fill in.
pub(super) fn is_placeholder(author: &str) -> bool {
    const TEMPLATES: [&str; 16] = [
        "AuthorName",
        "Author Name",
        "Your Name",
        "Your Name Here",
        "YourName",
        "Author",
        "Authors",
        "Name",
        "Please set LastEditors",
        "unknown",
        "none",
        "n/a",
        "na",
        "tbd",
        "todo",
        "xxx",
    ];
    let bare = author.trim_matches(['(', ')', '.']);
    author.starts_with(['<', '$', '%', '{', '[']) || TEMPLATES.iter().any(|name| name.eq_ignore_ascii_case(bare))
}
