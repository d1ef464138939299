//! Mail as `git format-patch` writes it, and plain unified diffs; the code they change is left alone.
//!
//! Sources: git-format-patch(1), git-mailinfo(1), RFC 5322 for folded headers, RFC 2047 for encoded names, GNU diff's
//! manual for `+++ path<TAB>time zone`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::dates::{Slashes, find};
use super::text::{decode, lines};
use super::{Evidence, Source, When};

/// Reads `From:` and `Date:` of each mail; prose may stand before the first.
pub(super) fn mail(source: &Source) -> Option<Evidence> {
    let mut evidence = Evidence::default();
    let mut recognised = false;
    let mut all = lines(source.bytes);
    while let Some(line) = all.next() {
        if is_envelope(line) {
            let (author, at) = headers(&mut all);
            // Prose that quotes such a line isn't mail.
            recognised |= author.is_some() || at.is_some();
            evidence.change(author, at);
        } else if let Some(author) = sign_off(line) {
            evidence.author(author);
        } else if line.starts_with(b"@@ -") && !recognised {
            return None;
        }
    }
    recognised.then_some(evidence)
}

/// `From a63456b9191fae2fe49f4b121e025792022e3950 Mon Sep 17 00:00:00 2001`: its date is always the same.
fn is_envelope(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let hash = rest.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    (hash == 40 || hash == 64) && rest.get(hash) == Some(&b' ')
}

/// Author and time from the headers of a mail, and from the `From:` that may begin its text and names the real author.
fn headers<'a>(rest: &mut impl Iterator<Item = &'a [u8]>) -> (Option<String>, Option<When>) {
    let mut found = (None, None);
    let mut field: Vec<u8> = Vec::new();
    for line in rest.by_ref() {
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        if folded && field.len() < MAX_FIELD {
            field.extend_from_slice(b" ");
            field.extend_from_slice(line.trim_ascii());
            continue;
        }
        note_field(&field, &mut found);
        field.clear();
        field.extend_from_slice(&line[..line.len().min(MAX_FIELD)]);
        if line.is_empty() {
            break;
        }
    }
    note_field(&field, &mut found);
    let body = rest.find(|line| !line.trim_ascii().is_empty());
    if let Some(author) = body.and_then(|line| value(line, b"From:")).and_then(person) {
        found.0 = Some(author);
    }
    found
}

/// More than a mail program would let pass.
const MAX_FIELD: usize = 4000;

fn note_field(field: &[u8], found: &mut (Option<String>, Option<When>)) {
    if let Some(from) = value(field, b"From:") {
        found.0 = person(from);
    } else if let Some(date) = value(field, b"Date:") {
        found.1 = find(date, Slashes::Unsure).map(|spot| spot.when);
    }
}

fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = line.split_at_checked(name.len())?;
    head.eq_ignore_ascii_case(name).then(|| rest.trim_ascii())
}

/// A plain unified diff: `--- path`, `+++ path` and `@@` in a row.
pub(super) fn diff(source: &Source) -> Option<Evidence> {
    let mut evidence = Evidence::default();
    let mut recognised = false;
    let (mut before, mut new): (&[u8], Option<&[u8]>) = (b"", None);
    for line in lines(source.bytes) {
        if let Some(path) = new.take().filter(|_| line.starts_with(b"@@ -")) {
            recognised = true;
            evidence.change(None, file_time(path));
        }
        new = line.strip_prefix(b"+++ ").filter(|_| before.starts_with(b"--- "));
        before = line;
        if let Some(author) = sign_off(line) {
            evidence.author(author);
        }
    }
    recognised.then_some(evidence)
}

/// The time of the new file; a file that isn't there has that of the epoch.
fn file_time(path: &[u8]) -> Option<When> {
    let tab = path.iter().position(|b| *b == b'\t')?;
    let when = find(&path[tab + 1..], Slashes::Unsure)?.when;
    (when.approx_unix_ms().abs() > 24 * 3_600_000).then_some(when)
}

fn sign_off(line: &[u8]) -> Option<String> {
    value(line, b"Signed-off-by:").and_then(person)
}

/// A name with its encoded words decoded and the quotes around it gone.
fn person(field: &[u8]) -> Option<String> {
    let text = decode(&decode_words(field))?;
    let bare = text.strip_prefix('"').and_then(|rest| rest.split_once('"')).map(|(name, mail)| format!("{name}{mail}"));
    Some(bare.unwrap_or(text))
}

/// Replaces `=?charset?q?…?=`; blanks between two of them go, and bytes are joined before they become text, since a
/// character may be cut in two.
fn decode_words(field: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field;
    let mut after_word = false;
    while let Some(first) = rest.first() {
        if let Some((text, tail)) = encoded_word(rest) {
            out.extend_from_slice(&text);
            (rest, after_word) = (tail, true);
        } else if after_word && first.is_ascii_whitespace() && encoded_word(rest.trim_ascii_start()).is_some() {
            rest = rest.trim_ascii_start();
        } else {
            out.push(*first);
            (rest, after_word) = (&rest[1..], false);
        }
    }
    out
}

/// One encoded word and what follows it; the text comes out as UTF-8 where the charset is known to be something else.
fn encoded_word(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    // RFC 2047 allows 75 bytes in all; some programs write more.
    let word = &text.strip_prefix(b"=?")?[..text.len().min(300) - 2];
    let mut parts = word.splitn(4, |b| *b == b'?');
    let (charset, coding, data, after) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    after.strip_prefix(b"=")?;
    let end = 2 + charset.len() + 1 + coding.len() + 1 + data.len() + 2;
    let bytes = match coding {
        b"q" | b"Q" => quoted(data),
        b"b" | b"B" => STANDARD.decode(data).ok()?,
        _ => return None,
    };
    let latin = [&b"iso-8859-1"[..], b"iso-8859-15", b"windows-1252"].iter().any(|name| name.eq_ignore_ascii_case(charset));
    let text_bytes = if latin { bytes.iter().map(|b| char::from(*b)).collect::<String>().into_bytes() } else { bytes };
    Some((text_bytes, text.get(end..)?))
}

/// The Q coding: `_` is a blank, `=C3` a byte.
fn quoted(data: &[u8]) -> Vec<u8> {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(byte) = data.get(at) {
        match (byte, digit(data.get(at + 1)), digit(data.get(at + 2))) {
            (b'=', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                at += 3;
                continue;
            }
            (b'_', _, _) => out.push(b' '),
            _ => out.push(*byte),
        }
        at += 1;
    }
    out
}
