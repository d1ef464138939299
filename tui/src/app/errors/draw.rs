//! Draws the errors tab: only the groups that are seen, and the columns that there is room for.

use super::{ErrorsView, bars, line};
use crate::app::grid::layout::explain_height;
use crate::app::header::Said;
use crate::app::keymap::Context;
use crate::app::list::draw::{TITLES, frame, head, mark};
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use crate::app::unread;
use fieldpost_common::api::ErrorGroup;
use fieldpost_common::error_group::ErrorState;
use fieldpost_common::text::{age, count, size};
use ratatui::layout::Rect;

/// Where the columns begin.
struct Columns {
    what: u16,
    frame: Option<u16>,
    count: u16,
    sites: u16,
    weeks: u16,
    /// How many weeks there is room for.
    shown: u16,
    last: u16,
}

impl Columns {
    fn of(width: u16) -> Self {
        let (shown, frame) = match width {
            0..74 => (6, None),
            74..120 => (12, None),
            _ => (26, Some(width / 2 - 14)),
        };
        let last = width - 7;
        let weeks = last - shown - 2;
        Self { what: 15, frame, count: weeks - 14, sites: weeks - 6, weeks, shown, last }
    }
}

/// The whole screen but for the footer.
pub(crate) fn draw(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let view = &model.errors;
    let Some(frame) = frame(model, said(view), &empty(model), painter, area) else { return };
    let columns = Columns::of(area.width);
    titles(view, &columns, painter);
    for (y, selected, index) in frame.rows(&view.list) {
        row(model, &columns, painter, y, (selected, &view.all()[index]));
    }
    if let Some(one) = view.selected() {
        explanation(one, painter, frame.explanation, area);
    }
}

fn said(view: &ErrorsView) -> Said {
    let mut said = Said::default();
    if let Some(since) = &view.since {
        said.chosen.push((Tone::Accent, format!("at {} since {}", since.site, since.patch)));
    }
    said.filter(&view.list.filter, view.list.typing);
    let Some(errors) = &view.errors else { return said };
    let lost: u64 = errors.dropped.iter().map(|one| one.count).sum();
    if lost > 0 {
        said.counts.push((Tone::Warning, format!("{lost} not kept at sites")));
    }
    if errors.kept.is_tight() {
        let words = format!("texts take {} of {}", size(errors.kept.bytes), size(errors.kept.quota));
        said.counts.push((Tone::Warning, words));
    }
    for (state, tone) in [(ErrorState::Regressed, Tone::Alarm), (ErrorState::New, Tone::Warning)] {
        let number = errors.groups.iter().filter(|one| one.state == state).count();
        if number > 0 {
            said.counts.push((tone, format!("{number} {state}")));
        }
    }
    said
}

fn titles(view: &ErrorsView, columns: &Columns, painter: &mut Painter<'_>) {
    painter.line(2, TITLES, 10, Tone::Strong, "State");
    painter.line(columns.what, TITLES, 12, Tone::Strong, "What");
    if let Some(x) = columns.frame {
        painter.line(x, TITLES, 12, Tone::Strong, "Where");
    }
    painter.right(columns.count, TITLES, 7, Tone::Strong, "Count");
    painter.line(columns.sites, TITLES, 5, Tone::Strong, "Sites");
    painter.line(columns.weeks, TITLES, columns.shown, Tone::Strong, "Weeks");
    painter.line(columns.last, TITLES, 6, Tone::Strong, "Last");
    let (shown, all) = (view.list.rows.len(), view.all().len());
    if shown < all {
        painter.line(columns.what + 6, TITLES, 12, Tone::Faint, &format!("{shown}/{all}"));
    }
}

fn row(model: &Model, columns: &Columns, painter: &mut Painter<'_>, y: u16, (selected, one): (bool, &ErrorGroup)) {
    mark(painter, y, selected);
    let (tone, state) = line::state(one);
    painter.line(2, y, columns.what - 3, tone, &state);
    let quiet = matches!(one.state, ErrorState::Muted | ErrorState::Fixed);
    let plain = if quiet { Tone::Faint } else { Tone::Plain };
    let room = columns.frame.unwrap_or(columns.count) - columns.what - 1;
    head(painter, (columns.what, y, room), plain, selected, &line::what(one));
    if let Some(x) = columns.frame {
        let frame = one.top_frame.as_ref().map_or("–", |frame| frame.as_str());
        painter.line(x, y, columns.count - x - 1, plain, frame);
    }
    painter.right(columns.count, y, 7, plain, &one.count.to_string());
    painter.right(columns.sites, y, 4, plain, &one.sites.len().to_string());
    let weeks = bars::bars(&one.weeks, usize::from(columns.shown), model.grid.now);
    painter.line(columns.weeks, y, columns.shown, plain, &weeks);
    painter.line(columns.last, y, 6, plain, &age(one.last_seen.age(model.grid.now)));
}

fn explanation(one: &ErrorGroup, painter: &mut Painter<'_>, y: u16, area: Rect) {
    let room = area.width - 2;
    let frame = one.top_frame.as_ref().map(|frame| format!(" in {frame}")).unwrap_or_default();
    let (tone, _) = line::state(one);
    painter.line(1, y, room, tone, &format!("{}{frame}", line::what(one)));
    if explain_height(area.height) > 1 {
        painter.line(1, y + 1, room, Tone::Faint, &format!("#{} {}: {}", one.id, one.application, line::chain(one)));
    }
}

/// What stands where the list would be.
fn empty(model: &Model) -> Vec<String> {
    let view = &model.errors;
    if view.errors.is_none() {
        return unread::words(model, view.trouble.as_ref(), "what was reported");
    }
    if view.all().is_empty() {
        return vec![
            "No walkback has come home.".to_owned(),
            String::new(),
            "The agent's config says where an application leaves its crash reports:".to_owned(),
            "walkbacks = [\"/srv/trading/walkbacks\"] below its [[app]]".to_owned(),
        ];
    }
    if !view.list.rows.is_empty() {
        return Vec::new();
    }
    match &view.since {
        Some(since) if view.list.filter.is_empty() => vec![
            format!("No error was reported from {} since {} came there.", since.site, since.patch),
            String::new(),
            model.say(Context::Errors, "{back} leads back to the patches"),
        ],
        _ => vec![
            format!("No error matches /{}", view.list.filter.shown()),
            String::new(),
            model.say(Context::Errors, "{back} shows everything again"),
        ],
    }
}

/// How many groups, in words, for the page's head.
pub(crate) fn place(view: &ErrorsView, row: usize) -> String {
    format!("{}/{}", row + 1, count(view.list.rows.len(), "error"))
}
