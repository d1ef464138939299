//! The conflict screen's regions and lines in words, signs and tones.

use crate::app::conflict::Work;
use crate::app::conflict::rows::has_head;
use crate::app::theme::Tone;
use fieldpost_common::merge::{Choice, Kind, Lines, Region, Side};
use fieldpost_common::text::{Clean, count};

/// The letter of a content; for those that can be taken it is the key that takes them.
pub(super) fn sign(side: Side) -> char {
    match side {
        Side::Base => 'o',
        Side::Published => 'p',
        Side::Site => 's',
    }
}

/// What happened in a region, and what becomes of it.
pub(super) fn head(work: &Work, place: usize, site: &str) -> (Tone, String) {
    let Some(region) = work.merge.regions().get(place) else { return (Tone::Plain, String::new()) };
    let choice = work.resolution.choice(place);
    let taken = choice.map(|choice| taken(choice, site));
    match (region.kind, taken) {
        (Kind::Conflict, taken) => {
            let number = work.merge.conflicts().position(|conflict| conflict == place).map_or(0, |index| index + 1);
            let what = format!("conflict {number} of {}: ", work.conflicts());
            match taken {
                Some(taken) => (Tone::Good, what + &taken),
                None => (Tone::Alarm, what + "undecided" + hint(work, region)),
            }
        }
        (_, Some(taken)) => (Tone::Good, format!("{}: {taken}", happened(region.kind, site))),
        (kind, None) => (Tone::Strong, format!("{}: taken", happened(kind, site))),
    }
}

fn happened(kind: Kind, site: &str) -> String {
    match kind {
        Kind::Published => "changed only in what is published".to_owned(),
        Kind::Site => format!("changed only at {site}"),
        Kind::Alike => "changed in the same way on both sides".to_owned(),
        Kind::Same | Kind::Conflict => "not changed".to_owned(),
    }
}

fn taken(choice: &Choice, site: &str) -> String {
    match choice {
        Choice::Published => "the published lines are taken".to_owned(),
        Choice::Site => format!("the lines of {site} are taken"),
        Choice::Both => "both are taken, the published lines first".to_owned(),
        Choice::Edited(text) => format!("edited, {}", count(Lines::of(text).len(), "line")),
    }
}

/// What the lines on the screen don't say.
fn hint(work: &Work, region: &Region) -> &'static str {
    let part = |side| work.merge.part(region, side);
    match (part(Side::Published).is_empty(), part(Side::Site).is_empty()) {
        (true, false) => " (not there in what is published)",
        (false, true) => " (not there at the site)",
        _ => "",
    }
}

/// The tone of a line, and the sign before it: `?` undecided, `+` in the result, `-` left out.
pub(super) fn line_tone(work: &Work, place: usize, side: Side, line: usize) -> (Tone, &'static str) {
    let Some(region) = work.merge.regions().get(place) else { return (Tone::Plain, " ") };
    if !has_head(&work.merge, region) {
        return (Tone::Plain, " ");
    }
    let is_new = side != Side::Base && !is_in_base(work, region, side, line);
    match (side, work.takes(place, side)) {
        (Side::Base, _) => (Tone::Faint, " "),
        (_, None) => (if is_new { Tone::Added } else { Tone::Plain }, "?"),
        (_, Some(true)) => (if is_new { Tone::Added } else { Tone::Plain }, "+"),
        (_, Some(false)) => (Tone::Faint, "-"),
    }
}

/// What stands before a line of one content: whose it is, and what becomes of it. In the result: where it comes from.
pub(super) fn gutter(work: &Work, place: usize, side: Side, line: usize) -> (Tone, String) {
    let (tone, sign) = line_tone(work, place, side, line);
    let happened = work.merge.regions().get(place).is_some_and(|region| has_head(&work.merge, region));
    let name = if happened { self::sign(side) } else { ' ' };
    match (work.preview, happened) {
        (true, true) => (Tone::Added, name.to_string()),
        (true, false) => (Tone::Plain, name.to_string()),
        (false, _) => (tone, format!("{name}{sign}")),
    }
}

fn is_in_base(work: &Work, region: &Region, side: Side, line: usize) -> bool {
    let line = work.merge.input(side).part(line..line + 1);
    let base = work.merge.input(Side::Base);
    region.base.clone().any(|one| base.part(one..one + 1) == line)
}

/// A line as it may be shown. Where the contents of a changed region end their lines differently, the end is shown too.
pub(super) fn line(work: &Work, place: usize, side: Side, line: usize) -> String {
    let bytes = work.merge.input(side).part(line..line + 1);
    let text = shown(bytes);
    let region = work.merge.regions().get(place).filter(|region| region.kind != Kind::Same);
    match region {
        Some(region) if ends_differ(work, region) => format!("{text}{}", end(bytes).escape_ascii()),
        _ => text,
    }
}

fn ends_differ(work: &Work, region: &Region) -> bool {
    let sides = [Side::Base, Side::Published, Side::Site];
    let mut firsts = sides.iter().filter_map(|side| region.lines(*side).next().map(|line| (side, line)));
    let last = |side: &Side| region.lines(*side).next_back();
    let end_of = |side: &Side, line: usize| end(work.merge.input(*side).part(line..line + 1));
    let Some((side, line)) = firsts.next() else { return false };
    let (first, tail) = (end_of(side, line), last(side).map(|line| end_of(side, line)));
    firsts.any(|(side, line)| end_of(side, line) != first || last(side).map(|line| end_of(side, line)) != tail)
}

fn end(line: &[u8]) -> &[u8] {
    let text = line.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    &line[text..]
}

/// Bytes of a line as text: UTF-8 where they are, else Latin-1, so that no difference gets lost.
pub(in crate::app::conflict) fn shown(line: &[u8]) -> String {
    let bare = &line[..line.len() - end(line).len()];
    let text = match std::str::from_utf8(bare) {
        Ok(text) => text.to_owned(),
        Err(_) => bare.iter().map(|byte| char::from(*byte)).collect(),
    };
    Clean::lines(&text).to_string()
}
