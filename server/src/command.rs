//! What the command line does beside `run`: make the data, check it, copy it.

mod login_string;
mod url;

pub use login_string::{LoginString, login_string};
pub use url::set_url;

use crate::backup_target::{BackupTarget, TargetError};
use crate::clock;
use crate::invite::VALID;
use crate::random;
use crate::store::lock::{DataLock, Holder};
use crate::store::wal::{self, Mark, Phase};
use crate::store::{self, LogFault, StoreError, activity, content, damaged_content, meta, user};
use fieldpost_common::api::{AuditState, Role};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{Generation, UserName};
use fieldpost_common::invitation::{Invitation, Kind};
use rusqlite::Connection;
use std::net::SocketAddr;
use std::path::Path;

/// Why a command wasn't done.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// There is data already.
    #[error("{0} has fieldpost data already; `fieldpost-server run --data {0}` serves it")]
    Exists(String),
    /// The directory holds other things.
    #[error("{0} is not empty; name a directory that isn't there yet")]
    NotEmpty(String),
    /// Not an address.
    #[error("{0:?} is not an address: use http://HOST:PORT or https://HOST")]
    Url(String),
    /// Nobody of that name.
    #[error("there is no user {name}; there are: {names}\nto make one: add --role admin")]
    NoUser {
        /// Who was asked for.
        name: UserName,
        /// Who is there.
        names: String,
    },
    /// The copy can't go where it should.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Nothing to be restored.
    #[error("there is no {0}: name a file that `fieldpost-server backup` made, or a copied data directory")]
    NoSource(String),
    /// What is to be restored is being changed.
    #[error(
        "{1}: what is copied of {0} now would be a mixture; `fieldpost-server backup` makes a copy of the data of a server that runs"
    )]
    SourceInUse(String, String),
    /// What is to be restored can't be used.
    #[error("{0} can't be restored, and nothing was changed: {1}")]
    Source(String, String),
    /// The store says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system says no.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] random::NoRandom),
    /// The check found something.
    #[error("{0}")]
    Broken(String),
    /// The server doesn't answer as it should.
    #[error("the server at {0} is not ready: {1}")]
    NotReady(SocketAddr, String),
}

/// Makes the data, and the first admin's login string.
pub fn init(data: &Path, url: &str, user: &UserName) -> Result<Invitation, CommandError> {
    let shown = data.display().to_string();
    match store::database(data) {
        Err(StoreError::Missing(_)) => {}
        Err(error) => return Err(error.into()),
        Ok(_) => return Err(CommandError::Exists(shown)),
    }
    if std::fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some()) || data.is_file() {
        return Err(CommandError::NotEmpty(shown));
    }
    let url = url::checked_url(url)?;
    let (secret, now, generation) = (random::secret()?, clock::now(), Generation::first(random::bytes()?));
    store::create(data, |db| {
        meta::generation_set(db, &generation)?;
        meta::url_set(db, &url)?;
        let hash = ContentHash::of(secret.as_bytes());
        user::user_invite(db, user, (Role::Admin, hash, now.plus(VALID)), now)?;
        activity::activity_add(db, activity::activity("server", "initialised"), now)
    })?;
    Ok(Invitation { kind: Kind::Login, url: url.clone(), name: user.to_string(), secret, root: None })
}

/// Opens the data as they are, also while a server works on them. Its log stays as it is.
fn open(data: &Path) -> Result<Connection, CommandError> {
    let file = store::database(data)?;
    let before = DataLock::holder(data);
    if let Some(holder) = before.filter(|holder| holder.replaces_data()) {
        return Err(StoreError::Locked(holder.on(data)).into());
    }
    let is_served = before == Some(Holder::Server);
    let looked = if is_served { logged(&file, data) } else { wal::examine(&file).map(drop) };
    // A server that was just starting or stopping explains whatever was seen of its files.
    if before == DataLock::holder(data) {
        looked?;
    }
    Ok(wal::open_beside(&file)?)
}

/// Changes the data in one transaction, also while a server works on them: it hears of it with its next look.
fn change<T>(data: &Path, work: impl FnOnce(&Connection) -> Result<T, CommandError>) -> Result<T, CommandError> {
    let file = store::database(data)?;
    let alone = match DataLock::acquire(data, Holder::Change) {
        Ok(lock) => Some(lock),
        // A server hears of it; what puts other data in the place of these would lose it.
        Err(StoreError::Locked(_)) if DataLock::holder(data) == Some(Holder::Server) => None,
        Err(error) => return Err(error.into()),
    };
    // Data whose server ended well are one whole file, and stay so; those of one that was killed keep their log.
    let is_whole = alone.is_some() && wal::examine(&file)?.phase == Phase::Stopped && wal::log_size(&file).is_none();
    let mut db = if is_whole { store::connect(&file)? } else { wal::open_beside(&file)? };
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(StoreError::from)?;
    let done = work(&tx)?;
    tx.commit().map_err(StoreError::from)?;
    if is_whole {
        wal::log_empty(&db)?;
    }
    drop(db);
    drop(alone);
    Ok(done)
}

/// A server that runs has a log.
fn logged(file: &Path, data: &Path) -> Result<(), StoreError> {
    let (name, folder) = (file.display().to_string(), data.display().to_string());
    wal::log_size(file).map(drop).ok_or_else(|| LogFault::Missing { file: name, data: folder }.into())
}

/// What a check looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// How many contents have the hash that they are kept under.
    pub contents: u64,
    /// Those that don't, each with what it is and what heals it.
    pub damaged: Vec<(ContentHash, String)>,
    /// The audit chain.
    pub audit: AuditState,
}

/// Checks the database, every content's hash and the audit chain; also while a server runs.
pub fn check(data: &Path) -> Result<Checked, CommandError> {
    let db = open(data)?;
    let checked = checked(&db)?;
    let (known, all) = damaged_content::damaged_known(&db)?;
    let number = checked.damaged.len() as u64 + all;
    match checked.damaged.first().map(|(_, words)| words.clone()).or(known) {
        Some(words) if number > 1 => Err(CommandError::Broken(format!("{words}\nand so are {} more", number - 1))),
        Some(words) => Err(CommandError::Broken(words)),
        None => Ok(checked),
    }
}

/// Checks an open database. Damaged contents are told and stop nothing: all others are as good as before.
pub(crate) fn checked(db: &Connection) -> Result<Checked, CommandError> {
    let sound: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(StoreError::from)?;
    if sound != "ok" {
        return Err(CommandError::Broken(format!("the database is damaged: {sound}")));
    }
    let (contents, broken) = content::content_check(db)?;
    let words = |sha256: ContentHash| Ok::<_, StoreError>((sha256, damaged_content::damaged_words(db, &sha256)?));
    let damaged = broken.into_iter().map(words).collect::<Result<Vec<_>, _>>()?;
    let audit = activity::activity_audit(db)?;
    match audit.broken_at {
        Some(row) => Err(CommandError::Broken(format!("the audit was changed at row {row}"))),
        None => Ok(Checked { contents, damaged, audit }),
    }
}

/// Copies the data into one file that only its owner can read, also while a server runs. No server works on the copy until `restore` or
/// `promote` has made it a generation of its own, so that agents and terminals notice when it takes the place of the data.
///
/// A file that is there is replaced only with `force`, whole; devices, pipes and links are written through, and `-` is standard output.
pub fn backup(data: &Path, file: &Path, force: bool) -> Result<Checked, CommandError> {
    let target = BackupTarget::at(file, force)?;
    let db = open(data)?;
    let part = target.part(data);
    let copied = copy(&db, &part).and_then(|checked| Ok(target.put(&part).map(|()| checked)?));
    if copied.is_err() {
        // The first error is the one to tell; a part that stays is replaced by the next copy.
        drop(std::fs::remove_file(&part));
    }
    copied
}

fn copy(db: &Connection, part: &Path) -> Result<Checked, CommandError> {
    let io = |error| CommandError::Io(part.display().to_string(), error);
    if part.exists() {
        std::fs::remove_file(part).map_err(io)?;
    }
    // Private before the first byte: SQLite takes an empty file as it is.
    std::fs::File::create_new(part).map_err(io)?;
    store::private(part, 0o600)?;
    db.execute("VACUUM INTO ?1", [part.display().to_string()]).map_err(StoreError::from)?;
    let copy = Connection::open(part).map_err(StoreError::from)?;
    let mark = meta::mark_fetch(&copy)?.unwrap_or_default();
    meta::mark_set(&copy, &Mark { phase: Phase::Backup, ..mark })?;
    let checked = checked(&copy)?;
    drop(copy);
    std::fs::File::open(part).and_then(|part| part.sync_all()).map_err(io)?;
    Ok(checked)
}
