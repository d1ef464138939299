//! Comments by hand in any language: the weakest evidence there is.
//!
//! `Author:` and `Date:` lines within the first lines, `Modified by bob on April 5, 2010`, and `by Name <mail>` alone.

use super::dates::{Spot, day_of_year, find, leading};
use super::evidence::Mark;
use super::signed::{self, MAX_LINE};
use super::text::{comment_lines, contains, decode, value};
use super::{Evidence, Kind, Source};

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
    const DATES: [&str; 9] =
        ["date", "modified", "last modified", "last change", "last changed", "last update", "last-update", "updated", "changed"];
    for line in comment_lines(source.bytes).filter(|line| line.len() <= MAX_LINE) {
        if let Some(author) = labelled(line, &["author", "authors", "modified by", "changed by"]).and_then(author_of) {
            evidence.author(Kind::Label, line, author.into_bytes().into());
        } else if let Some(spot) = labelled(line, &DATES).and_then(|text| date_of(text, source)) {
            evidence.change(Mark { kind: Kind::Label, raw: line, author: None, spot: Some(spot) });
        } else if let Some(mark) = event(line, source) {
            evidence.change(mark);
        } else if let Some(name) = mailed(line) {
            evidence.author(Kind::Label, line, name.into());
        }
    }
}

fn date_of(text: &[u8], source: &Source) -> Option<Spot> {
    leading(text, source.slashes).or_else(|| day_of_year(text))
}

/// The value of a line like `Author: bob`, `Author:: bob`, `@author bob` or `\date 2011-04-08`.
fn labelled<'a>(line: &'a [u8], labels: &[&str]) -> Option<&'a [u8]> {
    let tag = line.strip_prefix(b"@").or_else(|| line.strip_prefix(b"\\"));
    let text = tag.unwrap_or(line);
    labels.iter().find_map(|label| {
        let (head, rest) = text.split_at_checked(label.len())?;
        head.eq_ignore_ascii_case(label.as_bytes()).then_some(())?;
        let spaced = rest.trim_ascii_start();
        match spaced.strip_prefix(b":") {
            Some(value) => Some(value.strip_prefix(b":").unwrap_or(value).trim_ascii_start()),
            None => (tag.is_some() && spaced.len() < rest.len()).then_some(spaced),
        }
    })
}

/// `Modified by bob on April 5, 2010`, with the author or without, and nothing after the date.
fn event<'a>(line: &'a [u8], source: &Source) -> Option<Mark<'a>> {
    const EVENTS: [&[u8]; 5] = [b"modified ", b"last modified ", b"changed ", b"last changed ", b"updated "];
    let rest = EVENTS.iter().find_map(|event| value(line, event))?;
    let (by, on) = match rest.strip_prefix(b"by ") {
        Some(by) => (Some(by), by),
        None => (None, rest),
    };
    let spot = find(on, source.slashes)?;
    let before = on.get(..spot.start)?.trim_ascii_end();
    let name = before.strip_suffix(b" on").or_else(|| (before == b"on").then_some(b""))?;
    let ends = on.get(spot.end..)?.trim_ascii_start().first().is_none_or(|b| matches!(b, b'.' | b'$'));
    let author = by.and(author_of(name)).map(|author| author.into_bytes().into());
    ends.then_some(Mark { kind: Kind::Label, raw: line, author, spot: Some(spot) })
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
    let text = decode(value)?;
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

/// What templates leave for a person to fill in.
pub(super) fn is_placeholder(author: &str) -> bool {
    const TEMPLATES: [&str; 5] = ["AuthorName", "Author Name", "Your Name", "Author", "Name"];
    author.starts_with('<') || TEMPLATES.iter().any(|name| name.eq_ignore_ascii_case(author))
}
