//! `$Id$`, `$Date$` and `$Author$` as RCS, CVS, CVSNT and Subversion expand them; unexpanded ones say nothing.
//!
//! Only these words, in this spelling: `$Idaemons: …$` and `$RoughId: …$` are decoys. Of several ids at the head the newest
//! counts, elsewhere the first; a history in the head may have gone on after them. Sources: co(1), the Subversion book on
//! svn:keywords, the `LocalKeyword` of CVS.

use memchr::{memchr, memchr_iter};

use super::dates::{Slashes, Spot, find, leading};
use super::evidence::Mark;
use super::text::{lines, position};
use super::{Evidence, HEAD_LINES, Kind, Source, comment};

/// More words behind a dollar than any file that says something with them has.
const MAX_TRIED: usize = 100_000;

/// Longer than any expansion.
const MAX_LENGTH: usize = 300;

/// `$Id$`, and the names that projects gave it in their own repositories.
const IDS: [&[u8]; 11] =
    [b"Id", b"Header", b"CVSHeader", b"FreeBSD", b"NetBSD", b"OpenBSD", b"DragonFly", b"MirOS", b"XFree86", b"XdotOrg", b"KAME"];

const DATES: [&[u8]; 3] = [b"Date", b"LastChangedDate", b"DateTime"];

const AUTHORS: [&[u8]; 3] = [b"Author", b"LastChangedBy", b"LastChangedAuthor"];

/// Reads the keywords of a file.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    let head = head(source.bytes);
    let mut keywords = Keywords::default();
    for at in memchr_iter(b'$', source.bytes) {
        if keywords.done(at >= head) {
            break;
        }
        keywords.note(&source.bytes[at..]);
    }
    let mut evidence = Evidence::new(source);
    let logged = if keywords.date.is_none() && keywords.author.is_none() { keywords.log } else { None };
    if !keywords.ids.is_empty() {
        keywords.ids.into_iter().for_each(|mark| evidence.change(mark));
        // A history may go on after the file left the repository.
        comment::note_head(source, &mut evidence);
        return Some(evidence);
    }
    if let Some(mark) = logged {
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

/// The id that a line begins with.
pub(super) fn line(line: &[u8]) -> Option<Mark<'_>> {
    let mut keywords = Keywords::default();
    line.starts_with(b"$").then(|| keywords.note(line))?;
    keywords.ids.pop()
}

/// Where the head ends, in bytes.
fn head(content: &[u8]) -> usize {
    /// A head with longer lines isn't one.
    const MAX_HEAD: usize = 16_000;
    let content = &content[..content.len().min(MAX_HEAD)];
    lines(content).nth(HEAD_LINES).map_or(content.len(), |line| line.as_ptr().addr() - content.as_ptr().addr())
}

#[derive(Default)]
struct Keywords<'a> {
    ids: Vec<Mark<'a>>,
    date: Option<(&'a [u8], Spot)>,
    author: Option<&'a [u8]>,
    log: Option<Mark<'a>>,
    /// How many were looked at.
    tried: usize,
}

impl<'a> Keywords<'a> {
    /// Whether nothing more can count.
    fn done(&self, below_head: bool) -> bool {
        /// A file that went from one repository to another has two or three.
        const ENOUGH: usize = 5;
        self.ids.len() >= ENOUGH || below_head && !self.ids.is_empty() || self.tried >= MAX_TRIED
    }

    fn note(&mut self, text: &'a [u8]) {
        // Most dollars begin none.
        if !text.get(1).is_some_and(u8::is_ascii_uppercase) {
            return;
        }
        self.tried += 1;
        let among = |names: &[&[u8]]| {
            let after = |name: &&[u8]| text[1..].strip_prefix(*name).is_some_and(|rest| rest.first() == Some(&b':'));
            let name = *names.iter().find(|name| after(name))?;
            expansion(text, name.len() + 1)
        };
        if let Some((raw, value)) = among(&IDS) {
            self.ids.extend(one_line(value).then(|| id(raw, value)).flatten());
        } else if let Some((raw, value)) = among(&DATES) {
            // Perforce writes local time.
            let local = text.starts_with(b"$DateTime");
            let dated = |value: &[u8]| dated(value).map(|spot| if local { spot } else { spot.in_utc() });
            let spot = || if one_line(value) { dated(value) } else { dated(&unwrapped(value)) };
            self.date = self.date.or_else(|| spot().map(|spot| (raw, spot)));
        } else if let Some((_, value)) = among(&AUTHORS).filter(|(_, value)| one_line(value)) {
            self.author = self.author.or_else(|| first_word(value));
        } else if let Some((raw, _)) = among(&[b"Log"]).filter(|_| self.log.is_none()) {
            self.log = logged(&text[raw.len()..]);
        }
    }
}

fn one_line(value: &[u8]) -> bool {
    !value.iter().any(|b| matches!(b, b'\r' | b'\n'))
}

/// A value that somebody wrapped, on one line and without the marks of the comment around it.
fn unwrapped(value: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    for line in lines(value) {
        let text = line.trim_ascii();
        let start = text.iter().position(|b| !matches!(b, b'*' | b'#' | b'/' | b';' | b'%' | b' ' | b'\t')).unwrap_or(0);
        if !plain.is_empty() {
            plain.push(b' ');
        }
        plain.extend_from_slice(&text[start..]);
    }
    plain
}

/// The newest entry of a `$Log$`, which stands below it: `Revision 1.2  2001/12/11 17:26:21  muellerw`.
fn logged(below: &[u8]) -> Option<Mark<'_>> {
    const ENTRY: &[u8] = b"Revision ";
    let below = &below[..below.len().min(MAX_LENGTH)];
    let entry = lines(&below[position(below, ENTRY)?..]).next()?;
    let spot = dated(entry)?;
    let author = first_word(entry.get(spot.end..)?)?;
    Some(Mark { kind: Kind::Keyword, raw: entry, author: Some(author.into()), spot: Some(spot.in_utc()) })
}

fn first_word(text: &[u8]) -> Option<&[u8]> {
    text.trim_ascii_start().split(u8::is_ascii_whitespace).next().filter(|word| !word.is_empty())
}

/// The keyword as a whole and its value: `$Date: …$`, after a colon or the two of a fixed width.
fn expansion(text: &[u8], colon: usize) -> Option<(&[u8], &[u8])> {
    let line = &text[..text.len().min(MAX_LENGTH)];
    let end = 1 + memchr(b'$', &line[1..])?;
    let value = line.get(colon..end)?;
    let value = value.strip_prefix(b"::").or_else(|| value.strip_prefix(b":"))?;
    // A value cut to its fixed width ends in `#`.
    let value = value.trim_ascii();
    Some((&line[..=end], value.strip_suffix(b"#").unwrap_or(value)))
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
