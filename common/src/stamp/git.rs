//! Mail as `git format-patch` writes it; the code it changes is left alone, names are decoded by `encoded`.
//!
//! Sources: git-format-patch(1), git-mailinfo(1), RFC 5322 for folded headers.

use super::dates::find;
use super::encoded::{decode_words, person};
use super::evidence::Mark;
use super::text::{contains, lines, position, value};
use super::{Evidence, Kind, Source};

/// More than a mail program would let pass.
const MAX_FIELD: usize = 4000;

/// Reads `From:` and `Date:` of each mail; prose may stand before the first.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    series(source).or_else(|| message(source))
}

/// What `git format-patch` wrote, one patch or several.
fn series<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    // Whatever else it is, a file without an envelope isn't that.
    let first = position(source.bytes, b"From ")?;
    contains(&source.bytes[first..], b" Mon Sep 17 00:00:00 2001")
        .then_some(())
        .or_else(|| lines(source.bytes).any(is_envelope).then_some(()))?;
    let mut evidence = Evidence::new(source);
    let mut recognised = false;
    let mut all = lines(source.bytes);
    while let Some(line) = all.next() {
        if is_envelope(line) {
            // Prose that quotes such a line isn't mail.
            recognised |= note_mail(source, &mut all, &mut evidence);
        } else if let Some(author) = sign_off(line) {
            evidence.author(Kind::SignOff, line, author.into());
        } else if line.starts_with(b"@@ -") && !recognised {
            return None;
        }
    }
    recognised.then_some(evidence)
}

/// Any other message, which begins with its headers, and may have the envelope of a mailbox above them; patches in
/// diffs are left to `diff`.
fn message<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    /// Some mail programs add many.
    const MOST_HEADERS: usize = 200;
    let mut body = lines(source.bytes);
    let head = lines(source.bytes).next().filter(|line| line.starts_with(b"From ")).map(<[u8]>::len);
    if head.is_some() {
        let _ = body.next();
    }
    let (mut from, mut other) = (false, false);
    for line in lines(source.bytes).skip(usize::from(head.is_some())).take(MOST_HEADERS).take_while(|line| !line.is_empty()) {
        let name = line.iter().take(60).position(|b| *b == b':').map(|colon| &line[..colon]);
        let header = name.is_some_and(|name| name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-'));
        (header || line.starts_with(b" ") || line.starts_with(b"\t")).then_some(())?;
        from |= value(line, b"From:").is_some();
        other |= value(line, b"Date:").is_some() || value(line, b"Subject:").is_some();
    }
    let patch = [&b"\n@@ -"[..], b"\r@@ -"].iter().any(|hunk| contains(source.bytes, hunk));
    (from && other && !patch).then_some(())?;
    let mut evidence = Evidence::new(source);
    note_mail(source, &mut body, &mut evidence).then_some(evidence)
}

/// `From a63456b9191fae2fe49f4b121e025792022e3950 Mon Sep 17 00:00:00 2001`: its date is always the same.
fn is_envelope(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let hash = rest.iter().take(65).take_while(|b| b.is_ascii_hexdigit()).count();
    (hash == 40 || hash == 64) && rest.get(hash) == Some(&b' ')
}

/// What the headers of a mail say.
#[derive(Default)]
struct Headers<'a> {
    from: Option<(&'a [u8], String)>,
    date: Option<(&'a [u8], super::dates::Spot)>,
    subject: Option<Vec<u8>>,
}

/// Notes author and time from the headers of a mail, and from the `From:` that may begin its text and names the real
/// author.
fn note_mail<'a>(source: &Source<'a>, rest: &mut impl Iterator<Item = &'a [u8]>, evidence: &mut Evidence<'a>) -> bool {
    let mut found = Headers::default();
    let (mut first, mut field): (&[u8], Vec<u8>) = (b"", Vec::new());
    for line in rest.by_ref() {
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        if folded && field.len() < MAX_FIELD {
            field.extend_from_slice(b" ");
            field.extend_from_slice(line[..line.len().min(MAX_FIELD)].trim_ascii());
            continue;
        }
        note_field(source, first, &field, &mut found);
        first = line;
        field.clear();
        field.extend_from_slice(&line[..line.len().min(MAX_FIELD)]);
        if line.is_empty() {
            break;
        }
    }
    note_field(source, first, &field, &mut found);
    let body = rest.find(|line| !line.trim_ascii().is_empty());
    if let Some((line, author)) = body.and_then(|line| Some((line, value(line, b"From:").and_then(person)?))) {
        found.from = Some((line, author));
    }
    if let Some(subject) = found.subject {
        evidence.title(without_tag(&subject));
    }
    let raw = found.from.as_ref().map(|(line, _)| *line).or(found.date.map(|(line, _)| line));
    let author = found.from.map(|(_, author)| author.into_bytes().into());
    let mark = raw.map(|raw| Mark { kind: Kind::Mail, raw, author, spot: found.date.map(|(_, spot)| spot) });
    mark.map(|mark| evidence.change(mark)).is_some()
}

fn note_field<'a>(source: &Source<'a>, line: &'a [u8], field: &[u8], found: &mut Headers<'a>) {
    if let Some(from) = value(field, b"From:") {
        found.from = person(from).map(|author| (line, author));
    } else if let Some(date) = value(field, b"Date:") {
        found.date = find(date, source.slashes).map(|spot| (line, spot));
    } else if let Some(subject) = value(field, b"Subject:") {
        found.subject = Some(decode_words(subject));
    }
}

/// The subject without the `[PATCH 2/5]` before it.
pub(super) fn without_tag(subject: &[u8]) -> &[u8] {
    let tag = subject.strip_prefix(b"[").and_then(|rest| Some((rest, rest.iter().position(|b| *b == b']')?)));
    tag.filter(|(rest, end)| contains(&rest[..*end], b"PATCH")).map_or(subject, |(rest, end)| rest[end + 1..].trim_ascii())
}

pub(super) fn sign_off(line: &[u8]) -> Option<Vec<u8>> {
    let signed = value(line, b"Signed-off-by:")?;
    person(&signed[..signed.len().min(MAX_FIELD)]).map(String::into_bytes)
}
