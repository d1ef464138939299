//! Draws the conflict screen: what is known of the three contents above, the rows that are seen below.

pub(super) mod words;

use super::rows::{Row, rows};
use super::{Body, ConflictView, SIDES, WIDE, Work, open, sideways};
use crate::app::diff::Side as Facts;
use crate::app::keymap::Context;
use crate::app::model::Model;
use crate::app::paint::{Painter, shifted};
use crate::app::theme::Tone;
use crate::app::view::link_words;
use fieldpost_common::merge::Side;
use fieldpost_common::text::{Clean, size};
use ratatui::layout::Rect;

/// Title, three lines of facts, a rule.
const HEAD: u16 = 5;

/// How many rows are seen at once.
pub(crate) fn page((_, height): (u16, u16)) -> usize {
    usize::from(height.saturating_sub(HEAD + 1))
}

pub(crate) fn draw(model: &Model, view: &ConflictView, painter: &mut Painter<'_>, area: Rect) {
    let (tone, words) = state(model, view);
    painter.line(0, 0, area.width, Tone::Strong, &format!(" {} @ {}", view.patch, view.site));
    painter.right(0, 0, area.width - 1, tone, &format!("  {words}"));
    if area.width >= WIDE {
        facts_across(view, painter, area.width);
    } else {
        facts_below(view, painter, area.width);
    }
    painter.rule(HEAD - 1);
    match &view.body {
        Body::Loading => painter.line(1, HEAD, area.width - 2, Tone::Faint, "Fetching the three contents…"),
        Body::Failed(why) => failed(model, why, painter, area),
        Body::Ready(work) => body(model, (view, work), painter, area),
    }
}

/// How far the decisions are, and whatever is wrong.
fn state(model: &Model, view: &ConflictView) -> (Tone, String) {
    if is_outdated(model, view) {
        return (Tone::Alarm, model.say(Context::Conflict, OUTDATED));
    }
    let progress = view.work().map_or(String::new(), Work::progress);
    match link_words(model) {
        Some((tone, link)) => (tone, format!("{link}  {progress}")),
        None if view.work().is_some_and(Work::is_all_decided) => (Tone::Good, progress),
        None => (Tone::Strong, progress),
    }
}

const OUTDATED: &str = "changed meanwhile: {back}, then {grid.open} shows it";

/// Whether the cell has other contents by now than those on the screen.
fn is_outdated(model: &Model, view: &ConflictView) -> bool {
    if view.is_settling(model) || model.grid.application() != Some(&view.three.application) {
        return false;
    }
    let now = model.grid.find(&view.patch, &view.site).and_then(|place| open::three(&model.grid, place));
    now.is_none_or(|now| (now.published, now.site) != (view.three.published, view.three.site))
}

fn failed(model: &Model, why: &str, painter: &mut Painter<'_>, area: Rect) {
    let advice = model.say(Context::Conflict, "{back}, then {grid.open} tries it again.");
    for (y, line) in (HEAD..area.height - 1).zip(why.lines().chain(["", &advice])) {
        painter.line(1, y, area.width - 2, if line == advice { Tone::Plain } else { Tone::Alarm }, Clean::line(line).as_str());
    }
}

/// The hash and, once it is known, the size.
fn identity(view: &ConflictView, facts: &Facts, side: Side) -> String {
    let Some(sha256) = facts.sha256 else { return String::new() };
    let bytes = view.work().map(|work| work.merge.input(side).bytes().len() as u64);
    let length = bytes.map_or(String::new(), |bytes| format!(" · {}", size(bytes)));
    format!("{}{length}", sha256.short())
}

fn facts_below(view: &ConflictView, painter: &mut Painter<'_>, width: u16) {
    for (y, (facts, side)) in (1..).zip(view.facts.iter().zip(SIDES)) {
        let sign = words::sign(side);
        painter.line(0, y, width - 1, Tone::Plain, &format!("{sign} {}: {}", facts.title, facts.words()));
        painter.right(0, y, width - 1, Tone::Faint, &format!(" {}", identity(view, facts, side)));
    }
}

fn facts_across(view: &ConflictView, painter: &mut Painter<'_>, width: u16) {
    for (column, (facts, side)) in view.facts.iter().zip(SIDES).enumerate() {
        let (x, room) = column_at(column, width);
        painter.line(x, 1, room, Tone::Strong, &facts.title);
        painter.line(x, 2, room, Tone::Plain, &facts.words());
        painter.line(x, 3, room, Tone::Faint, &identity(view, facts, side));
        for y in 1..4 {
            border(column, painter, x, y);
        }
    }
}

fn border(column: usize, painter: &mut Painter<'_>, x: u16, y: u16) {
    if column > 0 {
        painter.line(x - 2, y, 1, Tone::Faint, "│");
    }
}

/// Where a column begins and how wide it is.
fn column_at(column: usize, width: u16) -> (u16, u16) {
    let third = width / 3;
    let x = third * u16::try_from(column).unwrap_or(0) + 1;
    (x, if column == 2 { width - x } else { third - 2 })
}

fn body(model: &Model, (view, work): (&ConflictView, &Work), painter: &mut Painter<'_>, area: Rect) {
    let rows = rows(work, area.width);
    if rows.is_empty() {
        painter.line(1, HEAD, area.width - 2, Tone::Faint, "(no lines)");
    }
    for (y, row) in (HEAD..area.height - 1).zip(rows.iter().skip(work.top)) {
        draw_row(view, work, row, painter, y, area.width);
    }
    if !work.merge.is_text() {
        binary(model, (view, work), painter, area);
    }
}

fn draw_row(view: &ConflictView, work: &Work, row: &Row, painter: &mut Painter<'_>, y: u16, width: u16) {
    match row {
        Row::Fold(lines) => painter.line(0, y, width, Tone::Faint, &format!("  ⋯ {lines} lines the same")),
        Row::Missing(place) | Row::Head(place) => {
            let (tone, words) = words::head(work, *place, view.site.as_str());
            let words = format!("{} {words} ", if *place == work.at { '▌' } else { ' ' });
            if *place == work.at { painter.selected(0, y, width, tone, &words) } else { painter.line(0, y, width, tone, &words) }
        }
        Row::Across { place, lines } => {
            for (column, (side, line)) in SIDES.into_iter().zip(lines).enumerate() {
                let (x, room) = column_at(column, width);
                border(column, painter, x, y);
                if let Some(line) = line {
                    let (tone, sign) = words::line_tone(work, *place, side, *line);
                    let shift = sideways::shift(work, (*place, side, *line), sideways::room(width));
                    painter.content(x - 1, y, 1, tone, false, sign);
                    moved(painter, (x, y, room), tone, &words::line(work, *place, side, *line), shift);
                }
            }
        }
        Row::One { place, side, line } => {
            let shift = sideways::shift(work, (*place, *side, *line), sideways::room(width));
            let (tone, gutter) = words::gutter(work, *place, *side, *line);
            painter.content(0, y, 3, tone, false, &gutter);
            let x = if work.preview { 2 } else { 3 };
            moved(painter, (x, y, width - x), tone, &words::line(work, *place, *side, *line), shift);
        }
        Row::Edited { line, .. } => {
            let (x, gutter) = if work.preview { (2, "e") } else { (3, "e+") };
            painter.content(0, y, x, Tone::Added, false, gutter);
            moved(painter, (x, y, width - x), Tone::Added, &words::shown(line), 0_usize.saturating_add_signed(work.shift));
        }
    }
}

/// A line with its beginning out of sight at the left, and a sign that it is.
fn moved(painter: &mut Painter<'_>, (x, y, room): (u16, u16, u16), tone: Tone, text: &str, shift: usize) {
    painter.content(x, y, room, tone, false, &shifted(text, &mut { shift }));
    if shift > 0 && !text.is_empty() {
        painter.line(x, y, 1, Tone::Strong, "‹");
    }
}

/// Not text: sizes and hashes, below what happened.
fn binary(model: &Model, (view, work): (&ConflictView, &Work), painter: &mut Painter<'_>, area: Rect) {
    let y = HEAD + 2;
    let advice = model.say(
        Context::Conflict,
        "Not text: it can't be merged line by line. Take one side whole: {take-published} or {take-site}.",
    );
    painter.line(1, y, area.width - 2, Tone::Plain, &advice);
    for (y, (facts, side)) in (y + 2..area.height - 1).zip(view.facts.iter().zip(SIDES)) {
        let bytes = work.merge.input(side).bytes().len() as u64;
        let identity = facts.sha256.map_or("never agreed".to_owned(), |sha256| format!("{:>9} · {sha256}", size(bytes)));
        let tone = if work.takes(0, side) == Some(true) { Tone::Good } else { Tone::Plain };
        painter.line(1, y, area.width - 2, tone, &format!("{:<20} {identity}", facts.title));
    }
}
