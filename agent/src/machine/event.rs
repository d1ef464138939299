//! What can happen to an agent.

use super::work::Ended;
use crate::fetch::NotFetched;
use crate::install::Installed;
use crate::scan::Report;
use crate::server::PollAnswer;
use crate::trouble::Trouble;
use crate::walkbacks::{Looked, Queue};
use fieldpost_common::clock_error::ClockError;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::hook::HookReport;
use fieldpost_common::id::{AppName, CommandId, OrderId};
use fieldpost_common::inventory::Directory;
use fieldpost_common::order::Failure;
use fieldpost_common::plan::Step;
use fieldpost_common::text::Clean;
use fieldpost_common::wire::{CommandResult, InventoryAnswer, MemoryAnswer, OrderResult, StoredAnswer};

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The process began.
    Started,
    /// A timer went off; stale ones are ignored.
    Timer(u64),
    /// Something may have changed in a patch directory.
    FileHint,
    /// A scan ended.
    Scanned(Box<Report>),
    /// A poll ended.
    Polled {
        /// Which.
        number: u64,
        /// How.
        answer: Result<PollAnswer, Trouble>,
    },
    /// How far this machine's clock is off the server's, heard with an answer.
    ServerClock(ClockError),
    /// Another address of the server was tried, and a poll there answered or not: only the driver acts on it.
    AddressTried(bool),
    /// The inventory was sent.
    InventoryPut {
        /// Of this digest.
        digest: ContentHash,
        /// The server's answer.
        answer: Result<InventoryAnswer, Trouble>,
    },
    /// What is remembered was said.
    MemoryPut {
        /// The server's answer.
        answer: Result<MemoryAnswer, Trouble>,
    },
    /// An upload ended.
    Uploaded {
        /// Of which content.
        sha256: ContentHash,
        /// How.
        end: UploadEnd,
    },
    /// A download ended.
    Fetched {
        /// Of which content.
        sha256: ContentHash,
        /// How.
        end: Result<(), NotFetched>,
    },
    /// A put or a removal ended.
    Executed {
        /// Which step.
        step: Box<Step>,
        /// How.
        end: Executed,
    },
    /// A hook ended.
    HookDone {
        /// For which orders.
        orders: Vec<OrderId>,
        /// How.
        report: HookReport,
    },
    /// What a command asks for ended.
    Worked {
        /// For which command.
        command: CommandId,
        /// How.
        end: Ended,
    },
    /// Results of commands were sent.
    CommandsTold {
        /// Which.
        sent: Vec<CommandResult>,
        /// The server's answer.
        answer: Result<(), Trouble>,
    },
    /// Results were sent.
    ResultsSent {
        /// Which.
        sent: Vec<OrderResult>,
        /// The server's answer.
        answer: Result<(), Trouble>,
    },
    /// The walkback directories were looked at.
    WalkbacksLooked(Looked),
    /// Walkbacks were sent.
    WalkbacksSent {
        /// Whose; none: there was nothing to be sent, or it could not be read.
        of: Option<AppName>,
        /// The files that were in it, for the site's history.
        files: Vec<SentFile>,
        /// What waits still.
        queue: Queue,
        /// The server's answer; with it, what stood in the way of clearing away.
        answer: Result<Vec<String>, Trouble>,
    },
    /// The journal could not be written.
    SaveFailed(String),
}

/// A walkback's file, or a part of one, that was sent or was to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// Whose.
    pub application: AppName,
    /// Where it is.
    pub path: Clean,
    /// The content of the part, as it was found.
    pub sha256: ContentHash,
    /// What the config says is done with the file once the server has it.
    pub then: Option<Clean>,
}

/// How an upload ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadEnd {
    /// The server has it.
    Stored(StoredAnswer),
    /// The file has other bytes by now.
    Changed,
    /// It could not be packed here.
    Blocked(Failure),
    /// It did not get there.
    Failed(Trouble),
}

/// How a put or a removal ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Executed {
    /// The content is in place.
    Put(Installed),
    /// The file is gone.
    Removed,
    /// It was not done.
    Failed(Failure),
    /// The directory went away: the order waits for it.
    Held(Directory),
}
