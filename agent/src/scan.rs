//! The full scan: what stands in the patch directories, as facts. Hashes only what changed; a file counts once it is settled.

pub mod meta;
pub mod settle;
pub mod walk;

use crate::config::{Application, Config};
use crate::marker::{Expected, Markers};
use crate::root::{Identity, Root, open_file};
use fieldpost_common::hash::{ContentHash, Hasher};
use fieldpost_common::id::AppName;
use fieldpost_common::inventory::{Directory, FileFact, Inventory, Listing};
use fieldpost_common::name::PatchName;
use fieldpost_common::plan::Place;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use meta::Meta;
use settle::{Look, Track};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::time::Duration;
use walk::Seen;

/// A file that has been left alone for so long before the first scan counts at its first look.
const OLD: Duration = Duration::from_mins(1);

/// What a scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The facts.
    pub inventory: Inventory,
    /// Places where a change is under way: their facts are the former ones.
    pub unsettled: HashSet<Place>,
    /// When the next look can settle something.
    pub look_again: Option<Duration>,
    /// Which directories were read, for the watcher.
    pub roots: BTreeMap<AppName, Identity>,
}

/// Remembers what was seen, from scan to scan.
#[derive(Debug)]
pub struct Scanner {
    places: Vec<Patches>,
    max_size: u64,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Patches {
    application: Application,
    expected: Expected,
    tracks: BTreeMap<PatchName, Track>,
    scanned: bool,
}

/// The clocks of one scan.
#[derive(Debug, Clone, Copy)]
struct At {
    mono: Duration,
    wall: Timestamp,
}

impl Scanner {
    /// A scanner that has seen nothing.
    pub fn new(config: &Config, markers: &Markers) -> Self {
        let places = config.applications.iter().map(|application| Patches {
            expected: markers.expected(&config.site, &application.name),
            application: application.clone(),
            tracks: BTreeMap::new(),
            scanned: false,
        });
        Self { places: places.collect(), max_size: config.max_size, buffer: Vec::new() }
    }

    /// Looks at every patch directory, at the monotonic time `mono` and the date `wall`.
    pub fn scan(&mut self, mono: Duration, wall: Timestamp) -> Report {
        let at = At { mono, wall };
        self.buffer.resize(64 * 1024, 0);
        let mut report =
            Report { inventory: Inventory::default(), unsettled: HashSet::new(), look_again: None, roots: BTreeMap::new() };
        for patches in &mut self.places {
            let listing = patches.scan(self.max_size, at, &mut self.buffer, &mut report);
            report.inventory.applications.insert(patches.application.name.clone(), listing);
        }
        self.buffer = Vec::new();
        report
    }

    /// The next look reads every file, whatever its times say. What was seen before counts until then.
    pub fn doubt(&mut self) {
        let tracks = self.places.iter_mut().flat_map(|patches| patches.tracks.values_mut());
        tracks.for_each(Track::doubt);
    }

    /// What the agent itself put in place counts at once.
    pub fn installed(&mut self, application: &AppName, patch: &PatchName, fact: FileFact, meta: Meta) {
        if let Some(tracks) = self.tracks(application) {
            tracks.entry(patch.clone()).or_default().settle(fact, meta, true);
        }
    }

    /// What the agent itself took away is gone at once.
    pub fn removed(&mut self, application: &AppName, patch: &PatchName) {
        if let Some(tracks) = self.tracks(application) {
            tracks.remove(patch);
        }
    }

    fn tracks(&mut self, application: &AppName) -> Option<&mut BTreeMap<PatchName, Track>> {
        self.places.iter_mut().find(|patches| patches.application.name == *application).map(|patches| &mut patches.tracks)
    }
}

impl Patches {
    fn scan(&mut self, max_size: u64, at: At, buffer: &mut [u8], report: &mut Report) -> Listing {
        let version = self.application.version.clone();
        let seen = Root::open(self.application.directory.as_path(), &self.expected).and_then(|root| {
            let seen = walk::walk(root.dir(), &self.application.ignore, max_size).map_err(|_| Directory::Unreadable)?;
            Ok((root, seen))
        });
        let (root, mut seen) = match seen {
            Ok(found) => found,
            Err(directory) => return Listing { version, directory, files: BTreeMap::new(), ignored: Vec::new() },
        };
        report.roots.insert(self.application.name.clone(), root.identity());
        self.leave_out_doubles(&mut seen);
        self.look_at_all(&root, &mut seen, at, buffer, report);
        self.scanned = true;
        let files = self.tracks.iter().filter_map(|(patch, track)| Some((patch.clone(), track.fact()?))).collect();
        seen.ignored.sort_by(|a, b| a.name.cmp(&b.name));
        Listing { version, directory: Directory::Present, files, ignored: seen.ignored }
    }

    /// Of names that differ only in case, the one that was there first counts.
    fn leave_out_doubles(&self, seen: &mut Seen) {
        let mut names: HashMap<String, Vec<PatchName>> = HashMap::with_capacity(seen.files.len());
        for patch in seen.files.keys() {
            names.entry(patch.folded()).or_default().push(patch.clone());
        }
        for mut same in names.into_values().filter(|same| same.len() > 1) {
            let known = |patch: &PatchName| self.tracks.get(patch).is_some_and(|track| track.fact().is_some());
            let first = same.iter().position(known).unwrap_or(0);
            let first = same.remove(first);
            for patch in same {
                seen.files.remove(&patch);
                seen.ignore(Clean::line(patch.as_str()), format!("differs from {first} only in case"));
            }
        }
    }

    fn look_at_all(&mut self, root: &Root, seen: &mut Seen, at: At, buffer: &mut [u8], report: &mut Report) {
        for patch in seen.files.keys() {
            if !self.tracks.contains_key(patch) {
                self.tracks.insert(patch.clone(), Track::default());
            }
        }
        let tracks = std::mem::take(&mut self.tracks);
        for (patch, mut track) in tracks {
            if seen.hides(&patch) {
                self.tracks.insert(patch, track);
                continue;
            }
            let meta = seen.files.get(&patch).copied();
            let wait = match self.look(&mut track, meta, at) {
                Look::Same => None,
                Look::Gone => continue,
                Look::Wait(rest) => Some(rest),
                Look::Read => read(root, &patch, &mut track, at, buffer).unwrap_or_else(|error| {
                    seen.ignore(Clean::line(patch.as_str()), format!("unreadable: {error}"));
                    None
                }),
            };
            if let Some(rest) = wait {
                report.unsettled.insert((self.application.name.clone(), patch.clone()));
                report.look_again = Some(report.look_again.map_or(rest, |other| other.min(rest)));
            }
            self.tracks.insert(patch, track);
        }
    }

    fn look(&self, track: &mut Track, meta: Option<Meta>, at: At) -> Look {
        let old = meta.is_some_and(|meta| meta.is_older_than(OLD, at.wall));
        if old && track.is_new() && !self.scanned { Look::Read } else { track.look(meta, at.mono) }
    }
}

/// Reads and hashes a file; how long to wait when it changed meanwhile.
fn read(root: &Root, patch: &PatchName, track: &mut Track, at: At, buffer: &mut [u8]) -> io::Result<Option<Duration>> {
    let (mut file, before) = match root.folder(patch).and_then(|dir| open_file(&dir, patch.file_name().as_ref())) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            track.disturbed(at.mono);
            return Ok(Some(settle::SETTLE));
        }
        Err(error) => return Err(error),
    };
    if !before.is_plain() {
        track.disturbed(at.mono);
        return Ok(Some(settle::SETTLE));
    }
    let (sha256, size) = hash(&mut file, before.size, buffer)?;
    if Meta::of(&file)? != before || size != before.size {
        track.disturbed(at.mono);
        return Ok(Some(settle::SETTLE));
    }
    track.settle(FileFact { sha256, size, modified: before.modified() }, before, before.is_fresh(at.wall));
    Ok(None)
}

/// Hashes a file piece by piece, at most one byte more than `size`.
pub fn hash(file: &mut File, size: u64, buffer: &mut [u8]) -> io::Result<(ContentHash, u64)> {
    let mut hasher = Hasher::new();
    let mut file = file.take(size.saturating_add(1));
    loop {
        match file.read(buffer) {
            Ok(0) => break,
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let size = hasher.size();
    Ok((hasher.finish(), size))
}

#[cfg(test)]
mod tests;
