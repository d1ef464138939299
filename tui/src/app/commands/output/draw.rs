//! Draws what a command brought: where it stands above, then the lines that are seen.

use super::OutputView;
use crate::app::commands::line;
use crate::app::compare::cells::{Look, cells};
use crate::app::header::{self, Said};
use crate::app::model::{Link, Model};
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use crate::app::unread;
use crate::app::when::ago;
use fieldpost_common::text::size;
use ratatui::layout::Rect;
use std::ops::Range;

/// Header, a rule, two lines about the command and a rule above; footer below.
const TOP: u16 = 5;
const AROUND: u16 = TOP + 1;
const LEFT: u16 = 1;
/// A longer line is not searched through for every frame, in bytes.
const SEARCHED: usize = 64 << 10;

/// How many lines are seen at once.
pub(crate) fn page((_, height): (u16, u16)) -> usize {
    usize::from(height.saturating_sub(AROUND)).max(1)
}

/// How many cells of a line are seen.
pub(super) fn room((width, _): (u16, u16)) -> usize {
    usize::from(width.saturating_sub(LEFT))
}

pub(crate) fn draw(model: &Model, page: &OutputView, painter: &mut Painter<'_>, area: Rect) {
    let command = page.command();
    let height = self::page((area.width, area.height));
    let lines = page.lines();
    let mut counts = Vec::new();
    if lines > 0 {
        counts.push((Tone::Faint, format!("{}/{lines}", (page.top + height).min(lines))));
    }
    let chosen = vec![(Tone::Accent, command.site.to_string())];
    header::draw(model, Said { chosen, counts }, painter, area.width);
    painter.rule(1);
    let room = area.width - LEFT - 1;
    let (tone, word) = line::state(&command.state);
    let who = format!("{word}  {}", line::wish(command));
    painter.pieces(
        LEFT,
        2,
        room,
        &[(tone, who), (Tone::Faint, format!("  by {} {}", line::by(command), ago(command.created, model.grid.now)))],
    );
    below(model, page, painter, room);
    painter.rule(4);
    if lines == 0 {
        for (y, words) in (6..area.height - 1).zip(nothing(model, page)) {
            painter.line(3, y, area.width - 3, Tone::Plain, &words);
        }
    }
    let Some(text) = page.text() else { return };
    for (y, place) in (TOP..area.height - 1).zip(page.top..lines) {
        let line = text.line(place);
        let mut x = LEFT;
        for (look, piece) in cells(line, &marks(page, place, line), page.shift, self::room((area.width, area.height))) {
            let wide = u16::try_from(unicode_width::UnicodeWidthStr::width(piece.as_str())).unwrap_or(area.width);
            painter.content(x, y, wide, tone_of(look), look == Look::Here, &piece);
            x += wide;
        }
    }
}

fn tone_of(look: Look) -> Tone {
    match look {
        Look::Plain | Look::Word => Tone::Plain,
        Look::Found | Look::Here => Tone::Accent,
        Look::Odd => Tone::Busy,
    }
}

fn marks(page: &OutputView, place: usize, line: &str) -> Vec<(Range<usize>, Look)> {
    let search = &page.search;
    let mut marks = Vec::new();
    if let Some(pattern) = search.pattern().filter(|_| line.len() <= SEARCHED) {
        marks.extend(pattern.find_iter(line).map(|found| (found.range(), Look::Found)));
    }
    let here = search.here().filter(|found| found.line == place);
    marks.extend(here.map(|found| (found.range.clone(), Look::Here)));
    marks
}

/// The second line: the search, or where the command stands and how much came.
fn below(model: &Model, page: &OutputView, painter: &mut Painter<'_>, room: u16) {
    if page.search.is_on() {
        return painter.line(LEFT, 3, room, Tone::Accent, &page.search.words());
    }
    let command = page.command();
    let came = page.told.output.as_ref().map(|output| {
        let so_far = if output.whole { "" } else { " so far" };
        format!("  {}{so_far}", size(output.size))
    });
    let tone = match line::state(&command.state).0 {
        Tone::Alarm => Tone::Alarm,
        _ => Tone::Plain,
    };
    let stands = line::stands(command, model.grid.now, &model.zone);
    painter.pieces(LEFT, 3, room, &[(tone, stands), (Tone::Faint, came.unwrap_or_default())]);
}

/// What stands where lines would be.
fn nothing(model: &Model, page: &OutputView) -> Vec<String> {
    let command = page.command();
    let offline = matches!(model.link, Link::Offline { .. });
    if let Some(trouble) = page.trouble.as_ref().filter(|_| !offline || page.told.output.is_none()) {
        return unread::words(model, Some(trouble), "what it brought");
    }
    if command.state.is_open() {
        return vec![format!("Nothing has come yet. It appears here as soon as {} answers.", command.site)];
    }
    match &page.told.output {
        Some(_) => vec!["It brought no line.".to_owned()],
        None if page.flight != crate::app::flight::Flight::Idle => vec!["Reading what it brought…".to_owned()],
        None => vec!["It brought nothing that could be shown, or that is no longer kept.".to_owned()],
    }
}
