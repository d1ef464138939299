//! When what didn't get through is tried again: each thing by itself, at once, soon, and then ever more rarely. Nothing is given up.

use super::backoff;
use super::effect::{Effect, Level, Timer};
use super::link;
use super::state::State;
use crate::clock::Now;
use crate::trouble::Trouble;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{CommandId, OrderId};
use fieldpost_common::order::{Failure, Refusal};
use fieldpost_common::text::Clean;
use std::collections::BTreeMap;
use std::time::Duration;

/// What can rest by itself while everything else goes on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    /// The inventory on its way to the server.
    Inventory,
    /// What is remembered.
    Memory,
    /// Results of orders, and one of them that was refused alone.
    Results,
    Result(OrderId),
    /// Results of commands, and one of them.
    CommandResults,
    CommandResult(CommandId),
    /// What a command brings.
    Command(CommandId),
    /// A content on its way to the server.
    Upload(ContentHash),
    /// A content on its way to the site.
    Fetch(ContentHash),
    /// A put or a removal.
    Step(OrderId),
}

/// What kept it from getting through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cause {
    /// The way, as far as anybody knows.
    Way(String),
    /// The other end understood it and says no.
    Refused(String),
    /// Something at this site.
    Here(Failure),
}

impl Cause {
    /// In an order's words.
    pub(super) fn failure(&self) -> Failure {
        match self {
            Self::Way(words) | Self::Refused(words) => Failure::Io { detail: Clean::joined(words) },
            Self::Here(failure) => failure.clone(),
        }
    }
}

#[derive(Debug, Clone)]
struct Rest {
    failures: u32,
    until: Duration,
    cause: Cause,
}

/// What rests, and until when.
#[derive(Debug, Default)]
pub(super) struct Patience {
    resting: BTreeMap<Thing, Rest>,
    /// When the timer goes off that is set.
    timed: Option<Duration>,
}

/// What is in the way of a connection or of the disk may be over any moment, and asking costs little.
const SOON: Duration = Duration::from_secs(30);

impl Patience {
    /// Whether it is to be left alone now.
    pub(super) fn rests(&self, thing: &Thing, now: Now) -> bool {
        self.resting.get(thing).is_some_and(|rest| now.mono < rest.until)
    }

    /// What kept it from getting through the last time.
    pub(super) fn cause(&self, thing: &Thing) -> Option<&Cause> {
        self.resting.get(thing).map(|rest| &rest.cause)
    }

    /// How often in a row it didn't get through.
    pub(super) fn failures(&self, thing: &Thing) -> u32 {
        self.resting.get(thing).map_or(0, |rest| rest.failures)
    }

    /// It got through, or nobody wants it any more.
    pub(super) fn forget(&mut self, thing: &Thing) {
        self.resting.remove(thing);
    }

    /// Those for which this doesn't hold are wanted by nobody any more.
    pub(super) fn retain(&mut self, is_wanted: impl Fn(&Thing) -> bool) {
        self.resting.retain(|thing, _| is_wanted(thing));
    }

    /// Somebody wants it now, whatever was said before.
    pub(super) fn wake(&mut self, is_meant: impl Fn(&Thing) -> bool) {
        self.resting.iter_mut().filter(|(thing, _)| is_meant(thing)).for_each(|(_, rest)| rest.until = Duration::ZERO);
    }

    /// It didn't get through. Whether this is news.
    fn add(&mut self, thing: Thing, cause: Cause, most: Duration, now: Now) -> bool {
        let before = self.resting.get(&thing);
        let is_news = before.is_none_or(|rest| rest.cause != cause);
        let failures = before.map_or(0, |rest| rest.failures).saturating_add(1);
        let until = now.mono + pause(failures, now.dice, most);
        self.resting.insert(thing, Rest { failures, until, cause });
        is_news
    }

    /// It rests as long as anything ever does.
    fn exhaust(&mut self, thing: &Thing, most: Duration, now: Now) {
        if let Some(rest) = self.resting.get_mut(thing) {
            rest.until = now.mono + most;
        }
    }
}

/// The first tries follow soon: most damage strikes once. Then each pause is four times the one before.
pub(super) fn pause(failures: u32, dice: u64, most: Duration) -> Duration {
    let whole = Duration::from_secs(1).saturating_mul(4_u32.saturating_pow(failures.saturating_sub(1).min(8))).min(most);
    whole + backoff::share(whole / 4, dice)
}

/// Something didn't get through: it rests by itself, and where the trouble is one of the whole way, so does everything.
pub(super) fn held_back(state: &mut State, thing: &Thing, trouble: &Trouble, now: Now, out: &mut Vec<Effect>) {
    if matches!(trouble, Trouble::Unreachable { .. }) {
        return link::failed(state, trouble, now, out);
    }
    let concerns_all = trouble.concerns_all();
    let refused = trouble.is_refusal() || trouble.is_about_room();
    let cause = match trouble {
        Trouble::Local { detail } => Cause::Here(Failure::Io { detail: detail.clone() }),
        _ if refused => Cause::Refused(trouble.to_string()),
        _ => Cause::Way(trouble.to_string()),
    };
    let short = concerns_all || matches!(trouble, Trouble::Lost { .. } | Trouble::Local { .. });
    let most = if short { SOON } else { state.forgive_after() };
    let is_news = state.patience.add(thing.clone(), cause, most, now);
    // What was understood and refused is refused again; only an inventory changes, and matters more than all else.
    if refused && !matches!(thing, Thing::Inventory) {
        state.patience.exhaust(thing, most, now);
    }
    if is_news {
        out.push(Effect::Log(Level::Warn, format!("{}: {trouble}\nit is tried again", thing.words())));
    }
    if concerns_all {
        link::failed(state, trouble, now, out);
    }
}

/// A content came with another hash than signed: on the way, since the server looks at what it gives.
pub(super) fn came_damaged(state: &mut State, sha256: ContentHash, now: Now, out: &mut Vec<Effect>) {
    let words = format!("{}: it was damaged on its way and thrown away", Refusal::WrongHash);
    let most = state.forgive_after();
    if state.patience.add(Thing::Fetch(sha256), Cause::Way(words.clone()), most, now) {
        out.push(Effect::Log(Level::Warn, format!("content {}: {words}\nit is tried again", sha256.short())));
    }
}

/// Something at this site is in the way: it is looked at again soon.
pub(super) fn blocked_here(state: &mut State, thing: Thing, failure: &Failure, now: Now, out: &mut Vec<Effect>) {
    let is_first = state.patience.failures(&thing) == 0;
    let words = thing.words();
    state.patience.add(thing, Cause::Here(failure.clone()), SOON, now);
    if is_first {
        out.push(Effect::Log(Level::Warn, format!("{words}: {failure}\nit is tried again")));
    }
}

/// Wakes the machine when the first of what rests may be tried again.
pub(super) fn set_timer(state: &mut State, now: Now, out: &mut Vec<Effect>) {
    let next = state.patience.resting.values().map(|rest| rest.until).filter(|until| *until > now.mono).min();
    if next == state.patience.timed && state.timers.is_set(Timer::Again) {
        return;
    }
    state.patience.timed = next;
    match next {
        Some(next) => state.set_timer(Timer::Again, next.saturating_sub(now.mono), out),
        None => state.timers.stop(Timer::Again),
    }
}

impl Thing {
    fn words(&self) -> String {
        match self {
            Self::Inventory => "this site's inventory did not get to the server".to_owned(),
            Self::Memory => "what this site remembers did not get to the server".to_owned(),
            Self::Results => "results of orders did not get to the server".to_owned(),
            Self::Result(order) => format!("the result of order {order} did not get to the server"),
            Self::CommandResults => "results of commands did not get to the server".to_owned(),
            Self::CommandResult(command) => format!("the result of command {command} did not get to the server"),
            Self::Command(command) => format!("what command {command} brought did not get to the server"),
            Self::Upload(sha256) => format!("content {} did not get to the server", sha256.short()),
            Self::Fetch(sha256) => format!("content {} was not fetched", sha256.short()),
            Self::Step(order) => format!("order {order} waits"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_tries_follow_soon_and_no_pause_is_longer_than_the_longest_with_its_jitter(failures in 1u32..100, dice: u64) {
            let most = Duration::from_mins(15);
            let first: Duration = (1..=2).map(|failures| pause(failures, dice, most)).sum();
            prop_assert!(first <= Duration::from_secs(7));
            prop_assert!(pause(failures, dice, most) <= most + most / 4);
            prop_assert!(pause(failures, 0, most) <= pause(failures + 1, 0, most));
        }
    }
}
