//! Commands: what the server asks of a site, and the life of such a wish. One state, one transition function.

use crate::id::{AppName, CommandId, UserName};
use crate::text::Clean;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A wish for a site, as it stands in a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Its id: the same command twice is one command.
    pub id: CommandId,
    /// What is wanted.
    #[serde(flatten)]
    pub kind: CommandKind,
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
    /// Something that this version doesn't know: it is left alone until its deadline.
    #[serde(other)]
    Unknown,
}

impl CommandKind {
    /// The word for it, as on the command line.
    pub fn word(&self) -> &'static str {
        match self {
            Self::State { .. } => "state",
            Self::Unknown => "unknown",
        }
    }
}

/// Where a command stands. `at` is the server's time of the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CommandState {
    /// Waits for the site to poll.
    Queued,
    /// Went out in a batch.
    Offered {
        /// Since when.
        at: Timestamp,
    },
    /// The site has begun.
    Running {
        /// Since when.
        at: Timestamp,
    },
    /// The site has done it.
    Done {
        /// Since when.
        at: Timestamp,
    },
    /// The site couldn't.
    Failed {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: Clean,
    },
    /// The site took it and was not heard of it in time.
    TimedOut {
        /// Since when.
        at: Timestamp,
    },
    /// Its deadline passed before the site asked.
    Expired {
        /// Since when.
        at: Timestamp,
    },
    /// A person took it back before the site had it.
    Cancelled {
        /// Since when.
        at: Timestamp,
        /// Who.
        by: UserName,
    },
}

/// What can happen to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandEvent {
    /// It went out in a batch.
    Offered,
    /// The site says that it has begun.
    Began,
    /// The site says that it is done.
    Done,
    /// The site says why not.
    Failed(Clean),
    /// A person takes it back.
    Cancelled(UserName),
    /// Time goes by.
    Tick {
        /// When the wish ends.
        deadline: Timestamp,
    },
}

impl CommandState {
    /// Whether something may still come of it.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Queued | Self::Offered { .. } | Self::Running { .. })
    }

    /// The state as one word, as in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Offered { .. } => "offered",
            Self::Running { .. } => "running",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
            Self::TimedOut { .. } => "timed_out",
            Self::Expired { .. } => "expired",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// What becomes of a command. Events that come late, twice or out of order change nothing, but for what a site says of a command
/// that was given up: the site knows better.
pub fn advance(state: CommandState, event: CommandEvent, now: Timestamp) -> CommandState {
    use CommandEvent as E;
    use CommandState as S;
    match (state, event) {
        (S::Queued, E::Offered) => S::Offered { at: now },
        (S::Queued | S::Offered { .. }, E::Began) => S::Running { at: now },
        (S::Queued | S::Offered { .. } | S::Running { .. } | S::TimedOut { .. } | S::Expired { .. }, E::Done) => {
            S::Done { at: now }
        }
        (S::Queued | S::Offered { .. } | S::Running { .. } | S::TimedOut { .. } | S::Expired { .. }, E::Failed(reason)) => {
            S::Failed { at: now, reason }
        }
        (S::Queued, E::Cancelled(by)) => S::Cancelled { at: now, by },
        (S::Queued, E::Tick { deadline }) if deadline <= now => S::Expired { at: now },
        (S::Offered { .. } | S::Running { .. }, E::Tick { deadline }) if deadline <= now => S::TimedOut { at: now },
        (state, _) => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_000);

    fn after(events: &[CommandEvent]) -> CommandState {
        events.iter().fold(CommandState::Queued, |state, event| advance(state, event.clone(), NOW))
    }

    fn late() -> CommandEvent {
        CommandEvent::Tick { deadline: NOW }
    }

    #[test]
    fn a_command_that_no_poll_took_expires_and_one_that_was_taken_times_out() {
        assert_eq!(after(&[late()]), CommandState::Expired { at: NOW });
        assert_eq!(after(&[CommandEvent::Offered, late()]), CommandState::TimedOut { at: NOW });
        assert_eq!(after(&[CommandEvent::Offered, CommandEvent::Began, late()]), CommandState::TimedOut { at: NOW });
        let early = CommandEvent::Tick { deadline: Timestamp::from_ms(1_001) };
        assert!(after(&[CommandEvent::Offered, early]).is_open());
    }

    #[test]
    fn what_the_site_says_counts_also_when_it_comes_late_and_only_once() {
        assert_eq!(after(&[CommandEvent::Offered, late(), CommandEvent::Done]), CommandState::Done { at: NOW });
        let failed = CommandEvent::Failed(Clean::line("no such file"));
        assert_eq!(after(&[CommandEvent::Done, failed.clone(), CommandEvent::Began, late()]), CommandState::Done { at: NOW });
        assert_eq!(after(&[failed, CommandEvent::Done]).word(), "failed");
    }

    #[test]
    fn a_command_that_the_site_may_have_begun_is_not_called_taken_back() {
        let taken_back = CommandEvent::Cancelled("ada".parse().expect("user"));
        assert_eq!(after(&[taken_back.clone(), CommandEvent::Offered]).word(), "cancelled");
        assert_eq!(after(&[CommandEvent::Offered, taken_back]).word(), "offered");
    }

    #[test]
    fn a_kind_of_a_later_version_is_read_and_left_alone() {
        let text = r#"{"id":"00112233445566778899aabbccddeeff","kind":"dance","steps":3}"#;
        let command: Command = serde_json::from_str(text).expect("readable");
        assert_eq!(command.kind, CommandKind::Unknown);
    }
}
