//! An order has one end: told once, kept until it is acknowledged, never replaced by something lesser.

use super::bench::{
    Bench, MINUTE, WAIT, complaints, content, fact, key, order, place, position, problem, report, results, scanned, scans,
    signed, steps,
};
use crate::install::Installed;
use crate::journal::Journal;
use crate::machine::{Effect, Event, Executed, UploadEnd};
use fieldpost_common::envelope::Envelope;
use fieldpost_common::inventory::Directory;
use fieldpost_common::order::state::Progress;
use fieldpost_common::order::{Failure, Order, Refusal};
use fieldpost_common::plan::{Accepted, Step};
use fieldpost_common::problem::Code;
use fieldpost_common::statement::Statement as _;
use fieldpost_common::wire::{OrderOutcome, OrderResult};

fn fetches(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Fetch { .. })).count()
}

fn put(text: &str) -> Executed {
    Executed::Put(Installed { fact: fact(text), meta: None })
}

fn failed(refusal: Refusal) -> OrderOutcome {
    OrderOutcome::Failed { reason: refusal.into() }
}

fn installed() -> OrderOutcome {
    OrderOutcome::Progress { step: Progress::Installed, hook: None }
}

fn outcomes(results: &[OrderResult]) -> Vec<OrderOutcome> {
    results.iter().map(|result| result.outcome.clone()).collect()
}

/// A machine that has fetched `p` for an order and is putting it in place.
fn putting() -> (Bench, Envelope, Step) {
    let mut bench = Bench::polling(WAIT, &[]);
    let envelope = signed(&order("Order.st", 3, None, Some("p")));
    bench.ordered(std::slice::from_ref(&envelope));
    let effects = bench.fetched("p");
    let [step] = &steps(&effects)[..] else { panic!("one step: {effects:?}") };
    (bench, envelope, step.clone())
}

#[test]
fn a_batch_is_saved_before_anything_of_it_is_done_and_a_counter_before_the_file_is_changed() {
    let mut bench = Bench::polling(WAIT, &[]);
    let envelope = signed(&order("Order.st", 3, None, Some("p")));
    let effects = bench.ordered(std::slice::from_ref(&envelope));
    assert_eq!((effects[0].clone(), fetches(&effects)), (Effect::Save, 1));
    assert_eq!(bench.state.journal.orders, std::slice::from_ref(&envelope));
    let effects = bench.fetched("p");
    assert_eq!(effects[0], Effect::Save);
    assert!(position(&effects, |effect| matches!(effect, Effect::Execute(_))) > 0);
    let begun = Accepted { counter: 3, order: Order::id(&envelope), outcome: None };
    assert_eq!(bench.state.journal.accepted.get(&place("Order.st")), Some(&begun));
}

#[test]
fn a_put_that_ended_is_told_once_and_not_done_again() {
    let (mut bench, envelope, step) = putting();
    bench.acknowledge();
    let effects = bench.executed(&step, put("p"));
    assert_eq!(outcomes(&results(&effects)), [installed()]);
    assert_eq!((scans(&effects), effects[0].clone()), (1, Effect::Save));
    let told = bench.acknowledge();
    assert_eq!((results(&told), steps(&told)), (vec![], vec![]));
    let after = bench.feed(scanned(&[("Order.st", "p")]));
    assert_eq!((results(&after), steps(&after)), (vec![], vec![]));
    let again = bench.ordered(&[envelope]);
    assert_eq!((results(&again), steps(&again), fetches(&again)), (vec![], vec![], 0), "the server has not confirmed it yet");
}

#[test]
fn an_order_that_a_crash_cut_short_is_carried_on_with() {
    let (bench, _, step) = putting();
    let mut bench = Bench::new(WAIT, bench.state.journal.clone());
    bench.state.fetched.insert(content("p"));
    bench.feed(Event::Started);
    assert_eq!(steps(&bench.feed(scanned(&[]))), [step]);
}

#[test]
fn an_end_that_may_have_been_lost_in_a_crash_is_told_again_after_it() {
    let (mut bench, _, step) = putting();
    bench.executed(&step, put("p"));
    let mut bench = Bench::new(WAIT, Journal { results: vec![], ..bench.state.journal.clone() });
    bench.feed(Event::Started);
    let effects = bench.feed(scanned(&[("Order.st", "p")]));
    assert_eq!((outcomes(&results(&effects)), steps(&effects)), (vec![installed()], vec![]));
}

#[test]
fn an_order_that_this_site_must_not_take_is_refused_with_its_code_and_uses_up_no_counter() {
    let here = order("Order.st", 1, None, Some("p"));
    let elsewhere = Order { site: "borealis".parse().expect("site"), ..here.clone() };
    let stranger = Order { key: key(7).public().id(), ..here.clone() };
    let other = Order { application: "other".parse().expect("app"), ..here.clone() };
    let mut forged = signed(&here);
    forged.bytes.push(b' ');
    let cases = [
        (signed(&elsewhere), Refusal::WrongSite),
        (stranger.sign(&key(7)), Refusal::UnknownKey),
        (signed(&other), Refusal::UnknownApplication),
        (signed(&order("Order.st", 1, None, Some(&"x".repeat(101)))), Refusal::TooLarge),
        (forged, Refusal::BadSignature),
    ];
    for (envelope, refusal) in cases {
        let mut bench = Bench::polling(WAIT, &[]);
        let effects = bench.ordered(&[envelope]);
        assert_eq!(outcomes(&results(&effects)), [failed(refusal)]);
        assert_eq!((fetches(&effects), steps(&effects)), (0, vec![]), "{refusal:?}");
        assert!(bench.state.journal.accepted.is_empty(), "{refusal:?}");
    }
}

#[test]
fn an_order_whose_directory_went_away_waits_for_it_and_does_not_spin() {
    let (mut bench, _, step) = putting();
    bench.acknowledge();
    let effects = bench.executed(&step, Executed::Held(Directory::Missing));
    assert_eq!((scans(&effects), steps(&effects), results(&effects)), (1, vec![], vec![]));
    let missing = || Event::Scanned(Box::new(report(&[], Directory::Missing)));
    let effects = bench.feed(missing());
    assert_eq!((scans(&effects), steps(&effects), complaints(&effects)), (0, vec![], 1));
    assert_eq!(scans(&bench.pass(MINUTE)), 1);
    assert_eq!(complaints(&bench.feed(missing())), 0, "it is said once");
    assert_eq!(steps(&bench.feed(scanned(&[]))), [step], "it is back");
}

#[test]
fn an_order_that_the_file_refused_is_looked_into_before_anything_else_is_done() {
    let (mut bench, _, step) = putting();
    bench.acknowledge();
    let effects = bench.executed(&step, Executed::Failed(Refusal::ExpectationNotMet.into()));
    assert_eq!(outcomes(&results(&effects)), [failed(Refusal::ExpectationNotMet)]);
    assert_eq!((scans(&effects), steps(&effects)), (1, vec![]));
}

#[test]
fn a_download_for_one_order_never_overwrites_the_end_of_another() {
    let mut bench = Bench::polling(WAIT, &[("A.st", "edited"), ("Z.st", "old")]);
    bench.state.journal.stored.extend([content("edited"), content("old")]);
    let refused = signed(&order("A.st", 1, Some("s"), Some("p")));
    bench.ordered(&[refused.clone(), signed(&order("Z.st", 1, Some("old"), Some("p")))]);
    bench.fetched("p");
    let told = bench.state.journal.results.iter().find(|result| result.order == Order::id(&refused));
    assert_eq!(told.map(|result| result.outcome.clone()), Some(failed(Refusal::ExpectationNotMet)));
}

#[test]
fn an_order_that_was_carried_out_is_told_so_even_when_its_key_is_no_longer_good() {
    let (mut bench, envelope, step) = putting();
    bench.executed(&step, put("p"));
    bench.state.trust.newest.as_mut().expect("trust").revoked.push(key(2).public().id());
    bench.ordered(&[envelope]);
    assert_eq!(outcomes(&bench.state.journal.results), [installed()]);
    let trust = bench.state.trust.clone();
    let mut bench = Bench::new(WAIT, bench.state.journal.clone());
    bench.state.trust = trust;
    bench.feed(Event::Started);
    assert_eq!(outcomes(&bench.state.journal.results), [installed()], "after a restart too");
}

#[test]
fn an_order_on_bytes_that_can_not_be_saved_first_is_refused_once() {
    let mut bench = Bench::polling(WAIT, &[("Order.st", "s")]);
    bench.ordered(&[signed(&order("Order.st", 1, Some("s"), None))]);
    let end = UploadEnd::Failed(problem(Code::TooLarge));
    let effects = bench.feed(Event::Uploaded { sha256: content("s"), end });
    assert!(matches!(outcomes(&results(&effects))[..], [OrderOutcome::Failed { reason: Failure::Io { .. } }]));
    assert_eq!(results(&bench.acknowledge()), []);
    assert_eq!(results(&bench.feed(scanned(&[("Order.st", "s")]))), []);
}
