//! Whether the user that runs this may do something with a file or folder, and why not in words.

use crate::guarded_path::{PathError, resolved};
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
    match PathError::of(error) {
        Some(PathError::Link(link)) => return format!("{} is a link, and links are not followed", link.display()),
        Some(other) => return other.to_string(),
        None => {}
    }
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
    let cure = refused(file, error, "file").unwrap_or_else(|| {
        let cure = match error.kind() {
            ErrorKind::NotFound => "start the application, which writes it, or name the right file in the config",
            ErrorKind::PermissionDenied => "let the user that runs the agent read it and enter its folders",
            _ => "name a file in the config",
        };
        cure.to_owned()
    });
    format!("{}: {}\n{cure}", file.display(), why(Deed::Read, error))
}

/// How to mend what the agent itself refuses to open; none: the system said no. `what`: file or directory.
pub(super) fn refused(path: &Path, error: &io::Error, what: &str) -> Option<String> {
    let cure = match PathError::of(error)? {
        PathError::Link(_) | PathError::Upward => match resolved(path) {
            Some(real) => format!("write where it leads in the config, if that is meant: {}", real.display()),
            None => format!("it leads nowhere: name the {what} itself in the config"),
        },
        PathError::ManyNames(_) => {
            "remove the other names (`find DIRECTORY -samefile FILE` shows them), or name another file".to_owned()
        }
        PathError::Own => format!("name a {what} of the application in the config"),
        PathError::NotAFile => "name a file in the config".to_owned(),
        PathError::NotADirectory => "name a directory in the config".to_owned(),
    };
    Some(cure)
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
