//! Orders that can't go on for now: they say so once, go on by themselves, and hold up no other.

use super::bench::{Bench, MINUTE, WAIT, batch, content, fact, lost, news, order, problem, scanned, signed, steps};
use crate::fetch::NotFetched;
use crate::install::Installed;
use crate::machine::{Effect, Event, Executed, UploadEnd};
use crate::server::PollAnswer;
use crate::trouble::Trouble;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::order::{Failure, Refusal};
use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::text::Clean;
use fieldpost_common::wire::{OrderOutcome, StoredAnswer};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn no_room(have: &str) -> Failure {
    Failure::NoSpace { detail: Some(Clean::line(&format!("no space left in /srv: needs 3.1 MiB, has {have}"))) }
}

fn fetches(effects: &[Effect]) -> Vec<ContentHash> {
    effects.iter().filter_map(|effect| if let Effect::Fetch { sha256, .. } = effect { Some(*sha256) } else { None }).collect()
}

fn uploads(effects: &[Effect]) -> Vec<ContentHash> {
    effects.iter().filter_map(|effect| if let Effect::Upload { sha256, .. } = effect { Some(*sha256) } else { None }).collect()
}

fn outcome(bench: &Bench) -> Option<&OrderOutcome> {
    bench.state.journal.results.last().map(|result| &result.outcome)
}

/// A machine with one order for a new file.
fn ordered() -> (Bench, Vec<Effect>) {
    let mut bench = Bench::polling(WAIT, &[]);
    let effects = bench.ordered(&[signed(&order("Order.st", 1, None, Some("new")))]);
    (bench, effects)
}

#[test]
fn an_order_that_finds_no_room_to_download_waits_says_so_once_and_goes_on_by_itself() {
    let (mut bench, effects) = ordered();
    assert_eq!(fetches(&effects), [content("new")]);
    for have in ["210 KiB", "190 KiB", "12 KiB"] {
        let end = Err(NotFetched::Blocked(no_room(have)));
        bench.feed(Event::Fetched { sha256: content("new"), end });
        assert_eq!(outcome(&bench), Some(&OrderOutcome::Waiting { reason: no_room("210 KiB") }), "said once");
        assert_eq!(fetches(&bench.pass_looking(40 * SECOND, &[])), [content("new")], "and tried again within a minute");
    }
    let [put] = &steps(&bench.fetched("new"))[..] else { panic!("a put") };
    bench.executed(put, Executed::Put(Installed { fact: fact("new"), meta: None }));
    assert!(matches!(outcome(&bench), Some(OrderOutcome::Progress { .. })));
}

#[test]
fn an_order_that_finds_no_room_at_its_place_or_no_leave_to_write_waits_and_is_carried_out_when_that_is_over() {
    let read_only = Failure::ReadOnly { detail: None };
    for failure in [no_room("0 B"), read_only, Failure::Io { detail: Clean::line("Input/output error") }] {
        let (mut bench, _) = ordered();
        let [put] = &steps(&bench.fetched("new"))[..] else { panic!("a put") };
        let effects = bench.executed(put, Executed::Failed(failure.clone()));
        assert_eq!(steps(&effects), []);
        bench.feed(scanned(&[]));
        assert_eq!(outcome(&bench), Some(&OrderOutcome::Waiting { reason: failure }));
        let again = bench.pass(2 * SECOND);
        assert_eq!(steps(&again), std::slice::from_ref(put));
        bench.executed(put, Executed::Put(Installed { fact: fact("new"), meta: None }));
        assert!(matches!(outcome(&bench), Some(OrderOutcome::Progress { .. })));
        assert!(bench.state.waiting.is_empty());
    }
}

#[test]
fn an_order_that_waits_ends_when_its_own_time_is_over() {
    let (mut bench, _) = ordered();
    let [put] = &steps(&bench.fetched("new"))[..] else { panic!("a put") };
    bench.executed(put, Executed::Failed(no_room("0 B")));
    bench.feed(scanned(&[]));
    bench.now.wall = bench.now.wall.plus(Duration::from_hours(25));
    bench.pass_looking(MINUTE, &[]);
    assert_eq!(outcome(&bench), Some(&OrderOutcome::Failed { reason: Refusal::Expired.into() }));
}

#[test]
fn a_download_that_drips_holds_up_no_other_order() {
    let mut bench = Bench::polling(WAIT, &[]);
    let orders: Vec<_> =
        (1..=9).map(|number: u64| signed(&order(&format!("{number}.st"), number, None, Some(&number.to_string())))).collect();
    let effects = bench.ordered(&orders);
    assert_eq!(fetches(&effects), ["1", "2", "3", "4"].map(content), "some at once");
    // The first one drips. All others are put in place meanwhile.
    for number in 2..=9 {
        let effects = bench.fetched(&number.to_string());
        let [put] = &steps(&effects)[..] else { panic!("{number}.st is put in place: {effects:?}") };
        bench.executed(put, Executed::Put(Installed { fact: fact(&number.to_string()), meta: None }));
        let files: Vec<_> = (2..=number).map(|number: u64| (format!("{number}.st"), number.to_string())).collect();
        let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        bench.feed(scanned(&files));
    }
    assert_eq!(bench.state.fetching, [content("1")].into());
    // It is broken off for its slowness: it makes room, and is tried again by itself.
    bench.feed(Event::Fetched { sha256: content("1"), end: Err(NotFetched::Later(lost())) });
    assert!(bench.state.error().is_none(), "that says nothing about the way to the server");
    assert_eq!(fetches(&bench.pass(2 * SECOND)), [content("1")]);
}

#[test]
fn downloads_that_all_drip_take_turns() {
    let mut bench = Bench::polling(WAIT, &[]);
    let orders: Vec<_> =
        (1..=5).map(|number: u64| signed(&order(&format!("{number}.st"), number, None, Some(&number.to_string())))).collect();
    bench.ordered(&orders);
    let effects = bench.feed(Event::Fetched { sha256: content("1"), end: Err(NotFetched::Later(lost())) });
    assert_eq!(fetches(&effects), [content("5")]);
}

#[test]
fn an_upload_that_drips_holds_up_no_other() {
    let mut bench = Bench::polling(WAIT, &[]);
    let files = ["a", "b", "c", "d", "e", "f"];
    bench.feed(scanned(&files.map(|name| (name, name))));
    let digest = bench.state.digest.expect("scanned");
    let wanted = files.map(content).to_vec();
    let answer = Ok(fieldpost_common::wire::InventoryAnswer {
        generation: super::bench::generation(1),
        wanted,
        refused: std::collections::BTreeMap::default(),
    });
    let mut under_way = uploads(&bench.feed(Event::InventoryPut { digest, answer }));
    assert_eq!(under_way.len(), 4);
    let dripping = under_way.remove(0);
    while let Some(sha256) = under_way.pop() {
        let end = UploadEnd::Stored(StoredAnswer { generation: super::bench::generation(1) });
        under_way.extend(uploads(&bench.feed(Event::Uploaded { sha256, end })));
    }
    assert_eq!(bench.state.wanted, [dripping].into());
}

#[test]
fn a_content_that_comes_wrong_again_and_again_is_asked_for_ever_more_rarely_and_its_order_says_so() {
    let (mut bench, mut effects) = ordered();
    let mut tries = 0;
    for _ in 0..60 {
        for sha256 in fetches(&effects) {
            tries += 1;
            bench.feed(Event::Fetched { sha256, end: Err(NotFetched::Corrupt) });
        }
        effects = bench.pass_looking(MINUTE, &[]);
    }
    assert!((7..=12).contains(&tries), "{tries} in an hour");
    let Some(OrderOutcome::Waiting { reason }) = outcome(&bench) else { panic!("{:?}", outcome(&bench)) };
    assert!(reason.to_string().contains("does not have the signed hash"), "{reason}");
    bench.pass_looking(20 * MINUTE, &[]);
    assert_eq!(steps(&bench.fetched("new")).len(), 1, "the right one is put in place");
}

/// A machine whose order replaces bytes that the server doesn't have yet.
fn replacing() -> (Bench, Vec<Effect>) {
    let mut bench = Bench::polling(WAIT, &[("Order.st", "old")]);
    let effects = bench.ordered(&[signed(&order("Order.st", 1, Some("old"), Some("new")))]);
    (bench, effects)
}

#[test]
fn an_order_waits_while_the_bytes_that_are_there_can_not_be_packed_for_want_of_room() {
    let (mut bench, effects) = replacing();
    assert_eq!(uploads(&effects), [content("old")]);
    bench.feed(Event::Uploaded { sha256: content("old"), end: UploadEnd::Blocked(no_room("0 B")) });
    assert_eq!(outcome(&bench), Some(&OrderOutcome::Waiting { reason: no_room("0 B") }));
    assert_eq!(uploads(&bench.pass(2 * SECOND)), [content("old")]);
}

#[test]
fn a_server_that_does_not_take_the_bytes_that_are_there_ends_the_order_and_a_new_one_tries_again() {
    let (mut bench, _) = replacing();
    bench.feed(Event::Uploaded { sha256: content("old"), end: UploadEnd::Failed(problem(Code::TooLarge)) });
    let Some(OrderOutcome::Failed { reason }) = outcome(&bench) else { panic!("{:?}", outcome(&bench)) };
    assert!(reason.to_string().contains("could not be given to the server first: the server says"), "{reason}");
    bench.acknowledge();
    let again = signed(&order("Order.st", 2, Some("old"), Some("new")));
    let effects = bench.polled(Ok(PollAnswer { news: Some((Some("\"x.2\"".to_owned()), batch(&[again]))), interval: None }));
    assert_eq!(uploads(&effects), [content("old")], "whatever was in the way of the one before");
}

#[test]
fn a_way_that_fails_once_is_no_reason_to_call_anybody() {
    let (mut bench, _) = replacing();
    for _ in 0..2 {
        bench.feed(Event::Uploaded { sha256: content("old"), end: UploadEnd::Failed(problem(Code::Damaged)) });
        assert_eq!(outcome(&bench), None);
        assert_eq!(uploads(&bench.pass(6 * SECOND)), [content("old")]);
    }
    let mut damaged = Problem::new(Code::Damaged, "it was damaged");
    damaged.cure = Some("send it again".to_owned());
    let damaged = Trouble::Problem { problem: damaged, retry_after: None, proven: true };
    bench.feed(Event::Uploaded { sha256: content("old"), end: UploadEnd::Failed(damaged) });
    let Some(OrderOutcome::Waiting { reason }) = outcome(&bench) else { panic!("{:?}", outcome(&bench)) };
    // A message of two lines, with its cure, stands in one: in the cell, in an incident, in a mail.
    let words = reason.to_string();
    assert!(words.contains("; send it again") && !words.contains("\\x0a"), "{words}");
}

#[test]
fn an_order_that_is_taken_back_while_it_waits_is_not_carried_out() {
    let (mut bench, _) = ordered();
    let [put] = &steps(&bench.fetched("new"))[..] else { panic!("a put") };
    bench.executed(put, Executed::Failed(no_room("0 B")));
    bench.feed(scanned(&[]));
    bench.polled(news(&[]));
    assert_eq!(steps(&bench.pass_looking(10 * MINUTE, &[])), []);
}
