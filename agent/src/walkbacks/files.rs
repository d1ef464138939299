//! The files of a walkback directory and its folders: regular ones with one name, no link followed, never too many.

use crate::guarded_path::PathGuard;
use crate::redact::Rules;
use crate::scan::meta::{Kind, Meta};
use cap_std::fs::{Dir, MetadataExt as _};
use fieldpost_common::text::{Clean, count};
use std::collections::BTreeMap;
use std::io;

/// The most files that are looked at in one directory.
const MAX_FILES: usize = 100_000;
/// How deep folders are looked into.
const MAX_DEPTH: usize = 4;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its path within the directory.
    pub(super) path: String,
    /// What the system says of it.
    pub(super) meta: Meta,
    /// The file system of its folder.
    pub(super) device: u64,
}

/// What a directory has.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The files, oldest first.
    pub(super) entries: Vec<Entry>,
    /// The folders that were looked into, as the paths in them begin, and their file systems.
    pub(super) folders: BTreeMap<String, u64>,
    /// What could not be looked into, as the paths in it begin: a folder, or a file by its whole name.
    pub(super) unread: Vec<(String, io::Error)>,
    /// Files whose names are no text: nobody could name such a report.
    pub(super) nameless: usize,
    /// Files beyond those that are looked at.
    pub(super) beyond: usize,
}

impl Listing {
    /// Whether a file that isn't listed is gone. One that may be there and only couldn't be seen isn't, nor one of a disk that is not
    /// mounted: then another file system is listed, or nothing. Of old, which one a file is on was not noted (0).
    pub(super) fn lacks(&self, path: &str, device: u64) -> bool {
        let is_unseen = self.entries.is_empty() || self.beyond > 0;
        let is_other = device != 0 && self.device(path) != Some(device);
        !is_unseen && !is_other && !self.unread.iter().any(|(unread, _)| path.starts_with(unread))
    }

    /// The file system on which a path would be.
    fn device(&self, path: &str) -> Option<u64> {
        let mut folders = path.rmatch_indices('/').map(|(at, _)| &path[..=at]).chain([""]);
        folders.find_map(|folder| self.folders.get(folder)).copied()
    }

    /// What stands in the way, in words that may leave the site.
    pub(super) fn troubles(&self, rules: &Rules) -> Vec<String> {
        let mut words = Vec::new();
        words
            .extend(self.unread.iter().map(|(path, error)| format!("{} can't be read: {error}", Clean::line(&rules.name(path)))));
        let nameless = count(self.nameless, "file");
        words.extend((self.nameless > 0).then(|| format!("{nameless} with a name that is no text can't be sent: rename them")));
        let beyond = count(self.beyond, "file");
        words.extend((self.beyond > 0).then(|| format!("{beyond} beyond {MAX_FILES} are not looked at: move old ones away")));
        words
    }
}

/// Lists a directory.
pub(super) fn list(guard: &PathGuard, dir: &Dir) -> io::Result<Listing> {
    let mut found = Listing::default();
    folder(guard, dir, "", 0, &mut found)?;
    found.entries.sort_by(|a, b| (a.meta.modified_ns, &a.path).cmp(&(b.meta.modified_ns, &b.path)));
    Ok(found)
}

fn folder(guard: &PathGuard, dir: &Dir, prefix: &str, depth: usize, found: &mut Listing) -> io::Result<()> {
    let device = dir.dir_metadata()?.dev();
    found.folders.insert(prefix.to_owned(), device);
    for entry in dir.entries()? {
        let entry = entry?;
        let name = entry.file_name();
        let path = name.to_str().map(|text| format!("{prefix}{text}"));
        let meta = match dir.symlink_metadata(&name).map(|meta| Meta::from_cap(&meta)) {
            Ok(meta) => meta,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                found.unread.extend(path.map(|path| (path, error)));
                continue;
            }
        };
        match (meta.kind, path) {
            (Kind::Folder, Some(path)) if depth < MAX_DEPTH => {
                // One folder that can't be read is no reason to leave out the others.
                let path = format!("{path}/");
                let below = guard.enter(dir, &name).and_then(|below| folder(guard, &below, &path, depth + 1, found));
                if let Err(error) = below {
                    found.unread.push((path, error));
                }
            }
            (Kind::File, path) if meta.links == 1 && meta.size > 0 => match path {
                None => found.nameless += 1,
                Some(_) if found.entries.len() >= MAX_FILES => found.beyond += 1,
                Some(path) => found.entries.push(Entry { path, meta, device }),
            },
            _ => {}
        }
    }
    Ok(())
}
