//! What the machine does with orders: each step once, durably, and told.

use super::*;
use crate::fetch::NotFetched;
use crate::install::Installed;
use fieldpost_common::inventory::{CantSay, Obstacle};
use fieldpost_common::order::Refusal;
use fieldpost_common::order::state::Progress;
use fieldpost_common::plan::{Step, What};
use fieldpost_common::statement::Statement as _;
use fieldpost_common::wire::{OrderOutcome, OrderResult};

pub(super) fn step(effects: &[Effect]) -> Option<Step> {
    effects.iter().find_map(|effect| if let Effect::Execute(step) = effect { Some((**step).clone()) } else { None })
}

pub(super) fn installed(content: &str) -> Executed {
    let fact = FileFact { sha256: of(content), size: content.len() as u64, modified: Timestamp::from_ms(0) };
    Executed::Put(Installed { fact, meta: None })
}

fn outcome(bench: &Bench) -> Option<&OrderOutcome> {
    bench.state.journal.results.last().map(|result| &result.outcome)
}

fn refused(refusal: Refusal) -> OrderOutcome {
    OrderOutcome::Failed { reason: refusal.into() }
}

/// Gives a batch of one order to a site that has the file `old`, stored at the server.
fn ordered(bench: &mut Bench, envelope: Envelope) -> Vec<Effect> {
    let number = bench.ready(&[("Order.st", "old")]).number;
    bench.state.journal.stored.insert(of("old"));
    bench.polled(Duration::from_secs(1), number, news(1, batch(vec![envelope])))
}

pub(super) fn done(bench: &mut Bench, step: Step, end: Executed) -> Vec<Effect> {
    bench.feed(Event::Executed { step: Box::new(step), end })
}

#[test]
fn an_order_is_fetched_journalled_put_in_place_looked_at_and_told() {
    let mut bench = Bench::new();
    let effects = ordered(&mut bench, order(4, Some("old"), Some("new")).sign(&key(2)));
    assert!(effects.contains(&Effect::Fetch { sha256: of("new"), size: 3 }), "{effects:?}");
    let effects = bench.feed(Event::Fetched { sha256: of("new"), end: Ok(()) });
    let put = step(&effects).expect("a put");
    assert_eq!(put.what, What::Put { expected: Some(of("old")), sha256: of("new"), size: 3, counter: 4 });
    assert_eq!(effects[0], Effect::Save, "the counter is durable before anything is changed");
    assert_eq!(bench.state.journal.accepted.values().next().expect("accepted").counter, 4);
    let effects = done(&mut bench, put, installed("new"));
    assert!(effects.contains(&Effect::Scan(ScanReason::Order)), "{effects:?}");
    assert_eq!(outcome(&bench), Some(&OrderOutcome::Progress { step: Progress::Installed, hook: None }));
    let effects = bench.scanned(&[("Order.st", "new")]);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::PutInventory(_))), "{effects:?}");
}

#[test]
fn the_bytes_that_go_are_given_to_the_server_before_they_are_replaced() {
    let mut bench = Bench::new();
    let number = bench.ready(&[("Order.st", "only here")]).number;
    bench.state.fetched.insert(of("new"));
    let envelope = order(1, Some("only here"), Some("new")).sign(&key(2));
    let effects = bench.polled(Duration::ZERO, number, news(1, batch(vec![envelope])));
    assert!(step(&effects).is_none());
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Upload { sha256, .. } if *sha256 == of("only here"))));
    let answer = fieldpost_common::wire::StoredAnswer { generation: generation(1) };
    let effects = bench.feed(Event::Uploaded { sha256: of("only here"), end: UploadEnd::Stored(answer) });
    assert!(matches!(step(&effects).or(fetch_then_step(&mut bench)).expect("a put").what, What::Put { .. }));
}

fn fetch_then_step(bench: &mut Bench) -> Option<Step> {
    step(&bench.feed(Event::Fetched { sha256: of("new"), end: Ok(()) }))
}

#[test]
fn a_restored_server_must_have_the_bytes_again_before_anything_is_replaced() {
    let mut bench = Bench::new();
    let number = bench.ready(&[("Order.st", "old")]).number;
    bench.state.journal.stored.insert(of("old"));
    let envelope = order(1, Some("old"), Some("new")).sign(&key(2));
    let restored = Batch { generation: generation(2), ..batch(vec![envelope]) };
    bench.polled(Duration::ZERO, number, news(1, restored));
    assert!(fetch_then_step(&mut bench).is_none());
}

#[test]
fn each_order_that_may_not_be_carried_out_is_told_with_its_own_reason() {
    let stranger = key(8);
    let mut foreign = order(1, Some("old"), Some("new"));
    foreign.key = stranger.public().id();
    let mut elsewhere = order(1, Some("old"), Some("new"));
    elsewhere.site = "other".parse().expect("site");
    let mut tampered = order(1, Some("old"), Some("new")).sign(&key(2));
    tampered.bytes[0] ^= 1;
    let mut late = order(1, Some("old"), Some("new"));
    late.install_by = Timestamp::from_ms(-1);
    let mut far = order(1, Some("old"), Some("new"));
    far.counter = 5_000_000;
    let mut unknown = order(1, Some("old"), Some("new"));
    unknown.application = "billing".parse().expect("app");
    for (envelope, refusal) in [
        (foreign.sign(&stranger), Refusal::UnknownKey),
        (elsewhere.sign(&key(2)), Refusal::WrongSite),
        (tampered, Refusal::BadSignature),
        (late.sign(&key(2)), Refusal::Expired),
        (far.sign(&key(2)), Refusal::CounterJump),
        (unknown.sign(&key(2)), Refusal::UnknownApplication),
        (order(1, Some("other"), Some("new")).sign(&key(2)), Refusal::ExpectationNotMet),
        (order(1, None, Some("new")).sign(&key(2)), Refusal::ExpectationNotMet),
    ] {
        let mut bench = Bench::new();
        let effects = ordered(&mut bench, envelope);
        assert_eq!(outcome(&bench), Some(&refused(refusal)));
        let touches = |effect: &Effect| matches!(effect, Effect::Execute(_) | Effect::Fetch { .. } | Effect::Upload { .. });
        assert!(!effects.iter().any(touches), "{refusal:?}: {effects:?}");
    }
}

#[test]
fn an_order_that_was_carried_out_is_never_carried_out_again() {
    let mut bench = Bench::new();
    let envelope = order(4, Some("old"), Some("new")).sign(&key(2));
    ordered(&mut bench, envelope.clone());
    let put = fetch_then_step(&mut bench).expect("a put");
    done(&mut bench, put, installed("new"));
    // The site goes back to the old content by hand, and the server repeats itself.
    bench.scanned(&[("Order.st", "old")]);
    bench.put(&[]);
    let number = bench.state.polls;
    let effects = bench.polled(Duration::from_secs(1), number, news(2, batch(vec![envelope])));
    assert!(step(&effects).is_none());
}

#[test]
fn after_a_crash_between_swap_and_report_the_order_ends_as_installed() {
    let mut bench = Bench::new();
    let envelope = order(4, Some("old"), Some("new")).sign(&key(2));
    let place = ("trading".parse().expect("app"), "Order.st".parse().expect("name"));
    bench.state.journal.accept(place, 4, Order::id(&envelope), None);
    bench.state.journal.orders = vec![envelope];
    bench.feed(Event::Started);
    let effects = bench.scanned(&[("Order.st", "new")]);
    assert!(step(&effects).is_none());
    assert_eq!(outcome(&bench), Some(&OrderOutcome::Progress { step: Progress::Installed, hook: None }));
}

#[test]
fn an_order_that_was_taken_back_before_its_content_came_is_not_carried_out() {
    let mut bench = Bench::new();
    let effects = ordered(&mut bench, order(4, Some("old"), Some("new")).sign(&key(2)));
    let number = poll(&effects).expect("a poll").number;
    bench.polled(Duration::from_secs(1), number, news(2, batch(Vec::new())));
    assert!(fetch_then_step(&mut bench).is_none());
}

#[test]
fn a_file_that_is_being_written_holds_its_order_back() {
    let mut bench = Bench::new();
    bench.feed(Event::Started);
    let mut unsettled = report(&[("Order.st", "old")]);
    let unsaid = CantSay { why: Obstacle::BeingWritten, since: Timestamp::from_ms(0) };
    let listing = unsettled.inventory.applications.values_mut().next().expect("one");
    listing.cant_say.insert("Order.st".parse().expect("name"), unsaid);
    bench.feed(Event::Scanned(Box::new(unsettled)));
    let number = poll(&bench.put(&[])).expect("a poll").number;
    bench.state.journal.stored.insert(of("old"));
    let envelope = order(4, Some("old"), Some("new")).sign(&key(2));
    let effects = bench.polled(Duration::ZERO, number, news(1, batch(vec![envelope])));
    assert!(step(&effects).is_none() && bench.state.journal.results.is_empty());
}

#[test]
fn a_broken_download_is_tried_again_after_a_pause_and_nothing_is_told() {
    let mut bench = Bench::new();
    ordered(&mut bench, order(4, Some("old"), Some("new")).sign(&key(2)));
    let before = bench.state.journal.results.clone();
    let effects = bench.feed(Event::Fetched { sha256: of("new"), end: Err(NotFetched::Later(lost())) });
    let (id, pause) = timer(&effects).expect("a pause");
    let effects = bench.after(pause, Event::Timer(id));
    assert!(effects.contains(&Effect::Fetch { sha256: of("new"), size: 3 }), "{effects:?}");
    assert_eq!(bench.state.journal.results, before);
}

#[test]
fn a_directory_that_goes_away_holds_the_order_without_an_outcome() {
    let mut bench = Bench::new();
    ordered(&mut bench, order(4, Some("old"), Some("new")).sign(&key(2)));
    let put = fetch_then_step(&mut bench).expect("a put");
    done(&mut bench, put, Executed::Held(Directory::Missing));
    let mut away = report(&[]);
    let listing = away.inventory.applications.values_mut().next().expect("listing");
    listing.directory = Directory::Missing;
    let effects = bench.feed(Event::Scanned(Box::new(away)));
    assert!(step(&effects).is_none());
    assert!(bench.state.journal.stored.contains(&of("old")), "what is stored is not forgotten");
    let effects = bench.scanned(&[("Order.st", "old")]);
    assert!(step(&effects).is_some(), "it is carried out once the directory is back");
}

#[test]
fn results_are_sent_until_they_are_acknowledged() {
    let mut bench = Bench::new();
    let effects = ordered(&mut bench, order(1, Some("other"), Some("new")).sign(&key(2)));
    let sent: Vec<OrderResult> = bench.state.journal.results.clone();
    assert!(effects.contains(&Effect::SendResults(sent.clone())), "{effects:?}");
    let effects = bench.feed(Event::ResultsSent { sent: sent.clone(), answer: Err(unreachable_server()) });
    let (id, pause) = timer(&effects).expect("a pause");
    let effects = bench.after(pause, Event::Timer(id));
    assert!(effects.contains(&Effect::SendResults(sent.clone())), "{effects:?}");
    let effects = bench.feed(Event::ResultsSent { sent, answer: Ok(()) });
    assert_eq!(effects[0], Effect::Save);
    assert!(bench.state.journal.results.is_empty());
}
