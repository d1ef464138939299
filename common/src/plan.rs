//! What an agent does next: orders, inventory and journal in, steps out. Leaves the executor no choices.

use crate::hash::ContentHash;
use crate::id::{AppName, OrderId};
use crate::inventory::{Answer, Directory, FileFact, Inventory, Listing};
use crate::name::PatchName;
use crate::order::{Action, Failure, Order, Refusal};
use crate::time::Timestamp;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

/// An order counter may not jump further than this: else one order could block all later ones.
pub const MAX_COUNTER_JUMP: u64 = 1_000_000;

/// One patch of one application, at the site where the agent runs.
pub type Place = (AppName, PatchName);

/// What the agent remembers of the orders for one place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Accepted {
    /// The highest counter that was accepted. Never falls.
    pub counter: u64,
    /// The order that had it.
    pub order: OrderId,
    /// How that order ended here; `None`: begun, not ended.
    pub outcome: Option<Outcome>,
}

/// How an order ended at the site.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// In place.
    Installed,
    /// It was not done.
    Failed(Failure),
}

/// All that a plan is made from, beside the orders.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What the last scan saw.
    pub inventory: &'a Inventory,
    /// What was accepted before, by place.
    pub accepted: &'a BTreeMap<Place, Accepted>,
    /// Contents that the server acknowledged under its present generation.
    pub stored: &'a HashSet<ContentHash>,
    /// Contents that were fetched and verified, and wait in the agent's state directory.
    pub fetched: &'a HashSet<ContentHash>,
    /// The largest content that this agent takes, in bytes.
    pub max_size: u64,
    /// The agent's clock, but never before the time it was built: a clock that fell back must not revive old orders.
    pub now: Timestamp,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// For which order.
    pub order: OrderId,
    /// In which directory.
    pub application: AppName,
    /// On which file.
    pub patch: PatchName,
    /// What.
    pub what: What,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Give the server the bytes that are about to be replaced.
    Upload {
        /// Their hash.
        sha256: ContentHash,
        /// Their size.
        size: u64,
    },
    /// Get the ordered content.
    Fetch {
        /// Its hash.
        sha256: ContentHash,
        /// Its signed size: not a byte more is read.
        size: u64,
    },
    /// Put the fetched content in place of exactly `expected`.
    Put {
        /// What must be there right before; `None`: nothing.
        expected: Option<ContentHash>,
        /// The new content.
        sha256: ContentHash,
        /// Its size.
        size: u64,
        /// Written durably before the swap.
        counter: u64,
    },
    /// Take exactly `expected` away.
    Remove {
        /// What must be there right before.
        expected: ContentHash,
        /// Written durably before the removal.
        counter: u64,
    },
    /// The site already has what is asked for: accept the counter, report it.
    Settle {
        /// Written durably.
        counter: u64,
    },
    /// Say no, and why.
    Refuse {
        /// Why.
        why: Failure,
        /// The counter to write durably, where the refusal ends an order that had been accepted.
        counter: Option<u64>,
    },
    /// Already ended here: tell its outcome again.
    Repeat {
        /// The outcome.
        outcome: Outcome,
    },
}

impl What {
    /// How many bytes it writes at the site.
    pub fn needed(&self) -> u64 {
        match self {
            Self::Fetch { size, .. } | Self::Put { size, .. } => *size,
            _ => 0,
        }
    }
}

/// Makes the plan: at most one step for each order, in the order of the batch.
///
/// In one batch only the highest counter for a place runs. A directory that can't be read, or a file of which the agent can't say
/// anything, holds its orders back: they give no step until a later scan can say more. The server ends them when their time is over.
pub fn plan(orders: &[(OrderId, Order)], known: &Known<'_>) -> Vec<Step> {
    let highest = highest_counters(orders);
    orders
        .iter()
        .filter_map(|(id, order)| {
            let place = (order.application.clone(), order.patch.clone());
            let what = if highest.get(&place).is_some_and(|highest| order.counter < *highest) {
                Some(refuse(Refusal::OldCounter))
            } else {
                next(id, order, &place, known)
            };
            what.map(|what| Step { order: id.clone(), application: place.0, patch: place.1, what })
        })
        .collect()
}

fn highest_counters(orders: &[(OrderId, Order)]) -> BTreeMap<Place, u64> {
    let mut highest = BTreeMap::new();
    for (_, order) in orders {
        let counter = highest.entry((order.application.clone(), order.patch.clone())).or_insert(0);
        *counter = order.counter.max(*counter);
    }
    highest
}

fn refuse(why: Refusal) -> What {
    What::Refuse { why: why.into(), counter: None }
}

fn next(id: &OrderId, order: &Order, place: &Place, known: &Known<'_>) -> Option<What> {
    if let Some(accepted) = known.accepted.get(place) {
        if accepted.order == *id {
            if let Some(outcome) = &accepted.outcome {
                return Some(What::Repeat { outcome: outcome.clone() });
            }
        } else if order.counter <= accepted.counter {
            return Some(refuse(Refusal::OldCounter));
        }
    }
    let before = known.accepted.get(place).map_or(0, |accepted| accepted.counter);
    if order.counter > before.saturating_add(MAX_COUNTER_JUMP) {
        return Some(refuse(Refusal::CounterJump));
    }
    let Some(listing) = known.inventory.applications.get(&order.application) else {
        return Some(refuse(Refusal::UnknownApplication));
    };
    if listing.directory != Directory::Present {
        return None;
    }
    match listing.answer(&order.patch) {
        Answer::Has(file) => Some(act(order, Some(file), listing, known)),
        Answer::HasNot => Some(act(order, None, listing, known)),
        Answer::CantSay(unsaid) if unsaid.why.is_something_else() => {
            Some(What::Refuse { why: Refusal::ExpectationNotMet.into(), counter: Some(order.counter) })
        }
        Answer::CantSay(_) => None,
    }
}

fn act(order: &Order, file: Option<&FileFact>, listing: &Listing, known: &Known<'_>) -> What {
    let has = file.map(|file| file.sha256);
    if has == order.action.outcome() {
        // What is there may stay there; a hook is not run for an order whose time is over.
        let is_late = order.again && known.now > order.install_by;
        return if is_late { refuse(Refusal::Expired) } else { What::Settle { counter: order.counter } };
    }
    if known.now > order.install_by {
        return refuse(Refusal::Expired);
    }
    if has != order.expected {
        return What::Refuse { why: Refusal::ExpectationNotMet.into(), counter: Some(order.counter) };
    }
    if file.is_none() && clashes(listing, &order.patch) {
        return refuse(Refusal::BadName);
    }
    if let Some(file) = file
        && !known.stored.contains(&file.sha256)
    {
        return What::Upload { sha256: file.sha256, size: file.size };
    }
    match (order.action, order.expected) {
        (Action::Put { size, .. }, _) if size > known.max_size => refuse(Refusal::TooLarge),
        (Action::Put { sha256, size }, _) if !known.fetched.contains(&sha256) => What::Fetch { sha256, size },
        (Action::Put { sha256, size }, expected) => What::Put { expected, sha256, size, counter: order.counter },
        (Action::Remove, Some(expected)) => What::Remove { expected, counter: order.counter },
        (Action::Remove, None) => refuse(Refusal::Malformed),
    }
}

/// A new name must not be an old file in other letters, nor a file where another name has a folder.
fn clashes(listing: &Listing, patch: &PatchName) -> bool {
    let folded = patch.folded();
    listing.files.keys().any(|name| {
        let other = name.folded();
        other == folded || is_below(&other, &folded) || is_below(&folded, &other)
    })
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { application, patch, .. } = self;
        match &self.what {
            What::Upload { sha256, size } => write!(f, "upload {application}/{patch} {} ({size} bytes)", sha256.short()),
            What::Fetch { sha256, size } => write!(f, "fetch {application}/{patch} {} ({size} bytes)", sha256.short()),
            What::Put { expected: None, sha256, .. } => write!(f, "put {application}/{patch} {}, new", sha256.short()),
            What::Put { expected: Some(old), sha256, .. } => {
                write!(f, "put {application}/{patch} {} in place of {}", sha256.short(), old.short())
            }
            What::Remove { expected, .. } => write!(f, "remove {application}/{patch} {}", expected.short()),
            What::Settle { .. } => write!(f, "settle {application}/{patch}: already so"),
            What::Refuse { why, .. } => write!(f, "refuse {application}/{patch}: {why}"),
            What::Repeat { .. } => write!(f, "repeat the outcome for {application}/{patch}"),
        }
    }
}

#[cfg(test)]
mod tests;
