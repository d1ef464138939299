//! Hooks: what the config has run once an order is done. An order ends with its hook, and a crash neither forgets nor repeats one.
//!
//! One hook runs at a time. Where the config wants one call a batch, the batch is every file of the application that orders put or
//! removed since its last call, and the call begins when no order of the application can be carried further right now: none is being
//! fetched for, uploaded for, put or removed. A batch waits [`BATCH_WITHIN`] at most, so that one slow download doesn't keep the others
//! from being loaded.

use super::effect::{Effect, Level, Timer};
use super::orders;
use super::state::{Lane, State};
use crate::clock::Now;
use crate::config::HookPlan;
use crate::hook::{HookFile, HookRun};
use crate::journal::WaitingHook;
use fieldpost_common::hook::{HookPer, HookReport, HookWord};
use fieldpost_common::id::{AppName, OrderId};
use fieldpost_common::plan::{Place, What};
use fieldpost_common::wire::OrderOutcome;
use std::collections::BTreeSet;
use std::time::Duration;

/// The longest that a batch waits for orders that are still under way.
pub(super) const BATCH_WITHIN: Duration = Duration::from_mins(10);

/// An order is done here: its hook is due, if the application has one.
pub(super) fn add(state: &mut State, hook: WaitingHook, out: &mut Vec<Effect>) {
    let Some(per) = state.setup.hooks.get(&hook.application).map(|plan| plan.per) else { return };
    state.journal.hooks.add(hook);
    state.unsaved = true;
    if per == HookPer::Batch && !state.timers.is_set(Timer::Batch) {
        state.set_timer(Timer::Batch, BATCH_WITHIN, out);
    }
}

/// What is told of a hook that is still to come: all that are due end within this time, whichever is first.
fn due(state: &State) -> HookWord {
    let mut batches = BTreeSet::new();
    let time = |one: &WaitingHook| match state.setup.hooks.get(&one.application) {
        Some(HookPlan { per: HookPer::Patch, timeout, .. }) => *timeout,
        Some(HookPlan { timeout, .. }) if batches.insert(one.application.clone()) => *timeout + BATCH_WITHIN,
        _ => Duration::ZERO,
    };
    let hooks = &state.journal.hooks;
    HookWord::Due { within_s: hooks.due().chain(hooks.begun()).map(time).sum::<Duration>().as_secs() }
}

/// What is known of the hook of an order that is done here; nothing: it has none.
pub(super) fn word(state: &State, place: &Place, id: &OrderId) -> Option<HookWord> {
    let hooks = &state.journal.hooks;
    if hooks.is_waiting(id) { Some(due(state)) } else { hooks.ended(place, id).cloned() }
}

/// The journal was lost since the order was given: its hook may have run.
pub(super) fn may_have_run(state: &mut State, order: &OrderId, place: &Place) {
    if let Some(plan) = state.setup.hooks.get(&place.0) {
        let word = HookWord::Interrupted { per: plan.per };
        state.journal.hooks.set_end(place.clone(), order.clone(), word);
    }
}

/// The agent begins: a hook that was begun before is not begun twice, unless the config says that it may be. Nobody can say how it
/// ended. One that was never begun is due still.
pub(super) fn reopen(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    let cut_off: Vec<WaitingHook> = state.journal.hooks.begun().cloned().collect();
    for hook in cut_off {
        state.unsaved = true;
        match state.setup.hooks.get(&hook.application) {
            Some(plan) if plan.repeat => state.journal.hooks.postpone(&hook.order),
            plan => {
                let per = plan.map_or(HookPer::Patch, |plan| plan.per);
                let words = format!("the hook for {}/{} was cut off: nobody can say how it ended", hook.application, hook.patch);
                out.push(Effect::Log(Level::Warn, words));
                end(state, &hook.order, HookWord::Interrupted { per }, now);
            }
        }
    }
    if state.journal.hooks.due().next().is_some() {
        state.set_timer(Timer::Batch, BATCH_WITHIN, out);
    }
}

/// A batch has waited long enough.
pub(super) fn overdue(state: &mut State) {
    state.batches_overdue = state.journal.hooks.due().map(|one| one.application.clone()).collect();
}

/// Begins the next hook, if none runs: that it begins is journalled before it does.
pub(super) fn start(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    if state.journal.hooks.begun().next().is_some() {
        return;
    }
    let mut seen = BTreeSet::new();
    let due: Vec<WaitingHook> = state.journal.hooks.due().cloned().collect();
    for hook in &due {
        if !seen.insert(hook.application.clone()) {
            continue;
        }
        let of_application = due.iter().filter(|one| one.application == hook.application).cloned();
        match state.setup.hooks.get(&hook.application).map(|plan| plan.per) {
            // The config names none any more: there is nothing to wait for.
            None => of_application.for_each(|one| end(state, &one.order, HookWord::Absent, now)),
            Some(HookPer::Patch) => return begin(state, HookPer::Patch, vec![hook.clone()], out),
            Some(HookPer::Batch) if is_whole(state, &hook.application, now) => {
                let files = of_application.collect();
                return begin(state, HookPer::Batch, files, out);
            }
            Some(HookPer::Batch) => {}
        }
    }
}

fn begin(state: &mut State, per: HookPer, hooks: Vec<WaitingHook>, out: &mut Vec<Effect>) {
    let Some(application) = hooks.first().map(|one| one.application.clone()) else { return };
    let orders: Vec<_> = hooks.iter().map(|one| one.order.clone()).collect();
    state.journal.hooks.begin(&orders);
    state.unsaved = true;
    state.batches_overdue.remove(&application);
    let file = |one: WaitingHook| HookFile { order: one.order, patch: one.patch, action: one.action, sha256: one.sha256 };
    let files = hooks.into_iter().map(file).collect();
    out.push(Effect::Hook(Box::new(HookRun { application, per, files })));
}

/// Whether no order of the application can be carried further right now.
fn is_whole(state: &State, application: &AppName, now: Now) -> bool {
    if state.batches_overdue.contains(application) {
        return true;
    }
    // Whatever is put or removed right now may belong to it, and a look may show what can go on.
    if state.is_busy(Lane::Execute) {
        return false;
    }
    let goes_on = |what: &What| match what {
        What::Put { .. } | What::Remove { .. } | What::Settle { .. } => true,
        // Without a way to the server these wait for longer than anybody knows.
        What::Upload { .. } | What::Fetch { .. } => state.link.is_open(),
        What::Refuse { .. } | What::Repeat { .. } => false,
    };
    !orders::steps(state, now).iter().any(|step| step.application == *application && goes_on(&step.what))
}

/// Whether a word on a hook is among the results that the server has not acknowledged.
pub(super) fn is_being_told(state: &State) -> bool {
    let is_word = |outcome: &OrderOutcome| matches!(outcome, OrderOutcome::Progress { hook: Some(_), .. });
    state.journal.results.iter().any(|result| is_word(&result.outcome))
}

/// A hook ended: with it end the orders of all its files.
pub(super) fn ended(state: &mut State, orders: &[OrderId], report: &HookReport, now: Now) {
    for (number, order) in orders.iter().enumerate() {
        // One order carries all that was printed; for a large batch that is enough.
        let report = if number == 0 { report.clone() } else { report.shortened() };
        end(state, order, HookWord::Ended(report), now);
    }
}

fn end(state: &mut State, order: &OrderId, word: HookWord, now: Now) {
    let Some(hook) = state.journal.hooks.end(order, word.clone()) else { return };
    orders::hook_told(state, order, &(hook.application, hook.patch), word, now);
}
