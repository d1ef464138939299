//! `$Id$`, `$Date$` and `$Author$` as RCS, CVS, CVSNT and Subversion expand them; unexpanded ones say nothing.
//!
//! Only these words, in this spelling: `$Idaemons: …$` and `$RoughId: …$` are decoys. The first of each counts. Sources: co(1),
//! the Subversion book on svn:keywords.

use memchr::{memchr, memchr_iter};

use super::dates::{Slashes, Spot, find, leading};
use super::evidence::Mark;
use super::text::position;
use super::{Evidence, Kind, Source, comment};

/// Longer than any expansion.
const MAX_LENGTH: usize = 300;

/// Reads the keywords of a file.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    let mut keywords = Keywords::default();
    for at in memchr_iter(b'$', source.bytes) {
        keywords.note(&source.bytes[at..]);
        if keywords.id.is_some() {
            break;
        }
    }
    let mut evidence = Evidence::new(source);
    if let Some(mark) = keywords.id {
        evidence.change(mark);
        return Some(evidence);
    }
    match (keywords.author, keywords.date) {
        (None, None) => return None,
        (author, date) => {
            let raw = date.map(|(raw, _)| raw).or(author).unwrap_or_default();
            evidence.change(Mark { kind: Kind::Keyword, raw, author: author.map(Into::into), spot: date.map(|(_, spot)| spot) });
        }
    }
    // Half a keyword: a comment may say the rest.
    comment::note_head(source, &mut evidence);
    Some(evidence)
}

#[derive(Default)]
struct Keywords<'a> {
    id: Option<Mark<'a>>,
    date: Option<(&'a [u8], Spot)>,
    author: Option<&'a [u8]>,
}

impl<'a> Keywords<'a> {
    fn note(&mut self, text: &'a [u8]) {
        const NAMES: [&[u8]; 8] =
            [b"Id", b"Header", b"Date", b"LastChangedDate", b"DateTime", b"Author", b"LastChangedBy", b"LastChangedAuthor"];
        let Some(name) =
            NAMES.into_iter().find(|name| text[1..].strip_prefix(*name).is_some_and(|rest| rest.first() == Some(&b':')))
        else {
            return;
        };
        let Some((raw, value)) = expansion(text, name.len() + 1) else { return };
        match name {
            b"Id" | b"Header" => self.id = self.id.take().or_else(|| id(raw, value)),
            b"Date" | b"LastChangedDate" | b"DateTime" => {
                self.date =
                    self.date.or_else(|| dated(value).map(|spot| (raw, if name == b"DateTime" { spot } else { spot.in_utc() })));
            }
            _ => self.author = self.author.or_else(|| first_word(value)),
        }
    }
}

fn first_word(text: &[u8]) -> Option<&[u8]> {
    text.trim_ascii_start().split(u8::is_ascii_whitespace).next().filter(|word| !word.is_empty())
}

/// The keyword as a whole and its value: `$Date: …$` on one line, after a colon or the two of a fixed width.
fn expansion(text: &[u8], colon: usize) -> Option<(&[u8], &[u8])> {
    let line = &text[..text.len().min(MAX_LENGTH)];
    let end = 1 + memchr(b'$', &line[1..])?;
    let value = line.get(colon..end)?;
    let value = value.strip_prefix(b"::").or_else(|| value.strip_prefix(b":"))?;
    let one_line = !value.iter().any(|b| matches!(b, b'\r' | b'\n'));
    // A value cut to its fixed width ends in `#`.
    let value = value.trim_ascii();
    one_line.then(|| (&line[..=end], value.strip_suffix(b"#").unwrap_or(value)))
}

/// `wiring.c 388 2008-03-08 22:05:23Z mellis`, or `complex.rb,v 1.3 1998/07/08 10:05:28 keiju Exp keiju`: UTC unless it
/// says otherwise.
fn id<'a>(raw: &'a [u8], value: &'a [u8]) -> Option<Mark<'a>> {
    let spot = dated(value)?;
    let rest = value.get(spot.end..)?;
    // CVS lets a name have blanks; the state follows it.
    let author = position(rest, b" Exp").map(|end| rest[..end].trim_ascii()).filter(|author| !author.is_empty());
    let author = author.or_else(|| first_word(rest)).map(Into::into);
    Some(Mark { kind: Kind::Keyword, raw, author, spot: Some(spot.in_utc()) })
}

/// The date with a time in a value; before 2000, RCS wrote the year with two digits.
fn dated(value: &[u8]) -> Option<Spot> {
    let timed = |spot: &Spot| spot.of(value).contains(&b':');
    find(value, Slashes::Unsure).filter(|spot| timed(spot) && spot.other.is_none()).or_else(|| short_year(value))
}

/// `93/07/08 10:05:28`
fn short_year(value: &[u8]) -> Option<Spot> {
    let digits = |at: usize| value.get(at).is_some_and(u8::is_ascii_digit) && value.get(at + 1).is_some_and(u8::is_ascii_digit);
    let slashed =
        |at: usize| digits(at) && value.get(at + 2) == Some(&b'/') && digits(at + 3) && value.get(at + 5) == Some(&b'/');
    let start = (1..value.len()).find(|at| value[at - 1] == b' ' && slashed(*at))?;
    let full = [b"19", &value[start..]].concat();
    let spot = leading(&full, Slashes::Unsure).filter(|spot| spot.of(&full).contains(&b':'))?;
    Some(Spot { start, end: start + spot.end - 2, ..spot })
}
