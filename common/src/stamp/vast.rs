//! VA Smalltalk and ENVY applications: recognised, and known to carry no stamp unless a site's method adds one.

use super::text::contains;
use super::{Evidence, Source, signed};

/// Reads `Application create: #Orders with:` and `Orders becomeDefault!`.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    (contains(source.bytes, b"pplication create: #") || contains(source.bytes, b" becomeDefault!")).then_some(())?;
    let mut evidence = Evidence::new(source);
    signed::note_lines(source, &mut evidence);
    Some(evidence)
}
