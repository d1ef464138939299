//! Inventory, uploads and results on their way to the server.

use super::effect::{Effect, Level, ScanReason, Timer};
use super::event::UploadEnd;
use super::patience::{Thing, blocked_here, held_back};
use super::state::{LANES, Lane, MOST_RESULTS, State};
use super::{hooks, link};
use crate::clock::Now;
use crate::trouble::Trouble;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{Generation, Succession};
use fieldpost_common::inventory::RefusedListing;
use fieldpost_common::text::{self, Clean};
use fieldpost_common::wire::{InventoryAnswer, MemoryAnswer, OrderResult};
use std::collections::BTreeMap;
use std::time::Duration;

/// An inventory goes up before the next poll, so that the poll names what the server has; one that takes longer holds up no order.
const INVENTORY_FIRST: Duration = Duration::from_secs(10);

/// Starts what waits: results first, then what is remembered, then the inventory, then contents.
pub(super) fn start(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    if !state.is_busy(Lane::Results) {
        let waiting =
            state.journal.results.iter().filter(|result| !state.patience.rests(&Thing::Result(result.order.clone()), now));
        let portion: Vec<_> = waiting.take(state.portion).cloned().collect();
        if !portion.is_empty() && !state.patience.rests(&Thing::Results, now) {
            state.busy.insert(Lane::Results);
            out.push(Effect::SendResults(portion));
        }
    }
    if state.memory.due && !state.is_busy(Lane::Memory) && !state.patience.rests(&Thing::Memory, now) {
        state.busy.insert(Lane::Memory);
        out.push(Effect::PutMemory);
    }
    // What is said of an order goes before the inventory that shows it: what is there may still have to be loaded.
    if let Some(digest) = inventory_due(state, now)
        && !state.is_busy(Lane::Inventory)
        && !(state.is_busy(Lane::Results) && hooks::is_being_told(state))
    {
        state.busy.insert(Lane::Inventory);
        state.set_timer(Timer::InventoryFirst, INVENTORY_FIRST, out);
        out.push(Effect::PutInventory(digest));
    }
    while state.uploading.len() < LANES
        && let Some(sha256) = next_upload(state, now)
    {
        state.uploading.insert(sha256);
        let places = places(state, &sha256);
        out.push(Effect::Upload { sha256, places });
    }
}

/// The digest that the server doesn't have yet, unless it was tried a moment ago.
pub(super) fn inventory_due(state: &State, now: Now) -> Option<ContentHash> {
    state.digest.filter(|digest| state.put != Some(*digest) && !state.patience.rests(&Thing::Inventory, now))
}

fn next_upload(state: &mut State, now: Now) -> Option<ContentHash> {
    let gone: Vec<_> = state.wanted.iter().filter(|sha256| !state.has(sha256)).copied().collect();
    for sha256 in gone {
        state.wanted.remove(&sha256);
    }
    let mut free = state.wanted.iter().chain(&state.memory.wanted).filter(|sha256| !state.uploading.contains(*sha256));
    free.find(|sha256| !state.patience.rests(&Thing::Upload(**sha256), now)).copied()
}

/// Where a content stands.
fn places(state: &State, sha256: &ContentHash) -> Vec<fieldpost_common::plan::Place> {
    let Some(report) = &state.report else { return Vec::new() };
    report
        .inventory
        .applications
        .iter()
        .flat_map(|(app, listing)| listing.files.iter().map(move |(patch, fact)| ((app.clone(), patch.clone()), fact)))
        .filter(|(_, fact)| fact.sha256 == *sha256)
        .map(|(place, _)| place)
        .collect()
}

/// The server named its data: whether to go on. Newer ones than those before void what it had; older ones and rivals change nothing here.
pub(super) fn follow(state: &mut State, generation: &Generation, now: Now, out: &mut Vec<Effect>) -> bool {
    let refused = match state.journal.generation.as_ref().map(|followed| generation.succeeds(followed)) {
        Some(Succession::Same) => return true,
        Some(Succession::Older) => {
            "this server's data are older than those that this site has followed: nothing is taken from it or given to it until its admin has decided (`fieldpost-server promote`)"
        }
        Some(Succession::Rival) => {
            "two servers claim the same data, and this site has followed the other one: nothing is taken from this one or given to it until their admin has decided (`fieldpost-server promote`)"
        }
        Some(Succession::Newer) => {
            let words = "the server's data were restored or replaced: everything is reported and stored there anew";
            out.push(Effect::Log(Level::Warn, words.to_owned()));
            adopt(state, generation);
            return true;
        }
        None => {
            adopt(state, generation);
            return true;
        }
    };
    link::failed(state, &Trouble::Outdated(refused), now, out);
    false
}

fn adopt(state: &mut State, generation: &Generation) {
    state.journal.generation = Some(generation.clone());
    state.journal.stored.clear();
    state.journal.etag = None;
    state.put = None;
    state.patience.wake(|thing| matches!(thing, Thing::Inventory | Thing::Memory | Thing::Upload(_)));
    state.memory.due = true;
    state.told.clear();
    state.unsaved = true;
}

/// What is remembered was said; what the server lacks of what is kept goes up after it.
pub(super) fn memory_put(state: &mut State, answer: Result<MemoryAnswer, Trouble>, now: Now, out: &mut Vec<Effect>) {
    state.busy.remove(&Lane::Memory);
    match answer {
        Ok(answer) => {
            if !follow(state, &answer.generation, now, out) {
                return;
            }
            link::reached(state, out);
            state.patience.forget(&Thing::Memory);
            state.memory.due = false;
            state.memory.wanted = answer.wanted.into_iter().collect();
        }
        Err(trouble) => held_back(state, &Thing::Memory, &trouble, now, out),
    }
}

pub(super) fn inventory_put(
    state: &mut State,
    digest: ContentHash,
    answer: Result<InventoryAnswer, Trouble>,
    now: Now,
    out: &mut Vec<Effect>,
) {
    state.busy.remove(&Lane::Inventory);
    state.timers.stop(Timer::InventoryFirst);
    match answer {
        Ok(answer) => {
            if !follow(state, &answer.generation, now, out) {
                return;
            }
            link::reached(state, out);
            state.patience.forget(&Thing::Inventory);
            state.put = Some(digest);
            // What the server says that it lacks it doesn't have, whatever was acknowledged before.
            for sha256 in &answer.wanted {
                state.journal.stored.remove(sha256);
            }
            state.wanted = answer.wanted.into_iter().collect();
            tell_refused(state, answer.refused, out);
        }
        Err(trouble) => held_back(state, &Thing::Inventory, &trouble, now, out),
    }
}

/// The server takes nothing of an application: told once for each reason.
fn tell_refused(state: &mut State, refused: BTreeMap<Clean, RefusedListing>, out: &mut Vec<Effect>) {
    for (app, listing) in &refused {
        if state.refused_listings.get(app).is_none_or(|before| before.fault != listing.fault) {
            let detail = listing.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
            out.push(Effect::Log(Level::Error, format!("{app}: {}{detail}", listing.fault.explain())));
        }
    }
    state.refused_listings = refused;
}

pub(super) fn uploaded(state: &mut State, sha256: ContentHash, end: UploadEnd, now: Now, out: &mut Vec<Effect>) {
    state.uploading.remove(&sha256);
    let thing = Thing::Upload(sha256);
    match end {
        UploadEnd::Stored(answer) => {
            if !follow(state, &answer.generation, now, out) {
                return;
            }
            link::reached(state, out);
            state.patience.forget(&thing);
            state.wanted.remove(&sha256);
            state.memory.wanted.remove(&sha256);
            // Saved with the next thing that must be: forgotten in a crash, it is only given once more.
            state.journal.stored.insert(sha256);
            state.given += 1;
            if state.uploads_waiting() == 0 {
                out.push(Effect::Log(Level::Info, format!("gave the server {}", text::count(state.given, "content"))));
                state.given = 0;
            }
        }
        UploadEnd::Changed => {
            state.wanted.remove(&sha256);
            state.patience.forget(&thing);
            state.memory.wanted.remove(&sha256);
            state.want_scan(ScanReason::Stale);
        }
        UploadEnd::Blocked(failure) => blocked_here(state, thing, &failure, now, out),
        UploadEnd::Failed(trouble) => held_back(state, &thing, &trouble, now, out),
    }
}

pub(super) fn results_sent(
    state: &mut State,
    sent: &[OrderResult],
    answer: Result<(), Trouble>,
    now: Now,
    out: &mut Vec<Effect>,
) {
    state.busy.remove(&Lane::Results);
    match answer {
        Ok(()) => {
            link::reached(state, out);
            state.portion = MOST_RESULTS;
            state.patience.forget(&Thing::Results);
            for result in sent {
                state.patience.forget(&Thing::Result(result.order.clone()));
            }
            state.journal.acknowledged(sent);
            state.unsaved = true;
        }
        Err(trouble) if trouble.is_refusal() && sent.len() > 1 => state.portion = sent.len() / 2,
        Err(trouble) if trouble.is_refusal() => {
            state.portion = MOST_RESULTS;
            let result = sent.first().map_or(Thing::Results, |result| Thing::Result(result.order.clone()));
            held_back(state, &result, &trouble, now, out);
        }
        Err(trouble) => held_back(state, &Thing::Results, &trouble, now, out),
    }
}
