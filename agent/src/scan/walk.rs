//! Walks a patch directory: which files count, which are left alone and why. Opens nothing but folders.

use super::meta::{Kind, Meta};
use crate::config::Ignore;
use crate::root::open_dir;
use cap_std::fs::Dir;
use fieldpost_common::inventory::{Ignored, MAX_IGNORED};
use fieldpost_common::name::{NameRule, PatchName, RESERVED_PREFIX};
use fieldpost_common::text::Clean;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;

/// The most files of one application; more are left alone.
pub const MAX_FILES: usize = 100_000;

/// What stands in a patch directory.
#[derive(Debug, Default)]
pub struct Seen {
    /// Regular files with one name, by patch name.
    pub files: BTreeMap<PatchName, Meta>,
    /// What is left alone.
    pub ignored: Vec<Ignored>,
    /// Folders, with their final slash, that can't be read: nothing is known of what lies below.
    pub unreadable: BTreeSet<String>,
}

impl Seen {
    /// Notes something that is left alone.
    pub fn ignore(&mut self, name: Clean, reason: impl Into<String>) {
        if self.ignored.len() < MAX_IGNORED {
            self.ignored.push(Ignored { name, reason: Clean::from(reason.into()) });
        }
    }

    /// Whether nothing can be said of a patch because its folder, or an entry on the way, can't be read.
    pub fn hides(&self, patch: &PatchName) -> bool {
        self.unreadable.iter().any(|folder| patch.as_str().starts_with(folder.as_str()))
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
                Err(error) => self.unreadable(path, &error),
            }
        }
        Ok(())
    }

    fn entry(&mut self, dir: &Dir, name: &OsStr, path: &str, meta: Meta) {
        match meta.kind {
            Kind::Folder => self.subfolder(dir, name, path),
            Kind::Link => self.seen.ignore(Clean::line(path), "is a symbolic link"),
            Kind::Special => self.seen.ignore(Clean::line(path), "is a pipe, socket or device"),
            Kind::File => self.file(path, meta),
        }
    }

    fn subfolder(&mut self, dir: &Dir, name: &OsStr, path: &str) {
        let below = format!("{path}/");
        if let Err(error) = format!("{below}x").parse::<PatchName>() {
            self.seen.ignore(Clean::line(&below), format!("its name {}", error.rule));
            return;
        }
        match open_dir(dir, name).and_then(|dir| self.folder(&dir, &below)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.unreadable(below, &error),
        }
    }

    fn file(&mut self, path: &str, meta: Meta) {
        let name = match path.parse::<PatchName>() {
            Ok(name) => name,
            Err(error) => return self.seen.ignore(Clean::line(path), format!("its name {}", error.rule)),
        };
        if meta.links != 1 {
            self.seen.ignore(Clean::line(path), format!("has {} names (hard links)", meta.links));
        } else if meta.size > self.max_size {
            let (size, limit) = (fieldpost_common::text::size(meta.size), fieldpost_common::text::size(self.max_size));
            self.seen.ignore(Clean::line(path), format!("is too large: {size}, at most {limit}"));
        } else if self.seen.files.len() >= MAX_FILES {
            self.seen.ignore(Clean::line(path), format!("is one too many: at most {MAX_FILES} files"));
        } else {
            self.seen.files.insert(name, meta);
        }
    }

    fn unreadable(&mut self, path: String, error: &io::Error) {
        self.seen.ignore(Clean::line(&path), format!("unreadable: {error}"));
        self.seen.unreadable.insert(path);
    }
}
