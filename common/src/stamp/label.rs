//! Labels in comments by hand: `Author:`, `Last modified by....:`, `@date`; what stands behind them is left to `comment`.

/// Labels of who began a file.
const AUTHORS: &[&str] = &[
    "author",
    "authors",
    "author(s)",
    "author name",
    "written by",
    "created by",
    "create by",
    "coded by",
    "coder",
    "programmed by",
    "programmer",
    "programer",
    "developed by",
    "developer",
    "implemented by",
    "engineer",
    "original author",
    "author/date",
    "writer",
];

/// Labels of who changed it last; an editor's plugins write some of them.
const EDITORS: &[&str] = &[
    "modified by",
    "modify by",
    "changed by",
    "last modified by",
    "last changed by",
    "last edited by",
    "last updated by",
    "last update by",
    "updated by",
    "update by",
    "edited by",
    "revised by",
    "last editors",
    "lasteditors",
    "last author",
];

/// Labels of when are made of these words alone.
const DATES: &[&str] = &[
    "date",
    "time",
    "last",
    "latest",
    "modified",
    "modify",
    "modification",
    "mod",
    "mod.",
    "change",
    "changed",
    "update",
    "updated",
    "revised",
    "revision",
    "edit",
    "edited",
    "edittime",
    "lastedittime",
    "create",
    "created",
    "creation",
    "written",
    "stamp",
    "on",
    "of",
    "original",
    "started",
    "lastupdate",
    "lastmodified",
];

/// What a label says that its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Author,
    Editor,
    /// The date of the file, without a word on what happened then.
    Date,
    /// The date of what the label says.
    Event,
}

/// The label that a line begins with, and what stands behind it: `Author: bob`, `Author:: bob`, `AUTHOR..: bob`,
/// `author  - bob`, `@author bob` or `\date 2011-04-08`.
pub(super) fn labelled(line: &[u8]) -> Option<(Label, &[u8])> {
    let tag = line.strip_prefix(b"@").or_else(|| line.strip_prefix(b"\\"));
    let text = tag.unwrap_or(line);
    let parts = split(text, b":").or_else(|| split(text, b" - "));
    if let Some((label, value)) = parts.and_then(|(name, value)| Some((label(name)?, value))) {
        return Some((label, value.strip_prefix(b":").unwrap_or(value).trim_ascii_start()));
    }
    let end = tag?.iter().position(u8::is_ascii_whitespace)?;
    let (name, value) = tag?.split_at(end);
    // Templates of Java put the date there.
    let dated = [&b"version"[..], b"since"].iter().any(|known| known.eq_ignore_ascii_case(name));
    Some((if dated { Label::Event } else { label(name)? }, value.trim_ascii_start()))
}

/// What stands before and after the first of a mark, near the beginning.
fn split<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    /// No label is longer, with the dots that lead to its value.
    const LONGEST: usize = 60;
    let at = super::text::position(&text[..text.len().min(LONGEST)], mark)?;
    Some((&text[..at], &text[at + mark.len()..]))
}

fn label(name: &[u8]) -> Option<Label> {
    let name = std::str::from_utf8(name).ok()?.trim_end_matches(|c: char| matches!(c, '.' | '_' | '-') || c.is_whitespace());
    let one_of = |labels: &[&str]| labels.iter().any(|label| label.eq_ignore_ascii_case(name));
    if one_of(AUTHORS) {
        return Some(Label::Author);
    }
    if one_of(EDITORS) {
        return Some(Label::Editor);
    }
    if name.eq_ignore_ascii_case("date") {
        return Some(Label::Date);
    }
    let mut words = name.split([' ', '-', '_', '\t']).filter(|word| !word.is_empty()).peekable();
    words.peek()?;
    words.all(|word| DATES.iter().any(|known| known.eq_ignore_ascii_case(word))).then_some(Label::Event)
}
