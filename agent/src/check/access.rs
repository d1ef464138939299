//! Whether the user that runs this may do something with a file or folder, and why not in words.

use rustix::fs::{Access, AtFlags, CWD};
use std::io::{self, ErrorKind};
use std::path::Path;

/// What somebody wants to do with a file or folder.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed {
    Read,
    Write,
    Run,
}

/// Why it can't be done.
pub(super) fn why(deed: Deed, error: &io::Error) -> String {
    let (verb, done) = match deed {
        Deed::Read => ("read", "read"),
        Deed::Write => ("write", "written"),
        Deed::Run => ("run", "run"),
    };
    match error.kind() {
        ErrorKind::NotFound => "it isn't there".to_owned(),
        ErrorKind::PermissionDenied => format!("this user may not {verb} it"),
        _ => format!("it can't be {done}: {error}"),
    }
}

/// A file that can't be read, and how to mend that.
pub(super) fn unreadable(file: &Path, error: &io::Error) -> String {
    let cure = match error.kind() {
        ErrorKind::NotFound => "start the application, which writes it, or name the right file in the config",
        ErrorKind::PermissionDenied => "let the user that runs the agent read it and enter its folders",
        _ => "name a file in the config",
    };
    format!("{}: {}\n{cure}", file.display(), why(Deed::Read, error))
}

/// Whether it may put files into a folder, and take them out.
pub(super) fn writable(folder: &Path) -> io::Result<()> {
    may(folder, Access::WRITE_OK | Access::EXEC_OK)
}

/// Whether it may run a file.
pub(super) fn runnable(file: &Path) -> io::Result<()> {
    may(file, Access::EXEC_OK)
}

fn may(path: &Path, what: Access) -> io::Result<()> {
    Ok(rustix::fs::accessat(CWD, path, what, AtFlags::EACCESS)?)
}
