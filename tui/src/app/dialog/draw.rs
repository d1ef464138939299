//! Draws a dialog: a frame in the middle, its lines, and the keys that answer it in the footer.

use super::Dialog;
use crate::app::keymap::Keymap;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

pub(crate) fn draw(dialog: &Dialog, keys: &Keymap, painter: &mut Painter<'_>, area: Rect) {
    let size = (area.width, area.height);
    let parts = Parts { body: wrapped(&dialog.lines(), size), foot: wrapped(&dialog.foot(keys), size) };
    let top = match dialog {
        Dialog::Pick(pick) => (pick.cursor() + 1).saturating_sub(parts.body_room(size)),
        _ => dialog.top().min(parts.hidden(size)),
    };
    framed(painter, area, &dialog.title(), &parts, top);
}

/// How far a dialog can be scrolled on a screen of some size.
pub(crate) fn hidden(dialog: &Dialog, keys: &Keymap, size: (u16, u16)) -> usize {
    Parts { body: wrapped(&dialog.lines(), size), foot: wrapped(&dialog.foot(keys), size) }.hidden(size)
}

/// What scrolls, and what stays in sight below it.
struct Parts {
    body: Vec<(Tone, String)>,
    foot: Vec<(Tone, String)>,
}

impl Parts {
    /// How many lines of the body are seen at once: the foot, and the rule above it, go first.
    fn body_room(&self, (_, height): (u16, u16)) -> usize {
        let room = usize::from(height.saturating_sub(4));
        let foot = if self.foot.is_empty() { 0 } else { self.foot.len() + 1 };
        room.saturating_sub(foot).max(1)
    }

    fn hidden(&self, size: (u16, u16)) -> usize {
        self.body.len().saturating_sub(self.body_room(size))
    }
}

/// The widest line that a dialog has on a screen of some size.
fn most((width, _): (u16, u16)) -> usize {
    usize::from(width.saturating_sub(8)).min(100)
}

fn wrapped(lines: &[(Tone, String)], size: (u16, u16)) -> Vec<(Tone, String)> {
    lines.iter().flat_map(|(tone, line)| wrap(line, most(size)).into_iter().map(|part| (*tone, part))).collect()
}

fn framed(painter: &mut Painter<'_>, area: Rect, title: &str, parts: &Parts, top: usize) {
    let size = (area.width, area.height);
    let lines = parts.body.iter().chain(&parts.foot);
    let widest = lines.map(|(_, line)| line.width()).chain([title.width() + 2, 30]).max().unwrap_or(30).min(most(size));
    let width = u16::try_from(widest).unwrap_or(area.width) + 4;
    let seen = parts.body.len().min(parts.body_room(size));
    let height = seen + if parts.foot.is_empty() { 0 } else { parts.foot.len() + 1 };
    let height = u16::try_from(height).unwrap_or(area.height).min(area.height.saturating_sub(4));
    let x = (area.width.saturating_sub(width)) / 2;
    let y = (area.height.saturating_sub(height + 2)) / 2;
    let below = scrolled(top, parts.body.len().saturating_sub(top + seen));
    let (rest, last) = if parts.foot.is_empty() { ("", below.as_str()) } else { (below.as_str(), "") };
    painter.frame(Rect { x, y, width, height: height + 2 }, title, last);
    for ((tone, line), row) in parts.body.iter().skip(top).take(seen).zip(y + 1..y + 1 + height) {
        painter.line(x + 2, row, width - 4, *tone, line);
    }
    if !parts.foot.is_empty() {
        let row = y + 1 + u16::try_from(seen).unwrap_or(height);
        painter.divider(Rect { x, y: row, width, height: 1 }, rest);
        for ((tone, line), row) in parts.foot.iter().zip(row + 1..y + 1 + height) {
            painter.line(x + 2, row, width - 4, *tone, line);
        }
    }
}

/// How many lines are out of sight, above and below.
fn scrolled(above: usize, below: usize) -> String {
    match (above, below) {
        (0, 0) => String::new(),
        (0, below) => format!("{below} more"),
        (above, 0) => format!("{above} above"),
        (above, below) => format!("{above} above, {below} more"),
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
