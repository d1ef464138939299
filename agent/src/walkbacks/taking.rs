//! Takes what is new of a file into the spool, piece by piece, and notes how much that was.

use super::files::Entry;
use super::ledger::{self, Known};
use super::piece::Pieces;
use super::ripe::Ripe;
use super::spool::{Header, Origin};
use super::{Collector, folder_of};
use crate::config::Application;
use crate::redact::Cut;
use crate::root::open_file;
use crate::scan::meta::Meta;
use cap_std::fs::Dir;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::Piece;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// A file of a walkback directory.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) application: &'a Application,
    pub(super) directory: &'a Path,
    pub(super) entry: &'a Entry,
}

impl Collector {
    /// Takes what is new of a file that is ripe.
    pub(super) fn file(&mut self, dir: &Dir, found: Found<'_>, ripe: Ripe) -> io::Result<usize> {
        let Found { application, directory, entry } = found;
        let (folder, name) = folder_of(dir, &entry.path)?;
        let (mut file, meta) = open_file(&folder, OsStr::new(&name))?;
        let changed = meta.size < entry.meta.size || ripe == Ripe::Settled && meta.size != entry.meta.size;
        if !meta.is_plain() || changed {
            // It changed since it was listed: the next look will tell.
            return Ok(0);
        }
        let known = self.ledger.get(directory, entry).filter(|known| known.taken <= meta.size);
        let start = match known {
            Some(known) if known.head == head(&mut file, known.taken)? => known.taken,
            _ => 0,
        };
        let mut pieces = Pieces::new(&mut file, start, meta.size, ripe)?;
        let mut taken = 0;
        loop {
            let at = pieces.at();
            let Some(content) = pieces.next()? else { break };
            let cut = Cut::of(&pieces.before(at)?, &content, pieces.at() < meta.size);
            let header = Header { cut, ..header(found, &meta, (at, pieces.at()), &content) };
            taken += self.keep(&header, &content)?;
            if at == start {
                self.ledger.dropped(&application.name, pieces.leave_out()?);
            }
        }
        let at = pieces.at();
        let head = head(&mut file, at)?;
        self.ledger.set(directory, entry, Known::new(&meta, at, head));
        Ok(taken)
    }

    /// Keeps a piece until the server has it, unless it is a file that was kept before; gives how many were kept.
    fn keep(&mut self, header: &Header, content: &[u8]) -> io::Result<usize> {
        if header.offset == 0 && !self.ledger.is_new(&header.id) {
            return Ok(0);
        }
        for lost in self.spool.add(header, content)? {
            self.ledger.dropped(&lost, 1);
        }
        if header.offset == 0 {
            self.ledger.note(&header.id);
        }
        Ok(1)
    }
}

fn header(found: Found<'_>, meta: &Meta, (offset, ends): (u64, u64), content: &[u8]) -> Header {
    let Found { application, directory, entry } = found;
    let sha256 = ContentHash::of(content);
    Header {
        id: Piece::id_of(&application.name, &entry.path, offset, &sha256),
        application: application.name.clone(),
        version: application.version.clone(),
        file: Clean::line(&entry.path),
        modified: Timestamp::from_ms(i64::try_from(meta.modified_ns / 1_000_000).unwrap_or(0)),
        mailed: application.walkbacks_mailed.matches(&entry.path),
        offset,
        sha256,
        origin: Origin { directory: directory.to_owned(), path: entry.path.clone(), meta: ledger::facts(meta), ends },
        cut: Cut::default(),
    }
}

/// What tells whether a file still begins as it did: the hash of its first bytes and of those before `taken`.
fn head(file: &mut File, taken: u64) -> io::Result<ContentHash> {
    const SOME: u64 = 4096;
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    (&*file).take(taken.min(SOME)).read_to_end(&mut bytes)?;
    if taken > SOME {
        file.seek(SeekFrom::Start(taken - SOME))?;
        (&*file).take(SOME).read_to_end(&mut bytes)?;
    }
    Ok(ContentHash::of(&bytes))
}
