//! Whether the server can be reached: the one owner of retries, and of what is logged about them.

use super::backoff;
use super::effect::{Effect, Level, Timer};
use super::state::State;
use crate::clock::Now;
use crate::trouble::Trouble;
use fieldpost_common::clock_error::ClockError;
use fieldpost_common::time::minute;
use std::time::Duration;

/// The way to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// It works, or wasn't tried yet.
    Up,
    /// It failed; nothing is sent until the retry timer goes off.
    Down { failures: u32, said: String },
    /// It failed, and is being tried again.
    Probing { failures: u32, said: String },
}

impl Link {
    /// Whether requests may begin now.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self, Self::Down { .. })
    }

    pub(super) fn error(&self) -> Option<&str> {
        match self {
            Self::Up => None,
            Self::Down { said, .. } | Self::Probing { said, .. } => Some(said),
        }
    }
}

/// The server answered.
pub(super) fn reached(state: &mut State, out: &mut Vec<Effect>) {
    if state.link != Link::Up {
        state.link = Link::Up;
        state.timers.stop(Timer::Retry);
        // The poll that failed waited for the pause that ends here.
        state.poll_due = true;
        out.push(Effect::Log(Level::Info, "the server answers again".to_owned()));
    }
}

/// A request came to nothing: a pause, and one line in the log when this is news.
pub(super) fn failed(state: &mut State, trouble: &Trouble, now: Now, out: &mut Vec<Effect>) {
    let (failures, said) = match std::mem::replace(&mut state.link, Link::Up) {
        Link::Up => (0, String::new()),
        // Other requests that were under way fail with the first: one pause for all.
        Link::Down { failures, said } => {
            state.link = Link::Down { failures, said };
            return;
        }
        Link::Probing { failures, said } => (failures, said),
    };
    let failures = failures.saturating_add(1);
    let pause = backoff::pause(failures, now.dice, trouble.retry_after());
    let words = trouble.to_string();
    if words != said {
        out.push(Effect::Log(Level::Warn, format!("{words}\nthe agent goes on trying")));
    }
    state.link = Link::Down { failures, said: words };
    state.set_timer(Timer::Retry, pause, out);
}

/// The server's clock was heard. That the own one is off is logged when it begins and when it ends.
pub(super) fn clock_compared(state: &mut State, error: ClockError, now: Now, out: &mut Vec<Effect>) {
    let was_off = state.clock_error.is_some_and(ClockError::is_off);
    state.clock_error = Some(error);
    if error.is_off() && !was_off {
        let (own, server) = (minute(now.wall), minute(error.correct(now.wall)));
        let words = format!(
            "this machine's clock says {own}, the server's says {server}: it is {error}. Set it, as with `timedatectl set-ntp true`: \
             orders are judged by it"
        );
        out.push(Effect::Log(Level::Warn, words));
    } else if was_off && !error.is_off() {
        out.push(Effect::Log(Level::Info, "this machine's clock is right again".to_owned()));
    }
}

/// The pause is over.
pub(super) fn probe(state: &mut State) {
    if let Link::Down { failures, said } = std::mem::replace(&mut state.link, Link::Up) {
        state.link = Link::Probing { failures, said };
        state.poll_due = true;
    }
}

/// The pause after a parked poll was cut: short, since most cuts are a server that restarts.
pub(super) fn after_cut(dice: u64) -> Duration {
    Duration::from_millis(500) + backoff::share(Duration::from_secs(1), dice)
}
