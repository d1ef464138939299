//! VisualWorks file-outs, in chunks and in XML; the chunks are cut by `chunks`, stamps of methods read by `squeak`.
//!
//! The product name may hold ® in any encoding, or (R). Neither form has an author of its own: a Store comment names
//! one, and a site's file-out method may add a comment. Sources: file-outs of VisualWorks 2.5.2 to 8.3.

use super::chunks::{Chunk, chunks, comments};
use super::dates::{Slashes, leading};
use super::signed;
use super::text::{after_last, contains, position};
use super::{Evidence, Kind, Source, file_name, removal, squeak};

/// `<time-stamp>From VisualWorks®, 7.4.1 of May 30, 2006 on December 7, 2006 at 4:20:46 pm</time-stamp>`
pub(super) fn xml<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    const OPEN: &[u8] = b"<time-stamp>";
    position(source.bytes, b"<st-source>")?;
    let start = position(source.bytes, b"<time-stamp>From ")? + OPEN.len();
    let rest = &source.bytes[start..];
    let line = &rest[..position(rest, b"</time-stamp>")?];
    let mut evidence = Evidence::new(source);
    if let Some(spot) = after_last(line, b" on ").and_then(|date| leading(date, Slashes::Unsure)) {
        evidence.filed_out(line, spot);
    }
    if let Some(title) = title(source.bytes) {
        evidence.title(title);
    }
    if let Some((comment, name, user)) = store_xml(source.bytes) {
        evidence.title(name);
        evidence.author(Kind::Store, comment, user.into());
    }
    removal::note_xml(source.bytes, &mut evidence);
    signed::note_lines(source, &mut evidence);
    Some(evidence)
}

/// `<!-- Changes in change set NAME -->`
fn title(content: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b"Changes in change set ";
    let head = &content[..content.len().min(4_000)];
    let rest = &head[position(head, NAME)? + NAME.len()..];
    Some(&rest[..position(rest, b"-->")?])
}

/// `<!-- Package Orders(0.2.11,bob)= -->`, the first of them near the head.
fn store_xml(content: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let head = &content[..content.len().min(4_000)];
    let mut comments = memchr::memmem::find_iter(head, b"<!-- ").filter_map(|at| {
        let rest = &head[at + b"<!-- ".len()..];
        Some(rest[..position(rest, b"-->")?].trim_ascii())
    });
    comments.find_map(store)
}

/// `'From VisualWorks®, Pre-Release 7 of June 3, 2002 on August 23, 2002 at 9:50:56 pm'!`
pub(super) fn chunk<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    // Whatever else it is, a file without the name isn't one of these.
    contains(source.bytes, b"'From VisualWorks").then_some(())?;
    let mut evidence = Evidence::new(source);
    let mut recognised = false;
    for chunk in chunks(source.bytes) {
        squeak::note(chunk, source.slashes, &mut evidence);
        if let Chunk::Code(code) = chunk {
            recognised |= squeak::header(code).is_some_and(|header| header.starts_with(b"From VisualWorks"));
            if let Some((comment, name, user)) = comments(code).find_map(store) {
                evidence.title(name);
                evidence.author(Kind::Store, comment, user.into());
            }
        }
    }
    recognised.then_some(())?;
    file_name::note(source, &mut evidence);
    Some(evidence)
}

/// `Package GlorpDatabase(0.2.11,aknight)=`, as Store writes it above the code of a package: its name and the user.
fn store(comment: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let kinds: [&[u8]; 3] = [b"Package ", b"Bundle ", b"Parcel "];
    let named = kinds.iter().find_map(|kind| comment.strip_prefix(*kind))?;
    let inside = named.trim_ascii_end().strip_suffix(b"=")?.strip_suffix(b")")?;
    let (open, comma) = (inside.iter().rposition(|b| *b == b'(')?, inside.iter().rposition(|b| *b == b',')?);
    (open < comma).then(|| (comment, &inside[..open], inside[comma + 1..].trim_ascii()))
}
