//! Waits for what a site answers to a command, and shows what it brought.

use crate::cli::failure::Failure;
use crate::cli::talk::Talk;
use crate::clock::Stopwatch;
use crate::session::Session;
use fieldpost_common::api::{Change, CommandInfo};
use fieldpost_common::command::CommandState;
use fieldpost_common::exit;
use fieldpost_common::grid::Feed;
use fieldpost_common::text::{Clean, age};
use serde_json::json;
use std::time::Duration;

/// The longest that one request waits.
const AT_ONCE: Duration = Duration::from_secs(20);

/// How the wait ended.
pub(crate) enum Waited {
    /// The site has done it.
    Done(Box<CommandInfo>),
    /// It has not, or not yet: said so.
    Not(Failure),
}

/// Waits until a command has ended, through the change feed.
pub(crate) async fn follow(given: CommandInfo, session: &Session, limit: Duration, talk: Talk) -> Result<Waited, Failure> {
    let watch = Stopwatch::start();
    let mut command = given;
    let mut feed = session.client.changes(&Feed::default(), Duration::ZERO).await?.feed;
    let mut said = command.state.word();
    say_if_silent(&command, session, limit, talk).await?;
    loop {
        command = session.client.command(&command.id).await?;
        let left = watch.left_of(limit);
        if !command.state.is_open() || left.is_zero() {
            return Ok(judge(command));
        }
        if said != command.state.word() {
            said = command.state.word();
            talk.say(&format!("{}: {said}", command.site));
        }
        loop {
            let changes = session.client.changes(&feed, left.min(AT_ONCE)).await?;
            feed = changes.feed;
            if changes.reload || changes.changes.contains(&Change::Commands) || watch.left_of(limit).is_zero() {
                break;
            }
        }
    }
}

/// Nobody is to wait for a silent site without knowing that it is one.
async fn say_if_silent(command: &CommandInfo, session: &Session, limit: Duration, talk: Talk) -> Result<(), Failure> {
    let site = session.client.site(&command.site).await?;
    if site.is_silent(session.now()) {
        let last =
            site.last_seen.map_or("it never polled".to_owned(), |last| format!("last seen {} ago", age(last.age(session.now()))));
        let seconds = limit.as_secs();
        talk.say(&format!(
            "{} is silent, {last}: it answers only when it polls again; waited for {seconds} s at most",
            site.name
        ));
    }
    Ok(())
}

fn judge(command: CommandInfo) -> Waited {
    let site = &command.site;
    Waited::Not(match &command.state {
        CommandState::Done { .. } => return Waited::Done(Box::new(command)),
        state if state.is_open() => {
            Failure::later(format!("{site} has not answered yet; it is asked until {}", command.deadline))
        }
        CommandState::Failed { reason, .. } => Failure::new(format!("{site} can't: {reason}")),
        CommandState::Unknown { reason, .. } => Failure::new(format!("{site} can't tell whether it was done: {reason}")),
        CommandState::Cancelled { by, .. } => Failure::new(format!("{by} took it back")),
        state => Failure::new(format!("{site} did not answer: the command {}", state.word().replace('_', " "))),
    })
}

/// Shows what a command brought: the bytes for a program, made safe for a screen.
pub(crate) async fn output(command: &CommandInfo, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let output = session.client.command_output(&command.id).await?;
    if let Some(note) = command.state.note() {
        talk.say(&note.to_string());
    }
    if talk.json() {
        let text = String::from_utf8_lossy(&output.content);
        talk.data(&json!({ "command": command, "whole": output.whole, "text": text }), String::new)?;
    } else if talk.is_terminal() {
        talk.raw(Clean::lines(&String::from_utf8_lossy(&output.content)).as_str().as_bytes())?;
    } else {
        talk.raw(&output.content)?;
    }
    Ok(exit::OK)
}
