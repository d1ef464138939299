//! Draws a site's page: the lines that are seen, with the cursor's marked at the left.

use super::{SiteView, lines};
use crate::app::header::{self, Said};
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use ratatui::layout::Rect;

/// Header and rule above, footer below.
const AROUND: u16 = 3;
const TOP: u16 = 2;
const LEFT: u16 = 2;

/// How many lines are seen at once.
pub(crate) fn page((_, height): (u16, u16)) -> usize {
    usize::from(height.saturating_sub(AROUND))
}

pub(crate) fn draw(model: &Model, page: &SiteView, painter: &mut Painter<'_>, area: Rect) {
    let lines = lines::lines(model, page);
    let last = (page.top + self::page((area.width, area.height))).min(lines.len());
    let place = format!("{last}/{}", lines.len());
    let chosen = vec![(Tone::Accent, page.name.to_string())];
    header::draw(model, Said { chosen, counts: vec![(Tone::Faint, place)] }, painter, area.width);
    painter.rule(1);
    for (y, (place, line)) in (TOP..area.height - 1).zip(lines.iter().enumerate().skip(page.top)) {
        if place == page.cursor {
            painter.line(0, y, 1, Tone::Strong, "▌");
        }
        painter.pieces(LEFT, y, area.width - LEFT, &line.pieces);
    }
}
