//! Timers, and that nothing spins.

use super::bench::{Bench, MINUTE, WAIT, complaints, nothing_new, polls, problem, report, scanned, scans, unreachable_server};
use crate::machine::Event;
use crate::machine::backoff::until_phase;
use crate::scan::Report;
use crate::server::PollAnswer;
use fieldpost_common::inventory::Directory;
use fieldpost_common::problem::Code;
use std::time::Duration;

const BLINK: Duration = Duration::from_secs(1);

#[test]
fn a_stale_timer_is_ignored() {
    let mut bench = Bench::polling(WAIT, &[]);
    assert_eq!(bench.feed(Event::Timer(4711)), []);
    let unsettled = Report { look_again: Some(Duration::from_secs(2)), ..report(&[], Directory::Present) };
    bench.feed(Event::Scanned(Box::new(unsettled)));
    let settle = bench.state.timers.last_id();
    bench.feed(Event::FileHint);
    assert_eq!(bench.feed(Event::Timer(settle)), [], "the hint set that timer anew");
    assert_eq!(scans(&bench.pass(BLINK)), 1);
}

#[test]
fn a_hint_during_a_scan_leads_to_one_more_scan_when_it_has_ended() {
    let mut bench = Bench::polling(WAIT, &[]);
    for _ in 0..10 {
        assert_eq!(bench.feed(Event::FileHint), []);
    }
    assert_eq!(scans(&bench.pass(BLINK)), 1);
    bench.feed(Event::FileHint);
    assert_eq!(scans(&bench.pass(BLINK)), 0, "two scans never run at once");
    assert_eq!(scans(&bench.feed(scanned(&[]))), 1);
    assert_eq!(scans(&bench.feed(scanned(&[]))), 0);
}

#[test]
fn everything_is_looked_at_once_in_a_while_without_any_hint() {
    let mut bench = Bench::polling(WAIT, &[]);
    for _ in 0..3 {
        assert_eq!(scans(&bench.pass(MINUTE)), 1);
        bench.feed(scanned(&[]));
    }
}

#[test]
fn a_plain_poll_waits_for_the_sites_phase() {
    let mut bench = Bench::polling(Duration::ZERO, &[]);
    assert_eq!(polls(&bench.polled(nothing_new())).len(), 0);
    let rest = until_phase(&bench.state.setup.site, MINUTE, bench.now.wall, 0);
    assert_eq!(polls(&bench.pass(rest.saturating_sub(Duration::from_millis(1)))).len(), 0);
    let effects = bench.pass(Duration::from_millis(1));
    let [ask] = polls(&effects)[..] else { panic!("one poll: {effects:?}") };
    assert_eq!(ask.wait, Duration::ZERO);
}

#[test]
fn news_without_end_do_not_make_the_agent_poll_without_end() {
    let mut bench = Bench::polling(WAIT, &[]);
    let rounds = (0..100).take_while(|_| !polls(&bench.ordered(&[])).is_empty()).count();
    assert!(rounds < 30, "{rounds} polls in no time");
    assert_eq!(polls(&bench.pass(MINUTE)).len(), 1, "it goes on");
}

#[test]
fn another_trouble_than_before_is_one_more_line_and_the_same_is_none() {
    let mut bench = Bench::polling(WAIT, &[]);
    assert_eq!(complaints(&bench.polled(Err(unreachable_server()))), 1);
    bench.pass(2 * BLINK);
    assert_eq!(complaints(&bench.polled(Err(unreachable_server()))), 0);
    bench.pass(4 * BLINK);
    assert_eq!(complaints(&bench.polled(Err(problem(Code::Unauthorized)))), 1);
}

#[test]
fn a_pace_that_makes_no_sense_neither_stops_the_agent_nor_lets_it_spin() {
    for seconds in [0, u64::MAX] {
        let mut bench = Bench::polling(Duration::ZERO, &[]);
        bench.polled(Ok(PollAnswer { news: None, interval: Some(Duration::from_secs(seconds)) }));
        let effects = bench.pass(Duration::from_hours(3));
        assert_eq!((scans(&effects), polls(&effects).len()), (1, 1), "{seconds}: one of each is under way");
        let timers = bench.state.timers.last_id();
        assert!(timers < 3 * 60 * 60 + 10, "{seconds}: {timers} timers in three hours");
    }
}
