//! Revision histories by hand in the comment at the head of a file: rows of date, name and remark in any order of columns.
//!
//! Rows count below a heading that says that they are a history, or names the columns, and where they begin with a version.
//! Without any of these there must be several, or one that names its author beyond doubt. The newest row gives the time
//! of the change, and its author where it names one; the others are kept for people to see.

use super::dates::{Spot, find};
use super::evidence::Mark;
use super::name::{leading_name, whole_name};
use super::text::decode;
use super::{Evidence, Kind, Source, When};

/// Rows as they come, until the comment is over.
#[derive(Default)]
pub(super) struct History<'a> {
    open: bool,
    rows: Vec<Row<'a>>,
    /// What looks like rows, and has no heading.
    loose: Vec<Row<'a>>,
}

struct Row<'a> {
    raw: &'a [u8],
    spot: Spot,
    author: Option<String>,
    /// Whether a version stands before the date: such a row needs no heading.
    versioned: bool,
    /// Whether it begins with its date.
    dated: bool,
}

impl Row<'_> {
    /// The later of what its date may mean.
    fn latest(&self) -> When {
        self.spot.other.map_or(self.spot.when, |other| other.max(self.spot.when))
    }
}

impl<'a> History<'a> {
    /// Takes the line if it is a heading or a row below one, or may be a row.
    pub(super) fn takes(&mut self, line: &'a [u8], source: &Source<'a>) -> bool {
        if heading(line) || columns(line) {
            self.open = true;
            return true;
        }
        let Some(row) = row(line, source) else { return false };
        if self.open || row.versioned {
            self.rows.push(row);
        } else if row.author.is_some() || row.dated {
            self.loose.push(row);
        } else {
            return false;
        }
        true
    }

    /// Whether a heading said that the rows are a history.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Notes the newest row as the last change, and the others as remarks. Where the head has settled who and when, the
    /// row must name an author and be newer; initials in capitals don't replace a name. Of two from the same day the earlier in the file wins where the newest
    /// stand first, as they mostly do in such lists that run backwards.
    pub(super) fn note(self, settled: bool, evidence: &mut Evidence<'a>) {
        let rows = if self.rows.is_empty() && plausible(&self.loose) { self.loose } else { self.rows };
        let backwards = rows.first().zip(rows.last()).is_some_and(|(first, last)| first.latest() > last.latest());
        let newest = rows.iter().enumerate().max_by_key(|(index, row)| {
            let place = i64::try_from(*index).unwrap_or(i64::MAX);
            (row.latest(), if backwards { -place } else { place })
        });
        let named = |row: &Row| row.author.as_ref().is_some_and(|author| !is_initials(author));
        let counts = |row: &Row| !settled || named(row) && evidence.newest_time().is_none_or(|at| row.latest() > at);
        let newest = newest.filter(|(_, row)| counts(row)).map(|(index, _)| index);
        for (index, Row { raw, spot, author, .. }) in rows.into_iter().enumerate() {
            let author = author.map(|author| author.into_bytes().into());
            if Some(index) == newest {
                evidence.change(Mark { kind: Kind::Label, raw, author, spot: Some(spot) });
            } else {
                evidence.keep(&Mark { kind: Kind::Remark, raw, author, spot: Some(spot) });
            }
        }
    }
}

/// `SG`, which nothing in the file explains.
fn is_initials(author: &str) -> bool {
    author.len() <= 3 && author.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether rows without a heading are a history all the same: several of one shape that name somebody, or one that
/// begins with its date and names somebody in full.
fn plausible(rows: &[Row]) -> bool {
    let named = |row: &&Row| row.author.is_some();
    let in_full = |row: &Row| row.dated && row.author.as_ref().is_some_and(|author| author.contains(' '));
    match rows {
        [] => false,
        [row] => in_full(row),
        rows => rows.iter().any(|row| named(&row)) && (rows.iter().all(|row| row.dated) || rows.iter().filter(named).count() > 1),
    }
}

/// `Modification History:` or `CHANGE LOG`, with nothing behind it.
fn heading(line: &[u8]) -> bool {
    const WHAT: [&str; 17] = [
        "revision",
        "revisions",
        "modification",
        "modifications",
        "change",
        "changes",
        "version",
        "update",
        "updates",
        "edit",
        "maintenance",
        "code",
        "file",
        "release",
        "development",
        "amendment",
        "document",
    ];
    const LISTS: [&str; 10] =
        ["history", "log", "record", "records", "revisions", "modifications", "changes", "changelog", "updates", "amendments"];
    let Some(words) = words(line) else { return false };
    let Some((last, before)) = words.split_last() else { return false };
    LISTS.contains(&last.as_str()) && before.len() <= 2 && before.iter().all(|word| WHAT.contains(&word.as_str()))
}

/// `Version   Date   Who   Description`: at least two names of columns, a date or a person among them, and nothing else.
pub(super) fn columns(line: &[u8]) -> bool {
    const KEYS: [&str; 12] =
        ["date", "who", "author", "name", "by", "programmer", "person", "developer", "engineer", "user", "initials", "editor"];
    const OTHERS: [&str; 31] = [
        "version",
        "ver",
        "rev",
        "revision",
        "release",
        "no",
        "id",
        "description",
        "comment",
        "comments",
        "reason",
        "remarks",
        "remark",
        "change",
        "changes",
        "changed",
        "modified",
        "modification",
        "modifications",
        "reference",
        "ref",
        "what",
        "why",
        "when",
        "purpose",
        "details",
        "notes",
        "summary",
        "ticket",
        "mmm",
        "yyyy",
    ];
    let known = |word: &String| KEYS.contains(&word.as_str()) || OTHERS.contains(&word.as_str()) || word == "dd" || word == "mm";
    words(line).is_some_and(|words| {
        words.len() >= 2 && words.iter().all(known) && words.iter().any(|word| KEYS.contains(&word.as_str()))
    })
}

/// The words of a short line in lower case.
fn words(line: &[u8]) -> Option<Vec<String>> {
    /// Headings are shorter.
    const LONGEST: usize = 120;
    let text = (line.len() <= LONGEST).then(|| std::str::from_utf8(line).ok())??;
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '/' | ':' | '-' | '_' | '.' | '|' | ',' | '(' | ')' | '='));
    Some(words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect())
}

/// `1.0   2001-04-05   bob   Rounds prices`, `2001-04-05 - Bob Bauer`, `bob  April 5, 2001  Created`.
fn row<'a>(line: &'a [u8], source: &Source<'a>) -> Option<Row<'a>> {
    if let Some(row) = packed(line) {
        return Some(row);
    }
    let spot = find(line, source.slashes).or_else(|| first_packed(line))?;
    let (before, after) = (line.get(..spot.start)?.trim_ascii(), line.get(spot.end..)?);
    let before = decode(before).unwrap_or_default();
    let named = before.split_whitespace().filter(|word| !is_number(word)).collect::<Vec<_>>().join(" ");
    let author = match named.as_str() {
        "" => leading_name(&decode_row(after)),
        name => Some(whole_name(name.trim_end_matches(['-', ':', ',', '|', ' ']))?),
    };
    let versioned = named.is_empty() && before.split_whitespace().any(is_version);
    let dated = !before.contains(char::is_alphanumeric);
    Some(Row { raw: line, spot, author, versioned, dated })
}

/// The text of a row, its gaps between columns kept as tabs.
fn decode_row(text: &[u8]) -> String {
    let columns = text.split(|b| *b == b'\t').filter_map(|part| {
        let wide = String::from_utf8_lossy(part).replace("  ", "\t");
        let cells = wide.split('\t').filter_map(|cell| decode(cell.as_bytes()));
        let cells = cells.collect::<Vec<_>>();
        (!cells.is_empty()).then(|| cells.join("\t"))
    });
    columns.collect::<Vec<_>>().join("\t")
}

/// `1.2` or `v1.0`.
fn is_version(word: &str) -> bool {
    let bare = word.trim_start_matches(['v', 'V']).trim_end_matches([':', ',', ')']);
    let digits = |part: &str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
    bare.contains('.') && bare.split('.').all(digits)
}

/// A bullet, a version or a number, and the little words beside them: `v1.0 of`, `R0.01.01`, `#12`, `*`.
fn is_number(word: &str) -> bool {
    const LITTLE: [&str; 12] = ["of", "on", "rev", "rev.", "version", "ver", "ver.", "release", "revision", "v", "date", "at"];
    let digits = word.chars().any(|c| c.is_ascii_digit());
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    !word.chars().any(char::is_alphanumeric)
        || digits && letters <= 3
        || LITTLE.iter().any(|little| word.trim_end_matches(':').eq_ignore_ascii_case(little))
}

/// `06Dec90` at the beginning of a line.
fn first_packed(line: &[u8]) -> Option<Spot> {
    let end = line.iter().position(u8::is_ascii_whitespace)?;
    super::labelled_date::packed(&line[..end])
}

/// `01d,14jun95,hdn  removed a declaration`: version, day and initials with commas between.
fn packed(line: &[u8]) -> Option<Row<'_>> {
    let mut parts = line.splitn(3, |b| *b == b',');
    let (version, day, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let shaped = version.len() <= 4 && version.first().is_some_and(u8::is_ascii_digit);
    let spot = super::labelled_date::packed(day).filter(|_| shaped)?;
    let end = rest.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(rest.len());
    Some(Row { raw: line, spot, author: decode(&rest[..end]), versioned: false, dated: false })
}
