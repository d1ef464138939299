//! Draws the copy menu: each thing under its letter, and as much of it as there is room for.

use super::{CopyMenu, Copyable, Text};
use crate::app::paint::Painter;
use crate::app::popup::{Popup, Row, field_width};
use crate::app::theme::Tone;
use fieldpost_common::text::Clean;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

pub(crate) fn draw(menu: &CopyMenu, painter: &mut Painter<'_>, area: Rect) {
    let mut rows = Vec::new();
    for (place, item) in menu.items.iter().enumerate() {
        rows.extend(item_rows(item, place == menu.cursor, area));
    }
    Popup { title: menu.title.to_owned(), rows, ..Popup::default() }.draw(painter, area);
}

fn item_rows(item: &Copyable, selected: bool, area: Rect) -> Vec<Row> {
    let what = Row { pieces: vec![(Tone::Strong, format!("{}  ", item.letter)), (Tone::Plain, item.what.to_owned())], selected };
    let text = match &item.text {
        Text::Known(text) => text.lines().next().unwrap_or_default(),
        Text::Shown => "all of it, not only what is on the screen",
    };
    let text = Clean::line(text).to_string();
    let text = pieces(&text, field_width(area))
        .into_iter()
        .map(|line| Row { pieces: vec![(Tone::Faint, format!("   {line}"))], selected: false });
    std::iter::once(what).chain(text).collect()
}

/// The whole text in lines: what can't be copied can be typed.
fn pieces(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = width;
    for grapheme in text.graphemes(true) {
        if grapheme.width() > room {
            lines.push(String::new());
            room = width;
        }
        room = room.saturating_sub(grapheme.width());
        if let Some(last) = lines.last_mut() {
            last.push_str(grapheme);
        }
    }
    lines
}
