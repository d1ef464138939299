//! Draws the messages: newest first, each with its time and how long ago that is.

use super::MessagesView;
use crate::app::dialog::draw::wrap;
use crate::app::grid::explain::ago;
use crate::app::keymap::Context;
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use fieldpost_common::text::Clean;
use ratatui::layout::Rect;

/// Title and rule.
const HEAD: u16 = 2;
/// How much room the time takes.
const WHEN: usize = 15;

/// How many lines are seen at once.
pub(crate) fn page((_, height): (u16, u16)) -> usize {
    usize::from(height.saturating_sub(HEAD + 1)).max(1)
}

/// Every message, wrapped; only its first line has the time.
pub(crate) fn lines(model: &Model, width: usize) -> Vec<(Tone, String, String)> {
    let room = width.saturating_sub(WHEN + 3).max(20);
    let mut lines = Vec::new();
    for said in model.messages.newest_first() {
        let tone = if said.error { Tone::Alarm } else { Tone::Plain };
        let mut when = ago(said.at, model.now);
        let sign = if said.error { "! " } else { "" };
        let parts = said.words.lines().flat_map(|line| wrap(Clean::line(line).as_str(), room - sign.len()));
        for (place, part) in parts.enumerate() {
            let part = if place == 0 { format!("{sign}{part}") } else { part };
            lines.push((tone, std::mem::take(&mut when), part));
        }
    }
    lines
}

pub(crate) fn draw(model: &Model, view: MessagesView, painter: &mut Painter<'_>, area: Rect) {
    painter.line(0, 0, area.width, Tone::Strong, " Messages");
    painter.right(0, 0, area.width - 1, Tone::Faint, "newest first");
    painter.rule(1);
    let lines = lines(model, usize::from(area.width));
    if lines.is_empty() {
        let words = model.say(Context::Messages, "Nothing was said yet. {back} goes back.");
        painter.line(3, HEAD + 1, area.width - 3, Tone::Plain, &words);
    }
    let wide = u16::try_from(WHEN).unwrap_or(15);
    for (y, (tone, when, words)) in (HEAD..area.height - 1).zip(lines.iter().skip(view.top)) {
        painter.line(1, y, wide, Tone::Faint, when);
        painter.line(1 + wide, y, area.width.saturating_sub(wide + 2), *tone, words);
    }
}
