//! What an enrolment made so far: taken away again when it comes to nothing, so that the next try begins clean.

use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Files and folders that weren't there before, in the order of their making.
#[derive(Debug, Default)]
pub(super) struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    kept: bool,
}

impl Made {
    /// Notes a file that is new.
    pub(super) fn file(&mut self, path: PathBuf) {
        self.files.push(path);
    }

    /// Makes a folder with all that lead to it.
    pub(super) fn folder(&mut self, path: &Path, mode: u32) -> io::Result<()> {
        let missing: Vec<_> = path.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
        for folder in missing.into_iter().rev() {
            std::fs::DirBuilder::new().mode(mode).create(&folder)?;
            self.folders.push(folder);
        }
        if path.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// The enrolment came to something: everything stays.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // Best effort: what can't be taken away again, or has been filled since, does no harm to the next try.
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}
