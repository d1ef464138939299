//! `fieldpost command`: asks something of a site now, and says what came of it.

mod follow;

pub(super) use follow::{Waited, follow, output};

use super::failure::Failure;
use super::names;
use super::state;
use super::talk::Talk;
use super::verdict::ago;
use crate::about;
use crate::order_action::order_action;
use crate::session::Session;
use fieldpost_common::api::CommandInfo;
use fieldpost_common::command::{CommandKind, CommandState};
use fieldpost_common::exit;
use fieldpost_common::id::{ActionName, AppName, CommandId, SiteName};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::AgentInfo;
use serde_json::json;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site
    site: String,
    #[command(subcommand)]
    wish: Wish,
}

#[derive(Debug, clap::Subcommand)]
enum Wish {
    /// The state of an application
    State(OfApp),
    /// The walkbacks of an application that are not home yet
    Walkbacks(OfApp),
    /// A look at the patch directories that reads every file, whatever its times say
    #[command(alias = "re-scan")]
    Rescan(Waiting),
    /// The inventory, whole
    Inventory(Waiting),
    /// What the agent knows of itself: versions, clock, disk, logs and actions that can be asked for
    AgentInfo(Waiting),
    /// A local action, by its name in the site's config; signed with your key
    Action {
        /// Which
        action: ActionName,
        #[command(flatten)]
        of: OfApp,
        /// Why, for those who read the activity
        #[arg(long)]
        reason: Option<String>,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// What was asked of the site, newest first
    List,
    /// What a command brought
    Output {
        /// Its id, or how it begins
        command: String,
    },
    /// Take a command back
    Cancel {
        /// Its id, or how it begins
        command: String,
    },
}

#[derive(Debug, clap::Args)]
struct OfApp {
    /// Of which application; may be left out where there is only one
    #[arg(long)]
    app: Option<AppName>,
    #[command(flatten)]
    waiting: Waiting,
}

#[derive(Debug, Clone, Copy, clap::Args)]
struct Waiting {
    /// Wait for the answer and show it, up to so many seconds
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "60")]
    wait: Option<u64>,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let site = names::any_site(session, &args.site).await?;
    let (wish, waiting) = match args.wish {
        Wish::List => return list(&site, session, talk).await,
        Wish::Output { command } => return shown(&find(&site, &command, session).await?, session, talk).await,
        Wish::Cancel { command } => return cancel(&find(&site, &command, session).await?, session, talk).await,
        Wish::State(of) => (CommandKind::State { application: app(&of, session).await? }, of.waiting),
        Wish::Walkbacks(of) => (CommandKind::Walkbacks { application: app(&of, session).await? }, of.waiting),
        Wish::Rescan(waiting) => (CommandKind::Rescan, waiting),
        Wish::Inventory(waiting) => (CommandKind::Inventory, waiting),
        Wish::AgentInfo(waiting) => (CommandKind::AgentInfo, waiting),
        Wish::Action { action, of, reason, yes } => {
            let application = app(&of, session).await?;
            if !yes && !talk.confirm(&format!("run {action} of {application} at {site}?"), "--yes")? {
                return Err(Failure::new("nothing was asked"));
            }
            (order_action(session, &site, (application, action), reason).await?, of.waiting)
        }
    };
    let given = session.client.command_give(&site, &wish).await?;
    let Some(seconds) = waiting.wait else {
        let words = || format!("{site} is asked for: {}\n`fieldpost command {site} list` shows what becomes of it", wish.words());
        talk.data(&given, words)?;
        return Ok(exit::OK);
    };
    match follow(given, session, Duration::from_secs(seconds), talk).await? {
        Waited::Done(done) => answered(&done, session, talk).await,
        Waited::Not(failure) => Err(failure),
    }
}

async fn app(of: &OfApp, session: &Session) -> Result<AppName, Failure> {
    Ok(names::application(session, of.app.as_ref()).await?.name)
}

/// Shows what a command that is done brought.
async fn answered(done: &CommandInfo, session: &Session, talk: Talk) -> Result<u8, Failure> {
    match &done.wish {
        CommandKind::State { application } => state::show(&done.site, Some(application), session, talk).await,
        CommandKind::Log { .. } | CommandKind::Action { .. } | CommandKind::AgentInfo => shown(done, session, talk).await,
        _ => {
            talk.data(done, || done.state.note().map_or_else(|| "done".to_owned(), ToString::to_string))?;
            Ok(exit::OK)
        }
    }
}

async fn shown(command: &CommandInfo, session: &Session, talk: Talk) -> Result<u8, Failure> {
    if command.wish == CommandKind::AgentInfo {
        let info = told(&session.client.command_output(&command.id).await?.content)?;
        talk.data(&info, || about::words(&info, session.now()))?;
        return Ok(exit::OK);
    }
    output(command, session, talk).await
}

/// What an agent says of itself.
pub(super) fn told(output: &[u8]) -> Result<AgentInfo, Failure> {
    about::read(output).map_err(|error| Failure::new(format!("the agent's answer can't be read: {error}")))
}

async fn list(site: &SiteName, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let all = session.client.commands(site).await?;
    let now = session.now();
    let lines = || all.iter().map(|one| line(one, now)).collect::<Vec<_>>().join("\n");
    talk.data(&json!({ "site": site, "commands": all }), lines)?;
    Ok(exit::OK)
}

/// `3f2a91bc  done         5m ago  ada     log main of trading: last 200 lines`.
fn line(command: &CommandInfo, now: Timestamp) -> String {
    let state = command.state.word().replace('_', " ");
    let by = command.given_by.as_ref().map_or("server", |by| by.as_str());
    let asked = ago(Some(command.created.age(now).as_secs()));
    let note = command.state.note().map(|note| format!(" · {note}")).unwrap_or_default();
    let line = format!("{:.8}  {state:<10} {asked:>9}  {by:<10} {}{note}", command.id.as_str(), command.wish.words());
    Clean::line(&line).to_string()
}

async fn cancel(command: &CommandInfo, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let after = session.client.command_cancel(&command.id).await?;
    let words = match &after.state {
        CommandState::Cancelled { .. } => "taken back: the site never had it".to_owned(),
        CommandState::Cancelling { .. } => format!("{} is told to leave it; its answer says what became of it", after.site),
        state => format!("too late: it is {}", state.word().replace('_', " ")),
    };
    talk.data(&after, || words)?;
    Ok(exit::OK)
}

/// A command of a site by its id, or how it begins.
async fn find(site: &SiteName, given: &str, session: &Session) -> Result<CommandInfo, Failure> {
    if let Ok(id) = given.parse::<CommandId>() {
        let found = session.client.command(&id).await?;
        if found.site == *site {
            return Ok(found);
        }
        return Err(Failure::new(format!("that command is one of {}, not of {site}", found.site)));
    }
    let mut found = session.client.commands(site).await?;
    found.retain(|one| one.id.as_str().starts_with(given));
    match found.len() {
        1 => Ok(found.swap_remove(0)),
        0 => Err(Failure::new(format!("no command at {site} begins with {given:?}\n`fieldpost command {site} list` lists them"))),
        several => Err(Failure::new(format!("{several} commands at {site} begin with {given:?}: say more of it"))),
    }
}
