//! A date in a comment by hand, and who is named beside it: `Modified by bob on April 5, 2010`, `Bob Bauer, 15.8.2016`.

use super::author::author_of;
use super::dates::{Spot, find};
use super::evidence::Mark;
use super::labelled_date::{self, day_of_year};
use super::month::is_weekday;
use super::name::whole_name;
use super::text::{after_last, contains, decode, rposition, value};
use super::{Kind, Source};

/// `Modified by bob on April 5, 2010`, `Created by Bob Bauer, 5/4/2010` or `Last modified on April 5, 2010 by bob`, with
/// the author or without, and nothing else after the date.
pub(super) fn event<'a>(line: &'a [u8], source: &Source) -> Option<Mark<'a>> {
    sentence(line, source).or_else(|| signature(line, source))
}

/// A sentence that begins with what happened.
fn sentence<'a>(line: &'a [u8], source: &Source) -> Option<Mark<'a>> {
    let text = line.strip_prefix(b"@version").map_or(line, <[u8]>::trim_ascii_start);
    let rest = after_verb(text)?;
    let by = value(rest, b"by ");
    let on = by.unwrap_or(rest);
    let spot = find_behind(on, b"on ", source)?;
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

/// Any sentence that ends in `by Bob Bauer, 5/4/2010` or `by bob on 5/4/2010`.
fn signature<'a>(line: &'a [u8], source: &Source) -> Option<Mark<'a>> {
    line.last().filter(|b| b.is_ascii_digit() || matches!(b, b'.' | b'm' | b'M'))?;
    let by = after_last(line, b" by ")?;
    let (name, spot) = name_and_date(by, source)?;
    let author = decode(name).filter(|name| whole_name(name).is_some() && !is_weekday(name.as_bytes()))?;
    Some(Mark { kind: Kind::Label, raw: line, author: Some(author.into_bytes().into()), spot: Some(spot) })
}

/// The first date, or what stands behind a word that shows it to be one.
fn find_behind(text: &[u8], word: &[u8], source: &Source) -> Option<Spot> {
    find(text, source.slashes).or_else(|| {
        let start = rposition(text, word)? + word.len();
        let spot = labelled_date::labelled(&text[start..], source.slashes)?;
        Some(Spot { start: start + spot.start, end: start + spot.end, ..spot })
    })
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

/// `Bob Bauer, 15.8.2016` or `bob 2011-04-08 13:02`: a date ends the value.
pub(super) fn name_and_date<'a>(value: &'a [u8], source: &Source) -> Option<(&'a [u8], Spot)> {
    let spot = find(value, source.slashes)?;
    let after = value.get(spot.end..)?;
    let ends = after.iter().all(|b| matches!(b, b'.' | b',' | b';' | b' ' | b']' | b'>' | b'/'));
    let name = value.get(..spot.start)?.trim_ascii_end();
    let name = name.strip_suffix(b" on").or_else(|| name.strip_suffix(b" in")).unwrap_or(name);
    let end = name.iter().rposition(|b| !matches!(b, b',' | b';' | b'-' | b'/' | b'[' | b'<' | b'(' | b' ' | b'\t'))? + 1;
    ends.then_some((&name[..end], spot))
}

/// `Bob Bauer (created on 17.10.2019)` or `Bob Bauer (20191017)`
pub(super) fn bracketed<'a>(value: &'a [u8], source: &Source) -> Option<(&'a [u8], Spot)> {
    let open = value.iter().position(|b| *b == b'(')?;
    let inside = value[open + 1..].trim_ascii_end().strip_suffix(b")")?;
    let whole = |spot: &Spot| spot.end == inside.len();
    let spot = find(inside, source.slashes).filter(whole);
    let spot = spot.or_else(|| labelled_date::labelled(inside, source.slashes).filter(whole))?;
    Some((value[..open].trim_ascii_end(), spot))
}

/// The date behind a label, which editors put in brackets, and what follows it.
pub(super) fn date_of<'a>(text: &'a [u8], source: &Source) -> Option<(Spot, &'a [u8])> {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"<").or_else(|| text.strip_prefix(b"\"")).unwrap_or(text);
    let spot = labelled_date::labelled(text, source.slashes).or_else(|| day_of_year(text))?;
    Some((spot, text.get(spot.end..).unwrap_or_default()))
}

/// The date that a line consists of.
pub(super) fn whole_date(line: &[u8], source: &Source) -> Option<Spot> {
    labelled_date::labelled(line, source.slashes).filter(|spot| line[spot.end..].iter().all(|b| matches!(b, b'.' | b' ')))
}

/// Who stands behind the date of a label: `2025-06-27 09:44:49 by bob`, `2025-06-27 - Bob: rounds prices`.
pub(super) fn dated_by(rest: &[u8]) -> Option<String> {
    let rest = rest.trim_ascii_start();
    if let Some(by) = value(rest, b"by ") {
        return author_of(by);
    }
    let rest = rest.strip_prefix(b"- ")?;
    if let Some(by) = value(rest, b"by ") {
        return author_of(by);
    }
    let text = decode(rest)?;
    let (name, _) = text.split_once(':')?;
    whole_name(name)
}
