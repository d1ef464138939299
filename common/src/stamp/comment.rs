//! Comments by hand or by a site's own file-out method, in any language: the weakest evidence there is.
//!
//! `Author:` and `Date:` lines within the first lines, and `"bob 2011-04-08 13:02:33"` at the head or foot. Where
//! nobody can tell day from month, a date isn't read.

use super::dates::{Slashes, Spot, find, leading};
use super::text::{comment_lines, decode, lines};
use super::{Evidence, HEAD_LINES, Source, When};

/// How many lines at the end of a file may hold a site's comment.
const FOOT_LINES: usize = 10;

/// Longer lines aren't what anybody writes in a comment.
const MAX_LINE: usize = 500;

/// Reads any text, so it must come last.
pub(super) fn read(source: &Source) -> Option<Evidence> {
    // What begins with # or a quote in these isn't a comment.
    const NO_COMMENTS: [&str; 4] = ["md", "markdown", "csv", "json"];
    let extension = source.name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if NO_COMMENTS.iter().any(|other| other.eq_ignore_ascii_case(extension)) {
        return None;
    }
    let mut evidence = Evidence::default();
    note_signed_lines(source.bytes, &mut evidence);
    for line in comment_lines(source.bytes).filter(|line| line.len() <= MAX_LINE) {
        if let Some(author) = labelled(line, &["author", "authors"]).and_then(author_of) {
            evidence.author(author);
        }
        let date = labelled(line, &["date", "modified", "last modified", "last change", "changed"]);
        evidence.change(None, date.and_then(|text| leading(text, Slashes::Unsure)).map(|spot| spot.when));
    }
    Some(evidence)
}

/// Notes comments like `"bob 2011-04-08 13:02:33"` that fill a line at the head or foot.
pub(super) fn note_signed_lines(content: &[u8], evidence: &mut Evidence) {
    let head = lines(content).take(HEAD_LINES);
    for (author, at) in head.chain(foot(content)).filter_map(sole_comment).filter_map(signed) {
        evidence.change(Some(author), Some(at));
    }
}

/// The last lines, the last one first.
fn foot(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.trim_ascii_end().rsplit(|b| matches!(b, b'\r' | b'\n')).filter(|line| !line.is_empty()).take(FOOT_LINES)
}

/// What stands in the comment that fills the line: `"…"` as in Smalltalk, maybe with a bang, or `<!-- … -->`.
fn sole_comment(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    let line = line.strip_suffix(b"!").unwrap_or(line).trim_ascii_end();
    let inside = match line.strip_prefix(b"<!--") {
        Some(rest) => rest.strip_suffix(b"-->")?,
        None => line.strip_prefix(b"\"")?.strip_suffix(b"\"")?,
    };
    (inside.len() <= MAX_LINE && !inside.contains(&b'"')).then_some(inside)
}

/// `bob 2011-04-08 13:02:33`: one to three words, then a date with a time, then nothing.
pub(super) fn signed(comment: &[u8]) -> Option<(String, When)> {
    let text = comment.trim_ascii();
    (text.len() <= MAX_LINE).then_some(())?;
    let Spot { start, end, when } = find(text, Slashes::Unsure)?;
    let timed = text.get(start..end)?.contains(&b':');
    let before = text.get(..start)?.strip_suffix(b" ").or_else(|| text[..start].strip_suffix(b"\t"))?;
    let author = decode(before)?;
    let plausible = timed
        && end == text.len()
        && author.split(' ').count() <= 3
        && author.starts_with(char::is_alphabetic)
        && !author.contains([':', ',', ';', '=', '(', '<', '>'])
        && !is_event(&author);
    plausible.then_some((author, when))
}

/// Words that say what happened at that time, not who did it.
fn is_event(author: &str) -> bool {
    const EVENTS: [&str; 18] = [
        "created",
        "generated",
        "modified",
        "changed",
        "updated",
        "saved",
        "built",
        "printed",
        "exported",
        "filed",
        "date",
        "time",
        "since",
        "on",
        "at",
        "version",
        "from",
        "last",
    ];
    let first = author.split(' ').next().unwrap_or_default();
    EVENTS.iter().any(|event| event.eq_ignore_ascii_case(first))
}

/// The value of a line like `Author: bob`, `@author bob` or `\date 2011-04-08`.
fn labelled<'a>(line: &'a [u8], labels: &[&str]) -> Option<&'a [u8]> {
    let tag = line.strip_prefix(b"@").or_else(|| line.strip_prefix(b"\\"));
    let text = tag.unwrap_or(line);
    labels.iter().find_map(|label| {
        let (head, rest) = text.split_at_checked(label.len())?;
        head.eq_ignore_ascii_case(label.as_bytes()).then_some(())?;
        let spaced = rest.trim_ascii_start();
        match spaced.strip_prefix(b":") {
            Some(value) => Some(value.trim_ascii_start()),
            None => (tag.is_some() && spaced.len() < rest.len()).then_some(spaced),
        }
    })
}

/// The name alone: years after it are those of a copyright, and a dash leads to a remark. A keyword like `$Author$`
/// isn't a name.
fn author_of(value: &[u8]) -> Option<String> {
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
