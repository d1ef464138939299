//! Where an application says how it is, if that is a file. What prints it is among the programs.

use super::access::unreadable;
use super::{Finding, found};
use crate::config::Application;
use crate::log;
use fieldpost_common::text;
use std::path::Path;

pub(super) fn check(application: &Application) -> Option<Finding> {
    let file = application.state.as_ref()?.file.as_ref()?;
    Some(found(format!("state of {}", application.name), look(file.as_path())))
}

fn look(path: &Path) -> Result<String, String> {
    match log::open(path) {
        Ok((_, size)) => Ok(format!("{}, {}", path.display(), text::size(size))),
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
        assert!(look(&file).expect_err("none").contains("start the application"));
        std::fs::write(&file, "{}").expect("written");
        assert!(look(&file).is_ok_and(|words| words.ends_with("health.json, 2 B")), "{:?}", look(&file));
        assert!(look(dir.path()).expect_err("a folder").contains("it is not a file\nname a file"));
    }
}
