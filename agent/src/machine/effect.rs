//! What an agent can do: plain data, carried out by the driver.

use super::work::Work;
use crate::hook::HookRun;
use crate::server::PollAsk;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, CommandId};
use fieldpost_common::plan::{Place, Step};
use fieldpost_common::wire::{CommandResult, OrderResult};
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write the journal, before any later effect of the same event.
    Save,
    /// Write the trust document that was just accepted.
    SaveTrust(Vec<u8>),
    /// Look at the patch directories.
    Scan(ScanReason),
    /// Ask the server for news.
    Poll(PollAsk),
    /// Send the inventory.
    PutInventory(ContentHash),
    /// Say what is remembered: counters, the trust document, what is kept.
    PutMemory,
    /// Send a content that stands in one of these places; in none: one that is kept.
    Upload {
        /// Which.
        sha256: ContentHash,
        /// Where.
        places: Vec<Place>,
    },
    /// Get a content.
    Fetch {
        /// Which.
        sha256: ContentHash,
        /// Its signed size.
        size: u64,
    },
    /// Throw away contents that no order asks for.
    KeepDownloads(HashSet<ContentHash>),
    /// Put or remove.
    Execute(Box<Step>),
    /// Run what the local config names for after an installation.
    Hook(Box<HookRun>),
    /// Nothing: an order ended without a step. The site's history says so.
    Concluded(Box<Step>),
    /// Do what a command asks for.
    Work {
        /// For which command.
        command: CommandId,
        /// What.
        work: Work,
    },
    /// Look at the walkback directories.
    LookForWalkbacks,
    /// Send what was found there.
    SendWalkbacks {
        /// Whose waits: the server doesn't know these applications.
        put_off: BTreeSet<AppName>,
    },
    /// Stop doing what a command asks for: somebody took it back.
    Stop(CommandId),
    /// Say what became of commands.
    TellCommands(Vec<CommandResult>),
    /// Say what became of orders.
    SendResults(Vec<OrderResult>),
    /// Send back [`super::Event::Timer`] after a while.
    Timer {
        /// Its id.
        id: u64,
        /// After how long.
        after: Duration,
    },
    /// Tell people.
    Log(Level, String),
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something is in the way.
    Warn,
    /// Something must be done by a person.
    Error,
}

/// Why a scan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanReason {
    /// The agent began.
    Startup,
    /// It is time for a full look.
    Timer,
    /// Something may have changed.
    FileHint,
    /// A change may have settled.
    Settle,
    /// The agent itself changed something.
    Order,
    /// A file had other bytes than the inventory says.
    Stale,
    /// A person wants every file read anew.
    Command,
}

/// What a timer is for. At most one of each runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// Look at what changed.
    Scan,
    /// Look at everything, once in a while.
    Rescan,
    /// Poll.
    Poll,
    /// Try the server again.
    Retry,
    /// Try again what rests by itself.
    Again,
    /// Ask for news though the inventory is still on its way.
    InventoryFirst,
    /// Look for walkbacks.
    Walkbacks,
    /// Send walkbacks again.
    WalkbacksRest,
    /// Send those again that are put off.
    WalkbacksPutOff,
    /// Let polls wait at the server again.
    Parking,
    /// Run the hook of a batch that waits for long.
    Batch,
}
