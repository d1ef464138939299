//! The new content beside its place: written, verified, synced, with the mode of what it replaces.

use super::{Installed, Put, failure};
use crate::clock::random;
use crate::scan::meta::Meta;
use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _};
use fieldpost_common::hash::{ContentHash, Hasher, hex};
use fieldpost_common::inventory::FileFact;
use fieldpost_common::order::{Failure, Refusal};
use rustix::fs::{AtFlags, Gid, Mode, Uid};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// A file that isn't whole yet: thrown away by the cleaning.
pub(crate) const WRITING: &str = ".fieldpost-tmp-new-";
/// A whole file about to be swapped, or what came out of the swap; the hash in the name is the new content's.
pub(super) const SWAPPING: &str = ".fieldpost-tmp-swap-";

/// The name under which a file waits for its swap.
pub(super) fn swap_name(sha256: &ContentHash) -> OsString {
    format!("{SWAPPING}{sha256}-{}", hex(&random::<4>())).into()
}

/// The new content, and whatever its name holds after a swap. The name is unlinked at the end, unless it was given away.
#[derive(Debug)]
pub(super) struct Temp {
    dir: Dir,
    name: Option<OsString>,
    file: File,
    fact: (ContentHash, u64),
    written: Meta,
}

impl Temp {
    /// Copies `source` beside the place, checking hash and size on the way.
    pub(super) fn write(dir: &Dir, source: &Path, put: &Put<'_>, old: Option<&Meta>) -> Result<Self, Failure> {
        let name: OsString = format!("{WRITING}{}", hex(&random::<8>())).into();
        let io = |error: io::Error| failure(&error);
        let dir = dir.try_clone().map_err(io)?;
        let options = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).clone();
        let file = dir.open_with(&name, &options).map_err(io)?.into_std();
        let written = Meta::of(&file).map_err(io)?;
        let mut temp = Self { dir, name: Some(name), file, fact: (put.sha256, put.size), written };
        temp.fill(source, put)?;
        temp.take_over(old, put).map_err(io)?;
        temp.file.sync_all().map_err(io)?;
        temp.rename(swap_name(&put.sha256)).map_err(io)?;
        temp.written = Meta::of(&temp.file).map_err(io)?;
        Ok(temp)
    }

    fn fill(&mut self, source: &Path, put: &Put<'_>) -> Result<(), Failure> {
        let io = |error: io::Error| failure(&error);
        let mut source = File::open(source).map_err(io)?.take(put.size.saturating_add(1));
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = source.read(&mut buffer).map_err(io)?;
            if read == 0 {
                break;
            }
            hasher.update(&buffer[..read]);
            self.file.write_all(&buffer[..read]).map_err(io)?;
        }
        let size = hasher.size();
        if (hasher.finish(), size) == self.fact { Ok(()) } else { Err(Refusal::WrongHash.into()) }
    }

    /// The mode of what is replaced, and its owner where the agent may give files away; 0644 for a new one.
    fn take_over(&self, old: Option<&Meta>, put: &Put<'_>) -> io::Result<()> {
        let mut mode = Mode::from_raw_mode(0o644);
        if old.is_some() {
            let stat = rustix::fs::statat(&self.dir, put.patch.file_name(), AtFlags::SYMLINK_NOFOLLOW)?;
            mode = Mode::from_raw_mode(stat.st_mode & 0o777);
            let (uid, gid) = (Uid::from_raw(stat.st_uid), Gid::from_raw(stat.st_gid));
            // Only root may; the file is as good with the agent as its owner.
            let _ = rustix::fs::fchown(&self.file, Some(uid), Some(gid));
        }
        rustix::fs::fchmod(&self.file, mode)?;
        Ok(())
    }

    fn rename(&mut self, to: OsString) -> io::Result<()> {
        if let Some(name) = &self.name {
            self.dir.rename(name, &self.dir, &to)?;
            self.name = Some(to);
        }
        Ok(())
    }

    /// The name beside the place.
    pub(super) fn name(&self) -> Option<&OsString> {
        self.name.as_ref()
    }

    /// The name now belongs to somebody else: it is no longer ours to unlink.
    pub(super) fn give_away(&mut self) {
        self.name = None;
    }

    /// Whether a name leads to the file that was written here, with nothing written to it since.
    pub(super) fn is_ours(&self, dir: &Dir, name: &OsStr) -> bool {
        dir.symlink_metadata(name).is_ok_and(|meta| Meta::from_cap(&meta).same_content_as(&self.written))
    }

    /// What stands in place now, if nobody has written to it since.
    pub(super) fn installed(self) -> io::Result<Installed> {
        let now = Meta::of(&self.file)?;
        let fact = FileFact { sha256: self.fact.0, size: self.fact.1, modified: self.written.modified() };
        Ok(Installed { fact, meta: now.same_content_as(&self.written).then_some(now) })
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            // What can't be unlinked now is cleaned away at the next start.
            let _ = self.dir.remove_file(name);
        }
    }
}
