//! Keeps everything in one SQLite file: one file per table below `store/`. It knows no HTTP, and decides nothing.

pub(crate) mod activity;
pub(crate) mod agreement;
pub(crate) mod application;
pub(crate) mod badge;
pub(crate) mod cell;
mod column;
pub(crate) mod command;
pub(crate) mod command_output;
pub(crate) mod content;
pub(crate) mod correction;
pub(crate) mod counter;
pub(crate) mod current;
pub(crate) mod damaged_content;
pub(crate) mod drift;
pub(crate) mod error_group;
pub(crate) mod grid;
pub(crate) mod incident;
pub(crate) mod lock;
pub(crate) mod mail;
pub(crate) mod maintenance;
pub(crate) mod meta;
mod migrate;
pub(crate) mod order;
pub(crate) mod publication;
pub(crate) mod purge;
mod readers;
pub(crate) mod recalled;
pub(crate) mod restored;
pub(crate) mod revision;
pub(crate) mod runs;
pub(crate) mod site;
pub(crate) mod site_app;
pub(crate) mod stamp;
pub(crate) mod state;
pub(crate) mod trust;
pub(crate) mod upload;
pub(crate) mod user;
pub(crate) mod vanished;
pub(crate) mod wal;
pub(crate) mod walkback;
pub(crate) mod withdrawal;
mod writer;

use fieldpost_common::api::{Change, Role};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{SiteName, UserName};
use fieldpost_common::time::Timestamp;
use lock::DataLock;
use readers::Readers;
use rusqlite::{Connection, ErrorCode, ffi};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
pub use wal::LogFault;
pub(crate) use writer::Tx;
use writer::Writer;

/// The database's name in the data directory.
pub(crate) const FILE: &str = "fieldpost.db";
const BUSY: Duration = Duration::from_secs(5);
/// How long those who still read may take once the store is to be closed.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// Why the store couldn't do it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The disk is full.
    #[error("the server's disk is full")]
    NoSpace,
    /// The disk takes nothing, though it may have room.
    #[error("the server can't write to its disk: {0}")]
    Unwritable(String),
    /// The database is damaged.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// A content's bytes are not what its hash says.
    #[error("content {0} is damaged on the server's disk")]
    ContentDamaged(ContentHash),
    /// Another program holds the database, and did not let go in time.
    #[error("another program holds the server's database")]
    Busy,
    /// Written by a newer program.
    #[error("{file} has schema {has}, which is newer than the {knows} that this program knows; use the newer fieldpost-server")]
    Newer {
        /// The database.
        file: String,
        /// Its schema.
        has: usize,
        /// The newest known.
        knows: usize,
    },
    /// Somebody else works on the same data: who, and what to do.
    #[error("{0}")]
    Locked(String),
    /// Nothing there.
    #[error("there is no fieldpost data in {0}; `fieldpost-server init --data {0} --url URL` makes it")]
    Missing(String),
    /// Database and log don't belong together, or are no server's data.
    #[error(transparent)]
    Log(#[from] LogFault),
    /// A file that can't be used.
    #[error("{0}")]
    Io(String),
    /// Anything that SQLite says.
    #[error("the database says: {0}")]
    Sqlite(String),
    /// The whole group of changes was given up because of one of them.
    #[error("the database gave up a transaction")]
    RolledBack,
    /// A bug, caught.
    #[error("a change to the database panicked")]
    Panicked,
    /// The server is stopping.
    #[error("the store has stopped")]
    Stopped,
}

impl StoreError {
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        match error.kind() {
            // A quota and a limit of file sizes are disks that are full for us.
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::NoSpace,
            ErrorKind::PermissionDenied => Self::Io(format!(
                "{}: {error}\nrun this as the user that owns the data (`sudo -u USER …`), or give that folder to the user that runs the \
                 server: `chown -R USER DIR`",
                path.display()
            )),
            _ => Self::Io(format!("{}: {error}", path.display())),
        }
    }
}

/// Whether the disk refused to take something: a failing one does, and a limit of file sizes is told so too.
fn is_about_writing(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map_or(0, |error| error.extended_code);
    [
        ffi::SQLITE_IOERR_WRITE,
        ffi::SQLITE_IOERR_FSYNC,
        ffi::SQLITE_IOERR_DIR_FSYNC,
        ffi::SQLITE_IOERR_TRUNCATE,
        ffi::SQLITE_IOERR_SHMSIZE,
    ]
    .contains(&code)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::NoSpace,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(error.to_string()),
            Some(ErrorCode::ReadOnly) => Self::Unwritable(error.to_string()),
            Some(ErrorCode::SystemIoFailure) if is_about_writing(&error) => Self::Unwritable(error.to_string()),
            _ => Self::Sqlite(error.to_string()),
        }
    }
}

/// What is to happen in memory once a change is committed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    /// Terminals want to know.
    Changed(Change),
    /// There are revisions to be read.
    Unread,
    /// Something came in that the watch should look at.
    News,
    /// Something waits to be mailed.
    ToTell,
    /// Something else waits for the site than before.
    Wake(SiteName),
    /// The same, for all sites.
    WakeAll,
    /// The site's inventory is this one now.
    Inventory(SiteName, ContentHash, Timestamp),
    /// The site has a new token, or none.
    SiteToken(SiteName, Option<ContentHash>),
    /// The site has told what it remembers.
    Remembered(SiteName),
    /// The trust document has this version now.
    Trust(u64),
    /// The site is no more.
    SiteGone(SiteName),
    /// The user may do other things than before.
    UserRole(UserName, Role),
    /// The user has a new token.
    UserToken(UserName, Role, ContentHash),
    /// The user is no more.
    UserGone(UserName),
}

/// The open store.
pub(crate) struct Store {
    writer: Writer,
    readers: Arc<Readers>,
    /// How often a server was started on these data.
    pub(crate) run: u64,
    /// How often it was asked.
    #[cfg(test)]
    pub(crate) asked: std::sync::atomic::AtomicU64,
    lock: Mutex<Option<DataLock>>,
}

impl Store {
    /// Opens the data in a directory, alone. `start`: where the revisions of mailboxes begin in this run.
    pub(crate) fn open(data: &Path, start: u64, on_commit: impl Fn(Effect) + Send + 'static) -> Result<Self, StoreError> {
        let file = database(data)?;
        let lock = DataLock::acquire(data, lock::Holder::Server)?;
        wal::examine(&file)?;
        let mut connection = connect(&file).map_err(|error| wal::damaged(&file, error.to_string()))?;
        wal::quick_check(&connection, &file)?;
        migrate::migrate(&mut connection, &file)?;
        let readers = Arc::new(Readers::new(file.clone()));
        let log = wal::Log::begin(&connection, &file, Arc::clone(&readers), start)?;
        let run = log.run();
        let writer = Writer::start(connection, log, Box::new(on_commit)).map_err(|error| StoreError::io(&file, &error))?;
        Ok(Self {
            writer,
            readers,
            run,
            #[cfg(test)]
            asked: std::sync::atomic::AtomicU64::new(0),
            lock: Mutex::new(Some(lock)),
        })
    }

    /// Ends everything: what was queued is written, then one file is left that is whole by itself. Whoever asks afterwards hears
    /// that the store has stopped.
    pub(crate) fn close(&self) {
        // A reader that closes after the writer would leave the log behind: it can't empty it.
        if !self.readers.close(CLOSE_WITHIN) {
            tracing::warn!("somebody still reads the database: its log may stay beside it");
        }
        self.writer.close();
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    #[cfg(test)]
    fn count(&self) {
        self.asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "counts in tests only")]
    fn count(&self) {}

    /// Changes something. The work is queued at once; the answer comes after its commit.
    pub(crate) fn write<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>> + use<T, E, F>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.count();
        self.writer.write(work)
    }

    /// A small look by key, on the calling thread.
    pub(crate) fn peek<T, E: From<StoreError>>(&self, look: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        self.count();
        self.readers.read(look)
    }

    /// A look at what is on the disk, and not at what a connection remembers of it; it may take long.
    pub(crate) async fn read_fresh<T, E>(&self, look: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let readers = Arc::clone(&self.readers);
        let task = tokio::task::spawn_blocking(move || readers.read_fresh(look));
        task.await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }

    /// A look that may take long.
    pub(crate) async fn read<T, E>(&self, look: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.count();
        let readers = Arc::clone(&self.readers);
        let task = tokio::task::spawn_blocking(move || readers.read(look));
        task.await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }
}

/// The database of a data directory. That it can't be seen doesn't mean that it isn't there.
pub(crate) fn database(data: &Path) -> Result<PathBuf, StoreError> {
    let file = data.join(FILE);
    match file.metadata() {
        Ok(meta) if meta.is_file() => Ok(file),
        Ok(_) => Err(StoreError::Io(format!("{} is not a file", file.display()))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(StoreError::Missing(data.display().to_string()))
        }
        Err(error) => Err(StoreError::io(&file, &error)),
    }
}

/// Opens a database to change it. A log that lies beside it stays there.
pub(crate) fn connect(file: &Path) -> Result<Connection, StoreError> {
    let has_log = wal::log_size(file).is_some();
    let connection = Connection::open(file)?;
    wal::log_keep(&connection, has_log)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -4_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Opens a database that nobody serves yet, in this version's schema.
pub(crate) fn open_for_restore(file: &Path) -> Result<Connection, StoreError> {
    let mut connection = connect(file).map_err(|error| wal::damaged(file, error.to_string()))?;
    migrate::migrate(&mut connection, file)?;
    Ok(connection)
}

/// Makes the data directory and the database in it; refuses one that is there.
pub(crate) fn create(data: &Path, begin: impl FnOnce(&Connection) -> Result<(), StoreError>) -> Result<(), StoreError> {
    let file = data.join(FILE);
    std::fs::create_dir_all(data).map_err(|error| StoreError::io(data, &error))?;
    private(data, 0o700)?;
    let mut connection = connect(&file)?;
    private(&file, 0o600)?;
    migrate::migrate(&mut connection, &file)?;
    let tx = connection.transaction()?;
    begin(&tx)?;
    meta::mark_set(&tx, &wal::Mark::default())?;
    tx.commit()?;
    wal::log_empty(&connection)?;
    Ok(())
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

/// Gives a file or directory to its owner alone.
#[cfg(unix)]
pub(crate) fn private(path: &Path, mode: u32) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(|error| StoreError::io(path, &error))
}

/// Gives a file or directory to its owner alone.
#[cfg(not(unix))]
pub(crate) fn private(_path: &Path, _mode: u32) -> Result<(), StoreError> {
    Ok(())
}
