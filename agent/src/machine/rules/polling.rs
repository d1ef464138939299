//! When the machine looks and asks: parked and plain polls, cuts, back-off, hints.

use super::*;

#[test]
fn the_first_poll_waits_for_a_scan_and_for_the_server_to_have_it() {
    let mut bench = Bench::new();
    assert_eq!(bench.feed(Event::Started), [Effect::Scan(ScanReason::Startup)]);
    let effects = bench.scanned(&[("Order.st", "old")]);
    assert!(effects.contains(&Effect::PutInventory(bench.state.digest.expect("digest"))) && poll(&effects).is_none());
    let ask = poll(&bench.put(&[])).expect("a poll");
    assert_eq!((ask.number, ask.wait, Some(ask.digest)), (1, PARKED, bench.state.digest));
}

#[test]
fn a_full_wait_is_followed_by_the_next_at_once_and_an_early_answer_by_one_at_the_sites_moment() {
    let mut bench = Bench::new();
    bench.ready(&[]);
    let ask = poll(&bench.polled(PARKED, 1, nothing_new())).expect("at once");
    assert_eq!((ask.number, ask.wait), (2, PARKED));
    let effects = bench.polled(Duration::from_secs(3), 2, nothing_new());
    assert!(poll(&effects).is_none());
    let (id, pause) = timer(&effects).expect("a timer");
    assert!(pause <= MINUTE);
    assert!(poll(&bench.after(pause, Event::Timer(id))).is_some());
}

#[test]
fn plain_polls_never_wait_at_the_server_and_come_once_a_minute() {
    let mut bench = Bench::with(|setup| setup.wait = Duration::ZERO);
    assert_eq!(bench.ready(&[]).wait, Duration::ZERO);
    let (id, pause) = timer(&bench.polled(Duration::ZERO, 1, nothing_new())).expect("a timer");
    let ask = poll(&bench.after(pause, Event::Timer(id))).expect("a poll");
    assert_eq!(ask.wait, Duration::ZERO);
    let (_, pause) = timer(&bench.polled(Duration::ZERO, 2, nothing_new())).expect("a timer");
    assert_eq!(pause, MINUTE, "it stays at its moment of the minute");
}

#[test]
fn the_tag_of_a_batch_is_sent_back_only_behind_a_save_and_not_after_a_failed_one() {
    let mut bench = Bench::new();
    assert_eq!(bench.ready(&[]).etag, None);
    let effects = bench.polled(Duration::from_secs(5), 1, news(7, batch(Vec::new())));
    assert_eq!(effects[0], Effect::Save);
    assert_eq!(poll(&effects).expect("at once").etag.as_deref(), Some("\"7\""));
    bench.feed(Event::SaveFailed("disk full".to_owned()));
    assert_eq!(poll(&bench.polled(PARKED, 2, nothing_new())).expect("a poll").etag, None);
}

#[test]
fn three_cuts_before_the_wait_is_over_make_polls_plain_for_an_hour() {
    let mut bench = Bench::new();
    let mut number = bench.ready(&[]).number;
    for _ in 0..2 {
        let (id, pause) = timer(&bench.polled(Duration::from_secs(20), number, Err(lost()))).expect("a timer");
        let ask = poll(&bench.after(pause, Event::Timer(id))).expect("a poll");
        assert_eq!(ask.wait, PARKED);
        number = ask.number;
    }
    let effects = bench.polled(Duration::from_secs(20), number, Err(lost()));
    let timers: Vec<_> = effects.iter().filter_map(|effect| timer(std::slice::from_ref(effect))).collect();
    let [(hour, long), (next, pause)] = timers[..] else { panic!("two timers: {timers:?}") };
    assert_eq!(long, Duration::from_hours(1));
    let ask = poll(&bench.after(pause, Event::Timer(next))).expect("a poll");
    assert_eq!(ask.wait, Duration::ZERO);
    bench.polled(Duration::ZERO, ask.number, nothing_new());
    let ask = poll(&bench.after(Duration::from_hours(1), Event::Timer(hour))).expect("a poll");
    assert_eq!(ask.wait, PARKED);
}

#[test]
fn an_unreachable_server_is_tried_ever_more_rarely_with_one_line_in_the_log() {
    let mut bench = Bench::new();
    let mut number = bench.ready(&[]).number;
    let (mut lines, mut last) = (0, Duration::ZERO);
    for _ in 0..20 {
        let effects = bench.polled(Duration::ZERO, number, Err(unreachable_server()));
        lines += logs(&effects);
        assert!(poll(&effects).is_none());
        let (id, pause) = timer(&effects).expect("a timer");
        assert!(pause >= last && pause <= Duration::from_mins(4));
        last = pause;
        number = poll(&bench.after(pause, Event::Timer(id))).expect("a try").number;
    }
    assert_eq!(lines, 1);
    assert!(last >= Duration::from_mins(2));
    assert_eq!(logs(&bench.polled(Duration::ZERO, number, nothing_new())), 1, "and one when it answers again");
    assert_eq!(bench.state.error(), None);
}

#[test]
fn a_server_that_says_when_to_come_again_is_obeyed() {
    let mut bench = Bench::new();
    let number = bench.ready(&[]).number;
    let problem = fieldpost_common::problem::Problem::new(fieldpost_common::problem::Code::Unavailable, "stopping");
    let trouble = Trouble::Problem { problem, retry_after: Some(Duration::from_mins(2)), proven: true };
    let (_, pause) = timer(&bench.polled(Duration::ZERO, number, Err(trouble))).expect("a timer");
    assert!(pause >= Duration::from_mins(2));
}

#[test]
fn nothing_is_sent_while_the_server_is_known_to_be_away() {
    let mut bench = Bench::new();
    let number = bench.ready(&[]).number;
    bench.polled(Duration::ZERO, number, Err(unreachable_server()));
    let effects = bench.scanned(&[("Order.st", "new here")]);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::PutInventory(_) | Effect::Poll(_))), "{effects:?}");
}

#[test]
fn a_timer_that_was_set_anew_or_an_answer_to_an_old_poll_changes_nothing() {
    let mut bench = Bench::new();
    bench.ready(&[]);
    let (stale, pause) = timer(&bench.polled(Duration::from_secs(3), 1, nothing_new())).expect("a timer");
    let second = poll(&bench.after(pause, Event::Timer(stale))).expect("a poll");
    assert!(bench.feed(Event::Timer(stale)).is_empty());
    assert!(bench.polled(Duration::ZERO, 1, news(9, batch(Vec::new()))).is_empty());
    assert_eq!(bench.state.journal.etag, None);
    assert!(poll(&bench.polled(PARKED, second.number, nothing_new())).is_some());
}

#[test]
fn a_storm_of_hints_is_one_look_a_second() {
    let mut bench = Bench::new();
    bench.ready(&[]);
    bench.mono += Duration::from_secs(10);
    let (id, soon) = timer(&bench.feed(Event::FileHint)).expect("a timer");
    assert!(soon < Duration::from_secs(1));
    for _ in 0..100 {
        assert!(bench.feed(Event::FileHint).is_empty());
    }
    assert_eq!(bench.after(soon, Event::Timer(id)), [Effect::Scan(ScanReason::FileHint)]);
    bench.scanned(&[]);
    let (_, pause) = timer(&bench.feed(Event::FileHint)).expect("a timer");
    assert_eq!(pause, Duration::from_secs(1));
}

#[test]
fn a_change_at_the_site_goes_to_the_server_at_once_beside_a_parked_poll() {
    let mut bench = Bench::new();
    bench.ready(&[("Order.st", "old")]);
    let effects = bench.scanned(&[("Order.st", "filed out")]);
    assert!(effects.contains(&Effect::PutInventory(bench.state.digest.expect("digest"))));
    let effects = bench.put(&["filed out"]);
    let place = ("trading".parse().expect("app"), "Order.st".parse().expect("name"));
    assert_eq!(effects, [Effect::Upload { sha256: of("filed out"), places: vec![place] }]);
}

#[test]
fn an_inventory_that_the_server_has_is_not_sent_again() {
    let mut bench = Bench::new();
    bench.ready(&[("Order.st", "old")]);
    let effects = bench.scanned(&[("Order.st", "old")]);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::PutInventory(_))), "{effects:?}");
}

#[test]
fn new_data_at_the_server_voids_what_it_had() {
    let mut bench = Bench::new();
    let number = bench.ready(&[("Order.st", "old")]).number;
    bench.state.journal.stored.insert(of("old"));
    let restored = Batch { generation: generation(2), ..batch(Vec::new()) };
    let effects = bench.polled(Duration::from_secs(1), number, news(1, restored));
    assert!(bench.state.journal.stored.is_empty());
    assert!(effects.iter().any(|effect| matches!(effect, Effect::PutInventory(_))), "{effects:?}");
}
