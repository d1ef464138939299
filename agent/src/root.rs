//! A patch directory held open: every step below it is one name at a time, and no link is ever followed.

use crate::marker::{self, Expected};
use crate::scan::meta::Meta;
use cap_std::fs::{Dir, MetadataExt as _, OpenOptions, OpenOptionsExt as _};
use fieldpost_common::inventory::Directory;
use fieldpost_common::name::PatchName;
use rustix::fs::OFlags;
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// An enrolled patch directory.
#[derive(Debug)]
pub struct Root {
    dir: Dir,
    identity: Identity,
}

/// Which directory it is, on this system: device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity(pub u64, pub u64);

/// The largest marker that is read, in bytes.
const MAX_MARKER: u64 = 4096;

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

impl Root {
    /// Opens a directory if it is the enrolled one.
    pub fn open(path: &Path, expected: &Expected) -> Result<Self, Directory> {
        let mut options = std::fs::OpenOptions::new();
        options.read(true).custom_flags(flags(OFlags::NOFOLLOW | OFlags::DIRECTORY | OFlags::NONBLOCK));
        let file = options.open(path).map_err(|error| state_of(&error))?;
        let dir = Dir::from_std_file(file);
        let meta = dir.dir_metadata().map_err(|error| state_of(&error))?;
        let root = Self { dir, identity: Identity(meta.dev(), meta.ino()) };
        root.check_marker(expected)?;
        Ok(root)
    }

    fn check_marker(&self, expected: &Expected) -> Result<(), Directory> {
        let (file, meta) = match open_file(&self.dir, OsStr::new(marker::FILE)) {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Directory::NoMarker),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(Directory::Unreadable),
            Err(_) => return Err(Directory::OtherMarker),
        };
        let mut bytes = Vec::new();
        let read = file.take(MAX_MARKER).read_to_end(&mut bytes);
        match read {
            Ok(_) if meta.is_plain() && expected.is_met_by(&bytes) => Ok(()),
            Ok(_) => Err(Directory::OtherMarker),
            Err(_) => Err(Directory::Unreadable),
        }
    }

    /// The directory itself.
    pub fn dir(&self) -> &Dir {
        &self.dir
    }

    /// Which directory it is.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// The folder that holds a patch.
    pub fn folder(&self, patch: &PatchName) -> io::Result<Dir> {
        let mut dir = self.dir.try_clone()?;
        for part in folders(patch) {
            dir = open_dir(&dir, OsStr::new(part))?;
        }
        Ok(dir)
    }

    /// The folder that is to hold a patch; missing ones are made.
    pub fn make_folder(&self, patch: &PatchName) -> io::Result<Dir> {
        let mut dir = self.dir.try_clone()?;
        for part in folders(patch) {
            match dir.create_dir(part) {
                Ok(()) => rustix::fs::fsync(&dir)?,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
            dir = open_dir(&dir, OsStr::new(part))?;
        }
        Ok(dir)
    }

    /// Opens a patch for reading.
    pub fn open_patch(&self, patch: &PatchName) -> io::Result<(File, Meta)> {
        open_file(&self.folder(patch)?, OsStr::new(patch.file_name()))
    }
}

fn folders(patch: &PatchName) -> impl Iterator<Item = &str> {
    let whole = patch.as_str();
    let end = whole.len() - patch.file_name().len();
    whole[..end].split('/').filter(|part| !part.is_empty())
}

fn state_of(error: &io::Error) -> Directory {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOENT) => Directory::Missing,
        Some(Errno::LOOP | Errno::NOTDIR) => Directory::NotADirectory,
        _ => Directory::Unreadable,
    }
}

/// Opens a folder by one name; a link is an error.
pub fn open_dir(dir: &Dir, name: &OsStr) -> io::Result<Dir> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(flags(OFlags::NOFOLLOW | OFlags::DIRECTORY | OFlags::NONBLOCK));
    Ok(Dir::from_std_file(dir.open_with(name, &options)?.into_std()))
}

/// Opens a file by one name; a link is an error, and a pipe doesn't block. What it really is says its [`Meta`].
pub fn open_file(dir: &Dir, name: &OsStr) -> io::Result<(File, Meta)> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY));
    let file = dir.open_with(name, &options)?.into_std();
    let meta = Meta::of(&file)?;
    Ok((file, meta))
}
