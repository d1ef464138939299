//! Builds the programs under test once, with the profile that the tests themselves were built with.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder that holds `fieldpost`, `fieldpost-server` and `fieldpost-agent`, freshly built.
///
/// # Panics
/// When the build fails: no test can run then.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| build(&["--bins"]))
}

/// An example program of the workspace, freshly built.
///
/// # Panics
/// When the build fails.
pub fn example(name: &str) -> PathBuf {
    build(&["--example", name]).join("examples").join(name)
}

fn build(what: &[&str]) -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    // target/PROFILE/deps/system-…
    let folder = test.parent().and_then(Path::parent).expect("a profile folder").to_owned();
    let target = folder.parent().expect("a target folder");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--workspace", "--target-dir"]).arg(target).args(what);
    build.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    if folder.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.status().expect("cargo runs").success(), "the programs under test don't build");
    folder
}

/// One of the programs, with an environment of its own: nothing of the caller's settings reaches it.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(folder().join(program));
    command.env_clear();
    // What a test writes as if at a site says the time of the test's zone.
    for kept in ["PATH", "TMPDIR", "LANG", "TZ", "RUST_BACKTRACE"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}
