//! `fieldpost incidents`: what is wrong, and what people say to it.

use super::failure::Failure;
use super::talk::Talk;
use super::verdict::{ago, lasting, painted};
use crate::session::Session;
use fieldpost_common::api::SetHold;
use fieldpost_common::exit;
use fieldpost_common::incident::{Hold, Incident, IncidentId, Phase, Subject, Told};
use fieldpost_common::text::Clean;
use fieldpost_common::time::{Timestamp, duration, minute};
use serde_json::{Value, json};
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
            talk.data(&json!({ "incidents": all.iter().map(flat).collect::<Vec<_>>() }), lines)?;
            if all.is_empty() && !talk.json() {
                talk.say(if args.closed { "nothing was wrong" } else { "nothing is wrong" });
            }
            return Ok(exit::OK);
        }
        Some(Verb::Ack { incident }) => (incident, SetHold::Acknowledge),
        Some(Verb::Snooze { incident, time }) => (incident, SetHold::SnoozeUntil(now.plus(time))),
        Some(Verb::Release { incident }) => (incident, SetHold::Release),
    };
    let incident = session.client.incident_hold(IncidentId(incident), hold).await?;
    talk.data(&flat(&incident), || line(&incident, now, talk.colour()))?;
    Ok(exit::OK)
}

/// An incident as scripts read it: every field is always there, and null where it has no meaning.
pub(super) fn flat(incident: &Incident) -> Value {
    let (mut application, mut order, mut error, mut what) = (None, None, None, None);
    match &incident.subject {
        Subject::StateProblem { application: one, .. }
        | Subject::Drift { application: one, .. }
        | Subject::MoreErrorGroups { application: one } => application = Some(one),
        Subject::NewErrorGroup { application: one, group } | Subject::Regressed { application: one, group, .. } => {
            application = Some(one);
            error = Some(group);
        }
        Subject::OrderStuck { order: one, .. } => order = Some(one),
        Subject::AgentFailing { what: one, .. } | Subject::Server { what: one } => what = Some(Clean::line(one)),
        Subject::CantSay { application: app, .. } => application = Some(app),
        Subject::Silent { .. } | Subject::InventoryStale { .. } | Subject::Uplink => {}
    }
    let (closed, open) = match incident.phase {
        Phase::Open { .. } => (None, true),
        Phase::Closed { at } => (Some(at), false),
    };
    let (held_by, snoozed_until) = match &incident.hold {
        Hold::None => (None, None),
        Hold::Acknowledged { by, .. } => (Some(by), None),
        Hold::Snoozed { by, until } => (Some(by), Some(until)),
    };
    let told = match incident.told {
        Told::Nothing => None,
        Told::Alert { at, .. } | Told::Recovery { at } => Some(at),
    };
    let state = match (open, held_by, snoozed_until) {
        (false, ..) => "closed",
        (true, None, _) => "open",
        (true, Some(_), None) => "acknowledged",
        (true, Some(_), Some(_)) => "snoozed",
    };
    json!({
        "id": incident.id,
        "kind": incident.subject.kind(),
        "site": incident.subject.site(),
        "application": application,
        "order": order,
        "error": error,
        "what": what,
        "severity": incident.severity,
        "words": incident.words,
        "since": incident.since,
        "opened": incident.opened,
        "closed": closed,
        "state": state,
        "held_by": held_by,
        "snoozed_until": snoozed_until,
        "told": told,
        "returns": incident.returns,
        "unseen": incident.unseen.as_ref().map(|unseen| &unseen.why),
        "last_seen": incident.unseen.as_ref().and_then(|unseen| unseen.since),
    })
}

/// One incident on one line.
pub(super) fn line(incident: &Incident, now: Timestamp, colour: bool) -> String {
    let place = incident.subject.site().map_or("server".to_owned(), ToString::to_string);
    let when = match incident.phase {
        Phase::Open { .. } => lasting(incident.since.age(now)),
        Phase::Closed { at } => format!("over {}", ago(Some(at.age(now).as_secs()))),
    };
    let hold = match &incident.hold {
        Hold::None => String::new(),
        Hold::Acknowledged { by, .. } => format!(", {by} looks after it"),
        Hold::Snoozed { by, until } => format!(", snoozed by {by} until {}", minute(*until)),
    };
    let unseen = incident.unseen_words(now).map(|words| format!(", {words}")).unwrap_or_default();
    let words = format!("{} {place}: {}", incident.severity.sign(), incident.words);
    format!("{:>5}  {}  {when}{unseen}{hold}", incident.id.0, painted(&words, incident.severity, colour))
}
