//! The life of an order: one state, one transition function. Nobody else matches on its transitions.

use super::Failure;
use crate::hook::{HookAction, HookReport, HookWord};
use crate::id::{OrderId, UserName};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a site may take between two steps of an order once it has begun.
pub const STEP_WITHIN: Duration = Duration::from_hours(1);

/// Where an order stands. `at` is the server's time of the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OrderState {
    /// Waits for the site to poll.
    Queued,
    /// Went out in a batch.
    Offered {
        /// Since when.
        at: Timestamp,
    },
    /// The site has begun: this far, as it reports.
    Started {
        /// The last step done.
        step: Progress,
        /// Since when.
        at: Timestamp,
    },
    /// Something at the site is in the way: the agent goes on by itself once that is over.
    Waiting {
        /// Since when.
        at: Timestamp,
        /// What it is.
        reason: Failure,
    },
    /// It is done, and the program that the site runs afterwards has not ended yet.
    Loading {
        /// Since when.
        at: Timestamp,
        /// Whether the site's inventory shows it.
        shown: bool,
        /// The latest that the site is heard of.
        until: Timestamp,
    },
    /// The site's inventory shows it, and its hook, if there is one, ended well.
    Confirmed {
        /// Since when.
        at: Timestamp,
    },
    /// The site says no, or couldn't.
    Failed {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: Failure,
    },
    /// The site began and was not heard of again in time.
    TimedOut {
        /// Since when.
        at: Timestamp,
    },
    /// Never offered before its install-by time.
    Expired {
        /// Since when.
        at: Timestamp,
    },
    /// A newer order for the same cell took its place.
    Superseded {
        /// Since when.
        at: Timestamp,
        /// The newer order.
        by: OrderId,
    },
    /// Taken back by a person.
    Cancelled {
        /// Since when.
        at: Timestamp,
        /// Who.
        by: UserName,
    },
    /// Nobody can say what became of it.
    Unknown {
        /// Since when.
        at: Timestamp,
        /// Why not.
        #[serde(default)]
        cause: UnknownCause,
    },
}

/// Why nobody can say what became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownCause {
    /// Offered, and its install-by time went by without a word.
    #[default]
    Silence,
    /// It is done, and the agent was ended while the hook ran.
    HookInterrupted,
    /// It was open in a backup that was restored: what happened after the backup is not known.
    Restored,
    /// Something that this version doesn't know.
    #[serde(other)]
    Newer,
}

impl UnknownCause {
    /// Why, for people.
    pub fn explain(self) -> &'static str {
        match self {
            Self::Silence => "the order's time is over and the site never said what became of it",
            Self::HookInterrupted => {
                "it is in place, and the agent was ended while the hook ran: nobody can say whether it did its work"
            }
            Self::Restored => {
                "the server was restored from a backup in which this order was open: send it again if it is still wanted"
            }
            Self::Newer => "for a reason that this version does not know: update it",
        }
    }
}

/// How far a site has come with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// The content is at the site.
    Fetched,
    /// Its hash is the signed one.
    Verified,
    /// It is in place, says the agent; the inventory has the last word.
    Installed,
}

/// What can happen to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderEvent {
    /// It went out in a batch.
    Offered,
    /// The site reports a step.
    Progress(Progress),
    /// The site reports that it failed or was refused.
    Failed(Failure),
    /// The site reports what it waits for.
    Waiting(Failure),
    /// It is done, and its hook runs or is still to come: the site is heard of by then, or something is wrong.
    HookDue {
        /// The latest.
        until: Timestamp,
    },
    /// Its hook failed.
    HookFailed {
        /// After what.
        after: HookAction,
        /// How.
        report: HookReport,
    },
    /// The agent was ended while the hook ran.
    HookInterrupted,
    /// The site's inventory shows what the order asks for.
    Shown {
        /// Whether a hook's good end is still to be heard of.
        awaits_hook: bool,
    },
    /// A newer order for the same cell.
    Superseded(OrderId),
    /// A person takes it back.
    Cancelled(UserName),
    /// The server's data were restored from a backup in which it was open.
    Restored,
    /// Time goes by.
    Tick {
        /// The order's own time limit.
        install_by: Timestamp,
    },
}

impl OrderState {
    /// Whether something may still come of it by itself.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Queued | Self::Offered { .. } | Self::Started { .. } | Self::Waiting { .. } | Self::Loading { .. })
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Offered { .. } => "offered",
            Self::Started { step: Progress::Fetched, .. } => "fetched",
            Self::Started { step: Progress::Verified, .. } => "verified",
            Self::Started { step: Progress::Installed, .. } => "installed",
            Self::Loading { .. } => "loading",
            Self::Waiting { .. } => "waiting",
            Self::Confirmed { .. } => "confirmed",
            Self::Failed { .. } => "failed",
            Self::TimedOut { .. } => "timed_out",
            Self::Expired { .. } => "expired",
            Self::Superseded { .. } => "superseded",
            Self::Cancelled { .. } => "cancelled",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// The next state. An event that comes late, twice or out of order changes nothing.
#[must_use]
pub fn advance(state: OrderState, event: OrderEvent, now: Timestamp) -> OrderState {
    use OrderState as S;
    match (event, state) {
        (OrderEvent::Offered, S::Queued) => S::Offered { at: now },
        (OrderEvent::Progress(step), state) => progress(state, step, now),
        (OrderEvent::HookDue { until }, state) => hook_due(state, until, now),
        // What a hook did outlasts what people and clocks decided meanwhile: nothing that failed may look well.
        (OrderEvent::HookFailed { after, report }, state) if !is_settled(&state) => {
            S::Failed { at: now, reason: Failure::Hook { after, words: report.words() } }
        }
        (OrderEvent::HookInterrupted, state) if !is_settled(&state) => {
            S::Unknown { at: now, cause: UnknownCause::HookInterrupted }
        }
        (OrderEvent::Failed(reason), state) if state.is_open() => S::Failed { at: now, reason },
        (OrderEvent::Waiting(reason), state) => waiting(state, reason, now),
        // An order that may have been carried out is confirmed whenever the site shows it; one that was never offered can't be
        // told from a hand that did the same, and the result is what was wanted.
        (OrderEvent::Shown { awaits_hook }, state) => shown(state, awaits_hook, now),
        (OrderEvent::Superseded(by), state) if state.is_open() => S::Superseded { at: now, by },
        (OrderEvent::Cancelled(by), state) if state.is_open() => S::Cancelled { at: now, by },
        (OrderEvent::Restored, state) if state.is_open() => S::Unknown { at: now, cause: UnknownCause::Restored },
        (OrderEvent::Tick { install_by }, state) => tick(state, install_by, now),
        (_, state) => state,
    }
}

/// Ended in a way that no hook changes.
fn is_settled(state: &OrderState) -> bool {
    matches!(
        state,
        OrderState::Failed { .. }
            | OrderState::Superseded { .. }
            | OrderState::Unknown { cause: UnknownCause::HookInterrupted, .. }
    )
}

fn hook_due(state: OrderState, until: Timestamp, now: Timestamp) -> OrderState {
    match state {
        OrderState::Queued
        | OrderState::Offered { .. }
        | OrderState::Waiting { .. }
        | OrderState::Started { step: Progress::Fetched | Progress::Verified, .. } => {
            OrderState::Loading { at: now, shown: false, until }
        }
        OrderState::Loading { at, shown, until: before } => OrderState::Loading { at, shown, until: until.max(before) },
        state => state,
    }
}

/// The agent's word alone confirms nothing, nor does the inventory's while a hook is to come.
fn shown(state: OrderState, awaits_hook: bool, now: Timestamp) -> OrderState {
    use OrderState as S;
    match state {
        // The agent has said that it is done with it.
        S::Started { step: Progress::Installed, .. } => S::Confirmed { at: now },
        S::Loading { at, until, .. } => S::Loading { at, shown: true, until },
        S::Queued | S::Offered { .. } | S::Started { .. } | S::Waiting { .. } if awaits_hook => {
            S::Loading { at: now, shown: true, until: now.plus(STEP_WITHIN) }
        }
        S::Queued
        | S::Offered { .. }
        | S::Started { .. }
        | S::Waiting { .. }
        | S::TimedOut { .. }
        | S::Unknown { cause: UnknownCause::Silence | UnknownCause::Restored | UnknownCause::Newer, .. }
            if !awaits_hook =>
        {
            S::Confirmed { at: now }
        }
        state => state,
    }
}

/// The longest that a site is waited for because of what it says of a hook.
const HOOK_WITHIN: Duration = Duration::from_hours(24);

impl OrderEvent {
    /// What the site's word on the hook of an order that is done means for the order.
    pub fn of_hook(word: &HookWord, after: HookAction, now: Timestamp) -> Self {
        match word {
            HookWord::Absent => Self::Progress(Progress::Installed),
            HookWord::Ended(report) if report.ok() => Self::Progress(Progress::Installed),
            HookWord::Ended(report) => Self::HookFailed { after, report: report.clone() },
            HookWord::Interrupted { .. } => Self::HookInterrupted,
            HookWord::Due { within_s } => {
                let within = Duration::from_secs(*within_s).clamp(STEP_WITHIN, HOOK_WITHIN);
                Self::HookDue { until: now.plus(within) }
            }
            HookWord::Newer => Self::HookDue { until: now.plus(STEP_WITHIN) },
        }
    }
}

fn progress(state: OrderState, step: Progress, now: Timestamp) -> OrderState {
    match state {
        OrderState::Loading { shown: true, .. } if step == Progress::Installed => OrderState::Confirmed { at: now },
        OrderState::Loading { shown: false, .. } if step == Progress::Installed => OrderState::Started { step, at: now },
        OrderState::Queued | OrderState::Offered { .. } | OrderState::Waiting { .. } => OrderState::Started { step, at: now },
        OrderState::Started { step: last, .. } if step > last => OrderState::Started { step, at: now },
        state => state,
    }
}

/// What is in place waits for nothing; a wait that goes on keeps its beginning.
fn waiting(state: OrderState, reason: Failure, now: Timestamp) -> OrderState {
    match state {
        state @ (OrderState::Started { step: Progress::Installed, .. } | OrderState::Loading { .. }) => state,
        OrderState::Waiting { at, .. } => OrderState::Waiting { at, reason },
        state if state.is_open() => OrderState::Waiting { at: now, reason },
        state => state,
    }
}

fn tick(state: OrderState, install_by: Timestamp, now: Timestamp) -> OrderState {
    match state {
        OrderState::Queued if now >= install_by => OrderState::Expired { at: now },
        OrderState::Offered { .. } | OrderState::Waiting { .. } if now >= install_by => {
            OrderState::Unknown { at: now, cause: UnknownCause::Silence }
        }
        // An end that lies farther ahead than any site may name was written by a clock that was wrong.
        OrderState::Loading { until, .. } if now >= until || until > now.plus(HOOK_WITHIN) => OrderState::TimedOut { at: now },
        OrderState::Started { at, .. } if at.has_passed(STEP_WITHIN, now) => OrderState::TimedOut { at: now },
        state => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hook::{HookEnd, HookPer};
    use crate::order::Refusal;
    use proptest::prelude::*;

    const LIMIT: Timestamp = Timestamp::from_ms(1_000_000);
    const SHOWN: OrderEvent = OrderEvent::Shown { awaits_hook: false };

    fn failed_hook() -> OrderEvent {
        let end = HookEnd::Code { code: 3 };
        let report = HookReport { end, per: HookPer::Patch, output: "no licence".into() };
        OrderEvent::HookFailed { after: HookAction::Put, report }
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    fn run(events: &[OrderEvent]) -> OrderState {
        events.iter().fold(OrderState::Queued, |state, event| advance(state, event.clone(), at(1)))
    }

    #[test]
    fn an_order_that_is_reported_installed_is_confirmed_only_by_the_inventory() {
        let events = [OrderEvent::Offered, OrderEvent::Progress(Progress::Installed)];
        assert_eq!(run(&events).word(), "installed");
        assert_eq!(advance(run(&events), SHOWN, at(2)), OrderState::Confirmed { at: at(2) });
    }

    #[test]
    fn a_late_report_of_an_earlier_step_changes_nothing() {
        let state = run(&[OrderEvent::Offered, OrderEvent::Progress(Progress::Verified)]);
        assert_eq!(advance(state.clone(), OrderEvent::Progress(Progress::Fetched), at(9)), state);
        assert_eq!(advance(state.clone(), OrderEvent::Offered, at(9)), state);
    }

    #[test]
    fn an_order_that_was_open_in_a_restored_backup_is_unknown_until_the_site_shows_it() {
        for events in [vec![], vec![OrderEvent::Offered], vec![OrderEvent::Progress(Progress::Verified)]] {
            let restored = advance(run(&events), OrderEvent::Restored, at(2));
            assert_eq!(restored, OrderState::Unknown { at: at(2), cause: UnknownCause::Restored });
            assert!(!restored.is_open(), "it is never offered again by itself");
            assert_eq!(advance(restored, SHOWN, at(3)), OrderState::Confirmed { at: at(3) });
        }
        let ended = advance(run(&[OrderEvent::Offered]), SHOWN, at(2));
        assert_eq!(advance(ended.clone(), OrderEvent::Restored, at(3)), ended);
    }

    #[test]
    fn an_offered_order_past_its_limit_is_unknown_and_a_later_inventory_still_confirms_it() {
        let tick = OrderEvent::Tick { install_by: LIMIT };
        let offered = advance(run(&[OrderEvent::Offered]), tick.clone(), LIMIT);
        assert_eq!(offered, OrderState::Unknown { at: LIMIT, cause: UnknownCause::Silence });
        assert_eq!(advance(offered, SHOWN, at(2_000_000)).word(), "confirmed");
        let queued = advance(OrderState::Queued, tick, LIMIT);
        assert_eq!(queued, OrderState::Expired { at: LIMIT });
        assert_eq!(advance(queued.clone(), SHOWN, at(2_000_000)), queued);
    }

    #[test]
    fn an_order_with_a_hook_is_confirmed_by_the_inventory_and_the_hooks_good_end_in_either_order() {
        let (due, well) = (OrderEvent::HookDue { until: LIMIT }, OrderEvent::Progress(Progress::Installed));
        let awaited = OrderEvent::Shown { awaits_hook: true };
        for events in [
            [due.clone(), awaited.clone(), well.clone()],
            [awaited.clone(), due.clone(), well.clone()],
            [due.clone(), well.clone(), SHOWN],
        ] {
            let before = run(&events[..2]);
            assert!(before.is_open(), "{events:?}: {before:?}");
            assert_eq!(run(&events).word(), "confirmed", "{events:?}");
        }
        assert_eq!(run(&[awaited.clone(), awaited.clone()]).word(), "loading");
        assert_eq!(run(&[awaited, well.clone(), due.clone()]).word(), "confirmed", "a late word changes nothing");
        assert_eq!(run(&[due, well.clone()]).word(), "installed", "the site's list must still show it");
    }

    #[test]
    fn an_order_whose_hook_failed_or_was_cut_off_is_never_confirmed_whatever_else_comes() {
        for (hook, word) in [(failed_hook(), "failed"), (OrderEvent::HookInterrupted, "unknown")] {
            for before in [vec![], vec![SHOWN], vec![OrderEvent::Cancelled("ada".parse().expect("user"))]] {
                let mut state = run(&[before, vec![hook.clone()]].concat());
                assert_eq!(state.word(), word);
                for late in [SHOWN, OrderEvent::Progress(Progress::Installed), OrderEvent::HookDue { until: LIMIT }] {
                    state = advance(state, late, at(9));
                    assert_eq!(state.word(), word);
                }
            }
        }
        let OrderState::Failed { reason, .. } = run(&[failed_hook()]) else { panic!("it failed") };
        assert_eq!(reason.to_string(), "installed, but the hook failed: it ended with code 3: no licence");
    }

    #[test]
    fn a_hook_that_is_never_heard_of_times_out_and_its_late_good_end_still_counts() {
        let tick = OrderEvent::Tick { install_by: Timestamp::from_ms(i64::MAX) };
        let waits = run(&[OrderEvent::HookDue { until: LIMIT }, OrderEvent::Shown { awaits_hook: true }]);
        assert_eq!(advance(waits.clone(), tick.clone(), at(999_999)), waits);
        let late = advance(waits, tick, LIMIT);
        assert_eq!(late.word(), "timed_out");
        let shown = advance(late.clone(), OrderEvent::Shown { awaits_hook: true }, LIMIT);
        assert_eq!(shown, late, "that the file is there says nothing of the hook");
        let heard = advance(late, OrderEvent::Progress(Progress::Installed), LIMIT);
        assert_eq!(advance(heard, SHOWN, LIMIT).word(), "confirmed");
    }

    #[test]
    fn a_hook_may_take_as_long_as_its_site_says_but_not_for_ever() {
        let until = |within_s| match OrderEvent::of_hook(&HookWord::Due { within_s }, HookAction::Put, at(0)) {
            OrderEvent::HookDue { until } => until,
            event => panic!("{event:?}"),
        };
        assert_eq!(until(1), at(0).plus(STEP_WITHIN));
        assert_eq!(until(7200), at(7_200_000));
        assert_eq!(until(u64::MAX), at(0).plus(HOOK_WITHIN));
    }

    #[test]
    fn a_site_that_began_and_fell_silent_times_out() {
        let began = run(&[OrderEvent::Progress(Progress::Fetched)]);
        let tick = OrderEvent::Tick { install_by: Timestamp::from_ms(i64::MAX) };
        assert_eq!(advance(began.clone(), tick.clone(), at(5)), began);
        assert_eq!(advance(began, tick, at(1).plus(STEP_WITHIN)).word(), "timed_out");
    }

    #[test]
    fn an_order_that_waits_for_room_stays_open_until_its_limit_and_goes_on_when_there_is_some() {
        let no_room = || OrderEvent::Waiting(Failure::NoSpace { detail: None });
        let waits = run(&[OrderEvent::Offered, no_room()]);
        assert_eq!((waits.word(), waits.is_open()), ("waiting", true));
        let tick = |now| advance(waits.clone(), OrderEvent::Tick { install_by: LIMIT }, now);
        assert_eq!(tick(at(999_999)), waits, "an hour without a step is no end of it");
        assert_eq!(tick(LIMIT).word(), "unknown");
        assert_eq!(advance(waits.clone(), no_room(), at(9)), waits, "it has waited since the first time");
        assert_eq!(advance(waits.clone(), OrderEvent::Progress(Progress::Verified), at(9)).word(), "verified");
        assert_eq!(advance(waits, SHOWN, at(9)).word(), "confirmed");
        let installed = run(&[OrderEvent::Progress(Progress::Installed)]);
        assert_eq!(advance(installed.clone(), no_room(), at(9)), installed, "a late report");
    }

    fn any_event() -> impl Strategy<Value = OrderEvent> {
        prop_oneof![
            Just(OrderEvent::Offered),
            Just(OrderEvent::Progress(Progress::Fetched)),
            Just(OrderEvent::Progress(Progress::Verified)),
            Just(OrderEvent::Progress(Progress::Installed)),
            Just(OrderEvent::Failed(Refusal::WrongHash.into())),
            Just(SHOWN),
            Just(OrderEvent::Shown { awaits_hook: true }),
            Just(OrderEvent::HookDue { until: LIMIT }),
            Just(failed_hook()),
            Just(OrderEvent::HookInterrupted),
            Just(OrderEvent::Waiting(Failure::NoSpace { detail: None })),
            Just(OrderEvent::Superseded("0123456789abcdef0123456789abcdef".parse().expect("id"))),
            Just(OrderEvent::Cancelled("ada".parse().expect("user"))),
            Just(OrderEvent::Tick { install_by: LIMIT }),
        ]
    }

    proptest! {
        #[test]
        fn every_event_given_twice_changes_nothing_more(events in proptest::collection::vec(any_event(), 0..12)) {
            let (mut once, mut twice) = (OrderState::Queued, OrderState::Queued);
            for (index, event) in events.into_iter().enumerate() {
                let now = at(i64::try_from(index).expect("small"));
                once = advance(once, event.clone(), now);
                twice = advance(advance(twice, event.clone(), now), event, now);
            }
            prop_assert_eq!(once, twice);
        }

        #[test]
        fn no_order_stays_open_for_ever(events in proptest::collection::vec(any_event(), 0..12)) {
            let state = run(&events);
            let end = LIMIT.plus(STEP_WITHIN * 2);
            let ended = advance(state, OrderEvent::Tick { install_by: LIMIT }, end);
            prop_assert!(!ended.is_open());
        }

        #[test]
        fn what_ended_is_never_opened_again(events in proptest::collection::vec(any_event(), 0..16)) {
            let mut state = OrderState::Queued;
            let mut ended = false;
            for event in events {
                state = advance(state, event, at(1));
                prop_assert!(!(ended && state.is_open()));
                ended = !state.is_open();
            }
        }
    }
}
