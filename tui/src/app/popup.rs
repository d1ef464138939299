//! A framed list over the screen, with a text field above it where one is wanted. What stands in it is the callers'.

use super::paint::Painter;
use super::theme::Tone;
use ratatui::layout::Rect;

/// One line of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) pieces: Vec<(Tone, String)>,
    pub(crate) selected: bool,
}

/// The list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Popup {
    pub(crate) title: String,
    /// The text field above the list.
    pub(crate) head: Option<(Tone, String)>,
    /// A word about what is selected, below the text field.
    pub(crate) note: String,
    pub(crate) rows: Vec<Row>,
    /// Rows that are scrolled away at the top.
    pub(crate) top: usize,
}

/// How wide it may be.
const WIDEST: u16 = 104;

/// The most room that a popup takes.
fn room(area: Rect) -> Rect {
    let width = area.width.min(WIDEST);
    let height = area.height.saturating_sub(2).max(3);
    Rect { x: (area.width - width) / 2, y: 0, width, height }
}

/// How wide its lines may be.
pub(crate) fn inside(area: Rect) -> usize {
    usize::from(room(area).width.saturating_sub(4))
}

/// How wide a text field in it may be.
pub(crate) fn field_width(area: Rect) -> usize {
    inside(area).saturating_sub(4)
}

/// How many rows are seen at once.
pub(crate) fn page(area: Rect, has_head: bool) -> usize {
    usize::from(room(area).height).saturating_sub(if has_head { 4 } else { 2 }).max(1)
}

impl Popup {
    pub(crate) fn draw(&self, painter: &mut Painter<'_>, area: Rect) {
        let page = page(area, self.head.is_some());
        let height = self.height(area, page);
        let room = Rect { y: (area.height - 2).saturating_sub(height) / 2, height, ..room(area) };
        let hidden = self.rows.len().saturating_sub(self.top + page);
        let foot = if hidden > 0 { format!("{hidden} more") } else { String::new() };
        painter.frame(room, &self.title, &foot);
        let inside = room.width - 4;
        let mut y = room.y + 1;
        if let Some((tone, head)) = &self.head {
            painter.line(room.x + 2, y, inside, *tone, head);
            painter.line(room.x + 2, y + 1, inside, Tone::Faint, &self.note);
            y += 2;
        }
        for (y, row) in (y..room.bottom() - 1).zip(self.rows.iter().skip(self.top)) {
            if row.selected {
                let text: String = row.pieces.iter().map(|(_, text)| text.as_str()).collect();
                painter.selected(room.x + 2, y, inside, Tone::Plain, &format!("{text:<0$}", usize::from(inside)));
            } else {
                painter.pieces(room.x + 2, y, inside, &row.pieces);
            }
        }
    }

    /// With a text field it keeps its height while rows come and go.
    fn height(&self, area: Rect, page: usize) -> u16 {
        match self.head {
            Some(_) => room(area).height,
            None => u16::try_from(self.rows.len().min(page) + 2).unwrap_or(area.height),
        }
    }
}

/// Where the list must begin for a row to be seen.
pub(crate) fn follow(row: usize, page: usize) -> usize {
    (row + 1).saturating_sub(page)
}
