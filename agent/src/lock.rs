//! One agent per state directory: a lock that ends with its process, and says who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// Held as long as this lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why the lock can't be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another agent runs.
    #[error("another agent already runs on {path}: the lock is held by pid {pid}\nstop that one first", path = .path.display())]
    Held {
        /// The lock file.
        path: PathBuf,
        /// Who holds it, as it says.
        pid: String,
    },
    /// The file can't be made or locked.
    #[error("lock file {0}: {1}")]
    Io(PathBuf, io::Error),
}

impl Lock {
    /// Takes the lock at once or says who has it.
    pub fn take(path: &Path) -> Result<Self, LockError> {
        let failed = |error| LockError::Io(path.to_owned(), error);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held { path: path.to_owned(), pid: holder(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).map_err(failed)?;
        file.rewind().map_err(failed)?;
        writeln!(file, "{}", std::process::id()).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(20).read_to_string(&mut text) {
        Ok(_) if text.trim().bytes().all(|byte| byte.is_ascii_digit()) && !text.trim().is_empty() => text.trim().to_owned(),
        _ => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_agent_hears_which_process_holds_the_lock() {
        let dir = tempfile::tempdir().expect("directory");
        let path = dir.path().join("lock");
        let first = Lock::take(&path).expect("free");
        let error = Lock::take(&path).expect_err("held").to_string();
        assert!(error.contains(&format!("pid {}", std::process::id())), "{error}");
        drop(first);
        Lock::take(&path).expect("free again");
    }
}
