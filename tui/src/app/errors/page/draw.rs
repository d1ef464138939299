//! Draws an error's page: the lines that are seen.

use super::{ErrorPage, lines};
use crate::app::errors::draw::place;
use crate::app::header::{self, Said};
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use ratatui::layout::Rect;

/// Header and rule above, footer below.
const AROUND: u16 = 3;
const TOP: u16 = 2;
const LEFT: u16 = 1;

/// How many lines are seen at once.
pub(crate) fn page((_, height): (u16, u16)) -> usize {
    usize::from(height.saturating_sub(AROUND))
}

pub(crate) fn draw(model: &Model, page: &ErrorPage, painter: &mut Painter<'_>, area: Rect) {
    let lines = lines::lines(model, page);
    let last = (page.top + self::page((area.width, area.height))).min(lines.len());
    let chosen = vec![(Tone::Accent, format!("#{}", page.group))];
    let counts =
        vec![(Tone::Faint, place(&model.errors, model.errors.list.row)), (Tone::Faint, format!("{last}/{}", lines.len()))];
    header::draw(model, Said { chosen, counts }, painter, area.width);
    painter.rule(1);
    for (y, line) in (TOP..area.height - 1).zip(lines.iter().skip(page.top)) {
        painter.pieces(LEFT, y, area.width - LEFT, &line.pieces);
    }
}
