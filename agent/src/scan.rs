//! The full scan: what stands in the patch directories, as facts, and of what nothing can be said. Hashes only what changed; a file
//! counts once it is settled, or looks as it was remembered.

pub mod memory;
pub mod meta;
mod patches;
pub mod settle;
pub mod walk;

use crate::config::Config;
use crate::marker::Markers;
use crate::root::Identity;
use fieldpost_common::hash::{ContentHash, Hasher};
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::inventory::{FileFact, Inventory};
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;
use memory::{Change, Memory, Remembered};
use meta::Meta;
use patches::{Patches, Work};
use settle::Track;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::time::Duration;

/// What a scan found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The facts, and of what there are none.
    pub inventory: Inventory,
    /// Contents that stood where nothing can be said now; what the server has of them isn't forgotten.
    pub last_contents: HashSet<ContentHash>,
    /// When the next look can settle something.
    pub look_again: Option<Duration>,
    /// Which directories were read, for the watcher.
    pub roots: BTreeMap<AppName, Identity>,
}

/// Remembers what was seen, from scan to scan, and over a restart if it has a memory.
#[derive(Debug)]
pub struct Scanner {
    site: SiteName,
    places: Vec<Patches>,
    memory: Option<Memory>,
    max_size: u64,
    buffer: Vec<u8>,
}

/// The clocks of one scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// Decides when something has rested; never jumps.
    pub mono: Duration,
    /// Says since when, for people.
    pub wall: Timestamp,
}

impl Scanner {
    /// A scanner that has seen nothing.
    pub fn new(config: &Config) -> Self {
        let places = config.applications.iter().map(|application| Patches::new(application.clone())).collect();
        let site = config.site.clone();
        Self { site, places, memory: None, max_size: config.max_size, buffer: Vec::new() }
    }

    /// Begins with what an earlier run saw, and goes on to keep it if `memory` is given.
    pub fn remember(&mut self, memory: Option<Memory>, mut remembered: Remembered) {
        for patches in &mut self.places {
            if let Some(seen) = remembered.remove(&patches.application.name).filter(|seen| !seen.is_empty()) {
                patches.remember(&seen);
            }
        }
        self.memory = memory;
    }

    /// Looks at every patch directory.
    pub fn scan(&mut self, markers: &Markers, at: At) -> Report {
        self.buffer.resize(64 * 1024, 0);
        let (mut report, mut changes) = (Report::default(), Vec::new());
        for patches in &mut self.places {
            let name = patches.application.name.clone();
            let expected = markers.expected(&self.site, &name);
            let mut work = Work { at, buffer: &mut self.buffer, report: &mut report, changes: &mut changes };
            let listing = patches.scan(&expected, self.max_size, &mut work);
            report.inventory.applications.insert(name, listing);
        }
        self.buffer = Vec::new();
        self.keep(&changes);
        report
    }

    fn keep(&mut self, changes: &[Change]) {
        let Some(memory) = &mut self.memory else { return };
        let of = |patches: &Patches| (patches.application.name.clone(), patches.to_remember());
        memory.append(changes, || self.places.iter().map(of).collect());
    }

    /// The next look reads every file, whatever its times say. What was seen before counts until then.
    pub fn doubt(&mut self) {
        let tracks = self.places.iter_mut().flat_map(|patches| patches.tracks.values_mut());
        tracks.for_each(Track::doubt);
    }

    /// What the agent itself put in place counts at once, and is known again after a restart.
    pub fn installed(&mut self, application: &AppName, patch: &PatchName, fact: FileFact, meta: Meta, at: At) {
        let Some(tracks) = self.tracks(application) else { return };
        let track = tracks.entry(patch.clone()).or_default();
        *track = Track::default();
        track.settle(fact, meta, at);
        let seen = track.to_remember();
        self.keep(&[(application.clone(), patch.clone(), seen)]);
    }

    /// What the agent itself took away is gone at once.
    pub fn removed(&mut self, application: &AppName, patch: &PatchName) {
        if let Some(tracks) = self.tracks(application)
            && tracks.remove(patch).is_some()
        {
            self.keep(&[(application.clone(), patch.clone(), None)]);
        }
    }

    fn tracks(&mut self, application: &AppName) -> Option<&mut BTreeMap<PatchName, Track>> {
        self.places.iter_mut().find(|patches| patches.application.name == *application).map(|patches| &mut patches.tracks)
    }
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
