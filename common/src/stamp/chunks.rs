//! The chunk grammar of Smalltalk sources; which chunks carry stamps is left to `squeak` and `visualworks`.
//!
//! A chunk ends at `!`, a doubled `!!` inside it is one bang, quotes don't matter. A chunk that begins with `!` is a
//! header; after `!C methodsFor: …!` come methods up to an empty chunk (`! !`), after `!C commentStamp: …!` one comment.
//! Source: `PositionableStream>>fileIn` and `nextChunk` in Squeak, Pharo and Cuis.

use super::Kind;
use super::text::position;

/// What a chunk is, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunk<'a> {
    /// `!Object methodsFor: 'x' stamp: 'bob 1/2/2003 10:00'!`, without its bangs.
    Header(&'a [u8]),
    /// An expression, a comment or a string that stands by itself.
    Code(&'a [u8]),
    /// A method or a class comment, which says nothing about the file.
    Text,
}

enum Next {
    Code,
    Methods,
    Comment,
}

/// The chunks of a file.
pub(super) fn chunks(content: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = content;
    let mut next = Next::Code;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_ascii_start();
            let first = *rest.first()?;
            // A terminator is followed by a blank; a bang right before a word opens a header even where the
            // terminator is missing.
            let header = first == b'!' && rest.get(1).is_some_and(u8::is_ascii_alphabetic);
            // A method or comment may begin with a bang of its own, which is doubled.
            let text = rest.starts_with(b"!!") && !matches!(next, Next::Code);
            if first == b'!' && !text {
                rest = &rest[1..];
                if !header {
                    next = Next::Code;
                    continue;
                }
            }
            let chunk = take(&mut rest);
            // Squeak keeps the style and language of the chunk before in a chunk of their own.
            if chunk.starts_with(b"]style[") || chunk.starts_with(b"]lang[") {
                continue;
            }
            if header {
                next = if keyword(chunk, &[b"ethodsFor:", b"ethodsFor", b"methods"]) {
                    Next::Methods
                } else if keyword(chunk, &[b"commentStamp:"]) {
                    Next::Comment
                } else {
                    Next::Code
                };
                return Some(Chunk::Header(chunk));
            }
            return Some(match next {
                Next::Code => Chunk::Code(chunk),
                Next::Methods => Chunk::Text,
                Next::Comment => {
                    next = Next::Code;
                    Chunk::Text
                }
            });
        }
    })
}

/// Takes a chunk off the rest, up to a bang that isn't doubled.
fn take<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let text = *rest;
    let mut at = 0;
    while at < text.len() {
        match (text[at], text.get(at + 1)) {
            (b'!', Some(b'!')) => at += 2,
            (b'!', _) => {
                *rest = &text[at + 1..];
                return &text[..at];
            }
            _ => at += 1,
        }
    }
    *rest = &[];
    text
}

/// Whether the header sends one of these, as its own word or (ENVY's `publicMethodsFor:`) as the end of one.
fn keyword(header: &[u8], names: &[&[u8]]) -> bool {
    words(header).any(|word| matches!(word, Word::Plain(word) if names.iter().any(|name| word.ends_with(name))))
}

/// A word of a header.
enum Word<'a> {
    Plain(&'a [u8]),
    Literal(&'a [u8]),
}

/// The words and quoted strings of a header; quotes inside a string are doubled.
fn words(header: &[u8]) -> impl Iterator<Item = Word<'_>> {
    let mut rest = header;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let (word, after) = if *rest.first()? == b'\'' {
            quoted(rest, b'\'').map(|(inside, after)| (Word::Literal(inside), after))?
        } else {
            let end = rest.iter().position(|b| b.is_ascii_whitespace() || *b == b'\'').unwrap_or(rest.len());
            (Word::Plain(&rest[..end]), &rest[end..])
        };
        rest = after;
        Some(word)
    })
}

/// What stands inside the quotes that the text begins with, and what comes after them.
pub(super) fn quoted(text: &[u8], quote: u8) -> Option<(&[u8], &[u8])> {
    let mut at = 1;
    while at < text.len() {
        match (text[at] == quote, text.get(at + 1)) {
            (true, Some(next)) if *next == quote => at += 2,
            (true, _) => return Some((&text[1..at], &text[at + 1..])),
            _ => at += 1,
        }
    }
    None
}

/// The stamp of a method or class comment, from its header.
pub(super) fn header_stamp(header: &[u8]) -> Option<(Kind, &[u8])> {
    // Most headers carry none, and are soon passed.
    position(header, b"tamp:")?;
    let mut named = None;
    words(header).find_map(|word| match word {
        Word::Plain(word) => {
            named = match word {
                b"stamp:" => Some(Kind::Method),
                b"commentStamp:" => Some(Kind::ClassComment),
                _ => None,
            };
            None
        }
        Word::Literal(inside) => named.take().map(|kind| (kind, inside)),
    })
}

/// The comments that a chunk begins with.
pub(super) fn comments(chunk: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = chunk;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let (inside, after) = (rest.first() == Some(&b'"')).then(|| quoted(rest, b'"'))??;
        rest = after;
        Some(inside)
    })
}

/// What follows the comments that a chunk begins with.
pub(super) fn after_comments(chunk: &[u8]) -> &[u8] {
    let mut rest = chunk.trim_ascii();
    while rest.first() == Some(&b'"') {
        let Some((_, after)) = quoted(rest, b'"') else { break };
        rest = after.trim_ascii_start();
    }
    rest
}

/// The one string that a chunk consists of, after comments.
pub(super) fn sole_string(chunk: &[u8]) -> Option<&[u8]> {
    let rest = after_comments(chunk);
    let (inside, after) = (rest.first() == Some(&b'\'')).then(|| quoted(rest, b'\''))??;
    after.is_empty().then_some(inside)
}
