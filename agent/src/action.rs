//! Runs an action of the config to its end, its time limit, or until it is stopped; what it prints streams to the server.

use crate::config;
use crate::machine::Ended;
use crate::process::{self, End, Printed};
use crate::redact::Rules;
use crate::server::Server;
use fieldpost_common::command::MAX_ACTION_OUTPUT;
use fieldpost_common::hook::MAX_HOOK_OUTPUT;
use fieldpost_common::id::{ActionName, AppName, CommandId, SiteName};
use fieldpost_common::text::Clean;
use std::time::Duration;
use tokio::process::Command;
use tokio::sync::{oneshot, watch};

/// How often new output is sent while the action runs.
const EVERY: Duration = Duration::from_secs(1);

/// An action and for whom it runs.
#[derive(Debug)]
pub struct Action<'a> {
    /// What the config says.
    pub config: &'a config::Action,
    /// The site.
    pub site: &'a SiteName,
    /// The application.
    pub application: &'a AppName,
    /// The action's name.
    pub name: &'a ActionName,
    /// What of its output doesn't leave the site.
    pub redact: &'a Rules,
}

/// Runs it. The output that is kept is the end of what it printed, on either stream.
pub async fn run(action: &Action<'_>, server: &Server, command: &CommandId, stopped: oneshot::Receiver<()>) -> Ended {
    let Some((program, arguments)) = action.config.command.split_first() else {
        unreachable!("the config has no empty commands");
    };
    let mut process = Command::new(program);
    process
        .args(arguments)
        .env("FIELDPOST_SITE", action.site.as_str())
        .env("FIELDPOST_APPLICATION", action.application.as_str())
        .env("FIELDPOST_ACTION", action.name.as_str());
    let rules = action.redact;
    // A rule holds for a line, so it must have the whole of it.
    let nothing = if rules.is_empty() { Printed::as_it_comes } else { Printed::whole_lines };
    let (printed, output) = watch::channel(nothing(MAX_ACTION_OUTPUT));
    let stream = tokio::spawn(stream(server.clone(), command.clone(), output.clone(), rules.clone()));
    let stop = async {
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let end = process::follow(&mut process, action.config.timeout, stop, &printed).await;
    drop(printed);
    // The whole output is sent last; should that fail, its end stands in the result.
    let _ = stream.await;
    let whole = redacted(&output.borrow(), rules);
    put_whole(server, command, &whole).await;
    ended(end, program, action.config.timeout, &whole)
}

/// Gives the server the whole output; what is lost or damaged on its way is given again a few times.
async fn put_whole(server: &Server, command: &CommandId, whole: &[u8]) {
    const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(4)];
    for pause in PAUSES {
        tokio::time::sleep(pause).await;
        match server.put_output(command, whole, true).await {
            Ok(()) => return,
            Err(trouble) => {
                tracing::warn!("the output of an action could not be sent: {trouble}");
                if trouble.is_refusal() {
                    return;
                }
            }
        }
    }
}

fn ended(end: std::io::Result<End>, program: &str, limit: Duration, output: &[u8]) -> Ended {
    let tail = Some(Clean::lines(&String::from_utf8_lossy(&output[output.len().saturating_sub(MAX_HOOK_OUTPUT)..])));
    let failed = |words: String, tail| Ended::Failed { reason: Clean::line(&words), tail };
    match end {
        Ok(End::Code(Some(0))) => Ended::Done { note: None, tail },
        Ok(End::Code(Some(code))) => failed(format!("it ended with code {code}"), tail),
        Ok(End::Code(None)) => failed("a signal ended it".to_owned(), tail),
        Ok(End::TimedOut) => failed(format!("it was ended after {} s, the time that it may take", limit.as_secs()), tail),
        Ok(End::Stopped) => Ended::Stopped,
        Err(error) => failed(format!("{program} can't be run: {error}"), None),
    }
}

/// What of an output leaves the site.
fn redacted(printed: &Printed, rules: &Rules) -> Vec<u8> {
    let mut text = rules.whole(printed.text()).into_owned();
    text.drain(..text.len().saturating_sub(MAX_ACTION_OUTPUT));
    text
}

/// Sends what was printed so far, as long as there is more to come. What can't be sent now is sent with what comes next.
async fn stream(server: Server, command: CommandId, mut output: watch::Receiver<Printed>, rules: Rules) {
    while output.changed().await.is_ok() {
        let so_far = redacted(&output.borrow_and_update(), &rules);
        if let Err(trouble) = server.put_output(&command, &so_far, false).await {
            tracing::debug!("the output of an action could not be sent yet: {trouble}");
        }
        tokio::time::sleep(EVERY).await;
    }
}
