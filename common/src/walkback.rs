//! Takes crash reports apart: which dialect wrote them, what was raised, where, and which of them are the same error.
//!
//! One file per dialect below `walkback/`; each reads reports from where they begin to where they end, and the table
//! below names them all. What the groups of reports mean to people is left to others; nothing here keeps a report.
//! The formats are described in `docs/walkbacks.md`.

mod dating;
mod dolphin;
mod dotnet;
mod fingerprint;
mod frame;
mod gemstone;
mod generic;
mod gnu_smalltalk;
mod java;
mod javascript;
mod lines;
mod normalise;
mod pharo;
mod python;
mod report;
mod rust;
mod smalltalk;
mod squeak;
mod vast;
mod visualworks;
mod vm_crash;
mod written;

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::encoding::decode_utf16;
pub use crate::id::Fingerprint;
use crate::text::Clean;
pub use dating::dated;
pub use frame::{Frame, Role};
use lines::Lines;
use report::Report;
pub use written::Written;

/// The most of a file that is read; what lies beyond is no report that people look at.
pub const MAX_READ: usize = 64 << 20;
/// The most reports that one file is split into.
pub const MAX_REPORTS: usize = 20_000;
/// The most frames that are kept of a report, after equal neighbours are folded.
pub const MAX_FRAMES: usize = 200;
/// The longest message that is kept, in characters.
pub const MAX_MESSAGE: usize = 500;

/// What wrote a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// VisualWorks: a runtime diagnostic dump, or the text of a notifier.
    #[serde(rename = "visualworks")]
    VisualWorks,
    /// Squeak: `SqueakDebug.log`, or a stack that was copied.
    Squeak,
    /// Cuis: `CuisDebug.log`.
    Cuis,
    /// Pharo: `PharoDebug.log`, or what it prints to a terminal.
    Pharo,
    /// The virtual machine below Squeak: `crash.dmp`.
    SqueakVm,
    /// The virtual machine below Pharo: `crash.dmp`.
    PharoVm,
    /// GemStone/S: the stack of a session or of topaz.
    #[serde(rename = "gemstone")]
    GemStone,
    /// VA Smalltalk: `walkback.log`.
    Vast,
    /// Dolphin Smalltalk: a crash dump or an `.errors` file.
    Dolphin,
    /// GNU Smalltalk.
    GnuSmalltalk,
    /// Java and what runs on its machine.
    Java,
    /// .NET.
    #[serde(rename = "dotnet")]
    DotNet,
    /// The error page of ASP.NET.
    #[serde(rename = "dotnet-aspnet")]
    AspNet,
    /// Python.
    Python,
    /// Rust.
    Rust,
    /// JavaScript, of V8 or Firefox.
    #[serde(rename = "javascript")]
    JavaScript,
    /// OCaml.
    #[serde(rename = "ocaml")]
    OCaml,
    /// Anything else.
    Generic,
}

impl Dialect {
    /// As in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::VisualWorks => "visualworks",
            Self::Squeak => "squeak",
            Self::Cuis => "cuis",
            Self::Pharo => "pharo",
            Self::SqueakVm => "squeak-vm",
            Self::PharoVm => "pharo-vm",
            Self::GemStone => "gemstone",
            Self::Vast => "vast",
            Self::Dolphin => "dolphin",
            Self::GnuSmalltalk => "gnu-smalltalk",
            Self::Java => "java",
            Self::DotNet => "dotnet",
            Self::AspNet => "dotnet-aspnet",
            Self::Python => "python",
            Self::Rust => "rust",
            Self::JavaScript => "javascript",
            Self::OCaml => "ocaml",
            Self::Generic => "generic",
        }
    }

    /// Dialects whose reports may be of one error have one family.
    fn family(self) -> &'static str {
        match self {
            Self::Squeak | Self::Cuis | Self::Pharo => "squeak",
            Self::SqueakVm | Self::PharoVm => "squeak-vm",
            Self::DotNet | Self::AspNet => "dotnet",
            other => other.word(),
        }
    }

    /// Whether the dialect writes its own messages in the language of the machine.
    fn is_localised(self) -> bool {
        matches!(self, Self::Dolphin | Self::DotNet | Self::AspNet)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walkback {
    /// What wrote it.
    pub dialect: Dialect,
    /// The class of what was raised.
    pub exception: Option<Clean>,
    /// What it says.
    pub message: Option<Clean>,
    /// The process or thread it happened in.
    pub process: Option<Clean>,
    /// From the frame that failed to the outermost.
    pub frames: Vec<Frame>,
    /// The place in the source, where a report has one beside its frames.
    pub location: Option<Clean>,
    /// When it was written, if it says so.
    pub written: Option<Written>,
    /// Which bytes of the file it is.
    pub span: Range<usize>,
    /// What it has in common with others of the same error.
    pub fingerprint: Fingerprint,
}

impl Walkback {
    /// Where it happened: the first frame of the application, else the place in the source, else the first that is left.
    pub fn top_frame(&self) -> Option<&Clean> {
        let first = |role| self.frames.iter().find(|frame| frame.role == role).map(|frame| &frame.text);
        first(Role::Application).or(self.location.as_ref()).or_else(|| first(Role::Plumbing))
    }
}

/// Reads one report that begins in the first of the lines; gives it with the lines after it.
type Reader = for<'a> fn(Lines<'a>) -> Option<(Report, Lines<'a>)>;

/// The dialects, in the order in which they are asked: those with a head of their own first.
const DIALECTS: &[Reader] = &[
    visualworks::read,
    pharo::read,
    squeak::read_log,
    vm_crash::read,
    vast::read,
    dolphin::read,
    gemstone::read,
    gnu_smalltalk::read,
    python::read,
    rust::read,
    java::read,
    javascript::read,
    dotnet::read,
    squeak::read_stack,
];

/// Splits a file into its reports. A file that holds something, but no known report, is one report of [`Dialect::Generic`].
pub fn walkbacks(bytes: &[u8]) -> Vec<Walkback> {
    let bytes = &bytes[..bytes.len().min(MAX_READ)];
    let Some((text, _)) = decode_utf16(bytes) else { return split(bytes) };
    let mut found = split(text.as_bytes());
    let mark = if matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) { 2 } else { 0 };
    let (mut at, mut wide) = (0, mark);
    let mut place = |to: usize| {
        wide += 2 * text.get(at..to).map_or(0, |piece| piece.encode_utf16().count());
        at = to;
        wide.min(bytes.len())
    };
    for walkback in &mut found {
        walkback.span = place(walkback.span.start)..place(walkback.span.end);
    }
    found
}

fn split(bytes: &[u8]) -> Vec<Walkback> {
    let mut found = Vec::new();
    let mut lines = Lines::new(bytes);
    // The line before and the one before that, unless a report took them.
    let mut before = [None; 2];
    while !lines.is_done() && found.len() < MAX_REPORTS {
        let start = lines.start();
        let report = if lines.is_blank() { None } else { DIALECTS.iter().find_map(|read| read(lines)) };
        if let Some((mut report, rest)) = report {
            report.written = report.written.or_else(|| Written::of_log(lines, before, report.exception.as_deref()));
            before = [None; 2];
            // Every reader takes at least the line it began with; this is what keeps a mistake in one from never ending.
            lines = if rest.start() > start { rest } else { lines.after() };
            found.push(report.finished(start..lines.start()));
        } else {
            before = [Some(lines), before[0]];
            lines.advance();
        }
    }
    if found.is_empty() {
        found.extend(generic::read(Lines::new(bytes)).map(|report| report.finished(0..bytes.len())));
    }
    found
}
