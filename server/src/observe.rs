//! What an inventory changes of what is known: cells, bases, confirmed orders, a mass drop that is held. Pure.
//!
//! Of a file of which the site can't say anything nothing is confirmed, dropped or counted, and no base moves.

use crate::store::cell::CellRow;
use crate::store::current::CurrentEntry;
use fieldpost_common::api::{HeldDrop, OrderInfo};
use fieldpost_common::cell::Base;
use fieldpost_common::cell::agreement::Agreement;
use fieldpost_common::hook::HookWord;
use fieldpost_common::id::OrderId;
use fieldpost_common::inventory::{Answer, CantSay, Directory, Drop, FileFact, Listing, Obstacle, UnsaidCount, drop_check};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::state::{OrderEvent, OrderState, UnknownCause, advance};
use fieldpost_common::order::{Action, Failure};
use fieldpost_common::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// For so long a file that vanished unordered counts for the drop brake.
const BRAKE: Duration = Duration::from_hours(24);

/// What was known of one application at one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Before {
    pub(crate) cells: BTreeMap<PatchName, CellRow>,
    pub(crate) held: Option<HeldDrop>,
    /// What vanished before, and when.
    pub(crate) vanished: BTreeMap<PatchName, Timestamp>,
    /// A person says that the drop is meant.
    pub(crate) drop_accepted: bool,
    /// What both agree on once the newest order is carried out. Nothing where it puts something that no publication stands for: what a
    /// site had made itself, put back by an undo.
    pub(crate) ordered: BTreeMap<PatchName, Agreement>,
}

/// What is different now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) cells: Vec<(PatchName, CellRow)>,
    /// What both have agreed on anew.
    pub(crate) agreements: Vec<(PatchName, Agreement)>,
    /// Cells of which there is nothing to be said any more, and never was.
    pub(crate) forgotten: Vec<PatchName>,
    pub(crate) orders: Vec<(OrderId, OrderState)>,
    pub(crate) held: Option<HeldDrop>,
    /// When files vanished; `None`: they don't count any more.
    pub(crate) vanished: Vec<(PatchName, Option<Timestamp>)>,
    /// Files of which nothing can be said.
    pub(crate) unsaid: Option<UnsaidCount>,
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
    let heard = Heard { before, listing, orders, now };
    let names = heard.names(published);
    let unsaid: Vec<_> = names.iter().filter_map(|name| Some((*name, heard.unsaid(name)?))).collect();
    let unsaid = UnsaidCount::of(&unsaid, listing.files.len());
    let vanished = heard.vanished();
    if let Some(held) = heard.held(&vanished).filter(|_| !before.drop_accepted) {
        return Changes { held: Some(held), unsaid, ..Changes::default() };
    }
    let mut changes = Changes { unsaid, vanished: heard.counted(&vanished), ..Changes::default() };
    for name in names {
        let known = before.cells.get(name);
        let answer = heard.answer(name);
        let shown = orders.get(name).and_then(|order| confirm(order, &answer, listing.hook, now));
        let is_done = shown.is_some() || comes_after_hook(orders.get(name), known, &answer);
        let ordered = before.ordered.get(name).filter(|_| is_done);
        let agreement = heard.agreement(name, published.get(name), ordered);
        let cell = heard.next(name, agreement);
        changes.agreements.extend(agreement.map(|agreement| (name.clone(), agreement)));
        match cell {
            Some(cell) if Some(cell) != known.copied() => changes.cells.push((name.clone(), cell)),
            None if known.is_some() => changes.forgotten.push(name.clone()),
            _ => {}
        }
        changes.orders.extend(shown);
    }
    changes
}

/// An inventory beside what was known.
struct Heard<'a> {
    before: &'a Before,
    listing: &'a Listing,
    orders: &'a BTreeMap<PatchName, OrderInfo>,
    now: Timestamp,
}

impl<'a> Heard<'a> {
    /// Every name of which something was known or is said.
    fn names(&self, published: &'a BTreeMap<PatchName, CurrentEntry>) -> BTreeSet<&'a PatchName> {
        let Self { before, listing, orders, .. } = self;
        let named = before.cells.keys().chain(listing.files.keys()).chain(listing.cant_say.keys()).chain(orders.keys());
        // A patch that was never sent may have come to stand in a folder that can't be read.
        let is_hidden = |entry: &CurrentEntry| entry.sha256.is_some() && !listing.cant_say_below.is_empty();
        named.chain(published.iter().filter(|(_, entry)| is_hidden(entry)).map(|(name, _)| name)).collect()
    }

    /// What is said of a name. What isn't there, or is something else, where nothing was known of anyway, is no matter.
    fn answer(&self, name: &PatchName) -> Answer<'a> {
        let answer = self.listing.answer(name);
        let Answer::CantSay(CantSay { why, .. }) = answer else { return answer };
        let was_there = self.before.cells.get(name).is_some_and(|cell| cell.has.is_some());
        let is_awaited = self.orders.get(name).is_some_and(|order| order.state.is_open());
        let matters_only_then = why.is_something_else() || matches!(why, Obstacle::FirstLook | Obstacle::JustGone);
        if matters_only_then && !was_there && !is_awaited { Answer::HasNot } else { answer }
    }

    /// Why nothing can be said of a name, and since when: since it was first told, as long as it lasts.
    fn unsaid(&self, name: &PatchName) -> Option<CantSay> {
        let Answer::CantSay(CantSay { why, since }) = self.answer(name) else { return None };
        let before = self.before.cells.get(name).and_then(|cell| cell.cant_say);
        Some(CantSay { why, since: before.map_or(since, |before| before.since).min(self.now) })
    }

    /// What vanished in the last day and is still gone, and when.
    fn vanished(&self) -> BTreeMap<&'a PatchName, Timestamp> {
        // What is held stays held until a person accepts it, however long that takes.
        let reference = self.before.held.map_or(self.now, |held| held.at);
        let counts = |at: Timestamp| at.age(reference) < BRAKE;
        let is_gone = |name: &PatchName| self.answer(name) == Answer::HasNot;
        let earlier =
            self.before.vanished.iter().filter(|(name, at)| counts(**at) && is_gone(name)).map(|(name, at)| (name, *at));
        let had = self.before.cells.iter().filter(|(_, cell)| cell.has.is_some()).map(|(name, _)| name);
        let now = had.filter(|name| is_gone(name) && !self.was_removal_ordered(name)).map(|name| (name, self.now));
        earlier.chain(now).collect()
    }

    /// What the drop brake counts from now on, where that is something else than before.
    fn counted(&self, vanished: &BTreeMap<&PatchName, Timestamp>) -> Vec<(PatchName, Option<Timestamp>)> {
        let counts = |name: &PatchName| vanished.get(name).filter(|_| !self.before.drop_accepted).copied();
        let forgotten = self.before.vanished.keys().filter(|name| counts(name).is_none()).map(|name| (name.clone(), None));
        let new = vanished.keys().filter(|name| counts(name) != self.before.vanished.get(**name).copied());
        forgotten.chain(new.filter_map(|name| Some(((*name).clone(), Some(counts(name)?))))).collect()
    }

    fn held(&self, vanished: &BTreeMap<&PatchName, Timestamp>) -> Option<HeldDrop> {
        let had = |name: &PatchName| self.before.cells.get(name).is_some_and(|cell| cell.has.is_some());
        let of = self.before.cells.values().filter(|cell| cell.has.is_some()).count();
        let of = of + vanished.keys().filter(|name| !had(name)).count();
        let Drop::Mass { dropped, of } = drop_check(vanished.len(), of) else { return None };
        Some(HeldDrop { dropped, of, at: self.before.held.map_or(self.now, |held| held.at) })
    }

    fn was_removal_ordered(&self, name: &PatchName) -> bool {
        self.orders.get(name).is_some_and(|order| order.action == Action::Remove && !was_given_up(&order.state))
    }

    /// What both agree on now and didn't before. `ordered`: an order is confirmed, and what both agree on by it.
    fn agreement(&self, name: &PatchName, published: Option<&CurrentEntry>, ordered: Option<&Agreement>) -> Option<Agreement> {
        let fact = match self.answer(name) {
            Answer::Has(fact) => Some(fact),
            Answer::HasNot => None,
            Answer::CantSay(_) => return None,
        };
        agreement(self.before.cells.get(name), fact, published, ordered)
    }

    /// The cell as it is now; `None`: there is nothing to be said about it.
    fn next(&self, name: &PatchName, agreement: Option<Agreement>) -> Option<CellRow> {
        let known = self.before.cells.get(name);
        if let Some(cant_say) = self.unsaid(name) {
            let last = known.copied().unwrap_or_else(|| CellRow::blank(self.now));
            return Some(CellRow { cant_say: Some(cant_say), ..last });
        }
        let fact = if let Answer::Has(fact) = self.answer(name) { Some(fact) } else { None };
        // A name of which nothing was ever known but that something stood in the way of saying so.
        let was_nothing = known.is_none_or(|known| known.has.is_none() && known.base == Base::Never);
        if was_nothing && fact.is_none() && agreement.is_none() {
            return known.filter(|known| known.cant_say.is_none()).copied();
        }
        Some(said(known, fact, agreement, self.now))
    }
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

/// A cell of which the inventory says what is there.
fn said(known: Option<&CellRow>, fact: Option<&FileFact>, agreement: Option<Agreement>, now: Timestamp) -> CellRow {
    let has = fact.map(|fact| fact.sha256);
    let before = known.map_or((Base::Never, None), |known| (known.base, known.agreed));
    let (base, agreed) = agreement.map_or(before, |agreement| (agreement.base, agreement.publication));
    let since = known.filter(|known| known.has == has).map_or(now, |known| known.since);
    CellRow { has, size: fact.map_or(0, |fact| fact.size), since, base, agreed, cant_say: None }
}

/// A removal whose hook failed was carried out all the same.
fn was_given_up(state: &OrderState) -> bool {
    let by_hook = matches!(state, OrderState::Failed { reason: Failure::Hook { .. }, .. });
    !by_hook && matches!(state.word(), "cancelled" | "superseded" | "expired" | "failed")
}

/// Whether a site shows what an order asks for; of what nothing can be said it shows nothing.
fn is_shown(order: &OrderInfo, answer: &Answer<'_>) -> bool {
    match answer {
        Answer::Has(fact) => order.action.outcome() == Some(fact.sha256),
        Answer::HasNot => order.action.outcome().is_none(),
        Answer::CantSay(_) => false,
    }
}

/// What was ordered is shown only now, and its hook has ended badly before: both sides have the same bytes all the same.
fn comes_after_hook(order: Option<&OrderInfo>, known: Option<&CellRow>, answer: &Answer<'_>) -> bool {
    let Some(order) = order else { return false };
    let is_done = matches!(
        order.state,
        OrderState::Failed { reason: Failure::Hook { .. }, .. }
            | OrderState::Unknown { cause: UnknownCause::HookInterrupted, .. }
            | OrderState::TimedOut { .. }
    );
    is_done && is_shown(order, answer) && known.is_none_or(|known| known.has != order.action.outcome())
}

/// The order's new state, if the site shows what it asks for.
fn confirm(order: &OrderInfo, answer: &Answer<'_>, has_hook: bool, now: Timestamp) -> Option<(OrderId, OrderState)> {
    if !is_shown(order, answer) {
        return None;
    }
    let awaits_hook = HookWord::is_awaited(order.hook.as_ref(), has_hook);
    let next = advance(order.state.clone(), OrderEvent::Shown { awaits_hook }, now);
    (next != order.state).then(|| (order.id.clone(), next))
}

#[cfg(test)]
mod tests;
