//! What keys do on the list of commands, and what they do to one command wherever it is shown.

use super::bindings::command;
use super::{ask, is_shown, live, output};
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::office::Request;
use crate::app::screens::Screen;
use fieldpost_common::id::CommandId;

/// Shows the list, or closes it when it is on top.
pub(crate) fn toggle(model: &mut Model) -> Vec<Effect> {
    if is_shown(model) {
        model.screens.back();
        return Vec::new();
    }
    model.screens.open(Screen::Commands);
    live::read(model)
}

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let view = &mut model.commands;
    match action {
        Action::Open => return open_selected(model),
        Action::Cancel => return cancel(model),
        Action::Ask => return ask_again(model),
        Action::Filter => view.list.typing = true,
        Action::Accept => view.list.typing = false,
        Action::Decline if view.list.filter.is_empty() && !view.list.typing => model.screens.back(),
        Action::Decline => {
            view.list.unfilter();
            view.refilter();
        }
        _ => view.list.step(model.size, action),
    }
    Vec::new()
}

fn open_selected(model: &mut Model) -> Vec<Effect> {
    let command = model.commands.selected().cloned();
    command.map(|command| output::open(model, command)).unwrap_or_default()
}

/// Takes the command that is shown back.
pub(crate) fn cancel(model: &mut Model) -> Vec<Effect> {
    let id = command(model).map(|one| one.id.clone());
    id.map(|id| cancel_one(model, id)).unwrap_or_default()
}

/// Takes a command back: what the site has begun, it says itself.
pub(crate) fn cancel_one(model: &mut Model, id: CommandId) -> Vec<Effect> {
    model.working += 1;
    vec![Effect::Ask(Request::CancelCommand(id))]
}

/// Asks the site of the command that is shown for something.
pub(crate) fn ask_again(model: &mut Model) -> Vec<Effect> {
    let site = command(model).map(|one| one.site.clone());
    site.map(|site| ask::open(model, site)).unwrap_or_default()
}
