//! Puts a driver together from config and state directory, or says what is in the way.

use super::Driver;
use super::files::Files;
use super::watch::Watch;
use crate::address_book::AddressBook;
use crate::clock::{self, Clock};
use crate::config::{Application, Config, HookPlan};
use crate::fetch::Downloads;
use crate::history::History;
use crate::install::cleaning;
use crate::journal::{Found, Journal, Ran};
use crate::kept::{self, Kept};
use crate::lock::{Lock, LockError};
use crate::machine::{Setup, State};
use crate::marker::{self, Markers};
use crate::root::Root;
use crate::scan::Scanner;
use crate::scan::memory::{self, Memory};
use crate::server::{ClientError, Server};
use crate::token::{Token, TokenError};
use crate::trust::Held;
use crate::walkbacks::{self, Collector};
use fieldpost_common::id::{ActionName, AppName, BootId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, mpsc};

/// Why an agent can't begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another agent runs.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The token can't be used.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// No way to the server can be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A file in the state directory can't be used.
    #[error("{0}: {1}\n{cure}", cure = crate::state_access::cure(.0, .1))]
    State(PathBuf, io::Error),
}

/// Takes the lock and reads what is remembered. The lock is held as long as the caller keeps it.
pub fn start(config: Config) -> Result<(Driver, Lock), StartError> {
    let clock = Clock::start();
    let lock = Lock::take(&config.state("lock"))?;
    let token = Token::load(&config.state("token"))?;
    let state_error = |name: &'static str| {
        let path = config.state(name);
        move |error| StartError::State(path, error)
    };
    let trust = Held::load(config.state_dir.as_path()).map_err(state_error(crate::trust::PIN_FILE))?;
    let journal = journal(&config).map_err(state_error(crate::journal::FILE))?;
    let downloads = Downloads::open(config.state("downloads")).map_err(state_error("downloads"))?;
    let fetched = downloads.list().map_err(state_error("downloads"))?;
    let markers = Markers::load(&config.state(marker::FILE_OF_IDS)).map_err(state_error("markers"))?;
    clear_away(&config, &markers, &journal);
    let addresses = AddressBook::open(&config, trust.address());
    let server = Server::new(&config, token)?.at(&config, addresses.current())?;
    let setup = Setup {
        site: config.site.clone(),
        wait: config.wait(),
        interval: config.poll_interval,
        max_size: config.max_size,
        hooks: hooks(&config),
        walkbacks: config
            .applications
            .iter()
            .filter(|entry| !entry.walkbacks.is_empty())
            .map(|entry| entry.name.clone())
            .collect(),
        actions: actions(&config),
        built: clock::built(),
    };
    let (events, arrived) = mpsc::unbounded_channel();
    let hint = Arc::new(Notify::new());
    let scanner = Arc::new(Mutex::new(scanner(&config)));
    let config = Arc::new(config);
    let walkbacks =
        Collector::open(Arc::clone(&config)).map_err(|error| StartError::State(config.state(walkbacks::FOLDER), error))?;
    let kept = Kept::open(config.state(kept::FOLDER), clock.now())
        .map_err(|error| StartError::State(config.state(kept::FOLDER), error))?;
    let (markers, downloads, kept) = (Arc::new(Mutex::new(markers)), Arc::new(downloads), Arc::new(kept));
    let files = Files { config: Arc::clone(&config), markers, downloads, scanner, kept };
    let driver = Driver {
        clock,
        boot: boot(),
        server,
        addresses,
        files,
        state: State::new(setup, journal, trust, fetched),
        watch: Watch::new(&hint),
        hint,
        events,
        arrived,
        status_due: false,
        walkbacks: Arc::new(Mutex::new(walkbacks)),
        history: History::new(config.state_dir.as_path()),
        stops: HashMap::new(),
        began: clock::wall(),
        config,
    };
    Ok((driver, lock))
}

fn hooks(config: &Config) -> BTreeMap<AppName, HookPlan> {
    let of = |entry: &Application| Some((entry.name.clone(), entry.after_install.as_ref()?.plan()));
    config.applications.iter().filter_map(of).collect()
}

fn scanner(config: &Config) -> Scanner {
    let (memory, remembered) = Memory::open(config.state(memory::FILE), memory::boot_id());
    let mut scanner = Scanner::new(config);
    scanner.remember(Some(memory), remembered);
    scanner
}

fn actions(config: &Config) -> BTreeSet<(AppName, ActionName)> {
    let of = |entry: &Application| entry.actions.keys().map(|action| (entry.name.clone(), action.clone())).collect::<Vec<_>>();
    config.applications.iter().flat_map(of).collect()
}

fn boot() -> BootId {
    let id = fieldpost_common::id::hex32(clock::random());
    id.parse().unwrap_or_else(|_| unreachable!("32 hexadecimal digits are a boot id"))
}

fn journal(config: &Config) -> io::Result<Journal> {
    let lost = || Journal { ran: Ran::lost(clock::wall().max(clock::built())), ..Journal::default() };
    match Journal::load(&config.state(crate::journal::FILE))? {
        Found::Whole(journal) => Ok(*journal),
        // An agent that ran here before had one.
        Found::Nothing if config.state(crate::status::FILE).exists() => Ok(lost()),
        Found::Nothing => Ok(Journal::default()),
        Found::Broken(aside) => {
            let aside = aside.display();
            tracing::warn!("the journal is broken and was kept as {aside}: this site begins like a new one, nothing is deleted");
            Ok(lost())
        }
    }
}

/// What a crash left half done goes; bytes that only exist there are kept under a name that people see.
fn clear_away(config: &Config, markers: &Markers, journal: &Journal) {
    for entry in &config.applications {
        let Ok(root) = Root::open(entry.directory.as_path(), &markers.expected(&config.site, &entry.name)) else { continue };
        match cleaning::clean(&root, &|sha256| journal.stored.contains(sha256)) {
            Ok(cleaned) if cleaned.kept > 0 => tracing::warn!("{}: {} unfinished files were kept", entry.name, cleaned.kept),
            Ok(_) => {}
            Err(error) => tracing::warn!("{}: left-over files can't be cleared away: {error}", entry.name),
        }
    }
    // Packed uploads are made anew; without the folder there is nothing to clear.
    let _ = std::fs::remove_dir_all(config.state("uploads"));
}
