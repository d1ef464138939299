//! From a key to the question whether orders shall be given or taken back. Nothing is sent from here.

use crate::app::dialog::plan::Verb;
use crate::app::dialog::send::SendDialog;
use crate::app::dialog::{CancelDialog, Dialog};
use crate::app::grid::explain::ago;
use crate::app::keymap::Context;
use crate::app::model::Model;
use crate::app::office::TakeBackTask;
use crate::app::screens::Screen;

/// Asks before orders are given: for what is marked, or for the selected cell.
pub(crate) fn ask(model: &mut Model, verb: Verb) {
    let dialog = SendDialog::new(&model.grid, &model.keys, verb);
    open(model, dialog);
}

/// Asks before sending to the site that the diff is of.
pub(crate) fn send_from_diff(model: &mut Model) {
    let Some(Screen::Diff(diff)) = model.screens.top() else { return };
    let Some(place) = diff.site().and_then(|site| model.grid.find(&diff.patch, site)) else {
        return model.note("the patch or the site is gone");
    };
    let dialog = SendDialog::of_cell(&model.grid, &model.keys, Verb::Update, place);
    open(model, dialog);
}

fn open(model: &mut Model, dialog: Result<SendDialog, &'static str>) {
    match dialog {
        Ok(dialog) => model.dialog = Some(Dialog::Send(Box::new(dialog))),
        Err(words) => model.note(model.say(Context::Grid, words)),
    }
}

/// Asks before taking the open order of the selected cell back.
pub(crate) fn cancel(model: &mut Model) {
    let view = &model.grid;
    let (Some(place), Some(application)) = (view.selected(), view.application().cloned()) else { return };
    let order = view.table.facts(place.patch, place.site).and_then(|facts| facts.order.as_ref());
    match order.filter(|order| order.state.is_open()) {
        Some(order) => {
            let (patch, site) = (view.patch(place.patch).name.clone(), view.site(place.site).name.clone());
            let by = format!("given by {} {}", order.by, ago(order.created, view.now));
            let task = TakeBackTask { patch, site, order: order.id.clone() };
            model.dialog = Some(Dialog::Cancel(CancelDialog { application, task, by }));
        }
        None => model.note("no order is on its way here"),
    }
}
