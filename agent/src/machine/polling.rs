//! When to look at the directories and when to ask the server, and what a batch changes.

use super::effect::{Effect, Level, ScanReason, Timer};
use super::patience::{self, Thing};
use super::state::{InFlight, Lane, Packed, State};
use super::{backoff, commands, link, network, orders};
use crate::clock::Now;
use crate::scan::Report;
use crate::server::{PollAnswer, PollAsk};
use crate::trouble::Trouble;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::inventory::Directory;
use fieldpost_common::order::Order;
use fieldpost_common::wire::Batch;
use std::collections::HashSet;
use std::time::Duration;

/// A hint is followed after so long: a save is several events.
const AFTER_HINT: Duration = Duration::from_millis(200);
/// However many hints come, looks are at least so far apart.
const APART: Duration = Duration::from_secs(1);
/// After so many cuts before their time, polls don't wait at the server for a while.
const MAX_CUTS: u32 = 3;
/// For how long.
const UNPARKED: Duration = Duration::from_hours(1);
/// Polls that are answered sooner than this, so often in a row, are followed by a breath each: a server that always has news
/// must not keep the site busy, and a site with much to do must not fall behind a minute.
const QUICK: Duration = Duration::from_secs(1);
const MAX_QUICK: u32 = 20;
const BREATH: Duration = Duration::from_secs(1);

/// Something may have changed in a patch directory.
pub(super) fn hint(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    if !state.hinted {
        state.hinted = true;
        let since = now.mono.saturating_sub(state.scanned_at);
        state.set_timer(Timer::Scan, AFTER_HINT.max(APART.saturating_sub(since)), out);
    }
}

/// It is time for the look that a hint or an unsettled file asked for.
pub(super) fn scan_due(state: &mut State) {
    let reason = if state.hinted { ScanReason::FileHint } else { ScanReason::Settle };
    state.hinted = false;
    state.want_scan(reason);
}

/// A scan ended: its facts are the truth.
pub(super) fn scanned(state: &mut State, report: Report, now: Now, out: &mut Vec<Effect>) {
    state.busy.remove(&Lane::Scan);
    state.scanned_at = now.mono;
    if let Some(rest) = report.look_again
        && !state.hinted
    {
        state.set_timer(Timer::Scan, rest + Duration::from_millis(20), out);
    }
    if !state.timers.is_set(Timer::Rescan) {
        state.set_timer(Timer::Rescan, state.interval, out);
    }
    tell_directories(state, &report, out);
    forget_stored(state, &report);
    let bytes = report.inventory.to_bytes();
    let digest = ContentHash::of(&bytes);
    if state.digest != Some(digest) {
        (state.digest, state.packed) = (Some(digest), Some(Packed::of(&bytes)));
    }
    state.report = Some(report);
}

/// What is no longer here needn't be remembered as stored; of a directory that is away, and of files of which nothing can be said,
/// nothing is forgotten.
fn forget_stored(state: &mut State, report: &Report) {
    let listings = report.inventory.applications.values();
    if listings.clone().all(|listing| listing.directory == Directory::Present) {
        let here = listings.flat_map(|listing| listing.files.values().map(|file| file.sha256));
        let here: HashSet<_> = here.chain(report.last_contents.iter().copied()).collect();
        state.journal.stored.retain(|sha256| here.contains(sha256));
    }
}

fn tell_directories(state: &State, report: &Report, out: &mut Vec<Effect>) {
    for (app, listing) in &report.inventory.applications {
        let before =
            state.report.as_ref().and_then(|before| before.inventory.applications.get(app)).map(|before| before.directory);
        match (before, listing.directory) {
            (before, now) if before == Some(now) => {}
            (None, Directory::Present) => {}
            (_, Directory::Present) => out.push(Effect::Log(Level::Info, format!("{app}: the directory is there again"))),
            (_, wrong) => {
                out.push(Effect::Log(Level::Error, format!("{app}: {}; nothing is changed until it is back", wrong.explain())));
            }
        }
    }
}

/// Asks for news, when it is time and the server has the inventory.
pub(super) fn start(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    let (Some(digest), true, None) = (state.digest, state.poll_due, &state.poll) else { return };
    let inventory_first = state.is_busy(Lane::Inventory) && state.timers.is_set(Timer::InventoryFirst);
    if inventory_first || !state.is_busy(Lane::Inventory) && network::inventory_due(state, now).is_some() {
        return;
    }
    state.poll_due = false;
    state.timers.stop(Timer::Poll);
    state.polls += 1;
    let wait = if state.timers.is_set(Timer::Parking) { Duration::ZERO } else { state.setup.wait };
    state.poll = Some(InFlight { number: state.polls, wait, since: now.mono });
    let (etag, trust) = (state.journal.etag.clone(), state.trust.version());
    out.push(Effect::Poll(PollAsk { number: state.polls, wait, etag, digest, trust }));
}

/// A poll ended.
pub(super) fn polled(state: &mut State, number: u64, answer: Result<PollAnswer, Trouble>, now: Now, out: &mut Vec<Effect>) {
    let Some(poll) = state.poll.filter(|poll| poll.number == number) else { return };
    state.poll = None;
    let lasted = now.mono.saturating_sub(poll.since);
    match answer {
        Ok(answer) => {
            if let Some((_, batch)) = &answer.news
                && !network::follow(state, &batch.generation, now, out)
            {
                return;
            }
            link::reached(state, out);
            state.poll_due = false;
            state.last_poll = Some(now.wall);
            let interval = answer.interval.map(|wish| wish.clamp(Duration::from_secs(1), Duration::from_hours(1)));
            state.interval = interval.unwrap_or(state.setup.interval);
            let waited = !poll.wait.is_zero() && lasted + QUICK >= poll.wait;
            if waited {
                state.cuts = 0;
            }
            state.quick = if lasted < QUICK { state.quick + 1 } else { 0 };
            let news = answer.news.is_some();
            if let Some((etag, batch)) = answer.news {
                take(state, etag, batch, now, out);
            }
            if !news && !waited {
                at_phase(state, now, out);
            } else if state.unopened > 0 {
                // The batch is asked for once more, soon; one that stays so is asked for as rarely as plain polls are.
                let most = state.interval.min(Duration::from_mins(1));
                state.set_timer(Timer::Poll, patience::pause(state.unopened, now.dice, most), out);
            } else if state.quick < MAX_QUICK {
                state.poll_due = true;
            } else {
                state.set_timer(Timer::Poll, BREATH, out);
            }
        }
        Err(trouble) if was_cut(&trouble, poll, lasted) => cut(state, now, out),
        Err(trouble) => link::failed(state, &trouble, now, out),
    }
}

fn at_phase(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    let rest = backoff::until_phase(&state.setup.site, state.interval, now.wall, now.dice);
    state.set_timer(Timer::Poll, rest, out);
}

/// A poll that waited at the server broke off before its time.
fn was_cut(trouble: &Trouble, poll: InFlight, lasted: Duration) -> bool {
    lasted >= QUICK && lasted < poll.wait && matches!(trouble, Trouble::Lost { .. } | Trouble::NotOurs { .. })
}

fn cut(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    state.cuts += 1;
    if state.cuts >= MAX_CUTS {
        state.cuts = 0;
        state.set_timer(Timer::Parking, UNPARKED, out);
        let words = "something on the way cuts waiting polls: for an hour the agent asks once a minute instead";
        out.push(Effect::Log(Level::Warn, words.to_owned()));
    }
    state.set_timer(Timer::Poll, link::after_cut(now.dice), out);
}

/// Polls may wait at the server again.
pub(super) fn park_again(state: &mut State) {
    state.cuts = 0;
    state.poll_due = true;
}

/// Takes in all that waits for the site. It is journalled before anything of it is done.
fn take(state: &mut State, etag: Option<String>, batch: Batch, now: Now, out: &mut Vec<Effect>) {
    state.memory.due |= batch.memory_wanted;
    let (accepted, end) = state.trust.extend(&batch.trust);
    let document = accepted.map(|accepted| accepted.to_bytes(&state.trust.chain));
    out.extend(document.map(Effect::SaveTrust));
    let trusted = end.is_ok();
    if let Err(error) = end {
        out.push(Effect::Log(Level::Error, format!("a new trust document is not accepted: {error}")));
    }
    let before: HashSet<_> = state.journal.orders.iter().map(Order::id).collect();
    state.journal.orders = batch.orders;
    commands::take(state, batch.commands, now);
    state.unsaved = true;
    let whole = orders::reopen(state, now) && trusted;
    // What could not be opened may have been damaged: who keeps no tag is given the batch again.
    state.journal.etag = etag.filter(|_| whole);
    state.unopened = if whole { 0 } else { state.unopened.saturating_add(1) };
    if state.orders.iter().any(|(order, _)| !before.contains(order)) {
        // A new order is tried whatever was in the way of an earlier one.
        state.patience.wake(|thing| matches!(thing, Thing::Upload(_) | Thing::Fetch(_)));
    }
    let offered: HashSet<_> = state.journal.orders.iter().map(Order::id).collect();
    state.told.retain(|order| offered.contains(order));
    state.waiting.retain(|order, _| offered.contains(order));
    let mut contents: HashSet<_> = state.orders.iter().filter_map(|(_, order)| order.action.outcome()).collect();
    state.patience.retain(|thing| match thing {
        Thing::Fetch(sha256) => contents.contains(sha256),
        Thing::Step(order) => offered.contains(order),
        _ => true,
    });
    state.fetched.retain(|sha256| contents.contains(sha256));
    contents.extend(&state.fetching);
    out.push(Effect::KeepDownloads(contents));
    // What the server says that it lacks it doesn't have, whatever was acknowledged before.
    for sha256 in &batch.wanted {
        state.journal.stored.remove(sha256);
    }
    state.wanted.extend(batch.wanted);
    if batch.inventory_wanted {
        state.put = None;
        state.want_scan(ScanReason::Timer);
    }
}
