//! What the readers report: each stamp that was found, where, and by which rule one was chosen.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::When;

/// One stamp as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What kind of place it stood in.
    pub kind: Kind,
    /// The text itself, on one line and not too long.
    pub raw: String,
    /// The author it names.
    pub author: Option<String>,
    /// The time it names; none as well when it can be read two ways.
    pub at: Option<When>,
    /// Both readings of a time whose day and month nobody can tell apart: month first, then day first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<When>,
    /// Whether it says how far from UTC its clock was.
    pub zone_known: bool,
    /// How exact the time is.
    pub precision: Option<Precision>,
    /// Where the text begins, in bytes from the start of the file; the file's length for what isn't inside it.
    pub offset: usize,
    /// Whether the time lies over a day ahead.
    pub future: bool,
}

/// How exact a time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// A date alone.
    Day,
    /// No seconds.
    Minute,
    /// To the second.
    Second,
    /// With a fraction of a second.
    Fraction,
}

/// The kinds of places where stamps stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// `stamp: '…'` of a method.
    Method,
    /// `commentStamp: '…'` of a class.
    ClassComment,
    /// `'From … on … at …'`, `<time-stamp>` or `! On …`.
    FileOut,
    /// The comment that a change set begins with.
    Preamble,
    /// `----QUIT----` and `----SNAPSHOT----`.
    Log,
    /// `"Package Name(1.0,user)="`.
    Store,
    /// The name of the file.
    FileName,
    /// The newest entry of a version file.
    Version,
    /// An older entry of a version file; never chosen.
    Ancestor,
    /// `From:` and `Date:` of a mail.
    Mail,
    /// `Signed-off-by:`.
    SignOff,
    /// The time beside the new file of a diff.
    DiffFile,
    /// The author of a change set of SQL.
    ChangeSet,
    /// `$Id$` and its like.
    Keyword,
    /// `Author:`, `Date:` and the like in a comment.
    Label,
    /// A comment that consists of author and time.
    Signed,
    /// Author and date inside a longer comment by hand; never chosen.
    Remark,
    /// The application's own pattern.
    Own,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Method => "method stamp",
            Kind::ClassComment => "class comment stamp",
            Kind::FileOut => "file-out header",
            Kind::Preamble => "change set preamble",
            Kind::Log => "changes log record",
            Kind::Store => "Store comment",
            Kind::FileName => "file name",
            Kind::Version => "version entry",
            Kind::Ancestor => "older version entry",
            Kind::Mail => "mail header",
            Kind::SignOff => "sign-off",
            Kind::DiffFile => "time of the changed file",
            Kind::ChangeSet => "SQL change set",
            Kind::Keyword => "version control keyword",
            Kind::Label => "comment header",
            Kind::Signed => "signed comment",
            Kind::Remark => "remark in a comment",
            Kind::Own => "the application's own pattern",
        })
    }
}

/// The rule by which author and time were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The newest stamp that has both author and time.
    NewestAuthored,
    /// No stamp has both; the author stands elsewhere, and this is the newest time of a change.
    NewestTime,
    /// No change is dated, so it is the time of the file-out.
    FileOutTime,
    /// There is an author and no time.
    AuthorOnly,
    /// The file says neither who nor when.
    #[default]
    Nothing,
    /// The application's own pattern wins over every format.
    OwnPattern,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::NewestAuthored => "the newest stamp with both author and time",
            Why::NewestTime => "the newest time of a change; no stamp has both author and time",
            Why::FileOutTime => "the time of the file-out; no change in the file is dated",
            Why::AuthorOnly => "an author; no time that can be used",
            Why::Nothing => "the file says neither who nor when",
            Why::OwnPattern => "the application's own pattern wins",
        })
    }
}
