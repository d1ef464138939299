//! Clears away what a crash left in a patch directory: unfinished files go, bytes that only exist there stay.

use super::{look, swap, temp};
use crate::root::{Root, open_dir};
use cap_std::fs::Dir;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::name::MAX_PARTS;
use std::ffi::OsStr;
use std::io;

/// What was cleared away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Unfinished or swapped-out files that were thrown away.
    pub thrown_away: usize,
    /// Files with bytes that nobody else has: they got a name that people see.
    pub kept: usize,
}

/// Tells whether the server has a content.
pub type Stored<'a> = &'a dyn Fn(&ContentHash) -> bool;

/// Cleans a patch directory. `stored`: what the server has.
pub fn clean(root: &Root, stored: Stored<'_>) -> io::Result<Cleaned> {
    let mut cleaned = Cleaned::default();
    folder(root.dir(), stored, 1, &mut cleaned)?;
    Ok(cleaned)
}

fn folder(dir: &Dir, stored: Stored<'_>, depth: usize, cleaned: &mut Cleaned) -> io::Result<()> {
    for entry in dir.entries()? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.file_type()?.is_dir() && depth < MAX_PARTS {
            // A folder that can't be read holds nothing that can be cleaned.
            let _ = open_dir(dir, &name).and_then(|dir| folder(&dir, stored, depth + 1, cleaned));
        } else if let Some(text) = name.to_str() {
            file(dir, &name, text, stored, cleaned)?;
        }
    }
    Ok(())
}

fn file(dir: &Dir, name: &OsStr, text: &str, stored: Stored<'_>, cleaned: &mut Cleaned) -> io::Result<()> {
    let known = if text.starts_with(temp::WRITING) {
        true
    } else if let Some(rest) = text.strip_prefix(temp::SWAPPING) {
        let own = rest.split('-').next().and_then(|hash| hash.parse::<ContentHash>().ok());
        look(dir, name)?.is_some_and(|(found, _)| Some(found) == own || stored(&found))
    } else {
        return Ok(());
    };
    if known {
        dir.remove_file(name)?;
        cleaned.thrown_away += 1;
    } else {
        swap::keep(dir, name, OsStr::new("after-a-crash"))?;
        cleaned.kept += 1;
    }
    Ok(())
}
