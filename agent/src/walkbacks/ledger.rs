//! How much of each file was taken, durable: `ledger.json` in the walkback folder of the state directory.

use super::files::{Entry, Listing};
use super::spool::{Header, Origin};
use crate::durable;
use crate::scan::meta::Meta;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, WalkbackId};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};

/// How many ids of whole files are remembered, so that a copy isn't sent again.
const MAX_IDS: usize = 20_000;

/// What was taken of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    #[serde(flatten)]
    facts: Facts,
    /// How many bytes.
    pub(super) taken: u64,
    /// What they begin and end with.
    pub(super) head: ContentHash,
    /// How many of them the server has, from the beginning on without a gap.
    #[serde(default)]
    pub(super) sent: u64,
    /// Which file this is of all that ever stood under a name.
    #[serde(default)]
    pub(super) generation: u64,
    /// The file system it is on.
    #[serde(default)]
    pub(super) device: u64,
}

/// What the system says of a file: equal means that nobody has written since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) size: u64,
    pub(super) modified_us: i64,
    pub(super) inode: u64,
}

pub(super) fn facts(meta: &Meta) -> Facts {
    Facts { size: meta.size, modified_us: i64::try_from(meta.modified_ns / 1_000).unwrap_or(0), inode: meta.inode }
}

impl Known {
    /// One of which nothing was taken yet.
    pub(super) fn nothing(generation: u64) -> Self {
        let facts = Facts { size: 0, modified_us: 0, inode: 0 };
        Self { facts, taken: 0, head: ContentHash::of(b""), sent: 0, generation, device: 0 }
    }

    /// The same after more was taken.
    pub(super) fn grown(self, meta: &Meta, taken: u64, head: ContentHash, device: u64) -> Self {
        Self { facts: facts(meta), taken, head, device, ..self }
    }

    fn is_all_of(&self, meta: &Meta) -> bool {
        self.facts == facts(meta) && self.taken >= meta.size
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// By directory, then by path.
    files: BTreeMap<PathBuf, BTreeMap<String, Known>>,
    #[serde(default)]
    ids: VecDeque<WalkbackId>,
    #[serde(default)]
    dropped: BTreeMap<AppName, u64>,
    /// How much of that the server knows.
    #[serde(default)]
    told: BTreeMap<AppName, u64>,
    #[serde(default)]
    generations: u64,
    /// The number that the next piece had.
    #[serde(default)]
    spooled: u64,
}

#[derive(Debug)]
pub(super) struct Ledger {
    path: PathBuf,
    kept: Kept,
    ids: HashSet<WalkbackId>,
    changed: bool,
}

impl Ledger {
    /// One that can't be read begins anew: what was sent before is sent again, and the server knows it by its id.
    pub(super) fn load(folder: &Path) -> Self {
        let path = folder.join("ledger.json");
        let kept: Kept = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!("{}: {error}; walkbacks are looked through anew", path.display());
                Kept::default()
            }),
            Err(_) => Kept::default(),
        };
        let ids = kept.ids.iter().cloned().collect();
        Self { path, kept, ids, changed: false }
    }

    /// Writes what is known when the next piece has this number.
    pub(super) fn save(&mut self, spooled: u64) -> io::Result<()> {
        self.kept.spooled = spooled;
        let bytes = serde_json::to_vec(&self.kept)?;
        durable::write(&self.path, &bytes, 0o600)?;
        self.changed = false;
        Ok(())
    }

    pub(super) fn is_changed(&self) -> bool {
        self.changed
    }

    /// What is known of a file: under its name, or under the name that it had before it was renamed.
    pub(super) fn get(&self, directory: &Path, entry: &Entry) -> Option<&Known> {
        self.kept.files.get(directory)?.get(&entry.path)
    }

    /// Whether all that there is of a file was taken. A file system may have another number after a restart.
    pub(super) fn has_all_of(&mut self, directory: &Path, entry: &Entry) -> bool {
        let known = self.kept.files.get_mut(directory).and_then(|files| files.get_mut(&entry.path));
        let Some(known) = known.filter(|known| known.is_all_of(&entry.meta)) else { return false };
        self.changed |= known.device != entry.device;
        known.device = entry.device;
        true
    }

    /// A file that begins, or begins anew.
    pub(super) fn begin(&mut self) -> Known {
        self.kept.generations += 1;
        Known::nothing(self.kept.generations)
    }

    /// A file of that generation was taken.
    pub(super) fn began(&mut self, generation: u64) {
        self.kept.generations = self.kept.generations.max(generation);
    }

    /// The server has a piece; it counts if it has all that stands before it, too.
    pub(super) fn sent(&mut self, origin: &Origin, offset: u64) {
        let known = self.kept.files.get_mut(&origin.directory).and_then(|files| files.get_mut(&origin.path));
        if let Some(known) = known.filter(|known| known.generation == origin.generation && known.sent == offset) {
            known.sent = origin.ends;
            self.changed = true;
        }
    }

    /// Whether the server has a file up to the end of this piece.
    pub(super) fn server_has(&self, origin: &Origin) -> bool {
        self.known(origin).is_some_and(|known| known.generation == origin.generation && known.sent >= origin.ends)
    }

    /// Whether it is noted that this piece was taken: of this file, or of one that stood there before.
    pub(super) fn knows(&self, header: &Header) -> bool {
        let Header { id, offset, origin, .. } = header;
        let is_noted = |known: &Known| match known.generation.cmp(&origin.generation) {
            Ordering::Less => false,
            Ordering::Equal => known.taken >= origin.ends,
            Ordering::Greater => true,
        };
        *offset == 0 && !self.is_new(id) || self.known(origin).is_some_and(is_noted)
    }

    fn known(&self, origin: &Origin) -> Option<&Known> {
        self.kept.files.get(&origin.directory)?.get(&origin.path)
    }

    /// The number of the first piece that was kept after this was written.
    pub(super) fn spooled(&self) -> u64 {
        self.kept.spooled
    }

    pub(super) fn set(&mut self, directory: &Path, entry: &Entry, known: Known) {
        self.kept.files.entry(directory.to_owned()).or_default().insert(entry.path.clone(), known);
        self.changed = true;
    }

    /// Forgets files that are gone. A file that was renamed keeps what is known of it.
    pub(super) fn retain(&mut self, directory: &Path, listing: &Listing) {
        let present: HashSet<&str> = listing.entries.iter().map(|entry| entry.path.as_str()).collect();
        let Some(files) = self.kept.files.get_mut(directory) else { return };
        let before = files.len();
        files.retain(|path, known| present.contains(path.as_str()) || !listing.lacks(path, known.device));
        self.changed |= files.len() < before;
    }

    /// What was rotated: files that have a new name and the inode of one that is known get its entry.
    pub(super) fn renamed(&mut self, directory: &Path, entries: &[Entry]) {
        let Some(files) = self.kept.files.get_mut(directory) else { return };
        let names: HashSet<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
        let unknown =
            entries.iter().filter(|entry| files.get(&entry.path).is_none_or(|known| known.facts.inode != entry.meta.inode));
        let unknown: Vec<&Entry> = unknown.collect();
        if unknown.is_empty() {
            return;
        }
        let inodes: BTreeMap<u64, String> = files.iter().map(|(path, known)| (known.facts.inode, path.clone())).collect();
        let moved: Vec<(String, Known)> = unknown
            .into_iter()
            .filter_map(|entry| {
                let before = inodes.get(&entry.meta.inode)?;
                let known = files.get(before).filter(|known| known.taken <= entry.meta.size)?;
                let is_other = known.device != 0 && known.device != entry.device;
                // A file that is still there under its name with another inode was rotated too.
                (!is_other && before != &entry.path).then(|| (entry.path.clone(), known.clone()))
            })
            .collect();
        for (path, known) in moved {
            if names.contains(path.as_str()) {
                files.insert(path, known);
                self.changed = true;
            }
        }
    }

    pub(super) fn is_new(&self, id: &WalkbackId) -> bool {
        !self.ids.contains(id)
    }

    pub(super) fn note(&mut self, id: &WalkbackId) {
        if self.ids.insert(id.clone()) {
            self.kept.ids.push_back(id.clone());
            if self.kept.ids.len() > MAX_IDS
                && let Some(oldest) = self.kept.ids.pop_front()
            {
                self.ids.remove(&oldest);
            }
            self.changed = true;
        }
    }

    /// Counts pieces that could not be kept.
    pub(super) fn dropped(&mut self, application: &AppName, count: u64) {
        if count > 0 {
            *self.kept.dropped.entry(application.clone()).or_default() += count;
            self.changed = true;
        }
    }

    /// How many pieces of an application could not be kept, in all.
    pub(super) fn dropped_of(&self, application: &AppName) -> u64 {
        self.kept.dropped.get(application).copied().unwrap_or(0)
    }

    /// Whether the server doesn't know all of that.
    pub(super) fn is_untold(&self, application: &AppName) -> bool {
        self.dropped_of(application) > self.kept.told.get(application).copied().unwrap_or(0)
    }

    /// The server knows how many were dropped.
    pub(super) fn told(&mut self, application: &AppName, count: u64) {
        if count > 0 && self.kept.told.insert(application.clone(), count) != Some(count) {
            self.changed = true;
        }
    }
}
