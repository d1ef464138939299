//! The logs that developers may read: each is a file that can be read, or will be one.

use super::access::unreadable;
use super::{Finding, found};
use crate::config::Application;
use crate::guarded_path::PathGuard;
use fieldpost_common::text;
use std::io::ErrorKind;
use std::path::Path;

pub(super) fn check(guard: &PathGuard, application: &Application) -> Vec<Finding> {
    let one = |(name, path): (_, &crate::config::AbsolutePath)| {
        found(format!("log {name} of {}", application.name), look(guard, path.as_path()))
    };
    application.logs.iter().map(one).collect()
}

fn look(guard: &PathGuard, path: &Path) -> Result<String, String> {
    let shown = path.display();
    match guard.open_file(path) {
        Ok((_, meta)) => Ok(format!("{shown}, {}", text::size(meta.size))),
        Err(error) if error.kind() == ErrorKind::NotFound => match path.parent() {
            // Many logs are made by what writes first to them.
            Some(folder) if folder.is_dir() => Ok(format!("{shown} isn't there yet")),
            _ => Err(format!("{shown}: not even its folder is there\nmake the folder, or name the right log in the config")),
        },
        Err(error) => Err(unreadable(path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::as_user::drop_privileges;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_log_is_a_file_that_can_be_read_or_will_be_one() {
        let dir = tempfile::tempdir().expect("a folder");
        let log = dir.path().join("main.log");
        assert!(look(&PathGuard::default(), &log).is_ok_and(|words| words.ends_with("main.log isn't there yet")));
        std::fs::write(&log, "x".repeat(2048)).expect("written");
        assert!(
            look(&PathGuard::default(), &log).is_ok_and(|words| words.ends_with("main.log, 2.0 KiB")),
            "{:?}",
            look(&PathGuard::default(), &log)
        );
        let lost = look(&PathGuard::default(), &dir.path().join("no/main.log")).expect_err("no folder");
        assert!(lost.contains("not even its folder is there\nmake the folder"), "{lost}");
        let folder = look(&PathGuard::default(), dir.path()).expect_err("a folder");
        assert!(folder.contains("it is not a file\nname a file"), "{folder}");
    }

    #[test]
    fn a_pipe_is_no_log_and_is_not_waited_for() {
        let dir = tempfile::tempdir().expect("a folder");
        let pipe = dir.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("a pipe");
        assert!(look(&PathGuard::default(), &pipe).expect_err("a pipe").contains("it is not a file"));
    }

    #[test]
    fn a_log_that_this_user_may_not_read_says_who_has_to() {
        let dir = tempfile::tempdir().expect("a folder");
        let log = dir.path().join("main.log");
        std::fs::write(&log, "x").expect("written");
        std::fs::set_permissions(&log, Permissions::from_mode(0o000)).expect("modes");
        drop_privileges();
        let wrong = look(&PathGuard::default(), &log).expect_err("unreadable");
        assert!(
            wrong.contains("this user may not read it") && wrong.contains("let the user that runs the agent read it"),
            "{wrong}"
        );
    }
}
