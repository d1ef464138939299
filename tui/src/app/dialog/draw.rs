//! Draws a dialog: a frame in the middle, its lines, and the keys that answer it in the footer.

use super::Dialog;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

pub(crate) fn draw(dialog: &Dialog, painter: &mut Painter<'_>, area: Rect) {
    let cursor = match dialog {
        Dialog::Pick(pick) => Some(pick.cursor()),
        _ => None,
    };
    window(painter, area, &dialog.title(), &dialog.lines(), cursor);
}

/// A frame with a title and lines, as large as they need; long lines are wrapped, and the line of the cursor stays in sight.
pub(crate) fn window(painter: &mut Painter<'_>, area: Rect, title: &str, lines: &[(Tone, String)], cursor: Option<usize>) {
    let most = usize::from(area.width.saturating_sub(8)).min(100);
    let lines: Vec<_> = lines.iter().flat_map(|(tone, line)| wrap(line, most).into_iter().map(|part| (*tone, part))).collect();
    let widest = lines.iter().map(|(_, line)| line.width()).chain([title.width() + 2, 30]).max().unwrap_or(30).min(most);
    let width = u16::try_from(widest).unwrap_or(area.width) + 4;
    let room = area.height.saturating_sub(4);
    let height = u16::try_from(lines.len()).unwrap_or(room).min(room);
    let x = (area.width.saturating_sub(width)) / 2;
    let y = (area.height.saturating_sub(height + 2)) / 2;
    let skip = cursor.map_or(0, |cursor| (cursor + 1).saturating_sub(usize::from(height)));
    let hidden = lines.len().saturating_sub(skip + usize::from(height));
    let more = if hidden > 0 { format!("{hidden} more") } else { String::new() };
    painter.frame(Rect { x, y, width, height: height + 2 }, title, &more);
    for (row, (tone, line)) in (y + 1..=y + height).zip(lines.iter().skip(skip)) {
        painter.line(x + 2, row, width - 4, *tone, line);
    }
}

/// Cuts a line between words; never without a line.
pub(crate) fn wrap(line: &str, width: usize) -> Vec<String> {
    if line.width() <= width {
        return vec![line.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().unwrap_or_else(|| unreachable!("it begins with one line"));
        if last.is_empty() {
            last.push_str(word);
        } else if last.width() + 1 + word.width() <= width {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
