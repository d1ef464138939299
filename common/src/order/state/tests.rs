//! How orders live: what each event does, and what none of them may undo.

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
