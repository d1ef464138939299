//! How an error moves on: fixed, back, muted, in any order.

use super::*;
use proptest::prelude::*;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms)
}

fn user(name: &str) -> UserName {
    name.parse().expect("a user")
}

fn site(name: &str) -> SiteName {
    name.parse().expect("a site")
}

fn fixed() -> GroupState {
    let event =
        GroupEvent::Fixed { by: user("jo"), patch: "Ledger.st".parse().expect("a patch"), revision: ContentHash::of(b"fix") };
    advance(GroupState::default(), event, at(1_000))
}

fn seen(state: GroupState, name: &str, when: i64, since: Option<i64>) -> GroupState {
    advance(state, GroupEvent::Seen { site: site(name), at: at(when), has_fix_since: since.map(at) }, at(9_999))
}

#[test]
fn an_error_is_regressed_only_where_its_fix_is_installed() {
    let elsewhere = seen(fixed(), "beta", 5_000, None);
    assert_eq!(elsewhere.state(), ErrorState::Fixed);
    let back = seen(elsewhere, "acme", 5_000, Some(2_000));
    assert_eq!(back.state(), ErrorState::Regressed);
    assert_eq!(back.regressed_at().collect::<Vec<_>>(), [&site("acme")]);
    let more = seen(seen(back, "beta", 6_000, None), "delta", 4_000, Some(3_000));
    assert_eq!(more.regressed_at().collect::<Vec<_>>(), [&site("acme"), &site("delta")]);
}

#[test]
fn a_walkback_from_before_the_fix_was_installed_is_no_regression() {
    assert_eq!(seen(fixed(), "acme", 1_500, Some(2_000)).state(), ErrorState::Fixed);
    assert_eq!(seen(fixed(), "acme", 2_000, Some(2_000)).state(), ErrorState::Fixed);
}

#[test]
fn what_nobody_fixed_cant_regress() {
    assert_eq!(seen(GroupState::default(), "acme", 5_000, Some(1)).state(), ErrorState::New);
}

#[test]
fn a_new_fix_begins_anew_and_known_takes_a_fix_back() {
    let back = seen(fixed(), "acme", 5_000, Some(2_000));
    let again =
        GroupEvent::Fixed { by: user("jo"), patch: "Ledger.st".parse().expect("a patch"), revision: ContentHash::of(b"2") };
    let again = advance(back.clone(), again, at(6_000));
    assert_eq!((again.state(), again.regressed_at().count()), (ErrorState::Fixed, 0));
    assert_eq!(advance(back, GroupEvent::Known(user("jo")), at(6_000)).fix(), None);
}

#[test]
fn a_muted_group_goes_on_underneath() {
    let muted = advance(fixed(), GroupEvent::Muted(user("jo")), at(2_000));
    assert_eq!(muted.state(), ErrorState::Muted);
    let back = seen(muted, "acme", 5_000, Some(2_000));
    assert_eq!(back.state(), ErrorState::Muted);
    assert_eq!(advance(back, GroupEvent::Unmuted, at(6_000)).state(), ErrorState::Regressed);
}

#[test]
fn weeks_begin_on_monday() {
    let monday: Timestamp = "2026-11-23T00:00:00Z".parse().expect("a time");
    for day in ["2026-11-23T00:00:00Z", "2026-11-25T12:00:00Z", "2026-11-29T23:59:59Z"] {
        assert_eq!(week_start(week_of(day.parse().expect("a time"))), monday, "{day}");
    }
    assert!(week_of("2026-11-30T00:00:00Z".parse().expect("a time")) > week_of(monday));
}

proptest! {
    #[test]
    fn the_order_of_walkbacks_doesnt_matter(times in proptest::collection::vec((0usize..3, 0i64..10, proptest::option::of(0i64..10)), 0..8)) {
        let names = ["acme", "beta", "delta"];
        let run = |all: &mut dyn Iterator<Item = &(usize, i64, Option<i64>)>| {
            all.fold(fixed(), |state, (which, when, since)| seen(state, names[*which], *when, *since))
        };
        prop_assert_eq!(run(&mut times.iter()), run(&mut times.iter().rev()));
    }

    #[test]
    fn a_state_is_read_back_as_it_was_written(when in 0i64..10, muted: bool) {
        let mut state = seen(fixed(), "acme", when, Some(5));
        if muted {
            state = advance(state, GroupEvent::Muted(user("jo")), at(1));
        }
        let text = serde_json::to_string(&state).expect("written");
        prop_assert_eq!(serde_json::from_str::<GroupState>(&text).expect("read"), state);
    }
}

#[test]
fn a_state_is_the_same_word_on_the_wire_as_in_lists() {
    for state in ErrorState::ALL {
        assert_eq!(serde_json::to_string(&state).expect("JSON"), format!("\"{state}\""));
    }
    assert!(ErrorState::ALL.is_sorted(), "what needs somebody most comes first");
}
