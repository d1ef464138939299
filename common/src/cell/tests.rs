//! Every row of the table of marks, by its rule, and the properties that hold for all of them.

use super::*;
use crate::inventory::Obstacle;
use crate::order::Refusal;
use proptest::prelude::*;

fn content(text: &str) -> ContentHash {
    ContentHash::of(text.as_bytes())
}

fn facts() -> Facts<'static> {
    Facts {
        published: Published { current: Some(content("p")), earlier: &[], newer: &[], elsewhere: false },
        site: AtSite::Absent,
        site_since: None,
        unknown_since: None,
        base: Base::Never,
        order: None,
        silent_after: Duration::from_mins(5),
        age: Some(Duration::ZERO),
    }
}

fn order(action: Action, state: OrderState) -> LatestOrder {
    LatestOrder {
        id: "0123456789abcdef0123456789abcdef".parse().expect("id"),
        action,
        expected: None,
        state,
        by: "ada".parse().expect("user"),
        created: Timestamp::from_ms(0),
    }
}

fn put() -> Action {
    Action::Put { sha256: content("p"), size: 1 }
}

const AT: Timestamp = Timestamp::from_ms(1_000);

mod own_making;

#[test]
fn each_row_of_the_table_gives_its_mark_and_its_word() {
    let (p, s, b) = (content("p"), AtSite::Present(content("s")), Base::Content(content("b")));
    let none = Published::default();
    let elsewhere = Published { elsewhere: true, ..none };
    let removed = order(Action::Remove, OrderState::Confirmed { at: AT });
    let earlier = [content("s")];
    let again = Published { newer: &earlier, ..facts().published };
    let rows = [
        (Facts { site: AtSite::NotRun, ..facts() }, "", "not_applicable"),
        (Facts { site: AtSite::Unknown(Unknown::NoInventory), ..facts() }, "?", "unknown"),
        (Facts { site: AtSite::Unknown(Unknown::MassDrop), base: b, ..facts() }, "?", "unknown"),
        (Facts { site: AtSite::Unknown(Unknown::File(Obstacle::InputOutput)), base: b, ..facts() }, "?", "unknown"),
        (Facts { site: AtSite::Unknown(Unknown::Restored), base: b, ..facts() }, "?", "unknown"),
        (Facts { published: elsewhere, ..facts() }, "~", "other_version"),
        (Facts { published: none, ..facts() }, "·", "absent"),
        (Facts { published: none, site: s, ..facts() }, "*", "only_at_site"),
        (Facts { published: elsewhere, site: s, ..facts() }, "*", "only_at_site"),
        (Facts { site: AtSite::Present(p), ..facts() }, "=", "in_sync"),
        (Facts { site: AtSite::Present(p), base: b, ..facts() }, "=", "in_sync"),
        (facts(), "+", "not_sent"),
        (Facts { base: Base::Absent, ..facts() }, "+", "not_sent"),
        (Facts { base: b, ..facts() }, "-", "deleted_at_site"),
        (Facts { base: Base::Absent, order: Some(&removed), ..facts() }, "-", "removed"),
        (Facts { site: s, base: Base::Content(content("s")), ..facts() }, "> <", "send_update"),
        (Facts { site: s, published: Published { earlier: &earlier, ..facts().published }, ..facts() }, "> <", "send_update"),
        (Facts { site: s, base: Base::Content(p), ..facts() }, "> <", "retrieve"),
        (Facts { site: s, published: Published { newer: &earlier, ..facts().published }, ..facts() }, "> <", "retrieve"),
        (Facts { site: s, base: Base::Content(content("s")), published: again, ..facts() }, "> <", "retrieve"),
        (Facts { site: s, base: b, ..facts() }, "≠", "conflict"),
        (Facts { site: s, ..facts() }, "≠", "conflict"),
    ];
    for (facts, mark, word) in rows {
        let cell = cell(&facts);
        assert_eq!((cell.mark(), cell.word()), (mark, word), "{facts:?}");
        let json = serde_json::to_string(&cell.standing).expect("json");
        assert_eq!(json, format!("\"{word}\""), "the word in JSON is the word of the domain");
    }
}

#[test]
fn a_file_of_which_nothing_can_be_said_says_why_and_since_when_and_so_does_an_order_that_waits_for_it() {
    let site = AtSite::Unknown(Unknown::File(Obstacle::NotPermitted));
    let unknown = Facts { site, unknown_since: Some(AT), ..facts() };
    let why = "the agent's user may not read the file, since 1970-01-01 00:00 UTC";
    assert_eq!(cell(&unknown).reason().as_deref(), Some(why));
    let open = order(Action::Remove, OrderState::Offered { at: AT });
    let waits = cell(&Facts { order: Some(&open), ..unknown });
    assert_eq!((waits.mark(), waits.reason()), ("…", Some(format!("offered, waits: {why}"))));
    assert_eq!(cell(&Facts { unknown_since: Some(AT), ..facts() }).unknown_since, None, "what is known has no such moment");
}

#[test]
fn an_open_order_shows_as_sending_until_the_inventory_shows_the_hash() {
    let open = order(put(), OrderState::Offered { at: AT });
    let sending = cell(&Facts { order: Some(&open), ..facts() });
    assert_eq!((sending.mark(), sending.word(), sending.reason().as_deref()), ("…", "sending", Some("offered")));
    let done = order(put(), OrderState::Confirmed { at: AT });
    let shown = cell(&Facts { order: Some(&done), site: AtSite::Present(content("p")), ..facts() });
    assert_eq!(shown.mark(), "=");
}

#[test]
fn an_order_that_waits_for_room_is_on_its_way_says_for_what_and_calls_somebody() {
    let reason = crate::order::Failure::NoSpace { detail: Some(crate::text::Clean::line("no space left in /srv")) };
    let open = order(put(), OrderState::Waiting { at: AT, reason });
    let waiting = cell(&Facts { order: Some(&open), ..facts() });
    assert_eq!((waiting.mark(), waiting.word()), ("…", "sending"));
    assert_eq!(waiting.reason().as_deref(), Some("waiting: no space left in /srv"));
    assert!(crate::grid::Need::of(&waiting).is_someones());
}

#[test]
fn a_refused_order_blocks_its_cell_until_the_site_changes() {
    let failed = order(put(), OrderState::Failed { at: AT, reason: Refusal::WrongHash.into() });
    let before = Facts { order: Some(&failed), site_since: Some(AT), ..facts() };
    assert_eq!((cell(&before).mark(), cell(&before).word()), ("!", "blocked"));
    assert_eq!(cell(&before).reason().as_deref(), Some("the content does not have the signed hash"));
    let after = Facts { site_since: Some(Timestamp::from_ms(1_001)), site: AtSite::Present(content("s")), ..before };
    assert_eq!(cell(&after).word(), "conflict");
}

#[test]
fn a_failed_hook_blocks_its_cell_although_the_bytes_are_the_same_until_they_change_or_a_newer_order_comes() {
    let words = "it ended with code 3: no licence".into();
    let reason = crate::order::Failure::Hook { after: crate::hook::HookAction::Put, words };
    let failed = order(put(), OrderState::Failed { at: AT, reason });
    let cut_off = order(put(), OrderState::Unknown { at: AT, cause: UnknownCause::HookInterrupted });
    let unheard = order(put(), OrderState::TimedOut { at: AT });
    for order in [&failed, &cut_off, &unheard] {
        // The inventory that shows it may come before or after the hook's end.
        for since in [Timestamp::from_ms(999), Timestamp::from_ms(1_001)] {
            let there = Facts { order: Some(order), site: AtSite::Present(content("p")), site_since: Some(since), ..facts() };
            let blocked = cell(&there);
            assert_eq!((blocked.mark(), blocked.standing), ("!", Standing::InSync), "{order:?}");
            assert!(blocked.hook_again && blocked.reason().is_some_and(|reason| reason.contains("hook")), "{blocked:?}");
            let changed = Facts { site: AtSite::Present(content("s")), site_since: Some(Timestamp::from_ms(2_000)), ..there };
            assert_eq!(cell(&changed).mark(), "≠");
            assert!(!cell(&changed).hook_again);
        }
    }
    let newer = order(put(), OrderState::Queued);
    let asked = Facts { order: Some(&newer), site: AtSite::Present(content("p")), ..facts() };
    assert_eq!(cell(&asked).mark(), "…");
    let well = order(put(), OrderState::Confirmed { at: AT });
    assert_eq!(cell(&Facts { order: Some(&well), ..asked }).mark(), "=");
}

#[test]
fn a_removal_whose_hook_failed_is_still_a_removal() {
    let reason = crate::order::Failure::Hook { after: crate::hook::HookAction::Remove, words: "it was not run".into() };
    let failed = order(Action::Remove, OrderState::Failed { at: AT, reason });
    let gone = cell(&Facts { order: Some(&failed), base: Base::Content(content("p")), ..facts() });
    assert_eq!((gone.mark(), gone.standing, gone.hook_again), ("!", Standing::Removed, true));
    assert_eq!(gone.reason().as_deref(), Some("removed, but the hook failed: it was not run"));
}

#[test]
fn a_site_that_is_silent_makes_its_marks_stale() {
    let hour = Duration::from_hours(1);
    assert!(!cell(&facts()).is_stale);
    assert!(cell(&Facts { age: Some(hour), silent_after: hour, ..facts() }).is_stale);
    assert!(!cell(&Facts { age: Some(hour), silent_after: hour * 2, ..facts() }).is_stale, "the server's measure counts");
    assert!(cell(&Facts { age: None, ..facts() }).is_stale);
}

fn any_content() -> impl Strategy<Value = ContentHash> {
    prop_oneof![Just(content("p")), Just(content("s")), Just(content("b"))]
}

fn any_site() -> impl Strategy<Value = AtSite> {
    prop_oneof![
        Just(AtSite::NotRun),
        Just(AtSite::Unknown(Unknown::MassDrop)),
        Just(AtSite::Absent),
        any_content().prop_map(AtSite::Present)
    ]
}

fn any_base() -> impl Strategy<Value = Base> {
    prop_oneof![Just(Base::Never), Just(Base::Absent), any_content().prop_map(Base::Content)]
}

proptest! {
    #[test]
    fn in_sync_is_said_only_and_always_when_the_inventory_shows_the_published_hash(
        site in any_site(), base in any_base(), current in proptest::option::of(any_content()),
        earlier in proptest::collection::vec(any_content(), 0..3), elsewhere: bool,
    ) {
        let published = Published { current, earlier: &earlier, newer: &[], elsewhere };
        let got = cell(&Facts { published, site, base, ..facts() });
        let same = matches!((site, current), (AtSite::Present(has), Some(current)) if has == current);
        prop_assert_eq!(got.standing == Standing::InSync, same);
    }

    #[test]
    fn a_forward_send_replaces_only_what_both_sides_have_known(
        site in any_site(), base in any_base(), current in proptest::option::of(any_content()),
        earlier in proptest::collection::vec(any_content(), 0..3),
    ) {
        let published = Published { current, earlier: &earlier, newer: &[], elsewhere: false };
        let got = cell(&Facts { published, site, base, ..facts() });
        if got.send() == Some(Direction::Forward) && let AtSite::Present(has) = site {
            prop_assert!(base == Base::Content(has) || earlier.contains(&has), "would overwrite unseen bytes: {:?}", got);
        }
    }

    #[test]
    fn nothing_is_claimed_about_a_site_whose_files_are_unknown(base in any_base(), current in proptest::option::of(any_content())) {
        let published = Published { current, earlier: &[], newer: &[], elsewhere: false };
        let got = cell(&Facts { published, site: AtSite::Unknown(Unknown::MassDrop), base, ..facts() });
        prop_assert_eq!(got.standing, Standing::Unknown);
        prop_assert_eq!((got.send(), got.retrieve()), (None, None));
    }
}
