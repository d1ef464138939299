//! Plain unified diffs, with the headers that quilt, Mercurial and `git show` put before them.
//!
//! Sources: GNU diff's manual for `+++ path<TAB>time zone`, DEP-3 for `Author:` and `Last-Update:`, `hg export`.

use jiff::civil::Date;

use super::dates::{Spot, find};
use super::encoded::person;
use super::evidence::Mark;
use super::git::{sign_off, without_tag};
use super::text::{contains, lines, value};
use super::{Evidence, Kind, Precision, Source, When, keyword};

/// Headers are shorter.
const MAX_LINE: usize = 4_000;

/// Reads `--- path`, `+++ path` and `@@` in a row, and what stands before the first of them.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    // Whatever else it is, a file without a hunk isn't a diff.
    (source.bytes.starts_with(b"@@ -") || contains(source.bytes, b"\n@@ -") || contains(source.bytes, b"\r@@ -")).then_some(())?;
    let mut evidence = Evidence::new(source);
    let mut recognised = false;
    let (mut before, mut new): (&[u8], Option<&[u8]>) = (b"", None);
    let mut head = Head::default();
    for line in lines(source.bytes) {
        if let Some(path) = new.take().filter(|_| line.starts_with(b"@@ -")) {
            recognised = true;
            if let Some(spot) = file_time(path, source) {
                evidence.change(Mark { kind: Kind::DiffFile, raw: path, author: None, spot: Some(spot) });
            }
        }
        new = line.strip_prefix(b"+++ ").filter(|_| before.starts_with(b"--- "));
        before = line;
        if line.is_empty() {
            continue;
        }
        head.note(line, source, &mut evidence);
        if let Some(author) = sign_off(line) {
            evidence.author(Kind::SignOff, line, author.into());
        }
    }
    recognised.then_some(evidence)
}

/// The time of the new file; a file that isn't there has that of the epoch.
fn file_time(path: &[u8], source: &Source) -> Option<Spot> {
    let tab = path.iter().position(|b| *b == b'\t')?;
    let spot = find(&path[tab + 1..], source.slashes)?;
    (spot.when.approx_unix_ms().abs() > 24 * 3_600_000).then_some(spot)
}

/// What the lines before the first file say.
#[derive(Default)]
struct Head<'a> {
    author: Option<(&'a [u8], Vec<u8>)>,
    /// Who put it into Mercurial, which may be another.
    user: Option<(&'a [u8], Vec<u8>)>,
    date: Option<(&'a [u8], Spot)>,
    over: bool,
}

impl<'a> Head<'a> {
    fn note(&mut self, line: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) {
        const STARTS: [&[u8]; 4] = [b"diff ", b"Index: ", b"--- ", b"+++ "];
        if self.over || line.len() > MAX_LINE {
            return;
        }
        if STARTS.iter().any(|start| line.starts_with(start)) {
            self.over = true;
            self.author = self.author.take().or(self.user.take());
            let raw = self.author.as_ref().map(|(line, _)| *line).or(self.date.map(|(line, _)| line));
            let author = self.author.take().map(|(_, author)| author.into());
            let spot = self.date.map(|(_, spot)| spot);
            if let Some(raw) = raw {
                evidence.change(Mark { kind: Kind::Mail, raw, author, spot });
            }
            return;
        }
        self.note_header(line, source, evidence);
    }

    fn note_header(&mut self, line: &'a [u8], source: &Source<'a>, evidence: &mut Evidence<'a>) {
        let one_of = |names: &[&[u8]]| names.iter().find_map(|name| value(line, name));
        if let Some(author) = one_of(&[b"From:", b"Author:"]).and_then(person) {
            self.author.get_or_insert((line, author.into_bytes()));
        } else if let Some(user) = line.strip_prefix(b"# User ").and_then(person) {
            self.user.get_or_insert((line, user.into_bytes()));
        } else if let Some(mark) = keyword::line(line) {
            evidence.change(mark);
        } else if let Some(date) = one_of(&[b"Date:", b"Last-Update:"]) {
            self.date = self.date.or_else(|| find(date, source.slashes).map(|spot| (line, spot)));
        } else if let Some(date) = line.strip_prefix(b"# Date ") {
            self.date = self.date.or_else(|| mercurial(date).map(|spot| (line, spot)));
        } else if let Some(subject) = value(line, b"Subject:") {
            evidence.title(without_tag(subject));
        }
    }
}

/// `1263480000 -3600`: seconds since 1970, and how far west of UTC.
fn mercurial(text: &[u8]) -> Option<Spot> {
    let mut words = std::str::from_utf8(text).ok()?.split_ascii_whitespace();
    let mut number = || words.next()?.parse::<i64>().ok();
    let (seconds, west) = (number()?, number()?);
    let minutes = i16::try_from(-west / 60).ok().filter(|minutes| minutes.abs() <= 14 * 60)?;
    let span = jiff::Span::new().try_seconds(seconds.checked_sub(west)?).ok()?;
    let local = Date::constant(1970, 1, 1).at(0, 0, 0, 0).checked_add(span).ok()?;
    let when = When::new(local.date(), Some(local.time()), Some(minutes));
    Some(Spot { start: 0, end: text.len(), when, precision: Precision::Second, other: None })
}
