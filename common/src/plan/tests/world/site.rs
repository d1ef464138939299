//! A site of the world: its disk, what its agent has made durable, and what the agent only knows while it runs.

use super::super::{Agent, content, place};
use crate::hash::ContentHash;
use crate::id::OrderId;
use crate::inventory::{Answer, CantSay, FileFact, Obstacle};
use crate::order::Order;
use crate::plan::{Accepted, Outcome, What};
use crate::time::Timestamp;
use std::collections::HashSet;

/// Where a poll is cut off while a step is carried out: what was durable by then stays, the rest is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Before the counter is durable.
    Counter,
    /// After the counter is durable and before the file is.
    File,
    /// After the file is durable and before the journal says so.
    Journal,
}

/// One agent and the directory that it watches.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// Accepted counters and stored contents are in the journal; the inventory and what was fetched are forgotten at a restart.
    pub(super) agent: Agent,
    pub(super) disk: Option<ContentHash>,
    /// Whether the file's last change was seen to rest.
    rested: bool,
    readable: bool,
    /// The facts that the journal keeps of what the agent itself put in place, while nobody wrote to it since.
    installed: Option<ContentHash>,
    /// Bytes that orders replaced or removed.
    pub(super) kept: HashSet<ContentHash>,
    /// The epoch of the server's data that it follows.
    pub(super) epoch: u64,
    /// The mailbox revision of the batch that it has journalled.
    pub(super) tag: Option<u64>,
    /// Which journal it writes: a copy is another, and so is one that begins after a loss.
    pub(super) journal: u64,
    /// Which process it is: another after each start.
    pub(super) boot: u64,
    /// How far its clock is ahead, in days.
    pub(super) clock_days: i64,
}

impl Site {
    pub(super) fn new(boot: u64) -> Self {
        Self {
            agent: Agent::with(None),
            disk: None,
            rested: false,
            readable: true,
            installed: None,
            kept: HashSet::new(),
            epoch: 1,
            tag: None,
            journal: boot,
            boot,
            clock_days: 0,
        }
    }

    pub(super) fn edit(&mut self, text: u8) {
        self.change(Some(content(&text.to_string())));
    }

    pub(super) fn change(&mut self, disk: Option<ContentHash>) {
        (self.disk, self.rested, self.installed) = (disk, false, None);
    }

    /// Time goes by in which nobody writes.
    pub(super) fn rest(&mut self) {
        self.rested = true;
    }

    pub(super) fn set_readable(&mut self, readable: bool) {
        self.readable = readable;
    }

    /// The process ends and another begins: a first look begins anew.
    pub(super) fn restart(&mut self, boot: u64) {
        self.boot = boot;
        self.rested = false;
        self.agent.fetched.clear();
    }

    /// The journal and all else in the state folder is lost.
    pub(super) fn lose_state(&mut self, boot: u64) {
        self.restart(boot);
        let fresh = Self::new(boot);
        (self.agent, self.installed, self.epoch, self.tag) = (fresh.agent, None, fresh.epoch, None);
        self.journal = boot;
        self.kept.clear();
    }

    /// What the agent can say of the file now.
    pub(super) fn answer(&self) -> Answer<'_> {
        let listing = self.agent.inventory.applications.get(&place().0).expect("its listing");
        listing.answer(&place().1)
    }

    /// Looks at the directory.
    pub(super) fn scan(&mut self, now: Timestamp) {
        let known_at_once = self.disk.is_some() && self.installed == self.disk;
        let obstacle = match (self.readable, self.rested || known_at_once, self.disk) {
            (false, _, Some(_)) => Some(Obstacle::NotPermitted),
            (_, true, _) => None,
            (_, false, Some(_)) => Some(Obstacle::BeingWritten),
            (_, false, None) => Some(Obstacle::FirstLook),
        };
        let listing = self.agent.inventory.applications.get_mut(&place().0).expect("its listing");
        listing.files.clear();
        listing.cant_say.clear();
        if let Some(why) = obstacle {
            listing.cant_say.insert(place().1, CantSay { why, since: now });
        } else {
            let fact = |sha256| FileFact { sha256, size: 3, modified: Timestamp::default() };
            listing.files.extend(self.disk.map(|sha256| (place().1, fact(sha256))));
        }
    }

    /// The next step for one order, by the site's own clock.
    pub(super) fn plan(&self, batch: &[(OrderId, Order)], now: Timestamp) -> Option<What> {
        let ahead_ms = self.clock_days * 24 * 3_600_000;
        let own = Timestamp::from_ms(now.as_ms().saturating_add(ahead_ms).max(0));
        self.agent.plan_at(batch, own).pop()
    }

    /// The highest counter that it has accepted.
    pub(super) fn counter(&self) -> u64 {
        self.agent.accepted.get(&place()).map_or(0, |accepted| accepted.counter)
    }

    pub(super) fn accept(&mut self, counter: u64, order: &OrderId, outcome: Option<Outcome>) {
        assert!(counter >= self.counter(), "an accepted counter never falls");
        self.agent.accepted.insert(place(), Accepted { counter, order: order.clone(), outcome });
    }

    /// Changes the file as one step says, up to a cut. Whether the file was changed.
    pub(super) fn replace(
        &mut self,
        by: &OrderId,
        counter: u64,
        (old, new): (Option<ContentHash>, Option<ContentHash>),
        cut: Option<Cut>,
    ) -> bool {
        if cut == Some(Cut::Counter) {
            return false;
        }
        self.accept(counter, by, None);
        if cut == Some(Cut::File) {
            return false;
        }
        assert_eq!(self.disk, old, "a step names exactly what is there");
        self.kept.extend(old);
        (self.disk, self.installed, self.rested) = (new, new, true);
        if cut.is_none() {
            self.accept(counter, by, Some(Outcome::Installed));
        }
        true
    }
}
