//! Formatted SQL of Liquibase: each change set has an author and no time, and the last one counts.
//!
//! Source: Liquibase's documentation of formatted SQL; author and id may be quoted, the first colon outside quotes
//! divides them.

use super::text::{lines, value};
use super::{Evidence, Kind, Source};

/// Reads `--liquibase formatted sql` and `--changeset bob:1 runOnChange:true`.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    /// A licence may stand first.
    const FIRST_LINES: usize = 20;
    let formatted = |line| value(comment(line)?, b"liquibase")?.to_ascii_lowercase().starts_with(b"formatted").then_some(());
    lines(source.bytes).take(FIRST_LINES).find_map(formatted)?;
    let mut evidence = Evidence::new(source);
    for line in lines(source.bytes) {
        let change_set = comment(line).and_then(|text| value(text, b"changeset "));
        let Some((author, id)) = change_set.and_then(divided) else { continue };
        if author.starts_with(b"${") {
            // A property that is filled in elsewhere names nobody here.
            evidence.author = None;
        } else {
            evidence.last_author(Kind::ChangeSet, line, author.into());
        }
        evidence.number = super::text::decode(id);
    }
    Some(evidence)
}

fn comment(line: &[u8]) -> Option<&[u8]> {
    line.trim_ascii_start().strip_prefix(b"--").map(<[u8]>::trim_ascii)
}

/// Author and id, without their quotes.
fn divided(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (author, rest) = part(text, |b| b == b':')?;
    let (id, _) = part(rest.trim_ascii_start().strip_prefix(b":")?, |b| b.is_ascii_whitespace())?;
    (!author.is_empty()).then_some((author, id))
}

/// A part, in quotes or up to a byte that ends it, and the rest.
fn part(text: &[u8], ends: impl Fn(u8) -> bool) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    for quote in [b'"', b'\''] {
        if let Some(inside) = text.strip_prefix(&[quote]) {
            let end = inside.iter().position(|b| *b == quote)?;
            return Some((inside[..end].trim_ascii(), &inside[end + 1..]));
        }
    }
    let end = text.iter().position(|b| ends(*b)).unwrap_or(text.len());
    Some((text[..end].trim_ascii(), &text[end..]))
}
