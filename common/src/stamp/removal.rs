//! What a patch removes: `Order removeSelector: #price`, `Smalltalk removeClassNamed: #Order`, `<remove-selector>`.
//!
//! For the header of a diff only; what a site runs isn't decided here.

use memchr::memmem;

use super::Evidence;
use super::text::{decode, position};

/// The shortest code that removes anything.
const SHORTEST: usize = 20;

/// Notes the removals in a chunk of code.
pub(super) fn note(code: &[u8], evidence: &mut Evidence) {
    if code.len() < SHORTEST {
        return;
    }
    for at in memmem::find_iter(code, b"remove") {
        let (before, rest) = code.split_at(at);
        if let Some(after) = rest.strip_prefix(b"removeSelector:") {
            evidence.removal(|| method(before, after));
        } else if let Some(after) = rest.strip_prefix(b"removeClassNamed:") {
            evidence.removal(|| symbol(after).and_then(decode));
        }
    }
}

/// `Order class` and `#price` become `Order class>>price`.
fn method(before: &[u8], after: &[u8]) -> Option<String> {
    let selector = decode(symbol(after)?)?;
    let (rest, last) = last_name(before)?;
    let receiver = match last {
        b"class" => format!("{} class", decode(last_name(rest)?.1)?),
        name => decode(name)?,
    };
    Some(format!("{receiver}>>{selector}"))
}

/// The name that a text ends with, and what stands before it.
fn last_name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_end();
    let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.');
    let length = text.iter().rev().take(200).take_while(|b| name(b)).count();
    let (rest, name) = text.split_at(text.len() - length);
    let name = name.trim_ascii_start();
    let first = name.iter().position(|b| *b != b'.')?;
    Some((rest, &name[first..]))
}

/// The symbol that a text begins with: `#price`, `#at:put:`, `#'two words'` or `#+`.
fn symbol(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_start().strip_prefix(b"#")?;
    if let Some(rest) = text.strip_prefix(b"'") {
        return Some(&rest[..rest.iter().take(200).position(|b| *b == b'\'')?]);
    }
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'!' | b'.' | b']' | b')' | b';');
    let end = text.iter().take(200).position(ends).unwrap_or(text.len().min(200));
    (end > 0).then_some(&text[..end])
}

/// Notes what `<remove-selector>` and `<remove-class>` take away.
pub(super) fn note_xml(xml: &[u8], evidence: &mut Evidence) {
    for at in memmem::find_iter(xml, b"<remove-selector>") {
        let element = &xml[at..xml.len().min(at + 1_000)];
        evidence.removal(|| {
            let (class, selector) = (inside(element, b"<class-id>")?, inside(element, b"<selector>")?);
            Some(format!(
                "{}>>{}",
                decode(class)?,
                decode(selector)?.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            ))
        });
    }
    for at in memmem::find_iter(xml, b"<remove-class>") {
        evidence.removal(|| {
            let element = &xml[at..xml.len().min(at + 1_000)];
            inside(element, b"<class-id>").or_else(|| inside(element, b"<name>")).and_then(decode)
        });
    }
}

/// What stands between a tag and the next.
fn inside<'a>(xml: &'a [u8], tag: &[u8]) -> Option<&'a [u8]> {
    let rest = &xml[position(xml, tag)? + tag.len()..];
    Some(&rest[..rest.iter().position(|b| *b == b'<')?])
}
