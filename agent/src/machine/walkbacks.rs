//! Crash reports: looked for every little while, sent batch by batch in a lane of their own. Trouble with them never stops anything else.

use super::commands;
use super::effect::{Effect, Level, Timer};
use super::link;
use super::patience;
use super::state::{Lane, State};
use crate::clock::Now;
use crate::trouble::Trouble;
use crate::walkbacks::{Looked, Obstacle, Queue};
use fieldpost_common::id::AppName;
use fieldpost_common::problem::Code;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often directories are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How soon after a look that found files being written.
const LOOK_AGAIN: Duration = Duration::from_millis(2_100);
/// How long nothing is sent after the server said no.
const REST: Duration = Duration::from_mins(5);

/// What the machine knows of walkbacks.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// A look is due.
    pub(super) look_due: bool,
    /// What waits.
    queue: Queue,
    /// The server said no a moment ago.
    pub(super) resting: bool,
    /// Applications that the server didn't know a moment ago: those of others are sent.
    pub(super) put_off: BTreeSet<AppName>,
    /// Of these it was said that the server doesn't know them.
    strangers: BTreeSet<AppName>,
    /// What stood in the way of the last look.
    unread: Vec<Obstacle>,
    /// Why the server took none the last time, so that it is said once.
    refusal: Option<String>,
    /// How often in a row they didn't get through.
    failures: u32,
}

impl Standing {
    /// Somebody wants to have what isn't home yet of an application, now.
    pub(super) fn ask(&mut self, application: &AppName) {
        self.look_due = true;
        self.resting = false;
        self.put_off.remove(application);
    }
}

/// Looks, if that is due: also while the server can't be reached.
pub(super) fn look(state: &mut State, out: &mut Vec<Effect>) {
    if state.walkbacks.look_due && !state.is_busy(Lane::Walkbacks) {
        state.walkbacks.look_due = false;
        state.busy.insert(Lane::Walkbacks);
        commands::looking_for_walkbacks(state);
        out.push(Effect::LookForWalkbacks);
    }
}

/// Sends, if something waits.
pub(super) fn start(state: &mut State, out: &mut Vec<Effect>) {
    let Standing { queue, put_off, resting, .. } = &state.walkbacks;
    if queue.has_more_than(put_off) && !resting && !state.is_busy(Lane::Walkbacks) {
        out.push(Effect::SendWalkbacks { put_off: put_off.clone() });
        state.busy.insert(Lane::Walkbacks);
    }
}

/// A look ended.
pub(super) fn looked(state: &mut State, looked: Looked, now: Now, out: &mut Vec<Effect>) {
    state.busy.remove(&Lane::Walkbacks);
    commands::looked_for_walkbacks(state, &looked, now);
    commands::walkbacks_home(state, &looked.queue, now);
    if looked.taken > 0 {
        let taken = fieldpost_common::text::count(looked.taken, "walkback");
        out.push(Effect::Log(Level::Info, format!("{taken} taken, {} to be sent", looked.queue.count)));
    }
    state.walkbacks.queue = looked.queue;
    // What stands in the way look after look is said once.
    let before = std::mem::replace(&mut state.walkbacks.unread, looked.obstacles);
    let news = state.walkbacks.unread.iter().filter(|one| !before.contains(one));
    out.extend(news.map(|one| Effect::Log(Level::Warn, one.words.clone())));
    let again = if looked.unsettled > 0 { LOOK_AGAIN } else { LOOK_EVERY };
    state.set_timer(Timer::Walkbacks, again, out);
}

/// A batch was sent, or not.
pub(super) fn sent(
    state: &mut State,
    of: Option<AppName>,
    queue: Queue,
    answer: Result<Vec<String>, Trouble>,
    now: Now,
    out: &mut Vec<Effect>,
) {
    state.busy.remove(&Lane::Walkbacks);
    match (answer, of) {
        (Ok(troubles), of) => {
            link::reached(state, out);
            state.walkbacks.refusal = None;
            state.walkbacks.failures = 0;
            if let Some(of) = of {
                state.walkbacks.strangers.remove(&of);
            }
            commands::walkbacks_home(state, &queue, now);
            out.extend(troubles.into_iter().map(|words| Effect::Log(Level::Warn, words)));
        }
        (Err(trouble), Some(of)) if trouble.is_refusal() && trouble.code() == Some(Code::NotFound) => {
            unknown(state, of, &trouble, now, out);
        }
        (Err(trouble), _) if trouble.concerns_all() => link::failed(state, &trouble, now, out),
        (Err(trouble), _) => {
            let words = format!("walkbacks can't be sent now: {trouble}");
            if state.walkbacks.refusal.as_ref() != Some(&words) {
                out.push(Effect::Log(Level::Warn, words.clone()));
            }
            state.walkbacks.refusal = Some(words);
            let is_about_them = trouble.is_refusal() || is_about_them(&trouble);
            // What was understood and refused is taken out of the spool: the rest goes on.
            state.walkbacks.resting =
                !(trouble.is_refusal() && matches!(trouble.code(), Some(Code::Invalid | Code::TooLarge | Code::WrongHash)));
            if state.walkbacks.resting && is_about_them {
                state.set_timer(Timer::WalkbacksRest, REST, out);
                commands::walkbacks_stay(state, None, &trouble, now);
            } else if state.walkbacks.resting {
                state.walkbacks.failures = state.walkbacks.failures.saturating_add(1);
                state.set_timer(Timer::WalkbacksRest, patience::pause(state.walkbacks.failures, now.dice, REST), out);
            }
        }
    }
    state.walkbacks.queue = queue;
}

/// The server doesn't know the application, or not at this site: its walkbacks wait, and hold up nobody's.
fn unknown(state: &mut State, of: AppName, trouble: &Trouble, now: Now, out: &mut Vec<Effect>) {
    commands::walkbacks_stay(state, Some(&of), trouble, now);
    if state.walkbacks.strangers.insert(of.clone()) {
        out.push(Effect::Log(Level::Warn, format!("walkbacks of {of} wait: {trouble}")));
    }
    state.walkbacks.put_off.insert(of);
    if !state.timers.is_set(Timer::WalkbacksPutOff) {
        state.set_timer(Timer::WalkbacksPutOff, REST, out);
    }
}

fn is_about_them(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Local { .. }) || matches!(trouble.code(), Some(Code::TooMany | Code::NoSpace | Code::Changed))
}
