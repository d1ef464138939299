//! Puts one content in place or takes one file away: exactly what was expected there, or nothing is changed.
//!
//! The swap is atomic, and what comes out of it is looked at: bytes that nobody expected are never lost.

pub mod cleaning;
mod swap;
mod temp;

use crate::root::{Root, open_file};
use crate::scan::hash;
use crate::scan::meta::{Kind, Meta};
use cap_std::fs::Dir;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::inventory::FileFact;
use fieldpost_common::name::PatchName;
use fieldpost_common::order::{Failure, Refusal};
use fieldpost_common::text::Clean;
use rustix::io::Errno;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use temp::Temp;
pub(crate) use temp::WRITING;

/// What to put where.
#[derive(Debug, Clone, Copy)]
pub struct Put<'a> {
    /// The patch.
    pub patch: &'a PatchName,
    /// What must be there right before; `None`: nothing.
    pub expected: Option<ContentHash>,
    /// The new content.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub size: u64,
}

/// A file as it was put in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Installed {
    /// What the inventory says of it.
    pub fact: FileFact,
    /// How it looks from outside, as long as nobody writes to it; `None`: somebody already did.
    pub meta: Option<Meta>,
}

/// Called right before the swap, after all checks: the moment at which tests let somebody edit the file.
pub type BeforeSwap<'a> = &'a dyn Fn();

/// Puts a fetched content in place.
pub fn put(root: &Root, put: &Put<'_>, source: &Path) -> Result<Installed, Failure> {
    put_watched(root, put, source, &|| {})
}

/// Like [`put()`], with a call right before the swap.
pub fn put_watched(root: &Root, put: &Put<'_>, source: &Path, before_swap: BeforeSwap<'_>) -> Result<Installed, Failure> {
    let dir = if put.expected.is_none() { root.make_folder(put.patch) } else { root.folder(put.patch) };
    let dir = dir.map_err(|error| folder_failure(&error))?;
    let name = OsStr::new(put.patch.file_name());
    let old = match put.expected {
        Some(expected) => Some(expect(&dir, name, expected)?),
        None if exists(&dir, name)? => return Err(Refusal::ExpectationNotMet.into()),
        None => None,
    };
    let mut temp = Temp::write(&dir, source, put, old.as_ref())?;
    before_swap();
    match put.expected {
        None => swap::place(&dir, &mut temp, name)?,
        Some(expected) => swap::exchange(&dir, &mut temp, name, expected)?,
    }
    rustix::fs::fsync(&dir).map_err(|error| failure(&error.into()))?;
    temp.installed().map_err(|error| failure(&error))
}

/// Takes a file away.
pub fn remove(root: &Root, patch: &PatchName, expected: ContentHash) -> Result<(), Failure> {
    remove_watched(root, patch, expected, &|| {})
}

/// Like [`remove()`], with a call right before the file is moved aside.
pub fn remove_watched(root: &Root, patch: &PatchName, expected: ContentHash, before_swap: BeforeSwap<'_>) -> Result<(), Failure> {
    let dir = root.folder(patch).map_err(|error| folder_failure(&error))?;
    let name = OsStr::new(patch.file_name());
    expect(&dir, name, expected)?;
    before_swap();
    swap::take_away(&dir, name, expected)?;
    rustix::fs::fsync(&dir).map_err(|error| failure(&error.into()))
}

/// Makes sure that a file is a plain one with the expected bytes.
fn expect(dir: &Dir, name: &OsStr, expected: ContentHash) -> Result<Meta, Failure> {
    match look(dir, name).map_err(|error| failure(&error))? {
        Some((found, meta)) if found == expected => Ok(meta),
        _ => Err(Refusal::ExpectationNotMet.into()),
    }
}

/// Reads what stands under a name; `None`: nothing, or something that isn't a plain file.
fn look(dir: &Dir, name: &OsStr) -> io::Result<Option<(ContentHash, Meta)>> {
    match dir.symlink_metadata(name) {
        Ok(meta) if Meta::from_cap(&meta).kind == Kind::File => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let (mut file, meta) = match open_file(dir, name) {
        Ok(opened) => opened,
        Err(error) if is_gone_or_link(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !meta.is_plain() {
        return Ok(None);
    }
    let (found, _) = hash(&mut file, meta.size, &mut vec![0; 64 * 1024])?;
    Ok(Some((found, meta)))
}

fn exists(dir: &Dir, name: &OsStr) -> Result<bool, Failure> {
    match dir.symlink_metadata(name) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failure(&error)),
    }
}

fn is_gone_or_link(error: &io::Error) -> bool {
    matches!(error.raw_os_error().map(Errno::from_raw_os_error), Some(Errno::NOENT | Errno::LOOP | Errno::NXIO))
}

/// A folder on the way that is gone or is a file or link: what the order expects isn't there.
fn folder_failure(error: &io::Error) -> Failure {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOENT | Errno::LOOP | Errno::NOTDIR) => Refusal::ExpectationNotMet.into(),
        _ => failure(error),
    }
}

/// The system's error in the order's words.
pub(crate) fn failure(error: &io::Error) -> Failure {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOSPC | Errno::DQUOT | Errno::FBIG) => Failure::NoSpace { detail: None },
        Some(Errno::ROFS | Errno::ACCESS | Errno::PERM) => Failure::ReadOnly { detail: None },
        Some(Errno::NAMETOOLONG | Errno::INVAL | Errno::ILSEQ) => Refusal::BadName.into(),
        _ => Failure::Io { detail: Clean::line(&error.to_string()) },
    }
}

#[cfg(test)]
mod tests;
