//! The program as people start it: what it prints, and how it ends.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn server(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fieldpost-server"));
    command.current_dir(folder).args(args).stdin(Stdio::null());
    command
}

fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = server(folder, args).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

const INIT: &[&str] = &["init", "--data", "data", "--url", "http://127.0.0.1:8700", "--json"];

/// A running server, and the address that it says it listens on.
fn start(folder: &Path) -> (Child, String) {
    let args = ["run", "--data", "data", "--listen", "127.0.0.1:0"];
    let mut child = server(folder, &args).stdout(Stdio::piped()).spawn().unwrap();
    let line = BufReader::new(child.stdout.as_mut().unwrap()).lines().next().unwrap().unwrap();
    let address = line.strip_prefix("listening on http://").unwrap().to_owned();
    (child, address)
}

#[test]
fn init_prints_a_login_string_once() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = run(folder.path(), INIT);
    assert_eq!(code, Some(0), "{text}");
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(answer["login"].as_str().unwrap().starts_with("fieldpost-login."));
    let (code, text) = run(folder.path(), INIT);
    assert_eq!(code, Some(1));
    assert!(text.contains("data has fieldpost data already"), "{text}");
}

#[test]
fn a_broken_config_is_named_with_line_and_column_and_ends_with_78() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), INIT);
    std::fs::write(folder.path().join("server.toml"), "listen = \"127.0.0.1:0\"\nmax_contnet = 5\n").unwrap();
    let (code, text) = run(folder.path(), &["run", "--data", "data", "--config", "server.toml"]);
    assert_eq!(code, Some(78));
    assert!(text.contains("server.toml:2:1: unknown field `max_contnet`"), "{text}");
    let (code, text) = run(folder.path(), &["run", "--data", "data", "--listen", "0.0.0.0:0"]);
    assert_eq!(code, Some(78));
    assert!(text.contains("in the clear"), "{text}");
}

#[test]
fn data_that_is_not_there_is_named_with_the_cure() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = run(folder.path(), &["run", "--data", "nothing", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("no fieldpost data in nothing") && text.contains("init --data nothing"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_running_server_is_ready_is_alone_can_be_copied_and_ends_well_on_term() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), INIT);
    let (mut child, address) = start(folder.path());
    assert_eq!(run(folder.path(), &["healthcheck", "--listen", &address]), (Some(0), "ready\n".to_owned()));
    let (code, text) = run(folder.path(), &["run", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert!(code == Some(1) && text.contains("another fieldpost-server is running on data"), "{text}");
    let (code, text) = run(folder.path(), &["check", "--data", "data"]);
    assert_eq!((code, text.as_str()), (Some(0), "sound: 0 contents, 1 audit rows\n"));
    let (code, text) = run(folder.path(), &["backup", "--data", "data", "copy.db"]);
    assert_eq!((code, text.as_str()), (Some(0), "copy.db: 0 contents, 1 audit rows\n"));
    let term = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(term.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(run(folder.path(), &["healthcheck", "--listen", &address]).0, Some(1));
}
