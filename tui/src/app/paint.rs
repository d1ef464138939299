//! Writes clean text into the screen's cells, cut to its room. What it means is the callers'.

use super::theme::{Theme, Tone};
use fieldpost_common::text::cut;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The cells of one frame.
pub(crate) struct Painter<'a> {
    buffer: &'a mut Buffer,
    theme: Theme,
}

impl<'a> Painter<'a> {
    pub(crate) fn new(buffer: &'a mut Buffer, theme: Theme) -> Self {
        Self { buffer, theme }
    }

    /// Text at a place, at most `width` wide, with `…` where something is missing.
    pub(crate) fn line(&mut self, x: u16, y: u16, width: u16, tone: Tone, text: &str) {
        self.styled(x, y, width, self.theme.style(tone), text);
    }

    /// Text of the selection.
    pub(crate) fn selected(&mut self, x: u16, y: u16, width: u16, tone: Tone, text: &str) {
        self.styled(x, y, width, self.theme.selected(tone), text);
    }

    fn styled(&mut self, x: u16, y: u16, width: u16, style: Style, text: &str) {
        let area = self.buffer.area;
        if y >= area.height || x >= area.width {
            return;
        }
        let width = width.min(area.width - x);
        self.buffer.set_stringn(x, y, cut(text, usize::from(width)), usize::from(width), style);
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
            at += u16::try_from(text.width()).unwrap_or(u16::MAX - at).min(end - at);
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
