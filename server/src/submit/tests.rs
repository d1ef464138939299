//! What is judged before an order or a publication is taken.

use super::*;
use fieldpost_common::order::state::OrderState;
use fieldpost_common::statement::Form;

fn hash(text: &str) -> ContentHash {
    ContentHash::of(text.as_bytes())
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms)
}

fn order() -> Order {
    Order {
        form: Form::default(),
        action: Action::Put { sha256: hash("new"), size: 3 },
        application: "trading".parse().expect("app"),
        patch: "Order.st".parse().expect("name"),
        site: "acme".parse().expect("site"),
        counter: 8,
        expected: Some(hash("old")),
        created: at(1),
        install_by: at(1_000_000),
        key: "0".repeat(32).parse().expect("key"),
        reason: None,
        again: false,
    }
}

fn cell() -> CellNow {
    CellNow { has: Some(hash("old")), newest: None, highest: 7, stored: Some(3) }
}

fn open(state: OrderState) -> OrderInfo {
    OrderInfo {
        id: "a".repeat(32).parse().expect("id"),
        action: Action::Remove,
        application: "trading".parse().expect("app"),
        patch: "Order.st".parse().expect("name"),
        site: "acme".parse().expect("site"),
        expected: None,
        by: "bn".parse().expect("user"),
        created: at(0),
        install_by: at(9),
        state,
        hook: None,
    }
}

fn changed(cell: &CellNow) -> String {
    match judge_order(&order(), None, cell, at(120_000)) {
        Err(Error::Changed(text)) => text,
        other => format!("{other:?}"),
    }
}

#[test]
fn an_order_is_taken_when_everything_is_as_its_signer_saw_it() {
    assert_eq!(judge_order(&order(), None, &cell(), at(5)), Ok(()));
    let ended = CellNow { newest: Some(open(OrderState::Confirmed { at: at(1) })), ..cell() };
    assert_eq!(judge_order(&order(), None, &ended, at(5)), Ok(()), "an order that ended is in nobody's way");
}

#[test]
fn what_changed_is_said_and_by_whom() {
    let edited = CellNow { has: Some(hash("edited")), ..cell() };
    assert_eq!(changed(&edited), format!("the site's file changed since you looked: it has {} now", hash("edited").short()));
    assert_eq!(changed(&CellNow { has: None, ..cell() }), "the site's file changed since you looked: it is gone");
    let newer = CellNow { newest: Some(open(OrderState::Queued)), ..cell() };
    assert_eq!(changed(&newer), "bn gave another order for this patch 2 min ago");
}

#[test]
fn an_open_order_is_replaced_only_by_one_who_saw_it() {
    let other = CellNow { newest: Some(open(OrderState::Queued)), ..cell() };
    let seen = "a".repeat(32).parse().expect("id");
    assert_eq!(judge_order(&order(), Some(&seen), &other, at(5)), Ok(()));
    let another = "b".repeat(32).parse().expect("id");
    assert!(matches!(judge_order(&order(), Some(&another), &other, at(5)), Err(Error::Changed(_))));
}

#[test]
fn an_order_with_a_wrong_size_an_old_counter_or_no_time_left_is_refused() {
    let refused = |why| Err(Error::Refused { what: "the order", why });
    assert!(matches!(judge_order(&order(), None, &CellNow { stored: Some(4), ..cell() }, at(5)), Err(Error::Invalid(_))));
    assert_eq!(judge_order(&order(), None, &CellNow { highest: 8, ..cell() }, at(5)), refused(Refusal::OldCounter));
    assert_eq!(judge_order(&order(), None, &cell(), at(1_000_000)), refused(Refusal::Expired));
    let jump = Order { counter: 1_000_008, ..order() };
    assert_eq!(judge_order(&jump, None, &cell(), at(5)), refused(Refusal::CounterJump));
}

#[test]
fn a_publication_changes_only_the_versions_that_have_something_else() {
    let versions = ["7.6", "7.7"].map(|version| version.parse::<Version>().expect("version"));
    let row = |text: &str| Some(CurrentRow { sha256: Some(hash(text)), size: 1, by: "bn".parse().expect("user"), at: at(0) });
    let judge = |current: &[Option<CurrentRow>], replaces: &[Option<ContentHash>]| {
        judge_publication(&hash("new"), &versions, current, replaces, at(0)).map(|changes| changes.len())
    };
    assert_eq!(judge(&[row("new"), row("old")], &[None, Some(hash("old"))]), Ok(1));
    assert_eq!(judge(&[row("new"), row("new")], &[None, None]), Ok(0), "the same again, whatever was seen");
    assert!(matches!(judge(&[None, row("other")], &[None, Some(hash("old"))]), Err(Error::Changed(_))));
    assert!(matches!(judge(&[None, None], &[None]), Err(Error::Invalid(_))));
}
