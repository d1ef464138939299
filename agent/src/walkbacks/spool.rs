//! Pieces that wait to be sent, each in a file of its own, packed. Over its quota the oldest and the newest stay.
//!
//! They wait as they were found: what the config's rules match is taken out when they leave, so that the rules of that moment hold.

use super::folder_of;
use super::ledger::{Facts, facts};
use super::queue::Queue;
use crate::config::Config;
use crate::guarded_path::{PathGuard, rename_new};
use crate::redact::{Cut, Rules};
use cap_std::fs::Dir;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, Version, WalkbackId};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{MAX_COUNT, MAX_PIECE, MAX_PIECES, Piece};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead as _, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The most pieces that wait.
const MAX_WAITING: usize = 20_000;
/// The most bytes that wait, packed.
const MAX_BYTES: u64 = 256 << 20;

/// A piece without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) id: WalkbackId,
    pub(super) application: AppName,
    pub(super) version: Version,
    pub(super) file: Clean,
    pub(super) modified: Timestamp,
    pub(super) mailed: bool,
    pub(super) offset: u64,
    pub(super) sha256: ContentHash,
    pub(super) origin: Origin,
    /// Where it was cut out of its file.
    #[serde(default)]
    pub(super) cut: Cut,
}

/// Where a piece came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    pub(super) directory: PathBuf,
    pub(super) path: String,
    pub(super) meta: Facts,
    /// Where in the file it ends.
    pub(super) ends: u64,
    /// Which file it was of all that ever stood under that name.
    #[serde(default)]
    pub(super) generation: u64,
}

impl Origin {
    /// Deletes the file, or moves it to a folder; not if it has changed since, or goes on after the piece.
    pub(super) fn clear_away(&self, guard: &PathGuard, target: Option<&Path>) -> io::Result<()> {
        if self.ends < self.meta.size {
            return Ok(());
        }
        let dir = guard.open_folder(&self.directory)?;
        let (folder, name) = folder_of(guard, &dir, &self.path)?;
        let is_it = |folder: &Dir, name: &str| guard.open_in(folder, OsStr::new(name)).map(|(_, meta)| facts(&meta) == self.meta);
        match is_it(&folder, &name) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        }
        // Both below folders that are held: whatever names lead to now, nothing else is touched.
        let Some(target) = target else { return folder.remove_file(&name) };
        let to = guard.make_folder(target)?;
        let landed = move_new(&folder, &name, &to)?;
        if is_it(&to, &landed).unwrap_or(false) {
            return Ok(());
        }
        rename_new(&to, OsStr::new(&landed), &folder, OsStr::new(&name))?;
        Err(io::Error::other("something else took its place while it was moved, and was put back"))
    }
}

/// Moves a file to a folder under its own name or, where that is taken, one with a number; gives the name.
fn move_new(from: &Dir, name: &str, to: &Dir) -> io::Result<String> {
    for count in 0..1_000 {
        let free = if count == 0 { name.to_owned() } else { format!("{name}.{count}") };
        match rename_new(from, OsStr::new(name), to, OsStr::new(&free)) {
            Ok(()) => return Ok(free),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("too many files of that name"))
}

#[derive(Debug, Clone)]
struct Waiting {
    number: u64,
    size: u64,
    application: AppName,
}

#[derive(Debug)]
pub(super) struct Spool {
    folder: PathBuf,
    waiting: VecDeque<Waiting>,
    bytes: u64,
    next: u64,
    unsynced: bool,
    /// The most pieces that wait.
    pub(super) max_waiting: usize,
}

impl Spool {
    /// Opens the folder, and sees what waits in it. Numbers go on from `next` at least: none is given twice.
    pub(super) fn open(folder: PathBuf, next: u64) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let mut waiting = Vec::new();
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name();
            // What a crash left half written has no such name.
            let parsed = name.to_str().and_then(|name| name.strip_suffix(".zst")?.split_once('.'));
            let Some((number, application)) = parsed.and_then(|(number, app)| Some((number.parse().ok()?, app.parse().ok()?)))
            else {
                let _ = std::fs::remove_file(entry.path());
                continue;
            };
            waiting.push(Waiting { number, size: entry.metadata()?.len(), application });
        }
        waiting.sort_by_key(|one| one.number);
        let bytes = waiting.iter().map(|one| one.size).sum();
        let next = waiting.last().map_or(1, |one| one.number + 1).max(next);
        Ok(Self { folder, waiting: waiting.into(), bytes, next, unsynced: false, max_waiting: MAX_WAITING })
    }

    /// What waits.
    pub(super) fn queue(&self) -> Queue {
        let mut queue = Queue::default();
        for one in &self.waiting {
            queue.add(&one.application, one.number);
        }
        queue
    }

    /// Whose the oldest piece is of those that aren't put off.
    pub(super) fn first_but(&self, put_off: &BTreeSet<AppName>) -> Option<&AppName> {
        self.waiting.iter().map(|one| &one.application).find(|application| !put_off.contains(application))
    }

    fn path(&self, one: &Waiting) -> PathBuf {
        self.folder.join(format!("{:012}.{}.zst", one.number, one.application))
    }

    /// Keeps a piece. Over the quota some from the middle go: whose, is told.
    pub(super) fn add(&mut self, header: &Header, content: &[u8]) -> io::Result<Vec<AppName>> {
        let one = Waiting { number: self.next, size: 0, application: header.application.clone() };
        let (path, temp) = (self.path(&one), self.folder.join("new"));
        let mut packed = zstd::Encoder::new(create(&temp)?, 3)?;
        packed.write_all(&serde_json::to_vec(header)?)?;
        packed.write_all(b"\n")?;
        packed.write_all(content)?;
        let size = packed.finish()?.metadata()?.len();
        std::fs::rename(&temp, &path)?;
        self.next += 1;
        self.bytes += size;
        self.unsynced = true;
        self.waiting.push_back(Waiting { size, ..one });
        let mut gone = Vec::new();
        while (self.waiting.len() > self.max_waiting || self.bytes > MAX_BYTES) && self.waiting.len() > 2 {
            let Some(lost) = self.waiting.remove(self.waiting.len() / 2) else { break };
            self.bytes -= lost.size;
            // The piece itself is kept: one that can't be removed is found again when the agent starts.
            let _ = std::fs::remove_file(self.path(&lost));
            gone.push(lost.application);
        }
        Ok(gone)
    }

    /// Makes what was added survive a power cut.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        if self.unsynced {
            let folder = File::open(&self.folder)?;
            #[cfg(target_os = "linux")]
            rustix::fs::syncfs(&folder)?;
            #[cfg(not(target_os = "linux"))]
            rustix::fs::sync();
            folder.sync_all()?;
            self.unsynced = false;
        }
        Ok(())
    }

    /// The oldest pieces of an application, at most so many; and how many are gone: they were broken, or the config doesn't name it any more, and
    /// with it the rules that held for them.
    pub(super) fn batch(&mut self, of: &AppName, at_most: usize, config: &Config) -> io::Result<(Vec<u64>, Vec<Piece>, u64)> {
        let (mut numbers, mut pieces, mut broken) = (Vec::new(), Vec::new(), 0);
        let (mut at, mut bytes) = (0, 0);
        while let Some(one) = self.waiting.get(at) {
            if one.application != *of {
                at += 1;
                continue;
            }
            if pieces.len() >= at_most.min(MAX_COUNT) {
                break;
            }
            let (one, application) = (one.clone(), config.application(of));
            match (self.read(&one), application) {
                (Ok((header, content)), Some(application)) => {
                    let piece = piece(header, content, &application.redact);
                    bytes += piece.content.len();
                    if bytes > MAX_PIECES && !pieces.is_empty() {
                        break;
                    }
                    numbers.push(one.number);
                    pieces.push(piece);
                    at += 1;
                }
                // A disk that can't be read now may be later; what can't be unpacked never will.
                (Err(error), Some(_)) if !is_broken(&error) => return Err(error),
                _ => {
                    self.lose(at, &one);
                    broken += 1;
                }
            }
        }
        Ok((numbers, pieces, broken))
    }

    fn lose(&mut self, at: usize, one: &Waiting) {
        self.waiting.remove(at);
        self.bytes -= one.size;
        // One that stays on the disk is found again, and lost again.
        let _ = std::fs::remove_file(self.path(one));
    }

    fn read(&self, one: &Waiting) -> io::Result<(Header, Vec<u8>)> {
        let mut reader = io::BufReader::new(zstd::Decoder::new(File::open(self.path(one))?)?);
        let mut line = Vec::new();
        (&mut reader).take(64 << 10).read_until(b'\n', &mut line)?;
        let header = serde_json::from_slice(&line).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let mut content = Vec::new();
        reader.read_to_end(&mut content)?;
        Ok((header, content))
    }

    /// Takes a piece out; one that is gone already is as good.
    pub(super) fn remove(&mut self, number: u64) -> io::Result<()> {
        let Some(at) = self.waiting.iter().position(|one| one.number == number) else { return Ok(()) };
        let Some(one) = self.waiting.remove(at) else { return Ok(()) };
        self.bytes -= one.size;
        std::fs::remove_file(self.path(&one))
    }

    /// The number of the next piece.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// The pieces from a number on.
    pub(super) fn since(&self, number: u64) -> Vec<u64> {
        self.waiting.iter().map(|one| one.number).filter(|one| *one >= number).collect()
    }

    /// A piece without its content, if it can be read.
    pub(super) fn header(&self, number: u64) -> Option<Header> {
        let one = self.waiting.iter().find(|one| one.number == number)?;
        let mut reader = io::BufReader::new(zstd::Decoder::new(File::open(self.path(one)).ok()?).ok()?);
        let mut line = Vec::new();
        (&mut reader).take(64 << 10).read_until(b'\n', &mut line).ok()?;
        serde_json::from_slice(&line).ok()
    }
}

fn is_broken(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, NotFound, Other, UnexpectedEof};
    matches!(error.kind(), InvalidData | UnexpectedEof | NotFound | Other)
}

/// Only the agent's user may read what waits: nothing was taken out of it yet.
fn create(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    File::options().write(true).create(true).truncate(true).mode(0o600).custom_flags(flags).open(path)
}

fn piece(header: Header, content: Vec<u8>, rules: &Rules) -> Piece {
    let Header { id, application, version, file, modified, mailed, offset, sha256, origin, cut } = header;
    let piece = Piece { id, application, version, file, modified, mailed, offset, sha256, content };
    if rules.is_empty() { piece } else { redacted(piece, &origin.path, cut, rules) }
}

/// What of a piece leaves the site. Its id and hash are those of what is sent: they, too, would tell of what isn't.
fn redacted(piece: Piece, path: &str, cut: Cut, rules: &Rules) -> Piece {
    let content = rules.piece(&piece.content, cut, MAX_PIECE).into_owned();
    let path = rules.name(path);
    let sha256 = ContentHash::of(&content);
    let id = Piece::id_of(&piece.application, &path, piece.offset, &sha256);
    Piece { id, file: Clean::line(&path), sha256, content, ..piece }
}
