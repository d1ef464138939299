//! `plan`: asks the server what waits, looks at the directories once, and says what the agent would do; nothing is changed and nothing handed over.

use crate::clock::{self, Clock};
use crate::config::Config;
use crate::journal::{self, Journal};
use crate::machine::{Setup, State, planned, remember};
use crate::marker::{self, Markers};
use crate::scan::memory::{self, Memory};
use crate::scan::{At, Report, Scanner};
use crate::server::{ClientError, Server};
use crate::state_access;
use crate::token::{Token, TokenError};
use crate::trouble::Trouble;
use crate::trust::{self, Held};
use fieldpost_common::id::CommandId;
use fieldpost_common::plan::Step;
use fieldpost_common::text::Clean;
use fieldpost_common::wire::{PeekAnswer, PeekRequest, SiteApp};
use std::collections::{BTreeSet, HashSet};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// What the agent would do next, and how that is known.
#[derive(Debug)]
pub struct DryRun {
    /// The steps for orders.
    pub steps: Vec<Step>,
    /// What else waits, in words.
    pub commands: Vec<(CommandId, Clean)>,
    /// Why the server could not be asked; then this is only what it had said before.
    pub unasked: Option<Trouble>,
    /// Two agents poll as this site: neither is given what waits.
    pub clones: Option<[String; 2]>,
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum DryRunError {
    /// A file in the state directory can't be read.
    #[error("{0}: {1}\n{cure}", cure = state_access::cure(.0, .1))]
    State(PathBuf, io::Error),
    /// The token can't be used.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// No way to the server can be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl DryRunError {
    /// Whether this user may not read what is needed.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::State(_, error) | Self::Token(TokenError::Unreadable(_, error)) if state_access::is_denied(error))
    }
}

/// What runs at the site, as its config says.
pub fn site_apps(config: &Config) -> Vec<SiteApp> {
    let app = |entry: &crate::config::Application| SiteApp { application: entry.name.clone(), version: entry.version.clone() };
    config.applications.iter().map(app).collect()
}

/// What the agent would do next.
pub async fn plan(config: &Config, clock: Clock) -> Result<DryRun, DryRunError> {
    let unreadable = |name: &'static str| move |error| DryRunError::State(config.state(name), error);
    let trust = Held::load(config.state_dir.as_path()).map_err(unreadable(trust::PIN_FILE))?;
    let journal = Journal::peek(&config.state(journal::FILE)).map_err(unreadable(journal::FILE))?;
    let server = Server::in_use(config, Token::load(&config.state("token"))?, &trust)?;
    server.follow(journal.generation.as_ref());
    let request = PeekRequest { trust: trust.version(), applications: site_apps(config) };
    let (answer, unasked) = match server.peek(&request).await {
        Ok((answer, _)) => (Some(answer), None),
        Err(trouble) => (None, Some(trouble)),
    };
    let mut state = State::new(setup(config), journal, trust, fetched(config));
    let clones = answer.as_ref().and_then(|answer| answer.clones.clone());
    if let Some(answer) = answer {
        take_over(&mut state, answer);
    }
    let markers = Markers::load(&config.state(marker::FILE_OF_IDS)).map_err(unreadable(marker::FILE_OF_IDS))?;
    state.report = Some(scanned(config, &markers, clock).await);
    let now = clock.now();
    remember(&mut state, now);
    let commands = state.journal.commands.iter().map(|one| (one.id.clone(), Clean::line(&one.kind.words()))).collect();
    Ok(DryRun { steps: planned(&state, now), commands, unasked, clones })
}

/// What waits takes the place of what the agent had heard; that is written nowhere.
fn take_over(state: &mut State, answer: PeekAnswer) {
    // A chain that doesn't follow is refused when the agent gets it; here its orders show as refused.
    let _ = state.trust.extend(&answer.trust).1;
    state.journal.orders = answer.orders;
    state.journal.commands = answer.commands;
    if state.journal.generation.as_ref() != Some(&answer.generation) {
        state.journal.stored.clear();
    }
}

fn setup(config: &Config) -> Setup {
    Setup {
        site: config.site.clone(),
        wait: Duration::ZERO,
        interval: config.poll_interval,
        max_size: config.max_size,
        hooks: std::collections::BTreeMap::new(),
        walkbacks: BTreeSet::new(),
        actions: BTreeSet::new(),
        built: clock::built(),
    }
}

fn fetched(config: &Config) -> HashSet<fieldpost_common::hash::ContentHash> {
    std::fs::read_dir(config.state("downloads")).map_or_else(
        |_| HashSet::new(),
        |entries| entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect(),
    )
}

/// Looks until no file may settle by a second look, twice at most: what never rests is left as it is.
async fn scanned(config: &Config, markers: &Markers, clock: Clock) -> Report {
    let mut scanner = Scanner::new(config);
    scanner.remember(None, Memory::peek(&config.state(memory::FILE), memory::boot_id().as_deref()));
    let mut look = || {
        let now = clock.now();
        scanner.scan(markers, At { mono: now.mono, wall: now.wall })
    };
    let first = look();
    let Some(rest) = first.look_again else { return first };
    tokio::time::sleep(rest + Duration::from_millis(20)).await;
    look()
}
