//! What the agent is doing, in a small file for the client's administrator: `fieldpost-agent status` prints it.

use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::inventory::{Directory, Ignored};
use fieldpost_common::text;
use fieldpost_common::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

/// The file in the state directory.
pub const FILE: &str = "status.json";

/// A look at a running agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The site.
    pub site: SiteName,
    /// The server.
    pub server: String,
    /// The agent's version.
    pub agent_version: String,
    /// Its process.
    pub pid: u32,
    /// When this was written.
    pub at: Timestamp,
    /// When the process began.
    pub since: Timestamp,
    /// The last poll that was answered.
    pub last_poll: Option<Timestamp>,
    /// What is wrong with the way to the server now.
    pub error: Option<String>,
    /// The version of the trust document.
    pub trust: u64,
    /// What is planned or under way.
    pub pending: Vec<String>,
    /// Results that wait to be sent.
    pub results_waiting: usize,
    /// Contents that wait to be uploaded.
    pub uploads_waiting: usize,
    /// The patch directories.
    pub directories: Vec<Watched>,
}

/// One patch directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The application.
    pub application: AppName,
    /// Its version.
    pub version: Version,
    /// Where.
    pub path: PathBuf,
    /// Its state.
    pub state: Directory,
    /// How many patches.
    pub files: usize,
    /// Places where a change is under way.
    pub unsettled: usize,
    /// What is left alone.
    pub ignored: Vec<Ignored>,
}

impl Status {
    /// Reads the file of a state directory.
    pub fn load(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }

    /// Whether the agent that wrote it can be believed to be alive and well.
    pub fn is_well(&self) -> bool {
        self.error.is_none() && self.directories.iter().all(|watched| watched.state == Directory::Present)
    }

    /// The status in words, at the time `now`.
    pub fn show(&self, now: Timestamp) -> Shown<'_> {
        Shown { status: self, now }
    }
}

/// A status, to be printed.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    status: &'a Status,
    now: Timestamp,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, now } = self;
        let age = |at: Timestamp| match text::age(at.age(*now)) {
            age if age == "now" => "just now".to_owned(),
            age => format!("{age} ago"),
        };
        writeln!(f, "site       {} at {}", status.site, status.server)?;
        writeln!(f, "agent      {}, pid {}, running since {}", status.agent_version, status.pid, status.since)?;
        writeln!(f, "last poll  {}", status.last_poll.map_or("never".to_owned(), age))?;
        writeln!(f, "trust      version {}", status.trust)?;
        if let Some(error) = &status.error {
            writeln!(f, "problem    {}", text::Clean::line(error))?;
        }
        for watched in &status.directories {
            write_directory(f, watched)?;
        }
        for step in &status.pending {
            writeln!(f, "pending    {}", text::Clean::line(step))?;
        }
        let (results, uploads) = (status.results_waiting, status.uploads_waiting);
        if results + uploads > 0 {
            writeln!(f, "waiting    {}, {}", text::count(results, "result"), text::count(uploads, "upload"))?;
        }
        Ok(())
    }
}

fn write_directory(f: &mut fmt::Formatter<'_>, watched: &Watched) -> fmt::Result {
    let Watched { application, version, path, state, files, unsettled, ignored } = watched;
    write!(f, "directory  {application} {version}: {}", path.display())?;
    match state {
        Directory::Present => write!(f, ", {}", text::count(*files, "patch"))?,
        state => write!(f, ": {}", state.explain())?,
    }
    if *unsettled > 0 {
        write!(f, ", {unsettled} being written")?;
    }
    writeln!(f)?;
    for Ignored { name, reason } in ignored.iter().take(20) {
        writeln!(f, "  left alone: {name}: {reason}")?;
    }
    if ignored.len() > 20 {
        writeln!(f, "  and {} more", ignored.len() - 20)?;
    }
    Ok(())
}
