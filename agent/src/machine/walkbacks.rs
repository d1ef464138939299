//! Crash reports: looked for every little while, sent batch by batch in a lane of their own. Trouble with them never stops anything else.

use super::commands;
use super::effect::{Effect, Level, Timer};
use super::link;
use super::state::{Lane, State};
use crate::clock::Now;
use crate::trouble::Trouble;
use crate::walkbacks::{Looked, Obstacle};
use fieldpost_common::problem::Code;
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
    /// How many pieces wait.
    pub(super) waiting: usize,
    /// What the last look says of what isn't home yet.
    shore: Shore,
    /// The server said no a moment ago.
    pub(super) resting: bool,
    /// What stood in the way of the last look.
    unread: Vec<Obstacle>,
    /// Why the server took none the last time, so that it is said once.
    refusal: Option<String>,
}

/// What is known of walkbacks that nobody has taken yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Shore {
    /// Some files are being written, or no look has ended.
    #[default]
    Busy,
    /// Somebody wants to know, and the look that answers it hasn't begun.
    Asked,
    /// The last look left none.
    Quiet,
}

impl Standing {
    /// Somebody wants to have what isn't home yet, now.
    pub(super) fn ask(&mut self) {
        self.shore = Shore::Asked;
        self.look_due = true;
        self.resting = false;
    }
}

/// Looks, if that is due: also while the server can't be reached.
pub(super) fn look(state: &mut State, out: &mut Vec<Effect>) {
    if state.walkbacks.look_due && !state.is_busy(Lane::Walkbacks) {
        state.walkbacks.look_due = false;
        state.walkbacks.shore = Shore::Busy;
        state.busy.insert(Lane::Walkbacks);
        out.push(Effect::LookForWalkbacks);
    }
}

/// Sends, if something waits.
pub(super) fn start(state: &mut State, out: &mut Vec<Effect>) {
    if state.walkbacks.waiting > 0 && !state.walkbacks.resting && !state.is_busy(Lane::Walkbacks) {
        state.busy.insert(Lane::Walkbacks);
        out.push(Effect::SendWalkbacks);
    }
}

/// A look ended.
pub(super) fn looked(state: &mut State, looked: Looked, now: Now, out: &mut Vec<Effect>) {
    state.busy.remove(&Lane::Walkbacks);
    state.walkbacks.waiting = looked.waiting;
    if state.walkbacks.shore != Shore::Asked {
        state.walkbacks.shore = if looked.unsettled == 0 { Shore::Quiet } else { Shore::Busy };
    }
    // What stands in the way look after look is said once.
    let before = std::mem::replace(&mut state.walkbacks.unread, looked.obstacles);
    let news = state.walkbacks.unread.iter().filter(|one| !before.contains(one));
    out.extend(news.map(|one| Effect::Log(Level::Warn, one.words.clone())));
    home(state, now);
    if looked.taken > 0 {
        out.push(Effect::Log(
            Level::Info,
            format!("{} taken, {} to be sent", fieldpost_common::text::count(looked.taken, "walkback"), looked.waiting),
        ));
    }
    let again = if looked.unsettled > 0 { LOOK_AGAIN } else { LOOK_EVERY };
    state.set_timer(Timer::Walkbacks, again, out);
}

/// A batch was sent, or not.
pub(super) fn sent(state: &mut State, waiting: usize, answer: Result<Vec<String>, Trouble>, now: Now, out: &mut Vec<Effect>) {
    state.busy.remove(&Lane::Walkbacks);
    state.walkbacks.waiting = waiting;
    match answer {
        Ok(troubles) => {
            link::reached(state, out);
            state.walkbacks.refusal = None;
            home(state, now);
            out.extend(troubles.into_iter().map(|words| Effect::Log(Level::Warn, words)));
        }
        Err(trouble) if trouble.is_final() || is_about_them(&trouble) => {
            let words = format!("walkbacks can't be sent now: {trouble}");
            if state.walkbacks.refusal.as_ref() != Some(&words) {
                out.push(Effect::Log(Level::Warn, words.clone()));
            }
            state.walkbacks.refusal = Some(words);
            state.walkbacks.resting = !matches!(trouble.code(), Some(Code::Invalid | Code::TooLarge | Code::WrongHash));
            if state.walkbacks.resting {
                state.set_timer(Timer::WalkbacksRest, REST, out);
                commands::walkbacks_stay(state, &trouble, now);
            }
        }
        Err(trouble) => link::failed(state, &trouble, now, out),
    }
}

/// Says so to whoever asked, once all are home, or all that could be read.
fn home(state: &mut State, now: Now) {
    if state.walkbacks.waiting == 0 && state.walkbacks.shore == Shore::Quiet {
        let unread = std::mem::take(&mut state.walkbacks.unread);
        commands::walkbacks_home(state, &unread, now);
        state.walkbacks.unread = unread;
    }
}

fn is_about_them(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Local { .. }) || matches!(trouble.code(), Some(Code::TooMany | Code::NoSpace | Code::Changed))
}
