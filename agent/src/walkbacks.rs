//! Brings home what applications write when they crash: looks at their directories, keeps what is new in a spool until the
//! server has it, then does with the files what the config says. What a crash report means is left to the server.
//!
//! The ledger remembers how much of each file was taken, the spool holds what was taken and not sent yet.

mod files;
mod ledger;
mod piece;
mod ripe;
mod spool;
mod taking;
#[cfg(test)]
mod tests;

use crate::config::{AfterSending, Application, Config};
use crate::root::open_dir;
use cap_std::fs::Dir;
use fieldpost_common::id::AppName;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{Dropped, Walkbacks};
use fieldpost_common::zone::Zone;
use jiff::tz::TimeZone;
use ledger::Ledger;
use ripe::{Ripe, Seen, ripe};
use spool::{Header, Spool};
use std::collections::HashMap;
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
    /// How many pieces wait to be sent.
    pub waiting: usize,
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
        let spool = Spool::open(folder.join("spool"))?;
        Ok(Self { config, ledger, spool, seen: HashMap::new(), at_most: usize::MAX })
    }

    /// Looks at all directories, and takes what is new and settled. `mono` is a clock that only goes on.
    pub fn look(&mut self, mono: Duration) -> Looked {
        let mut looked = Looked::default();
        let config = Arc::clone(&self.config);
        for application in &config.applications {
            for directory in &application.walkbacks {
                if let Err(error) = self.directory(application, directory.as_path(), mono, &mut looked) {
                    let path = directory.as_path().display();
                    looked.stands(application, format!("the walkback directory {path} can't be read: {error}"));
                }
            }
        }
        if let Err(error) = self.save() {
            let words = format!("what was taken of walkbacks can't be noted: {error}");
            looked.obstacles.push(Obstacle { application: None, words });
        }
        looked.waiting = self.spool.len();
        looked
    }

    fn save(&mut self) -> io::Result<()> {
        if !self.ledger.is_changed() {
            return Ok(());
        }
        // What the ledger says was taken has to be there after a power cut.
        self.spool.sync()?;
        self.ledger.save()
    }

    fn directory(&mut self, application: &Application, path: &Path, mono: Duration, looked: &mut Looked) -> io::Result<()> {
        let dir = Dir::open_ambient_dir(path, cap_std::ambient_authority())?;
        let listing = files::list(&dir)?;
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
                looked.unsettled += 1;
                after.insert(entry.path.clone(), seen);
                continue;
            }
            let taken = self.file(&dir, Found { application, directory: path, entry }, ripe);
            if ripe == Ripe::Growing || !matches!(taken, Ok(Some(_))) {
                after.insert(entry.path.clone(), seen);
            }
            match taken {
                Ok(Some(taken)) => looked.taken += taken,
                Ok(None) => looked.unsettled += 1,
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

    /// The oldest of what waits, as much as goes into one request; none: nothing waits.
    pub fn batch(&mut self, now: Timestamp) -> io::Result<Option<(Vec<u64>, Walkbacks)>> {
        let (numbers, pieces, broken) = self.spool.batch(self.at_most, &self.config)?;
        for application in broken {
            self.ledger.dropped(&application, 1);
        }
        let dropped = self.ledger.all_dropped();
        let dropped: Vec<Dropped> = dropped.map(|(application, count)| Dropped { application, count }).collect();
        let zone = Zone::of(&TimeZone::system(), now);
        Ok((!pieces.is_empty()).then_some((numbers, Walkbacks { at: now, zone, pieces, dropped })))
    }

    /// The server has these: they leave the spool, and their files are treated as the config says.
    pub fn sent(&mut self, numbers: &[u64]) -> Vec<String> {
        self.at_most = usize::MAX;
        let mut troubles = Vec::new();
        for number in numbers {
            match self.spool.remove(*number) {
                Ok(Some(header)) => self.after(&header, &mut troubles),
                Ok(None) => {}
                Err(error) => troubles.push(format!("a walkback that was sent can't be cleared away: {error}")),
            }
        }
        // What the server has matters only where files are cleared away: there it must not be forgotten.
        let clears = self.config.applications.iter().any(|one| one.walkbacks_sent != AfterSending::Keep);
        if clears && let Err(error) = self.save() {
            troubles.push(format!("what was sent of walkbacks can't be noted: {error}"));
        }
        troubles
    }

    /// The server doesn't take these: fewer are sent the next time; one that is refused alone is dropped.
    pub fn refused(&mut self, numbers: &[u64]) -> usize {
        self.at_most = numbers.len() / 2;
        if self.at_most > 0 {
            return 0;
        }
        self.at_most = usize::MAX;
        let mut dropped = 0;
        for number in numbers {
            if let Ok(Some(header)) = self.spool.remove(*number) {
                self.ledger.dropped(&header.application, 1);
                dropped += 1;
            }
        }
        dropped
    }

    /// How many pieces wait.
    pub fn waiting(&self) -> usize {
        self.spool.len()
    }

    fn after(&mut self, header: &Header, troubles: &mut Vec<String>) {
        let is_whole = self.ledger.sent(&header.origin, header.offset);
        let Some(application) = self.config.application(&header.application) else { return };
        let target = match &application.walkbacks_sent {
            AfterSending::Keep => return,
            AfterSending::Delete => None,
            AfterSending::Move(folder) => Some(folder.as_path()),
        };
        if !is_whole {
            return;
        }
        if let Err(error) = header.origin.clear_away(target) {
            let path = header.origin.directory.join(&header.origin.path);
            troubles.push(format!("the walkback {} was sent and can't be cleared away: {error}", path.display()));
        }
    }
}

/// The folder that holds a path below a directory, and the name in it; no link is followed.
fn folder_of(dir: &Dir, path: &str) -> io::Result<(Dir, String)> {
    let mut folder = dir.try_clone()?;
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default().to_owned();
    for part in parts {
        folder = open_dir(&folder, OsStr::new(part))?;
    }
    Ok((folder, name))
}
