//! A comment that consists of author and time, as a site's own file-out method writes it: `"bob 2011-04-08 13:02:33"`.

use memchr::memrchr2;

use super::dates::{Slashes, find};
use super::evidence::Mark;
use super::text::{decode, lines};
use super::{Evidence, HEAD_LINES, Kind, Source};

/// How many lines at the end of a file may hold a site's comment.
const FOOT_LINES: usize = 10;

/// Longer lines aren't what anybody writes in a comment.
pub(super) const MAX_LINE: usize = 500;

/// Notes comments like `"bob 2011-04-08 13:02:33"` that fill a line at the head or foot.
pub(super) fn note_lines<'a>(source: &Source<'a>, evidence: &mut Evidence<'a>) {
    let head = lines(source.bytes).take(HEAD_LINES);
    for mark in head.chain(foot(source.bytes)).filter_map(sole_comment).filter_map(|text| signed(text, source.slashes)) {
        // A short file's foot is its head.
        if evidence.found.last().is_none_or(|last| last.offset <= evidence.offset(mark.raw)) {
            evidence.change(mark);
        }
    }
}

/// The last lines, in the order of the file.
fn foot(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = content.trim_ascii_end();
    let mut found = Vec::new();
    while found.len() < FOOT_LINES && !rest.is_empty() {
        let start = memrchr2(b'\r', b'\n', rest).map_or(0, |at| at + 1);
        if start < rest.len() {
            found.push(&rest[start..]);
        }
        rest = &rest[..start.saturating_sub(1)];
    }
    found.into_iter().rev()
}

/// What stands in the comment that fills the line: `"…"` as in Smalltalk, maybe with a bang, or `<!-- … -->`.
fn sole_comment(line: &[u8]) -> Option<&[u8]> {
    let line = (line.len() <= MAX_LINE).then(|| line.trim_ascii())?;
    let line = line.strip_suffix(b"!").unwrap_or(line).trim_ascii_end();
    let inside = match line.strip_prefix(b"<!--") {
        Some(rest) => rest.strip_suffix(b"-->")?,
        None => line.strip_prefix(b"\"")?.strip_suffix(b"\"")?,
    };
    (!inside.contains(&b'"')).then_some(inside)
}

/// `bob 2011-04-08 13:02:33`: one to three words, then a date with a time, then nothing.
pub(super) fn signed(comment: &[u8], slashes: Slashes) -> Option<Mark<'_>> {
    let text = comment.trim_ascii();
    // Most comments are prose, and their ends show it.
    let ends = text.last().is_some_and(|b| b.is_ascii_digit() || matches!(b, b'm' | b'M' | b'Z' | b')' | b'C' | b'T'));
    (ends && text.len() <= MAX_LINE).then_some(())?;
    let spot = find(text, slashes)?;
    let timed = spot.of(text).contains(&b':');
    let before = text.get(..spot.start)?;
    let name = before.strip_suffix(b" ").or_else(|| before.strip_suffix(b"\t"))?;
    (timed && spot.end == text.len() && is_author(name)).then_some(Mark {
        kind: Kind::Signed,
        raw: text,
        author: Some(name.trim_ascii().into()),
        spot: Some(spot),
    })
}

/// Up to three words that can be a name.
fn is_author(name: &[u8]) -> bool {
    let words = || name.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let punctuated = |b: &u8| matches!(b, b':' | b',' | b';' | b'=' | b'(' | b'<' | b'>');
    let Some(first) = words().next() else { return false };
    let spelled = decode(first).is_some_and(|first| first.starts_with(char::is_alphabetic));
    spelled && words().count() <= 3 && !name.iter().any(punctuated) && !is_event(first)
}

/// Words that say what happened at that time, not who did it.
fn is_event(first: &[u8]) -> bool {
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
    EVENTS.iter().any(|event| event.as_bytes().eq_ignore_ascii_case(first))
}
