//! COBOL's paragraphs `AUTHOR.` and `DATE-WRITTEN.`, which its compilers take for comments; read by `comment`.

use super::text::value;

/// Endings of the names of such files.
pub(super) const ENDINGS: &[&str] = &["cob", "cbl", "cpy", "cobol", "pco"];

/// What only a paragraph of the identification division begins with.
const PARAGRAPHS: [&[u8]; 2] = [b"AUTHOR.", b"DATE-WRITTEN."];

/// A line without the number that cards had in their first columns.
pub(super) fn without_number(line: &[u8]) -> &[u8] {
    const COLUMNS: usize = 6;
    let digits = line.iter().take(COLUMNS).take_while(|b| b.is_ascii_digit()).count();
    &line[digits..]
}

/// Whether the line is one of those paragraphs.
pub(super) fn is_paragraph(line: &[u8]) -> bool {
    PARAGRAPHS.iter().any(|name| value(line, name).is_some())
}

/// The value of `AUTHOR.  BOB BAUER.`
pub(super) fn author(line: &[u8]) -> Option<&[u8]> {
    value(line, PARAGRAPHS[0]).map(entry)
}

/// The value of `DATE-WRITTEN. 05-APR-2001.`
pub(super) fn date(line: &[u8]) -> Option<&[u8]> {
    value(line, PARAGRAPHS[1]).map(entry)
}

/// The entry up to its period; the last columns of a card name the program.
fn entry(text: &[u8]) -> &[u8] {
    let end = text.windows(3).position(|three| three == b".  ").unwrap_or(text.len());
    let text = text[..end].trim_ascii();
    text.strip_suffix(b".").unwrap_or(text)
}
