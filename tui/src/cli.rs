//! The command line: every verb, and which file carries it out.

mod activity;
mod application;
mod badge;
mod command;
mod content;
mod correct;
mod diff;
mod doctor;
mod errors;
mod failure;
mod history;
mod incidents;
mod key;
mod keys;
mod log_in;
mod logs;
mod maintenance;
mod names;
mod order;
mod patches;
mod publish;
mod reading;
mod remove;
mod retrieve;
mod scope;
mod send;
mod site;
mod stamp;
mod stamp_words;
mod state;
mod state_rules;
mod status;
mod talk;
mod target;
mod trust;
mod unpublish;
mod user;
mod verdict;
mod wait;

use crate::app::ColorChoice;
use crate::keyring::Keyring;
use crate::session::{Session, SessionError};
use clap::{Parser, Subcommand};
use failure::Failure;
use fieldpost_common::exit;
use talk::Talk;

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 usage, 3 differences found, 69 server unreachable, 75 try again later, \
77 not permitted, 78 broken settings.\nSettings (app.toml), token and keys: $FIELDPOST_CONFIG_DIR, else ~/.config/fieldpost.";

/// Sends patches to client sites and brings home what changed there.
///
/// Without a verb: the terminal app.
#[derive(Debug, Parser)]
#[command(name = "fieldpost", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// Print data as JSON
    #[arg(long, global = true)]
    json: bool,
    /// Whether to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    color: ColorChoice,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Start a server, three sites and the app on this machine, in a temporary folder
    Demo(DemoArgs),
    /// Store a token and make a signing key, with the string that an admin gave you (`-`: read it from standard input)
    Login(log_in::Args),
    /// Applications
    #[command(subcommand)]
    App(application::Verb),
    /// Sites: add, list, show, set, group, accept-drop, enrolment, remove
    #[command(subcommand)]
    Site(site::Verb),
    /// Sites and how they are
    Sites,
    /// Sign that files are current for versions of an application
    Publish(publish::Args),
    /// Take patches off the published table
    Unpublish(unpublish::Args),
    /// The grid: every patch against every site
    Patches(patches::Args),
    /// Order that sites put patches in place
    Send(send::Args),
    /// Order that sites remove patches
    Remove(remove::Args),
    /// Take an order back
    Cancel(order::CancelArgs),
    /// View or save what a site has, or make it current
    Retrieve(retrieve::Args),
    /// Compare two contents of a patch; exits 3 when they differ
    Diff(diff::Args),
    /// Everything that is known of one patch
    History(history::Args),
    /// Say author, time or issue of a revision by hand; the file stays as it is
    Correct(correct::Args),
    /// What would be read out of files: who changed them, when, and why; needs no server
    Stamp(stamp::Args),
    /// How every site is, and what is wrong; exits 3 when something is
    Status(status::Args),
    /// What is wrong, and what people say to it
    Incidents(incidents::Args),
    /// What applications ran into at their sites: crash reports, grouped by error
    Errors(errors::Args),
    /// What the applications of a site say of their health
    State(state::Args),
    /// Ask something of a site now: its state, a log, a look at all files, a local action
    Command(command::Args),
    /// Read a log at a site
    Logs(logs::Args),
    /// An icon that shows how sites are, for wikis and trackers
    Badge(badge::Args),
    /// Times in which nobody is told of what happens at some sites
    #[command(subcommand)]
    Maintenance(maintenance::Verb),
    /// How states are read; needs no server
    #[command(subcommand)]
    StateRules(state_rules::Verb),
    /// What happened, newest first
    Activity(activity::Args),
    /// The audit chain
    #[command(subcommand)]
    Audit(activity::AuditVerb),
    /// People
    #[command(subcommand)]
    User(user::Verb),
    /// Whose signature sites obey
    #[command(subcommand)]
    Trust(trust::Verb),
    /// The signing keys in this folder
    #[command(subcommand)]
    Key(key::Verb),
    /// The keys of the app's screens as they are set, by their names in the settings
    Keys,
    /// Look at everything that can be in the way, and say how to mend it
    Doctor,
}

#[derive(Debug, clap::Args)]
struct DemoArgs {
    /// Play the whole story without a terminal, and check each step
    #[arg(long)]
    headless: bool,
}

/// Carries out a command line and says how it ended.
pub async fn run(cli: Cli) -> u8 {
    let talk = Talk::new(cli.json, cli.color);
    match carry_out(cli, talk).await {
        Ok(code) => code,
        Err(failure) => {
            talk.fail(&failure);
            failure.code
        }
    }
}

async fn carry_out(cli: Cli, talk: Talk) -> Result<u8, Failure> {
    let Some(verb) = cli.verb else { return app(cli.color, talk).await };
    match verb {
        Verb::Demo(args) => crate::demo::run(args.headless, talk.has_screen(), cli.color).await.map_err(Failure::from),
        Verb::Login(args) => log_in::run(args, talk).await,
        Verb::Key(verb) => key::run(&verb, talk).await,
        Verb::Keys => keys::run(talk),
        Verb::Doctor => doctor::run(cli.color, talk).await,
        Verb::Stamp(args) => stamp::run(args, talk),
        Verb::StateRules(verb) => state_rules::run(&verb, talk),
        verb => with_session(verb, &Session::open()?, talk).await,
    }
}

async fn with_session(verb: Verb, session: &Session, talk: Talk) -> Result<u8, Failure> {
    match verb {
        Verb::App(verb) => application::run(verb, session, talk).await,
        Verb::Site(verb) => site::run(verb, session, talk).await,
        Verb::Sites => site::list(session, talk).await,
        Verb::Publish(args) => publish::run(args, session, talk).await,
        Verb::Unpublish(args) => unpublish::run(args, session, talk).await,
        Verb::Patches(args) => patches::run(args, session, talk).await,
        Verb::Send(args) => send::run(args, session, talk).await,
        Verb::Remove(args) => remove::run(args, session, talk).await,
        Verb::Cancel(args) => order::cancel(args, session, talk).await,
        Verb::Retrieve(args) => retrieve::run(args, session, talk).await,
        Verb::Diff(args) => diff::run(args, session, talk).await,
        Verb::History(args) => history::run(args, session, talk).await,
        Verb::Correct(args) => correct::run(args, session, talk).await,
        Verb::Status(args) => status::run(args, session, talk).await,
        Verb::Incidents(args) => incidents::run(args, session, talk).await,
        Verb::Errors(args) => errors::run(args, session, talk).await,
        Verb::State(args) => state::run(args, session, talk).await,
        Verb::Command(args) => command::run(args, session, talk).await,
        Verb::Logs(args) => logs::run(args, session, talk).await,
        Verb::Badge(args) => badge::run(args, session, talk).await,
        Verb::Maintenance(verb) => maintenance::run(verb, session, talk).await,
        Verb::Activity(args) => activity::run(args, session, talk).await,
        Verb::Audit(verb) => activity::audit(verb, session, talk).await,
        Verb::User(verb) => user::run(verb, session, talk).await,
        Verb::Trust(verb) => trust::run(verb, session, talk).await,
        Verb::Demo(_) | Verb::Login(_) | Verb::Key(_) | Verb::Keys | Verb::Doctor | Verb::Stamp(_) | Verb::StateRules(_) => {
            unreachable!("these verbs need no login")
        }
    }
}

async fn app(colours: ColorChoice, talk: Talk) -> Result<u8, Failure> {
    if !talk.has_screen() {
        return Err(Failure::usage(
            "the terminal app needs a terminal\nuse `fieldpost patches` for the grid as text, `fieldpost --help` for all verbs",
        ));
    }
    crate::app::run(Keyring::from_environment()?, colours).await.map_err(app_failed)?;
    Ok(exit::OK)
}

fn app_failed(error: anyhow::Error) -> Failure {
    match error.downcast::<SessionError>() {
        Ok(error) => error.into(),
        Err(error) => Failure::new(format!("{error:#}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_names_the_exit_codes() {
        let help = Cli::command().render_long_help().to_string();
        assert!(help.contains("69 server unreachable") && help.contains("77 not permitted"), "{help}");
    }
}
