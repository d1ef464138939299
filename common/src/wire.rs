//! What agents and server say to each other: paths, headers and bodies below `/agent/v1`.

mod about;
pub mod checksum;
mod command;
mod memory;

pub use about::{AgentInfo, AppInfo, LogInfo};
pub use command::{CommandOutcome, CommandResult};
mod peek;
pub use memory::{KeptContent, MAX_REMEMBERED, MemoryAnswer, PlaceCounter, SiteMemory};
mod walkback;

pub use peek::{PeekAnswer, PeekRequest, UnknownApp};
pub use walkback::{Dropped, MAX_COUNT, MAX_PIECE, MAX_PIECES, Piece, Walkbacks};

use crate::command::Command;
use crate::envelope::{Envelope, base64_bytes};
use crate::hash::ContentHash;
use crate::hook::HookWord;
use crate::id::{AppName, CommandId, Generation, OrderId, SiteName, Version};
use crate::inventory::RefusedListing;
use crate::order::Failure;
use crate::order::state::Progress;
use crate::text::Clean;
use crate::time::Timestamp;
use crate::trust::SignedTrust;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// Paths, as axum writes them.
pub mod path {
    /// `POST`: trade the one-time secret for the agent's own token.
    pub const ENROLL: &str = "/agent/v1/enroll";
    /// `GET`: anything for me?
    pub const POLL: &str = "/agent/v1/poll";
    /// `POST` [`super::PeekRequest`] → [`super::PeekAnswer`]: what waits for me? Nothing is handed over.
    pub const PEEK: &str = "/agent/v1/peek";
    /// `PUT`: this is what I see.
    pub const INVENTORY: &str = "/agent/v1/inventory";
    /// `PUT` [`super::SiteMemory`] → [`super::MemoryAnswer`]: what the site remembers, for data that lost it.
    pub const MEMORY: &str = "/agent/v1/memory";
    /// `GET` and `PUT` a content by its hash.
    pub const CONTENT: &str = "/agent/v1/content/{sha256}";
    /// `POST`: this became of your orders.
    pub const RESULTS: &str = "/agent/v1/results";
    /// `PUT` [`super::StateReport`]: so is the application.
    pub const STATE: &str = "/agent/v1/state/{application}";
    /// `PUT ?whole=BOOL`: this came of a command so far, plain bytes, whole each time.
    pub const OUTPUT: &str = "/agent/v1/output/{command}";
    /// `POST` [`super::Walkbacks`] → [`super::StoredAnswer`], once they are kept.
    pub const WALKBACKS: &str = "/agent/v1/walkbacks";
}

/// Headers of a poll, beside `If-None-Match` and `Prefer: wait=SECONDS`.
pub mod header {
    /// The digest of the agent's inventory: 64 hexadecimal digits.
    pub const INVENTORY: &str = "fieldpost-inventory";
    /// The boot id of the agent process.
    pub const BOOT: &str = "fieldpost-boot";
    /// Counts the polls of that process, from 1.
    pub const POLL: &str = "fieldpost-poll";
    /// The version of the trust document that the agent holds; 0: none.
    pub const TRUST: &str = "fieldpost-trust";
    /// The highest format of signed statements that the agent reads.
    pub const FORMAT: &str = "fieldpost-format";
    /// The server's data that agent or app has followed: those of a lower epoch, and rivals of the same, are refused. In answers to
    /// people: the server's own.
    pub const GENERATION: &str = "fieldpost-generation";
    /// The agent's clock, RFC 3339.
    pub const CLOCK: &str = "fieldpost-clock";
    /// In the answer: seconds until the next poll, when the server wants another pace than a minute.
    pub const INTERVAL: &str = "fieldpost-interval";
    /// In a poll and its answer: the tag of the batch, beside `If-None-Match` and `ETag`, which a proxy may take away.
    pub const BATCH: &str = "fieldpost-batch";
    /// In a request and its answer: the checksum of the head, see [`super::checksum`].
    pub const CHECKSUM: &str = "fieldpost-checksum";
    /// In every answer of the server: proves that it is fieldpost and not a portal or proxy. Its value is the version.
    pub const SERVER: &str = "fieldpost-server";
}

/// How often an agent polls.
pub const POLL_INTERVAL: Duration = Duration::from_mins(1);
/// The longest that the server parks a poll.
pub const MAX_WAIT: Duration = Duration::from_secs(50);
/// The largest content, unless the server's config says otherwise.
pub const MAX_CONTENT: u64 = 32 << 20;

/// `POST /agent/v1/enroll`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollRequest {
    /// The site.
    pub site: SiteName,
    /// The one-time secret out of the enrolment string.
    pub secret: String,
    /// The SHA-256 of the token that the agent made; the token itself is only ever sent as `Authorization`.
    pub token_sha256: ContentHash,
    /// The applications in the agent's config.
    pub applications: Vec<SiteApp>,
    /// The agent's version.
    pub agent_version: String,
}

/// An application at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteApp {
    /// The application.
    pub application: AppName,
    /// The version that runs there.
    pub version: Version,
}

/// The answer to an enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrollAnswer {
    /// The server's data.
    pub generation: Generation,
    /// The trust document, from its first version on.
    pub trust: Vec<SignedTrust>,
}

/// The answer to a poll: all that waits for the site, in order. Its `ETag` is sent back once it is journalled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The server's data; another than before voids what was stored.
    pub generation: Generation,
    /// Versions of the trust document after the one that the agent holds.
    pub trust: Vec<SignedTrust>,
    /// Every open order, oldest first. An order that is no longer here was taken back.
    pub orders: Vec<Envelope>,
    /// Contents of the site's inventory that the server wants.
    pub wanted: Vec<ContentHash>,
    /// Every open command, oldest first. The same command is answered once, however often it stands here.
    #[serde(default)]
    pub commands: Vec<Command>,
    /// Whether the server needs the inventory.
    pub inventory_wanted: bool,
    /// Whether the server needs what the site remembers: its data were restored, or never heard of it.
    #[serde(default)]
    pub memory_wanted: bool,
}

/// The answer to `PUT /agent/v1/inventory`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryAnswer {
    /// The server's data.
    pub generation: Generation,
    /// Contents that the server wants.
    pub wanted: Vec<ContentHash>,
    /// Applications of which the server takes nothing, by the name that was given, and why. The rest is taken.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<Clean, RefusedListing>,
}

/// The answer to `PUT /agent/v1/content/{sha256}`: the server has the content, durably.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// The data that now holds it.
    pub generation: Generation,
}

/// `POST /agent/v1/results`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Results {
    /// What became of orders.
    #[serde(default)]
    pub orders: Vec<OrderResult>,
    /// What became of commands.
    #[serde(default)]
    pub commands: Vec<CommandResult>,
}

/// What became of one order. Sent until it is answered; the same result twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderResult {
    /// Which.
    pub order: OrderId,
    /// What.
    #[serde(flatten)]
    pub outcome: OrderOutcome,
    /// The highest counter that the agent has accepted for this place.
    pub counter: u64,
    /// When, by the site's clock.
    pub at: Timestamp,
}

/// A step done, or the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum OrderOutcome {
    /// This far.
    Progress {
        /// The step.
        step: Progress,
        /// What is to be said of the order's hook; nothing: it has none.
        #[serde(default)]
        hook: Option<HookWord>,
    },
    /// Not done.
    Failed {
        /// Why.
        reason: Failure,
    },
    /// Not done yet: the agent goes on by itself once this is over.
    Waiting {
        /// What stands in the way.
        reason: Failure,
    },
}

/// `PUT /agent/v1/state/{application}`: what the application says about its health.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateReport {
    /// The command that asked for it.
    pub command: CommandId,
    /// When it was read, by the site's clock.
    pub at: Timestamp,
    /// How to read it, if the site's config says so.
    pub format: Option<crate::state::Format>,
    /// What there was.
    #[serde(flatten)]
    pub outcome: StateOutcome,
}

/// What there was of a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum StateOutcome {
    /// This; at most [`crate::state::MAX_STATE`] bytes and one more, which says that there was more.
    Content {
        /// The bytes, in base64.
        #[serde(with = "base64_bytes")]
        content: Vec<u8>,
        /// The exit code of the command; none for a file.
        exit: Option<i32>,
        /// When the file was last written, by the site's clock; none for a command.
        modified: Option<Timestamp>,
    },
    /// The file can't be read, or the command can't be run.
    Unavailable {
        /// Why.
        reason: Clean,
    },
    /// The command was ended for taking too long.
    TimedOut {
        /// After so many seconds.
        after_s: u64,
    },
    /// The site's config names no state for the application: nothing is wrong with that.
    NotConfigured,
}

/// The `ETag` of a batch: the data, how often a server was started on them, and the mailbox's revision. One that asks for an inventory names
/// the one that the agent has: whoever sends it back knows that it is asked for.
pub fn etag(generation: &Generation, run: u64, revision: u64, wanted: Option<&ContentHash>) -> String {
    let wanted = wanted.map(|digest| format!(".{}", digest.short())).unwrap_or_default();
    format!("\"{generation}.{run}.{revision}{wanted}\"")
}

/// What stands before the commit in an `ETag`: nothing that a digest can begin with.
const COMMIT: &str = "at";

/// The same, with the commit of that run which the batch was read from.
pub fn etag_at(etag: &str, commit: u64) -> String {
    format!("{}.{COMMIT}{commit}\"", etag.trim_end_matches('"'))
}

/// The `ETag` without the commit: whether there is news doesn't depend on it.
pub fn etag_state(etag: &str) -> String {
    match etag.strip_suffix('"').and_then(|etag| etag.rsplit_once('.')) {
        Some((state, last)) if last.starts_with(COMMIT) => format!("{state}\""),
        _ => etag.to_owned(),
    }
}

/// What an `ETag` says of the batch that it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EtagOrigin {
    /// The data that it is of.
    pub generation: Generation,
    /// How often a server had been started on them.
    pub run: u64,
    /// The mailbox's revision.
    pub revision: u64,
    /// The commit of that run; servers of before didn't say it.
    pub commit: Option<u64>,
}

/// Where a batch came from; `None`: the `ETag` is none of ours.
pub fn etag_origin(etag: &str) -> Option<EtagOrigin> {
    let mut words = etag.strip_prefix('"')?.strip_suffix('"')?.split('.');
    let generation = format!("{}.{}", words.next()?, words.next()?).parse().ok()?;
    let (run, revision) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let commit = words.next_back().and_then(|word| word.strip_prefix(COMMIT)?.parse().ok());
    Some(EtagOrigin { generation, run, revision, commit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_says_which_run_of_which_data_it_is_of() {
        let generation = Generation::first([3; 16]);
        for wanted in [None, Some(&ContentHash::of(b"x"))] {
            let tag = etag(&generation, 7, 99, wanted);
            let origin = |commit| Some(EtagOrigin { generation: generation.clone(), run: 7, revision: 99, commit });
            assert_eq!((etag_origin(&tag), etag_origin(&etag_at(&tag, 12))), (origin(None), origin(Some(12))));
            assert_eq!((etag_state(&tag), etag_state(&etag_at(&tag, 12))), (tag.clone(), tag));
        }
        for other in ["", "\"\"", "\"x.1\"", "W/\"1.2.3.4\""] {
            assert_eq!(etag_origin(other), None, "{other}");
        }
    }
}

#[cfg(test)]
mod growth;
