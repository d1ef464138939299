//! The comment lines at the head of a file, in the styles of many languages; what they say is left to the readers.
//!
//! Marks that most languages share are known everywhere; those that mean something else elsewhere go by the ending of
//! the file's name.

use super::HEAD_LINES;
use super::cobol;
use super::text::{lines, position};

/// Comments that run from one mark to another, over lines.
const BLOCKS: &[(&[u8], &[u8])] = &[
    (b"/*", b"*/"),
    (b"<!--", b"-->"),
    (b"<%--", b"--%>"),
    (b"<#", b"#>"),
    (b"(*", b"*)"),
    (b"{-", b"-}"),
    (b"--[[", b"]]"),
    (b"=begin", b"=end"),
    (b"\"\"\"", b"\"\"\""),
    (b"\"", b"\""),
];

/// Marks that make a comment of the rest of a line.
const LEADERS: &[&[u8]] = &[b"#", b"//", b"--", b";", b"%", b"*"];

/// What only some languages take for a comment.
#[derive(Clone, Copy, Default)]
struct Style {
    /// Marks at the start of a line, in any case.
    leaders: &'static [&'static [u8]],
    block: Option<(&'static [u8], &'static [u8])>,
    /// A column of this letter may close the frame around a comment.
    frame: Option<u8>,
    cobol: bool,
}

/// Endings of names in lower case, and the styles of those languages.
const STYLES: &[(&[&str], Style)] = &[
    (
        &["f", "for", "ftn", "f77", "f90", "f95", "f03", "f08"],
        Style { leaders: &[b"c ", b"c\t", b"!"], block: None, frame: Some(b'C'), cobol: false },
    ),
    (&["bat", "cmd"], Style { leaders: &[b"rem ", b"@rem ", b"::"], block: None, frame: None, cobol: false }),
    (&["bas", "vb", "vbs", "frm", "vba"], Style { leaders: &[b"'", b"rem "], block: None, frame: None, cobol: false }),
    (&["pas", "pp", "dpr", "dpk", "lpr"], Style { leaders: &[], block: Some((b"{", b"}")), frame: None, cobol: false }),
    (&["py"], Style { leaders: &[], block: Some((b"'''", b"'''")), frame: None, cobol: false }),
    (&["vim"], Style { leaders: &[b"\""], block: None, frame: None, cobol: false }),
    (&["m4", "ac"], Style { leaders: &[b"dnl "], block: None, frame: None, cobol: false }),
    (cobol::ENDINGS, Style { leaders: &[b"/"], block: None, frame: None, cobol: true }),
];

impl Style {
    fn of(name: &str) -> Style {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is = |endings: &[&str]| endings.iter().any(|known| known.eq_ignore_ascii_case(ending));
        STYLES.iter().find(|(endings, _)| is(endings)).map(|(_, style)| *style).unwrap_or_default()
    }

    /// What the line says after a mark of this language alone.
    fn comment<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        let after = |mark: &&[u8]| {
            let (head, rest) = line.split_at_checked(mark.len())?;
            head.eq_ignore_ascii_case(mark).then_some(rest)
        };
        let text = bare(self.leaders.iter().find_map(after)?);
        let framed = self.frame.and_then(|frame| text.strip_suffix(&[frame])).filter(|text| text.ends_with(b" "));
        Some(framed.map_or(text, <[u8]>::trim_ascii_end))
    }
}

/// The comment lines among the first [`HEAD_LINES`], without their marks.
pub(crate) fn comment_lines<'a>(content: &'a [u8], name: &str) -> impl Iterator<Item = &'a [u8]> {
    comments(content, name).take(HEAD_LINES).flatten()
}

/// What each line of a file says as a comment, none where it says nothing.
pub(super) fn comments<'a>(content: &'a [u8], name: &str) -> impl Iterator<Item = Option<&'a [u8]>> {
    let mut reader = Reader { style: Style::of(name), end: None };
    lines(content).map(move |line| reader.comment(line))
}

/// Goes through the lines of a file.
struct Reader {
    style: Style,
    /// What ends the block that a line before began.
    end: Option<&'static [u8]>,
}

impl Reader {
    /// What the line says as a comment.
    fn comment<'a>(&mut self, line: &'a [u8]) -> Option<&'a [u8]> {
        let line = if self.style.cobol { cobol::without_number(line) } else { line }.trim_ascii();
        if self.end.is_some() {
            return Some(self.inside(line));
        }
        if let Some(text) = self.style.comment(line) {
            return Some(text);
        }
        if self.style.cobol && cobol::is_paragraph(line) {
            return Some(line);
        }
        let mut blocks = self.style.block.iter().chain(BLOCKS);
        if let Some((rest, close)) = blocks.find_map(|(open, close)| Some((line.strip_prefix(*open)?, *close))) {
            self.end = Some(close);
            return Some(self.inside(rest));
        }
        LEADERS.iter().any(|mark| line.starts_with(mark)).then(|| bare(line))
    }

    /// A line within a block, up to the block's end.
    fn inside<'a>(&mut self, line: &'a [u8]) -> &'a [u8] {
        let Some(at) = self.end.and_then(|close| position(line, close)) else { return bare(line) };
        self.end = None;
        bare(&line[..at])
    }
}

/// A comment line without marks and the frame that some draw around it.
fn bare(line: &[u8]) -> &[u8] {
    let frame = |b: &u8| matches!(b, b'#' | b'/' | b'*' | b'-' | b';' | b'%' | b'!' | b'=' | b'|' | b' ' | b'\t');
    // COBOL's `*>` and R's `#'`; at the end they would close an address or a quote.
    let start = line.iter().position(|b| !frame(b) && !matches!(b, b'>' | b'\'')).unwrap_or(line.len());
    let end = line.iter().rposition(|b| !frame(b)).map_or(start, |last| last + 1);
    line.get(start..end).unwrap_or_default()
}
