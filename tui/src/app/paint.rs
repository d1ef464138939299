//! Writes clean text into the screen's cells, cut to its room. What it means is the callers'.

use super::glyphs::Glyphs;
use super::look::{Effects, Look};
use super::theme::Tone;
use fieldpost_common::text::cut;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The cells of one frame.
pub(crate) struct Painter<'a> {
    buffer: &'a mut Buffer,
    look: Look,
}

impl<'a> Painter<'a> {
    pub(crate) fn new(buffer: &'a mut Buffer, look: Look) -> Self {
        Self { buffer, look }
    }

    /// Text at a place, at most `width` wide, with `…` where something is missing.
    pub(crate) fn line(&mut self, x: u16, y: u16, width: u16, tone: Tone, text: &str) {
        let style = self.style(tone);
        self.styled(x, y, width, style, text, self.look.glyphs);
    }

    /// Text out of a patch: no character of it is ever changed for another, as our own are on a terminal that knows only ASCII.
    pub(crate) fn content(&mut self, x: u16, y: u16, width: u16, tone: Tone, is_selected: bool, text: &str) {
        let style = if is_selected { self.look.theme.selected(tone) } else { self.style(tone) };
        let room = usize::from(width.min(self.buffer.area.width.saturating_sub(x)));
        if text.width() > room {
            // The sign that something is missing is no part of the content.
            let text = cut(text, room);
            let text = text.strip_suffix('…').map_or_else(|| text.clone(), |text| format!("{text}{}", self.cut_sign()));
            return self.styled(x, y, width, style, &text, Glyphs::Unicode);
        }
        self.styled(x, y, width, style, text, Glyphs::Unicode);
    }

    /// The sign that something is missing.
    pub(crate) fn cut_sign(&self) -> &'static str {
        if self.look.glyphs == Glyphs::Ascii { "~" } else { "…" }
    }

    /// Text of the selection.
    pub(crate) fn selected(&mut self, x: u16, y: u16, width: u16, tone: Tone, text: &str) {
        self.styled(x, y, width, self.look.theme.selected(tone), text, self.look.glyphs);
    }

    fn style(&self, tone: Tone) -> Style {
        let tone = if self.look.effects == Effects::Low { tone.whole_line() } else { tone };
        self.look.theme.style(tone)
    }

    fn styled(&mut self, x: u16, y: u16, width: u16, style: Style, text: &str, glyphs: Glyphs) {
        let area = self.buffer.area;
        if y >= area.height || x >= area.width {
            return;
        }
        let width = width.min(area.width - x);
        let text = cut(text, usize::from(width));
        self.buffer.set_stringn(x, y, glyphs.draw(&text), usize::from(width), style);
    }

    /// Pieces one after another; returns where the next would stand.
    pub(crate) fn pieces(&mut self, x: u16, y: u16, width: u16, pieces: &[(Tone, String)]) -> u16 {
        let end = x + width;
        let mut at = x;
        for (tone, text) in pieces {
            if at >= end {
                break;
            }
            self.line(at, y, end - at, *tone, text);
            at += cells(text, end - at);
        }
        at
    }

    /// Text that ends at the right edge of its room.
    pub(crate) fn right(&mut self, x: u16, y: u16, width: u16, tone: Tone, text: &str) {
        let wide = u16::try_from(text.width()).unwrap_or(width).min(width);
        self.line(x + width - wide, y, wide, tone, text);
    }

    /// How wide the screen is.
    pub(crate) fn width(&self) -> u16 {
        self.buffer.area.width
    }

    /// A line across.
    pub(crate) fn rule(&mut self, y: u16) {
        let width = self.buffer.area.width;
        self.line(0, y, width, Tone::Faint, &"─".repeat(usize::from(width)));
    }

    /// An empty frame with a title, and words in its lower edge.
    pub(crate) fn frame(&mut self, area: Rect, title: &str, foot: &str) {
        let Rect { x, y, width, height } = area;
        self.clear(area);
        self.line(x, y, width, Tone::Faint, &format!("┌{}┐", across("", width)));
        self.line(x + 2, y, width.saturating_sub(4), Tone::Strong, &format!(" {title} "));
        for y in y + 1..(y + height).saturating_sub(1) {
            self.line(x, y, 1, Tone::Faint, "│");
            self.line(x + width - 1, y, 1, Tone::Faint, "│");
        }
        self.line(x, y + height - 1, width, Tone::Faint, &format!("└{}┘", across(foot, width)));
    }

    /// A line across a frame, with words in it.
    pub(crate) fn divider(&mut self, Rect { x, y, width, .. }: Rect, words: &str) {
        self.line(x, y, width, Tone::Faint, &format!("├{}┤", across(words, width)));
    }

    /// Empties a rectangle.
    pub(crate) fn clear(&mut self, area: Rect) {
        let blank = " ".repeat(usize::from(area.width));
        for y in area.y..area.bottom() {
            for x in area.x..area.right().min(self.buffer.area.width) {
                self.buffer[(x, y)].reset();
            }
            self.line(area.x, y, area.width, Tone::Plain, &blank);
        }
    }
}

/// Leaves out as many terminal cells at the left as are still to skip.
pub(crate) fn shifted(text: &str, skip: &mut usize) -> String {
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

/// What stands between the corners of a frame: a line, with words near its beginning.
fn across(words: &str, width: u16) -> String {
    let words = if words.is_empty() { String::new() } else { format!("─ {words} ") };
    let inner = usize::from(width).saturating_sub(2);
    format!("{words}{}", "─".repeat(inner.saturating_sub(words.width())))
}

/// How many cells a text takes of a room.
fn cells(text: &str, room: u16) -> u16 {
    u16::try_from(text.width()).unwrap_or(room).min(room)
}
