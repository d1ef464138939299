//! What an inventory changes of what is known: cells, bases, confirmed orders, a mass drop that is held. Pure.

use crate::store::cell::CellRow;
use fieldpost_common::api::{HeldDrop, OrderInfo};
use fieldpost_common::cell::Base;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::OrderId;
use fieldpost_common::inventory::{Directory, Drop, FileFact, Listing, drop_check};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::Action;
use fieldpost_common::order::state::{OrderEvent, OrderState, advance};
use fieldpost_common::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What was known of one application at one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Before {
    pub(crate) cells: BTreeMap<PatchName, CellRow>,
    pub(crate) held: Option<HeldDrop>,
    /// A person says that the drop is meant.
    pub(crate) drop_accepted: bool,
    /// Whose newest order puts something there that nobody has ever published: what a site had made itself, put back by an undo.
    pub(crate) unpublished: BTreeSet<PatchName>,
}

/// What is different now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) cells: Vec<(PatchName, CellRow)>,
    pub(crate) orders: Vec<(OrderId, OrderState)>,
    pub(crate) held: Option<HeldDrop>,
}

/// Compares. `orders` holds the newest order of each cell, `published` what is current for the version that the site runs.
pub(crate) fn observe(
    before: &Before,
    listing: &Listing,
    orders: &BTreeMap<PatchName, OrderInfo>,
    published: &BTreeMap<PatchName, ContentHash>,
    now: Timestamp,
) -> Changes {
    if listing.directory != Directory::Present {
        // Missing is not deleted.
        return Changes { held: before.held, ..Changes::default() };
    }
    if let Drop::Mass { dropped, of } = drop_of(before, listing, orders)
        && !before.drop_accepted
    {
        let at = before.held.map_or(now, |held| held.at);
        return Changes { held: Some(HeldDrop { dropped, of, at }), ..Changes::default() };
    }
    let mut changes = Changes::default();
    let names: BTreeSet<&PatchName> = before.cells.keys().chain(listing.files.keys()).chain(orders.keys()).collect();
    for name in names {
        let known = before.cells.get(name);
        let fact = listing.files.get(name);
        let shown = orders.get(name).and_then(|order| confirm(order, fact, now));
        let agreed = shown.is_some() && !before.unpublished.contains(name);
        let cell = next(known, fact, published.get(name), agreed, now);
        if cell != known.copied() {
            changes.cells.extend(cell.map(|cell| (name.clone(), cell)));
        }
        changes.orders.extend(shown);
    }
    changes
}

fn drop_of(before: &Before, listing: &Listing, orders: &BTreeMap<PatchName, OrderInfo>) -> Drop {
    let had = before.cells.iter().filter(|(_, cell)| cell.has.is_some()).map(|(name, _)| name);
    let removal_ordered =
        |name: &PatchName| orders.get(name).is_some_and(|order| order.action == Action::Remove && !was_given_up(&order.state));
    drop_check(had, |name| listing.files.contains_key(name), removal_ordered)
}

fn was_given_up(state: &OrderState) -> bool {
    matches!(state.word(), "cancelled" | "superseded" | "expired" | "failed")
}

/// The order's new state, if the site shows what it asks for.
fn confirm(order: &OrderInfo, fact: Option<&FileFact>, now: Timestamp) -> Option<(OrderId, OrderState)> {
    if order.action.outcome() != fact.map(|fact| fact.sha256) {
        return None;
    }
    let next = advance(order.state.clone(), OrderEvent::Shown, now);
    (next != order.state).then(|| (order.id.clone(), next))
}

/// The cell as it is now; `None`: there is nothing to be said about it. `agreed`: an order is confirmed by which both agree.
fn next(
    known: Option<&CellRow>,
    fact: Option<&FileFact>,
    published: Option<&ContentHash>,
    agreed: bool,
    now: Timestamp,
) -> Option<CellRow> {
    if known.is_none() && fact.is_none() && !agreed {
        return None;
    }
    let has = fact.map(|fact| fact.sha256);
    let base = known.map_or(Base::Never, |known| known.base);
    let base = match (has, published) {
        (Some(has), Some(published)) if has == *published => Base::Content(has),
        (Some(has), _) if agreed => Base::Content(has),
        (None, _) if agreed => Base::Absent,
        (None, None) if base != Base::Never => Base::Absent,
        _ => base,
    };
    let since = known.filter(|known| known.has == has).map_or(now, |known| known.since);
    Some(CellRow { has, size: fact.map_or(0, |fact| fact.size), since, base })
}

#[cfg(test)]
mod tests;
