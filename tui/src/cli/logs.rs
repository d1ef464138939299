//! `fieldpost logs`: the end of a log at a site, or the lines of it that fit.

use super::command::{Waited, follow, output, told};
use super::failure::Failure;
use super::names;
use super::talk::Talk;
use crate::about;
use crate::session::Session;
use fieldpost_common::command::CommandKind;
use fieldpost_common::command::log::{LogPart, since};
use fieldpost_common::exit;
use fieldpost_common::id::{AppName, LogName, SiteName};
use serde_json::json;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site
    site: String,
    /// Which log, by its name in the site's config; without it: which there are
    log: Option<LogName>,
    /// Of which application; may be left out where there is only one
    #[arg(long)]
    app: Option<AppName>,
    /// At most so many lines (200)
    #[arg(long, short = 'n')]
    lines: Option<u32>,
    /// At most so many bytes
    #[arg(long)]
    bytes: Option<u64>,
    /// Only what was written since then: a time, or how long ago, as in 30m or 2d
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only lines in which this regular expression is found; looked for at the site
    #[arg(long, value_name = "REGEX")]
    grep: Option<String>,
    /// How many seconds to wait for the site
    #[arg(long, value_name = "SECONDS", default_value_t = 90)]
    wait: u64,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let site = names::any_site(session, &args.site).await?;
    let since = args.since.as_deref().map(|given| since(given, session.now())).transpose();
    let since = since.map_err(|error| Failure::usage(format!("--since: {error}")))?;
    let limit = Duration::from_secs(args.wait);
    let Some(log) = args.log else { return names_of(&site, limit, session, talk).await };
    let part = LogPart { lines: args.lines, bytes: args.bytes, since, grep: args.grep };
    part.check().map_err(|error| Failure::usage(error.to_string()))?;
    let application = names::application(session, args.app.as_ref()).await?.name;
    let given = session.client.command_give(&site, &CommandKind::Log { application, log, part }).await?;
    match follow(given, session, limit, talk).await? {
        Waited::Done(done) => output(&done, session, talk).await,
        Waited::Not(failure) => Err(failure),
    }
}

/// Which logs a site has.
async fn names_of(site: &SiteName, limit: Duration, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let given = session.client.command_give(site, &CommandKind::AgentInfo).await?;
    let done = match follow(given, session, limit, talk).await? {
        Waited::Done(done) => done,
        Waited::Not(failure) => return Err(failure),
    };
    let info = told(&session.client.command_output(&done.id).await?.content)?;
    let logs = info.applications.iter().flat_map(|app| app.logs.iter().map(|log| (&app.application, log)));
    let all: Vec<_> = logs.map(|(app, log)| json!({ "application": app, "log": log })).collect();
    let words = || match info.applications.iter().flat_map(|app| &app.logs).map(about::log_words).collect::<Vec<_>>() {
        lines if lines.is_empty() => {
            format!("the agent's config at {site} names no logs: [app.logs] main = \"/path/of/the.log\" names one")
        }
        lines => lines.join("\n"),
    };
    talk.data(&json!({ "site": site, "logs": all }), words)?;
    Ok(exit::OK)
}
