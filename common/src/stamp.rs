//! Reads who changed a patch and when out of its own text; the formats themselves are one file each below `stamp/`.
//!
//! Names what was found and picks the newest; what to do about it is left to `cell`. Nothing here knows the
//! present time, so a stamp from the future is returned as it stands.

mod chunks;
mod clock;
mod comment;
mod cursor;
mod dates;
mod evidence;
mod git;
mod pattern;
mod squeak;
mod text;
mod visualworks;
mod when;

#[cfg(test)]
mod tests;

pub use pattern::{Pattern, PatternError};
use serde::{Deserialize, Serialize};
pub(crate) use text::{comment_lines, lines, without_bom};
pub use when::{When, WhenError};

use evidence::Evidence;

/// How many lines at the head of a file may hold a comment that says who wrote it, or its issue.
pub(crate) const HEAD_LINES: usize = 50;

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
}

/// The formats that carry a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Change sets and class file-outs of Squeak, Pharo and Cuis, and their changes logs.
    SqueakChangeSet,
    /// VisualWorks XML file-outs and parcel sources.
    VisualWorksXml,
    /// VisualWorks file-outs in chunks, with ENVY or without.
    VisualWorksChunk,
    /// Mail as `git format-patch` writes it.
    GitPatch,
    /// A plain unified diff.
    UnifiedDiff,
    /// A comment at the head or foot of any text.
    Comment,
    /// The application's own regular expression.
    Pattern,
}

/// A file as the readers see it.
struct Source<'a> {
    bytes: &'a [u8],
    name: &'a str,
}

/// Reads one format: none when the file isn't of it, else what the file says (perhaps nothing).
type Reader = fn(&Source) -> Option<Evidence>;

/// In order of trust: a patch that carries a file-out is a patch, and comments are the weakest evidence.
const FORMATS: &[(Format, Reader)] = &[
    (Format::GitPatch, git::mail),
    (Format::UnifiedDiff, git::diff),
    (Format::VisualWorksXml, visualworks::xml),
    (Format::VisualWorksChunk, visualworks::chunk),
    (Format::SqueakChangeSet, squeak::read),
    (Format::Comment, comment::read),
];

/// Reads the stamp: the application's own pattern first, then the table of formats; the first format that
/// recognises the file decides. What the pattern leaves open is filled in by that format.
pub fn stamp(content: &[u8], file_name: &str, pattern: Option<&Pattern>) -> Option<Stamp> {
    let source = Source { bytes: without_bom(content), name: file_name };
    let general = FORMATS.iter().find_map(|(format, read)| read(&source).map(|evidence| evidence.stamp(*format))).flatten();
    let Some(own) = pattern.and_then(|pattern| pattern.read(&source).stamp(Format::Pattern)) else {
        return general;
    };
    let Some(general) = general else { return Some(own) };
    Some(Stamp {
        author: own.author.or(general.author),
        changed_at: own.changed_at.or(general.changed_at),
        filed_out_at: general.filed_out_at,
        format: Format::Pattern,
    })
}
