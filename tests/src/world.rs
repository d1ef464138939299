//! A server and its sites as real processes in a temporary directory, each of which can be killed and started again.

use crate::binaries;
use crate::cli::Cli;
use crate::patience::{until, until_true};
use rustix::thread::{CapabilitySet, remove_capability_from_bounding_set};
use std::collections::BTreeMap;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// One server, the first developer `ada` (an admin), and sites.
pub struct World {
    folder: tempfile::TempDir,
    server: Option<Child>,
    address: SocketAddr,
    ada: Cli,
    agents: BTreeMap<String, Child>,
}

impl World {
    /// Starts a server, logs ada in, and makes the application `trading` with versions 7.6 and 7.7.
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// Starts like [`World::start`], after `prepare` was given the temporary directory: the server's data will be in `data` below it.
    pub fn start_with(prepare: impl FnOnce(&Path)) -> Self {
        let world = Self::prepared(prepare);
        world.ada.ok(&["app", "add", "trading", "--versions", "7.6,7.7", "--issue-url", "https://tracker.example/{issue}"]);
        world
    }

    /// Starts a server and logs ada in.
    pub fn without_applications() -> Self {
        Self::prepared(|_| {})
    }

    fn prepared(prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::Builder::new().prefix("fieldpost-test-").tempdir().expect("a temporary directory");
        prepare(folder.path());
        let address = free_address();
        let ada = Cli::new(folder.path().join("ada"), folder.path());
        let mut world = Self { folder, server: None, address, ada, agents: BTreeMap::new() };
        let init = world.server_command(&["init", "--data", "data", "--url", &world.url(), "--user", "ada", "--json"]).output();
        let init = init.expect("fieldpost-server runs");
        assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));
        let answer: serde_json::Value = serde_json::from_slice(&init.stdout).expect("JSON of init");
        world.start_server();
        world.ada.ok(&["login", answer["login"].as_str().expect("a login string")]);
        world
    }

    /// The temporary directory.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The server's address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The first developer's `fieldpost`.
    pub fn ada(&self) -> &Cli {
        &self.ada
    }

    /// Another person's `fieldpost`, invited, logged in and trusted.
    pub fn developer(&self, name: &str) -> Cli {
        let invitation = self.ada.json(&["user", "add", name, "--role", "developer"]);
        let cli = Cli::new(self.path().join(name), self.path());
        cli.ok(&["login", invitation["login"].as_str().expect("a login string")]);
        self.ada.ok(&["trust", "add", name, "--yes"]);
        cli
    }

    /// `fieldpost-server`, run in the temporary directory.
    pub fn server_command(&self, args: &[&str]) -> Command {
        let mut command = binaries::command("fieldpost-server");
        command.current_dir(self.path()).args(args).stdin(Stdio::null());
        command
    }

    /// `fieldpost-agent`, run in the temporary directory.
    pub fn agent_command(&self, args: &[&str]) -> Command {
        let mut command = binaries::command("fieldpost-agent");
        command.current_dir(self.path()).args(args).stdin(Stdio::null());
        command
    }

    /// Starts the server, or starts it again.
    pub fn start_server(&mut self) {
        let listen = self.address.to_string();
        let mut args = vec!["run", "--data", "data", "--listen", &listen];
        if self.path().join("server.toml").exists() {
            args.extend(["--config", "server.toml"]);
        }
        let mut command = self.server_command(&args);
        let log = self.log("server.log");
        command.stdout(log.try_clone().expect("a second handle")).stderr(log);
        self.server = Some(command.spawn().expect("fieldpost-server starts"));
        let address = self.address;
        until("the server listens", || TcpStream::connect(address).ok());
    }

    /// Starts the server again with this config.
    pub fn configure_server(&mut self, config: &str) {
        self.file("server.toml", config);
        self.kill_server();
        self.start_server();
    }

    /// Adds to the config of a site's agent.
    pub fn configure_agent(&self, site: &str, more: &str) {
        let path = self.path().join(format!("{site}.toml"));
        let before = std::fs::read_to_string(&path).expect("enroll wrote it");
        std::fs::write(path, before + more).expect("the config is written");
    }

    /// From its next start a site's agent finds the server at another address.
    pub fn route_agent(&self, site: &str, url: &str) {
        let path = self.path().join(format!("{site}.toml"));
        let before = std::fs::read_to_string(&path).expect("enroll wrote it");
        std::fs::write(path, before.replace(&self.url(), url)).expect("the config is written");
    }

    /// Kills the server as a power cut would.
    pub fn kill_server(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().expect("it was running");
            server.wait().expect("it ends");
        }
    }

    /// The server's process id.
    pub fn server_pid(&self) -> u32 {
        self.server.as_ref().expect("the server runs").id()
    }

    /// Takes the server out of the world, for a test that ends it in its own way.
    pub fn take_server(&mut self) -> Child {
        self.server.take().expect("the server runs")
    }

    /// A site that runs `trading` at a version, its agent enrolled and running. Its patches are in [`World::patches`].
    pub fn site(&mut self, name: &str, version: &str) {
        self.enroll(name, version);
        self.start_agent(name);
    }

    /// A site whose agent is enrolled and doesn't run yet.
    pub fn enroll(&self, name: &str, version: &str) {
        let added = self.ada.json(&["site", "add", name, "--app", &format!("trading={version}")]);
        let string = added["enrolment"].as_str().expect("an enrolment string");
        let (config, directory) = (format!("{name}.toml"), format!("trading={version}:./{name}-patches"));
        let enroll = self.agent_command(&["enroll", string, "--config", &config, "--app", &directory]).output();
        let enroll = enroll.expect("fieldpost-agent runs");
        assert!(enroll.status.success(), "{}", String::from_utf8_lossy(&enroll.stderr));
    }

    /// Starts a site's agent, or starts it again.
    pub fn start_agent(&mut self, site: &str) {
        let mut command = self.agent_command(&["run", "--config", &format!("{site}.toml")]);
        let log = self.log(&format!("{site}.log"));
        command.stdout(log.try_clone().expect("a second handle")).stderr(log);
        self.agents.insert(site.to_owned(), command.spawn().expect("fieldpost-agent starts"));
    }

    /// Starts a site's agent held to the modes of files, even when root runs the tests.
    pub fn start_agent_held_to_modes(&mut self, site: &str) {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for capability in [CapabilitySet::DAC_OVERRIDE, CapabilitySet::DAC_READ_SEARCH] {
                    // Only root has it to lose, and only of this thread is it taken; whom it starts has it neither.
                    let _ = remove_capability_from_bounding_set(capability);
                }
                self.start_agent(site);
            });
        });
    }

    /// Kills a site's agent as a power cut would.
    pub fn kill_agent(&mut self, site: &str) {
        if let Some(mut agent) = self.agents.remove(site) {
            agent.kill().expect("it was running");
            agent.wait().expect("it ends");
        }
    }

    /// Ends a site's agent and starts it again: it polls at once, and not only at its phase in the minute.
    pub fn restart_agent(&mut self, site: &str) {
        self.kill_agent(site);
        self.start_agent(site);
    }

    /// A site's agent's process id.
    pub fn agent_pid(&self, site: &str) -> u32 {
        self.agents[site].id()
    }

    /// Where a site keeps its patches.
    pub fn patches(&self, site: &str) -> PathBuf {
        self.path().join(format!("{site}-patches"))
    }

    /// A patch as it is at a site.
    pub fn read(&self, site: &str, patch: &str) -> Option<Vec<u8>> {
        std::fs::read(self.patches(site).join(patch)).ok()
    }

    /// Someone saves a file at a site.
    pub fn edit(&self, site: &str, patch: &str, content: impl AsRef<[u8]>) {
        let file = self.patches(site).join(patch);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder");
        std::fs::write(file, content).expect("the file is written");
    }

    /// A file on the developer's disk.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(&path, content).expect("the file is written");
        path
    }

    /// Publishes a content for versions, as ada.
    pub fn publish(&self, patch: &str, content: impl AsRef<[u8]>, versions: &str) {
        self.file(&format!("publish/{patch}"), content);
        self.ada.ok(&["publish", &format!("publish/{patch}"), "--app", "trading", "--version", versions, "--name", patch]);
    }

    /// Waits until a site has sent an inventory.
    pub fn wait_seen(&self, site: &str) {
        until_true(&format!("{site} has sent an inventory"), || {
            let shown = self.ada.json(&["site", "show", site]);
            shown["applications"][0]["directory"].is_string()
        });
    }

    fn log(&self, name: &str) -> File {
        File::options().create(true).append(true).open(self.path().join(name)).expect("a log file")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let children = self.server.iter_mut().chain(self.agents.values_mut());
        for child in children {
            // Already gone is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            for name in ["server.log".to_owned()].into_iter().chain(self.agents.keys().map(|site| format!("{site}.log"))) {
                let log = std::fs::read_to_string(self.path().join(&name)).unwrap_or_default();
                let tail: Vec<_> = log.lines().rev().take(40).collect();
                eprintln!("-- end of {name}");
                tail.iter().rev().for_each(|line| eprintln!("{line}"));
            }
        }
    }
}

/// A loopback address on which nobody listens.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address")
}
