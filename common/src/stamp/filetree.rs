//! FileTree and Cypress: `methodProperties.json` with a stamp per selector, `properties.json` with that of the class.
//!
//! Stamps are read as `squeak` reads them. The strings are scanned rather than parsed, so that any size costs little.

use super::text::contains;
use super::{Evidence, Kind, Source, squeak};

/// Reads `"instance" : { "price" : "bob 9/20/2006 08:18" }` and `"commentStamp" : "bob 9/20/2006 08:18"`.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    let json = source.bytes.trim_ascii_start().starts_with(b"{") && source.name.to_ascii_lowercase().ends_with(".json");
    let methods = json && contains(source.bytes, b"\"instance\"") && contains(source.bytes, b"\"class\"");
    let class = json && contains(source.bytes, b"\"commentStamp\"");
    (methods || class).then_some(())?;
    let mut evidence = Evidence::new(source);
    for (key, value) in members(source.bytes) {
        if key == b"commentStamp" {
            squeak::note_stamp(Kind::ClassComment, value, &mut evidence);
        } else if methods {
            squeak::note_stamp(Kind::Method, value, &mut evidence);
        }
    }
    Some(evidence)
}

/// The members of all objects whose values are strings, as they are written.
fn members(json: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = json;
    let mut key: Option<&[u8]> = None;
    std::iter::from_fn(move || {
        loop {
            let open = memchr::memchr(b'"', rest)?;
            let valued = rest[..open].trim_ascii() == b":";
            let (inside, after) = string(&rest[open + 1..])?;
            rest = after;
            match key.take() {
                Some(key) if valued => return Some((key, inside)),
                _ => key = Some(inside),
            }
        }
    })
}

/// What stands before the closing quote, and what comes after it.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return Some((&text[..at], &text[at + 1..])),
            _ => at += 1,
        }
    }
    None
}
