//! `fieldpost` as a script runs it: arguments in, exit code, data and talk out.

use crate::binaries;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One person's `fieldpost`, with a config folder of its own.
#[derive(Debug, Clone)]
pub struct Cli {
    /// Where token and keys are kept.
    pub config: PathBuf,
    /// Where commands run.
    pub folder: PathBuf,
}

/// How a command ended.
#[derive(Debug, Clone)]
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// Standard output: data.
    pub out: String,
    /// Standard error: talk.
    pub err: String,
    /// The arguments, for messages.
    pub args: String,
}

impl Cli {
    /// A `fieldpost` that keeps its token and keys in `config` and runs in `folder`.
    pub fn new(config: PathBuf, folder: &Path) -> Self {
        Self { config, folder: folder.to_owned() }
    }

    /// The command, for those who need more than its output.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = binaries::command("fieldpost");
        command.env("FIELDPOST_CONFIG_DIR", &self.config).current_dir(&self.folder).args(args);
        command
    }

    /// Runs it to its end, without a terminal.
    pub fn run(&self, args: &[&str]) -> Run {
        let output = self.command(args).stdin(Stdio::null()).output().expect("fieldpost runs");
        Run {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            args: args.join(" "),
        }
    }

    /// Runs a command that must succeed.
    pub fn ok(&self, args: &[&str]) -> Run {
        self.run(args).exits(0)
    }

    /// Runs a command with `--json` that must succeed.
    pub fn json(&self, args: &[&str]) -> Value {
        self.ok(&[args, &["--json"]].concat()).json()
    }

    /// The state of one cell, as `fieldpost patches --json` says it.
    pub fn state(&self, application: &str, patch: &str, site: &str) -> String {
        let cell = self.cell(application, patch, site);
        cell["state"].as_str().unwrap_or("missing").to_owned()
    }

    /// One cell, as `fieldpost patches --json` says it; null when the patch isn't listed.
    pub fn cell(&self, application: &str, patch: &str, site: &str) -> Value {
        self.row(application, patch)["cells"][site].clone()
    }

    /// One row of `fieldpost patches --json`; null when the patch isn't listed.
    pub fn row(&self, application: &str, patch: &str) -> Value {
        let table = self.json(&["patches", "--app", application]);
        let rows = table["patches"].as_array().expect("a list of patches");
        rows.iter().find(|row| row["name"] == patch).cloned().unwrap_or_default()
    }

    /// Waits until a cell has a state.
    pub fn wait_state(&self, application: &str, patch: &str, site: &str, state: &str) {
        let mut last = String::new();
        crate::patience::until(&format!("{patch} at {site} is {state}"), || {
            let now = self.state(application, patch, site);
            if now != last {
                eprintln!("{patch} at {site}: {now}");
                last.clone_from(&now);
            }
            (now == state).then_some(())
        });
    }
}

impl Run {
    /// Checks the exit code.
    ///
    /// # Panics
    /// When it is another, with all that was printed.
    #[must_use]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "fieldpost {}\n-- stdout\n{}\n-- stderr\n{}", self.args, self.out, self.err);
        self
    }

    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("fieldpost {}: {error} in\n{}", self.args, self.out))
    }

    /// Checks that a text was said, as data or as talk.
    #[must_use]
    pub fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text) || self.err.contains(text), "{text:?} is not in\n{}\n{}", self.out, self.err);
        self
    }
}
