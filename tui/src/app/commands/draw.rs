//! Draws the list of commands: only those that are seen, and the columns that there is room for.

use super::{CommandsView, line};
use crate::app::grid::layout::explain_height;
use crate::app::header::Said;
use crate::app::keymap::Context;
use crate::app::list::draw::{TITLES, frame, head, mark};
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use crate::app::unread;
use fieldpost_common::api::CommandInfo;
use fieldpost_common::text::age;
use ratatui::layout::Rect;

/// Where the columns begin.
const STATE: u16 = 2;
const SITE: u16 = 14;
const BY: u16 = 31;
const WISH: u16 = 42;
/// How much room the age takes.
const AGE: u16 = 7;

/// The whole screen but for the footer.
pub(crate) fn draw(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let view = &model.commands;
    let Some(frame) = frame(model, said(view), &empty(model), painter, area) else { return };
    titles(view, painter, area.width);
    for (y, selected, index) in frame.rows(&view.list) {
        row(model, painter, y, (selected, &view.all()[index]));
    }
    if let Some(one) = view.selected() {
        explanation(model, one, painter, frame.explanation, area);
    }
}

fn said(view: &CommandsView) -> Said {
    let mut said = Said { chosen: vec![(Tone::Accent, "asked of sites".to_owned())], counts: Vec::new() };
    said.filter(&view.list.filter, view.list.typing);
    let open = view.all().iter().filter(|one| one.state.is_open()).count();
    if open > 0 {
        said.counts.push((Tone::Busy, format!("{open} under way")));
    }
    said
}

fn titles(view: &CommandsView, painter: &mut Painter<'_>, width: u16) {
    for (x, title) in [(STATE, "State"), (SITE, "Site"), (BY, "By"), (WISH, "What")] {
        painter.line(x, TITLES, 12, Tone::Strong, title);
    }
    painter.right(0, TITLES, width - 1, Tone::Strong, "Asked");
    let (shown, all) = (view.list.rows.len(), view.all().len());
    if shown < all {
        painter.line(WISH + 6, TITLES, 12, Tone::Faint, &format!("{shown}/{all}"));
    }
}

fn row(model: &Model, painter: &mut Painter<'_>, y: u16, (selected, one): (bool, &CommandInfo)) {
    mark(painter, y, selected);
    let (tone, word) = line::state(&one.state);
    painter.line(STATE, y, SITE - STATE - 1, tone, word);
    head(painter, (SITE, y, BY - SITE - 1), Tone::Plain, selected, one.site.as_str());
    painter.line(BY, y, WISH - BY - 1, Tone::Faint, line::by(one));
    painter.line(WISH, y, painter.width() - WISH - AGE - 1, Tone::Plain, &line::wish(one));
    painter.right(0, y, painter.width() - 1, Tone::Plain, age(one.created.age(model.grid.now)).trim());
}

fn explanation(model: &Model, one: &CommandInfo, painter: &mut Painter<'_>, y: u16, area: Rect) {
    let room = area.width - 2;
    let tone = line::state(&one.state).0;
    painter.line(1, y, room, tone, &line::stands(one, model.grid.now, &model.zone));
    if explain_height(area.height) > 1 {
        painter.line(1, y + 1, room, Tone::Faint, &format!("{}, by {}: {}", one.site, line::by(one), line::wish(one)));
    }
}

/// What stands where the list would be.
fn empty(model: &Model) -> Vec<String> {
    let view = &model.commands;
    if view.commands.is_none() {
        return unread::words(model, view.trouble.as_ref(), "what was asked");
    }
    if view.all().is_empty() {
        return vec![
            "Nobody has asked a site for anything.".to_owned(),
            String::new(),
            model.say(Context::Sites, "{ask} on a site asks for a log, its state, an action and more."),
        ];
    }
    if view.list.rows.is_empty() {
        let shown = format!("No command matches /{}", view.list.filter.shown());
        return vec![shown, String::new(), model.say(Context::Commands, "{decline} shows everything again")];
    }
    Vec::new()
}
