//! `fieldpost state`: what the applications of a site say of their health, with its problems marked.

use super::failure::Failure;
use super::names;
use super::talk::Talk;
use super::verdict::{ago, lines, word};
use crate::session::Session;
use fieldpost_common::api::StateView;
use fieldpost_common::exit;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::time::Timestamp;
use serde_json::json;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site
    site: String,
    /// Of one application only
    #[arg(long)]
    app: Option<AppName>,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let site = names::any_site(session, &args.site).await?;
    show(&site, args.app.as_ref(), session, talk).await
}

/// Shows the newest states of a site.
pub(super) async fn show(site: &SiteName, app: Option<&AppName>, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let mut all = session.client.states(site).await?;
    all.retain(|state| app.is_none_or(|app| *app == state.application));
    if all.is_empty() {
        return Err(Failure::new(format!(
            "nothing is known of the state of {} at {site}\nthe agent's config there names it: [app.state] file = \"…\" or command = […]",
            app.map_or("any application".to_owned(), ToString::to_string)
        )));
    }
    let now = session.now();
    let blocks = || all.iter().map(|state| block(state, now, talk.colour())).collect::<Vec<_>>().join("\n\n");
    talk.data(&json!({ "site": site, "states": all }), blocks)?;
    Ok(exit::OK)
}

fn block(state: &StateView, now: Timestamp, colour: bool) -> String {
    let read = ago(Some(state.at.age(now).as_secs()));
    let head = format!("{}  {}  read {read}", state.application, word(state.worst, colour));
    let mut block = vec![head];
    block.extend(lines(&state.findings, &state.lines, colour));
    block.join("\n")
}
