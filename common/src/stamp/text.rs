//! Lines, comment lines and lenient text out of bytes of any encoding; what they say is left to the readers.

use super::HEAD_LINES;

/// More than any author's name needs.
const MAX_CHARS: usize = 200;

/// The upper half of MacRoman, which old Squeak and VisualWorks images wrote
/// (<https://www.unicode.org/Public/MAPPINGS/VENDORS/APPLE/ROMAN.TXT>).
const MAC_ROMAN: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»… ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

/// The content after a UTF-8 byte order mark.
pub(crate) fn without_bom(content: &[u8]) -> &[u8] {
    content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content)
}

/// The lines of a text that may end them in CR, LF or CRLF, or mix them.
pub(crate) fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(content);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.iter().position(|b| matches!(b, b'\r' | b'\n')) else {
            rest = None;
            return (!text.is_empty()).then_some(text);
        };
        let width = if text[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = Some(&text[end + width..]);
        Some(&text[..end])
    })
}

/// Text for people out of bytes that may be UTF-8, MacRoman or Latin-1: one line, no control or direction
/// characters, no blanks at its ends, not too long; none when nothing is left.
pub(crate) fn decode(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // In Latin-1 these are control characters, so nobody can have meant them.
        Err(_) if bytes.iter().any(|b| (0x80..0xA0).contains(b)) => bytes.iter().map(|b| mac_roman(*b)).collect(),
        Err(_) => bytes.iter().map(|b| char::from(*b)).collect(),
    };
    let hidden = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !hidden(*c)).collect();
    let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(MAX_CHARS).collect();
    (!short.is_empty()).then_some(short)
}

fn mac_roman(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        None => char::from(byte),
        Some(upper) => MAC_ROMAN.chars().nth(usize::from(upper)).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// Where the first of the needle begins.
pub(super) fn position(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// What stands after the last of the needle.
pub(super) fn after_last<'a>(haystack: &'a [u8], needle: &[u8]) -> Option<&'a [u8]> {
    let at = haystack.windows(needle.len()).rposition(|window| window == needle)?;
    haystack.get(at + needle.len()..)
}

/// Comments that run from one mark to another, over lines.
const BLOCKS: &[(&[u8], &[u8])] = &[
    (b"/*", b"*/"),
    (b"<!--", b"-->"),
    (b"(*", b"*)"),
    (b"{-", b"-}"),
    (b"=begin", b"=end"),
    (b"\"\"\"", b"\"\"\""),
    (b"\"", b"\""),
];

/// Marks that make a comment of the rest of a line.
const LEADERS: &[&[u8]] = &[b"#", b"//", b"--", b";", b"%"];

/// The comment lines among the first [`HEAD_LINES`], without their marks.
pub(crate) fn comment_lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut end: Option<&[u8]> = None;
    lines(content).take(HEAD_LINES).filter_map(move |line| {
        let line = line.trim_ascii();
        let inside = match end {
            Some(_) => line,
            None => match BLOCKS.iter().find_map(|(open, close)| Some((line.strip_prefix(*open)?, *close))) {
                Some((rest, close)) => {
                    end = Some(close);
                    rest
                }
                None => return LEADERS.iter().any(|mark| line.starts_with(mark)).then(|| bare(line)),
            },
        };
        match end.and_then(|close| position(inside, close)) {
            Some(at) => {
                end = None;
                Some(bare(&inside[..at]))
            }
            None => Some(bare(inside)),
        }
    })
}

/// A comment line without marks and the frame that some draw around it.
fn bare(line: &[u8]) -> &[u8] {
    let frame = |b: &u8| matches!(b, b'#' | b'/' | b'*' | b'-' | b';' | b'%' | b'!' | b'=' | b'|' | b' ' | b'\t');
    let start = line.iter().position(|b| !frame(b)).unwrap_or(line.len());
    let end = line.iter().rposition(|b| !frame(b)).map_or(start, |last| last + 1);
    line.get(start..end).unwrap_or_default()
}
