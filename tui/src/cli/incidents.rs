//! `fieldpost incidents`: what is wrong, and what people say to it.

use super::failure::Failure;
use super::talk::Talk;
use super::verdict::{ago, painted};
use crate::session::Session;
use fieldpost_common::api::SetHold;
use fieldpost_common::exit;
use fieldpost_common::incident::{Hold, Incident, IncidentId, Phase};
use fieldpost_common::time::{Timestamp, duration};
use serde_json::json;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Those that are over, newest first
    #[arg(long)]
    closed: bool,
    /// How many
    #[arg(long, default_value_t = 100)]
    limit: usize,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Say that you look after one: no reminders
    Ack {
        /// Its number
        incident: u64,
    },
    /// Hear nothing of one for a while
    Snooze {
        /// Its number
        incident: u64,
        /// For how long, as in 30m, 4h or 2d
        #[arg(long = "for", value_name = "TIME", value_parser = duration, default_value = "4h")]
        time: Duration,
    },
    /// Take that back
    Release {
        /// Its number
        incident: u64,
    },
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let now = session.now();
    let (incident, hold) = match args.verb {
        None => {
            let all = session.client.incidents(args.closed, args.limit).await?;
            let lines = || all.iter().map(|one| line(one, now, talk.colour())).collect::<Vec<_>>().join("\n");
            talk.data(&json!({ "incidents": all }), lines)?;
            return Ok(exit::OK);
        }
        Some(Verb::Ack { incident }) => (incident, SetHold::Acknowledge),
        Some(Verb::Snooze { incident, time }) => (incident, SetHold::SnoozeUntil(now.plus(time))),
        Some(Verb::Release { incident }) => (incident, SetHold::Release),
    };
    let incident = session.client.incident_hold(IncidentId(incident), hold).await?;
    talk.data(&incident, || line(&incident, now, talk.colour()))?;
    Ok(exit::OK)
}

/// One incident on one line.
pub(super) fn line(incident: &Incident, now: Timestamp, colour: bool) -> String {
    let place = incident.subject.site().map_or("server".to_owned(), ToString::to_string);
    let when = match incident.phase {
        Phase::Open { .. } => format!("since {}", ago(Some(incident.since.age(now).as_secs()))),
        Phase::Closed { at } => format!("over {}", ago(Some(at.age(now).as_secs()))),
    };
    let hold = match &incident.hold {
        Hold::None => String::new(),
        Hold::Acknowledged { by, .. } => format!(", {by} looks after it"),
        Hold::Snoozed { by, until } => format!(", snoozed by {by} until {until}"),
    };
    let words = format!("{} {place}: {}", incident.severity.sign(), incident.words);
    format!("{:>5}  {}  {when}{hold}", incident.id.0, painted(&words, incident.severity, colour))
}
