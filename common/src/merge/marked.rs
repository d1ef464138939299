//! A conflict as text for an editor, with marks around the sides, and back. Editors see LF only; the line ends of the patch come back
//! afterwards.

use super::lines::{End, is_ended};
use super::{Choice, Lines, Merge, Region, Resolution, Side};

const PUBLISHED: &[u8] = b"<<<<<<< published";
const BASE: &[u8] = b"||||||| base";
const MIDDLE: &[u8] = b"=======";
const SITE: &[u8] = b">>>>>>> site";

/// An edited text still holds the marks that stood around the sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("conflict marks are left in line {line}: take them out, or leave the conflict undecided")]
pub struct MarkersLeft {
    /// The first line with a mark, counted from 1.
    pub line: usize,
}

/// What an editor gets for a region: the decided text where there is one, else the three sides between marks.
pub fn marked(merge: &Merge, resolution: &Resolution, place: usize) -> Vec<u8> {
    let Some(region) = merge.regions().get(place) else { return Vec::new() };
    let mut text = Vec::new();
    if resolution.is_decided(merge, place) {
        push(&mut text, &resolution.part(merge, place).unwrap_or_default());
        return text;
    }
    for (mark, side) in [(PUBLISHED, Side::Published), (BASE, Side::Base), (MIDDLE, Side::Site)] {
        text.extend(mark);
        text.push(b'\n');
        push(&mut text, merge.part(region, side));
    }
    text.extend(SITE);
    text.push(b'\n');
    text
}

/// Lines with LF ends, the last one too.
fn push(text: &mut Vec<u8>, part: &[u8]) {
    for line in Lines::of(part).iter() {
        text.extend(bare(line));
        text.push(b'\n');
    }
}

fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// What came back from the editor, as a choice with the line ends of the patch.
pub fn unmarked(merge: &Merge, region: &Region, edited: &[u8]) -> Result<Choice, MarkersLeft> {
    let edited = Lines::of(edited);
    let marks = marks(merge, region);
    if let Some(line) = edited.iter().position(|line| marks.contains(&bare(line))) {
        return Err(MarkersLeft { line: line + 1 });
    }
    let sides = [Side::Published, Side::Site];
    let parts = sides.map(|side| merge.part(region, side));
    let near = parts.iter().find_map(|part| End::first_of(part));
    let end = near.or_else(|| sides.iter().find_map(|side| End::first_of(merge.input(*side).bytes()))).unwrap_or(End::Lf);
    let mut text = Vec::with_capacity(edited.bytes().len());
    for line in edited.iter() {
        text.extend(bare(line));
        text.extend(end.bytes());
    }
    // Editors end the last line. Where both sides leave it open, so does the result.
    if parts.iter().all(|part| !is_ended(part)) {
        text.truncate(text.len().saturating_sub(end.bytes().len()));
    }
    Ok(Choice::Edited(text))
}

/// The marks that mean something here: a line that the patch itself has, such as one of seven `=`, is no mark.
fn marks(merge: &Merge, region: &Region) -> Vec<&'static [u8]> {
    let own = |mark: &[u8]| {
        let sides = [Side::Published, Side::Base, Side::Site];
        sides.iter().any(|side| Lines::of(merge.part(region, *side)).iter().any(|line| bare(line) == mark))
    };
    [PUBLISHED, BASE, MIDDLE, SITE].into_iter().filter(|mark| !own(mark)).collect()
}
