//! Draws the diff screen: both contents' facts above, the lines that are seen below.

use super::{Body, DiffView, Side};
use crate::app::compare::{Comparison, Kind, Line, Shown};
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::review::Review;
use crate::app::theme::Tone;
use crate::app::view::link_words;
use fieldpost_common::text::{Clean, size};
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Title, two sides, a rule; notes come below them.
const HEAD: u16 = 4;

fn notes(diff: &DiffView) -> &[String] {
    match &diff.body {
        Body::Ready(comparison) => &comparison.notes,
        _ => &[],
    }
}

/// How many lines are seen at once.
pub(crate) fn page(diff: &DiffView, (_, height): (u16, u16)) -> usize {
    usize::from(height).saturating_sub(usize::from(HEAD) + 1 + notes(diff).len())
}

pub(crate) fn draw(model: &Model, diff: &DiffView, painter: &mut Painter<'_>, area: Rect) {
    let place = model.review.as_ref().and_then(Review::place).map_or(String::new(), |place| format!("{place}  "));
    let title = format!(" {place}{} @ {}", diff.patch, diff.site);
    painter.line(0, 0, area.width, Tone::Strong, &title);
    if let Some((tone, words)) = link_words(model) {
        painter.right(0, 0, area.width - 1, tone, &words);
    } else {
        painter.right(0, 0, area.width - 1, Tone::Faint, &position(diff, area));
    }
    side(diff, &diff.left, '-', Tone::Gone, painter, 1, area.width);
    side(diff, &diff.right, '+', Tone::Added, painter, 2, area.width);
    painter.rule(3);
    let notes = notes(diff);
    for (y, note) in (HEAD..).zip(notes) {
        painter.line(1, y, area.width - 2, Tone::Busy, note);
    }
    let top = HEAD + u16::try_from(notes.len()).unwrap_or(0);
    match &diff.body {
        Body::Loading => painter.line(1, top, area.width - 2, Tone::Faint, "Fetching both contents…"),
        Body::Failed(why) => {
            for (y, line) in (top..area.height - 1).zip(why.lines()) {
                painter.line(1, y, area.width - 2, Tone::Alarm, Clean::line(line).as_str());
            }
        }
        Body::Ready(comparison) => body(diff, comparison, painter, top, area),
    }
}

fn side(diff: &DiffView, side: &Side, sign: char, tone: Tone, painter: &mut Painter<'_>, y: u16, width: u16) {
    let facts = side.sha256.map_or(String::new(), |sha256| {
        let length = diff.size_of(&sha256).map_or(String::new(), |bytes| format!(" · {}", size(bytes)));
        format!("{}{length}", sha256.short())
    });
    painter.line(1, y, width - 1, tone, &format!("{sign} {}: {}", side.title, side.stamp));
    painter.right(0, y, width - 1, Tone::Faint, &format!(" {facts}"));
}

fn position(diff: &DiffView, area: Rect) -> String {
    let Some((lines, hunks)) = diff.text() else { return String::new() };
    let page = page(diff, (area.width, area.height));
    let last = (diff.top + page).min(lines.len());
    let changes = if hunks.is_empty() { "the same".to_owned() } else { fieldpost_common::text::count(hunks.len(), "change") };
    format!("{changes} · {last}/{}", lines.len())
}

fn body(diff: &DiffView, comparison: &Comparison, painter: &mut Painter<'_>, top: u16, area: Rect) {
    let Shown::Text { lines, .. } = &comparison.shown else {
        painter.line(1, top, area.width - 2, Tone::Strong, "Not text: only sizes and hashes can be compared.");
        for (y, (side, blob)) in (top + 2..).zip([(&diff.left, comparison.left), (&diff.right, comparison.right)]) {
            let facts = blob.map_or("not there".to_owned(), |blob| format!("{} · {}", size(blob.size), blob.sha256));
            painter.line(1, y, area.width - 2, Tone::Plain, &format!("{:<20} {facts}", side.title));
        }
        return;
    };
    if lines.is_empty() {
        painter.line(1, top, area.width - 2, Tone::Faint, "(no lines)");
    }
    for (y, line) in (top..area.height - 1).zip(lines.iter().skip(diff.top)) {
        draw_line(line, diff.shift, painter, y, area.width);
    }
}

fn draw_line(line: &Line, shift: usize, painter: &mut Painter<'_>, y: u16, width: u16) {
    let (sign, plain, word) = match line.kind {
        Kind::Same => (" ", Tone::Plain, Tone::Plain),
        Kind::Gone => ("-", Tone::Gone, Tone::GoneWord),
        Kind::Added => ("+", Tone::Added, Tone::AddedWord),
        Kind::Place => ("", Tone::Faint, Tone::Faint),
    };
    let mut pieces = vec![(plain, sign.to_owned())];
    let mut skip = shift;
    for (marked, text) in &line.pieces {
        let text = shifted(text, &mut skip);
        pieces.push((if *marked { word } else { plain }, text));
    }
    painter.pieces(0, y, width, &pieces);
}

/// Leaves out as many terminal cells at the left as are still to skip.
fn shifted(text: &str, skip: &mut usize) -> String {
    if *skip == 0 {
        return text.to_owned();
    }
    let mut rest = text.grapheme_indices(true);
    let start = rest.find_map(|(at, grapheme)| {
        if *skip == 0 {
            return Some(at);
        }
        *skip = skip.saturating_sub(grapheme.width());
        None
    });
    start.map_or(String::new(), |at| text[at..].to_owned())
}
