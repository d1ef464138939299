//! What every screen with a list has: the line at the top, rules, words where nothing can be listed, and room for the rows and for the
//! explanation of the selected one.

use super::List;
use crate::app::grid::layout::body_height;
use crate::app::header::{self, Said};
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use crate::app::unread;
use ratatui::layout::Rect;

/// The line of the columns' titles.
pub(crate) const TITLES: u16 = 2;
/// The line of the first row.
const FIRST: u16 = 3;

/// Where things go.
pub(crate) struct Frame {
    /// How many rows there is room for.
    body: u16,
    /// The first line of the explanation.
    pub(crate) explanation: u16,
}

/// Draws what is around the list; nothing: `words` stand where it would be.
pub(crate) fn frame(model: &Model, said: Said, words: &[String], painter: &mut Painter<'_>, area: Rect) -> Option<Frame> {
    header::draw(model, said, painter, area.width);
    let body = body_height((area.width, area.height));
    painter.rule(1);
    unread::draw(words, painter);
    painter.rule(FIRST + body);
    words.is_empty().then_some(Frame { body, explanation: FIRST + body + 1 })
}

impl Frame {
    /// The rows that are seen: the line of each, whether it is selected, and its item's index.
    pub(crate) fn rows(&self, list: &List) -> impl Iterator<Item = (u16, bool, usize)> {
        (FIRST..FIRST + self.body).zip(list.seen()).map(|(y, (place, index))| (y, place == list.row, index))
    }
}

/// Marks the line of the selected row.
pub(crate) fn mark(painter: &mut Painter<'_>, y: u16, selected: bool) {
    painter.line(0, y, 1, Tone::Strong, if selected { "▌" } else { " " });
}

/// The cell that stands out in the selected row.
pub(crate) fn head(painter: &mut Painter<'_>, (x, y, room): (u16, u16, u16), tone: Tone, selected: bool, words: &str) {
    if selected {
        painter.selected(x, y, room, tone, words);
    } else {
        painter.line(x, y, room, tone, words);
    }
}
