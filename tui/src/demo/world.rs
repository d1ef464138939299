//! The processes and the folder of the demo. Whatever happens, both are gone when it is dropped.

mod process;
mod server;
mod sites;

pub(super) use process::{Ran, text};
pub(super) use server::Pace;
pub(super) use sites::SITES;

use super::binaries::{self, Binaries};
use super::letterbox::Letterbox;
use super::until::until;
use super::{DemoError, say};
use crate::keyring::Keyring;
use process::{end, finish};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// One server, its sites, and a developer.
#[derive(Debug)]
pub(super) struct World {
    binaries: Binaries,
    folder: tempfile::TempDir,
    address: SocketAddr,
    letterbox: Letterbox,
    processes: BTreeMap<String, Child>,
}

impl World {
    /// An empty folder and a free port; nothing runs yet.
    pub(super) fn make() -> Result<Self, DemoError> {
        let binaries = binaries::find()?;
        let folder = tempfile::Builder::new().prefix("fieldpost-demo-").tempdir().map_err(DemoError::io("a temporary folder"))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(DemoError::io("a free port"))?;
        let address = listener.local_addr().map_err(DemoError::io("a free port"))?;
        let letterbox = Letterbox::open(&folder.path().join("mail"))?;
        Ok(Self { binaries, folder, address, letterbox, processes: BTreeMap::new() })
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the developer's token and keys are.
    pub(super) fn keyring(&self) -> Keyring {
        Keyring::at(self.path().join("config"))
    }

    /// Where a site keeps its patches.
    pub(super) fn patch(&self, site: &str, patch: &str) -> PathBuf {
        self.path().join(format!("{site}-patches")).join(patch)
    }

    /// The mails so far.
    pub(super) fn mails(&self) -> Vec<String> {
        self.letterbox.mails()
    }

    /// Somebody at a site, or a developer, saves a file.
    pub(super) fn save(&self, path: &Path, content: &[u8]) -> Result<(), DemoError> {
        let failed = || DemoError::io(path.display().to_string());
        let folder = path.parent().unwrap_or(self.path());
        std::fs::create_dir_all(folder).map_err(failed())?;
        std::fs::write(path, content).map_err(failed())
    }

    /// Runs this program's own command line, as a script would, with `--json`.
    pub(super) async fn cli(&self, args: &[&str]) -> Result<Ran, DemoError> {
        self.plain(&[args, &["--json"]].concat()).await
    }

    /// Runs this program's own command line as a person does, for its words.
    pub(super) async fn plain(&self, args: &[&str]) -> Result<Ran, DemoError> {
        let mut command = self.command(&self.binaries.app, args);
        command.env("FIELDPOST_CONFIG_DIR", self.path().join("config"));
        finish(command).await
    }

    /// Runs a command that must succeed, for its data.
    pub(super) async fn json(&self, args: &[&str]) -> Result<Value, DemoError> {
        self.cli(args).await?.ok()?.json()
    }

    /// All rows, as `fieldpost patches --json` says them.
    pub(super) async fn rows(&self) -> Result<Vec<Value>, DemoError> {
        let table = self.json(&["patches", "--app", "trading"]).await?;
        Ok(table["patches"].as_array().cloned().unwrap_or_default())
    }

    /// A cell, as `fieldpost patches --json` says it.
    pub(super) async fn cell(&self, patch: &str, site: &str) -> Result<Value, DemoError> {
        let row = self.rows().await?.into_iter().find(|row| row["name"] == patch).unwrap_or_default();
        Ok(row["cells"][site].clone())
    }

    /// The state of a cell.
    pub(super) async fn state(&self, patch: &str, site: &str) -> Result<String, DemoError> {
        Ok(text(&self.cell(patch, site).await?["state"]).to_owned())
    }

    /// Waits until a cell has a state.
    pub(super) async fn wait_state(&self, patch: &str, site: &str, wanted: &str) -> Result<(), DemoError> {
        until(async || {
            let cell = self.cell(patch, site).await?;
            let seen = || format!("{patch} at {site} becomes {wanted}; it is {cell}");
            Ok(if cell["state"] == wanted { Ok(()) } else { Err(seen()) })
        })
        .await
    }

    /// The incidents that are open, and those that are over.
    pub(super) async fn incidents(&self) -> Result<(Vec<Value>, Vec<Value>), DemoError> {
        let of = |answer: Value| answer["incidents"].as_array().cloned().unwrap_or_default();
        Ok((of(self.json(&["incidents"]).await?), of(self.json(&["incidents", "--closed"]).await?)))
    }

    /// The ends of all logs, for whoever has to find out.
    pub(super) fn show_logs(&self) {
        for name in ["server"].into_iter().chain(SITES) {
            let log = std::fs::read(self.log_file(name)).unwrap_or_default();
            let log = fieldpost_common::text::Clean::lines(&String::from_utf8_lossy(&log));
            let lines: Vec<&str> = log.as_str().lines().collect();
            if !lines.is_empty() {
                say(&format!("-- the end of {name}'s log\n{}", lines[lines.len().saturating_sub(15)..].join("\n")));
            }
        }
    }

    fn log_file(&self, name: &str) -> PathBuf {
        self.path().join(format!("{name}.log"))
    }

    fn command(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.path()).stdin(Stdio::null());
        command
    }

    fn start(&mut self, name: &str, mut command: Command) -> Result<(), DemoError> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_file(name))
            .map_err(DemoError::io(format!("{name}'s log")))?;
        let copy = log.try_clone().map_err(DemoError::io(format!("{name}'s log")))?;
        // A group of its own: a Ctrl-c at the terminal is for the demo, which then ends them in order.
        let child = command.stdout(copy).stderr(log).process_group(0).spawn().map_err(DemoError::io(name))?;
        self.processes.insert(name.to_owned(), child);
        Ok(())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // The server last: agents that lose it would only log about it.
        let server = self.processes.remove("server");
        for mut child in std::mem::take(&mut self.processes).into_values().chain(server) {
            end(&mut child);
        }
    }
}
