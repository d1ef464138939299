//! The database's write-ahead log: bounded while a server runs, empty after it, and told apart from the log of other data.
//!
//! SQLite applies whatever log lies beside a database. A row that every commit writes says which run of which data wrote it, so that
//! a log that is missing, stale or foreign is noticed before anything is opened for writing.

mod fault;

use super::readers::Readers;
use super::{BUSY, StoreError, meta, runs};
use crate::clock;
pub use fault::LogFault;
use fieldpost_common::text;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// From here on a log is emptied as soon as nobody reads it.
pub(crate) const LARGE: u64 = 16 << 20;
/// A log that is larger is an incident: something reads the database without end.
pub(crate) const ALARMING: u64 = 256 << 20;
/// How long new readers wait for the log to be emptied, and how long those before them may take.
const PAUSE: Duration = Duration::from_millis(500);
/// How soon a log that could not be emptied is tried again.
const AGAIN: Duration = Duration::from_secs(10);
/// A log without a single frame is its header at most, in bytes.
const HEADER: u64 = 32;

/// What every commit writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// How often a server was started on these data.
    pub(crate) run: u64,
    /// How many commits there were in that run.
    pub(crate) commit: u64,
    /// Whether a log belongs beside the file.
    pub(crate) phase: Phase,
}

/// What a database file is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// Whole: its server ended well.
    #[default]
    Stopped,
    /// A server works on it: the newest commits stand in the log.
    Running,
    /// Made by `backup`: no server may work on it before it was restored.
    Backup,
}

/// The log beside a database.
pub(crate) fn log_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// The size of the log in bytes; `None`: there is none.
pub(crate) fn log_size(file: &Path) -> Option<u64> {
    std::fs::metadata(log_of(file)).ok().map(|log| log.len())
}

/// Opens a database and leaves its log as it is, also at the end: one that was not there is taken away again.
pub(crate) fn open_beside(file: &Path) -> Result<Connection, StoreError> {
    let has_log = log_of(file).exists();
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    log_keep(&connection, has_log)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// Whether the log stays when the last connection closes. SQLite takes it away then unless told, and a file that says that its server
/// runs would stand without the log that it needs: only what made the file whole may let it go.
pub(crate) fn log_keep(db: &Connection, keep: bool) -> Result<(), StoreError> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)?;
    Ok(())
}

/// Opens the file alone, whatever lies beside it.
fn open_alone(file: &Path) -> Result<Connection, StoreError> {
    let path = file.display().to_string().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(format!("file:{path}?immutable=1"), flags)?)
}

/// Which data, and their mark; the mark is missing in data of before there was one.
type Identity = (String, Option<Mark>);

fn identity(db: &Connection) -> Result<Option<Identity>, StoreError> {
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'meta'", [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(None);
    }
    Ok(meta::generation_word(db)?.zip(Some(meta::mark_fetch(db)?)))
}

/// Looks at a database that no server works on, before it is opened: which mark it has, and whether file and log belong together.
pub(crate) fn examine(file: &Path) -> Result<Mark, StoreError> {
    let (name, data) = (file.display().to_string(), file.parent().unwrap_or(Path::new(".")).display().to_string());
    let log = log_size(file);
    let has_frames = log.is_some_and(|size| size > HEADER);
    let alone = open_alone(file).and_then(|db| identity(&db));
    let alone = match alone {
        Ok(Some(alone)) => alone,
        Ok(None) if !has_frames => return Err(LogFault::Empty { file: name, data }.into()),
        Err(error) if !has_frames => return Err(LogFault::Damaged { file: name, data, why: error.to_string() }.into()),
        // A first run that was cut off before anything was written into the file.
        Ok(None) | Err(_) => {
            let whole = open_beside(file).and_then(|db| identity(&db));
            return match whole {
                Ok(Some((_, mark))) => Ok(mark.unwrap_or_default()),
                Ok(None) => Err(LogFault::Empty { file: name, data }.into()),
                Err(error) => Err(LogFault::Damaged { file: name, data, why: error.to_string() }.into()),
            };
        }
    };
    let (generation, Some(mark)) = alone else { return Ok(Mark::default()) };
    if has_frames {
        let whole = open_beside(file).and_then(|db| identity(&db));
        let belongs = matches!(&whole, Ok(Some((other, Some(newest)))) if mark.is_followed_by(newest, *other == generation));
        return if belongs { Ok(mark) } else { Err(LogFault::Foreign { file: name, data }.into()) };
    }
    match mark.phase {
        Phase::Running if log.is_none() => Err(LogFault::Missing { file: name, data }.into()),
        Phase::Backup => Err(LogFault::Backup { file: name, data }.into()),
        Phase::Running | Phase::Stopped => Ok(mark),
    }
}

impl Mark {
    /// Whether the newest mark of a log can follow the one in the file. A run writes its first mark into the file before anything
    /// else, so only that first commit may belong to a later run.
    fn is_followed_by(&self, newest: &Self, same_data: bool) -> bool {
        let same_run = newest.run == self.run && newest.commit >= self.commit && same_data;
        let next_run = newest.run > self.run && newest.commit == 0;
        self.phase != Phase::Backup && (same_run || next_run)
    }
}

/// Refuses pages that are damaged; for a database of a size that is read within seconds.
pub(crate) fn quick_check(db: &Connection, file: &Path) -> Result<(), StoreError> {
    const QUICK: u64 = 1 << 30;
    if std::fs::metadata(file).is_ok_and(|file| file.len() > QUICK) {
        return Ok(());
    }
    let found: Result<String, _> = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    match found {
        Ok(word) if word == "ok" => Ok(()),
        Ok(why) => Err(damaged(file, why)),
        Err(error) => Err(damaged(file, error.to_string())),
    }
}

/// The words for a database that can't be used.
pub(crate) fn damaged(file: &Path, why: String) -> StoreError {
    let data = file.parent().unwrap_or(Path::new(".")).display().to_string();
    LogFault::Damaged { file: file.display().to_string(), data, why }.into()
}

/// Empties the log into the file; whether nothing is left in it.
pub(crate) fn log_empty(db: &Connection) -> Result<bool, StoreError> {
    let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// What the writer does for its log.
pub(super) struct Log {
    file: PathBuf,
    mark: Mark,
    readers: Arc<Readers>,
    changes: u64,
    /// When a log that could not be emptied is tried again, and from which size on.
    again: Option<(Instant, u64)>,
}

impl Log {
    /// A new run begins: its mark stands in the file before anything else is committed.
    /// `start`: where the revisions of its mailboxes begin.
    pub(super) fn begin(db: &Connection, file: &Path, readers: Arc<Readers>, start: u64) -> Result<Self, StoreError> {
        let before = meta::mark_fetch(db)?.unwrap_or_default();
        let run = before.run + 1;
        let mark = Mark { run, commit: 0, phase: Phase::Running };
        db.pragma_update(None, "journal_size_limit", i64::try_from(LARGE).unwrap_or(i64::MAX))?;
        // From now on, whatever ends this run.
        log_keep(db, true)?;
        let tx = db.unchecked_transaction()?;
        runs::run_ended(&tx, &before)?;
        runs::run_begun(&tx, run, start)?;
        meta::mark_set(&tx, &mark)?;
        tx.commit()?;
        log_empty(db)?;
        Ok(Self { file: file.to_owned(), mark, readers, changes: db.total_changes(), again: None })
    }

    /// Which run this is.
    pub(super) fn run(&self) -> u64 {
        self.mark.run
    }

    /// Marks a transaction that changed something, as its last change.
    pub(super) fn stamp(&mut self, db: &Connection) -> Result<(), StoreError> {
        if db.total_changes() == self.changes {
            return Ok(());
        }
        self.mark.commit += 1;
        let marked = meta::mark_set(db, &self.mark);
        self.changes = db.total_changes();
        marked
    }

    /// How long the writer may rest before the log needs it again; `None`: until there is work.
    pub(super) fn rest(&self) -> Option<Duration> {
        self.again.map(|(at, _)| at.saturating_duration_since(clock::instant()))
    }

    /// Empties a log that has grown large. Readers that come meanwhile wait; those that take too long are not waited for.
    pub(super) fn tend(&mut self, db: &Connection) {
        let size = log_size(&self.file).unwrap_or(0);
        let now = clock::instant();
        if size < LARGE {
            self.again = None;
            return;
        }
        if self.again.is_some_and(|(at, from)| now < at && size < from) {
            return;
        }
        let paused = self.readers.pause(PAUSE);
        let quick = db.busy_timeout(PAUSE / 5).map_err(StoreError::from);
        let emptied = quick.and_then(|()| log_empty(db));
        drop(paused);
        if let Err(error) = db.busy_timeout(BUSY) {
            tracing::warn!(%error, "the database's patience can't be set");
        }
        self.again = match emptied {
            Ok(true) => None,
            Ok(false) | Err(_) => Some((now + AGAIN, size + LARGE)),
        };
        if let Err(error) = emptied {
            tracing::warn!(%error, "the database's log could not be emptied");
        }
    }

    /// The run ends: the file is whole by itself, and says so.
    pub(super) fn end(mut self, db: &Connection) -> Result<(), StoreError> {
        log_empty(db)?;
        self.mark = Mark { commit: self.mark.commit + 1, phase: Phase::Stopped, ..self.mark };
        meta::mark_set(db, &self.mark)?;
        if log_empty(db)? {
            log_keep(db, false)
        } else {
            Err(StoreError::Io(format!("another program reads {}: its log can't be emptied", self.file.display())))
        }
    }
}

/// What is wrong with the log beside a running server's database, in words.
pub(crate) fn trouble(file: &Path) -> Option<String> {
    let size = log_size(file).filter(|size| *size >= ALARMING)?;
    // In steps, so that the words don't change all the time.
    let step = text::size(size / ALARMING * ALARMING);
    Some(format!("the database's log has more than {step}: another program reads fieldpost.db without end"))
}

#[cfg(test)]
mod tests;
