//! Finds the programs that stand beside this one.

use super::DemoError;
use std::path::{Path, PathBuf};

/// The three programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) app: PathBuf,
    pub(super) server: PathBuf,
    pub(super) agent: PathBuf,
}

/// Beside the program that runs.
pub(super) fn find() -> Result<Binaries, DemoError> {
    let app = std::env::current_exe().map_err(DemoError::io("this program's own path"))?;
    beside(&app)
}

fn beside(app: &Path) -> Result<Binaries, DemoError> {
    let program = |name: &str| {
        let path = app.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        if path.is_file() { Ok(path) } else { Err(DemoError::Missing(path)) }
    };
    Ok(Binaries { app: app.to_owned(), server: program("fieldpost-server")?, agent: program("fieldpost-agent")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_the_command_that_builds_it() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("fieldpost-server"), "").expect("written");
        let error = beside(&folder.path().join("fieldpost")).expect_err("no agent").to_string();
        assert!(error.contains("fieldpost-agent") && error.contains("cargo build"), "{error}");
    }
}
