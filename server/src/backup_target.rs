//! Where a backup goes: a new file, one that is replaced when that was said, or a device or pipe that the bytes run through.

use fieldpost_common::destination::{Refused, Standing, Way, way};
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

/// So many links are followed, as the system does.
const LINKS: usize = 40;

/// Where a backup goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BackupTarget {
    /// Nothing is there.
    New(PathBuf),
    /// A regular file, which goes.
    Old(PathBuf),
    /// Something that takes bytes.
    Stream(PathBuf),
    /// Standard output.
    Output,
}

/// Why a backup can't go there.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// By what stands there.
    #[error("{0}: {1}")]
    Refused(String, Refused),
    /// The system says no.
    #[error("{0}: {1}")]
    Io(String, io::Error),
}

impl BackupTarget {
    /// What a name stands for; `-`: standard output. `force`: a file that is there may be replaced.
    pub(crate) fn at(path: &Path, force: bool) -> Result<Self, TargetError> {
        if path == Path::new("-") {
            return Ok(Self::Output);
        }
        let failed = |error| TargetError::Io(path.display().to_string(), error);
        let (end, standing) = match std::fs::metadata(path) {
            Ok(facts) => (path.to_owned(), Standing::of(&facts, path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let end = end_of_links(path);
                let standing = if folder_of(&end).is_dir() { Standing::Nothing } else { Standing::NoFolder };
                (end, standing)
            }
            Err(error) => return Err(failed(error)),
        };
        match way(standing, force).map_err(|why| TargetError::Refused(path.display().to_string(), why))? {
            Way::Make => Ok(Self::New(end)),
            Way::Replace => std::fs::canonicalize(&end).map(Self::Old).map_err(failed),
            Way::Through => Ok(Self::Stream(end)),
        }
    }

    /// Where the copy is made before it goes there whole: beside the file, so that it can take its place at once, else in the data folder.
    pub(crate) fn part(&self, data: &Path) -> PathBuf {
        match self {
            Self::New(end) | Self::Old(end) => {
                let name = end.file_name().unwrap_or_default().to_string_lossy();
                end.with_file_name(format!(".{name}.fieldpost-part"))
            }
            Self::Stream(_) | Self::Output => data.join(".backup.fieldpost-part"),
        }
    }

    /// Puts the whole copy there; the part is gone afterwards, or the caller's to take away.
    pub(crate) fn put(&self, part: &Path) -> Result<(), TargetError> {
        let failed = |error| TargetError::Io(self.name(), error);
        match self {
            Self::New(end) if std::fs::symlink_metadata(end).is_ok() => {
                Err(TargetError::Refused(self.name(), Refused::FileThere))
            }
            Self::New(end) | Self::Old(end) => {
                std::fs::rename(part, end).map_err(failed)?;
                std::fs::File::open(folder_of(end)).and_then(|folder| folder.sync_all()).map_err(failed)
            }
            Self::Stream(end) => pass(part, &mut OpenOptions::new().append(true).open(end).map_err(failed)?).map_err(failed),
            Self::Output => pass(part, &mut io::stdout().lock()).map_err(failed),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::New(end) | Self::Old(end) | Self::Stream(end) => end.display().to_string(),
            Self::Output => "standard output".to_owned(),
        }
    }
}

fn pass(part: &Path, to: &mut impl io::Write) -> io::Result<()> {
    io::copy(&mut std::fs::File::open(part)?, to)?;
    to.flush()?;
    std::fs::remove_file(part)
}

/// The name that a link to nothing leads to.
fn end_of_links(path: &Path) -> PathBuf {
    let mut end = path.to_owned();
    for _ in 0..LINKS {
        match std::fs::read_link(&end) {
            Ok(target) => end = folder_of(&end).join(target),
            Err(_) => break,
        }
    }
    end
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
