//! The lock of a data directory: one server, or one command that changes the data, at a time. Its file goes away with it.

use super::StoreError;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

const FILE: &str = "fieldpost.lock";

/// Held as long as it lives.
#[derive(Debug)]
pub(crate) struct DataLock {
    path: PathBuf,
    file: File,
}

impl DataLock {
    /// Takes the lock, or says that somebody has it.
    pub(crate) fn acquire(data: &Path) -> Result<Self, StoreError> {
        let path = data.join(FILE);
        loop {
            let file = File::create(&path).map_err(|error| StoreError::io(&path, &error))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(StoreError::Locked(data.display().to_string())),
                Err(TryLockError::Error(error)) => return Err(StoreError::io(&path, &error)),
            }
            // Whoever had it may have taken the file away between the two steps: then the lock is on nothing.
            if is_still(&file, &path) {
                return Ok(Self { path, file });
            }
        }
    }

    /// Whether somebody has the lock now; `false` also where that can't be told.
    pub(crate) fn is_held(data: &Path) -> bool {
        let Ok(file) = File::open(data.join(FILE)) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
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
