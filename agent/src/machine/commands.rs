//! What the server asks beside orders: one command at a time, each answered once.

use super::effect::{Effect, Level};
use super::link;
use super::state::{Lane, State};
use crate::clock::Now;
use crate::trouble::Trouble;
use fieldpost_common::command::{Command, CommandKind};
use fieldpost_common::id::CommandId;

/// A batch came: these are the open commands. One that was answered a moment ago may still stand there.
pub(super) fn take(state: &mut State, commands: Vec<Command>) {
    state.answered.retain(|id| commands.iter().any(|command| command.id == *id));
    state.journal.commands = commands.into_iter().filter(|command| !state.answered.contains(&command.id)).collect();
}

/// Begins the next one, if the way to the server is open: what an application says is worth most when it is fresh.
pub(super) fn start(state: &mut State, out: &mut Vec<Effect>) {
    if state.is_busy(Lane::Command) {
        return;
    }
    let next = state.journal.commands.iter().find_map(|command| match &command.kind {
        CommandKind::State { application } => Some((command.id.clone(), application.clone())),
        // The server's deadline ends what this version doesn't know.
        CommandKind::Unknown => None,
    });
    if let Some((command, application)) = next {
        state.busy.insert(Lane::Command);
        out.push(Effect::TellState { command, application });
    }
}

/// The state of an application was sent, or not.
pub(super) fn told(state: &mut State, command: &CommandId, answer: Result<(), Trouble>, now: Now, out: &mut Vec<Effect>) {
    state.busy.remove(&Lane::Command);
    match answer {
        Ok(()) => {
            link::reached(state, out);
            done(state, command);
        }
        Err(trouble) if trouble.is_final() => {
            out.push(Effect::Log(Level::Error, format!("the server does not take what an application says: {trouble}")));
            done(state, command);
        }
        // The command stays, and the state is fetched anew once the server can be reached.
        Err(trouble) => link::failed(state, &trouble, now, out),
    }
}

fn done(state: &mut State, command: &CommandId) {
    state.journal.commands.retain(|one| one.id != *command);
    state.answered.insert(command.clone());
    state.unsaved = true;
}
