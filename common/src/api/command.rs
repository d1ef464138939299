//! What is asked of sites, and what it brought.

use crate::command::{CommandKind, CommandState};
use crate::envelope::base64_bytes;
use crate::id::{CommandId, SiteName, UserName};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A command as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandInfo {
    /// Its id.
    pub id: CommandId,
    /// The site.
    pub site: SiteName,
    /// What is wanted.
    #[serde(flatten)]
    pub wish: CommandKind,
    /// Who asked; none: the server by itself.
    pub given_by: Option<UserName>,
    /// When.
    pub created: Timestamp,
    /// When the wish ends.
    pub deadline: Timestamp,
    /// Where it stands.
    #[serde(flatten)]
    pub state: CommandState,
}

impl CommandInfo {
    /// Whether somebody wants it no more and the site has not said yet what became of it.
    pub fn is_cancelling(&self) -> bool {
        matches!(self.state, CommandState::Cancelling { .. })
    }
}

/// What a command has brought so far: lines of a log, what an action printed, or [`crate::wire::AgentInfo`] as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandOutput {
    /// When it came, by the server's clock.
    pub at: Timestamp,
    /// Whether there is no more to come.
    pub whole: bool,
    /// The bytes, in base64: whatever the site sent, so clean it before it is shown.
    #[serde(with = "base64_bytes")]
    pub content: Vec<u8>,
}
