//! Cuts a file into pieces that travel: between two reports where it can, else at the end of a line.

use fieldpost_common::walkback::walkbacks;
use fieldpost_common::wire::MAX_PIECE;
use std::fs::File;
use std::io::{self, Read as _};

/// The next piece; `rest` is what was read before and stands at the beginning of the one after. None: the end.
pub(super) fn next(file: &mut File, rest: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    let mut piece = std::mem::take(rest);
    let room = MAX_PIECE.saturating_sub(piece.len());
    file.take(room as u64).read_to_end(&mut piece)?;
    if piece.len() == MAX_PIECE {
        *rest = piece.split_off(cut(&piece));
    }
    Ok((!piece.is_empty()).then_some(piece))
}

/// Where to cut what is full.
fn cut(piece: &[u8]) -> usize {
    if let [_, .., last] = walkbacks(piece).as_slice()
        && last.span.start > 0
    {
        return last.span.start;
    }
    let line = piece.iter().rposition(|b| *b == b'\n' || *b == b'\r').map_or(0, |at| at + 1);
    if line > piece.len() / 2 { line } else { piece.len() }
}
