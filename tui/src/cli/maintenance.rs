//! `fieldpost maintenance`: times in which nobody is told of what happens at some sites.

use super::failure::Failure;
use super::scope::{Scope, words};
use super::talk::Talk;
use crate::session::Session;
use fieldpost_common::api::Maintenance;
use fieldpost_common::exit;
use fieldpost_common::text::Clean;
use fieldpost_common::time::duration;
use serde_json::json;
use std::time::Duration;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// What is planned or under way
    List,
    /// Begin, or plan, one
    Add {
        #[command(flatten)]
        scope: Scope,
        /// How long it lasts, as in 30m, 2h or 1d
        #[arg(long = "for", value_name = "TIME", value_parser = duration)]
        time: Duration,
        /// When it begins: so long from now
        #[arg(long = "in", value_name = "TIME", value_parser = duration, default_value = "0s")]
        start: Duration,
        /// What for
        #[arg(long)]
        reason: Option<String>,
    },
    /// End one now
    End {
        /// Its number
        id: u64,
    },
}

pub(crate) async fn run(verb: Verb, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let client = &session.client;
    match verb {
        Verb::List => {
            let all = client.maintenance().await?;
            talk.data(&json!({ "maintenance": all }), || all.iter().map(line).collect::<Vec<_>>().join("\n"))?;
            if all.is_empty() && !talk.json() {
                talk.say("nothing is planned or under way");
            }
        }
        Verb::Add { scope, time, start, reason } => {
            let from = session.now().plus(start);
            let (scope, reason) = (scope.chosen(session).await?, reason.map(|words| Clean::line(&words)));
            let window = Maintenance { id: 0, scope, from, until: from.plus(time), by: None, reason };
            let window = client.maintenance_add(&window).await?;
            talk.data(&window, || line(&window))?;
        }
        Verb::End { id } => {
            client.maintenance_end(id).await?;
            talk.data(&json!({ "id": id, "ended": true }), || format!("maintenance {id} is over"))?;
        }
    }
    Ok(exit::OK)
}

fn line(window: &Maintenance) -> String {
    let by = window.by.as_ref().map(|by| format!("  by {by}")).unwrap_or_default();
    let reason = window.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{:>5}  {}  {} to {}{by}{reason}", window.id, words(&window.scope), window.from, window.until)
}
