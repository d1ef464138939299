//! Gets ordered contents: resumed where they broke off, never longer than signed, kept only with the signed hash.

use crate::durable;
use crate::room;
use crate::server::{Download, Server};
use crate::trouble::Trouble;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::order::Failure;
use fieldpost_common::text::Clean;
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where contents wait until they are put in place.
#[derive(Debug, Clone)]
pub struct Downloads {
    dir: PathBuf,
}

/// Why a content isn't there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFetched {
    /// Try again later: what came so far is kept.
    Later(Trouble),
    /// What came is not what was signed: thrown away.
    Corrupt,
    /// Something at this site is in the way: what came so far is kept.
    Blocked(Failure),
}

/// In so long so many bytes must come: what drips holds a place that others need.
const WINDOW: Duration = Duration::from_secs(30);
const LEAST: u64 = 30 * 128;

impl Downloads {
    /// Opens the folder; makes it when it isn't there.
    pub fn open(dir: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&dir)?;
        Ok(Self { dir })
    }

    /// Where a whole content is.
    pub fn path(&self, sha256: &ContentHash) -> PathBuf {
        self.dir.join(sha256.to_string())
    }

    fn part(&self, sha256: &ContentHash) -> PathBuf {
        self.dir.join(format!("{sha256}.part"))
    }

    /// The whole contents that wait here. Their hashes are checked again when they are put in place.
    pub fn list(&self) -> io::Result<HashSet<ContentHash>> {
        let mut found = HashSet::new();
        for entry in std::fs::read_dir(&self.dir)? {
            if let Some(sha256) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) {
                found.insert(sha256);
            }
        }
        Ok(found)
    }

    /// Throws away everything that no order asks for.
    pub fn keep_only(&self, wanted: &HashSet<ContentHash>) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.dir)? {
            let entry = entry?;
            let name = entry.file_name();
            let stem = name.to_str().map(|name| name.strip_suffix(".part").unwrap_or(name)).and_then(|stem| stem.parse().ok());
            if !stem.is_some_and(|sha256| wanted.contains(&sha256)) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Gets one content of exactly `size` bytes.
    pub async fn fetch(&self, server: &Server, sha256: ContentHash, size: u64) -> Result<(), NotFetched> {
        let part = self.part(&sha256);
        let have = std::fs::metadata(&part).map_or(0, |meta| meta.len());
        let have = if have > size { 0 } else { have };
        if have < size || size == 0 {
            room::check(&self.dir, size - have).map_err(NotFetched::Blocked)?;
            let mut download = server.get_content(&sha256, have, size).await.map_err(NotFetched::Later)?;
            let local = |error: io::Error| local(&part, size - have, &error);
            let mut file = open_at(&part, download.start.unwrap_or(0)).map_err(local)?;
            if download.start.is_none() {
                return Err(NotFetched::Corrupt);
            }
            receive(&mut download, &mut file, &part, size).await?;
            file.sync_all().map_err(local)?;
        }
        self.check(&part, sha256, size).map_err(|error| local(&part, 0, &error))?.ok_or(NotFetched::Corrupt)
    }

    /// Gives a whole content its name, if it has the hash; else throws it away.
    fn check(&self, part: &Path, sha256: ContentHash, size: u64) -> io::Result<Option<()>> {
        let mut buffer = vec![0; 64 * 1024];
        let found = crate::scan::hash(&mut File::open(part)?, size, &mut buffer)?;
        if found != (sha256, size) {
            std::fs::remove_file(part)?;
            return Ok(None);
        }
        let whole = self.path(&sha256);
        std::fs::rename(part, &whole)?;
        durable::sync_parent(&whole)?;
        Ok(Some(()))
    }
}

/// Opens the part file for what comes from `start` on; what lies behind is cut off.
fn open_at(part: &Path, start: u64) -> io::Result<File> {
    let file = OpenOptions::new().append(true).create(true).open(part)?;
    file.set_len(start)?;
    Ok(file)
}

async fn receive(download: &mut Download, file: &mut File, part: &Path, size: u64) -> Result<(), NotFetched> {
    let mut have = file.metadata().map_err(|error| local(part, size, &error))?.len();
    let (mut window, mut at_its_start) = (Box::pin(tokio::time::sleep(WINDOW)), have);
    loop {
        let chunk = tokio::select! {
            biased;
            chunk = download.next() => chunk.map_err(NotFetched::Later)?,
            () = &mut window => {
                if have - at_its_start < LEAST {
                    return Err(NotFetched::Later(download.dripping(have - at_its_start, WINDOW)));
                }
                (window, at_its_start) = (Box::pin(tokio::time::sleep(WINDOW)), have);
                continue;
            }
        };
        let Some(chunk) = chunk else { break };
        have += chunk.len() as u64;
        if have > size {
            // What came is a lie from its first byte; nothing of it is kept.
            std::fs::remove_file(part).map_err(|error| local(part, 0, &error))?;
            return Err(NotFetched::Corrupt);
        }
        file.write_all(&chunk).map_err(|error| local(part, size.saturating_sub(have), &error))?;
    }
    if have < size {
        let detail = Clean::line(&format!("only {have} of {size} bytes of a content came"));
        return Err(NotFetched::Later(Trouble::Unclear { detail }));
    }
    Ok(())
}

fn local(path: &Path, need: u64, error: &io::Error) -> NotFetched {
    NotFetched::Blocked(room::failure(path, need, error))
}
