//! The sequence of docs/quick-start.md, word for word: only port and folder differ.

use fieldpost_tests::binaries;
use fieldpost_tests::cli::Cli;
use fieldpost_tests::patience::{until, until_true};
use fieldpost_tests::world::free_address;
use std::process::{Child, Stdio};

/// A process that ends with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const PATCH: &str = "'From Squeak5.0 of 20 July 2015 [latest update: #15110] on 20 November 2026 at 4:14:07 pm'!
!Order methodsFor: 'pricing' stamp: 'bn 11/20/2026 16:10'!
roundLots
\t^lots rounded! !
";

#[test]
fn the_quick_start_works_as_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = free_address();
    let program = |name: &str, args: &[&str]| {
        let mut command = binaries::command(name);
        command.args(args).current_dir(folder.path()).stdin(Stdio::null());
        command
    };
    let json = |output: std::process::Output| -> serde_json::Value {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let url = format!("http://{address}");
    let init = json(program("fieldpost-server", &["init", "--data", "./data", "--url", &url, "--json"]).output().expect("init"));
    let listen = address.to_string();
    let server = program("fieldpost-server", &["run", "--data", "./data", "--listen", &listen])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    let _server = Ended(server.expect("the server starts"));
    until("the server listens", || std::net::TcpStream::connect(address).ok());

    let cli = Cli::new(folder.path().join("config"), folder.path());
    cli.ok(&["login", init["login"].as_str().expect("a login string")]);
    cli.ok(&["app", "add", "trading", "--versions", "7.6,7.7", "--issue-url", "https://tracker.example/{issue}"]);
    let site = cli.json(&["site", "add", "acme", "--app", "trading=7.7"]);
    let enrolment = site["enrolment"].as_str().expect("an enrolment string");
    let enroll =
        program("fieldpost-agent", &["enroll", enrolment, "--config", "./acme.toml", "--app", "trading=7.7:./acme-patches"]);
    assert!({ enroll }.status().expect("enroll").success());
    let agent =
        program("fieldpost-agent", &["run", "--config", "./acme.toml"]).stderr(Stdio::null()).stdout(Stdio::null()).spawn();
    let _agent = Ended(agent.expect("the agent starts"));

    std::fs::write(folder.path().join("4711-Order.st"), PATCH).expect("the patch");
    cli.ok(&["publish", "4711-Order.st", "--app", "trading", "--version", "7.7"]);
    // "send" right after "run &" must work though the agent may not have polled yet.
    cli.ok(&["send", "4711-Order.st", "--app", "trading", "--to", "acme", "--yes"]);
    let installed = folder.path().join("acme-patches/4711-Order.st");
    until_true("the file is in ./acme-patches", || std::fs::read(&installed).is_ok_and(|bytes| bytes == PATCH.as_bytes()));
    cli.wait_state("trading", "4711-Order.st", "acme", "in_sync");

    let row = cli.row("trading", "4711-Order.st");
    assert_eq!(row["issue"], "4711");
    assert_eq!(row["author"], "bn");
    assert_eq!(row["changed_at"], "2026-11-20T16:10:00");
    assert_eq!(row["filed_out_at"], "2026-11-20T16:14:07");
    assert_eq!(row["current"], serde_json::json!({ "7.7": row["sha256"] }));
    assert!(row["cells"]["acme"]["age_s"].is_u64(), "{row}");
    assert!(row["cells"]["acme"].as_object().expect("a cell").contains_key("reason"), "{row}");
    cli.ok(&["retrieve", "4711-Order.st", "--app", "trading", "--from", "acme", "--publish", "--version", "7.7"]);
}
