//! VisualWorks file-outs, in chunks and in XML; the chunks are cut by `chunks`, stamps of methods read by `squeak`.
//!
//! The product name may hold ® in any encoding, or (R). Neither form has an author of its own: a Store comment names
//! one, and a site's file-out method may add a comment. Sources: file-outs of VisualWorks 2.5.2 to 8.3.

use super::chunks::{Chunk, chunks, comments, sole_string};
use super::comment::note_signed_lines;
use super::dates::{Slashes, leading};
use super::squeak;
use super::text::{after_last, decode, position};
use super::{Evidence, Source};

/// `<time-stamp>From VisualWorks®, 7.4.1 of May 30, 2006 on December 7, 2006 at 4:20:46 pm</time-stamp>`
pub(super) fn xml(source: &Source) -> Option<Evidence> {
    position(source.bytes, b"<st-source>")?;
    let start = position(source.bytes, b"<time-stamp>From ")?;
    let rest = &source.bytes[start..];
    let line = &rest[..position(rest, b"</time-stamp>")?];
    let mut evidence = Evidence::default();
    if let Some(spot) = after_last(line, b" on ").and_then(|date| leading(date, Slashes::Unsure)) {
        evidence.filed_out(spot.when);
    }
    note_signed_lines(source.bytes, &mut evidence);
    Some(evidence)
}

/// `'From VisualWorks®, Pre-Release 7 of June 3, 2002 on August 23, 2002 at 9:50:56 pm'!`
pub(super) fn chunk(source: &Source) -> Option<Evidence> {
    // Whatever else it is, a file without the name isn't one of these.
    position(source.bytes, b"'From VisualWorks")?;
    let mut evidence = Evidence::default();
    let mut recognised = false;
    for chunk in chunks(source.bytes) {
        squeak::note(chunk, &mut evidence);
        if let Chunk::Code(code) = chunk {
            recognised |= sole_string(code).is_some_and(|header| header.starts_with(b"From VisualWorks"));
            if let Some(user) = comments(code).find_map(store_user) {
                evidence.author(user);
            }
        }
    }
    recognised.then_some(evidence)
}

/// `Package GlorpDatabase(0.2.11,aknight)=`, as Store writes it above the code of a package.
fn store_user(comment: &[u8]) -> Option<String> {
    let kinds: [&[u8]; 3] = [b"Package ", b"Bundle ", b"Parcel "];
    kinds.iter().any(|kind| comment.starts_with(kind)).then_some(())?;
    let inside = comment.trim_ascii_end().strip_suffix(b"=")?.strip_suffix(b")")?;
    let (open, comma) = (inside.iter().rposition(|b| *b == b'(')?, inside.iter().rposition(|b| *b == b',')?);
    (open < comma).then(|| decode(&inside[comma + 1..]))?
}
