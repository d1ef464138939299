//! Inventory, uploads and results on their way to the server.

use super::effect::{Effect, Level, ScanReason};
use super::event::UploadEnd;
use super::state::{Lane, State};
use super::{hooks, link};
use crate::clock::Now;
use crate::trouble::Trouble;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::Generation;
use fieldpost_common::problem::Code;
use fieldpost_common::text;
use fieldpost_common::wire::{InventoryAnswer, OrderResult};

/// Starts what waits: results first, then the inventory, then contents.
pub(super) fn start(state: &mut State, out: &mut Vec<Effect>) {
    if !state.is_busy(Lane::Results) && !state.journal.results.is_empty() {
        state.busy.insert(Lane::Results);
        out.push(Effect::SendResults(state.journal.results.clone()));
    }
    // What is said of an order goes before the inventory that shows it: what is there may still have to be loaded.
    if let Some(digest) = inventory_due(state)
        && !state.is_busy(Lane::Inventory)
        && !(state.is_busy(Lane::Results) && hooks::is_being_told(state))
    {
        state.busy.insert(Lane::Inventory);
        out.push(Effect::PutInventory(digest));
    }
    if !state.is_busy(Lane::Upload)
        && let Some(sha256) = next_upload(state)
    {
        state.busy.insert(Lane::Upload);
        let places = places(state, &sha256);
        out.push(Effect::Upload { sha256, places });
    }
}

/// The digest that the server doesn't have yet.
pub(super) fn inventory_due(state: &State) -> Option<ContentHash> {
    state.digest.filter(|digest| state.put != Some(*digest) && state.refused_put != Some(*digest))
}

fn next_upload(state: &mut State) -> Option<ContentHash> {
    let gone: Vec<_> = state.wanted.iter().filter(|sha256| !state.has(sha256)).copied().collect();
    for sha256 in gone {
        state.wanted.remove(&sha256);
    }
    state.wanted.iter().find(|sha256| !state.skip.contains(*sha256)).copied()
}

/// Where a content stands, settled places first.
fn places(state: &State, sha256: &ContentHash) -> Vec<fieldpost_common::plan::Place> {
    let Some(report) = &state.report else { return Vec::new() };
    let mut places: Vec<_> = report
        .inventory
        .applications
        .iter()
        .flat_map(|(app, listing)| listing.files.iter().map(move |(patch, fact)| ((app.clone(), patch.clone()), fact)))
        .filter(|(_, fact)| fact.sha256 == *sha256)
        .map(|(place, _)| place)
        .collect();
    places.sort_by_key(|place| report.unsettled.contains(place));
    places
}

/// The server named its data. Another than before voids what it had.
pub(super) fn generation(state: &mut State, generation: &Generation, out: &mut Vec<Effect>) {
    if state.journal.generation.as_ref() == Some(generation) {
        return;
    }
    if state.journal.generation.is_some() {
        let words = "the server's data was restored or replaced: everything is reported and stored there anew";
        out.push(Effect::Log(Level::Warn, words.to_owned()));
    }
    state.journal.generation = Some(generation.clone());
    state.journal.stored.clear();
    state.journal.etag = None;
    state.put = None;
    state.refused_put = None;
    state.skip.clear();
    state.told.clear();
    state.unsaved = true;
}

pub(super) fn inventory_put(
    state: &mut State,
    digest: ContentHash,
    answer: Result<InventoryAnswer, Trouble>,
    now: Now,
    out: &mut Vec<Effect>,
) {
    state.busy.remove(&Lane::Inventory);
    match answer {
        Ok(answer) => {
            link::reached(state, out);
            generation(state, &answer.generation, out);
            state.put = Some(digest);
            // What the server says that it lacks it doesn't have, whatever was acknowledged before.
            for sha256 in &answer.wanted {
                state.journal.stored.remove(sha256);
            }
            state.wanted = answer.wanted.into_iter().collect();
        }
        Err(trouble) if trouble.is_final() => {
            state.refused_put = Some(digest);
            out.push(Effect::Log(Level::Error, format!("the server does not take this site's inventory: {trouble}")));
        }
        Err(trouble) => link::failed(state, &trouble, now, out),
    }
}

pub(super) fn uploaded(state: &mut State, sha256: ContentHash, end: UploadEnd, now: Now, out: &mut Vec<Effect>) {
    state.busy.remove(&Lane::Upload);
    match end {
        UploadEnd::Stored(answer) => {
            link::reached(state, out);
            generation(state, &answer.generation, out);
            state.wanted.remove(&sha256);
            // Saved with the next thing that must be: forgotten in a crash, it is only given once more.
            state.journal.stored.insert(sha256);
            state.given += 1;
            if state.wanted.is_empty() {
                out.push(Effect::Log(Level::Info, format!("gave the server {}", text::count(state.given, "content"))));
                state.given = 0;
            }
        }
        UploadEnd::Changed => {
            state.wanted.remove(&sha256);
            state.want_scan(ScanReason::Stale);
        }
        UploadEnd::Failed(trouble) if is_about_this_content(&trouble) => {
            state.skip.insert(sha256);
            out.push(Effect::Log(Level::Error, format!("content {} can't be given to the server: {trouble}", sha256.short())));
        }
        UploadEnd::Failed(trouble) => link::failed(state, &trouble, now, out),
    }
}

/// Whether an upload failed for itself, and not because the way to the server is closed. The others go on.
fn is_about_this_content(trouble: &Trouble) -> bool {
    let about_it = [Code::TooMany, Code::NoSpace];
    trouble.is_final() || matches!(trouble, Trouble::Local { .. }) || trouble.code().is_some_and(|code| about_it.contains(&code))
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
            state.journal.acknowledged(sent);
            state.unsaved = true;
        }
        Err(trouble) if matches!(trouble.code(), Some(Code::NotFound | Code::Invalid | Code::TooLarge)) => {
            state.journal.acknowledged(sent);
            state.unsaved = true;
            out.push(Effect::Log(
                Level::Error,
                format!("the server does not take the results of {} orders: {trouble}", sent.len()),
            ));
        }
        Err(trouble) => link::failed(state, &trouble, now, out),
    }
}
