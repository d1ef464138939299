//! `fieldpost state`: what the applications of a site say of their health, with its problems marked.

use super::failure::Failure;
use super::names;
use super::talk::Talk;
use super::verdict::{ago, lines, painted_verdict, word};
use crate::session::Session;
use fieldpost_common::api::{StateView, Verdict};
use fieldpost_common::exit;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::state::Severity;
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
        if session.client.site(site).await?.enrolled_at.is_none() {
            return Err(Failure::new(format!(
                "{site} was never seen: no agent has enrolled there\n`fieldpost site enrolment {site}` prints what enrols it"
            )));
        }
        return Err(Failure::new(format!(
            "nothing is known of the state of {} at {site}\nthe agent's config there names it: [app.state] file = \"…\" or command = […]",
            app.map_or("any application".to_owned(), ToString::to_string)
        )));
    }
    let now = session.now();
    let blocks = || all.iter().map(|state| block(state, now, talk.colour())).collect::<Vec<_>>().join("\n\n");
    talk.data(&json!({ "site": site, "states": all }), blocks)?;
    // An outdated state that was well says nothing of now.
    let is_well = all.iter().all(|state| state.worst == Severity::Ok && state.unseen.is_none());
    Ok(if is_well { exit::OK } else { exit::DIFFERS })
}

fn block(state: &StateView, now: Timestamp, colour: bool) -> String {
    let read = ago(Some(state.at.age(now).as_secs()));
    let unseen = state.unseen.as_ref();
    let verdict = match (unseen, state.worst) {
        // What was wrong is so until the opposite is seen.
        (Some(_), Severity::Ok) => painted_verdict("? can't say", Verdict::CantSay, colour),
        (_, worst) => word(worst, colour),
    };
    let mut block = vec![format!("{}  {verdict}  read {read}", state.application)];
    block.extend(unseen.map(|unseen| format!("? {}, {}: what follows is as old", unseen.why, unseen.explain(now))));
    block.extend(lines(&state.findings, &state.lines, colour));
    block.join("\n")
}
