//! `fieldpost command`: asks something of a site now.

use super::failure::Failure;
use super::names;
use super::state;
use super::talk::Talk;
use crate::clock::Stopwatch;
use crate::session::Session;
use fieldpost_common::api::CommandInfo;
use fieldpost_common::command::{CommandKind, CommandState};
use fieldpost_common::exit;
use fieldpost_common::id::AppName;
use std::time::Duration;

/// How long between two looks at a command.
const PAUSE: Duration = Duration::from_millis(250);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site
    site: String,
    #[command(subcommand)]
    wish: Wish,
}

#[derive(Debug, clap::Subcommand)]
enum Wish {
    /// Its state
    State {
        /// Of which application; may be left out where there is only one
        #[arg(long)]
        app: Option<AppName>,
        /// Wait for the answer and show it, up to so many seconds
        #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "60")]
        wait: Option<u64>,
    },
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let site = names::any_site(session, &args.site).await?;
    let Wish::State { app, wait } = args.wish;
    let application = names::application(session, app.as_ref()).await?.name;
    let wish = CommandKind::State { application: application.clone() };
    let given = session.client.command_give(&site, &wish).await?;
    let Some(seconds) = wait else {
        talk.data(&given, || format!("{site} is asked for the state of {application}"))?;
        return Ok(exit::OK);
    };
    let ended = ended(given, session, Duration::from_secs(seconds)).await?;
    match &ended.state {
        CommandState::Done { .. } => state::show(&site, Some(&application), session, talk).await,
        state if state.is_open() => {
            Err(Failure::later(format!("{site} has not answered yet; it is asked until {}", ended.deadline)))
        }
        CommandState::Failed { reason, .. } => Err(Failure::new(format!("{site} can't: {reason}"))),
        state => Err(Failure::new(format!("{site} did not answer: the command {}", state.word().replace('_', " ")))),
    }
}

async fn ended(mut command: CommandInfo, session: &Session, limit: Duration) -> Result<CommandInfo, Failure> {
    let watch = Stopwatch::start();
    while command.state.is_open() && !watch.left_of(limit).is_zero() {
        tokio::time::sleep(PAUSE).await;
        command = session.client.command(&command.id).await?;
    }
    Ok(command)
}
