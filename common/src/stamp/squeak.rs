//! Change sets, class file-outs and changes logs of Squeak, Pharo and Cuis; the chunks are cut by `chunks`.
//!
//! Sources: `ChangeSet>>fileOut`, `ClassDescription>>printCategoryChunk:…`, Cuis' `authorAndStamp:partsDo:`. Numeric
//! dates of this family are always month first; times without a zone are local to whoever wrote them.

use super::chunks::{Chunk, chunks, comments, header_stamp, plain, sole_string};
use super::comment::{is_placeholder, signed};
use super::dates::{Slashes, find, leading};
use super::text::{after_last, lines};
use super::{Evidence, Source, When};

/// Reads the header, the preamble, the stamps of methods and class comments, and the records of a changes log.
pub(super) fn read(source: &Source) -> Option<Evidence> {
    let mut evidence = Evidence::default();
    let mut recognised = false;
    for chunk in chunks(source.bytes) {
        recognised |= note(chunk, &mut evidence);
    }
    recognised.then_some(evidence)
}

/// Notes what a chunk says; true when only this family writes such a chunk.
pub(super) fn note(chunk: Chunk, evidence: &mut Evidence) -> bool {
    match chunk {
        Chunk::Header(header) => header_stamp(header).is_some_and(|stamp| {
            note_stamp(stamp, evidence);
            true
        }),
        Chunk::Code(code) => {
            note_comments(code, evidence);
            if let Some(at) = filed_out(code) {
                evidence.filed_out(at);
                return true;
            }
            let preamble = note_preamble(code, evidence);
            let record = logged(code);
            evidence.change(None, record);
            preamble || record.is_some()
        }
        Chunk::Text => false,
    }
}

/// `jmv 8/6/2008 14:36`: whatever stands before the date is the author.
fn note_stamp(stamp: &[u8], evidence: &mut Evidence) {
    let (author, at) = match find(stamp, Slashes::MonthFirst) {
        Some(spot) => (&stamp[..spot.start], Some(spot.when)),
        None => (stamp, None),
    };
    let author = plain(author).filter(|author| !author.starts_with('<'));
    evidence.change(author, at);
}

/// Comments that a site's own file-out method puts between chunks.
pub(super) fn note_comments(code: &[u8], evidence: &mut Evidence) {
    for (author, at) in comments(code).filter_map(signed) {
        evidence.change(Some(author), Some(at));
    }
}

/// `'From Cuis 4.1 of 12 December 2012 [latest update: #1739] on 30 June 2013 at 4:12:05 pm'`: the first date is that
/// of the build.
pub(super) fn filed_out(code: &[u8]) -> Option<When> {
    let header = sole_string(code)?;
    header.starts_with(b"From ").then(|| leading(after_last(header, b" on ")?, Slashes::Unsure))?.map(|spot| spot.when)
}

/// `"Change Set: … Date: … Author: …"`. Its date is typed by hand, and may lie before or after the header's.
fn note_preamble(code: &[u8], evidence: &mut Evidence) -> bool {
    let Some(preamble) = comments(code).find(|comment| comment.starts_with(b"Change Set:")) else { return false };
    let author = lines(preamble).find_map(|line| line.trim_ascii().strip_prefix(b"Author:")).and_then(plain);
    if let Some(author) = author.filter(|author| !is_placeholder(author)) {
        evidence.author(author);
    }
    true
}

/// `----QUIT/NOSAVE----{8 July 2015 . 10:09:53 pm} Squeak4.6.image priorSource: 303`
fn logged(code: &[u8]) -> Option<When> {
    let code = code.trim_ascii_start();
    (code.starts_with(b"----SNAPSHOT") || code.starts_with(b"----QUIT")).then_some(())?;
    let brace = code.iter().take(100).position(|b| *b == b'{')?;
    leading(&code[brace + 1..], Slashes::Unsure).map(|spot| spot.when)
}
