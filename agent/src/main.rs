//! `fieldpost-agent`: arguments in, exit code out. What each command does is in the library.

use clap::{Parser, Subcommand};
use fieldpost_agent::clock::Clock;
use fieldpost_agent::config::{Config, ConfigError};
use fieldpost_agent::driver::{self, StartError};
use fieldpost_agent::enroll::{self, AppDirectory, EnrollError, Wish};
use fieldpost_agent::lock::{Holder, Lock, LockError};
use fieldpost_agent::status::{self, Status};
use fieldpost_agent::trouble::Trouble;
use fieldpost_agent::{check, clock, dry_run, history, signals, state_access};
use fieldpost_common::exit;
use fieldpost_common::id::AppName;
use fieldpost_common::problem::Code;
use fieldpost_common::text::Clean;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Carries patches to and from this machine. It only ever connects out.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 ok, 1 failed, 2 usage, 3 pending found or stopped, 69 server unreachable, 75 try later, 77 not permitted, 78 bad config"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Enroll this machine as a site.
    Enroll {
        /// The enrolment string that `fieldpost site add` printed.
        string: String,
        /// The config file to write.
        #[arg(long)]
        config: PathBuf,
        /// What runs here: NAME=VERSION:DIRECTORY. May be given several times.
        #[arg(long = "app")]
        applications: Vec<AppDirectory>,
        /// Give an enrolled site a new identity; its config stays as it is.
        #[arg(long)]
        again: bool,
        /// Use http:// to another host: something else protects the way.
        #[arg(long)]
        allow_plain_http: bool,
        /// Go through this proxy.
        #[arg(long)]
        proxy: Option<String>,
        /// Trust the certificates in this PEM file too.
        #[arg(long)]
        ca_file: Option<PathBuf>,
    },
    /// Run until told to stop.
    Run {
        /// The config file.
        #[arg(long)]
        config: PathBuf,
        /// Ask once a minute instead of waiting at the server.
        #[arg(long)]
        plain_poll: bool,
    },
    /// Look at everything that the agent needs.
    Check {
        /// The config file.
        #[arg(long)]
        config: PathBuf,
    },
    /// Ask the server what waits and print what the agent would do next, without doing it.
    Plan {
        /// The config file.
        #[arg(long)]
        config: PathBuf,
    },
    /// Mark the directory of an application that was added to the config by hand.
    Mark {
        /// The config file.
        #[arg(long)]
        config: PathBuf,
        /// The application.
        application: AppName,
    },
    /// Print whether the agent runs and what it does; exits 3 when it is stopped.
    Status {
        /// The config file.
        #[arg(long)]
        config: PathBuf,
    },
    /// Print what was done at this site: installed, removed, run, read and sent away, with who signed it and why.
    History {
        /// The config file.
        #[arg(long)]
        config: PathBuf,
        #[command(flatten)]
        args: history::print::Args,
    },
}

fn main() -> ExitCode {
    let provider = rustls::crypto::ring::default_provider().install_default();
    debug_assert!(provider.is_ok(), "the first thing that is done");
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("FIELDPOST_LOG").unwrap_or_else(|_| "info,rustls=off".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // A log that can't be written, as on a full disk, would else be complained of there, and the complaint ends in a panic.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(4)
        .thread_keep_alive(Duration::from_secs(2))
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return say(&error, exit::FAILED),
    };
    let code = runtime.block_on(run(arguments.command));
    // A step that is being carried out may end; a download may not.
    runtime.shutdown_timeout(Duration::from_secs(5));
    code
}

async fn run(command: Command) -> ExitCode {
    let (Command::Run { config, .. }
    | Command::Check { config }
    | Command::Plan { config }
    | Command::Mark { config, .. }
    | Command::Status { config }
    | Command::History { config, .. }
    | Command::Enroll { config, .. }) = &command;
    let path = config.clone();
    if let Command::Enroll { string, config, applications, again, allow_plain_http, proxy, ca_file } = command {
        let ca_file = ca_file.map(|path| std::path::absolute(&path).unwrap_or(path).to_string_lossy().into_owned());
        let extra = [("proxy", proxy), ("ca_file", ca_file)].into_iter().filter_map(|(key, value)| Some((key, value?)));
        return enrolled(&Wish { string, config, applications, again, allow_plain_http, extra: extra.collect() }).await;
    }
    let config = match Config::load(&path) {
        Ok(config) => config,
        Err(error @ ConfigError::Unreadable { .. }) if error.is_denied() => return say(&error, exit::NOT_PERMITTED),
        Err(error) => return say(&error, exit::BAD_CONFIG),
    };
    match command {
        Command::Run { plain_poll, .. } => serve(config, plain_poll).await,
        Command::Check { .. } => checked(&config).await,
        Command::Plan { .. } => planned(&config).await,
        Command::Mark { application, .. } => marked(&config, &application),
        Command::Status { .. } => shown(&config),
        Command::History { args, .. } => history_printed(&config, &args),
        Command::Enroll { .. } => unreachable!("done above"),
    }
}

async fn enrolled(wish: &Wish) -> ExitCode {
    match enroll::enroll(wish).await {
        Ok(config) => {
            println!("site {} is enrolled at {}", config.site, config.server);
            println!("start its agent with `fieldpost-agent run --config {}`", wish.config.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            let code = match &error {
                EnrollError::Trouble(trouble) => code_of(trouble),
                EnrollError::Config(_) => exit::BAD_CONFIG,
                EnrollError::NoApplication | EnrollError::Invitation(_) => exit::USAGE,
                EnrollError::Trust(_) => exit::NOT_PERMITTED,
                _ => exit::FAILED,
            };
            say(&error, code)
        }
    }
}

fn code_of(trouble: &Trouble) -> u8 {
    match trouble {
        Trouble::Problem { problem, .. } => match problem.code {
            Code::Unauthorized | Code::Forbidden | Code::Refused | Code::InvitationSpent => exit::NOT_PERMITTED,
            Code::Unavailable | Code::TooMany | Code::NoSpace => exit::TRY_LATER,
            _ => exit::FAILED,
        },
        Trouble::Unreachable { .. }
        | Trouble::Lost { .. }
        | Trouble::NotOurs { .. }
        | Trouble::Damaged { .. }
        | Trouble::Unclear { .. } => exit::UNREACHABLE,
        Trouble::Local { .. } | Trouble::Outdated(_) => exit::FAILED,
    }
}

async fn serve(mut config: Config, plain_poll: bool) -> ExitCode {
    if plain_poll {
        config.wait = Duration::ZERO;
    }
    if let Err(error) = signals::attend() {
        return say(&error, exit::FAILED);
    }
    let (mut term, mut int) = match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(term), Ok(int)) => (term, int),
        (Err(error), _) | (_, Err(error)) => return say(&error, exit::FAILED),
    };
    let site = config.site.clone();
    let (driver, _lock) = match driver::start(config) {
        Ok(started) => started,
        Err(error @ StartError::Client(_)) => return say(&error, exit::BAD_CONFIG),
        Err(error) => return say(&error, exit::FAILED),
    };
    tracing::info!("the agent of site {site} runs");
    driver
        .run(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
        })
        .await;
    ExitCode::SUCCESS
}

async fn checked(config: &Config) -> ExitCode {
    let findings = check::check(config).await;
    for finding in &findings {
        match &finding.how {
            Ok(words) => println!("ok     {}: {}", finding.what, Clean::line(words)),
            Err(wrong) => {
                println!("wrong  {}: {}", finding.what, Clean::lines(&wrong.words).as_str().replace('\n', "\n       "));
            }
        }
    }
    println!("{}", check::summary(&findings));
    ExitCode::from(check::code(&findings))
}

fn marked(config: &Config, application: &AppName) -> ExitCode {
    match enroll::mark(config, application) {
        Ok(true) => println!("the directory of {application} is marked"),
        Ok(false) => println!("the directory of {application} was marked already"),
        Err(error) => return say(&format!("the directory of {application}: {error}"), exit::FAILED),
    }
    ExitCode::SUCCESS
}

async fn planned(config: &Config) -> ExitCode {
    let plan = match dry_run::plan(config, Clock::start()).await {
        Ok(plan) => plan,
        Err(error) => return say(&error, if error.is_denied() { exit::NOT_PERMITTED } else { exit::FAILED }),
    };
    if let Some(trouble) = &plan.unasked {
        eprintln!("fieldpost-agent: the server could not be asked: {trouble}\nwhat follows is only what it had said before:");
    }
    if let Some([one, other]) = &plan.clones {
        eprintln!("fieldpost-agent: two agents poll as this site, from {one} and from {other}: neither is given what waits");
    }
    for step in &plan.steps {
        println!("{}", Clean::line(&step.to_string()));
    }
    for (id, words) in &plan.commands {
        println!("answer {words} (command {id})");
    }
    let nothing = plan.steps.is_empty() && plan.commands.is_empty();
    match plan.unasked {
        None if nothing => println!("nothing to do: the server was asked"),
        Some(_) if nothing => println!("nothing that was known before"),
        _ => {}
    }
    match plan.unasked {
        Some(trouble) => ExitCode::from(code_of(&trouble)),
        None if nothing => ExitCode::SUCCESS,
        None => ExitCode::from(exit::DIFFERS),
    }
}

fn shown(config: &Config) -> ExitCode {
    let (lock, file) = (config.state("lock"), config.state(status::FILE));
    let holder = match Lock::holder(&lock) {
        Ok(holder) => holder,
        Err(LockError::Io(path, error)) if state_access::is_denied(&error) => return not_readable(&path, &error),
        Err(error) => return say(&error, exit::FAILED),
    };
    match Status::load(&file) {
        Ok(Some(status)) => {
            print!("{}", status.show(&holder, clock::wall()));
            print_last_acts(config);
            ExitCode::from(status.code(&holder))
        }
        Ok(None) => match holder {
            Holder::Nobody => say(&"no agent runs, and none has run here yet", exit::DIFFERS),
            Holder::Process(pid) => {
                say(&format!("an agent runs, pid {pid}, and has not written its status yet"), exit::TRY_LATER)
            }
        },
        Err(error) if state_access::is_denied(&error) => not_readable(&file, &error),
        Err(error) => say(&format!("{}: {error}\n{}", file.display(), state_access::cure(&file, &error)), exit::FAILED),
    }
}

/// What the agent did last, in a few lines.
fn print_last_acts(config: &Config) {
    const FEW: usize = 5;
    match history::tail(config.state_dir.as_path(), FEW) {
        Ok(acts) if acts.is_empty() => println!("did last   nothing yet"),
        Ok(acts) => {
            for (at, act) in acts.iter().enumerate() {
                println!("{:<10} {}", if at == 0 { "did last" } else { "" }, Clean::line(&act.to_string()));
            }
            println!("           more: `fieldpost-agent history --config {}`", config.path.display());
        }
        Err(error) => println!("did last   the history can't be read: {}", Clean::line(&error.to_string())),
    }
}

/// Nothing is known of an agent whose files another user keeps.
fn not_readable(path: &Path, error: &std::io::Error) -> ExitCode {
    let words =
        format!("not readable by you, so that nothing can be said: {}\n{}", path.display(), state_access::cure(path, error));
    say(&words, exit::NOT_PERMITTED)
}

fn history_printed(config: &Config, args: &history::print::Args) -> ExitCode {
    match history::print::print(config, args, clock::wall(), &mut std::io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => say(&"nothing was done here that fits", exit::OK),
        // Whoever reads on has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            let words = format!("{error}\nrun this as the user that the agent runs as, or as root");
            say(&words, exit::NOT_PERMITTED)
        }
        Err(error) => say(&error, exit::FAILED),
    }
}

fn say(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    eprintln!("fieldpost-agent: {error}");
    ExitCode::from(code)
}
