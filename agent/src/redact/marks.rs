//! What of a text goes, byte by byte: it takes the same room however much is found.

use super::MARK;
use std::ops::Range;

/// What becomes of a byte. Of what lies over another the later one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Stays,
    Goes,
    /// One sign for each byte, zeros left: what is UTF-16 can still be read.
    Masked,
}

/// The marks of a text.
pub(super) struct Marks<'a> {
    text: &'a [u8],
    /// None until something goes.
    marks: Vec<Mark>,
}

impl<'a> Marks<'a> {
    pub(super) fn of(text: &'a [u8]) -> Self {
        Self { text, marks: Vec::new() }
    }

    pub(super) fn set(&mut self, at: Range<usize>, mark: Mark) {
        if self.marks.is_empty() && !at.is_empty() {
            self.marks = vec![Mark::Stays; self.text.len()];
        }
        for one in self.marks.get_mut(at).unwrap_or_default() {
            *one = mark.max(*one);
        }
    }

    /// Whether all stays.
    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// All that goes is masked.
    pub(super) fn mask(&mut self) {
        for one in &mut self.marks {
            if *one == Mark::Goes {
                *one = Mark::Masked;
            }
        }
    }

    /// What stays together or goes together.
    fn runs(&self) -> impl Iterator<Item = (Range<usize>, Mark)> {
        let mut start = 0;
        self.marks.chunk_by(|one, next| (*one == Mark::Stays) == (*next == Mark::Stays)).map(move |run| {
            let at = start..start + run.len();
            start = at.end;
            (at, run.iter().copied().max().unwrap_or(Mark::Stays))
        })
    }

    /// How long the text is without what goes.
    pub(super) fn length(&self) -> usize {
        self.runs().map(|(at, mark)| if mark == Mark::Goes { MARK.len() } else { at.len() }).sum()
    }

    /// The first `keep` bytes without what goes; what goes and begins there is replaced as a whole.
    pub(super) fn without(&self, keep: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(keep.min(self.text.len()));
        for (at, mark) in self.runs().take_while(|(at, _)| at.start < keep) {
            match mark {
                Mark::Stays => out.extend_from_slice(&self.text[at.start..at.end.min(keep)]),
                Mark::Goes => out.extend_from_slice(MARK),
                Mark::Masked => out.extend(self.text[at].iter().map(|byte| if *byte == 0 { 0 } else { b'*' })),
            }
        }
        out
    }
}
