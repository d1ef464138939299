//! `PUT /agent/v1/output/{command}`: what a command has brought so far, whole each time, so that twice changes nothing.

use crate::auth::Agent;
use crate::clock;
use crate::error::Error;
use crate::request::{Ask, At, receive_any};
use crate::server::Shared;
use crate::store::command::command_fetch;
use crate::store::command_output::{command_output_fetch, command_output_set};
use crate::store::{Effect, Tx};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use fieldpost_common::api::{Change, CommandOutput};
use fieldpost_common::command::MAX_OUTPUT;
use fieldpost_common::id::{CommandId, SiteName};
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
    let content = receive_any(&headers, body, MAX_OUTPUT as u64).await?;
    let output = CommandOutput { at: clock::now(), whole: part.whole, content };
    server.store.write(move |tx| keep(tx, &site, &id, &output)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Of a command that is unknown, or another site's, nothing is kept. What is whole stays.
fn keep(tx: &mut Tx<'_>, site: &SiteName, id: &CommandId, output: &CommandOutput) -> Result<(), Error> {
    if command_fetch(tx, id)?.is_none_or(|command| command.site != *site) {
        return Ok(());
    }
    if !output.whole && command_output_fetch(tx, id)?.is_some_and(|before| before.whole) {
        return Ok(());
    }
    command_output_set(tx, id, output)?;
    tx.then(Effect::Changed(Change::Commands));
    Ok(())
}
