//! The processes and the folder of the demo. Whatever happens, both are gone when it is dropped.

use super::binaries::{self, Binaries};
use super::letterbox::Letterbox;
use super::{DemoError, health, say};
use crate::clock::Stopwatch;
use crate::keyring::Keyring;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long something that should happen may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long between two looks.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a process may take to end when it is asked to.
const ENDS_WITHIN: Duration = Duration::from_secs(3);

/// One server, its sites, and a developer.
#[derive(Debug)]
pub(super) struct World {
    binaries: Binaries,
    folder: tempfile::TempDir,
    address: SocketAddr,
    letterbox: Letterbox,
    processes: BTreeMap<String, Child>,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Ran {
    /// What was run; without the long words in it.
    command: String,
    /// The exit code; -1: a signal.
    pub(super) code: i32,
    /// Standard output.
    pub(super) out: String,
    /// Standard error.
    pub(super) err: String,
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

    /// Starts the server and logs its first developer in.
    pub(super) async fn start_server(&mut self) -> Result<(), DemoError> {
        let url = format!("http://{}", self.address);
        let init = self.command(&self.binaries.server, &["init", "--data", "data", "--url", &url, "--user", "ada", "--json"]);
        let init = finish(init).await?.json()?;
        let listen = self.address.to_string();
        self.save(&self.path().join("server.toml"), self.server_config().as_bytes())?;
        let run = self.command(&self.binaries.server, &["run", "--data", "data", "--listen", &listen, "--config", "server.toml"]);
        self.start("server", run)?;
        let address = self.address;
        self.wait("the server listens", || TcpStream::connect_timeout(&address, PAUSE).is_ok()).await?;
        self.cli(&["login", text(&init["login"])]).await?.ok()?;
        Ok(())
    }

    /// Makes a site, enrolls its agent and starts it.
    pub(super) async fn start_site(&mut self, site: &str, version: &str) -> Result<(), DemoError> {
        let added = self.json(&["site", "add", site, "--app", &format!("trading={version}")]).await?;
        let (config, app) = (format!("{site}.toml"), format!("trading={version}:./{site}-patches"));
        let enroll =
            self.command(&self.binaries.agent, &["enroll", text(&added["enrolment"]), "--config", &config, "--app", &app]);
        finish(enroll).await?.ok()?;
        self.feels(site, health::WELL)?;
        let file = self.path().join(&config);
        let before = std::fs::read_to_string(&file).map_err(DemoError::io(config))?;
        let crashes = self.crashes(site);
        std::fs::create_dir_all(&crashes).map_err(DemoError::io(crashes.display().to_string()))?;
        let (crashes, state) = (crashes.display().to_string(), self.state_file(site).display().to_string());
        let log = self.log_file(site).display().to_string();
        let more = format!(
            "\nwalkbacks = [{crashes:?}]\n[app.state]\nfile = {state:?}\n[app.logs]\nagent = {log:?}\n[app.actions]\ndisk = [\"df\", \"-h\", \".\"]\n"
        );
        self.save(&file, (before + &more).as_bytes())?;
        self.start_agent(site)
    }

    /// Short times, and mails into the folder.
    fn server_config(&self) -> String {
        format!(
            "[state]\nevery = \"5s\"\n[silence]\ngrace = \"20s\"\n[mail]\nsmtp = \"smtp://{}\"\nfrom = \"fieldpost@demo.example\"\nto = [\"support@demo.example\"]\ndigest = \"2s\"\n",
            self.letterbox.address
        )
    }

    /// Where a site's application leaves its walkbacks.
    pub(super) fn crashes(&self, site: &str) -> PathBuf {
        self.path().join(format!("{site}-crashes"))
    }

    fn state_file(&self, site: &str) -> PathBuf {
        self.path().join(format!("{site}-state.txt"))
    }

    /// The application at a site writes its state.
    pub(super) fn feels(&self, site: &str, state: &str) -> Result<(), DemoError> {
        self.save(&self.state_file(site), state.as_bytes())
    }

    /// The mails so far.
    pub(super) fn mails(&self) -> Vec<String> {
        self.letterbox.mails()
    }

    /// Starts a site's agent, or starts it again.
    pub(super) fn start_agent(&mut self, site: &str) -> Result<(), DemoError> {
        let run = self.command(&self.binaries.agent, &["run", "--config", &format!("{site}.toml")]);
        self.start(site, run)
    }

    /// Ends a site's agent.
    pub(super) fn stop_agent(&mut self, site: &str) {
        if let Some(mut child) = self.processes.remove(site) {
            end(&mut child);
        }
    }

    /// Somebody at a site, or a developer, saves a file: written whole, then put in place.
    pub(super) fn save(&self, path: &Path, content: &[u8]) -> Result<(), DemoError> {
        let failed = || DemoError::io(path.display().to_string());
        let folder = path.parent().unwrap_or(self.path());
        std::fs::create_dir_all(folder).map_err(failed())?;
        std::fs::write(path, content).map_err(failed())
    }

    /// Runs this program's own command line, as a script would, with `--json`.
    pub(super) async fn cli(&self, args: &[&str]) -> Result<Ran, DemoError> {
        let mut command = self.command(&self.binaries.app, args);
        command.arg("--json").env("FIELDPOST_CONFIG_DIR", self.path().join("config"));
        finish(command).await
    }

    /// Runs a command that must succeed, for its data.
    pub(super) async fn json(&self, args: &[&str]) -> Result<Value, DemoError> {
        self.cli(args).await?.ok()?.json()
    }

    /// The state of a cell, as `fieldpost patches --json` says it.
    pub(super) async fn state(&self, patch: &str, site: &str) -> Result<String, DemoError> {
        let table = self.json(&["patches", "--app", "trading"]).await?;
        let rows = table["patches"].as_array().map(Vec::as_slice).unwrap_or_default();
        let row = rows.iter().find(|row| row["name"] == patch).cloned().unwrap_or_default();
        Ok(text(&row["cells"][site]["state"]).to_owned())
    }

    /// Waits until a cell has a state.
    pub(super) async fn wait_state(&self, patch: &str, site: &str, wanted: &str) -> Result<(), DemoError> {
        let watch = Stopwatch::start();
        loop {
            let state = self.state(patch, site).await?;
            if state == wanted {
                return Ok(());
            }
            if watch.left_of(PATIENCE).is_zero() {
                return Err(DemoError::Check(format!("{patch} at {site} becomes {wanted}; it is {state}")));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until something holds.
    pub(super) async fn wait(&mut self, what: &str, holds: impl Fn() -> bool) -> Result<(), DemoError> {
        let watch = Stopwatch::start();
        while !holds() {
            for (name, child) in &mut self.processes {
                if let Ok(Some(status)) = child.try_wait() {
                    return Err(DemoError::Check(format!("{name} goes on running; it ended with {status}")));
                }
            }
            if watch.left_of(PATIENCE).is_zero() {
                return Err(DemoError::Check(what.to_owned()));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// The ends of all logs, for whoever has to find out.
    pub(super) fn show_logs(&self) {
        for name in ["server", "acme", "borealis", "corvid"] {
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

/// Asks a process to end, and ends it when it doesn't.
fn end(child: &mut Child) {
    let watch = Stopwatch::start();
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // Already gone is as good.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
    while matches!(child.try_wait(), Ok(None)) {
        if watch.left_of(ENDS_WITHIN).is_zero() {
            let _ = child.kill();
            let _ = child.wait();
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn finish(command: Command) -> Result<Ran, DemoError> {
    let name = command.get_program().to_string_lossy().into_owned();
    let words = command.get_args().map(|word| fieldpost_common::text::cut(&word.to_string_lossy(), 30));
    let line = std::iter::once(name.clone()).chain(words).collect::<Vec<_>>().join(" ");
    let output = tokio::process::Command::from(command).kill_on_drop(true).output().await.map_err(DemoError::io(name))?;
    Ok(Ran {
        command: line,
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

impl Ran {
    /// Must have succeeded.
    pub(super) fn ok(self) -> Result<Self, DemoError> {
        self.exits(0)
    }

    /// Must have ended with a code.
    pub(super) fn exits(self, code: i32) -> Result<Self, DemoError> {
        if self.code == code {
            return Ok(self);
        }
        Err(DemoError::Command { command: self.command, code: self.code, said: format!("{}{}", self.out, self.err) })
    }

    /// Its data.
    pub(super) fn json(&self) -> Result<Value, DemoError> {
        serde_json::from_str(&self.out).map_err(|error| DemoError::Check(format!("JSON ({error}) in {:?}", self.out)))
    }
}

/// A text in JSON, or nothing.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
