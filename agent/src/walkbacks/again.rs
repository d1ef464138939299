//! The agent was killed in the middle of a look: of what it kept since the ledger was written the ledger says nothing. What will be taken
//! again leaves the spool, so that it doesn't count twice; what is only there stays.

use super::spool::Header;
use super::{Collector, folder_of};
use crate::guarded_path::PathGuard;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::wire::MAX_PIECE;
use std::ffi::OsStr;
use std::io::{self, Read as _, Seek as _, SeekFrom};

impl Collector {
    pub(super) fn drop_what_is_taken_again(&mut self) {
        let guard = PathGuard::new(&self.config);
        for number in self.spool.since(self.ledger.spooled()) {
            let Some(header) = self.spool.header(number) else { continue };
            self.ledger.began(header.origin.generation);
            if self.ledger.knows(&header) || !self.is_looked_at(&header) {
                continue;
            }
            // One that can't be removed counts twice at worst.
            if is_still_there(&guard, &header).unwrap_or(false) && self.spool.remove(number).is_ok() {
                tracing::info!("a walkback of a look that was cut off is taken again");
            }
        }
    }

    fn is_looked_at(&self, header: &Header) -> bool {
        let application = self.config.application(&header.application);
        application.is_some_and(|one| one.walkbacks.iter().any(|directory| directory.as_path() == header.origin.directory))
    }
}

/// Whether the file still holds these bytes.
fn is_still_there(guard: &PathGuard, header: &Header) -> io::Result<bool> {
    let origin = &header.origin;
    let dir = guard.open_folder(&origin.directory)?;
    let (folder, name) = folder_of(guard, &dir, &origin.path)?;
    let (mut file, meta) = guard.open_in(&folder, OsStr::new(&name))?;
    if meta.size < origin.ends {
        return Ok(false);
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(header.offset))?;
    file.take(origin.ends.saturating_sub(header.offset).min(MAX_PIECE as u64)).read_to_end(&mut bytes)?;
    Ok(ContentHash::of(&bytes) == header.sha256)
}
