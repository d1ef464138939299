//! One agent per state directory: a lock that ends with its process, and says who holds it.

use crate::state_access;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

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
    #[error("lock file {0}: {1}\n{cure}", cure = state_access::cure(.0, .1))]
    Io(PathBuf, io::Error),
}

/// Who holds the lock now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Nobody: no agent runs.
    Nobody,
    /// A process, by its number as it says.
    Process(String),
}

/// A look by [`Lock::holder`] takes no longer than this.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(20);

impl Lock {
    /// Takes the lock at once or says who has it.
    pub fn take(path: &Path) -> Result<Self, LockError> {
        let failed = |error| LockError::Io(path.to_owned(), error);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
        for tried in 1..=TRIES {
            match file.try_lock() {
                Ok(()) => break,
                // Somebody who only looks has it for a moment.
                Err(TryLockError::WouldBlock) if tried < TRIES => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(LockError::Held { path: path.to_owned(), pid: pid_in(&mut file) }),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        file.set_len(0).map_err(failed)?;
        file.rewind().map_err(failed)?;
        writeln!(file, "{}", std::process::id()).map_err(failed)?;
        Ok(Self { _file: file })
    }

    /// Says who holds the lock, and makes and changes nothing.
    pub fn holder(path: &Path) -> Result<Holder, LockError> {
        let failed = |error| LockError::Io(path.to_owned(), error);
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Holder::Nobody),
            Err(error) => return Err(failed(error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(Holder::Nobody),
            Err(TryLockError::WouldBlock) => Ok(Holder::Process(pid_in(&mut file))),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

fn pid_in(file: &mut File) -> String {
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

    #[test]
    fn a_look_at_the_lock_tells_a_running_agent_from_a_stopped_one_and_makes_nothing() {
        let dir = tempfile::tempdir().expect("directory");
        let path = dir.path().join("lock");
        assert_eq!(Lock::holder(&path).expect("readable"), Holder::Nobody);
        assert!(!path.exists());
        let lock = Lock::take(&path).expect("free");
        assert_eq!(Lock::holder(&path).expect("readable"), Holder::Process(std::process::id().to_string()));
        drop(lock);
        assert_eq!(Lock::holder(&path).expect("readable"), Holder::Nobody, "its file stays");
    }

    #[test]
    fn an_agent_that_starts_while_somebody_looks_is_not_told_that_another_runs() {
        let dir = tempfile::tempdir().expect("directory");
        let path = dir.path().join("lock");
        drop(Lock::take(&path).expect("free"));
        let looker = File::open(&path).expect("there");
        looker.try_lock_shared().expect("shared");
        let look = std::thread::spawn(move || {
            std::thread::sleep(PAUSE);
            drop(looker);
        });
        Lock::take(&path).expect("the look is over soon");
        look.join().expect("ended");
    }
}
