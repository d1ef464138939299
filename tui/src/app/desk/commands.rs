//! Answers about what is asked of sites, and what that brought.

use super::trouble;
use crate::about;
use crate::app::compare::text::Text;
use crate::app::office::{Answer, Askable, Brought, Known, Output, Request, Trouble, Wish};
use crate::client::ClientError;
use crate::order_action::order_action;
use crate::session::Session;
use fieldpost_common::api::{CommandInfo, CommandOutput};
use fieldpost_common::command::{CommandKind, CommandState};
use fieldpost_common::id::{CommandId, SiteName};
use std::time::Duration;

/// How many commands of all sites are read.
const NEWEST: usize = 200;
/// What an agent said of itself is good for so long; then it is asked anew.
const GOOD_FOR: Duration = Duration::from_mins(10);

/// Answers one of these requests.
pub(super) async fn answer(session: &Session, request: Request) -> Answer {
    let client = &session.client;
    match request {
        Request::Output(id) => {
            let brought = brought(session, &id).await.map(Box::new).map_err(|error| trouble(&error));
            Answer::Output(id, brought)
        }
        Request::Askable { site, refresh } => {
            let askable = askable(session, &site, refresh).await.map(Box::new).map_err(|error| trouble(&error));
            Answer::Askable(site, askable)
        }
        Request::Ask { site, wish } => {
            let asked = ask(session, &site, wish).await.map(Box::new);
            Answer::Asked(site, asked)
        }
        Request::CancelCommand(id) => {
            Answer::CommandCancelled(client.command_cancel(&id).await.map(Box::new).map_err(|error| trouble(&error)))
        }
        Request::Commands(Some(site)) => {
            let commands = client.commands(&site).await.map_err(|error| trouble(&error));
            Answer::Commands(Some(site), commands)
        }
        _ => Answer::Commands(None, client.commands_of_people(NEWEST).await.map_err(|error| trouble(&error))),
    }
}

/// Where a command stands, and what came of it so far.
async fn brought(session: &Session, id: &CommandId) -> Result<Brought, ClientError> {
    let command = session.client.command(id).await?;
    let output = if command.wish.most_output().is_some() { output(session, id).await? } else { None };
    let output = output.map(|output| shown(session, &command, &output));
    Ok(Brought { command, output })
}

/// What came, if anything did.
async fn output(session: &Session, id: &CommandId) -> Result<Option<CommandOutput>, ClientError> {
    match session.client.command_output(id).await {
        Ok(output) => Ok(Some(output)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// It as text: what an agent says of itself in words, everything else as it came.
fn shown(session: &Session, command: &CommandInfo, output: &CommandOutput) -> Output {
    let words = match command.wish {
        CommandKind::AgentInfo => about::read(&output.content).ok().map(|info| about::words(&info, session.now())),
        _ => None,
    };
    let bytes = words.map_or_else(|| output.content.clone(), String::into_bytes);
    // A zero in a log is a blemish, not a sign that there is nothing to read.
    let without_zeros = || Text::read(String::from_utf8_lossy(&bytes).replace('\0', "␀").as_bytes());
    let text = Text::read(&bytes).or_else(without_zeros).unwrap_or_else(|| unreachable!("there is no zero left"));
    Output { whole: output.whole, size: output.content.len() as u64, text: text.into() }
}

async fn ask(session: &Session, site: &SiteName, wish: Wish) -> Result<CommandInfo, Trouble> {
    let kind = match wish {
        Wish::Plain(kind) => kind,
        Wish::Action { application, action, reason } => {
            let signed = order_action(session, site, (application, action), reason).await;
            signed.map_err(|error| Trouble::Refused(error.to_string()))?
        }
    };
    session.client.command_give(site, &kind).await.map_err(|error| trouble(&error))
}

/// What the agent said of itself last; asks it anew where that is wanted and it is old.
async fn askable(session: &Session, site: &SiteName, refresh: bool) -> Result<Askable, ClientError> {
    let client = &session.client;
    let commands = client.commands(site).await?;
    let told = commands.iter().find_map(|one| match (&one.wish, &one.state) {
        (CommandKind::AgentInfo, CommandState::Done { at, .. }) => Some((one.id.clone(), *at)),
        _ => None,
    });
    let known = match told {
        Some((id, at)) => {
            let info = output(session, &id).await?.and_then(|output| about::read(&output.content).ok());
            info.map(|info| Known { info, at })
        }
        None => None,
    };
    let is_old = known.as_ref().is_none_or(|known| known.at.plus(GOOD_FOR) < session.now());
    if refresh && is_old {
        client.command_give(site, &CommandKind::AgentInfo).await?;
    }
    Ok(Askable { known })
}
