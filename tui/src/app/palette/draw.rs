//! Draws the list of actions: key, what it does, and why not where it can't be done now.

use super::{Entry, Palette, entries};
use crate::app::help::key_column;
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::popup::{Popup, Row, field_width, follow, page};
use crate::app::theme::Tone;
use ratatui::layout::Rect;

pub(crate) fn draw(model: &Model, palette: &Palette, painter: &mut Painter<'_>, area: Rect) {
    let entries = entries(model, palette);
    let found = if entries.is_empty() { "   nothing matches" } else { "" };
    let head = Some((Tone::Strong, format!(":{}{found}", palette.input.field(field_width(area)))));
    let wide = key_column(entries.iter().map(|entry| entry.live));
    let rows = entries.iter().enumerate().map(|(place, entry)| row(model, entry, wide, place == palette.cursor)).collect();
    let top = follow(palette.cursor, page(area, true));
    let why = entries.get(palette.cursor).and_then(|entry| entry.live.binding.ready(model).err());
    let note = why.map_or(String::new(), |why| format!("not now: {}", model.say(model.place(), why)));
    Popup { title: "Actions".to_owned(), head, note, rows, top }.draw(painter, area);
}

fn row(model: &Model, entry: &Entry<'_>, wide: usize, selected: bool) -> Row {
    let binding = entry.live.binding;
    let (tone, why) = match binding.ready(model) {
        Ok(()) => (Tone::Plain, String::new()),
        // What is chosen has its reason above the list.
        Err(_) if selected => (Tone::Faint, String::new()),
        Err(why) => (Tone::Faint, format!("  ({})", model.say(model.place(), why))),
    };
    let mut pieces = vec![(tone, format!("{:<wide$}  ", entry.live.labels()))];
    pieces.extend(highlighted(&entry.help, &entry.at, tone));
    pieces.push((Tone::Faint, why));
    Row { pieces, selected }
}

/// The text in pieces, so that the characters that match stand out.
fn highlighted(text: &str, at: &[u32], plain: Tone) -> Vec<(Tone, String)> {
    let mut pieces: Vec<(Tone, String)> = Vec::new();
    for (place, c) in (0_u32..).zip(text.chars()) {
        let tone = if at.binary_search(&place).is_ok() { Tone::Accent } else { plain };
        match pieces.last_mut() {
            Some((last, text)) if *last == tone => text.push(c),
            _ => pieces.push((tone, c.to_string())),
        }
    }
    pieces
}
