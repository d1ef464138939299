//! `restore` and `promote`: puts data back, or lets a copy take the server's place, as a new generation. Nothing that was there is destroyed.

use crate::clock;
use crate::command::{Checked, CommandError, checked};
use crate::random;
use crate::store::activity::{activity, activity_add};
use crate::store::damaged_content::damaged_set_aside;
use crate::store::lock::{DataLock, Holder};
use crate::store::restored::{Numbers, restored_apply};
use crate::store::wal::{self, Mark, Phase, log_of};
use crate::store::{self, FILE, LogFault, StoreError, meta};
use fieldpost_common::id::Generation;
use fieldpost_common::time::Timestamp;
use rusqlite::Connection;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The folder in which the new data are made ready.
const READY: &str = "restoring";

/// What was done.
#[derive(Debug)]
pub struct Restored {
    /// What the data hold.
    pub checked: Checked,
    /// What was changed in them.
    pub numbers: Numbers,
    /// Where the data that were there before are now.
    pub aside: Option<PathBuf>,
    /// What of the source was left out or is missing, in words.
    pub warning: Option<String>,
}

fn io(path: &Path) -> impl Fn(io::Error) -> CommandError + '_ {
    move |error| CommandError::Io(path.display().to_string(), error)
}

/// Puts a backup, or a copied folder or file with its log, in the place of the data. The data that are there are kept aside.
pub fn restore(source: &Path, data: &Path) -> Result<Restored, CommandError> {
    let file = if source.is_dir() { source.join(FILE) } else { source.to_owned() };
    if !file.is_file() {
        return Err(CommandError::NoSource(file.display().to_string()));
    }
    std::fs::create_dir_all(data).map_err(io(data))?;
    let lock = DataLock::acquire(data, Holder::Restore)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !is_same(folder, data)
        && file.file_name().is_some_and(|name| name == FILE)
        && let Some(holder) = DataLock::holder(folder)
    {
        return Err(CommandError::SourceInUse(file.display().to_string(), holder.on(folder)));
    }
    let ready = data.join(READY);
    if ready.exists() {
        // Left over from a restore that was cut off before it changed anything.
        std::fs::remove_dir_all(&ready).map_err(io(&ready))?;
    }
    std::fs::create_dir(&ready).map_err(io(&ready))?;
    let made = make_ready(&file, &ready, data);
    if made.is_err() {
        // The first error is the one to tell; the next restore clears it away.
        drop(std::fs::remove_dir_all(&ready));
    }
    let (checked, numbers, warning) = made?;
    let aside = swap(&ready.join(FILE), data)?;
    // What a migration copied there is of no use any more; the next restore clears it away otherwise.
    drop(std::fs::remove_dir_all(&ready));
    drop(lock);
    Ok(Restored { checked, numbers, aside, warning })
}

/// Lets the data of a directory take the place of the server that they are a copy of.
pub fn promote(data: &Path) -> Result<Restored, CommandError> {
    let file = data.join(FILE);
    if !file.is_file() {
        return Err(StoreError::Missing(data.display().to_string()).into());
    }
    let lock = DataLock::acquire(data, Holder::Promote)?;
    let warning = usable(&file)?;
    let db = store::open_for_restore(&file)?;
    let checked = checked(&db)?;
    let numbers = apply(&db, &[], &format!("this copy in {}", data.display()), &checked)?;
    drop(db);
    drop(lock);
    Ok(Restored { checked, numbers, aside: None, warning })
}

/// Whether a database can be gone on with; what is missing of it, in words.
fn usable(file: &Path) -> Result<Option<String>, CommandError> {
    match wal::examine(file) {
        Ok(_) | Err(StoreError::Log(LogFault::Backup { .. })) => Ok(None),
        Err(StoreError::Log(LogFault::Missing { .. })) => {
            Ok(Some("the log that belonged to this file was not there: what stood only in it is not here".to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}

fn make_ready(file: &Path, ready: &Path, data: &Path) -> Result<(Checked, Numbers, Option<String>), CommandError> {
    let target = ready.join(FILE);
    copy(file, &target)?;
    if log_of(file).is_file() {
        copy(&log_of(file), &log_of(&target))?;
    }
    let warning = match usable(&target) {
        Err(CommandError::Store(StoreError::Log(LogFault::Foreign { .. }))) => {
            std::fs::remove_file(log_of(&target)).map_err(io(&log_of(&target)))?;
            let missing = usable(&target)?;
            let words = "the log beside it is of other or older data and was left out".to_owned();
            Some(missing.map_or(words.clone(), |missing| format!("{words}; {missing}")))
        }
        other => other.map_err(|error| named(error, &target, file))?,
    };
    let db = store::open_for_restore(&target).map_err(|error| named(error.into(), &target, file))?;
    let checked = checked(&db).map_err(|error| CommandError::Source(file.display().to_string(), error.to_string()))?;
    let present = present_generation(&data.join(FILE));
    let numbers = apply(&db, present.as_slice(), &file.display().to_string(), &checked)?;
    drop(db);
    File::open(&target).and_then(|file| file.sync_all()).map_err(io(&target))?;
    give_to_owner(&target, data)?;
    Ok((checked, numbers, warning))
}

/// Says an error about the copy as one about what it was copied from.
fn named(error: CommandError, target: &Path, file: &Path) -> CommandError {
    match error {
        CommandError::Store(StoreError::Log(LogFault::Damaged { why, .. })) => {
            CommandError::Source(file.display().to_string(), format!("the database is damaged: {why}"))
        }
        CommandError::Store(StoreError::Log(LogFault::Empty { .. })) => {
            CommandError::Source(file.display().to_string(), "it holds no server's data".to_owned())
        }
        other => {
            let words = other.to_string().replace(&target.display().to_string(), &file.display().to_string());
            CommandError::Source(file.display().to_string(), words)
        }
    }
}

/// One transaction: the new generation, what ends with it, damaged contents set aside, and the mark of data that no server works on yet.
fn apply(db: &Connection, present: &[Generation], from: &str, checked: &Checked) -> Result<Numbers, CommandError> {
    let now = clock::now();
    let mut known = present.to_vec();
    known.push(meta::generation_fetch(db)?);
    let generation = Generation::after(&known, random::bytes()?, u64::try_from(now.as_ms() / 1_000).unwrap_or(0));
    let mark = meta::mark_fetch(db)?.unwrap_or_default();
    let tx = db.unchecked_transaction().map_err(StoreError::from)?;
    let numbers = restored_apply(&tx, &generation, from, now)?;
    for (sha256, _) in &checked.damaged {
        if damaged_set_aside(&tx, sha256, now)? {
            let mut row = activity("server", "content_damaged");
            row.sha256 = Some(*sha256);
            activity_add(&tx, row, now)?;
        }
    }
    // As the first commit of a run, so that it may stand in the log if this is cut off.
    meta::mark_set(&tx, &Mark { run: mark.run + 1, commit: 0, phase: Phase::Stopped })?;
    tx.commit().map_err(StoreError::from)?;
    if !wal::log_empty(db)? {
        return Err(StoreError::Busy.into());
    }
    wal::log_keep(db, false)?;
    Ok(numbers)
}

/// The generation of the data that are there, as far as they can be read.
fn present_generation(file: &Path) -> Option<Generation> {
    let db = wal::open_beside(file).ok()?;
    meta::generation_fetch(&db).ok()
}

/// Copies a file for its owner alone.
fn copy(from: &Path, to: &Path) -> Result<(), CommandError> {
    let mut source = File::open(from).map_err(io(from))?;
    let mut target = OpenOptions::new().write(true).create_new(true).open(to).map_err(io(to))?;
    store::private(to, 0o600)?;
    io::copy(&mut source, &mut target).map_err(io(to))?;
    Ok(())
}

/// Moves what is there aside and the new file in its place. Whatever moment this is cut off at, nothing is lost, and no server starts
/// on a mixture: the logs go after the file.
fn swap(new: &Path, data: &Path) -> Result<Option<PathBuf>, CommandError> {
    let file = data.join(FILE);
    let mut shm = file.as_os_str().to_owned();
    shm.push("-shm");
    let there: Vec<PathBuf> =
        [file.clone(), log_of(&file), PathBuf::from(shm)].into_iter().filter(|path| path.exists()).collect();
    let aside = if there.is_empty() { None } else { Some(aside(data, clock::now())?) };
    if let Some(aside) = &aside {
        let kept = aside.join(FILE);
        // A second name first, so that at no moment there is no database; a file system without them moves it.
        if file.exists() && std::fs::hard_link(&file, &kept).is_err() {
            std::fs::rename(&file, &kept).map_err(io(&kept))?;
        }
    }
    std::fs::rename(new, &file).map_err(io(&file))?;
    for path in there.iter().filter(|path| **path != file) {
        if let (Some(aside), Some(name)) = (&aside, path.file_name()) {
            std::fs::rename(path, aside.join(name)).map_err(io(path))?;
        }
    }
    for folder in aside.iter().map(PathBuf::as_path).chain([data]) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(io(folder))?;
    }
    Ok(aside)
}

/// A folder that isn't there yet, named by the time.
fn aside(data: &Path, now: Timestamp) -> Result<PathBuf, CommandError> {
    let stamp = now.to_string().replace(':', "-");
    let names = (1..1_000).map(|n| if n == 1 { stamp.clone() } else { format!("{stamp}-{n}") });
    for name in names {
        let folder = data.join(format!("before-restore-{name}"));
        match std::fs::create_dir(&folder) {
            Ok(()) => {
                store::private(&folder, 0o700)?;
                give_to_owner(&folder, data)?;
                return Ok(folder);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io(&folder)(error)),
        }
    }
    Err(io(data)(io::ErrorKind::AlreadyExists.into()))
}

/// Run by root, the server's own user must still be able to open what was made.
#[cfg(unix)]
fn give_to_owner(path: &Path, data: &Path) -> Result<(), CommandError> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let (owner, made) = (std::fs::metadata(data).map_err(io(data))?, std::fs::metadata(path).map_err(io(path))?);
    if (owner.uid(), owner.gid()) == (made.uid(), made.gid()) || made.uid() != 0 {
        return Ok(());
    }
    chown(path, Some(owner.uid()), Some(owner.gid())).map_err(io(path))
}

#[cfg(not(unix))]
fn give_to_owner(_path: &Path, _data: &Path) -> Result<(), CommandError> {
    Ok(())
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
