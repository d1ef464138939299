//! Sites of the demo: their agents, their applications' states and crashes.

use super::super::{DemoError, health};
use super::World;
use super::process::{end, finish, text};
use std::path::PathBuf;

/// All of them.
pub(in super::super) const SITES: [&str; 3] = ["acme", "borealis", "corvid"];

impl World {
    /// Makes a site, enrolls its agent and starts it.
    pub(in super::super) async fn start_site(&mut self, site: &str, version: &str) -> Result<(), DemoError> {
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

    /// Starts a site's agent, or starts it again.
    pub(in super::super) fn start_agent(&mut self, site: &str) -> Result<(), DemoError> {
        let run = self.command(&self.binaries.agent, &["run", "--config", &format!("{site}.toml")]);
        self.start(site, run)
    }

    /// Ends a site's agent as a power cut would, in the middle of whatever it does.
    pub(in super::super) fn kill_agent(&mut self, site: &str) {
        if let Some(mut child) = self.processes.remove(site) {
            // Already gone is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// From its next start a site's agent runs this script after each file that it puts in place.
    pub(in super::super) fn hook(&self, site: &str, script: &str) -> Result<(), DemoError> {
        let file = self.path().join(format!("{site}.toml"));
        let before = std::fs::read_to_string(&file).map_err(DemoError::io(file.display().to_string()))?;
        let hook = format!("\nafter_install = {{ command = [\"/bin/sh\", \"-c\", {script:?}] }}\n[app.state]");
        self.save(&file, before.replacen("\n[app.state]", &hook, 1).as_bytes())
    }

    /// Asks a site's agent to end.
    pub(in super::super) fn stop_agent(&mut self, site: &str) {
        if let Some(mut child) = self.processes.remove(site) {
            end(&mut child);
        }
    }

    /// Where a site's application leaves its walkbacks.
    pub(in super::super) fn crashes(&self, site: &str) -> PathBuf {
        self.path().join(format!("{site}-crashes"))
    }

    fn state_file(&self, site: &str) -> PathBuf {
        self.path().join(format!("{site}-state.txt"))
    }

    /// The application at a site writes its state: whole or not at all, since the agent may read it at any moment.
    pub(in super::super) fn feels(&self, site: &str, state: &str) -> Result<(), DemoError> {
        let (new, file) = (self.path().join("state.new"), self.state_file(site));
        self.save(&new, state.as_bytes())?;
        std::fs::rename(new, &file).map_err(DemoError::io(file.display().to_string()))
    }
}
