//! What an application says about itself leaves the site without what the config's `redact` rules match. Patches are never touched.
//!
//! Rules hold by line; lines end at `\n` and at `\r`. Bytes that are no UTF-8 are read in several ways, and what a rule finds in
//! any of them goes. A text is matched on more than what is kept of it, so that a cut leaves no head of a match.

mod marks;
mod reading;
mod shown;
#[cfg(test)]
mod tests;

use marks::{Mark, Marks};
pub use reading::is_end;
use reading::{Reader, lines, wide};
use regex::{Regex, RegexBuilder};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// What stands in the place of a match.
pub const MARK: &[u8] = b"[redacted]";
/// So many bytes beyond what is kept are looked at too: a match that is longer may leave what stands before the cut.
pub const MARGIN: usize = 8 << 10;
/// The largest compiled pattern, in bytes, as for the pattern of a log.
const MAX_PATTERN: usize = 1 << 20;

/// The rules of an application; none unless its config has some.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Rules(Vec<Rule>);

/// A regular expression. What it matches goes; where it has groups, what they match.
#[derive(Debug, Clone)]
pub struct Rule(Regex);

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Only of an error within the visitor the place is known to be this rule, and not the list.
        deserializer.deserialize_str(Pattern)
    }
}

struct Pattern;

impl Visitor<'_> for Pattern {
    type Value = Rule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a regular expression")
    }

    fn visit_str<E: serde::de::Error>(self, pattern: &str) -> Result<Rule, E> {
        let built = RegexBuilder::new(pattern).size_limit(MAX_PATTERN).build();
        built.map(Rule).map_err(|error| {
            let error = error.to_string();
            let why = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
            E::custom(format!("the redact rule {pattern:?} can't be used: {why}"))
        })
    }
}

impl Rule {
    /// What of a line goes, and where its match begins: nothing that comes later stands before that. An empty match is none.
    fn find(&self, line: &str, mut found: impl FnMut(usize, Range<usize>)) {
        if self.0.captures_len() == 1 {
            for one in self.0.find_iter(line).filter(|one| !one.is_empty()) {
                found(one.start(), one.range());
            }
            return;
        }
        for captures in self.0.captures_iter(line) {
            let start = captures.get_match().start();
            for one in captures.iter().skip(1).flatten().filter(|one| !one.is_empty()) {
                found(start, one.range());
            }
        }
    }
}

/// Where a piece of a file was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cut {
    /// It begins in the middle of a line.
    pub before: bool,
    /// It ends in the middle of one that goes on.
    pub after: bool,
}

impl Cut {
    /// `before` are the two bytes before the piece, or as many as there are.
    pub fn of(before: &[u8], piece: &[u8], goes_on: bool) -> Self {
        Self { before: !before.is_empty() && !ends_line(before), after: goes_on && !ends_line(piece) }
    }
}

/// Whether a line ends there; of UTF-16 the other byte of its end may follow.
fn ends_line(bytes: &[u8]) -> bool {
    matches!(bytes, [.., end] | [.., end, 0] if is_end(*end))
}

impl Rules {
    /// Whether nothing is taken out.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much to read where `most` bytes are kept.
    pub fn reach(&self, most: usize) -> usize {
        if self.is_empty() { most } else { most + MARGIN }
    }

    /// A whole text.
    pub fn whole<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        self.head(text, usize::MAX)
    }

    /// The first `most` bytes of what was read as far as [`Self::reach`] says.
    pub fn head<'a>(&self, text: &'a [u8], most: usize) -> Cow<'a, [u8]> {
        let marks = self.marks(text);
        let keep = text.len().min(most);
        if marks.is_empty() {
            return Cow::Borrowed(&text[..keep]);
        }
        let mut kept = marks.without(keep);
        kept.truncate(most);
        Cow::Owned(kept)
    }

    /// The end of a text that was read as far as [`Self::reach`] says. Where more stood before it, its first line is not whole, and left out.
    pub fn tail<'a>(&self, text: &'a [u8], is_cut: bool) -> Cow<'a, [u8]> {
        let start = if is_cut && !self.is_empty() { first_line(text) } else { 0 };
        self.whole(&text[start..])
    }

    /// A name.
    pub fn name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        match self.whole(name.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(name),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// A piece of a file, never more than `most` bytes if it has no more. Of a line that begins before it nobody can say what it is: it
    /// goes up to its end. Of one that goes on after it the end goes, since a match may begin there.
    pub fn piece<'a>(&self, text: &'a [u8], cut: Cut, most: usize) -> Cow<'a, [u8]> {
        if self.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut marks = self.marks(text);
        let mut hide = |at: Range<usize>| marks.set(at.clone(), mark(text[at].contains(&0)));
        if cut.before {
            hide(0..line_end(text));
        }
        if cut.after {
            hide(last_line(text).max(text.len().saturating_sub(MARGIN))..text.len());
        }
        if marks.is_empty() {
            return Cow::Borrowed(text);
        }
        if marks.length() > most {
            marks.mask();
        }
        Cow::Owned(marks.without(text.len()))
    }

    /// What goes of a text.
    fn marks<'a>(&self, text: &'a [u8]) -> Marks<'a> {
        let mut marks = Marks::of(text);
        if self.is_empty() {
            return marks;
        }
        let mut reader = Reader::new(&self.0);
        let wide = wide(text);
        for at in lines(text) {
            let line = &text[at.clone()];
            let mark = mark(!wide.is_empty() || line.contains(&0));
            reader.narrow(line, |found| marks.set(at.start + found.start..at.start + found.end, mark));
        }
        for way in wide {
            for line in way.lines(text) {
                reader.wide(text, line, way, |found| marks.set(found, Mark::Masked));
            }
        }
        marks
    }
}

/// Of what may be UTF-16 each byte is masked.
fn mark(wide: bool) -> Mark {
    if wide { Mark::Masked } else { Mark::Goes }
}

/// Where the first line ends, before its end.
fn line_end(text: &[u8]) -> usize {
    let narrow = text.iter().position(|byte| is_end(*byte)).unwrap_or(text.len());
    let wide = wide(text).into_iter().map(|way| way.ends(text).next().unwrap_or(text.len()));
    wide.fold(narrow, usize::max)
}

/// Where the second line begins.
fn first_line(text: &[u8]) -> usize {
    let end = line_end(text);
    end + usize::from(end < text.len())
}

/// Where the last line begins.
fn last_line(text: &[u8]) -> usize {
    let narrow = text.iter().rposition(|byte| is_end(*byte)).map_or(0, |at| at + 1);
    let wide = wide(text).into_iter().map(|way| way.ends(text).last().map_or(0, |at| at + 1));
    wide.fold(narrow, usize::min)
}
