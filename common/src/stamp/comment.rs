//! Comments by hand in any language: the weakest evidence there is.
//!
//! `Author:` and `Date:` lines within the first lines, `Modified by bob on April 5, 2010`, and `by Name <mail>` alone.
//! Whoever modified a file last comes before whoever began it; of several dates the newest counts.

use super::comment_lines::comment_lines;
use super::dates::{self, Spot, day_of_year, find};
use super::evidence::Mark;
use super::history::History;
use super::label::{Label, labelled};
use super::name::{after_by, whole_name};
use super::signed::{self, MAX_LINE};
use super::text::{contains, decode, position, value};
use super::{Evidence, Kind, Source, cobol};

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

/// Notes what the comment lines at the head say about author and date.
pub(super) fn note_head<'a>(source: &Source<'a>, evidence: &mut Evidence<'a>) {
    let mut history = History::default();
    // `Author:` alone leads to the name on a line below.
    let mut awaited = false;
    let mut labels = Vec::new();
    for line in comment_lines(source.bytes, source.name).filter(|line| line.len() <= MAX_LINE) {
        if std::mem::take(&mut awaited) {
            if line.is_empty() {
                awaited = true;
            } else if let Some(name) = below(line) {
                evidence.author(Kind::Label, line, name.into_bytes().into());
                continue;
            }
        }
        if is_empty_author(line) {
            awaited = true;
        } else if let Some(label) = note_label(line, source, evidence) {
            labels.push(label);
        } else if !history.takes(line, source) {
            note_other(line, source, evidence);
        }
    }
    // A head that names both author and date has said it all.
    let both = [Label::Author, Label::Date].iter().all(|label| labels.contains(label));
    let settled = both || !labels.is_empty() && !history.is_open();
    history.note(settled, evidence);
}

/// `Author:` with nothing behind it.
fn is_empty_author(line: &[u8]) -> bool {
    cobol::author(line).is_none() && labelled(line).is_some_and(|(label, value)| label == Label::Author && value.is_empty())
}

/// Notes the value of a label; none when the line has none that says anything.
fn note_label<'a>(line: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) -> Option<Label> {
    let paragraph = cobol::author(line).map(|value| (Label::Author, value));
    let paragraph = paragraph.or_else(|| cobol::date(line).map(|value| (Label::Event, value)));
    let (label, value) = paragraph.or_else(|| labelled(line))?;
    match label {
        Label::Author => match event(value, source) {
            Some(mark) => evidence.change(Mark { raw: line, ..mark }),
            None => note_author(line, value, source, evidence),
        },
        Label::Editor => evidence.last_author(Kind::Label, line, author_of(value)?.into_bytes().into()),
        Label::Date | Label::Event => {
            let (spot, rest) = date_of(value, source)?;
            let author = dated_by(rest).map(|author| author.into_bytes().into());
            evidence.change(Mark { kind: Kind::Label, raw: line, author, spot: Some(spot) });
        }
    }
    Some(label)
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
    } else if let Some(name) = made_by(line) {
        evidence.author(Kind::Label, line, name.into_bytes().into());
    }
}

/// The name on a line below `Author:`.
fn below(line: &[u8]) -> Option<String> {
    let text = decode(line)?;
    let name = text.split(['(', '<', ',']).next().unwrap_or_default();
    (labelled(line).is_none() && whole_name(name).is_some()).then(|| author_of(line)).flatten()
}

/// `Written by Bob Bauer, Anytown` at the beginning of a line.
fn made_by(line: &[u8]) -> Option<String> {
    let text = decode(line)?;
    // A single word may be anything: by hand, by default.
    after_by(&text).filter(|name| name.contains(' ') && !text.to_ascii_lowercase().starts_with("by "))
}

/// Notes an author, and the date that may follow on the same line: `Author: Bob Bauer  Date: 21 May 1996`.
fn note_author<'a>(line: &'a [u8], value: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) {
    let (name, date) = match position(value, b" Date:") {
        Some(at) => (&value[..at], date_of(&value[at + b" Date:".len()..], source).map(|(spot, _)| spot)),
        None => bracketed(value, source).map_or((value, None), |(name, spot)| (name, Some(spot))),
    };
    if let Some(author) = author_of(name) {
        evidence.author(Kind::Label, line, author.into_bytes().into());
    }
    if date.is_some() {
        evidence.change(Mark { kind: Kind::Label, raw: line, author: None, spot: date });
    }
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

/// `Modified by bob on April 5, 2010` or `Modified on April 5, 2010 by bob`, with the author or without, and nothing
/// else after the date.
fn event<'a>(line: &'a [u8], source: &Source) -> Option<Mark<'a>> {
    const EVENTS: [&[u8]; 9] = [
        b"modified ",
        b"last modified ",
        b"changed ",
        b"last changed ",
        b"updated ",
        b"created ",
        b"create ",
        b"written ",
        b"edited ",
    ];
    let text = line.strip_prefix(b"@version").map_or(line, <[u8]>::trim_ascii_start);
    let rest = EVENTS.iter().find_map(|event| value(text, event))?;
    let (by, on) = match rest.strip_prefix(b"by ") {
        Some(by) => (Some(by), by),
        None => (None, rest),
    };
    let spot = find(on, source.slashes)?;
    let before = without_weekday(on.get(..spot.start)?.trim_ascii_end());
    let name = before.strip_suffix(b" on").or_else(|| (before == b"on").then_some(b""))?;
    let after = on.get(spot.end..)?.trim_ascii_start();
    let later = value(after, b"by ").filter(|_| by.is_none());
    let ends = later.is_some() || after.first().is_none_or(|b| matches!(b, b'.' | b'$'));
    let author = later.or(by.and(Some(name))).and_then(author_of).map(|author| author.into_bytes().into());
    ends.then_some(Mark { kind: Kind::Label, raw: line, author, spot: Some(spot) })
}

/// The text without a weekday at its end: `on Tue`.
fn without_weekday(text: &[u8]) -> &[u8] {
    let bare = text.strip_suffix(b",").unwrap_or(text);
    let start = bare.iter().rposition(|b| *b == b' ').map_or(0, |at| at + 1);
    if dates::is_weekday(&bare[start..]) { bare[..start].trim_ascii_end() } else { text }
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
    let name = text.split(" - ").next().unwrap_or_default();
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '–' | ',' | ' '));
    let plausible = name.chars().any(char::is_alphabetic) && !name.starts_with('$') && !is_placeholder(name);
    // A name that ends in digits is a user id, unless a blank shows that they are years.
    let kept = if text.get(name.len()..).is_some_and(|cut| cut.is_empty() || cut.starts_with([' ', ','])) {
        name
    } else {
        text.split(" - ").next().unwrap_or_default()
    };
    plausible.then(|| kept.trim().to_owned())
}

/// The text of a link in HTML: `<a href="…">Bob Bauer</a>`.
fn linked(value: &[u8]) -> Option<&[u8]> {
    let inside = value.strip_prefix(b"<a ")?;
    let text = &inside[position(inside, b">")? + 1..];
    Some(&text[..position(text, b"<")?])
}

/// What templates leave for a person to fill in.
pub(super) fn is_placeholder(author: &str) -> bool {
    const TEMPLATES: [&str; 6] = ["AuthorName", "Author Name", "Your Name", "Author", "Name", "Please set LastEditors"];
    author.starts_with('<') || TEMPLATES.iter().any(|name| name.eq_ignore_ascii_case(author))
}
