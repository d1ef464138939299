//! The life of an order: one state, one transition function. Nobody else matches on its transitions.

use super::Failure;
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
    /// The site's inventory shows it.
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
    /// Offered, and its install-by time went by without a word: it may or may not have happened.
    Unknown {
        /// Since when.
        at: Timestamp,
    },
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
    /// The site's inventory shows what the order asks for.
    Shown,
    /// A newer order for the same cell.
    Superseded(OrderId),
    /// A person takes it back.
    Cancelled(UserName),
    /// Time goes by.
    Tick {
        /// The order's own time limit.
        install_by: Timestamp,
    },
}

impl OrderState {
    /// Whether something may still come of it by itself.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Queued | Self::Offered { .. } | Self::Started { .. })
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Offered { .. } => "offered",
            Self::Started { step: Progress::Fetched, .. } => "fetched",
            Self::Started { step: Progress::Verified, .. } => "verified",
            Self::Started { step: Progress::Installed, .. } => "installed",
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
        (OrderEvent::Failed(reason), state) if state.is_open() => S::Failed { at: now, reason },
        // An order that may have been carried out is confirmed whenever the site shows it; one that was never offered can't be
        // told from a hand that did the same, and the result is what was wanted.
        (OrderEvent::Shown, S::Queued | S::Offered { .. } | S::Started { .. } | S::Unknown { .. } | S::TimedOut { .. }) => {
            S::Confirmed { at: now }
        }
        (OrderEvent::Superseded(by), state) if state.is_open() => S::Superseded { at: now, by },
        (OrderEvent::Cancelled(by), state) if state.is_open() => S::Cancelled { at: now, by },
        (OrderEvent::Tick { install_by }, state) => tick(state, install_by, now),
        (_, state) => state,
    }
}

fn progress(state: OrderState, step: Progress, now: Timestamp) -> OrderState {
    match state {
        OrderState::Queued | OrderState::Offered { .. } => OrderState::Started { step, at: now },
        OrderState::Started { step: last, .. } if step > last => OrderState::Started { step, at: now },
        state => state,
    }
}

fn tick(state: OrderState, install_by: Timestamp, now: Timestamp) -> OrderState {
    match state {
        OrderState::Queued if now >= install_by => OrderState::Expired { at: now },
        OrderState::Offered { .. } if now >= install_by => OrderState::Unknown { at: now },
        OrderState::Started { at, .. } if at.has_passed(STEP_WITHIN, now) => OrderState::TimedOut { at: now },
        state => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Refusal;
    use proptest::prelude::*;

    const LIMIT: Timestamp = Timestamp::from_ms(1_000_000);

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
        assert_eq!(advance(run(&events), OrderEvent::Shown, at(2)), OrderState::Confirmed { at: at(2) });
    }

    #[test]
    fn a_late_report_of_an_earlier_step_changes_nothing() {
        let state = run(&[OrderEvent::Offered, OrderEvent::Progress(Progress::Verified)]);
        assert_eq!(advance(state.clone(), OrderEvent::Progress(Progress::Fetched), at(9)), state);
        assert_eq!(advance(state.clone(), OrderEvent::Offered, at(9)), state);
    }

    #[test]
    fn an_offered_order_past_its_limit_is_unknown_and_a_later_inventory_still_confirms_it() {
        let tick = OrderEvent::Tick { install_by: LIMIT };
        let offered = advance(run(&[OrderEvent::Offered]), tick.clone(), LIMIT);
        assert_eq!(offered, OrderState::Unknown { at: LIMIT });
        assert_eq!(advance(offered, OrderEvent::Shown, at(2_000_000)).word(), "confirmed");
        let queued = advance(OrderState::Queued, tick, LIMIT);
        assert_eq!(queued, OrderState::Expired { at: LIMIT });
        assert_eq!(advance(queued.clone(), OrderEvent::Shown, at(2_000_000)), queued);
    }

    #[test]
    fn a_site_that_began_and_fell_silent_times_out() {
        let began = run(&[OrderEvent::Progress(Progress::Fetched)]);
        let tick = OrderEvent::Tick { install_by: Timestamp::from_ms(i64::MAX) };
        assert_eq!(advance(began.clone(), tick.clone(), at(5)), began);
        assert_eq!(advance(began, tick, at(1).plus(STEP_WITHIN)).word(), "timed_out");
    }

    fn any_event() -> impl Strategy<Value = OrderEvent> {
        prop_oneof![
            Just(OrderEvent::Offered),
            Just(OrderEvent::Progress(Progress::Fetched)),
            Just(OrderEvent::Progress(Progress::Verified)),
            Just(OrderEvent::Progress(Progress::Installed)),
            Just(OrderEvent::Failed(Refusal::WrongHash.into())),
            Just(OrderEvent::Shown),
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
