//! Change sets, class file-outs and changes logs of Squeak, Pharo and Cuis; the chunks are cut by `chunks`.
//!
//! Sources: `ChangeSet>>fileOut`, `ClassDescription>>printCategoryChunk:…`, Cuis' `authorAndStamp:partsDo:`. Numeric
//! dates of this family are always month first; times without a zone are local to whoever wrote them.

use memchr::memrchr2;

use super::author::is_placeholder;
use super::chunks::{Chunk, after_comments, chunks, comments, header_stamp, sole_string};
use super::dates::{Slashes, Spot, find, leading};
use super::evidence::Mark;
use super::signed::signed;
use super::text::{after_last, contains, decode, lines, position, rposition};
use super::{Evidence, Kind, Source, file_name, removal};

/// Longer stamps than this aren't.
const MAX_STAMP: usize = 400;

/// Reads the header, the preamble, the stamps of methods and class comments, and the records of a changes log.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    // Whatever else it is, a file without any of these isn't one of this family.
    const NAMES: [&[u8]; 5] = [b"tamp:", b"'From ", b"Change Set:", b"----QUIT", b"----SNAPSHOT"];
    NAMES.iter().any(|name| contains(source.bytes, name)).then_some(())?;
    let mut evidence = Evidence::new(source);
    let mut recognised = false;
    for chunk in chunks(source.bytes) {
        recognised |= note(chunk, Slashes::MonthFirst, &mut evidence);
    }
    recognised.then_some(())?;
    file_name::note(source, &mut evidence);
    Some(evidence)
}

/// Notes what a chunk says; true when only this family writes such a chunk. The order is that of signed comments.
pub(super) fn note<'a>(chunk: Chunk<'a>, slashes: Slashes, evidence: &mut Evidence<'a>) -> bool {
    match chunk {
        Chunk::Header(header) => header_stamp(header).is_some_and(|(kind, stamp)| {
            note_stamp(kind, stamp, evidence);
            true
        }),
        Chunk::Code(code) => {
            for mark in comments(code).filter_map(|comment| signed(comment, slashes)) {
                evidence.change(mark);
            }
            if after_comments(code).is_empty() {
                return note_preamble(code, evidence);
            }
            removal::note(code, evidence);
            if let Some((header, spot)) = filed_out(code) {
                evidence.base = evidence.base.take().or_else(|| base(header));
                evidence.filed_out(header, spot);
                return true;
            }
            let preamble = note_preamble(code, evidence);
            let record = logged(code);
            if let Some((raw, spot)) = record {
                evidence.change(Mark { kind: Kind::Log, raw, author: None, spot: Some(spot) });
            }
            preamble || record.is_some()
        }
        Chunk::Text => false,
    }
}

/// `jmv 8/6/2008 14:36`: whatever stands before the date is the author.
pub(super) fn note_stamp<'a>(kind: Kind, stamp: &'a [u8], evidence: &mut Evidence<'a>) {
    if stamp.is_empty() || stamp.len() > MAX_STAMP {
        return;
    }
    let (author, spot) = match find(stamp, Slashes::MonthFirst) {
        Some(spot) => (&stamp[..spot.start], Some(spot)),
        None => (stamp, None),
    };
    let author = author.trim_ascii();
    let named = !author.is_empty() && !author.starts_with(b"<");
    evidence.change(Mark { kind, raw: stamp, author: named.then(|| author.into()), spot });
}

/// `'From Cuis 4.1 of 12 December 2012 [latest update: #1739] on 30 June 2013 at 4:12:05 pm'`: the first date is that
/// of the build.
fn filed_out(code: &[u8]) -> Option<(&[u8], Spot)> {
    let header = header(code)?;
    let (start, name) = (header.starts_with(b"From ").then_some(header)?, b" on ");
    if header.len() > MAX_STAMP || !header.iter().any(|b| matches!(b, b'\r' | b'\n')) {
        return Some((header, leading(after_last(start, name)?, Slashes::Unsure)?));
    }
    // Mail breaks long lines.
    let unfolded: Vec<u8> = start.iter().map(|b| if matches!(b, b'\r' | b'\n') { b' ' } else { *b }).collect();
    Some((header, leading(after_last(&unfolded, name)?, Slashes::Unsure)?))
}

/// The string that a chunk consists of, or the header that ends it.
pub(super) fn header(code: &[u8]) -> Option<&[u8]> {
    sole_string(code).or_else(|| after_prose(code))
}

/// The header that ends a chunk, on a line of its own: a change set may stand in a mail or a script.
fn after_prose(code: &[u8]) -> Option<&[u8]> {
    let at = memrchr2(b'\r', b'\n', &code[..rposition(code, b"'From ")?])? + 1;
    code[at..].starts_with(b"'From ").then(|| sole_string(&code[at..]))?.filter(|header| header.len() <= MAX_STAMP)
}

/// The number in `[latest update: #1739]`; Pharo writes a capital.
fn base(header: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"atest update: #";
    let rest = &header[position(header, NAME)? + NAME.len()..];
    decode(&rest[..rest.iter().position(|b| *b == b']')?])
}

/// `"Change Set: … Date: … Author: …"`. Its date is typed by hand, and may lie before or after the header's.
fn note_preamble<'a>(code: &'a [u8], evidence: &mut Evidence<'a>) -> bool {
    let Some(preamble) = comments(code).find(|comment| comment.starts_with(b"Change Set:")) else { return false };
    for line in lines(preamble).take(10) {
        let text = line.trim_ascii();
        if let Some(title) = text.strip_prefix(b"Change Set:") {
            evidence.title(title);
        }
        let author = text.strip_prefix(b"Author:").map(<[u8]>::trim_ascii);
        let named = |author: &&[u8]| decode(author).is_some_and(|author| !is_placeholder(&author));
        if let Some(author) = author.filter(named) {
            evidence.author(Kind::Preamble, text, author.into());
        }
    }
    true
}

/// `----QUIT/NOSAVE----{8 July 2015 . 10:09:53 pm} Squeak4.6.image priorSource: 303`
fn logged(code: &[u8]) -> Option<(&[u8], Spot)> {
    let code = code.trim_ascii_start();
    (code.starts_with(b"----SNAPSHOT") || code.starts_with(b"----QUIT")).then_some(())?;
    let brace = code.iter().take(100).position(|b| *b == b'{')?;
    // The rest of the record is a path, which names people.
    let spot = leading(&code[brace + 1..], Slashes::Unsure)?;
    Some((code.get(..brace + 1 + spot.end)?, spot))
}
