//! The command line of the server: `init`, `run`, `check`, `backup`, `restore`, `promote`, `set-url`, `login-string`, `test-mail`, `healthcheck`.

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use fieldpost_common::api::Role;
use fieldpost_common::exit;
use fieldpost_common::id::UserName;
use fieldpost_common::text::count;
use fieldpost_server::{Config, ConfigError, MailError, ServeError};
use std::io::IsTerminal as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Keeps the truth about patches and sites, and tells agents and terminals.
#[derive(Parser)]
#[command(name = "fieldpost-server", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a data directory, and print the first admin's login string
    Init {
        /// The directory; it must not be there yet, or be empty
        #[arg(long)]
        data: PathBuf,
        /// The address under which agents and people reach this server
        #[arg(long)]
        url: String,
        /// The first admin's name
        #[arg(long, default_value = "admin")]
        user: UserName,
        /// Print {"login": …}
        #[arg(long)]
        json: bool,
    },
    /// Serve
    Run {
        /// The data directory
        #[arg(long, env = "FIELDPOST_DATA")]
        data: PathBuf,
        /// The config file (TOML)
        #[arg(long)]
        config: Option<PathBuf>,
        /// Where to listen; wins over the config
        #[arg(long)]
        listen: Option<SocketAddr>,
    },
    /// Check database, contents and audit; also while the server runs
    Check {
        /// The data directory
        #[arg(long, env = "FIELDPOST_DATA")]
        data: PathBuf,
    },
    /// Copy everything into one file; also while the server runs
    Backup {
        /// The data directory
        #[arg(long, env = "FIELDPOST_DATA")]
        data: PathBuf,
        /// The file to be made; `-`: standard output. Devices, pipes and links are written through
        file: PathBuf,
        /// Replace a file that is there
        #[arg(long)]
        force: bool,
    },
    /// Put a backup, or a copied data directory, in the place of the data; what is there is kept aside
    Restore {
        /// The backup's file, or the copied directory
        file: PathBuf,
        /// The data directory
        #[arg(long, env = "FIELDPOST_DATA")]
        data: PathBuf,
    },
    /// Change the address that login and enrolment strings carry; also while the server runs
    SetUrl {
        /// The new address
        url: String,
        /// The data directory
        #[arg(long, env = "FIELDPOST_DATA")]
        data: PathBuf,
    },
    /// Let this copy of a server's data take that server's place
    Promote {
        /// The data directory
        #[arg(long, env = "FIELDPOST_DATA")]
        data: PathBuf,
    },
    /// Print a login string, for when nobody can make one in the app; also while the server runs
    LoginString {
        /// Whose
        user: UserName,
        /// The data directory
        #[arg(long, env = "FIELDPOST_DATA")]
        data: PathBuf,
        /// What they may do from now on; without it as before
        #[arg(long, value_enum)]
        role: Option<As>,
        /// Print {"login": …}
        #[arg(long)]
        json: bool,
    },
    /// Send one mail as the config says, and wait for the mail server's answer
    TestMail {
        /// Whom to
        address: String,
        /// The config file (TOML)
        #[arg(long)]
        config: PathBuf,
    },
    /// Ask the server on this machine whether it is ready
    Healthcheck {
        /// The config file (TOML) that it runs with: says where it listens, and which certificate it shows
        #[arg(long)]
        config: Option<PathBuf>,
        /// Where it listens; wins over the config [default: 127.0.0.1:8700]
        #[arg(long)]
        listen: Option<SocketAddr>,
    },
}

/// A role, as it is written on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum As {
    /// Look
    Viewer,
    /// Publish, send, retrieve
    Developer,
    /// Everything
    Admin,
}

fn main() -> ExitCode {
    // Before anything that could use TLS; an error would mean that a provider is installed already.
    drop(rustls::crypto::ring::default_provider().install_default());
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fieldpost-server: {error:#}");
            let bad_config = error.chain().any(|cause| {
                cause.is::<ConfigError>()
                    || cause.downcast_ref().is_some_and(MailError::is_config)
                    || matches!(cause.downcast_ref(), Some(ServeError::Config(_) | ServeError::Tls { .. }))
            });
            ExitCode::from(if bad_config { exit::BAD_CONFIG } else { exit::FAILED })
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Init { data, url, user, json } => init(&data, &url, &user, json),
        Command::Run { data, config, listen } => serve(data, config.as_deref(), listen),
        Command::Check { data } => {
            let checked = fieldpost_server::check(&data)?;
            println!("sound: {} contents, {} audit rows", checked.contents, checked.audit.rows);
            Ok(())
        }
        Command::Backup { data, file, force } => {
            let checked = fieldpost_server::backup(&data, &file, force)?;
            let words = format!("{}: {} contents, {} audit rows", file.display(), checked.contents, checked.audit.rows);
            // What runs into a pipe or device is the backup and nothing else.
            if std::fs::metadata(&file).is_ok_and(|facts| facts.is_file()) {
                println!("{words}");
            } else {
                eprintln!("{words}");
            }
            for line in damaged(&checked) {
                eprintln!("{line}");
            }
            Ok(())
        }
        Command::Restore { file, data } => {
            let done = fieldpost_server::restore(&file, &data)?;
            println!("restored {} to {}", file.display(), data.display());
            restored(&done, &data);
            Ok(())
        }
        Command::Promote { data } => {
            let done = fieldpost_server::promote(&data)?;
            println!("{} is the server's data from now on", data.display());
            restored(&done, &data);
            Ok(())
        }
        Command::SetUrl { url, data } => {
            let before = fieldpost_server::set_url(&data, &url)?;
            println!("the address is {} now; it was {before}", url.trim_end_matches('/'));
            eprintln!(
                "New login and enrolment strings carry it. Sites go on using the old one until the holder of the root key says so:\n\
                 `fieldpost trust address URL`. Keep the old one in service until each site has been heard of at the new one."
            );
            Ok(())
        }
        Command::LoginString { user, data, role, json } => login_string(&data, &user, role, json),
        Command::TestMail { address, config } => test_mail(&address, &config),
        Command::Healthcheck { config, listen } => {
            let settings = config.as_deref().map_or_else(|| Ok(Config::default()), Config::load)?;
            println!("{}", fieldpost_server::healthcheck(&settings, listen)?);
            Ok(())
        }
    }
}

fn init(data: &Path, url: &str, user: &UserName, json: bool) -> anyhow::Result<()> {
    let login = fieldpost_server::init(data, url, user)?.to_string();
    if json {
        println!("{}", serde_json::json!({ "login": login }));
    } else {
        println!("{login}");
        eprintln!("{user} logs in with `fieldpost login` and the string above, within 24 hours.");
    }
    Ok(())
}

/// What was done, in numbers, and what comes next.
fn restored(done: &fieldpost_server::Restored, data: &Path) {
    let (checked, numbers) = (&done.checked, &done.numbers);
    println!("  {} contents, {} audit rows, the newest of {}", checked.contents, checked.audit.rows, numbers.newest);
    println!(
        "  {} and {} that were open end as unknown: none is offered before somebody sends again",
        count(numbers.orders, "order"),
        count(numbers.commands, "command")
    );
    println!("  {} to report: until then their cells are unknown", sites(numbers.sites));
    for line in damaged(checked) {
        println!("  {line}");
    }
    if let Some(aside) = &done.aside {
        println!("  what was there before is in {}", aside.display());
    }
    if let Some(warning) = &done.warning {
        println!("  warning: {warning}");
    }
    println!(
        "  people, tokens and sites are those of the copy: whoever was shut out since is let in again, and sites enrolled since must be enrolled anew"
    );
    println!("start it: fieldpost-server run --data {}", data.display());
}

/// So many damaged contents are named.
const NAMED: usize = 20;

/// Which contents of what was copied are damaged, and what mends each.
fn damaged(checked: &fieldpost_server::Checked) -> Vec<String> {
    let all = &checked.damaged;
    let mut lines: Vec<_> = all.iter().take(NAMED).map(|(_, words)| format!("warning: {words}")).collect();
    if let Some(more) = all.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("warning: and {} are damaged too", count(more, "more content")));
    }
    lines
}

fn sites(number: u64) -> String {
    if number == 1 { "1 site has".to_owned() } else { format!("{number} sites have") }
}

fn login_string(data: &Path, user: &UserName, role: Option<As>, json: bool) -> anyhow::Result<()> {
    let role = role.map(|role| match role {
        As::Viewer => Role::Viewer,
        As::Developer => Role::Developer,
        As::Admin => Role::Admin,
    });
    let made = fieldpost_server::login_string(data, user, role)?;
    let login = made.invitation.to_string();
    if json {
        println!("{}", serde_json::json!({ "login": login, "user": user, "role": made.role }));
    } else {
        println!("{login}");
        eprintln!(
            "{user} logs in with `fieldpost login` and the string above, within 24 hours, and compares the root key's fingerprint."
        );
    }
    Ok(())
}

fn serve(data: PathBuf, config: Option<&Path>, listen: Option<SocketAddr>) -> anyhow::Result<()> {
    let mut settings = config.map_or_else(|| Ok(Config::default()), Config::load)?;
    settings.data = data;
    settings.listen = listen.unwrap_or(settings.listen);
    settings.check()?;
    log();
    let listener = TcpListener::bind(settings.listen).with_context(|| format!("can't listen on {}", settings.listen))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let shutdown = signal()?;
        Ok(fieldpost_server::serve(settings, listener, shutdown).await?)
    })
}

fn test_mail(address: &str, config: &Path) -> anyhow::Result<()> {
    let settings = Config::load(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(fieldpost_server::test_mail(&settings, address))?;
    println!("the mail server took a mail for {address}");
    Ok(())
}

/// Ends on SIGTERM, or on SIGINT as from Ctrl-C.
#[cfg(unix)]
fn signal() -> std::io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signal() -> std::io::Result<impl Future<Output = ()> + Send> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}

fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("FIELDPOST_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // A log that can't be written, as on a full disk, would else be complained of there, and the complaint ends in a panic.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
