//! Connections that only read: as many as are asked for at once, a few of which are kept. They can be made to pause, so that the
//! log is emptied, and are all closed before the writer at the end.

use super::StoreError;
use rusqlite::{Connection, OpenFlags};
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many idle connections are kept.
const KEPT: usize = 4;
/// The longest that a reader waits for a pause to end: a pause that is forgotten holds nobody for ever.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Readers {
    file: PathBuf,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    /// How many read now.
    reading: usize,
    door: Door,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Door {
    #[default]
    Open,
    Paused,
    Closed,
}

impl Readers {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Runs `look` in one snapshot of the data.
    pub(super) fn read<T, E: From<StoreError>>(&self, look: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let reading = self.enter()?;
        let connection = match reading.connection {
            Some(connection) => connection,
            None => self.connect()?,
        };
        connection.execute_batch("BEGIN").map_err(StoreError::from)?;
        let result = look(&connection);
        connection.execute_batch("COMMIT").map_err(StoreError::from)?;
        let mut state = self.state();
        if state.idle.len() < KEPT && state.door != Door::Closed {
            state.idle.push(connection);
        }
        result
    }

    /// Runs `look` in one snapshot, on a connection that remembers no page.
    pub(super) fn read_fresh<T, E: From<StoreError>>(&self, look: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let mut reading = self.enter()?;
        // One that rests is as good as any for the others.
        self.state().idle.extend(reading.connection.take());
        look(&self.connect()?)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while<'a>(
        &self,
        state: MutexGuard<'a, State>,
        limit: Duration,
        holds: impl FnMut(&mut State) -> bool,
    ) -> MutexGuard<'a, State> {
        self.changed.wait_timeout_while(state, limit, holds).unwrap_or_else(PoisonError::into_inner).0
    }

    fn enter(&self) -> Result<Reading<'_>, StoreError> {
        let mut state = self.wait_while(self.state(), PATIENCE, |state| state.door == Door::Paused);
        if state.door == Door::Closed {
            return Err(StoreError::Stopped);
        }
        state.reading += 1;
        Ok(Reading { connection: state.idle.pop(), _inside: Inside(self) })
    }

    /// Nobody begins to read until the answer is dropped; those who read are waited for, for so long.
    pub(super) fn pause(&self, limit: Duration) -> Paused<'_> {
        let mut state = self.state();
        if state.door == Door::Open {
            state.door = Door::Paused;
        }
        drop(self.wait_while(state, limit, |state| state.reading > 0));
        Paused(self)
    }

    /// Nobody reads any more; those who read are waited for, for so long. Whether all connections are closed.
    pub(super) fn close(&self, limit: Duration) -> bool {
        let mut state = self.state();
        state.door = Door::Closed;
        self.changed.notify_all();
        let mut state = self.wait_while(state, limit, |state| state.reading > 0);
        state.idle.clear();
        state.reading == 0
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.file, flags)?;
        connection.busy_timeout(super::BUSY)?;
        connection.pragma_update(None, "cache_size", -2_000)?;
        Ok(connection)
    }
}

struct Reading<'a> {
    connection: Option<Connection>,
    _inside: Inside<'a>,
}

/// Counted as one who reads, also when that ends in a panic.
struct Inside<'a>(&'a Readers);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.state().reading -= 1;
        self.0.changed.notify_all();
    }
}

/// As long as it lives, new readers wait.
pub(super) struct Paused<'a>(&'a Readers);

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if state.door == Door::Paused {
            state.door = Door::Open;
        }
        drop(state);
        self.0.changed.notify_all();
    }
}
