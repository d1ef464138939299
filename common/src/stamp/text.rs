//! Lines and lenient text out of bytes of any encoding; what they say is left to the readers.

use memchr::{memchr2, memmem};

use super::Kind;
use crate::encoding;

/// More than any author's name needs.
const MAX_CHARS: usize = 200;

/// The content after a UTF-8 byte order mark.
pub(crate) fn without_bom(content: &[u8]) -> &[u8] {
    content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content)
}

/// The lines of a text that may end them in CR, LF or CRLF, or mix them.
pub(crate) fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(content);
    std::iter::from_fn(move || {
        let text = rest?;
        // Looking for an end costs more than many a line does.
        let empty = matches!(text.first(), Some(b'\r' | b'\n')).then_some(0);
        let Some(end) = empty.or_else(|| memchr2(b'\r', b'\n', text)) else {
            rest = None;
            return (!text.is_empty()).then_some(text);
        };
        let width = if text[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = Some(&text[end + width..]);
        Some(&text[..end])
    })
}

/// Text for people out of bytes of any encoding: one line, no control or direction characters, no blanks at its ends,
/// not too long; none when nothing is left.
pub(crate) fn decode(bytes: &[u8]) -> Option<String> {
    /// Nothing that is cut off later is worth decoding.
    const ENOUGH: usize = 8 * MAX_CHARS;
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace())?;
    let bytes = &bytes[start..bytes.len().min(start + ENOUGH)];
    let simple = |b: &u8| (0x21..0x7F).contains(b);
    if bytes.len() <= MAX_CHARS && bytes.iter().all(simple) {
        return String::from_utf8(bytes.to_vec()).ok();
    }
    let (text, _) = encoding::decode(bytes);
    let hidden = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut line = String::with_capacity(text.len());
    let (mut gap, mut length) = (false, 0);
    for c in text.chars().filter(|c| !hidden(*c)) {
        if c.is_control() || c.is_whitespace() {
            gap = length > 0;
            continue;
        }
        length += 1 + usize::from(gap);
        if length > MAX_CHARS {
            break;
        }
        if std::mem::take(&mut gap) {
            line.push(' ');
        }
        line.push(c);
    }
    (!line.is_empty()).then_some(line)
}

/// A name as people read it: in chunks, bangs and quotes are doubled.
pub(super) fn plain(kind: Kind, name: &[u8]) -> Option<String> {
    let text = decode(name)?;
    let doubled = matches!(kind, Kind::Method | Kind::ClassComment | Kind::Preamble | Kind::Store);
    Some(if doubled { text.replace("!!", "!").replace("''", "'") } else { text })
}

/// Where the first of the needle begins.
pub(super) fn position(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memmem::find(haystack, needle)
}

/// Where the last of the needle begins.
pub(super) fn rposition(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memmem::rfind(haystack, needle)
}

/// Whether the needle stands anywhere.
pub(super) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    position(haystack, needle).is_some()
}

/// What stands after the last of the needle.
pub(super) fn after_last<'a>(haystack: &'a [u8], needle: &[u8]) -> Option<&'a [u8]> {
    haystack.get(memmem::rfind(haystack, needle)? + needle.len()..)
}

/// What follows a word at the beginning of a line, whatever its case.
pub(super) fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = line.split_at_checked(name.len())?;
    head.eq_ignore_ascii_case(name).then(|| rest.trim_ascii())
}
