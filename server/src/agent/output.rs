//! `PUT /agent/v1/output/{command}`: what a command has brought so far, whole each time, so that twice changes nothing.

use crate::auth::Agent;
use crate::body::receive_any;
use crate::clock;
use crate::error::Error;
use crate::request::{Ask, At};
use crate::server::Shared;
use crate::store::command::command_fetch;
use crate::store::command_output::{command_output_fetch, command_output_set};
use crate::store::{Effect, Tx};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use fieldpost_common::api::{Change, CommandInfo, CommandOutput};
use fieldpost_common::command::MAX_OUTPUT;
use fieldpost_common::command::life::Takes;
use fieldpost_common::id::CommandId;
use fieldpost_common::time::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Part {
    /// Whether there is no more to come.
    whole: bool,
}

pub(crate) async fn put(
    State(server): State<Shared>,
    Agent(site): Agent,
    At(id): At<CommandId>,
    Ask(part): Ask<Part>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Error> {
    let now = clock::now();
    // What isn't asked for is read and dropped: that agent can do nothing about it.
    let asked = server.store.peek(|db| command_fetch(db, &id))?.filter(|command| command.site == site);
    let most = asked.and_then(|command| command.wish.most_output()).unwrap_or(MAX_OUTPUT);
    let content = receive_any(&server, &headers, body, most as u64).await?;
    let output = CommandOutput { at: now, whole: part.whole, content };
    let keep = move |tx: &mut Tx<'_>| match command_fetch(tx, &id)?.filter(|command| command.site == site) {
        Some(command) => output_keep(tx, &command, &output, now),
        None => Ok(()),
    };
    server.store.write(keep).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps what a command of a site brought, where it is one that brings something and the site has it.
pub(super) fn output_keep(tx: &mut Tx<'_>, command: &CommandInfo, output: &CommandOutput, now: Timestamp) -> Result<(), Error> {
    if command.wish.most_output().is_none_or(|most| output.content.len() > most) {
        return Ok(());
    }
    let has_whole = command_output_fetch(tx, &command.id)?.is_some_and(|before| before.whole);
    let takes = match command.state.takes_output(now) {
        Takes::Newest => output.whole || !has_whole,
        Takes::Missing => !has_whole,
        Takes::Nothing => false,
    };
    if takes {
        command_output_set(tx, &command.id, output)?;
        tx.then(Effect::Changed(Change::Commands));
    }
    Ok(())
}
