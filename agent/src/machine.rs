//! What the agent does next: events in, effects out. No disk, no network, no clock; the driver has those.
//!
//! [`handle`] takes in what happened, then starts whatever can be started now. Every effect that ends reports back as an event.

mod backoff;
mod commands;
mod effect;
mod errand;
mod event;
mod hooks;
mod link;
mod network;
mod orders;
mod patience;
mod polling;
mod state;
mod walkbacks;
mod work;

pub use effect::{Effect, Level, ScanReason, Timer};
pub use event::{Event, Executed, SentFile, UploadEnd};
use state::Lane;
pub use state::{Packed, Setup, State};
pub use work::{Ended, Work};

use crate::clock::Now;

/// Takes in one event and says what to do.
pub fn handle(state: &mut State, event: Event, now: Now) -> Vec<Effect> {
    let mut out = Vec::new();
    take_in(state, event, now, &mut out);
    go_on(state, now, &mut out);
    if state.unsaved {
        state.unsaved = false;
        out.push(Effect::Save);
    }
    // What is remembered is durable before anything that it leads to: first whom to trust, then what they ordered.
    out.sort_by_key(|effect| match effect {
        Effect::SaveTrust(_) => 0,
        Effect::Save => 1,
        _ => 2,
    });
    out
}

fn take_in(state: &mut State, event: Event, now: Now, out: &mut Vec<Effect>) {
    match event {
        Event::Started => {
            if state.trust.newest.is_some() {
                orders::reopen(state, now);
            } else {
                // Never had or lost: the whole batch is asked for, with the chain from the pinned key.
                state.journal.etag = None;
            }
            commands::lost(state, now);
            hooks::reopen(state, now, out);
            state.want_scan(ScanReason::Startup);
            state.walkbacks.look_due = !state.setup.walkbacks.is_empty();
        }
        Event::Timer(id) => timer(state, id, out),
        Event::FileHint => polling::hint(state, now, out),
        Event::Scanned(report) => {
            polling::scanned(state, *report, now, out);
            commands::looked(state, now);
        }
        Event::AddressTried(_) => {}
        Event::ServerClock(error) => link::clock_compared(state, error, now, out),
        Event::Polled { number, answer } => polling::polled(state, number, answer, now, out),
        Event::InventoryPut { digest, answer } => {
            let given = answer.is_ok();
            network::inventory_put(state, digest, answer, now, out);
            commands::inventory_put(state, given, now);
        }
        Event::MemoryPut { answer } => network::memory_put(state, answer, now, out),
        Event::Uploaded { sha256, end } => network::uploaded(state, sha256, end, now, out),
        Event::Fetched { sha256, end } => orders::fetched(state, sha256, end, now, out),
        Event::Executed { step, end } => orders::executed(state, &step, end, now, out),
        Event::HookDone { orders, report } => hooks::ended(state, &orders, &report, now),
        Event::Worked { command, end } => commands::worked(state, &command, end, now, out),
        Event::CommandsTold { sent, answer } => commands::results_told(state, &sent, answer, now, out),
        Event::ResultsSent { sent, answer } => network::results_sent(state, &sent, answer, now, out),
        Event::WalkbacksLooked(looked) => walkbacks::looked(state, looked, now, out),
        Event::WalkbacksSent { of, queue, answer, .. } => walkbacks::sent(state, of, queue, answer, now, out),
        Event::SaveFailed(error) => {
            // What isn't journalled must be asked for again.
            state.journal.etag = None;
            out.push(Effect::Log(Level::Error, format!("the journal can't be written: {error}")));
        }
    }
}

fn timer(state: &mut State, id: u64, out: &mut Vec<Effect>) {
    let Some(timer) = state.timers.fired(id) else { return };
    match timer {
        Timer::Scan => polling::scan_due(state),
        Timer::Rescan => {
            state.want_scan(ScanReason::Timer);
            state.set_timer(Timer::Rescan, state.interval, out);
        }
        Timer::Poll => state.poll_due = true,
        // What they stand for is started by `go_on`.
        Timer::Again | Timer::InventoryFirst => {}
        Timer::Retry => link::probe(state),
        Timer::Walkbacks => state.walkbacks.look_due = true,
        Timer::WalkbacksRest => state.walkbacks.resting = false,
        Timer::WalkbacksPutOff => state.walkbacks.put_off.clear(),
        Timer::Parking => polling::park_again(state),
        Timer::Batch => hooks::overdue(state),
    }
}

/// Starts what can be started.
fn go_on(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    orders::start(state, now, out);
    hooks::start(state, now, out);
    commands::start(state, now, out);
    if state.can_scan()
        && let Some(reason) = state.scan_wanted.take()
    {
        let reason = commands::scan_reason(state, reason);
        state.busy.insert(Lane::Scan);
        commands::looking(state, reason);
        out.push(Effect::Scan(reason));
    }
    walkbacks::look(state, out);
    if state.link.is_open() {
        network::start(state, now, out);
        commands::tell(state, now, out);
        walkbacks::start(state, out);
        polling::start(state, now, out);
    }
    patience::set_timer(state, now, out);
}

/// The plan as it stands.
pub fn planned(state: &State, now: Now) -> Vec<fieldpost_common::plan::Step> {
    orders::steps(state, now)
}

/// Opens what is journalled, as at a start.
pub fn remember(state: &mut State, now: Now) {
    orders::reopen(state, now);
}

#[cfg(test)]
mod rules;
#[cfg(test)]
mod tests;
