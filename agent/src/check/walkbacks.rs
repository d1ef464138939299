//! The directories in which an application writes walkbacks, and what becomes of those that were sent.

use super::access::{Deed, refused, why, writable};
use super::{Finding, found};
use crate::config::{AbsolutePath, AfterSending, Application};
use crate::guarded_path::PathGuard;
use cap_std::fs::MetadataExt as _;
use std::io::{self, ErrorKind};
use std::path::Path;

pub(super) fn check(guard: &PathGuard, application: &Application) -> Vec<Finding> {
    let takes_away = application.walkbacks_sent != AfterSending::Keep;
    let directories: Vec<&Path> = application.walkbacks.iter().map(AbsolutePath::as_path).collect();
    let what = format!("walkbacks of {}", application.name);
    let mut findings: Vec<_> = directories.iter().map(|path| found(&what, look(guard, path, takes_away))).collect();
    if let AfterSending::Move(target) = &application.walkbacks_sent
        && !directories.is_empty()
    {
        findings.push(found(format!("sent walkbacks of {}", application.name), moved(guard, target.as_path(), &directories)));
    }
    findings
}

fn look(guard: &PathGuard, path: &Path, takes_away: bool) -> Result<String, String> {
    let shown = path.display();
    let wrong = |deed, error: &io::Error, cure: &str| Err(format!("{shown}: {}\n{cure}", why(deed, error)));
    if let Err(error) = guard.open_folder(path).and_then(|dir| dir.entries()?.next().transpose()) {
        if let Some(cure) = refused(path, &error, "directory") {
            return wrong(Deed::Read, &error, &cure);
        }
        let cure = match error.kind() {
            ErrorKind::NotFound => "make it, mount it, or name the right directory in the config",
            ErrorKind::PermissionDenied => "let the user that runs the agent read it",
            _ => "name a directory in the config",
        };
        return wrong(Deed::Read, &error, cure);
    }
    if !takes_away {
        return Ok(format!("{shown}"));
    }
    match writable(path) {
        Ok(()) => Ok(format!("{shown}, writable")),
        Err(error) => wrong(
            Deed::Write,
            &error,
            "let the user that runs the agent write it, or set walkbacks_sent = \"keep\": what was sent goes out of it",
        ),
    }
}

/// Whether files can be moved to a folder: it, or the nearest that is there above it, is writable and on their file system.
fn moved(guard: &PathGuard, target: &Path, from: &[&Path]) -> Result<String, String> {
    let shown = target.display();
    let there = target.ancestors().find(|folder| folder.symlink_metadata().is_ok()).unwrap_or(Path::new("/"));
    let wrong = |what: String, cure: &str| Err(format!("{shown}: {what}\n{cure}"));
    let meta = match guard.open_folder(there).and_then(|dir| dir.dir_metadata()) {
        Ok(meta) => meta,
        Err(error) => {
            let cure = refused(target, &error, "directory").unwrap_or_else(|| "name another folder in walkbacks_sent".to_owned());
            return wrong(format!("{}: {}", there.display(), why(Deed::Read, &error)), &cure);
        }
    };
    if let Err(error) = writable(there) {
        let cure = "let the user that runs the agent write it, or name another folder in walkbacks_sent";
        return wrong(format!("{}: {}", there.display(), why(Deed::Write, &error)), cure);
    }
    let elsewhere = |path: &&&Path| {
        guard.open_folder(path).and_then(|dir| dir.dir_metadata()).is_ok_and(|directory| directory.dev() != meta.dev())
    };
    if let Some(path) = from.iter().find(elsewhere) {
        return wrong(
            format!("it is not on the file system of {}", path.display()),
            "name a folder on the same file system in walkbacks_sent: files are renamed, not copied",
        );
    }
    Ok(if there == target { format!("moved to {shown}") } else { format!("moved to {shown}, which will be made") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::as_user::drop_privileges;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_walkback_directory_is_there_and_a_directory() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(look(&PathGuard::default(), dir.path(), false).is_ok() && look(&PathGuard::default(), dir.path(), true).is_ok());
        assert!(look(&PathGuard::default(), &dir.path().join("no"), false).expect_err("none").contains("\nmake it, mount it"));
        let file = dir.path().join("file");
        std::fs::write(&file, "x").expect("written");
        assert!(look(&PathGuard::default(), &file, false).expect_err("a file").contains("\nname a directory"));
    }

    #[test]
    fn a_directory_out_of_which_files_are_taken_has_to_be_writable_and_another_has_not() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(dir.path(), Permissions::from_mode(0o555)).expect("modes");
        drop_privileges();
        assert!(look(&PathGuard::default(), dir.path(), false).is_ok());
        let wrong = look(&PathGuard::default(), dir.path(), true).expect_err("read only");
        assert!(wrong.contains("this user may not write it") && wrong.contains("walkbacks_sent = \"keep\""), "{wrong}");
        let target = moved(&PathGuard::default(), &dir.path().join("a/b"), &[]).expect_err("read only");
        assert!(target.contains("this user may not write it"), "{target}");
    }

    #[test]
    fn what_was_sent_is_moved_to_a_folder_that_is_there_or_can_be_made_on_the_same_file_system() {
        let dir = tempfile::tempdir().expect("a folder");
        let from = [dir.path()];
        assert!(moved(&PathGuard::default(), dir.path(), &from).is_ok_and(|words| !words.contains("will be made")));
        assert!(
            moved(&PathGuard::default(), &dir.path().join("a/b"), &from)
                .is_ok_and(|words| words.ends_with("a/b, which will be made"))
        );
        let file = dir.path().join("file");
        std::fs::write(&file, "x").expect("written");
        assert!(
            moved(&PathGuard::default(), &file.join("a"), &from).expect_err("below a file").contains("it is not a directory")
        );
        let elsewhere = moved(&PathGuard::default(), dir.path(), &[Path::new("/proc")]).expect_err("another file system");
        assert!(elsewhere.contains("not on the file system of /proc\n"), "{elsewhere}");
    }
}
