//! What an inventory changes of what is known: cells, bases, confirmed orders, a mass drop that is held. Pure.

use crate::store::cell::CellRow;
use crate::store::current::CurrentEntry;
use fieldpost_common::api::{HeldDrop, OrderInfo};
use fieldpost_common::cell::Base;
use fieldpost_common::cell::agreement::Agreement;
use fieldpost_common::hook::HookWord;
use fieldpost_common::id::OrderId;
use fieldpost_common::inventory::{Directory, Drop, FileFact, Listing, drop_check};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::state::{OrderEvent, OrderState, UnknownCause, advance};
use fieldpost_common::order::{Action, Failure};
use fieldpost_common::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What was known of one application at one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Before {
    pub(crate) cells: BTreeMap<PatchName, CellRow>,
    pub(crate) held: Option<HeldDrop>,
    /// A person says that the drop is meant.
    pub(crate) drop_accepted: bool,
    /// What both agree on once the newest order is carried out. Nothing where it puts something that no publication stands for: what a
    /// site had made itself, put back by an undo.
    pub(crate) ordered: BTreeMap<PatchName, Agreement>,
    /// Whether the site runs a program of its own after it put something in place.
    pub(crate) has_hook: bool,
}

/// What is different now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) cells: Vec<(PatchName, CellRow)>,
    /// What both have agreed on anew.
    pub(crate) agreements: Vec<(PatchName, Agreement)>,
    pub(crate) orders: Vec<(OrderId, OrderState)>,
    pub(crate) held: Option<HeldDrop>,
}

/// Compares. `orders` holds the newest order of each cell, `published` what is current for the version that the site runs.
pub(crate) fn observe(
    before: &Before,
    listing: &Listing,
    orders: &BTreeMap<PatchName, OrderInfo>,
    published: &BTreeMap<PatchName, CurrentEntry>,
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
        let shown = orders.get(name).and_then(|order| confirm(order, fact, before.has_hook, now));
        let ordered = before.ordered.get(name).filter(|_| shown.is_some() || comes_after_hook(orders.get(name), known, fact));
        let agreement = agreement(known, fact, published.get(name), ordered);
        let cell = next(known, fact, agreement, now);
        changes.agreements.extend(agreement.map(|agreement| (name.clone(), agreement)));
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

/// A removal whose hook failed was carried out all the same.
fn was_given_up(state: &OrderState) -> bool {
    let by_hook = matches!(state, OrderState::Failed { reason: Failure::Hook { .. }, .. });
    !by_hook && matches!(state.word(), "cancelled" | "superseded" | "expired" | "failed")
}

/// What was ordered is shown only now, and its hook has ended badly before: both sides have the same bytes all the same.
fn comes_after_hook(order: Option<&OrderInfo>, known: Option<&CellRow>, fact: Option<&FileFact>) -> bool {
    let (Some(order), has) = (order, fact.map(|fact| fact.sha256)) else { return false };
    let is_done = matches!(
        order.state,
        OrderState::Failed { reason: Failure::Hook { .. }, .. }
            | OrderState::Unknown { cause: UnknownCause::HookInterrupted, .. }
            | OrderState::TimedOut { .. }
    );
    is_done && order.action.outcome() == has && known.is_none_or(|known| known.has != has)
}

/// The order's new state, if the site shows what it asks for.
fn confirm(order: &OrderInfo, fact: Option<&FileFact>, has_hook: bool, now: Timestamp) -> Option<(OrderId, OrderState)> {
    if order.action.outcome() != fact.map(|fact| fact.sha256) {
        return None;
    }
    let awaits_hook = HookWord::is_awaited(order.hook.as_ref(), has_hook);
    let next = advance(order.state.clone(), OrderEvent::Shown { awaits_hook }, now);
    (next != order.state).then(|| (order.id.clone(), next))
}

/// What both agree on now and didn't before. `ordered`: an order is confirmed, and what both agree on by it.
fn agreement(
    known: Option<&CellRow>,
    fact: Option<&FileFact>,
    published: Option<&CurrentEntry>,
    ordered: Option<&Agreement>,
) -> Option<Agreement> {
    let (base, agreed) = known.map_or((Base::Never, None), |known| (known.base, known.agreed));
    let made = |base, row| Agreement { base, publication: Some(row), vendors: ordered.is_some_and(|ordered| ordered.vendors) };
    let agreement = match (fact.map(|fact| fact.sha256), published) {
        (Some(has), Some(published)) if published.sha256 == Some(has) => made(Base::Content(has), published.row),
        (_, Some(published)) if fact.is_none() && published.sha256.is_none() && ordered.is_none() && base != Base::Never => {
            made(Base::Absent, published.row)
        }
        (None, None) if ordered.is_none() && base != Base::Never => {
            Agreement { base: Base::Absent, publication: None, vendors: false }
        }
        _ => *ordered?,
    };
    ((agreement.base, agreement.publication) != (base, agreed)).then_some(agreement)
}

/// The cell as it is now; `None`: there is nothing to be said about it.
fn next(known: Option<&CellRow>, fact: Option<&FileFact>, agreement: Option<Agreement>, now: Timestamp) -> Option<CellRow> {
    if known.is_none() && fact.is_none() && agreement.is_none() {
        return None;
    }
    let has = fact.map(|fact| fact.sha256);
    let before = known.map_or((Base::Never, None), |known| (known.base, known.agreed));
    let (base, agreed) = agreement.map_or(before, |agreement| (agreement.base, agreement.publication));
    let since = known.filter(|known| known.has == has).map_or(now, |known| known.since);
    Some(CellRow { has, size: fact.map_or(0, |fact| fact.size), since, base, agreed })
}

#[cfg(test)]
mod tests;
