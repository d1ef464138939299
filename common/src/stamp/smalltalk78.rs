//! Updates of Smalltalk-78, whose sources aren't in chunks: a string that says when, and a name that says who.
//!
//! Sources: the update stream of codefrau/Smalltalk78 and the file-outs of 1979 in it.

use super::chunks::quoted;
use super::dates::{Slashes, leading};
use super::text::after_last;
use super::{Evidence, Source, file_name};

/// Reads `'Changes from (12 February 2025 7:23:24 pm )'` or `'From Smalltalk 5.4 on 23 July 1979 at 3:53:17 pm.'`, and
/// takes the author from the name.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    let text = source.bytes.trim_ascii_start();
    let head = &text[..text.len().min(200)];
    let header = (head.first() == Some(&b'\'')).then(|| quoted(head, b'\'')).flatten().map(|(inside, _)| inside);
    let changes = header.and_then(|header| header.strip_prefix(b"Changes from ("));
    let from = header.filter(|header| header.starts_with(b"From Smalltalk")).and_then(|header| after_last(header, b" on "));
    let spot = changes.or(from).and_then(|date| leading(date, Slashes::Unsure));
    (spot.is_some() || file_name::is_update(source.name)).then_some(())?;
    let mut evidence = Evidence::new(source);
    if let (Some(header), Some(spot)) = (header, spot) {
        evidence.filed_out(header, spot);
    }
    file_name::note(source, &mut evidence);
    Some(evidence)
}
