//! Where an application says how it is, if that is a file. What prints it is among the programs.

use super::access::unreadable;
use super::{Finding, found};
use crate::config::Application;
use crate::guarded_path::PathGuard;
use fieldpost_common::text;
use std::path::Path;

pub(super) fn check(guard: &PathGuard, application: &Application) -> Option<Finding> {
    let file = application.state.as_ref()?.file.as_ref()?;
    Some(found(format!("state of {}", application.name), look(guard, file.as_path())))
}

fn look(guard: &PathGuard, path: &Path) -> Result<String, String> {
    match guard.open_file(path) {
        Ok((_, meta)) => Ok(format!("{}, {}", path.display(), text::size(meta.size))),
        Err(error) => Err(unreadable(path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_file_is_there_and_can_be_read() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("health.json");
        assert!(look(&PathGuard::default(), &file).expect_err("none").contains("start the application"));
        std::fs::write(&file, "{}").expect("written");
        assert!(
            look(&PathGuard::default(), &file).is_ok_and(|words| words.ends_with("health.json, 2 B")),
            "{:?}",
            look(&PathGuard::default(), &file)
        );
        assert!(look(&PathGuard::default(), dir.path()).expect_err("a folder").contains("it is not a file\nname a file"));
    }
}
