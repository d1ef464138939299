//! Comments by hand in any language: the weakest evidence there is.
//!
//! `Author:` and `Date:` lines within the first lines, `Modified by bob on April 5, 2010`, and `by Name <mail>` alone.
//! Whoever modified a file last comes before whoever began it; of several dates the newest counts.

use super::comment_lines::comment_lines;
use super::dates::{self, Spot, day_of_year, find};
use super::evidence::Mark;
use super::signed::{self, MAX_LINE};
use super::text::{contains, decode, position, value};
use super::{Evidence, Kind, Source, cobol};

/// Labels of who began a file.
const AUTHORS: &[&str] =
    &["author", "authors", "written by", "created by", "coded by", "programmer", "developer", "engineer", "original author"];

/// Labels of who changed it last; an editor's plugins write some of them.
const EDITORS: &[&str] =
    &["modified by", "changed by", "last modified by", "last changed by", "updated by", "last editors", "lasteditors"];

/// Labels of when, with the word `date` or without.
const DATES: &[&str] = &[
    "date",
    "modified",
    "modified on",
    "last modified",
    "last modified on",
    "last modified time",
    "last modification",
    "date modified",
    "date last modified",
    "last modified date",
    "last change",
    "last changed",
    "last update",
    "last updated",
    "last-update",
    "lastedittime",
    "last revision",
    "revised",
    "revision date",
    "time-stamp",
    "updated",
    "changed",
    "created",
    "created on",
    "created time",
    "created date",
    "create date",
    "creation date",
    "date created",
    "date-created",
    "date-written",
    "date written",
];

/// Reads any text, so it must come last.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    // What begins with # or a quote in these isn't a comment.
    const NO_COMMENTS: [&str; 4] = ["md", "markdown", "csv", "json"];
    let extension = source.name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if NO_COMMENTS.iter().any(|other| other.eq_ignore_ascii_case(extension)) {
        return None;
    }
    let mut evidence = Evidence::new(source);
    signed::note_lines(source, &mut evidence);
    note_head(source, &mut evidence);
    (!evidence.found.is_empty()).then_some(evidence)
}

/// Notes what the comment lines at the head say about author and date.
pub(super) fn note_head<'a>(source: &Source<'a>, evidence: &mut Evidence<'a>) {
    for line in comment_lines(source.bytes, source.name).filter(|line| line.len() <= MAX_LINE) {
        if let Some(value) = cobol::author(line).or_else(|| labelled(line, AUTHORS)) {
            note_author(line, value, source, evidence);
        } else if let Some(editor) = labelled(line, EDITORS).and_then(author_of) {
            evidence.last_author(Kind::Label, line, editor.into_bytes().into());
        } else if let Some((spot, rest)) =
            cobol::date(line).or_else(|| labelled(line, DATES)).and_then(|text| date_of(text, source))
        {
            // `Last modified: 2025-06-27 09:44:49 by bob`
            let author = value(rest.trim_ascii_start(), b"by ").and_then(author_of).map(|author| author.into_bytes().into());
            evidence.change(Mark { kind: Kind::Label, raw: line, author, spot: Some(spot) });
        } else if let Some(mark) = event(line, source) {
            evidence.change(mark);
        } else if let Some(name) = mailed(line) {
            evidence.author(Kind::Label, line, name.into());
        }
    }
}

/// Notes an author, and the date that may follow on the same line: `Author: Bob Bauer  Date: 21 May 1996`.
fn note_author<'a>(line: &'a [u8], value: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) {
    let dated = position(value, b" Date:").map(|at| (&value[..at], &value[at + b" Date:".len()..]));
    let (name, date) = dated.map_or((value, None), |(name, date)| (name, Some(date)));
    if let Some(author) = author_of(name) {
        evidence.author(Kind::Label, line, author.into_bytes().into());
    }
    if let Some((spot, _)) = date.and_then(|date| date_of(date, source)) {
        evidence.change(Mark { kind: Kind::Label, raw: line, author: None, spot: Some(spot) });
    }
}

/// The date behind a label, which editors put in brackets, and what follows it.
fn date_of<'a>(text: &'a [u8], source: &Source) -> Option<(Spot, &'a [u8])> {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"<").or_else(|| text.strip_prefix(b"\"")).unwrap_or(text);
    let spot = dates::labelled(text, source.slashes).or_else(|| day_of_year(text))?;
    Some((spot, text.get(spot.end..).unwrap_or_default()))
}

/// The value of a line like `Author: bob`, `Author:: bob`, `@author bob` or `\date 2011-04-08`.
fn labelled<'a>(line: &'a [u8], labels: &[&str]) -> Option<&'a [u8]> {
    let tag = line.strip_prefix(b"@").or_else(|| line.strip_prefix(b"\\"));
    let text = tag.unwrap_or(line);
    let after = |label: &&str| {
        let (head, rest) = text.split_at_checked(label.len())?;
        head.eq_ignore_ascii_case(label.as_bytes()).then_some(rest)
    };
    let colon = |rest: &'a [u8]| rest.trim_ascii_start().strip_prefix(b":");
    if let Some(value) = labels.iter().filter_map(after).find_map(colon) {
        return Some(value.strip_prefix(b":").unwrap_or(value).trim_ascii_start());
    }
    let rest = tag.and_then(|_| labels.iter().find_map(after))?;
    rest.first().is_some_and(u8::is_ascii_whitespace).then(|| rest.trim_ascii_start())
}

/// `Modified by bob on April 5, 2010` or `Modified on April 5, 2010 by bob`, with the author or without, and nothing
/// else after the date.
fn event<'a>(line: &'a [u8], source: &Source) -> Option<Mark<'a>> {
    const EVENTS: [&[u8]; 5] = [b"modified ", b"last modified ", b"changed ", b"last changed ", b"updated "];
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
