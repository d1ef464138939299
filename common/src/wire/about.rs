//! What an agent knows of itself: the answer to the command `agent-info`, as JSON in the command's output.

use crate::id::{ActionName, AppName, LogName, Version};
use crate::inventory::Directory;
use crate::text::Clean;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An agent and its machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentInfo {
    /// The agent's version.
    pub version: Clean,
    /// Its process.
    pub pid: u32,
    /// When the process began.
    pub since: Timestamp,
    /// The site's clock.
    pub clock: Timestamp,
    /// The site's time zone now, as `+01:00`.
    pub zone: Clean,
    /// Operating system and architecture.
    pub system: Clean,
    /// The memory that the agent holds, in bytes; none where the system doesn't say.
    pub memory: Option<u64>,
    /// What is free where the agent keeps its state, in bytes.
    pub disk_free: Option<u64>,
    /// The version of the trust document that it holds.
    pub trust: u64,
    /// Whether it goes through a proxy that its config names.
    pub proxy: bool,
    /// Orders' and commands' results that wait to be sent.
    pub results_waiting: usize,
    /// Contents that wait to be sent.
    pub uploads_waiting: usize,
    /// What its config names.
    pub applications: Vec<AppInfo>,
}

/// One application of an agent's config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppInfo {
    /// Which.
    pub application: AppName,
    /// Its version.
    pub version: Version,
    /// The patch directory.
    pub directory: Clean,
    /// How it is; none before the first look.
    pub state: Option<Directory>,
    /// How many patches there are.
    pub patches: usize,
    /// Whether the config says where the application's own state is.
    pub tells_state: bool,
    /// The logs that can be asked for.
    pub logs: Vec<LogInfo>,
    /// The actions that can be ordered.
    pub actions: Vec<ActionName>,
}

/// One log of an agent's config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogInfo {
    /// Its name.
    pub name: LogName,
    /// Where it is.
    pub path: Clean,
    /// Its size in bytes; none: it can't be read.
    pub size: Option<u64>,
    /// When it was last written, by the site's clock.
    pub modified: Option<Timestamp>,
}
