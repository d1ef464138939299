//! The lock of a data directory: one server, or one command that changes the data, at a time. Its file goes away with it.

use super::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

const FILE: &str = "fieldpost.lock";

/// Who holds it, as its file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A server that runs.
    Server,
    /// `restore`.
    Restore,
    /// `promote`.
    Promote,
    /// `set-url` or `login-string`.
    Change,
    /// It has not said yet.
    Unsaid,
}

impl Holder {
    const fn word(self) -> &'static str {
        match self {
            Self::Server => "run",
            Self::Restore => "restore",
            Self::Promote => "promote",
            Self::Change => "change",
            Self::Unsaid => "",
        }
    }

    fn said(text: &str) -> Self {
        let said = [Self::Server, Self::Restore, Self::Promote, Self::Change].into_iter().find(|one| one.word() == text.trim());
        said.unwrap_or(Self::Unsaid)
    }

    /// Whether it is about to put other data in the place of these, or may be.
    pub(crate) fn replaces_data(self) -> bool {
        match self {
            Self::Restore | Self::Promote | Self::Unsaid => true,
            Self::Server | Self::Change => false,
        }
    }

    /// Who is at work on a folder, and what to do.
    pub(crate) fn on(self, data: &Path) -> String {
        let data = data.display();
        match self {
            Self::Server => format!("another fieldpost-server is running on {data}; stop it first"),
            Self::Restore | Self::Promote => {
                format!(
                    "`fieldpost-server {}` is at work on {data}; wait until it has ended, and give the command again",
                    self.word()
                )
            }
            Self::Change => format!("`fieldpost-server set-url` or `login-string` is at work on {data}; give the command again"),
            Self::Unsaid => format!("another fieldpost-server is beginning its work on {data}; give the command again"),
        }
    }
}

/// Held as long as it lives.
#[derive(Debug)]
pub(crate) struct DataLock {
    path: PathBuf,
    file: File,
}

impl DataLock {
    /// Takes the lock and says who has it, or says who has it already.
    pub(crate) fn acquire(data: &Path, holder: Holder) -> Result<Self, StoreError> {
        let path = data.join(FILE);
        let io = |error| StoreError::io(&path, &error);
        loop {
            // What its holder says of itself stays.
            let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let other = said_in(&mut file);
                    return Err(StoreError::Locked(other.on(data)));
                }
                Err(TryLockError::Error(error)) => return Err(io(error)),
            }
            // Whoever had it may have taken the file away between the two steps: then the lock is on nothing.
            if is_still(&file, &path) {
                file.set_len(0).and_then(|()| file.write_all(holder.word().as_bytes())).map_err(io)?;
                return Ok(Self { path, file });
            }
        }
    }

    /// Who has the lock now; nobody also where that can't be told.
    pub(crate) fn holder(data: &Path) -> Option<Holder> {
        let mut file = File::open(data.join(FILE)).ok()?;
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)).then(|| said_in(&mut file))
    }
}

/// Where a lock keeps others from reading too, it is taken for a server's, which holds it longest.
fn said_in(file: &mut File) -> Holder {
    let mut text = String::new();
    file.read_to_string(&mut text).map_or(Holder::Server, |_| Holder::said(&text))
}

impl Drop for DataLock {
    fn drop(&mut self) {
        // Taken away while it is held, so that nobody else's is. One that stays is taken over by the next run.
        drop(std::fs::remove_file(&self.path));
        drop(self.file.unlock());
    }
}

#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(held), Ok(there)) = (file.metadata(), std::fs::metadata(path)) else { return false };
    (held.dev(), held.ino()) == (there.dev(), there.ino())
}

#[cfg(not(unix))]
fn is_still(_file: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn whoever_finds_the_lock_taken_hears_by_whom_and_what_to_do() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(DataLock::holder(data.path()), None);
        for (holder, words) in [
            (Holder::Server, "is running on"),
            (Holder::Restore, "`fieldpost-server restore` is at work on"),
            (Holder::Promote, "`fieldpost-server promote` is at work on"),
            (Holder::Change, "give the command again"),
        ] {
            let lock = DataLock::acquire(data.path(), holder).unwrap();
            assert_eq!(DataLock::holder(data.path()), Some(holder));
            let refused = DataLock::acquire(data.path(), Holder::Server).unwrap_err().to_string();
            assert!(refused.contains(words), "{refused}");
            assert_eq!(DataLock::holder(data.path()), Some(holder), "asking changes nothing");
            drop(lock);
            assert_eq!(DataLock::holder(data.path()), None);
        }
        assert_eq!(Holder::said("of tomorrow"), Holder::Unsaid);
    }
}
