//! Writes what a person wants to have written: through devices, pipes and links, a file whole or not at all, none replaced unasked.

use fieldpost_common::destination::{Refused, Standing, Way, way};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// So many links are followed, as the system does.
const LINKS: usize = 40;

/// Why a file wasn't written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// By what stands there.
    #[error("{path}: {why}", path = path.display())]
    Refused {
        /// The path as it was named.
        path: PathBuf,
        /// Why.
        why: Refused,
    },
    /// The system says no.
    #[error("{path}: {error}", path = path.display())]
    Io {
        /// On which file.
        path: PathBuf,
        /// The system's words.
        error: io::Error,
    },
}

/// Writes to a path that a person named. `force`: a regular file that is there may be replaced.
pub fn write(path: &Path, bytes: &[u8], force: bool) -> Result<(), OutputError> {
    let failed = |error| OutputError::Io { path: path.to_owned(), error };
    let (end, standing) = standing(path).map_err(failed)?;
    let refused = |why| OutputError::Refused { path: path.to_owned(), why };
    match way(standing, force).map_err(refused)? {
        Way::Make => match put(&end, bytes, None) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(refused(Refused::FileThere)),
            result => result.map_err(failed),
        },
        Way::Replace => put(&end, bytes, Some(std::fs::metadata(&end).map_err(failed)?.permissions())).map_err(failed),
        Way::Through => pass(path, bytes).map_err(failed),
    }
}

/// Replaces a file of the program's own, for its owner alone; through a link, and nothing but a regular file.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (end, standing) = standing(path)?;
    if let Err(why) = way(standing, true) {
        return Err(io::Error::other(why.to_string()));
    }
    if standing == Standing::Stream {
        return pass(path, bytes);
    }
    put(&end, bytes, Some(std::fs::Permissions::from_mode(0o600)))
}

/// Where the links of a path lead, and what stands there.
fn standing(path: &Path) -> io::Result<(PathBuf, Standing)> {
    match std::fs::metadata(path) {
        Ok(facts) => {
            let standing = Standing::of(&facts, path);
            let end = if standing == Standing::File { std::fs::canonicalize(path)? } else { path.to_owned() };
            Ok((end, standing))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let end = end_of_links(path)?;
            let folder = folder_of(&end);
            let standing = if folder.is_dir() { Standing::Nothing } else { Standing::NoFolder };
            Ok((end, standing))
        }
        Err(error) => Err(error),
    }
}

/// The name that a link to nothing leads to: a file is made there, as a shell would.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut end = path.to_owned();
    for _ in 0..LINKS {
        match std::fs::read_link(&end) {
            Ok(target) => end = folder_of(&end).join(target),
            // No link any more, or nothing.
            Err(_) => return Ok(end),
        }
    }
    Err(io::Error::other("too many links lead on from here"))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A whole file in place of nothing, or, with the mode that it is to have, in place of a file.
fn put(end: &Path, bytes: &[u8], replaces: Option<std::fs::Permissions>) -> io::Result<()> {
    let folder = folder_of(end);
    // The system takes away what the user's mask forbids.
    let mode = replaces.clone().unwrap_or_else(|| std::fs::Permissions::from_mode(0o666));
    let mut file = tempfile::Builder::new().prefix(".fieldpost-tmp-").permissions(mode).tempfile_in(folder)?;
    file.write_all(bytes)?;
    match replaces {
        None => drop(file.as_file().sync_all().and_then(|()| file.persist_noclobber(end).map_err(|error| error.error))?),
        Some(mode) => {
            file.as_file().set_permissions(mode)?;
            file.as_file().sync_all()?;
            drop(file.persist(end)?);
        }
    }
    std::fs::File::open(folder)?.sync_all()
}

/// Into what stands there, which is neither made nor cut off.
fn pass(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut stream = std::fs::OpenOptions::new().append(true).open(path)?;
    let kind = stream.metadata()?.file_type();
    if kind.is_block_device() {
        return Err(io::Error::other(Refused::Disk.to_string()));
    }
    stream.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, symlink};
    use std::process::Command;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    fn text(path: &Path) -> String {
        std::fs::read_to_string(path).expect("read")
    }

    fn words(result: Result<(), OutputError>) -> String {
        result.expect_err("refused").to_string()
    }

    #[test]
    fn a_new_file_is_made_and_one_that_is_there_is_replaced_only_by_force_and_keeps_its_mode() {
        let folder = folder();
        let path = folder.path().join("out.st");
        write(&path, b"one", false).expect("made");
        assert!(words(write(&path, b"two", false)).contains("--force"));
        assert_eq!(text(&path), "one");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("a mode");
        write(&path, b"two", true).expect("replaced");
        assert_eq!((text(&path).as_str(), std::fs::metadata(&path).expect("there").mode() & 0o777), ("two", 0o640));
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_link_stays_a_link_and_what_it_leads_to_is_written() {
        let folder = folder();
        let (link, file, deep) = (folder.path().join("link"), folder.path().join("file"), folder.path().join("deep"));
        symlink("file", &link).expect("a link");
        symlink("link", &deep).expect("a link to a link");
        write(&deep, b"one", false).expect("a link to nothing makes the file");
        assert_eq!(text(&file), "one");
        assert!(words(write(&link, b"two", false)).contains("--force"));
        write(&deep, b"two", true).expect("replaced");
        assert_eq!(text(&file), "two");
        for link in [&link, &deep] {
            assert!(std::fs::symlink_metadata(link).expect("there").file_type().is_symlink());
        }
        symlink("round", folder.path().join("round")).expect("a link to itself");
        assert!(write(&folder.path().join("round"), b"x", true).is_err());
    }

    #[test]
    fn a_pipe_is_written_through_and_stays_a_pipe() {
        let folder = folder();
        let path = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
        let reader = std::thread::spawn({
            let path = path.clone();
            move || text(&path)
        });
        write(&path, b"through", false).expect("written");
        assert_eq!(reader.join().expect("read"), "through");
        assert!(std::fs::symlink_metadata(&path).expect("there").file_type().is_fifo());
    }

    #[test]
    fn a_device_is_written_through_and_stays_a_device() {
        let folder = folder();
        let link = folder.path().join("null");
        symlink("/dev/null", &link).expect("a link");
        for force in [false, true] {
            write(&link, b"gone", force).expect("written");
        }
        assert!(std::fs::metadata(&link).expect("there").file_type().is_char_device());
        // A device of our own takes a right that not everybody has; the link above shows the rule without it.
        let own = folder.path().join("own");
        let made = Command::new("mknod").arg(&own).args(["c", "1", "3"]).status().expect("mknod").success();
        if made && write(&own, b"gone", true).is_ok() {
            assert!(std::fs::symlink_metadata(&own).expect("there").file_type().is_char_device());
        }
    }

    #[test]
    fn a_folder_a_missing_folder_and_a_socket_are_refused_with_words() {
        let folder = folder();
        assert!(words(write(folder.path(), b"x", true)).contains("this is a folder"));
        assert!(words(write(&folder.path().join("no/such"), b"x", true)).contains("folder is missing"));
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        assert!(words(write(&socket, b"x", true)).contains("neither a file"));
    }

    #[test]
    fn what_is_private_is_for_its_owner_only_also_behind_a_link() {
        let folder = folder();
        let (link, file) = (folder.path().join("link"), folder.path().join("file"));
        std::fs::write(&file, "old").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("opened");
        symlink(&file, &link).expect("a link");
        replace_private(&link, b"new").expect("replaced");
        assert_eq!((text(&file).as_str(), std::fs::metadata(&file).expect("there").mode() & 0o777), ("new", 0o600));
        assert!(std::fs::symlink_metadata(&link).expect("there").file_type().is_symlink());
    }
}
