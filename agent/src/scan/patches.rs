//! One application's patch directory in the eyes of the scan: each place is tracked from look to look.

use super::memory::{Change, Seen as Remembered};
use super::meta::Meta;
use super::settle::{Look, SETTLE, Track};
use super::walk::{self, Seen, obstacle_of};
use super::{At, Report, hash};
use crate::config::Application;
use crate::marker::Expected;
use crate::root::{Root, open_file};
use fieldpost_common::inventory::{CantSay, Directory, FileFact, Listing, Obstacle};
use fieldpost_common::name::PatchName;
use fieldpost_common::text::Clean;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::time::Duration;

/// A directory and what is known of it.
#[derive(Debug)]
pub(super) struct Patches {
    pub(super) application: Application,
    pub(super) tracks: BTreeMap<PatchName, Track>,
    /// Folders of which nothing can be said, as of the last look.
    unsaid_below: BTreeMap<String, CantSay>,
    /// When a directory was first looked at of which nothing was remembered; `None`: long ago, or much was.
    first_look: FirstLook,
}

/// What isn't there at the first look of all may be being replaced just then: it takes a second one to say that it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FirstLook {
    Due,
    Taken(Duration),
    Over,
}

/// What one scan needs at hand.
pub(super) struct Work<'a> {
    pub(super) at: At,
    pub(super) buffer: &'a mut [u8],
    pub(super) report: &'a mut Report,
    pub(super) changes: &'a mut Vec<Change>,
}

impl Patches {
    /// A directory at which nobody has looked.
    pub(super) fn new(application: Application) -> Self {
        Self { application, tracks: BTreeMap::new(), unsaid_below: BTreeMap::new(), first_look: FirstLook::Due }
    }

    /// Begins with what an earlier run saw.
    pub(super) fn remember(&mut self, seen: &BTreeMap<PatchName, Remembered>) {
        self.tracks = seen.iter().map(|(patch, seen)| (patch.clone(), Track::remembered(seen))).collect();
        self.first_look = FirstLook::Over;
    }

    /// What a later run should begin with.
    pub(super) fn to_remember(&self) -> BTreeMap<PatchName, Remembered> {
        self.tracks.iter().filter_map(|(patch, track)| Some((patch.clone(), track.to_remember()?))).collect()
    }

    /// Looks at the directory.
    pub(super) fn scan(&mut self, expected: &Expected, max_size: u64, work: &mut Work<'_>) -> Listing {
        let version = self.application.version.clone();
        let seen = Root::open(self.application.directory.as_path(), expected).and_then(|root| {
            let seen = walk::walk(root.dir(), &self.application.ignore, max_size).map_err(|_| Directory::Unreadable)?;
            Ok((root, seen))
        });
        let (root, mut seen) = match seen {
            Ok(found) => found,
            Err(directory) => return Listing::empty(version, directory),
        };
        work.report.roots.insert(self.application.name.clone(), root.identity());
        self.leave_out_doubles(&mut seen);
        self.look_at_all(&root, &mut seen, work);
        self.remember_unseen(&seen, work);
        seen.ignored.sort_by(|a, b| a.name.cmp(&b.name));
        let hook = self.application.after_install.is_some();
        self.listing(
            Listing { ignored: std::mem::take(&mut seen.ignored), hook, ..Listing::empty(version, Directory::Present) },
            &seen,
            work,
        )
    }

    /// Of names that differ only in case, the one that was there first counts.
    fn leave_out_doubles(&self, seen: &mut Seen) {
        let mut names: HashMap<String, Vec<PatchName>> = HashMap::with_capacity(seen.files.len());
        for patch in seen.files.keys() {
            names.entry(patch.folded()).or_default().push(patch.clone());
        }
        for mut same in names.into_values().filter(|same| same.len() > 1) {
            let known = |patch: &PatchName| self.tracks.get(patch).is_some_and(|track| track.last_content().is_some());
            let first = same.iter().position(known).unwrap_or(0);
            let first = same.remove(first);
            for patch in same {
                seen.files.remove(&patch);
                seen.ignore(Clean::line(patch.as_str()), format!("differs from {first} only in case"));
                seen.obstructed.insert(patch, Obstacle::OtherCase);
            }
        }
    }

    fn look_at_all(&mut self, root: &Root, seen: &mut Seen, work: &mut Work<'_>) {
        for patch in seen.files.keys().chain(seen.obstructed.keys()) {
            if !self.tracks.contains_key(patch) {
                self.tracks.insert(patch.clone(), Track::default());
            }
        }
        for (patch, mut track) in std::mem::take(&mut self.tracks) {
            let before = track.to_remember();
            if self.look_at(root, &patch, &mut track, seen, work) {
                if before != track.to_remember() {
                    work.changes.push((self.application.name.clone(), patch.clone(), track.to_remember()));
                }
                self.tracks.insert(patch, track);
            } else if before.is_some() {
                work.changes.push((self.application.name.clone(), patch, None));
            }
        }
    }

    /// Looks at one place; whether there is still something to be said of it.
    fn look_at(&self, root: &Root, patch: &PatchName, track: &mut Track, seen: &mut Seen, work: &mut Work<'_>) -> bool {
        let meta = seen.files.get(patch).copied();
        if let Some(why) = self.obstacle(patch, meta, seen) {
            track.obstruct(why, work.at);
            return true;
        }
        if meta.is_none() && seen.hides(patch) {
            return true;
        }
        let wait = match track.look(meta, work.at) {
            Look::Same => None,
            Look::Gone => return false,
            Look::Wait(rest) => Some(rest),
            Look::Read => read(root, patch, track, work).unwrap_or_else(|error| {
                track.obstruct(obstacle_of(&error), work.at);
                seen.ignore(Clean::line(patch.as_str()), format!("unreadable: {error}"));
                None
            }),
        };
        work.report.look_again = wait.into_iter().chain(work.report.look_again).min();
        true
    }

    /// What stands under a name where no patch was seen.
    fn obstacle(&self, patch: &PatchName, meta: Option<Meta>, seen: &Seen) -> Option<Obstacle> {
        if meta.is_some() {
            return None;
        }
        let ignores = |path: &str| self.application.ignore.matches(path);
        let mut folders = patch.as_str().match_indices('/').map(|(end, _)| &patch.as_str()[..end]);
        match seen.obstructed.get(patch) {
            Some(why) => Some(*why),
            None if seen.folders.contains(patch.as_str()) => Some(Obstacle::Folder),
            // A name that was a patch until the config changed: nobody looks at it any more.
            None if ignores(patch.as_str()) || folders.any(ignores) => Some(Obstacle::Ignored),
            None => None,
        }
    }

    /// Keeps since when nothing can be said of folders.
    fn remember_unseen(&mut self, seen: &Seen, work: &mut Work<'_>) {
        let At { mono, wall } = work.at;
        let before = std::mem::take(&mut self.unsaid_below);
        let since = |folder: &str| before.get(folder).map_or(wall, |before| before.since);
        let unsaid = |(folder, why): (&String, &Obstacle)| (folder.clone(), CantSay { why: *why, since: since(folder) });
        self.unsaid_below = seen.unseen_below.iter().map(unsaid).collect();
        let begun = match self.first_look {
            FirstLook::Due => mono,
            FirstLook::Taken(begun) => begun,
            FirstLook::Over => return,
        };
        let rest = SETTLE.saturating_sub(mono.saturating_sub(begun));
        self.first_look = if rest.is_zero() { FirstLook::Over } else { FirstLook::Taken(begun) };
        if !rest.is_zero() {
            let first = CantSay { why: Obstacle::FirstLook, since: since("") };
            self.unsaid_below.entry(String::new()).or_insert(first);
            work.report.look_again = work.report.look_again.into_iter().chain([rest]).min();
        }
    }

    fn listing(&self, mut listing: Listing, seen: &Seen, work: &mut Work<'_>) -> Listing {
        for (patch, track) in &self.tracks {
            if !seen.files.contains_key(patch) && !seen.obstructed.contains_key(patch) && seen.hides(patch) {
                work.report.last_contents.extend(track.last_content());
                continue;
            }
            match track.answer() {
                Some(Ok(fact)) => {
                    listing.files.insert(patch.clone(), fact);
                }
                Some(Err(unsaid)) => {
                    listing.cant_say.insert(patch.clone(), unsaid);
                    work.report.last_contents.extend(track.last_content());
                }
                None => {}
            }
        }
        listing.cant_say_below.clone_from(&self.unsaid_below);
        listing
    }
}

/// Reads and hashes a file; how long to wait when it changed meanwhile.
fn read(root: &Root, patch: &PatchName, track: &mut Track, work: &mut Work<'_>) -> io::Result<Option<Duration>> {
    let at = work.at;
    let (mut file, before) = match root.folder(patch).and_then(|dir| open_file(&dir, patch.file_name().as_ref())) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            track.disturb(at);
            return Ok(Some(SETTLE));
        }
        Err(error) => return Err(error),
    };
    if !before.is_plain() {
        track.disturb(at);
        return Ok(Some(SETTLE));
    }
    let (sha256, size) = hash(&mut file, before.size, work.buffer)?;
    if Meta::of(&file)? != before || size != before.size {
        track.disturb(at);
        return Ok(Some(SETTLE));
    }
    track.settle(FileFact { sha256, size, modified: before.modified() }, before, at);
    Ok(None)
}
