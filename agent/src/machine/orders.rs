//! Orders on their way through the agent: opened, planned, fetched for, carried out, told.

use super::effect::{Effect, Level, ScanReason};
use super::event::Executed;
use super::patience::{Cause, Thing, blocked_here, came_damaged, held_back};
use super::state::{LANES, Lane, State};
use super::{hooks, link};
use crate::clock::Now;
use crate::fetch::NotFetched;
use crate::journal::{Stage, WaitingHook};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::hook::{HookAction, HookWord};
use fieldpost_common::id::OrderId;
use fieldpost_common::order::state::Progress;
use fieldpost_common::order::{Failure, Order, Refusal};
use fieldpost_common::plan::{Known, Outcome, Place, Step, What, plan};
use fieldpost_common::text::Clean;
use fieldpost_common::wire::{OrderOutcome, OrderResult};
use std::mem::discriminant;
use std::time::Duration;

/// What fails on its way so often in a row is said to the one who waits for it.
const SAID_AFTER: u32 = 3;
/// While a long batch is carried out, the directories are looked at again this often.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Opens the journalled batch against the trust that is held. What can't be opened is refused at once. Whether all are as they were
/// signed, as far as anybody can tell.
pub(super) fn reopen(state: &mut State, now: Now) -> bool {
    let (mut opened, mut whole) = (Vec::new(), true);
    for envelope in std::mem::take(&mut state.journal.orders) {
        let id = Order::id(&envelope);
        let trust = state.trust.newest.as_ref().ok_or(Refusal::UnknownKey);
        let order = trust.and_then(|trust| Order::open(&envelope, trust, state.judged(now)));
        let order = order.and_then(|order| if order.site == state.setup.site { Ok(order) } else { Err(Refusal::WrongSite) });
        whole &= !matches!(order, Err(Refusal::BadSignature | Refusal::Malformed | Refusal::UnknownKey));
        match order {
            Ok(order) => opened.push((id, order)),
            Err(_) if state.told.contains(&id) => {}
            Err(refusal) => {
                // What was carried out while its key was good stays carried out.
                let ended = state.journal.accepted.iter().find(|(_, accepted)| accepted.order == id);
                let ended =
                    ended.and_then(|(place, accepted)| Some((place.clone(), accepted.counter, accepted.outcome.clone()?)));
                match ended {
                    Some((place, counter, outcome)) => {
                        let outcome = told(state, &place, &id, outcome);
                        tell(state, &id, counter, outcome, now);
                    }
                    None => tell(state, &id, 0, OrderOutcome::Failed { reason: refusal.into() }, now),
                }
            }
        }
        state.journal.orders.push(envelope);
    }
    state.orders = opened;
    whole
}

/// Plans on the last scan and starts what the plan says.
pub(super) fn start(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    // A plan on facts that are known to be wrong would only be refused by the executor.
    let look_first = state.scan_wanted.is_some() && now.mono.saturating_sub(state.scanned_at) >= LOOK_EVERY;
    if state.is_busy(Lane::Execute) || state.is_busy(Lane::Scan) || look_first || state.scan_wanted == Some(ScanReason::Stale) {
        return;
    }
    for step in steps(state, now) {
        step_start(state, step, now, out);
        if state.is_busy(Lane::Execute) {
            break;
        }
    }
}

/// The plan, as of the last scan.
pub(super) fn steps(state: &State, now: Now) -> Vec<Step> {
    let Some(report) = &state.report else { return Vec::new() };
    let known = Known {
        inventory: &report.inventory,
        accepted: &state.journal.accepted,
        stored: &state.journal.stored,
        fetched: &state.fetched,
        max_size: state.setup.max_size,
        now: state.judged(now),
    };
    plan(&state.orders, &known)
}

fn step_start(state: &mut State, step: Step, now: Now, out: &mut Vec<Effect>) {
    let place = (step.application.clone(), step.patch.clone());
    let words = step.to_string();
    match step.what {
        What::Upload { sha256, .. } => {
            state.wanted.insert(sha256);
            upload_awaited(state, &step.order, &place, sha256, now);
        }
        What::Fetch { sha256, size } => {
            let thing = Thing::Fetch(sha256);
            if state.patience.rests(&thing, now) {
                tell_waiting(state, &step.order, &place, &thing, now);
            } else if state.link.is_open() && state.fetching.len() < LANES && state.fetching.insert(sha256) {
                out.push(Effect::Fetch { sha256, size });
            }
        }
        What::Put { .. } | What::Remove { .. } if state.patience.rests(&Thing::Step(step.order.clone()), now) => {
            tell_waiting(state, &step.order, &place, &Thing::Step(step.order.clone()), now);
        }
        What::Put { counter, .. } | What::Remove { counter, .. } => {
            // Durable before anything is changed: `handle` puts the save first.
            state.journal.accept(place, counter, step.order.clone(), None);
            state.unsaved = true;
            state.busy.insert(Lane::Execute);
            out.push(Effect::Execute(Box::new(step)));
        }
        What::Settle { counter } => {
            out.push(Effect::Log(Level::Info, words));
            out.push(Effect::Concluded(Box::new(step.clone())));
            settle(state, &step.order, &place, counter, now, out);
        }
        What::Refuse { ref why, counter } => {
            if !state.told.contains(&step.order) {
                out.push(Effect::Log(Level::Warn, words));
                out.push(Effect::Concluded(Box::new(step.clone())));
                let why = why.clone();
                match counter {
                    Some(counter) => end(state, &step.order, &place, counter, Outcome::Failed(why), now),
                    None => refuse(state, &step.order, &place, &why, now),
                }
            }
        }
        What::Repeat { outcome } => {
            if !state.told.contains(&step.order) {
                let counter = state.journal.counter(&place);
                let outcome = told(state, &place, &step.order, outcome);
                tell(state, &step.order, counter, outcome, now);
            }
        }
    }
}

/// The bytes that are there must be at the server before they are replaced: what keeps them from it keeps the order waiting, and a server that
/// doesn't take them ends it.
fn upload_awaited(state: &mut State, order: &OrderId, place: &Place, sha256: ContentHash, now: Now) {
    let thing = Thing::Upload(sha256);
    if !state.patience.rests(&thing, now) || state.told.contains(order) {
        return;
    }
    match state.patience.cause(&thing) {
        Some(Cause::Refused(words)) => {
            let detail = Clean::joined(&format!("the bytes that are there could not be given to the server first: {words}"));
            refuse(state, order, place, &Failure::Io { detail }, now);
        }
        _ => tell_waiting(state, order, place, &thing, now),
    }
}

/// An order can't go on for now: that is said once for each kind of reason. A way that failed once or twice is no reason.
fn tell_waiting(state: &mut State, order: &OrderId, place: &Place, thing: &Thing, now: Now) {
    let Some(cause) = state.patience.cause(thing) else { return };
    let is_here = matches!(cause, Cause::Here(_));
    if !is_here && state.patience.failures(thing) < SAID_AFTER || state.told.contains(order) {
        return;
    }
    let reason = cause.failure();
    let is_said = state.waiting.get(order).is_some_and(|said| discriminant(said) == discriminant(&reason));
    if !is_said {
        state.waiting.insert(order.clone(), reason.clone());
        let counter = state.journal.counter(place);
        report(state, order, counter, OrderOutcome::Waiting { reason }, now);
    }
}

/// What is told of an order that ended here, with what is known of its hook.
fn told(state: &State, place: &Place, order: &OrderId, outcome: Outcome) -> OrderOutcome {
    match outcome {
        Outcome::Installed => OrderOutcome::Progress { step: Progress::Installed, hook: hooks::word(state, place, order) },
        Outcome::Failed(reason) => OrderOutcome::Failed { reason },
    }
}

/// An order ended here: remembered, and told.
fn end(state: &mut State, order: &OrderId, place: &Place, counter: u64, outcome: Outcome, now: Now) {
    state.journal.accept(place.clone(), counter, order.clone(), Some(outcome.clone()));
    let highest = state.journal.counter(place);
    let outcome = told(state, place, order, outcome);
    tell(state, order, highest, outcome, now);
}

/// What an order asks for is in place. Installed means loaded: whoever put it there, its hook runs for this order, once.
fn settle(state: &mut State, id: &OrderId, place: &Place, counter: u64, now: Now, out: &mut Vec<Effect>) {
    let Some(order) = state.order(id).cloned() else { return };
    let begun_here = state.journal.accepted.get(place).is_some_and(|accepted| accepted.order == *id);
    let is_new = !begun_here && state.setup.hooks.contains_key(&place.0);
    if is_new && state.judged(now) > order.install_by {
        return end(state, id, place, counter, Outcome::Failed(Refusal::Expired.into()), now);
    }
    if is_new && state.journal.ran.was_lost_since(order.created) {
        hooks::may_have_run(state, id, place);
    } else {
        let content = order.action.outcome().or(order.expected);
        hooks::add(state, waiting(id, place, order.action.into(), content), out);
    }
    end(state, id, place, counter, Outcome::Installed, now);
}

fn waiting(order: &OrderId, place: &Place, action: HookAction, sha256: Option<ContentHash>) -> WaitingHook {
    let (application, patch) = place.clone();
    WaitingHook { order: order.clone(), application, patch, action, sha256, stage: Stage::Due }
}

/// The hook of an order that is done has ended, or nobody can say how.
pub(super) fn hook_told(state: &mut State, order: &OrderId, place: &Place, word: HookWord, now: Now) {
    let counter = state.journal.counter(place);
    report(state, order, counter, OrderOutcome::Progress { step: Progress::Installed, hook: Some(word) }, now);
}

/// An order that was never accepted: only told.
fn refuse(state: &mut State, order: &OrderId, place: &Place, why: &Failure, now: Now) {
    let counter = state.journal.counter(place);
    tell(state, order, counter, OrderOutcome::Failed { reason: why.clone() }, now);
}

fn tell(state: &mut State, order: &OrderId, counter: u64, outcome: OrderOutcome, now: Now) {
    state.told.insert(order.clone());
    state.waiting.remove(order);
    state.patience.forget(&Thing::Step(order.clone()));
    let outcome = match outcome {
        OrderOutcome::Failed { reason } => OrderOutcome::Failed { reason: with_clock(state, reason, now) },
        outcome @ (OrderOutcome::Progress { .. } | OrderOutcome::Waiting { .. }) => outcome,
    };
    report(state, order, counter, outcome, now);
}

/// A refusal because of time, at a site whose clock is off, says by which clock.
fn with_clock(state: &State, reason: Failure, now: Now) -> Failure {
    match (reason, state.clock_error.filter(|error| error.is_off())) {
        (Failure::Refused { refusal: refusal @ (Refusal::Expired | Refusal::KeyExpired) }, Some(error)) => {
            Failure::ByClock { refusal, clock: now.wall, server: error.correct(now.wall) }
        }
        (reason, _) => reason,
    }
}

fn report(state: &mut State, order: &OrderId, counter: u64, outcome: OrderOutcome, now: Now) {
    state.journal.queue(OrderResult { order: order.clone(), outcome, counter, at: now.wall });
    state.unsaved = true;
}

/// A download ended.
pub(super) fn fetched(state: &mut State, sha256: ContentHash, end: Result<(), NotFetched>, now: Now, out: &mut Vec<Effect>) {
    state.fetching.remove(&sha256);
    let thing = Thing::Fetch(sha256);
    match end {
        Ok(()) => {
            link::reached(state, out);
            state.fetched.insert(sha256);
            state.patience.forget(&thing);
            for (id, place, _) in orders_for(state, sha256) {
                // Of an order that has ended here the end is told, never a step on the way.
                if state.told.contains(&id) {
                    continue;
                }
                state.waiting.remove(&id);
                let counter = state.journal.counter(&place);
                let progress = OrderOutcome::Progress { step: Progress::Verified, hook: None };
                report(state, &id, counter, progress, now);
            }
        }
        Err(NotFetched::Later(trouble)) if trouble.is_refusal() => {
            let detail = Clean::joined(&format!("the server does not give the content: {trouble}"));
            give_up(state, sha256, &Failure::Io { detail }, now, out);
        }
        Err(NotFetched::Later(trouble)) => held_back(state, &thing, &trouble, now, out),
        Err(NotFetched::Corrupt) => came_damaged(state, sha256, now, out),
        Err(NotFetched::Blocked(failure)) => blocked_here(state, thing, &failure, now, out),
    }
}

fn orders_for(state: &State, sha256: ContentHash) -> Vec<(OrderId, Place, u64)> {
    let asks = state.orders.iter().filter(|(_, order)| order.action.outcome() == Some(sha256));
    asks.map(|(id, order)| (id.clone(), (order.application.clone(), order.patch.clone()), order.counter)).collect()
}

fn give_up(state: &mut State, sha256: ContentHash, why: &Failure, now: Now, out: &mut Vec<Effect>) {
    out.push(Effect::Log(Level::Error, format!("content {} was not fetched: {why}", sha256.short())));
    for (id, place, counter) in orders_for(state, sha256) {
        end(state, &id, &place, counter, Outcome::Failed(why.clone()), now);
    }
}

/// A put or a removal ended.
pub(super) fn executed(state: &mut State, step: &Step, how: Executed, now: Now, out: &mut Vec<Effect>) {
    state.busy.remove(&Lane::Execute);
    let place = (step.application.clone(), step.patch.clone());
    let (What::Put { counter, .. } | What::Remove { counter, .. }) = step.what else { return };
    let fact = match how {
        Executed::Held(directory) => {
            out.push(Effect::Log(Level::Warn, format!("{step}: waits, {}", directory.explain())));
            state.scan_wanted = Some(ScanReason::Stale);
            return;
        }
        Executed::Failed(why) if why.may_pass() => {
            state.scan_wanted = Some(ScanReason::Stale);
            return blocked_here(state, Thing::Step(step.order.clone()), &why, now, out);
        }
        Executed::Failed(why) => {
            out.push(Effect::Log(Level::Warn, format!("{step}: not done: {why}")));
            state.scan_wanted = Some(ScanReason::Stale);
            return end(state, &step.order, &place, counter, Outcome::Failed(why), now);
        }
        Executed::Put(installed) => Some(installed.fact),
        Executed::Removed => None,
    };
    out.push(Effect::Log(Level::Info, format!("done: {step}")));
    // An order that was taken back meanwhile was carried out all the same: what it put has to be loaded.
    let (action, content) = match step.what {
        What::Put { sha256, .. } => (HookAction::Put, Some(sha256)),
        What::Remove { expected, .. } => (HookAction::Remove, Some(expected)),
        _ => return,
    };
    hooks::add(state, waiting(&step.order, &place, action, content), out);
    end(state, &step.order, &place, counter, Outcome::Installed, now);
    if let Some(listing) = state.report.as_mut().and_then(|report| report.inventory.applications.get_mut(&step.application)) {
        listing.cant_say.remove(&step.patch);
        match fact {
            Some(fact) => listing.files.insert(step.patch.clone(), fact),
            None => listing.files.remove(&step.patch),
        };
    }
    state.want_scan(ScanReason::Order);
}
