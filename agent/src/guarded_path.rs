//! The one door to files and folders that the config names outside the patch directories: no link is followed at any step of a path, and
//! what was opened is judged by its handle: a regular file with one name, and never one of the agent's own.
//!
//! Other users of the machine may write where applications put their logs, states and walkbacks. Judging a name and opening it
//! afterwards would leave them time to put a link in its place.

#[cfg(test)]
pub(crate) mod tests;

use crate::config::Config;
use crate::root::Identity;
use crate::scan::meta::Meta;
use cap_std::fs::{Dir, MetadataExt as _};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

/// Why something isn't opened, although the system would.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A step of the path is a link.
    #[error("{0} is a link, and links are not followed: `fieldpost-agent check` says what to write in the config")]
    Link(PathBuf),
    /// A folder, pipe, socket or device where a file is due.
    #[error("it is not a file")]
    NotAFile,
    /// Something else where a folder is due.
    #[error("it is not a directory")]
    NotADirectory,
    /// It stands somewhere else too, under another name.
    #[error("it has {0} names (hard links), so that it may be somebody else's: only a file with one name is read")]
    ManyNames(u64),
    /// Token, journal, config or another file of the agent.
    #[error("it belongs to the agent itself, and never leaves the site")]
    Own,
    /// It goes up again.
    #[error("it has a .. in it")]
    Upward,
}

impl From<PathError> for io::Error {
    fn from(error: PathError) -> Self {
        Self::other(error)
    }
}

impl PathError {
    /// The refusal in an error of the system's kind, if it is one.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

/// Opens what the config names. Made anew for each piece of work: it knows the agent's own files as they are then.
#[derive(Debug, Clone, Default)]
pub struct PathGuard {
    own: Vec<Identity>,
}

impl PathGuard {
    /// A guard that keeps the agent's own files back: the config, the state folder and what lies in it.
    pub fn new(config: &Config) -> Self {
        let state = config.state_dir.as_path();
        let inside = std::fs::read_dir(state).into_iter().flatten().flatten().map(|entry| entry.path());
        let all = [config.path.clone(), state.to_owned()].into_iter().chain(inside);
        // Both what a name is and what it leads to.
        let metas = all.flat_map(|path| [std::fs::symlink_metadata(&path), std::fs::metadata(&path)]);
        Self { own: metas.flatten().map(|meta| Identity(meta.dev(), meta.ino())).collect() }
    }

    /// Opens a folder for listing.
    pub fn open_folder(&self, path: &Path) -> io::Result<Dir> {
        let (parent, name) = self.open_parent(path, false)?;
        let fd = match name {
            Some(name) => open_step(&parent, name, path, folder_flags())?,
            None => rustix::fs::open("/", folder_flags(), Mode::empty())?,
        };
        self.judge_folder(&fd)?;
        Ok(Dir::from_std_file(fd.into()))
    }

    /// Opens a folder, and makes it and those that lead to it where they are missing.
    pub fn make_folder(&self, path: &Path) -> io::Result<Dir> {
        let (parent, name) = self.open_parent(path, true)?;
        if let Some(name) = name {
            make_one(&parent, name)?;
        }
        drop(parent);
        self.open_folder(path)
    }

    /// Opens a regular file with one name for reading.
    pub fn open_file(&self, path: &Path) -> io::Result<(File, Meta)> {
        let (parent, name) = self.open_parent(path, false)?;
        let name = name.ok_or(PathError::NotAFile)?;
        self.judge_file(open_step(&parent, name, path, file_flags())?)
    }

    /// Opens a folder below one that is held, by one name.
    pub fn enter(&self, dir: &Dir, name: &OsStr) -> io::Result<Dir> {
        let fd = open_step(dir, name, Path::new(name), folder_flags())?;
        self.judge_folder(&fd)?;
        Ok(Dir::from_std_file(fd.into()))
    }

    /// Opens a regular file with one name in a folder that is held.
    pub fn open_in(&self, dir: &Dir, name: &OsStr) -> io::Result<(File, Meta)> {
        self.judge_file(open_step(dir, name, Path::new(name), file_flags())?)
    }

    /// Walks to the folder that holds the last name of a path, step by step; `make`: missing folders are made.
    fn open_parent<'a>(&self, path: &'a Path, make: bool) -> io::Result<(OwnedFd, Option<&'a OsStr>)> {
        let mut names = Vec::new();
        for component in path.components() {
            match component {
                Component::Normal(name) => names.push(name),
                Component::RootDir | Component::CurDir => {}
                Component::ParentDir | Component::Prefix(_) => return Err(PathError::Upward.into()),
            }
        }
        let last = names.pop();
        let mut fd = rustix::fs::open("/", step_flags(), Mode::empty())?;
        let mut so_far = PathBuf::from("/");
        for name in names {
            so_far.push(name);
            if make {
                make_one(&fd, name)?;
            }
            fd = open_step(&fd, name, &so_far, step_flags())?;
            self.judge_folder(&fd)?;
        }
        Ok((fd, last))
    }

    fn judge_folder(&self, fd: &OwnedFd) -> io::Result<()> {
        let meta = rustix::fs::fstat(fd)?;
        if self.is_own(Identity(meta.st_dev, meta.st_ino)) { Err(PathError::Own.into()) } else { Ok(()) }
    }

    fn judge_file(&self, fd: OwnedFd) -> io::Result<(File, Meta)> {
        let file = File::from(fd);
        let system = cap_std::fs::Metadata::from_file(&file)?;
        let meta = Meta::from_cap(&system);
        if !system.is_file() {
            return Err(PathError::NotAFile.into());
        }
        if self.is_own(Identity(system.dev(), system.ino())) {
            return Err(PathError::Own.into());
        }
        // Of a file that was deleted meanwhile no name is left.
        if meta.links > 1 { Err(PathError::ManyNames(meta.links).into()) } else { Ok((file, meta)) }
    }

    fn is_own(&self, identity: Identity) -> bool {
        self.own.contains(&identity)
    }
}

/// Moves a file from one held folder to another, and never over something that is there.
pub fn rename_new(from: &Dir, name: &OsStr, to: &Dir, new_name: &OsStr) -> io::Result<()> {
    match rustix::fs::renameat_with(from, name, to, new_name, RenameFlags::NOREPLACE) {
        // File systems that can't do both at once.
        Err(Errno::INVAL | Errno::NOSYS) => match to.symlink_metadata(new_name) {
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(rustix::fs::renameat(from, name, to, new_name)?),
            Err(error) => Err(error),
        },
        other => Ok(other?),
    }
}

/// Where the links of a path lead, for the person who writes the config. Only shown at the site: it tells what is there.
pub fn resolved(path: &Path) -> Option<PathBuf> {
    let missing = |path: &Path| path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    let there = path.ancestors().find(|part| !missing(part))?;
    let rest = path.strip_prefix(there).ok()?;
    let real = there.canonicalize().ok()?;
    Some(if rest.as_os_str().is_empty() { real } else { real.join(rest) })
}

fn open_step(dir: impl AsFd, name: &OsStr, shown: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let opened = rustix::fs::openat(&dir, name, flags, Mode::empty());
    let error = match opened {
        Ok(fd) => return Ok(fd),
        Err(error) => error,
    };
    if !matches!(error, Errno::LOOP | Errno::NOTDIR | Errno::MLINK | Errno::NXIO) {
        return Err(error.into());
    }
    // Only for the words: it was refused already.
    let found = rustix::fs::statat(&dir, name, AtFlags::SYMLINK_NOFOLLOW).map(|meta| FileType::from_raw_mode(meta.st_mode));
    Err(match found {
        Ok(FileType::Symlink) => PathError::Link(shown.to_owned()).into(),
        Ok(_) if error == Errno::NOTDIR => PathError::NotADirectory.into(),
        Ok(_) if error == Errno::NXIO => PathError::NotAFile.into(),
        _ => error.into(),
    })
}

fn make_one(parent: impl AsFd, name: &OsStr) -> io::Result<()> {
    match rustix::fs::mkdirat(&parent, name, Mode::from_raw_mode(0o777)) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        // A folder that is there may be below one that can't be written.
        Err(error) => match rustix::fs::statat(&parent, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(()),
            Err(_) => Err(error.into()),
        },
    }
}

fn folder_flags() -> OFlags {
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC
}

/// A pipe that nobody writes to must not be waited for.
fn file_flags() -> OFlags {
    OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC
}

/// Folders on the way need to be entered, not read.
#[cfg(target_os = "linux")]
fn step_flags() -> OFlags {
    OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC
}

#[cfg(not(target_os = "linux"))]
fn step_flags() -> OFlags {
    folder_flags()
}
