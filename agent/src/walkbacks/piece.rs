//! Cuts what is new of a file into pieces that travel: between two reports where it can, else at the end of a line.

use super::ripe::Ripe;
use crate::redact::is_end;
use fieldpost_common::walkback::{MAX_REPORTS, walkbacks};
use fieldpost_common::wire::MAX_PIECE;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;

/// Of what was added at once so many pieces go: the first, and the newest.
pub(super) const MAX_PIECES_OF_FILE: u64 = 16;
const MAX: u64 = MAX_PIECE as u64;

/// What is new of a file, piece by piece.
pub(super) struct Pieces<'a> {
    file: &'a mut File,
    /// Where the next piece begins.
    at: u64,
    /// Where the file ended when it was opened: what is written meanwhile is left to the next look.
    end: u64,
    /// What was read before, and begins the next piece.
    rest: Vec<u8>,
    ripe: Ripe,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(file: &'a mut File, start: u64, end: u64, ripe: Ripe) -> io::Result<Self> {
        file.seek(SeekFrom::Start(start))?;
        Ok(Self { file, at: start, end, rest: Vec::new(), ripe })
    }

    /// How far the pieces came.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The two bytes before a place, or as many as there are.
    pub(super) fn before(&self, at: u64) -> io::Result<Vec<u8>> {
        let from = at.saturating_sub(2);
        let mut bytes = [0; 2];
        let bytes = &mut bytes[..if at < 2 { usize::from(at == 1) } else { 2 }];
        self.file.read_exact_at(bytes, from)?;
        Ok(bytes.to_vec())
    }

    /// The next piece. None: the rest stays where it is.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut piece = self.read()?;
        let full = piece.len() == MAX_PIECE || is_crowded(&piece);
        let length = match self.ripe {
            _ if full => cut(&piece),
            Ripe::Growing => whole(&piece),
            Ripe::Settled | Ripe::Not => piece.len(),
        };
        self.rest = piece.split_off(length);
        self.at += length as u64;
        if !full {
            // What grows is left as it is behind its last whole line.
            self.end = self.at;
            self.rest.clear();
        }
        Ok((!piece.is_empty()).then_some(piece))
    }

    /// A piece's worth of what is left.
    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut piece = std::mem::take(&mut self.rest);
        let left = self.end.saturating_sub(self.at);
        let room = left.min(MAX).saturating_sub(piece.len() as u64);
        (&mut *self.file).take(room).read_to_end(&mut piece)?;
        Ok(piece)
    }

    /// Goes on with the newest, if what is left is too much; gives how many pieces' worth is left out.
    pub(super) fn leave_out(&mut self) -> io::Result<u64> {
        let (before, newest) = (self.at, self.end.saturating_sub((MAX_PIECES_OF_FILE - 1) * MAX));
        if newest <= before {
            return Ok(0);
        }
        // From the byte before on, which may end a line.
        self.at = newest - 1;
        self.file.seek(SeekFrom::Start(self.at))?;
        self.rest.clear();
        self.rest = self.read()?;
        let broken = broken(&self.rest).min(self.rest.len());
        self.rest.drain(..broken);
        self.at += broken as u64;
        Ok((self.at - before).div_ceil(MAX))
    }
}

/// Whether it may hold more reports than are read of one piece. Each takes a line at least.
fn is_crowded(piece: &[u8]) -> bool {
    let lines = piece.iter().filter(|b| is_end(**b)).take(MAX_REPORTS).count();
    lines == MAX_REPORTS && walkbacks(piece).len() == MAX_REPORTS
}

/// Where to cut what is full.
fn cut(piece: &[u8]) -> usize {
    if let [_, .., last] = walkbacks(piece).as_slice()
        && last.span.start > 0
    {
        return last.span.start;
    }
    let line = line_end(piece);
    if line > piece.len() / 2 { line } else { piece.len() }
}

/// How much of what grows is whole: up to the end of its last line, and not into a report that may be still being written.
fn whole(piece: &[u8]) -> usize {
    let end = line_end(piece);
    match walkbacks(&piece[..end]).last() {
        // One that the piece begins with was there when it began to grow: by now it is as whole as it will be.
        Some(last) if last.span.start > 0 && last.span.end >= end => last.span.start,
        _ => end,
    }
}

/// How much of it is the end of a report or line whose beginning was left out.
fn broken(piece: &[u8]) -> usize {
    match walkbacks(piece).as_slice() {
        [_, second, ..] => second.span.start,
        _ => piece.iter().position(|b| is_end(*b)).unwrap_or(0) + 1,
    }
}

fn line_end(piece: &[u8]) -> usize {
    piece.iter().rposition(|b| is_end(*b)).map_or(0, |at| at + 1)
}
