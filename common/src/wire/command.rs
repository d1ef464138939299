//! What became of a command, as the site says.

use crate::command::CommandEvent;
use crate::id::CommandId;
use crate::text::Clean;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What became of one command. Sent until it is answered; the same result twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandResult {
    /// Which.
    pub command: CommandId,
    /// What.
    #[serde(flatten)]
    pub outcome: CommandOutcome,
    /// The end of what it printed, at most [`crate::hook::MAX_HOOK_OUTPUT`] bytes: for when the output itself did not arrive.
    #[serde(default, deserialize_with = "crate::text::deserialize_some_lines")]
    pub tail: Option<Clean>,
    /// When, by the site's clock.
    pub at: Timestamp,
}

/// A beginning, or an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CommandOutcome {
    /// It runs.
    Began,
    /// It is done.
    Done {
        /// What came of it, in words.
        note: Option<Clean>,
    },
    /// It could not be done.
    Failed {
        /// Why.
        reason: Clean,
    },
    /// It was not done, or not to its end, because somebody took it back.
    Stopped,
    /// Nobody can tell whether it was done.
    Unknown {
        /// Why.
        reason: Clean,
    },
}

impl From<CommandOutcome> for CommandEvent {
    fn from(outcome: CommandOutcome) -> Self {
        match outcome {
            CommandOutcome::Began => Self::Began,
            CommandOutcome::Done { note } => Self::Done(note),
            CommandOutcome::Failed { reason } => Self::Failed(reason),
            CommandOutcome::Stopped => Self::Stopped,
            CommandOutcome::Unknown { reason } => Self::Lost(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_printed_keeps_its_lines_on_the_wire_and_nothing_that_moves_a_cursor() {
        let json = r#"{"command":"00112233445566778899aabbccddeeff","outcome":"stopped","tail":"a\nb\u001b[2J","at":"2026-11-28T00:00:00Z"}"#;
        let result: CommandResult = serde_json::from_str(json).expect("readable");
        assert_eq!(result.tail.expect("a tail").as_str(), "a\nb\\x1b[2J");
    }
}
