//! The vendor's side of the world: what is published, what is stored, and what is believed of each site.

use super::super::order;
use crate::cell::{AtSite, Base, Cell, Facts, LatestOrder, Published, Unknown, cell};
use crate::hash::ContentHash;
use crate::id::OrderId;
use crate::inventory::Answer;
use crate::order::Order;
use crate::order::state::{OrderEvent, OrderState, advance};
use crate::time::Timestamp;
use std::collections::HashSet;
use std::time::Duration;

/// How far counters jump at a restore, so that orders of before are surely older.
const RESTORE_JUMP: u64 = 1_000;

/// What is believed of one site.
#[derive(Debug, Clone)]
pub(super) struct Believed {
    pub(super) seen: AtSite,
    pub(super) base: Base,
    pub(super) order: Option<(LatestOrder, Order)>,
    /// The highest counter that was proposed or heard of.
    pub(super) counter: u64,
    /// Counts what the site has not been told.
    pub(super) revision: u64,
    /// The process that polls, and whether another was found to poll beside it.
    pub(super) boot: Option<u64>,
    pub(super) cloned: bool,
}

/// The server's data.
#[derive(Debug, Clone)]
pub(super) struct Vendor {
    pub(super) epoch: u64,
    pub(super) current: Option<ContentHash>,
    pub(super) earlier: Vec<ContentHash>,
    pub(super) stored: HashSet<ContentHash>,
    pub(super) sites: Vec<Believed>,
}

impl Vendor {
    pub(super) fn new(sites: usize) -> Self {
        let believed = Believed {
            seen: AtSite::Unknown(Unknown::NoInventory),
            base: Base::Never,
            order: None,
            counter: 0,
            revision: 0,
            boot: None,
            cloned: false,
        };
        Self { epoch: 1, current: None, earlier: Vec::new(), stored: HashSet::new(), sites: vec![believed; sites] }
    }

    pub(super) fn cell(&self, site: usize) -> Cell {
        let believed = &self.sites[site];
        cell(&Facts {
            published: Published { current: self.current, earlier: &self.earlier, newer: &[], elsewhere: false },
            site: believed.seen,
            site_since: None,
            unknown_since: None,
            base: believed.base,
            order: believed.order.as_ref().map(|(latest, _)| latest),
            age: Some(Duration::ZERO),
            silent_after: Duration::from_mins(5),
        })
    }

    pub(super) fn seen_content(&self, site: usize) -> Option<ContentHash> {
        match self.sites[site].seen {
            AtSite::Present(has) => Some(has),
            _ => None,
        }
    }

    pub(super) fn publish(&mut self, sha256: ContentHash) {
        self.stored.insert(sha256);
        if self.current != Some(sha256) {
            self.earlier.extend(self.current);
            self.earlier.retain(|earlier| *earlier != sha256);
            self.current = Some(sha256);
        }
        (0..self.sites.len()).for_each(|site| self.agree(site));
    }

    fn agree(&mut self, site: usize) {
        if let (Some(has), Some(current)) = (self.seen_content(site), self.current)
            && has == current
        {
            self.sites[site].base = Base::Content(has);
        }
    }

    /// Gives an order for what was seen to become `outcome`.
    pub(super) fn give(&mut self, site: usize, id: OrderId, outcome: Option<ContentHash>, now: Timestamp) {
        let seen = self.seen_content(site);
        let believed = &mut self.sites[site];
        believed.counter += 1;
        let order = order(believed.counter, seen, outcome);
        let latest = LatestOrder {
            id,
            action: order.action,
            expected: seen,
            state: OrderState::Queued,
            by: "ada".parse().expect("user"),
            created: now,
        };
        believed.order = Some((latest, order));
        believed.revision += 1;
    }

    /// All that waits for a site.
    pub(super) fn batch(&mut self, site: usize, now: Timestamp) -> Vec<(OrderId, Order)> {
        let open = self.sites[site].order.as_ref().filter(|(latest, _)| latest.state.is_open());
        let batch = open.map(|(latest, order)| (latest.id.clone(), order.clone())).into_iter().collect();
        self.advance(site, OrderEvent::Offered, now);
        batch
    }

    pub(super) fn advance(&mut self, site: usize, event: OrderEvent, now: Timestamp) {
        if let Some((latest, _)) = &mut self.sites[site].order {
            latest.state = advance(latest.state.clone(), event, now);
        }
    }

    /// Hears of a process that polls for a site; whether it may be given anything.
    pub(super) fn let_in(&mut self, site: usize, boot: u64) -> bool {
        let believed = &mut self.sites[site];
        // A number only grows: a lower one than before is a process that was replaced and goes on all the same.
        believed.cloned |= believed.boot.is_some_and(|known| boot < known);
        believed.boot = believed.boot.max(Some(boot));
        !believed.cloned
    }

    /// An inventory arrives: facts first, then what they confirm. On "can't say" nothing is confirmed, and no base moves.
    pub(super) fn hear(&mut self, site: usize, answer: Answer<'_>, now: Timestamp) {
        self.sites[site].seen = match answer {
            Answer::Has(fact) => AtSite::Present(fact.sha256),
            Answer::HasNot => AtSite::Absent,
            Answer::CantSay(unsaid) => AtSite::Unknown(Unknown::File(unsaid.why)),
        };
        let shown = match self.sites[site].seen {
            AtSite::Present(has) => Some(has),
            AtSite::Absent => None,
            AtSite::NotRun | AtSite::Unknown(_) => return,
        };
        let is_confirmed = |believed: &Believed| {
            believed.order.as_ref().is_some_and(|(latest, _)| matches!(latest.state, OrderState::Confirmed { .. }))
        };
        let wanted = self.sites[site].order.as_ref().is_some_and(|(latest, _)| latest.action.outcome() == shown);
        if wanted && !is_confirmed(&self.sites[site]) {
            self.advance(site, OrderEvent::Shown { awaits_hook: false }, now);
            if is_confirmed(&self.sites[site]) {
                self.sites[site].base = shown.map_or(Base::Absent, Base::Content);
            }
        }
        self.agree(site);
    }

    /// The server's process ends and begins anew: mailboxes start at a revision that no site has a tag of.
    pub(super) fn restart(&mut self) {
        for believed in &mut self.sites {
            believed.revision += 1_000_000;
        }
    }

    /// These data as a restore makes them: nothing that the backup believed of sites counts, no open order is offered again.
    pub(super) fn restored(mut self, above: u64, now: Timestamp) -> Self {
        self.epoch = above + 1;
        for site in 0..self.sites.len() {
            let believed = &mut self.sites[site];
            believed.seen = AtSite::Unknown(Unknown::Restored);
            believed.counter += RESTORE_JUMP;
            believed.revision += 1_000_000;
            self.advance(site, OrderEvent::Restored, now);
        }
        self
    }
}
