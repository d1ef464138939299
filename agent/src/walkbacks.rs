//! Brings home what applications write when they crash: looks at their directories, keeps what is new in a spool until the
//! server has it, then does with the files what the config says. What a crash report means is left to the server.
//!
//! The ledger remembers how much of each file was taken, the spool holds what was taken and not sent yet.

mod after;
mod again;
mod files;
mod ledger;
mod piece;
mod queue;
mod ripe;
mod spool;
mod taking;
#[cfg(test)]
mod tests;

use crate::config::{AfterSending, Application, Config};
use crate::guarded_path::PathGuard;
use crate::machine::SentFile;
use cap_std::fs::Dir;
use fieldpost_common::id::AppName;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{Dropped, Walkbacks};
use fieldpost_common::zone::Zone;
use jiff::tz::TimeZone;
use ledger::Ledger;
pub use queue::Queue;
use ripe::{Ripe, Seen, ripe};
use spool::Spool;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use taking::Found;

/// The folder in the state directory.
pub const FOLDER: &str = "walkbacks";
/// The ledger is written after so many files at the latest.
const SAVE_EVERY: usize = 2_000;

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looked {
    /// How many pieces were taken.
    pub taken: usize,
    /// How many files are being written, or were written a moment ago.
    pub unsettled: usize,
    /// Since when the oldest of them has waited for that to end, by application. One that begins anew waits anew.
    pub unsettled_since: BTreeMap<AppName, Duration>,
    /// What waits to be sent.
    pub queue: Queue,
    /// What stood in the way.
    pub obstacles: Vec<Obstacle>,
}

/// What keeps walkbacks from being found or taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// Whose walkbacks; none: those of all.
    pub application: Option<AppName>,
    /// What, in words that may leave the site.
    pub words: String,
}

impl Looked {
    fn stands(&mut self, application: &Application, words: String) {
        self.obstacles.push(Obstacle { application: Some(application.name.clone()), words });
    }

    fn is_unsettled(&mut self, application: &Application, since: Duration) {
        self.unsettled += 1;
        self.unsettled_since.entry(application.name.clone()).and_modify(|oldest| *oldest = since.min(*oldest)).or_insert(since);
    }
}

/// What goes in one request: of one application, so that one that the server doesn't know holds up no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Whose.
    pub application: AppName,
    /// The numbers of the pieces; none: only what was dropped is told.
    pub numbers: Vec<u64>,
    /// How many pieces of it were dropped, in all.
    pub dropped: u64,
}

/// Looks, keeps and hands out.
#[derive(Debug)]
pub struct Collector {
    config: Arc<Config>,
    ledger: Ledger,
    spool: Spool,
    /// What was seen of each file that isn't in the ledger as it is now, by directory and path.
    seen: HashMap<PathBuf, HashMap<String, Seen>>,
    /// A refused batch is sent again with fewer pieces.
    at_most: usize,
}

impl Collector {
    /// Reads what is remembered.
    pub fn open(config: Arc<Config>) -> io::Result<Self> {
        let folder = config.state(FOLDER);
        std::fs::create_dir_all(&folder)?;
        let ledger = Ledger::load(&folder);
        let spool = Spool::open(folder.join("spool"), ledger.spooled())?;
        let mut collector = Self { config, ledger, spool, seen: HashMap::new(), at_most: usize::MAX };
        collector.drop_what_is_taken_again();
        Ok(collector)
    }

    /// Looks at all directories, and takes what is new and settled. `mono` is a clock that only goes on.
    pub fn look(&mut self, mono: Duration) -> Looked {
        let mut looked = Looked::default();
        let config = Arc::clone(&self.config);
        let guard = PathGuard::new(&config);
        for application in &config.applications {
            for directory in &application.walkbacks {
                if let Err(error) = self.directory(&guard, application, directory.as_path(), mono, &mut looked) {
                    let path = directory.as_path().display();
                    looked.stands(application, format!("the walkback directory {path} can't be read: {error}"));
                }
            }
        }
        if let Err(error) = self.save() {
            let words = format!("what was taken of walkbacks can't be noted: {error}");
            looked.obstacles.push(Obstacle { application: None, words });
        }
        looked.queue = self.queue();
        looked
    }

    fn save(&mut self) -> io::Result<()> {
        if !self.ledger.is_changed() {
            return Ok(());
        }
        // What the ledger says was taken has to be there after a power cut.
        self.spool.sync()?;
        self.ledger.save(self.spool.next())
    }

    fn directory(
        &mut self,
        guard: &PathGuard,
        application: &Application,
        path: &Path,
        mono: Duration,
        looked: &mut Looked,
    ) -> io::Result<()> {
        let dir = guard.open_folder(path)?;
        let listing = files::list(guard, &dir)?;
        let shown = path.display();
        for words in listing.troubles(&application.redact) {
            looked.stands(application, format!("in the walkback directory {shown} {words}"));
        }
        let mut since_saved = 0;
        self.ledger.renamed(path, &listing.entries);
        self.ledger.retain(path, &listing);
        // What isn't listed any more is not remembered.
        let before = self.seen.remove(path).unwrap_or_default();
        let mut after = HashMap::new();
        for entry in &listing.entries {
            if self.ledger.has_all_of(path, entry) {
                continue;
            }
            let (ripe, seen) = ripe(before.get(&entry.path), entry.meta, mono);
            if ripe == Ripe::Not {
                looked.is_unsettled(application, seen.since());
                after.insert(entry.path.clone(), seen);
                continue;
            }
            let taken = self.file((guard, &dir), Found { application, directory: path, entry }, ripe);
            if ripe == Ripe::Growing || !matches!(taken, Ok(Some(_))) {
                after.insert(entry.path.clone(), seen);
            }
            match taken {
                Ok(Some(taken)) => looked.taken += taken,
                Ok(None) => looked.is_unsettled(application, seen.since()),
                Err(error) => {
                    let name = application.redact.name(&entry.path);
                    looked.stands(application, format!("the walkback {shown}/{name} can't be taken: {error}"));
                }
            }
            since_saved += 1;
            if since_saved >= SAVE_EVERY {
                since_saved = 0;
                self.save()?;
            }
        }
        self.seen.insert(path.to_owned(), after);
        Ok(())
    }

    /// The oldest of what waits and of what is of the same application, as much as goes into one request; none: nothing waits but what is put off.
    pub fn batch(&mut self, now: Timestamp, put_off: &BTreeSet<AppName>) -> io::Result<Option<(Outgoing, Walkbacks)>> {
        while let Some(application) = self.next(put_off) {
            let (numbers, pieces, broken) = self.spool.batch(&application, self.at_most, &self.config)?;
            self.ledger.dropped(&application, broken);
            if pieces.is_empty() && !self.untold().contains(&application) {
                continue;
            }
            let count = self.ledger.dropped_of(&application);
            let dropped = (count > 0).then(|| Dropped { application: application.clone(), count }).into_iter().collect();
            let zone = Zone::of(&TimeZone::system(), now);
            let outgoing = Outgoing { application, numbers, dropped: count };
            return Ok(Some((outgoing, Walkbacks { at: now, zone, pieces, dropped })));
        }
        Ok(None)
    }

    /// Whose turn it is.
    fn next(&self, put_off: &BTreeSet<AppName>) -> Option<AppName> {
        let waiting = self.spool.first_but(put_off).cloned();
        waiting.or_else(|| self.untold().into_iter().find(|application| !put_off.contains(application)))
    }

    /// What was dropped and not told: of those that the config names, the server was never told of another.
    fn untold(&self) -> BTreeSet<AppName> {
        let names = self.config.applications.iter().map(|one| &one.name);
        names.filter(|name| self.ledger.is_untold(name)).cloned().collect()
    }

    /// What waits.
    pub fn queue(&self) -> Queue {
        Queue { untold: self.untold(), ..self.spool.queue() }
    }

    /// What is in a batch, for the site's history.
    pub fn files(&self, outgoing: &Outgoing) -> Vec<SentFile> {
        let then = match self.config.application(&outgoing.application).map(|application| &application.walkbacks_sent) {
            Some(AfterSending::Delete) => Some(Clean::line("the config has it deleted then")),
            Some(AfterSending::Move(folder)) => {
                Some(Clean::line(&format!("the config has it moved to {} then", folder.as_path().display())))
            }
            Some(AfterSending::Keep) | None => None,
        };
        let headers = outgoing.numbers.iter().filter_map(|number| self.spool.header(*number));
        headers
            .map(|header| SentFile {
                application: header.application,
                path: Clean::line(&header.origin.directory.join(&header.origin.path).to_string_lossy()),
                sha256: header.sha256,
                then: then.clone(),
            })
            .collect()
    }

    /// The server has these: they leave the spool, and their files are treated as the config says.
    pub fn sent(&mut self, outgoing: &Outgoing) -> Vec<String> {
        self.at_most = usize::MAX;
        self.ledger.told(&outgoing.application, outgoing.dropped);
        self.after(outgoing, &after::STEPS)
    }

    /// The server doesn't take these: fewer are sent the next time; one that is refused alone is dropped.
    pub fn refused(&mut self, outgoing: &Outgoing) -> usize {
        self.at_most = outgoing.numbers.len() / 2;
        if self.at_most > 0 {
            return 0;
        }
        self.at_most = usize::MAX;
        if outgoing.numbers.is_empty() {
            // A server that doesn't take this isn't asked again until there is more to tell.
            self.ledger.told(&outgoing.application, outgoing.dropped);
        }
        let mut dropped = 0;
        for number in &outgoing.numbers {
            dropped += usize::from(self.spool.remove(*number).is_ok());
        }
        self.ledger.dropped(&outgoing.application, dropped as u64);
        dropped
    }
}

/// The folder that holds a path below a directory, and the name in it; no link is followed.
fn folder_of(guard: &PathGuard, dir: &Dir, path: &str) -> io::Result<(Dir, String)> {
    let mut folder = dir.try_clone()?;
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default().to_owned();
    for part in parts {
        folder = guard.enter(&folder, OsStr::new(part))?;
    }
    Ok((folder, name))
}
