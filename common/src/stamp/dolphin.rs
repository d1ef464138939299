//! Dolphin Smalltalk: recognised, and known to carry no stamp.
//!
//! What people wrote into comments by hand is kept for whoever looks, and never chosen: it dates a line, not the file.

use memchr::{memchr, memchr_iter};

use super::dates::{Slashes, find};
use super::evidence::Mark;
use super::text::position;
use super::{Evidence, Kind, Source, signed};

/// Reads `"Filed out from Dolphin Smalltalk X6.1"!` and packages, which begin with `| package |`.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    let text = source.bytes.trim_ascii_start();
    let head = &text[..text.len().min(500)];
    let package = head.starts_with(b"| package |") && position(head, b"Package name:").is_some();
    (package || head.starts_with(b"\"Filed out from Dolphin")).then_some(())?;
    let mut evidence = Evidence::new(source);
    signed::note_lines(source, &mut evidence);
    for mark in memchr_iter(b'"', source.bytes).filter_map(|at| remark(&source.bytes[at + 1..], source.slashes)) {
        evidence.keep(&mark);
    }
    Some(evidence)
}

/// `cdemers - 2/26/2003 Allow multiline.` or `Initial code: 08/17/2001`, right after the quote.
fn remark(comment: &[u8], slashes: Slashes) -> Option<Mark<'_>> {
    const LONGEST: usize = 60;
    let head = &comment[..comment.len().min(LONGEST)];
    let head = &head[..memchr(b'"', head).unwrap_or(head.len())];
    // Where a comment ends, another quote may begin.
    head.first().filter(|b| b.is_ascii_alphanumeric())?;
    let (name, rest) = match position(head, b" - ") {
        Some(at) => (Some(&head[..at]), &head[at + 3..]),
        None => (None, head.strip_prefix(b"Initial code:")?.trim_ascii_start()),
    };
    let is_name = |name: &[u8]| !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b' ');
    let spot = find(rest, slashes).filter(|spot| spot.start == 0)?;
    let raw = comment.get(..head.len() - rest.len() + spot.end)?;
    name.is_none_or(is_name).then_some(Mark { kind: Kind::Remark, raw, author: name.map(Into::into), spot: Some(spot) })
}
