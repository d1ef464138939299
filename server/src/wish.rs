//! Commands on their way: queued, and moved on by what happens to them. How they live is left to `common`.

use crate::error::Error;
use crate::store::activity::{activity, activity_add};
use crate::store::{Effect, Tx, command};
use fieldpost_common::api::{Change, CommandInfo};
use fieldpost_common::command::{CommandEvent, advance};
use fieldpost_common::time::Timestamp;

/// How many ended commands of a site are kept.
const KEEP: u64 = 200;

/// Queues a command.
pub(crate) fn command_queue(tx: &mut Tx<'_>, command: &CommandInfo) -> Result<(), Error> {
    command::command_add(tx, command)?;
    command::command_prune(tx, &command.site, KEEP)?;
    tx.then(Effect::Wake(command.site.clone()));
    tx.then(Effect::Changed(Change::Commands));
    Ok(())
}

/// Something happened to a command. What a person asked for and how it ended stands in the activity.
pub(crate) fn command_advance(
    tx: &mut Tx<'_>,
    command: CommandInfo,
    event: CommandEvent,
    now: Timestamp,
) -> Result<CommandInfo, Error> {
    let state = advance(command.state.clone(), event, now);
    if state == command.state {
        return Ok(command);
    }
    let command = CommandInfo { state, ..command };
    command::command_state_set(tx, &command.id, &command.state)?;
    tx.then(Effect::Changed(Change::Commands));
    if !command.state.is_open() || command.is_cancelling() {
        tx.then(Effect::Wake(command.site.clone()));
    }
    if !command.state.is_open() && command.given_by.is_some() {
        note(tx, &command, now)?;
    }
    Ok(command)
}

fn note(tx: &mut Tx<'_>, command: &CommandInfo, now: Timestamp) -> Result<(), Error> {
    let mut row = activity(format!("site:{}", command.site), &format!("command_{}", command.state.word()));
    row.site = Some(command.site.clone());
    row.application = command.wish.application().cloned();
    let words = command.wish.words();
    row.detail = Some(command.state.note().map_or(words.clone(), |note| format!("{words}: {note}")));
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Activity));
    Ok(())
}
