//! What commands ask for, as work that is done beside the loop, and how such work ends.

use crate::trouble::Trouble;
use fieldpost_common::command::CommandKind;
use fieldpost_common::command::log::LogPart;
use fieldpost_common::id::{ActionName, AppName, LogName};
use fieldpost_common::text::Clean;

/// One piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Fetch what an application says about its health, and tell the server.
    State {
        /// Which.
        application: AppName,
    },
    /// Send a part of a log.
    Log {
        /// Of which application.
        application: AppName,
        /// Which.
        log: LogName,
        /// Which part.
        part: LogPart,
    },
    /// Say what the agent knows of itself.
    About,
    /// Run what the local config names.
    Action {
        /// Of which application.
        application: AppName,
        /// Which.
        action: ActionName,
    },
}

/// How work ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Well, and the server knows: what was sent says so.
    Known,
    /// Well.
    Done {
        /// What came of it, in words.
        note: Option<Clean>,
        /// The end of what was printed.
        tail: Option<Clean>,
    },
    /// Not well.
    Failed {
        /// Why.
        reason: Clean,
        /// The end of what was printed.
        tail: Option<Clean>,
    },
    /// Not to its end: somebody took it back.
    Stopped,
    /// What was fetched did not reach the server.
    Unsent(Trouble),
}

/// Kinds of work that don't wait for each other: a long log or action must not make a state late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Quick,
    Log,
    Action,
}

impl Work {
    pub(super) fn lane(&self) -> Lane {
        match self {
            Self::State { .. } | Self::About => Lane::Quick,
            Self::Log { .. } => Lane::Log,
            Self::Action { .. } => Lane::Action,
        }
    }
}

/// How a command is carried out.
pub(super) enum Way {
    /// By work beside the loop.
    Work(Work),
    /// By the next full look at the directories.
    Look,
    /// By the next inventory.
    Inventory,
    /// As an action, once its signature is checked.
    Action(Box<fieldpost_common::envelope::Envelope>),
    /// Not here.
    Not(&'static str),
    /// Not by this version: the server's deadline ends it.
    LeftAlone,
}

pub(super) fn way(kind: &CommandKind) -> Way {
    match kind.clone() {
        CommandKind::State { application } => Way::Work(Work::State { application }),
        CommandKind::Log { application, log, part } => Way::Work(Work::Log { application, log, part }),
        CommandKind::AgentInfo => Way::Work(Work::About),
        CommandKind::Rescan => Way::Look,
        CommandKind::Inventory => Way::Inventory,
        CommandKind::Action { envelope, .. } => Way::Action(Box::new(envelope)),
        CommandKind::Walkbacks { .. } => Way::Not("this agent's config names no walkbacks for the application"),
        CommandKind::Unknown => Way::LeftAlone,
    }
}
