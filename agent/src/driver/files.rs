//! The agent's work on patch directories, done beside the loop on blocking threads, one scan or step at a time.

use crate::clock::{Clock, Now};
use crate::config::Config;
use crate::fetch::Downloads;
use crate::install::{self, Put};
use crate::kept::Kept;
use crate::machine::{Event, Executed, State, planned};
use crate::marker::{self, Markers};
use crate::room;
use crate::root::Root;
use crate::scan::{At, Scanner};
use crate::status::{Status, Watched};
use crate::upload::{self, Parcel};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::AppName;
use fieldpost_common::inventory::Directory;
use fieldpost_common::plan::{Place, Step, What};
use fieldpost_common::time::Timestamp;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::UnboundedSender;

/// The most files of which nothing can be said that the status file names.
const MOST_SHOWN: usize = 20;

/// What the work needs.
#[derive(Clone)]
pub(super) struct Files {
    pub(super) config: Arc<Config>,
    /// As last read: `fieldpost-agent mark` may make another while the agent runs.
    pub(super) markers: Arc<Mutex<Markers>>,
    pub(super) downloads: Arc<Downloads>,
    pub(super) scanner: Arc<Mutex<Scanner>>,
    pub(super) kept: Arc<Kept>,
}

impl Files {
    /// `anew`: every file is read, whatever its times say.
    pub(super) fn scan(&self, clock: Clock, anew: bool, events: UnboundedSender<Event>) {
        let (scanner, files) = (Arc::clone(&self.scanner), self.clone());
        tokio::task::spawn_blocking(move || {
            let now = clock.now();
            let mut scanner = scanner.lock().unwrap_or_else(PoisonError::into_inner);
            if anew {
                scanner.doubt();
            }
            let report = scanner.scan(&files.markers(), At { mono: now.mono, wall: now.wall });
            drop(scanner);
            // Nobody listens any more when the agent stops.
            let _ = events.send(Event::Scanned(Box::new(report)));
        });
    }

    pub(super) fn execute(&self, clock: Clock, step: Step, events: UnboundedSender<Event>) {
        let files = self.clone();
        tokio::task::spawn_blocking(move || {
            let end = files.step(clock, &step);
            // Nobody listens any more when the agent stops; the journal knows that the step was begun.
            let _ = events.send(Event::Executed { step: Box::new(step), end });
        });
    }

    fn step(&self, clock: Clock, step: &Step) -> Executed {
        let root = match self.root(&step.application) {
            Ok(root) => root,
            Err(directory) => return Executed::Held(directory),
        };
        let (folder, need) = (self.folder(&step.application), step.what.needed());
        if let Err(failure) = room::check(&folder, need) {
            // A removal needs none, and makes some.
            if need > 0 {
                return Executed::Failed(failure);
            }
        }
        self.keep_replaced(&root, step, clock.now());
        let mut scanner = self.scanner.lock().unwrap_or_else(PoisonError::into_inner);
        match step.what {
            What::Put { expected, sha256, size, .. } => {
                let put = Put { patch: &step.patch, expected, sha256, size };
                match install::put(&root, &put, &self.downloads.path(&sha256)) {
                    Ok(installed) => {
                        if let Some(meta) = installed.meta {
                            let now = clock.now();
                            let at = At { mono: now.mono, wall: now.wall };
                            scanner.installed(&step.application, &step.patch, installed.fact, meta, at);
                        }
                        Executed::Put(installed)
                    }
                    Err(failure) => Executed::Failed(room::explain(failure, &folder, need)),
                }
            }
            What::Remove { expected, .. } => match install::remove(&root, &step.patch, expected) {
                Ok(()) => {
                    scanner.removed(&step.application, &step.patch);
                    Executed::Removed
                }
                Err(failure) => Executed::Failed(room::explain(failure, &folder, need)),
            },
            // The machine sends nothing else here.
            _ => Executed::Held(Directory::Present),
        }
    }

    fn folder(&self, application: &AppName) -> PathBuf {
        self.config.application(application).map(|entry| entry.directory.as_path().to_owned()).unwrap_or_default()
    }

    /// The markers as they are now; while they can't be read, as they were.
    fn markers(&self) -> Markers {
        let mut known = self.markers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(markers) = Markers::load(&self.config.state(marker::FILE_OF_IDS)) {
            *known = markers;
        }
        known.clone()
    }

    /// What is about to be replaced or removed is kept for a while. The server has it: that it can't be kept holds nothing up.
    fn keep_replaced(&self, root: &Root, step: &Step, now: Now) {
        let expected = match step.what {
            What::Put { expected, .. } => expected,
            What::Remove { expected, .. } => Some(expected),
            _ => None,
        };
        let Some(expected) = expected else { return };
        let place = (step.application.clone(), step.patch.clone());
        if let Err(error) = self.kept.add(root, &place, expected, now) {
            tracing::warn!("{}/{}: what is replaced can't be kept: {error}", step.application, step.patch);
        }
    }

    fn root(&self, application: &AppName) -> Result<Root, Directory> {
        let entry = self.config.application(application).ok_or(Directory::Missing)?;
        Root::open(entry.directory.as_path(), &self.markers().expected(&self.config.site, application))
    }

    /// Packs a content from the first place that still has it, else from what is kept; `None`: none has.
    pub(super) async fn pack(&self, sha256: ContentHash, places: Vec<Place>) -> io::Result<Option<Parcel>> {
        let files = self.clone();
        let packed = tokio::task::spawn_blocking(move || {
            for (application, patch) in places {
                let Ok(root) = files.root(&application) else { continue };
                if let Some(parcel) = upload::pack(&root, &patch, sha256, &files.config.state("uploads"))? {
                    return Ok(Some(parcel));
                }
            }
            files.kept.pack(&sha256, &files.config.state("uploads"))
        });
        packed.await.map_err(io::Error::other)?
    }
}

/// What the status file says.
pub(super) fn status(config: &Config, state: &State, now: Now, since: Timestamp) -> Status {
    let directories = config.applications.iter().filter_map(|entry| {
        let report = state.report.as_ref()?;
        let listing = report.inventory.applications.get(&entry.name)?;
        // The name of a folder ends with a slash; that of the directory itself is empty.
        let below = listing.cant_say_below.iter().map(|(folder, unsaid)| (format!("everything below ./{folder}"), *unsaid));
        let mut cant_say: Vec<_> =
            listing.cant_say.iter().map(|(patch, unsaid)| (patch.to_string(), *unsaid)).chain(below).collect();
        cant_say.sort_by_key(|(_, unsaid)| (!unsaid.is_felt(now.wall), unsaid.since));
        let unsaid = cant_say.len();
        cant_say.truncate(MOST_SHOWN);
        Some(Watched {
            application: entry.name.clone(),
            version: entry.version.clone(),
            path: entry.directory.as_path().to_owned(),
            state: listing.directory,
            files: listing.files.len(),
            cant_say,
            unsaid,
            ignored: listing.ignored.clone(),
        })
    });
    Status {
        site: config.site.clone(),
        server: config.server.to_string(),
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        at: now.wall,
        since,
        stopped: None,
        last_poll: state.last_poll,
        poll_since: state.poll_since(now),
        clock_error: state.clock_error,
        error: state.error().map(str::to_owned),
        trust: state.trust.version(),
        pending: planned(state, now).iter().map(ToString::to_string).collect(),
        results_waiting: state.journal.results.len() + state.journal.command_results.len(),
        uploads_waiting: state.uploads_waiting(),
        directories: directories.collect(),
    }
}
