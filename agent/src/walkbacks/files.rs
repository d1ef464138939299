//! The files of a walkback directory and its folders: regular ones with one name, no link followed, never too many.

use crate::root::open_dir;
use crate::scan::meta::{Kind, Meta};
use cap_std::fs::Dir;
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
}

/// Lists the files, oldest first.
pub(super) fn list(dir: &Dir) -> io::Result<Vec<Entry>> {
    let mut found = Vec::new();
    folder(dir, "", 0, &mut found)?;
    found.sort_by(|a, b| (a.meta.modified_ns, &a.path).cmp(&(b.meta.modified_ns, &b.path)));
    Ok(found)
}

fn folder(dir: &Dir, prefix: &str, depth: usize, found: &mut Vec<Entry>) -> io::Result<()> {
    for entry in dir.entries()? {
        let entry = entry?;
        let name = entry.file_name();
        // A name that isn't text is no report that somebody could name.
        let Some(text) = name.to_str() else { continue };
        let Ok(meta) = dir.symlink_metadata(&name).map(|meta| Meta::from_cap(&meta)) else { continue };
        match meta.kind {
            Kind::Folder if depth < MAX_DEPTH => {
                // One folder that can't be read is no reason to leave out the others.
                if let Ok(below) = open_dir(dir, &name) {
                    let _ = folder(&below, &format!("{prefix}{text}/"), depth + 1, found);
                }
            }
            Kind::File if meta.links == 1 && meta.size > 0 && found.len() < MAX_FILES => {
                found.push(Entry { path: format!("{prefix}{text}"), meta });
            }
            _ => {}
        }
    }
    Ok(())
}
