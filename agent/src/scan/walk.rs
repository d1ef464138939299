//! Walks a patch directory: which files count, which are left alone and why. Opens nothing but folders.

use super::meta::{Kind, Meta};
use crate::config::Ignore;
use crate::root::open_dir;
use cap_std::fs::Dir;
use fieldpost_common::inventory::{Ignored, MAX_FILES, MAX_IGNORED, Obstacle};
use fieldpost_common::name::{NameRule, PatchName, RESERVED_PREFIX};
use fieldpost_common::text::Clean;
use rustix::io::Errno;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;

/// What stands in a patch directory.
#[derive(Debug, Default)]
pub struct Seen {
    /// Regular files with one name, by patch name.
    pub files: BTreeMap<PatchName, Meta>,
    /// Names under which something stands that is no patch, or can't be looked at.
    pub obstructed: BTreeMap<PatchName, Obstacle>,
    /// Folders, with their final slash, of which nothing can be said that isn't listed; `""` is the directory itself.
    pub unseen_below: BTreeMap<String, Obstacle>,
    /// Folders, without a final slash, that were read.
    pub folders: BTreeSet<String>,
    /// What is left alone, for people.
    pub ignored: Vec<Ignored>,
}

impl Seen {
    /// Notes something that is left alone.
    pub fn ignore(&mut self, name: Clean, reason: impl Into<String>) {
        if self.ignored.len() < MAX_IGNORED {
            self.ignored.push(Ignored { name, reason: Clean::from(reason.into()) });
        }
    }

    /// Whether nothing can be said of a patch that was not seen, because its folder, or one on the way, can't be read.
    pub fn hides(&self, patch: &PatchName) -> bool {
        self.unseen_below.keys().any(|folder| patch.as_str().starts_with(folder.as_str()))
    }

    /// Something else than a patch stands under a name.
    fn obstruct(&mut self, path: &str, why: Obstacle) {
        if self.obstructed.len() < MAX_FILES
            && let Ok(name) = path.parse::<PatchName>()
        {
            self.obstructed.insert(name, why);
        }
    }
}

/// Walks all folders. An error on one entry is noted and never ends the walk.
pub fn walk(dir: &Dir, ignore: &Ignore, max_size: u64) -> io::Result<Seen> {
    let mut walk = Walk { ignore, max_size, seen: Seen::default() };
    walk.folder(dir, "")?;
    Ok(walk.seen)
}

struct Walk<'a> {
    ignore: &'a Ignore,
    max_size: u64,
    seen: Seen,
}

impl Walk<'_> {
    fn folder(&mut self, dir: &Dir, prefix: &str) -> io::Result<()> {
        for entry in dir.entries()? {
            let entry = entry?;
            let name = entry.file_name();
            if name.as_bytes().starts_with(RESERVED_PREFIX.as_bytes()) {
                continue;
            }
            let Some(text) = name.to_str() else {
                let shown = [prefix.as_bytes(), name.as_bytes()].concat();
                self.seen.ignore(Clean::bytes(&shown), format!("its name {}", NameRule::NotUtf8));
                continue;
            };
            let path = format!("{prefix}{text}");
            if self.ignore.matches(&path) {
                continue;
            }
            match dir.symlink_metadata(&name) {
                Ok(meta) => self.entry(dir, &name, &path, Meta::from_cap(&meta)),
                // It went away between the two calls: the next look will tell.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.unreadable(&path, &error),
            }
        }
        Ok(())
    }

    fn entry(&mut self, dir: &Dir, name: &OsStr, path: &str, meta: Meta) {
        match meta.kind {
            Kind::Folder => self.subfolder(dir, name, path),
            Kind::Link => self.leave(path, Obstacle::Link, "is a symbolic link".to_owned()),
            Kind::Special => self.leave(path, Obstacle::Special, "is a pipe, socket or device".to_owned()),
            Kind::File => self.file(path, meta),
        }
    }

    fn leave(&mut self, path: &str, why: Obstacle, words: String) {
        self.seen.obstruct(path, why);
        self.seen.ignore(Clean::line(path), words);
    }

    fn subfolder(&mut self, dir: &Dir, name: &OsStr, path: &str) {
        let below = format!("{path}/");
        if let Err(error) = format!("{below}x").parse::<PatchName>() {
            self.seen.ignore(Clean::line(&below), format!("its name {}", error.rule));
            return;
        }
        match open_dir(dir, name).and_then(|dir| self.folder(&dir, &below)) {
            Ok(()) => {
                self.seen.folders.insert(path.to_owned());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.unreadable(&below, &error),
        }
    }

    fn file(&mut self, path: &str, meta: Meta) {
        let name = match path.parse::<PatchName>() {
            Ok(name) => name,
            Err(error) => return self.seen.ignore(Clean::line(path), format!("its name {}", error.rule)),
        };
        if meta.links != 1 {
            self.leave(path, Obstacle::ManyNames, format!("has {} names (hard links)", meta.links));
        } else if meta.size > self.max_size {
            let (size, limit) = (fieldpost_common::text::size(meta.size), fieldpost_common::text::size(self.max_size));
            self.leave(path, Obstacle::TooLarge, format!("is too large: {size}, at most {limit}"));
        } else if self.seen.files.len() >= MAX_FILES {
            self.seen.unseen_below.insert(String::new(), Obstacle::TooMany);
            self.seen.ignore(Clean::line(path), format!("is one too many: at most {MAX_FILES} files"));
        } else {
            self.seen.files.insert(name, meta);
        }
    }

    /// An entry that can't be looked at may be a file or a folder.
    fn unreadable(&mut self, path: &str, error: &io::Error) {
        let why = obstacle_of(error);
        self.seen.ignore(Clean::line(path), format!("unreadable: {error}"));
        self.seen.obstruct(path, why);
        self.seen.unseen_below.insert(format!("{}/", path.trim_end_matches('/')), why);
    }
}

/// What an error of the system means for a file that was to be read.
pub fn obstacle_of(error: &io::Error) -> Obstacle {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::ACCESS | Errno::PERM) => Obstacle::NotPermitted,
        Some(Errno::IO) => Obstacle::InputOutput,
        Some(Errno::LOOP) => Obstacle::Link,
        Some(Errno::NXIO) => Obstacle::Special,
        _ => Obstacle::Unreadable,
    }
}
