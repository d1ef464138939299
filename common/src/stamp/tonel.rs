//! Tonel: recognised, and known to carry no stamp, since its files live in git.

use super::chunks::quoted;
use super::{Evidence, Source};

/// Reads `Class {`, `Extension {`, `Trait {` or `Package {` after the comment of the class.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    const KINDS: [&[u8]; 4] = [b"Class", b"Extension", b"Trait", b"Package"];
    let mut text = source.bytes.trim_ascii_start();
    if text.first() == Some(&b'"') {
        text = quoted(text, b'"')?.1.trim_ascii_start();
    }
    let body = KINDS.iter().find_map(|kind| text.strip_prefix(*kind))?.trim_ascii_start().strip_prefix(b"{")?;
    body.trim_ascii_start().starts_with(b"#").then(|| Evidence::new(source))
}
