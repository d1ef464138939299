//! What keys do on a site's page.

use super::bindings::beside;
use super::{SiteView, draw, lines, order, shown};
use crate::app::commands::{self, output};
use crate::app::dialog::{CancelDialog, Dialog};
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::office::TakeBackTask;
use crate::app::screens::Screen;
use crate::app::scroll::stepped;
use crate::app::sites::{keys as list, live};
use crate::app::when::ago;

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Open => return open(model),
        Action::Cancel => return cancel(model),
        Action::Ask => return list::ask(model),
        Action::AcceptDrop => list::accept_drop(model),
        Action::Enrol => list::enrol(model),
        Action::AskState => return live::ask_states(model),
        Action::Unfold => unfold(model),
        Action::NextSite => return turn(model, 1),
        Action::PreviousSite => return turn(model, -1),
        _ => step(model, action),
    }
    Vec::new()
}

fn step(model: &mut Model, action: Action) {
    let Some(page) = shown(model) else { return };
    let line = stepped(page.cursor, lines::lines(model, page).len(), draw::page(model.size), action);
    if let Some(Screen::Site(page)) = model.screens.top_mut() {
        page.move_to(line);
    }
}

/// Shows the page of the next site; the list follows, so that going back leads to it.
fn turn(model: &mut Model, by: isize) -> Vec<Effect> {
    let Some(name) = beside(model, by) else { return Vec::new() };
    model.sites.select(&name);
    if let Some(Screen::Site(page)) = model.screens.top_mut() {
        **page = SiteView::new(name);
    }
    live::read_page(model)
}

fn unfold(model: &mut Model) {
    if let Some(Screen::Site(page)) = model.screens.top_mut() {
        page.unfolded = !page.unfolded;
    }
}

/// All about the order that the cursor is on, or what its command brought.
fn open(model: &mut Model) -> Vec<Effect> {
    if let Some(command) = shown(model).and_then(SiteView::command).cloned() {
        return output::open(model, command);
    }
    let order = shown(model).and_then(SiteView::order);
    let info = order.map(|order| order::explain(order, &model.keys, model.grid.now, &model.zone));
    model.dialog = info.map(Dialog::Info);
    Vec::new()
}

/// Asks before an order is taken back; a command only asked for something.
fn cancel(model: &mut Model) -> Vec<Effect> {
    if let Some(id) = shown(model).and_then(SiteView::command).map(|command| command.id.clone()) {
        return commands::keys::cancel_one(model, id);
    }
    let now = model.grid.now;
    let dialog = shown(model).and_then(SiteView::order).map(|order| CancelDialog {
        application: order.application.clone(),
        task: TakeBackTask { patch: order.patch.clone(), site: order.site.clone(), order: order.id.clone() },
        by: format!("given by {} {}", order.by, ago(order.created, now)),
    });
    model.dialog = dialog.map(Dialog::Cancel);
    Vec::new()
}
