//! The `version` file of a Monticello package: the first entry is the newest, its ancestors follow.
//!
//! Squeak and Pharo write `16 May 2016` and `4:18:03 pm`, GemStone `08/06/2012` and `12:20:09`; slashes have the month
//! first. Source: `MCVersionInfoWriter`.

use super::chunks::quoted;
use super::dates::{Slashes, Spot, leading};
use super::evidence::Mark;
use super::{Evidence, Kind, Source};

/// Reads `(name 'Orders-bob.16' message '…' id '…' date '08/06/2012' time '12:20:09' author 'bob' ancestors (…`.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    let start = source.bytes.trim_ascii_start().strip_prefix(b"(")?.trim_ascii_start();
    start.starts_with(b"name").then_some(())?;
    start[4..].trim_ascii_start().starts_with(b"'").then_some(())?;
    let mut evidence = Evidence::new(source);
    let mut entry = Entry::default();
    for (key, value) in pairs(start) {
        match key {
            b"name" => {
                entry.note(&mut evidence);
                entry = Entry { name: Some(value), first: entry.name.is_none(), ..Entry::default() };
            }
            b"date" => entry.date = Some(value),
            b"time" => entry.time = Some(value),
            b"author" => entry.author = Some(value),
            _ => {}
        }
    }
    entry.note(&mut evidence);
    Some(evidence)
}

/// One version.
#[derive(Default)]
struct Entry<'a> {
    name: Option<&'a [u8]>,
    date: Option<&'a [u8]>,
    time: Option<&'a [u8]>,
    author: Option<&'a [u8]>,
    first: bool,
}

impl<'a> Entry<'a> {
    fn note(&self, evidence: &mut Evidence<'a>) {
        let Some(name) = self.name else { return };
        let author = self.author.map(Into::into);
        if self.first {
            evidence.title(name);
            evidence.change(Mark { kind: Kind::Version, raw: name, author, spot: self.spot() });
        } else {
            evidence.keep(&Mark { kind: Kind::Ancestor, raw: name, author, spot: self.spot() });
        }
    }

    fn spot(&self) -> Option<Spot> {
        let short = |text: &'a [u8]| &text[..text.len().min(60)];
        let joined = [short(self.date?), b" ", short(self.time.unwrap_or_default())].concat();
        leading(&joined, Slashes::MonthFirst)
    }
}

/// The words that a string follows, and the string.
fn pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = text;
    let mut key: &[u8] = b"";
    std::iter::from_fn(move || {
        loop {
            match *rest.first()? {
                b'\'' => {
                    let (inside, after) = quoted(rest, b'\'')?;
                    rest = after;
                    return Some((std::mem::take(&mut key), inside));
                }
                b if b.is_ascii_alphabetic() => {
                    let end = rest.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(rest.len());
                    (key, rest) = rest.split_at(end);
                }
                _ => rest = &rest[1..],
            }
        }
    })
}
