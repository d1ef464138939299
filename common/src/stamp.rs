//! Reads who changed a patch and when out of its own text; the formats themselves are one file each below `stamp/`.
//!
//! Keeps what was found, chooses by one stated rule and says which; what to do about it is left to `cell`. The present
//! time is a hint from outside.

mod author;
mod choice;
mod chunks;
mod clock;
mod cobol;
mod comment;
mod comment_lines;
mod cursor;
mod dates;
mod diff;
mod dolphin;
mod encoded;
mod event;
mod evidence;
mod file_name;
mod filetree;
mod flyway;
mod fold;
mod found;
mod gemstone;
mod git;
mod hints;
mod history;
mod keyword;
mod label;
mod label_words;
mod labelled_date;
mod liquibase;
mod located;
mod month;
mod monticello;
mod name;
mod order;
mod pattern;
mod place;
mod removal;
mod signed;
mod slatec;
mod smalltalk78;
mod sql_server;
mod squeak;
mod text;
mod tonel;
mod vast;
mod visualworks;
mod when;
mod wide;

#[cfg(test)]
mod tests;

pub(crate) use comment_lines::comment_lines;
pub(crate) use dates::{Slashes, find as find_date};
pub use found::{Found, Kind, Precision, Why};
pub use hints::{DateOrder, Hints};
pub use located::{FoundAt, located};
pub use pattern::{Pattern, PatternError, Place};
pub use place::PlaceError;
use serde::{Deserialize, Serialize};
pub(crate) use text::{lines, without_bom};
pub use when::{When, WhenError};
pub(crate) use wide::Wide;

use evidence::Evidence;

/// How many lines at the head of a file may hold a comment that says who wrote it, or its issue.
pub(crate) const HEAD_LINES: usize = 50;

/// The most stamps of one file that are kept; the choice looks at all of them.
pub const MAX_FOUND: usize = 10_000;

/// What a patch says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Who changed it, as written in the file (often initials); none is legal and common.
    pub author: Option<String>,
    /// When it was last changed: the newest authored stamp, else the newest one without author, else the file-out header.
    pub changed_at: Option<When>,
    /// When it was filed out, where the format has a header that says so.
    pub filed_out_at: Option<When>,
    /// The format that was recognised.
    pub format: Format,
    /// By which rule author and time were chosen.
    #[serde(default)]
    pub why: Why,
    /// Where the author was read.
    #[serde(default)]
    pub author_from: Option<Kind>,
    /// Where the time was read.
    #[serde(default)]
    pub time_from: Option<Kind>,
    /// Who the author's initials belong to, by the application's table.
    #[serde(default)]
    pub person: Option<String>,
    /// Whether a date was left out because nobody can tell its day from its month.
    #[serde(default)]
    pub ambiguous: bool,
    /// Whether a time was left out because it lies over a day ahead.
    #[serde(default)]
    pub future: bool,
    /// What the format calls the patch: a change set's name, the subject of a mail.
    #[serde(default)]
    pub title: Option<String>,
    /// What the patch was made against: the number of the latest update.
    #[serde(default)]
    pub base: Option<String>,
    /// Its place in a sequence: a file's number, a migration's version.
    #[serde(default)]
    pub number: Option<String>,
    /// Methods and classes that it removes, as `Order class>>price` and `Order`.
    #[serde(default)]
    pub removals: Vec<String>,
    /// All that was found, in the order of the file, up to [`MAX_FOUND`].
    #[serde(default)]
    pub found: Vec<Found>,
    /// Whether there was more than is kept.
    #[serde(default)]
    pub more: bool,
}

/// The formats that are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Change sets and class file-outs of Squeak, Pharo and Cuis, and their changes logs.
    SqueakChangeSet,
    /// VisualWorks XML file-outs and parcel sources.
    VisualWorksXml,
    /// VisualWorks file-outs in chunks, with ENVY or without.
    VisualWorksChunk,
    /// GemStone's Topaz, and programs that write it.
    Topaz,
    /// Dolphin classes and packages: no stamp.
    Dolphin,
    /// VA Smalltalk and ENVY applications: no stamp.
    VaSmalltalk,
    /// The `version` file of a Monticello package.
    Monticello,
    /// FileTree's `methodProperties.json` and class `properties.json`.
    FileTree,
    /// Tonel: no stamp.
    Tonel,
    /// Updates of Smalltalk-78, and other numbered updates.
    Smalltalk78,
    /// Mail as `git format-patch` writes it.
    GitPatch,
    /// A plain unified diff.
    UnifiedDiff,
    /// Formatted SQL of Liquibase: authors, no time.
    Liquibase,
    /// Scripts of SQL Server's Management Studio: the time of the script.
    SqlServerScript,
    /// A migration of Flyway, by its name: no stamp.
    Flyway,
    /// `$Id$` and its like, as RCS, CVS and Subversion expand them.
    Keyword,
    /// A comment at the head or foot of any text.
    Comment,
    /// The application's own regular expression.
    Pattern,
}

/// A file as the readers see it.
#[derive(Clone, Copy)]
struct Source<'a> {
    bytes: &'a [u8],
    name: &'a str,
    /// How to read a date that can be read two ways, outside the families with a fixed order.
    slashes: Slashes,
    /// The first millisecond that is too far ahead to be true.
    future_from: Option<i64>,
    /// What the byte order mark before the bytes takes.
    skipped: usize,
}

impl<'a> Source<'a> {
    fn new(content: &'a [u8], file_name: &'a str, hints: &Hints) -> Source<'a> {
        let bytes = without_bom(content);
        Source {
            bytes,
            name: file_name.rsplit(['/', '\\']).next().unwrap_or(file_name),
            slashes: Slashes::Unsure,
            future_from: hints.future_from(),
            skipped: content.len() - bytes.len(),
        }
    }
}

/// Reads one format: none when the file isn't of it, else what the file says (perhaps nothing).
type Reader = for<'a> fn(&Source<'a>) -> Option<Evidence<'a>>;

/// In order of trust: a patch that carries a file-out is a patch, and comments are the weakest evidence.
const FORMATS: &[(Format, Reader)] = &[
    (Format::GitPatch, git::read),
    (Format::UnifiedDiff, diff::read),
    (Format::VisualWorksXml, visualworks::xml),
    (Format::VisualWorksChunk, visualworks::chunk),
    (Format::Topaz, gemstone::read),
    (Format::Monticello, monticello::read),
    (Format::FileTree, filetree::read),
    (Format::Tonel, tonel::read),
    (Format::Dolphin, dolphin::read),
    (Format::SqueakChangeSet, squeak::read),
    (Format::VaSmalltalk, vast::read),
    (Format::Liquibase, liquibase::read),
    (Format::Keyword, keyword::read),
    (Format::SqlServerScript, sql_server::read),
    (Format::Flyway, flyway::read),
    (Format::Smalltalk78, smalltalk78::read),
    (Format::Comment, comment::read),
];

/// Reads the stamp: the application's own pattern first, then the table of formats; the first format that
/// recognises the file decides. What the pattern leaves open is filled in by that format. None when the file says
/// nothing about who or when.
pub fn stamp(content: &[u8], file_name: &str, pattern: Option<&Pattern>) -> Option<Stamp> {
    let hints = Hints { patterns: pattern.cloned().into_iter().collect(), ..Hints::default() };
    stamp_with(content, file_name, &hints).filter(|stamp| stamp.author.is_some() || stamp.changed_at.is_some())
}

/// As [`stamp`], with what is known from elsewhere; a file whose format is recognised has a stamp even when it says
/// nothing about who or when.
pub fn stamp_with(content: &[u8], file_name: &str, hints: &Hints) -> Option<Stamp> {
    let Some(wide) = Wide::of(content) else { return narrow(content, file_name, hints) };
    let mut stamp = narrow(wide.text.as_bytes(), file_name, hints)?;
    wide.put_back(&mut stamp.found);
    Some(stamp)
}

/// Reads bytes in which ASCII stands for itself.
fn narrow(content: &[u8], file_name: &str, hints: &Hints) -> Option<Stamp> {
    let source = Source::new(content, file_name, hints);
    let general = settled(source, hints, |source| {
        FORMATS.iter().find_map(|(format, read)| read(source).map(|evidence| (*format, evidence)))
    });
    let general = general.map(|(format, evidence)| evidence.stamp(format, hints));
    let own = hints.patterns.iter().find_map(|pattern| {
        let (format, evidence) = settled(source, hints, |source| Some((Format::Pattern, pattern.read(source))))?;
        let stamp = evidence.stamp(format, hints);
        (stamp.author.is_some() || stamp.changed_at.is_some() || stamp.ambiguous || stamp.future).then_some(stamp)
    });
    match (own, general) {
        (Some(own), Some(general)) => Some(choice::merged(own, general)),
        (own, general) => own.or(general),
    }
}

/// Reads once, and once more when the file or the hints settle how its doubtful dates are meant.
fn settled<'a>(
    source: Source<'a>,
    hints: &Hints,
    read: impl Fn(&Source<'a>) -> Option<(Format, Evidence<'a>)>,
) -> Option<(Format, Evidence<'a>)> {
    let (format, evidence) = read(&source)?;
    let header = evidence.filed_out.map(|(_, at)| at);
    let Some(slashes) = evidence.doubt.and_then(|doubt| order::settle(&source, doubt, header, hints)) else {
        return Some((format, evidence));
    };
    read(&Source { slashes, ..source })
}
