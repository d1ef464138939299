//! A file of lines that only grows, and begins anew when it has grown enough: so many old ones are kept.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A file begins anew beyond so many bytes.
pub(super) const FULL: u64 = 2 << 20;
/// So many old ones are kept.
pub(super) const OLD: usize = 4;
/// For the agent's user, and for a group that its admin may give the folder to.
const MODE: u32 = 0o640;

/// Where lines are written.
#[derive(Debug)]
pub(super) struct Lines {
    path: PathBuf,
    full: u64,
    file: Option<File>,
}

impl Lines {
    pub(super) fn new(path: PathBuf, full: u64) -> Self {
        Self { path, full, file: None }
    }

    /// Adds lines; `durable`: they are on the disk when this returns.
    pub(super) fn append(&mut self, lines: &[u8], durable: bool) -> io::Result<()> {
        let written = self.try_append(lines, durable);
        if written.is_err() {
            // Whatever is wrong with the file, the next line begins with another look at it.
            self.file = None;
        }
        written
    }

    fn try_append(&mut self, lines: &[u8], durable: bool) -> io::Result<()> {
        let file = self.open()?;
        // One call: two processes that write at once don't mix their lines.
        file.write_all(lines)?;
        if durable { file.sync_data() } else { Ok(()) }
    }

    fn open(&mut self) -> io::Result<&mut File> {
        if let Some(file) = &self.file {
            let meta = file.metadata()?;
            if meta.nlink() == 0 || meta.len() > self.full {
                self.file = None;
            }
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => self.begin()?,
        };
        Ok(self.file.insert(file))
    }

    fn begin(&self) -> io::Result<File> {
        if std::fs::symlink_metadata(&self.path).is_ok_and(|meta| meta.len() > self.full) {
            self.turn()?;
        }
        let mut file = OpenOptions::new()
            .append(true)
            .read(true)
            .create(true)
            .mode(MODE)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
            .open(&self.path)?;
        if file.metadata()?.len() == 0 {
            crate::durable::sync_parent(&self.path)?;
        }
        end_the_line(&mut file)?;
        Ok(file)
    }

    /// The file becomes the first old one, and so on; the oldest goes.
    fn turn(&self) -> io::Result<()> {
        for number in (1..OLD).rev() {
            rename(&old(&self.path, number), &old(&self.path, number + 1))?;
        }
        rename(&self.path, &old(&self.path, 1))?;
        crate::durable::sync_parent(&self.path)
    }
}

/// A power cut may have torn the last line: what comes next is not glued to it.
fn end_the_line(file: &mut File) -> io::Result<()> {
    if file.metadata()?.len() == 0 {
        return Ok(());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last[0] == b'\n' { Ok(()) } else { file.write_all(b"\n") }
}

fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        renamed => renamed,
    }
}

/// `history.jsonl` becomes `history.1.jsonl`.
fn old(path: &Path, number: usize) -> PathBuf {
    path.with_extension(format!("{number}.jsonl"))
}

/// The files that there are, the newest first.
pub(super) fn files(path: &Path) -> impl Iterator<Item = PathBuf> {
    std::iter::once(path.to_owned()).chain((1..=OLD).map({
        let path = path.to_owned();
        move |number| old(&path, number)
    }))
}
