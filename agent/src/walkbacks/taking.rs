//! Takes what is new of a file into the spool, piece by piece, and notes how much that was.

use super::files::Entry;
use super::ledger;
use super::piece::Pieces;
use super::ripe::Ripe;
use super::spool::{Header, Origin};
use super::{Collector, folder_of};
use crate::config::Application;
use crate::guarded_path::PathGuard;
use crate::redact::Cut;
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
    /// Takes what is new of a file that is ripe, and says in how many pieces; none: it changed since it was listed, and the next look will tell.
    pub(super) fn file(&mut self, (guard, dir): (&PathGuard, &Dir), found: Found<'_>, ripe: Ripe) -> io::Result<Option<usize>> {
        let Found { directory, entry, .. } = found;
        let opened = folder_of(guard, dir, &entry.path).and_then(|(folder, name)| guard.open_in(&folder, OsStr::new(&name)));
        let (mut file, meta) = match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let changed = meta.size < entry.meta.size || ripe == Ripe::Settled && meta.size != entry.meta.size;
        if changed {
            return Ok(None);
        }
        let known = self.ledger.get(directory, entry).filter(|known| known.taken <= meta.size);
        let known = match known {
            Some(known) if known.head == head(&mut file, known.taken)? => known.clone(),
            _ => self.ledger.begin(),
        };
        let mut kept = known.taken;
        let mut pieces = Pieces::new(&mut file, known.taken, meta.size, ripe)?;
        let taken = self.pieces(found, &meta, known.generation, &mut pieces, &mut kept);
        let upto = if taken.is_ok() { pieces.at() } else { kept };
        // Also where a later piece could not be kept: those before it are not taken twice.
        if taken.is_ok() || known.taken < kept {
            let head = head(&mut file, upto)?;
            self.ledger.set(directory, entry, known.grown(&meta, upto, head, entry.device));
        }
        taken.map(Some)
    }

    /// Takes piece by piece; `kept` says how far that came.
    fn pieces(
        &mut self,
        found: Found<'_>,
        meta: &Meta,
        generation: u64,
        pieces: &mut Pieces<'_>,
        kept: &mut u64,
    ) -> io::Result<usize> {
        let (start, mut taken) = (pieces.at(), 0);
        loop {
            let at = pieces.at();
            let Some(content) = pieces.next()? else { return Ok(taken) };
            let mut header = header(found, meta, (at, pieces.at()), &content);
            header.cut = Cut::of(&pieces.before(at)?, &content, pieces.at() < meta.size);
            header.origin.generation = generation;
            taken += self.keep(&header, &content)?;
            *kept = pieces.at();
            if at == start {
                self.ledger.dropped(&found.application.name, pieces.leave_out()?);
            }
        }
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
        origin: Origin {
            directory: directory.to_owned(),
            path: entry.path.clone(),
            meta: ledger::facts(meta),
            ends,
            generation: 0,
        },
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
