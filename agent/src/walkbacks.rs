//! Brings home what applications write when they crash: looks at their directories, keeps what is new in a spool until the
//! server has it, then does with the files what the config says. What a crash report means is left to the server.
//!
//! The ledger remembers how much of each file was taken, the spool holds what was taken and not sent yet.

mod files;
mod ledger;
mod piece;
mod spool;
#[cfg(test)]
mod tests;

use crate::config::{AfterSending, Application, Config};
use crate::root::{open_dir, open_file};
use crate::scan::meta::{FRESH, Meta};
use cap_std::fs::Dir;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{Dropped, Piece, Walkbacks};
use files::Entry;
use ledger::{Known, Ledger};
use spool::{Header, Origin, Spool};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The folder in the state directory.
pub const FOLDER: &str = "walkbacks";
/// The most pieces that are taken of one file in one look; what lies between them and the end is left out.
const MAX_PIECES_OF_FILE: usize = 16;
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
    pub troubles: Vec<String>,
}

/// Looks, keeps and hands out.
#[derive(Debug)]
pub struct Collector {
    config: Arc<Config>,
    ledger: Ledger,
    spool: Spool,
    /// How each file that isn't in the ledger as it is now looked the last time, and when that was.
    seen: HashMap<PathBuf, (Meta, Duration)>,
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
                    looked.troubles.push(format!("the walkback directory {path} can't be read: {error}"));
                }
            }
        }
        if let Err(error) = self.save() {
            looked.troubles.push(format!("what was taken of walkbacks can't be noted: {error}"));
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
        let entries = files::list(&dir)?;
        let mut since_saved = 0;
        self.ledger.renamed(path, &entries);
        let present: std::collections::HashSet<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
        let gone = self.ledger.retain(path, &present);
        self.seen.retain(|seen, _| !seen.starts_with(path) || !gone.contains(seen));
        for entry in &entries {
            let whole = path.join(&entry.path);
            let known = self.ledger.get(path, entry);
            if known.is_some_and(|known| known.is_same(&entry.meta)) {
                self.seen.remove(&whole);
                continue;
            }
            // Two equal looks, some time apart.
            match self.seen.get(&whole) {
                Some((meta, at)) if *meta == entry.meta && mono.saturating_sub(*at) >= FRESH => {}
                Some((meta, _)) if *meta == entry.meta => {
                    looked.unsettled += 1;
                    continue;
                }
                _ => {
                    self.seen.insert(whole, (entry.meta, mono));
                    looked.unsettled += 1;
                    continue;
                }
            }
            match self.file(application, (&dir, path), entry) {
                Ok(taken) => {
                    looked.taken += taken;
                    self.seen.remove(&whole);
                }
                Err(error) => looked.troubles.push(format!("the walkback {} can't be taken: {error}", whole.display())),
            }
            since_saved += 1;
            if since_saved >= SAVE_EVERY {
                since_saved = 0;
                self.save()?;
            }
        }
        Ok(())
    }

    /// Takes what is new of a settled file.
    fn file(&mut self, application: &Application, (dir, path): (&Dir, &Path), entry: &Entry) -> io::Result<usize> {
        let (folder, name) = folder_of(dir, &entry.path)?;
        let (mut file, meta) = open_file(&folder, OsStr::new(&name))?;
        if !meta.is_plain() || meta.size != entry.meta.size {
            // It changed since it was listed: the next look will tell.
            return Ok(0);
        }
        let known = self.ledger.get(path, entry).filter(|known| known.taken <= meta.size);
        let start = match known {
            Some(known) if known.head == head(&mut file, known.taken)? => known.taken,
            _ => 0,
        };
        file.seek(SeekFrom::Start(start))?;
        let mailed = application.walkbacks_mailed.matches(&entry.path);
        let (mut at, mut taken) = (start, 0);
        let mut rest = Vec::new();
        loop {
            if taken == MAX_PIECES_OF_FILE {
                self.ledger.dropped(&application.name);
                at = meta.size;
                break;
            }
            let Some(content) = piece::next(&mut file, &mut rest)? else { break };
            let length = content.len() as u64;
            let sha256 = ContentHash::of(&content);
            let header = Header {
                id: Piece::id_of(&application.name, &entry.path, at, &sha256),
                application: application.name.clone(),
                version: application.version.clone(),
                file: Clean::line(&entry.path),
                modified: Timestamp::from_ms(i64::try_from(meta.modified_ns / 1_000_000).unwrap_or(0)),
                mailed,
                offset: at,
                sha256,
                origin: Origin {
                    directory: path.to_owned(),
                    path: entry.path.clone(),
                    meta: ledger::facts(&meta),
                    ends: at + length,
                },
            };
            if at > 0 || self.ledger.is_new(&header.id) {
                for lost in self.spool.add(&header, &content)? {
                    self.ledger.dropped(&lost);
                }
                taken += 1;
            }
            if at == 0 {
                self.ledger.note(&header.id);
            }
            at += length;
        }
        let head = head(&mut file, at)?;
        self.ledger.set(path, entry, Known::new(&meta, at, head));
        Ok(taken)
    }

    /// The oldest of what waits, as much as goes into one request; none: nothing waits.
    pub fn batch(&mut self, now: Timestamp) -> io::Result<Option<(Vec<u64>, Walkbacks)>> {
        let (numbers, pieces, broken) = self.spool.batch(self.at_most)?;
        for application in broken {
            self.ledger.dropped(&application);
        }
        let dropped = self.ledger.all_dropped();
        let dropped: Vec<Dropped> = dropped.map(|(application, count)| Dropped { application, count }).collect();
        Ok((!pieces.is_empty()).then_some((numbers, Walkbacks { at: now, pieces, dropped })))
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
                self.ledger.dropped(&header.application);
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
        let Some(application) = self.config.application(&header.application) else { return };
        let target = match &application.walkbacks_sent {
            AfterSending::Keep => return,
            AfterSending::Delete => None,
            AfterSending::Move(folder) => Some(folder.as_path()),
        };
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

/// What tells whether a file still begins as it did: the hash of its first bytes and of those before `taken`.
fn head(file: &mut std::fs::File, taken: u64) -> io::Result<ContentHash> {
    const SOME: u64 = 4096;
    let back = file.stream_position()?;
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    (&*file).take(taken.min(SOME)).read_to_end(&mut bytes)?;
    if taken > SOME {
        file.seek(SeekFrom::Start(taken - SOME))?;
        (&*file).take(SOME).read_to_end(&mut bytes)?;
    }
    file.seek(SeekFrom::Start(back))?;
    Ok(ContentHash::of(&bytes))
}
