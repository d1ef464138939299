//! Commands: what the server asks of a site beside orders. How such a wish lives is left to [`life`].

pub mod action;
pub mod life;
pub mod log;

pub use life::{CommandEvent, CommandState, advance};

use crate::envelope::Envelope;
use crate::id::{ActionName, AppName, CommandId, LogName};
use log::LogPart;
use serde::{Deserialize, Serialize};

/// A wish for a site, as it stands in a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Its id: the same command twice is one command.
    pub id: CommandId,
    /// What is wanted.
    #[serde(flatten)]
    pub kind: CommandKind,
    /// Whether somebody wants it no more; the site says what became of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancel: bool,
}

/// What can be asked of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CommandKind {
    /// The state of an application.
    State {
        /// Which.
        application: AppName,
    },
    /// A part of a log.
    Log {
        /// Of which application.
        application: AppName,
        /// Which, by its name in the site's config.
        log: LogName,
        /// Which part of it.
        #[serde(default)]
        part: LogPart,
    },
    /// The walkbacks of an application that are not home yet.
    Walkbacks {
        /// Which.
        application: AppName,
    },
    /// A look at the patch directories that trusts nothing it saw before: every file is read.
    Rescan,
    /// The inventory, whole.
    Inventory,
    /// What the agent knows of itself.
    AgentInfo,
    /// A local action. Only what was signed counts at the site; name and application are for people.
    Action {
        /// Of which application.
        application: AppName,
        /// Which, by its name in the site's config.
        action: ActionName,
        /// What was signed: an [`action::ActionOrder`].
        envelope: Envelope,
    },
    /// Something that this version doesn't know: it is left alone until its deadline.
    #[serde(other)]
    Unknown,
}

impl CommandKind {
    /// The word for it, as on the command line.
    pub fn word(&self) -> &'static str {
        match self {
            Self::State { .. } => "state",
            Self::Log { .. } => "log",
            Self::Walkbacks { .. } => "walkbacks",
            Self::Rescan => "rescan",
            Self::Inventory => "inventory",
            Self::AgentInfo => "agent-info",
            Self::Action { .. } => "action",
            Self::Unknown => "unknown",
        }
    }

    /// The application that it is about, if it is about one.
    pub fn application(&self) -> Option<&AppName> {
        match self {
            Self::State { application }
            | Self::Log { application, .. }
            | Self::Walkbacks { application }
            | Self::Action { application, .. } => Some(application),
            Self::Rescan | Self::Inventory | Self::AgentInfo | Self::Unknown => None,
        }
    }

    /// The most bytes that such a command may bring beside its outcome; none: it brings nothing.
    pub fn most_output(&self) -> Option<usize> {
        match self {
            Self::Log { .. } => Some(MAX_OUTPUT),
            Self::Action { .. } => Some(MAX_ACTION_OUTPUT),
            Self::AgentInfo => Some(MAX_ABOUT),
            Self::State { .. } | Self::Walkbacks { .. } | Self::Rescan | Self::Inventory | Self::Unknown => None,
        }
    }

    /// What is wanted in words: `log main of trading: last 200 lines`.
    pub fn words(&self) -> String {
        let word = self.word();
        match self {
            Self::State { application } | Self::Walkbacks { application } => format!("{word} of {application}"),
            Self::Log { application, log, part } => format!("log {log} of {application}: {part}"),
            Self::Action { application, action, .. } => format!("action {action} of {application}"),
            Self::Rescan | Self::Inventory | Self::AgentInfo | Self::Unknown => word.to_owned(),
        }
    }
}

/// The most that is kept of what a command brought, in bytes.
pub const MAX_OUTPUT: usize = 4 << 20;
/// The most that is kept of what an action printed, in bytes.
pub const MAX_ACTION_OUTPUT: usize = 64 << 10;
/// The most that an agent says of itself, in bytes.
pub const MAX_ABOUT: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_a_later_version_is_read_and_left_alone() {
        let text = r#"{"id":"00112233445566778899aabbccddeeff","kind":"dance","steps":3}"#;
        let command: Command = serde_json::from_str(text).expect("readable");
        assert_eq!((command.kind, command.cancel), (CommandKind::Unknown, false));
    }

    #[test]
    fn a_command_travels_as_it_is() {
        let log = CommandKind::Log {
            application: "trading".parse().expect("application"),
            log: "main".parse().expect("log"),
            part: LogPart { lines: Some(20), grep: Some("ERROR".to_owned()), ..LogPart::default() },
        };
        for kind in [log, CommandKind::Rescan, CommandKind::AgentInfo] {
            let command = Command { id: crate::id::hex32([1; 16]).parse().expect("id"), kind, cancel: true };
            let text = serde_json::to_string(&command).expect("json");
            assert_eq!(serde_json::from_str::<Command>(&text).expect("readable"), command, "{text}");
        }
    }
}
