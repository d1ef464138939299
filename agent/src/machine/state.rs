//! Everything that the machine knows.

use super::commands::Doing;
use super::effect::{Effect, ScanReason, Timer};
use super::link::Link;
use super::patience::{Cause, Patience, Thing};
use super::walkbacks::Standing;
use crate::clock::Now;
use crate::config::HookPlan;
use crate::journal::Journal;
use crate::scan::Report;
use crate::trust::Held;
use fieldpost_common::clock_error::ClockError;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{ActionName, AppName, CommandId, OrderId, SiteName};
use fieldpost_common::inventory::RefusedListing;
use fieldpost_common::order::{Failure, Order};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What doesn't change while the agent runs.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The site.
    pub site: SiteName,
    /// How long a poll may wait at the server; zero: plain polls.
    pub wait: Duration,
    /// The pace of plain polls and of full scans.
    pub interval: Duration,
    /// The largest content that is taken, in bytes.
    pub max_size: u64,
    /// The hooks of those applications that have one.
    pub hooks: BTreeMap<AppName, HookPlan>,
    /// Applications that name walkback directories.
    pub walkbacks: BTreeSet<AppName>,
    /// Actions that the config names.
    pub actions: BTreeSet<(AppName, ActionName)>,
    /// When this program was built: no clock before that is believed.
    pub built: Timestamp,
}

/// The timers that run.
#[derive(Debug, Default)]
pub(super) struct Timers {
    last: u64,
    running: BTreeMap<Timer, u64>,
}

impl Timers {
    /// The timer with that id, if it wasn't set anew or stopped since.
    pub(super) fn fired(&mut self, id: u64) -> Option<Timer> {
        let timer = self.running.iter().find(|(_, running)| **running == id).map(|(timer, _)| *timer)?;
        self.running.remove(&timer);
        Some(timer)
    }

    pub(super) fn is_set(&self, timer: Timer) -> bool {
        self.running.contains_key(&timer)
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        self.running.remove(&timer);
    }

    #[cfg(test)]
    pub(super) fn last_id(&self) -> u64 {
        self.last
    }
}

/// An inventory as it travels: the bytes that were hashed and no others, packed with zstd.
#[derive(Clone)]
pub struct Packed {
    /// The hash of the bytes before they were packed.
    pub digest: ContentHash,
    /// The packed bytes.
    pub body: Arc<[u8]>,
}

impl Packed {
    /// Packs an inventory.
    pub fn of(bytes: &[u8]) -> Self {
        let body =
            zstd::bulk::compress(bytes, 3).unwrap_or_else(|error| unreachable!("memory can be packed into memory: {error}"));
        Self { digest: ContentHash::of(bytes), body: body.into() }
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packed").field("digest", &self.digest).field("bytes", &self.body.len()).finish()
    }
}

/// What the server needs of what is remembered here.
#[derive(Debug, Default)]
pub(super) struct Remembering {
    /// Whether it is to be told.
    pub(super) due: bool,
    /// What it wants of what is kept.
    pub(super) wanted: BTreeSet<ContentHash>,
}

/// A poll that is under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct InFlight {
    pub(super) number: u64,
    pub(super) wait: Duration,
    pub(super) since: Duration,
}

/// Kinds of work; of each, one thing at a time is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    Scan,
    Execute,
    Inventory,
    Memory,
    Results,
    CommandResults,
    Walkbacks,
}

/// So many results fit into one request, whatever a hook has printed.
pub(super) const MOST_RESULTS: usize = 500;
/// So many contents go each way at once: one that drips holds up no other.
pub(super) const LANES: usize = 4;

/// Everything that the machine knows.
#[derive(Debug)]
pub struct State {
    /// What doesn't change.
    pub setup: Setup,
    /// What must survive.
    pub journal: Journal,
    /// Whose orders are accepted.
    pub trust: Held,
    /// The last scan.
    pub report: Option<Report>,
    /// The digest of its inventory.
    pub digest: Option<ContentHash>,
    /// The bytes of which it is the digest, as they travel.
    pub packed: Option<Packed>,
    /// When a poll was last answered.
    pub last_poll: Option<Timestamp>,
    /// How far the own clock is off the server's, as last heard.
    pub clock_error: Option<ClockError>,
    /// Contents that were fetched whole.
    pub fetched: HashSet<ContentHash>,
    pub(super) unsaved: bool,
    pub(super) link: Link,
    pub(super) timers: Timers,
    pub(super) orders: Vec<(OrderId, Order)>,
    pub(super) told: HashSet<OrderId>,
    pub(super) answered: HashSet<CommandId>,
    pub(super) doing: BTreeMap<CommandId, Doing>,
    /// What each order that can't go on was said to wait for.
    pub(super) waiting: HashMap<OrderId, Failure>,
    pub(super) patience: Patience,
    pub(super) fetching: BTreeSet<ContentHash>,
    pub(super) uploading: BTreeSet<ContentHash>,
    /// How many results are told at once: fewer once some of them were refused.
    pub(super) portion: usize,
    pub(super) command_portion: usize,
    /// How many batches in a row held something that could not be opened.
    pub(super) unopened: u32,
    pub(super) hinted: bool,
    pub(super) busy: BTreeSet<Lane>,
    pub(super) scan_wanted: Option<ScanReason>,
    pub(super) scanned_at: Duration,
    pub(super) put: Option<ContentHash>,
    /// Applications of which the server takes nothing.
    pub(super) refused_listings: BTreeMap<Clean, RefusedListing>,
    pub(super) wanted: BTreeSet<ContentHash>,
    /// What the server needs of what is remembered.
    pub(super) memory: Remembering,
    pub(super) given: usize,
    pub(super) interval: Duration,
    pub(super) poll: Option<InFlight>,
    pub(super) poll_due: bool,
    pub(super) polls: u64,
    pub(super) cuts: u32,
    pub(super) quick: u32,
    pub(super) walkbacks: Standing,
    /// Applications whose batch has waited long enough for its hook.
    pub(super) batches_overdue: BTreeSet<AppName>,
}

impl State {
    /// The state of an agent that begins with what it remembers.
    pub fn new(setup: Setup, journal: Journal, trust: Held, fetched: HashSet<ContentHash>) -> Self {
        let interval = setup.interval;
        Self {
            setup,
            journal,
            trust,
            report: None,
            digest: None,
            packed: None,
            last_poll: None,
            clock_error: None,
            fetched,
            unsaved: false,
            link: Link::Up,
            timers: Timers::default(),
            orders: Vec::new(),
            told: HashSet::new(),
            answered: HashSet::new(),
            doing: BTreeMap::new(),
            waiting: HashMap::new(),
            patience: Patience::default(),
            fetching: BTreeSet::new(),
            uploading: BTreeSet::new(),
            portion: MOST_RESULTS,
            command_portion: MOST_RESULTS,
            unopened: 0,
            hinted: false,
            busy: BTreeSet::new(),
            scan_wanted: None,
            scanned_at: Duration::ZERO,
            put: None,
            refused_listings: BTreeMap::new(),
            wanted: BTreeSet::new(),
            memory: Remembering::default(),
            given: 0,
            interval,
            poll: None,
            poll_due: true,
            polls: 0,
            cuts: 0,
            quick: 0,
            walkbacks: Standing::default(),
            batches_overdue: BTreeSet::new(),
        }
    }

    /// What is wrong with the way to the server, or keeps the inventory from it.
    pub fn error(&self) -> Option<&str> {
        self.link.error().or_else(|| match self.patience.cause(&Thing::Inventory)? {
            Cause::Way(words) | Cause::Refused(words) => Some(words),
            Cause::Here(_) => None,
        })
    }

    /// After so long even what was refused is tried again: a quota or a disk may have room.
    pub(super) fn forgive_after(&self) -> Duration {
        self.interval.saturating_mul(15).clamp(Duration::from_secs(15), Duration::from_mins(15))
    }

    /// An order of the last batch that could be opened.
    pub fn order(&self, id: &OrderId) -> Option<&Order> {
        self.orders.iter().find(|(known, _)| known == id).map(|(_, order)| order)
    }

    /// Since when the poll that is under way has waited at the server.
    pub fn poll_since(&self, now: Now) -> Option<Timestamp> {
        let waited = now.mono.saturating_sub(self.poll?.since);
        Some(Timestamp::from_ms(now.wall.as_ms().saturating_sub(i64::try_from(waited.as_millis()).unwrap_or(i64::MAX))))
    }

    /// Whether an order has told that it waits for something at this site.
    pub fn waits(&self, order: &OrderId) -> bool {
        self.waiting.contains_key(order)
    }

    /// Whether a content that is to be uploaded didn't get through before.
    pub fn has_failed_to_upload(&self, sha256: &ContentHash) -> bool {
        self.patience.failures(&Thing::Upload(*sha256)) > 0
    }

    /// How many contents wait to be uploaded.
    pub fn uploads_waiting(&self) -> usize {
        self.wanted.len() + self.memory.wanted.len()
    }

    /// The time by which orders are judged: no clock before the build is believed.
    pub(super) fn judged(&self, now: Now) -> Timestamp {
        now.wall.max(self.setup.built)
    }

    pub(super) fn is_busy(&self, lane: Lane) -> bool {
        self.busy.contains(&lane)
    }

    pub(super) fn want_scan(&mut self, reason: ScanReason) {
        self.scan_wanted.get_or_insert(reason);
    }

    /// Not while files are being changed.
    pub(super) fn can_scan(&self) -> bool {
        !self.is_busy(Lane::Scan) && !self.is_busy(Lane::Execute)
    }

    /// Sets a timer; one of the same kind that ran before is void.
    pub(super) fn set_timer(&mut self, timer: Timer, after: Duration, out: &mut Vec<Effect>) {
        self.timers.last += 1;
        self.timers.running.insert(timer, self.timers.last);
        out.push(Effect::Timer { id: self.timers.last, after });
    }

    /// The hashes that stand in the inventory now.
    pub(super) fn has(&self, sha256: &ContentHash) -> bool {
        self.report.as_ref().is_some_and(|report| {
            report.inventory.applications.values().any(|listing| listing.files.values().any(|file| file.sha256 == *sha256))
        })
    }
}
