//! Writes a small file so that a crash or power cut leaves the old or the new one, never a mix.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Writes `bytes` to a temporary file beside `path`, syncs it, renames it into place and syncs the directory.
pub fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let temp = beside(path);
    let written = write_synced(&temp, bytes, mode).and_then(|()| std::fs::rename(&temp, path));
    if written.is_err() {
        // The first error is the one to tell; a temporary file left behind is overwritten the next time.
        let _ = std::fs::remove_file(&temp);
    }
    written?;
    sync_parent(path)
}

/// Writes like [`write()`], without waiting for the disk: for files that may be lost.
pub fn write_lightly(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temp = beside(path);
    std::fs::write(&temp, bytes)?;
    std::fs::rename(&temp, path)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

fn write_synced(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a rename or a new file in the directory of `path` survive a power cut.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}
