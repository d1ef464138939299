//! Draws the diff screen: the head above, the rows that are seen below.

use super::line::{Frame, Piece};
use super::{Body, DiffView, head};
use crate::app::compare::{Blob, Comparison, Shown};
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use fieldpost_common::text::{Clean, size};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

pub(crate) fn draw(model: &Model, view: &DiffView, painter: &mut Painter<'_>, area: Rect) {
    let top = head::draw(model, view, painter, area);
    let rows = top..area.height - 1;
    match &view.body {
        Body::Loading => painter.line(1, top, area.width - 2, Tone::Faint, "Fetching both contents…"),
        Body::Failed(why) => {
            for (y, line) in rows.zip(why.lines()) {
                painter.line(1, y, area.width - 2, Tone::Alarm, Clean::line(line).as_str());
            }
        }
        Body::Ready(comparison) if comparison.shown == Shown::Binary => binary(view, comparison, painter, top, area.width),
        Body::Ready(_) => text(view, painter, rows, area.width),
    }
}

fn text(view: &DiffView, painter: &mut Painter<'_>, rows: std::ops::Range<u16>, width: u16) {
    if view.rows.is_empty() {
        return painter.line(1, rows.start, width - 2, Tone::Faint, "(no lines)");
    }
    let Some(frame) = Frame::new(view, width) else { return };
    for (y, row) in rows.zip(view.top..) {
        for (x, pieces) in frame.row(row) {
            draw_pieces(&pieces, painter, u16::try_from(x).unwrap_or(width), y, width);
        }
    }
}

fn draw_pieces(pieces: &[Piece], painter: &mut Painter<'_>, mut x: u16, y: u16, width: u16) {
    for (tone, selected, text) in pieces {
        let room = width.saturating_sub(x);
        // Numbers, signs and folds are faint; everything else stands in the patch.
        if *tone == Tone::Faint {
            painter.line(x, y, room, *tone, text);
        } else if *tone == Tone::Busy {
            // Escapes, and the sign that something was cut off.
            painter.content(x, y, room, *tone, *selected, &text.replace('…', painter.cut_sign()));
        } else {
            painter.content(x, y, room, *tone, *selected, text);
        }
        x = x.saturating_add(u16::try_from(text.width()).unwrap_or(room));
    }
}

fn binary(view: &DiffView, comparison: &Comparison, painter: &mut Painter<'_>, top: u16, width: u16) {
    painter.line(1, top, width - 2, Tone::Strong, "Not text: compared by size and hash.");
    let alike = comparison.left.as_ref().map(|blob| blob.sha256) == comparison.right.as_ref().map(|blob| blob.sha256);
    let verdict = if alike { "Both are the same, byte for byte." } else { "They differ." };
    painter.line(1, top + 1, width - 2, Tone::Plain, verdict);
    let mut y = top + 3;
    for (side, blob) in [(&view.left, &comparison.left), (&view.right, &comparison.right)] {
        painter.line(1, y, width - 2, Tone::Strong, &side.title);
        for line in facts(blob.as_ref()) {
            y += 1;
            painter.line(3, y, width - 4, Tone::Plain, &line);
        }
        y += 2;
    }
}

fn facts(blob: Option<&Blob>) -> Vec<String> {
    blob.map_or(vec!["not there".to_owned()], |blob| {
        let exact = if blob.size < 1024 { String::new() } else { format!(" ({} bytes)", blob.size) };
        vec![format!("{}{exact} · {}", size(blob.size), blob.kind), blob.sha256.to_string()]
    })
}
