//! When commands are read, and what is done with the answers.

use super::{ask, is_shown, output};
use crate::app::flight::Flight;
use crate::app::model::{Effect, Model};
use crate::app::office::{Request, Trouble};
use crate::app::sites;
use crate::app::update::link;
use fieldpost_common::api::{Change, CommandInfo};
use fieldpost_common::command::CommandState;

/// Reads the list, if it is shown.
pub(crate) fn read(model: &mut Model) -> Vec<Effect> {
    if is_shown(model) && model.commands.flight.ask() { vec![Effect::Ask(Request::Commands(None))] } else { Vec::new() }
}

/// Whatever of commands is looked at is read again.
pub(crate) fn shown(model: &mut Model) -> Vec<Effect> {
    [read(model), output::read(model), ask::read(model)].concat()
}

/// Something changed somewhere.
pub(crate) fn changed(model: &mut Model, changes: &[Change], everything: bool) -> Vec<Effect> {
    if !everything && !changes.contains(&Change::Commands) {
        return Vec::new();
    }
    [shown(model), sites::live::read_commands(model)].concat()
}

/// Takes what people asked of all sites; when it couldn't be read, what is known stays.
pub(crate) fn take(model: &mut Model, answer: Result<Vec<CommandInfo>, Trouble>) -> Vec<Effect> {
    match answer {
        Ok(commands) => {
            model.commands.load(commands);
            if model.commands.flight.landed() { vec![Effect::Ask(Request::Commands(None))] } else { Vec::new() }
        }
        Err(trouble) => {
            model.commands.flight = Flight::Idle;
            model.commands.trouble = Some(trouble.words().to_owned());
            link::lost(model, &trouble)
        }
    }
}

/// A command was taken back, or can't be.
pub(crate) fn cancelled(model: &mut Model, answer: Result<Box<CommandInfo>, Trouble>) -> Vec<Effect> {
    model.working = model.working.saturating_sub(1);
    match answer {
        Ok(command) => {
            let site = &command.site;
            let words = match &command.state {
                CommandState::Cancelled { .. } => format!("taken back: {site} never had it"),
                CommandState::Cancelling { .. } => format!("{site} is told to leave it; its answer says what became of it"),
                state => format!("too late: it is {}", super::line::state(state).1),
            };
            model.note(words);
            [shown(model), sites::live::read_commands(model)].concat()
        }
        Err(trouble) => {
            model.error(trouble.words());
            Vec::new()
        }
    }
}
