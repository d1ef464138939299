//! The author in a comment by hand: the value of a label, the line below one, or a sentence; where they stand is left to
//! `comment`.

use super::label::labelled;
use super::month::month;
use super::name::{MAX_WORDS, after_by, is_change, whole_name};
use super::text::{contains, decode, position, value};

/// The name alone: years after it are those of a copyright, and a dash leads to a remark. A keyword like `$Author$`
/// isn't a name.
pub(super) fn author_of(value: &[u8]) -> Option<String> {
    let text = decode(linked(value).unwrap_or(value))?;
    let text = unquoted(&text);
    let text = [" - ", " -- ", " – "].iter().filter_map(|dash| text.find(dash)).min().map_or(text, |end| &text[..end]);
    let text = addressee(text);
    let text = without_period(text);
    let name = text.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '–' | ',' | ' '));
    let plausible = name.chars().any(char::is_alphabetic) && !is_placeholder(name);
    // A name that ends in digits is a user id, unless a blank shows that they are years.
    let years = text.get(name.len()..).is_some_and(|cut| cut.starts_with([' ', ',']));
    let kept = match years {
        true => without_month(name),
        false if name.len() == text.len() => name,
        false => text,
    };
    plausible.then(|| kept.trim().to_owned())
}

/// The text without the quotes around it, or the angles that a template had.
fn unquoted(text: &str) -> &str {
    let within = |open: char, close: char| text.strip_prefix(open)?.strip_suffix(close);
    within('"', '"').or_else(|| within('<', '>').filter(|text| !text.contains(['<', ',']))).map_or(text, str::trim)
}

/// The text without the period of a sentence, and without a year in brackets; that of `Jr.` stays.
fn without_period(text: &str) -> &str {
    let ends = |name: &&str| {
        let last = name.rsplit(' ').next().unwrap_or_default();
        last.ends_with(['>', ')'])
            || last.ends_with(|c: char| c.is_ascii_digit())
            || last.chars().count() > 4 && !last.contains('.')
    };
    let text = text.strip_suffix('.').filter(ends).unwrap_or(text);
    let year = text.strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
    year.filter(|(_, year)| !year.is_empty() && year.chars().all(|c| c.is_ascii_digit() || c == '-'))
        .map_or(text, |(name, _)| name)
}

/// The name and address that a remark follows: `Bob Bauer <bob@example.org> for prices`; a list of them stays whole.
fn addressee(text: &str) -> &str {
    let Some(end) = text.find('>').filter(|end| text[..*end].contains('@')).map(|end| end + 1) else { return text };
    let rest = text[end..].trim_start();
    if rest.starts_with([',', ';', '&', '/']) || rest.starts_with("and ") { text } else { &text[..end] }
}

/// The name without the month that stood before a year: `Bob Bauer, December`.
fn without_month(name: &str) -> &str {
    let Some((before, last)) = name.rsplit_once(' ') else { return name };
    // A short one may be a name.
    let is_month = last.len() > 3 && month(last.as_bytes()).is_some();
    if is_month { before.trim_end_matches([' ', ',']) } else { name }
}

/// The text of a link in HTML: `<a href="…">Bob Bauer</a>`.
fn linked(value: &[u8]) -> Option<&[u8]> {
    let inside = value.strip_prefix(b"<a ")?;
    let text = &inside[position(inside, b">")? + 1..];
    Some(&text[..position(text, b"<")?])
}

/// What templates leave for a person to fill in.
pub(super) fn is_placeholder(author: &str) -> bool {
    const TEMPLATES: [&str; 16] = [
        "AuthorName",
        "Author Name",
        "Your Name",
        "Your Name Here",
        "YourName",
        "Author",
        "Authors",
        "Name",
        "Please set LastEditors",
        "unknown",
        "none",
        "n/a",
        "na",
        "tbd",
        "todo",
        "xxx",
    ];
    let bare = author.trim_matches(['(', ')', '.']);
    let begins = |start: &str| bare.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    author.starts_with(['<', '$', '%', '{', '['])
        || ["your ", "insert ", "enter "].iter().any(|start| begins(start))
        || TEMPLATES.iter().any(|name| name.eq_ignore_ascii_case(bare))
}

/// The name on a line below `Author:`; an address behind it shows that it is one.
pub(super) fn below(line: &[u8]) -> Option<String> {
    let text = decode(line)?;
    let name = text.split(['(', '<', ',']).next().unwrap_or_default();
    let addressed = text.contains('@') && name.split_whitespace().count() <= MAX_WORDS && name.starts_with(char::is_alphabetic);
    (labelled(line).is_none() && (addressed || whole_name(name).is_some())).then(|| author_of(line)).flatten()
}

/// `Written by Bob Bauer, Anytown` at the beginning of a line, and whether it is about a change.
pub(super) fn made_by(line: &[u8]) -> Option<(String, bool)> {
    let text = decode(line)?;
    // A single word may be anything: by hand, by default.
    let name = after_by(&text).filter(|name| name.contains(' ') && !text.to_ascii_lowercase().starts_with("by "))?;
    Some((name, is_change(&text)))
}

/// `by Bob Bauer(bob@example.org)` or `by Bob Bauer <bob@example.org>`, alone on its line.
pub(super) fn mailed(line: &[u8]) -> Option<&[u8]> {
    let rest = value(line, b"by ")?;
    let open = rest.iter().position(|b| matches!(b, b'(' | b'<'))?;
    let (name, mail) = (rest[..open].trim_ascii(), &rest[open + 1..]);
    let closed = matches!(mail.last(), Some(b')' | b'>')) && contains(mail, b"@") && !mail.contains(&b' ');
    (closed && name.first().is_some_and(|b| b.is_ascii_alphabetic() || *b >= 0x80)).then_some(name)
}

/// Whether the value begins with a name and its address: `Bob Bauer <bob@example.org>`.
pub(super) fn addressed(value: &[u8]) -> bool {
    let open = value.iter().position(|b| *b == b'<').filter(|open| contains(&value[*open..], b"@"));
    open.and_then(|open| decode(&value[..open])).is_some_and(|name| whole_name(&name).is_some())
}
