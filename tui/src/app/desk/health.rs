//! Answers about how sites are: what is wrong, what is said to it, and what applications say of themselves.

use super::trouble;
use crate::app::office::{Answer, Request};
use crate::client::{Client, ClientError};
use fieldpost_common::command::CommandKind;
use fieldpost_common::id::{AppName, SiteName};

/// Answers one of these requests.
pub(super) async fn answer(client: &Client, request: Request) -> Answer {
    match request {
        Request::States(site) => {
            let states = client.states(&site).await.map_err(|error| trouble(&error));
            Answer::States(site, states)
        }
        Request::AskStates(site, apps) => {
            let asked = ask(client, &site, apps).await.map_err(|error| trouble(&error));
            Answer::StatesAsked(site, asked)
        }
        Request::Over { limit } => Answer::Over(client.incidents(true, limit).await.map_err(|error| trouble(&error))),
        Request::Hold { incident, hold } => {
            let held = client.incident_hold(incident, hold).await.map(Box::new).map_err(|error| trouble(&error));
            Answer::Held(incident, held)
        }
        _ => Answer::Status(client.status_brief().await.map(Box::new).map_err(|error| trouble(&error))),
    }
}

/// The site is asked by its next poll; its answers come by the change feed.
async fn ask(client: &Client, site: &SiteName, apps: Vec<AppName>) -> Result<(), ClientError> {
    for application in apps {
        client.command_give(site, &CommandKind::State { application }).await?;
    }
    Ok(())
}
