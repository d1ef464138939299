//! Labels in comments by hand: `Author:`, `Last modified by....:`, `@date`, `Letzte Änderung:`; what stands behind them
//! is left to `comment`.
//!
//! Languages are those of `month`. Labels are compared without case, accents and what stands between their words.

use super::fold::folded;
use super::label_words::{AUTHORS, DATES, EDITORS, KEEPERS, LITTLE, PLAIN_DATES};

/// What a label says that its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Author,
    Editor,
    Keeper,
    /// The date of the file, without a word on what happened then.
    Date,
    /// The date of what the label says.
    Event,
}

/// The label that a line begins with, and what stands behind it: `Author: bob`, `Author:: bob`, `AUTHOR..: bob`,
/// `author  - bob`, `@author bob`, `:author: bob` or `\date 2011-04-08`.
pub(super) fn labelled(line: &[u8]) -> Option<(Label, &[u8])> {
    let tag = line.strip_prefix(b"@").or_else(|| line.strip_prefix(b"\\"));
    let text = tag.or_else(|| line.strip_prefix(b":")).unwrap_or(line);
    let parts = split(text, b":").or_else(|| split(text, b" - "));
    if let Some((label, value)) = parts.and_then(|(name, value)| Some((label(name)?, value))) {
        let value = value.strip_prefix(b":").unwrap_or(value).trim_ascii_start();
        return Some((label, value.strip_prefix(b"- ").unwrap_or(value).trim_ascii_start()));
    }
    let authors = [&b"Author "[..], b"Authors "].iter().find_map(|name| line.strip_prefix(*name));
    if let Some(value) = authors.filter(|value| super::text::contains(value, b"@")) {
        return Some((Label::Author, value.trim_ascii_start()));
    }
    let end = tag?.iter().position(u8::is_ascii_whitespace)?;
    let (name, value) = tag?.split_at(end);
    // Templates of Java put the date there.
    let dated = [&b"version"[..], b"since"].iter().any(|known| known.eq_ignore_ascii_case(name));
    Some((if dated { Label::Event } else { label(name)? }, value.trim_ascii_start()))
}

/// A label that a wide gap divides from its value, as in a table: `AUTHOR     Bob Bauer`.
pub(super) fn tabled(line: &[u8]) -> Option<(Label, &[u8])> {
    let (name, value) = split(line, b"\t").or_else(|| split(line, b"   "))?;
    Some((label(name)?, value.trim_ascii_start()))
}

/// The label of a second column: `Procedure: round      Author: Bob Bauer`. What happened then stands in a first one.
pub(super) fn second_column(line: &[u8]) -> Option<(Label, &[u8])> {
    let text = &line[super::text::rposition(line, b"   ")?..];
    let (name, value) = split(text.trim_ascii_start(), b":")?;
    let label = label(name).filter(|label| *label != Label::Event)?;
    Some((label, value.trim_ascii_start()))
}

/// What stands before and after the first of a mark, near the beginning.
fn split<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    /// No label is longer, with the dots that lead to its value.
    const LONGEST: usize = 60;
    let at = super::text::position(&text[..text.len().min(LONGEST)], mark)?;
    Some((&text[..at], &text[at + mark.len()..]))
}

fn label(name: &[u8]) -> Option<Label> {
    let name = String::from_utf8(folded(name).collect()).ok()?;
    let name = name.trim_end_matches(|c: char| matches!(c, '.' | '_' | '-') || c.is_whitespace());
    let words = || name.split([' ', '-', '_', '\t']).filter(|word| !word.is_empty());
    let joined: String = words().collect();
    let among = |labels: &[&str]| labels.contains(&joined.as_str());
    if among(AUTHORS) {
        return Some(Label::Author);
    }
    if among(EDITORS) {
        return Some(Label::Editor);
    }
    if among(KEEPERS) {
        return Some(Label::Keeper);
    }
    if among(PLAIN_DATES) {
        return Some(Label::Date);
    }
    let dates = words().all(|word| DATES.contains(&word) || LITTLE.contains(&word));
    (dates && words().any(|word| DATES.contains(&word))).then_some(Label::Event)
}
