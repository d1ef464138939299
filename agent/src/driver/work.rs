//! Carries out what commands ask for, beside the loop, until it ends or is stopped.

use super::Driver;
use super::files::status;
use crate::about;
use crate::action::{self, Action};
use crate::config::Config;
use crate::guarded_path::PathGuard;
use crate::health;
use crate::log;
use crate::machine::{Ended, Event, Work};
use crate::server::Server;
use crate::trouble::Trouble;
use fieldpost_common::command::MAX_OUTPUT;
use fieldpost_common::command::log::LogPart;
use fieldpost_common::id::{ActionName, AppName, CommandId, LogName};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::StateReport;
use std::sync::Arc;
use tokio::sync::oneshot;

impl Driver {
    pub(super) fn work(&mut self, command: CommandId, work: Work) {
        let (stop, stopped) = oneshot::channel();
        self.stops.insert(command.clone(), stop);
        let (server, config, clock) = (self.server.clone(), Arc::clone(&self.config), self.clock);
        match work {
            Work::State { application } => self.beside(async move {
                let end = tell_state(&server, &config, &command, &application, || clock.now().wall).await;
                Event::Worked { command, end }
            }),
            Work::About => {
                let about = about::about(&config, &status(&config, &self.state, clock.now(), self.began), clock.now().wall);
                self.beside(async move {
                    let text = serde_json::to_vec(&about).unwrap_or_else(|error| unreachable!("plain data: {error}"));
                    let end = sent(server.put_output(&command, &text, true).await, None);
                    Event::Worked { command, end }
                });
            }
            Work::Log { application, log, part } => self.beside(async move {
                let send = send_log(&server, &config, &command, (&application, &log), part, clock.now().wall);
                let end = tokio::select! {
                    end = send => end,
                    Ok(()) = stopped => Ended::Stopped,
                };
                Event::Worked { command, end }
            }),
            Work::Action { application, action } => self.beside(async move {
                let end = run_action(server, &config, &command, (application, action), stopped).await;
                Event::Worked { command, end }
            }),
        }
    }
}

async fn tell_state(
    server: &Server,
    config: &Config,
    command: &CommandId,
    application: &AppName,
    now: impl Fn() -> Timestamp,
) -> Ended {
    let entry = config.application(application);
    let source = entry.and_then(|entry| entry.state.as_ref());
    let rules = entry.map(|entry| entry.redact.clone()).unwrap_or_default();
    let outcome = health::fetch(source, &PathGuard::new(config), &config.site, application, &rules).await;
    let format = source.and_then(|source| source.format);
    let report = StateReport { command: command.clone(), at: now(), format, outcome };
    server.put_state(application, &report).await.map_or_else(Ended::Unsent, |()| Ended::Known)
}

fn sent(answer: Result<(), Trouble>, note: Option<Clean>) -> Ended {
    answer.map_or_else(Ended::Unsent, |()| Ended::Done { note, tail: None })
}

async fn send_log(
    server: &Server,
    config: &Config,
    command: &CommandId,
    (application, name): (&AppName, &LogName),
    part: LogPart,
    now: Timestamp,
) -> Ended {
    let failed = |words: &str| Ended::Failed { reason: Clean::line(words), tail: None };
    let entry = config.application(application);
    let found = entry.and_then(|entry| Some((entry.logs.get(name)?.clone(), entry.redact.clone())));
    let Some((path, rules)) = found else {
        return failed(&format!("the agent's config names no log {name} for {application}"));
    };
    let guard = PathGuard::new(config);
    let read = tokio::task::spawn_blocking(move || log::read(&guard, path.as_path(), &part, &rules, MAX_OUTPUT, now)).await;
    match read {
        Ok(Ok(found)) => sent(server.put_output(command, &found.text, true).await, Some(found.note)),
        Ok(Err(error)) => failed(&error.to_string()),
        Err(error) => failed(&format!("reading the log broke off: {error}")),
    }
}

async fn run_action(
    server: Server,
    config: &Config,
    command: &CommandId,
    (application, name): (AppName, ActionName),
    stopped: oneshot::Receiver<()>,
) -> Ended {
    let entry = config.application(&application);
    let Some((action, redact)) = entry.and_then(|entry| Some((entry.actions.get(&name)?, &entry.redact))) else {
        let words = format!("the agent's config names no action {name} for {application}");
        return Ended::Failed { reason: Clean::line(&words), tail: None };
    };
    let action = Action { config: action, site: &config.site, application: &application, name: &name, redact };
    action::run(&action, &server, command, stopped).await
}
