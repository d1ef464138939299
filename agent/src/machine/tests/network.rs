//! What goes to the server, and what its answers change.

use super::bench::{
    Bench, MINUTE, WAIT, batch, complaints, content, generation, key, news, order, polls, position, problem, puts, results,
};
use super::bench::{lost, scanned, scans, signed, unreachable_server};
use crate::machine::{Effect, Event, UploadEnd};
use crate::server::PollAnswer;
use crate::trust::Held;
use fieldpost_common::problem::Code;
use fieldpost_common::statement::Statement as _;
use fieldpost_common::trust::Trust;
use fieldpost_common::wire::{InventoryAnswer, StoredAnswer};
use std::collections::BTreeMap;
use std::time::Duration;

fn stored(generation: u8) -> UploadEnd {
    UploadEnd::Stored(StoredAnswer { generation: super::bench::generation(generation) })
}

fn uploads(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Upload { .. })).count()
}

/// A machine whose inventory is under way with one file that the server wants.
fn wanted() -> (Bench, Vec<Effect>) {
    let mut bench = Bench::polling(WAIT, &[]);
    bench.feed(scanned(&[("Order.st", "x")]));
    let digest = bench.state.digest.expect("scanned");
    let answer =
        InventoryAnswer { generation: generation(1), wanted: vec![content("x"), content("gone")], refused: BTreeMap::default() };
    let effects = bench.feed(Event::InventoryPut { digest, answer: Ok(answer) });
    (bench, effects)
}

#[test]
fn an_inventory_is_sent_again_only_when_it_changed() {
    let mut bench = Bench::polling(WAIT, &[("Order.st", "x")]);
    assert_eq!(puts(&bench.feed(scanned(&[("Order.st", "x")]))), 0);
    assert_eq!(puts(&bench.feed(scanned(&[("Order.st", "y")]))), 1);
    assert_eq!(puts(&bench.feed(scanned(&[("Order.st", "z")]))), 0, "one is under way");
    let effects = bench.feed(Event::InventoryPut {
        digest: content("of y"),
        answer: Ok(InventoryAnswer { generation: generation(1), wanted: vec![], refused: BTreeMap::default() }),
    });
    assert_eq!(puts(&effects), 1, "the one that was under way is old by now");
    assert_eq!(puts(&bench.put_answered(1)), 0);
}

#[test]
fn a_content_that_the_server_wants_is_sent_once_and_one_that_is_gone_is_not() {
    let (mut bench, effects) = wanted();
    assert_eq!(uploads(&effects), 1);
    assert!(matches!(&effects[position(&effects, |effect| matches!(effect, Effect::Upload { .. }))],
        Effect::Upload { sha256, places } if *sha256 == content("x") && places.len() == 1));
    let effects = bench.feed(Event::Uploaded { sha256: content("x"), end: stored(1) });
    assert_eq!(uploads(&effects), 0);
    assert!(bench.state.journal.stored.contains(&content("x")));
}

#[test]
fn what_the_server_wants_again_is_not_called_stored_any_more() {
    let mut bench = Bench::polling(WAIT, &[("Order.st", "x")]);
    bench.state.journal.stored.insert(content("x"));
    bench.feed(scanned(&[("Order.st", "x"), ("Other.st", "y")]));
    let digest = bench.state.digest.expect("scanned");
    let answer = InventoryAnswer { generation: generation(1), wanted: vec![content("x")], refused: BTreeMap::default() };
    let effects = bench.feed(Event::InventoryPut { digest, answer: Ok(answer) });
    assert_eq!(uploads(&effects), 1);
    assert!(!bench.state.journal.stored.contains(&content("x")), "its bytes may not be replaced before they are given again");
}

#[test]
fn a_file_that_changed_under_the_upload_is_looked_at_again_before_anything_else() {
    let (mut bench, _) = wanted();
    let effects = bench.feed(Event::Uploaded { sha256: content("x"), end: UploadEnd::Changed });
    assert_eq!((scans(&effects), uploads(&effects)), (1, 0));
}

#[test]
fn an_upload_that_broke_off_is_tried_again_after_the_pause_and_a_refused_one_is_not() {
    let (mut bench, _) = wanted();
    let effects = bench.feed(Event::Uploaded { sha256: content("x"), end: UploadEnd::Failed(lost()) });
    assert_eq!((uploads(&effects), complaints(&effects)), (0, 1));
    assert_eq!(uploads(&bench.pass(Duration::from_secs(2))), 1);
    let end = UploadEnd::Failed(problem(Code::TooLarge));
    let effects = bench.feed(Event::Uploaded { sha256: content("x"), end });
    assert_eq!((uploads(&effects), complaints(&effects)), (0, 1));
    assert_eq!(uploads(&bench.pass(10 * MINUTE)), 0);
}

#[test]
fn an_upload_over_the_quota_leaves_the_way_open_and_is_tried_again_after_a_quarter_of_an_hour() {
    let (mut bench, _) = wanted();
    let end = UploadEnd::Failed(problem(Code::TooMany));
    let effects = bench.feed(Event::Uploaded { sha256: content("x"), end });
    assert_eq!((uploads(&effects), complaints(&effects), bench.state.error()), (0, 1, None));
    assert_eq!(uploads(&bench.pass(10 * MINUTE)), 0);
    assert_eq!(uploads(&bench.pass(6 * MINUTE)), 1);
}

#[test]
fn a_new_generation_empties_what_the_server_had_and_puts_the_inventory_again() {
    let mut bench = Bench::polling(WAIT, &[("Order.st", "x")]);
    bench.state.journal.stored.insert(content("x"));
    let restored = PollAnswer {
        news: Some((Some("\"y.1\"".to_owned()), fieldpost_common::wire::Batch { generation: generation(2), ..batch(&[]) })),
        interval: None,
    };
    let effects = bench.polled(Ok(restored));
    assert!(bench.state.journal.stored.is_empty());
    assert_eq!((puts(&effects), polls(&effects).len(), complaints(&effects)), (1, 0, 1));
    assert_eq!(polls(&bench.put_answered(2)).len(), 1);
}

#[test]
fn an_acknowledgement_by_new_data_holds_for_that_content_only() {
    let (mut bench, _) = wanted();
    bench.state.journal.stored.insert(content("earlier"));
    bench.feed(Event::Uploaded { sha256: content("x"), end: stored(2) });
    assert_eq!(bench.state.journal.stored, [content("x")].into());
}

#[test]
fn results_are_sent_again_until_they_are_acknowledged() {
    let mut bench = Bench::polling(WAIT, &[]);
    let elsewhere =
        fieldpost_common::order::Order { site: "borealis".parse().expect("site"), ..order("Order.st", 1, None, Some("p")) };
    let sent = results(&bench.ordered(&[signed(&elsewhere)]));
    assert_eq!(sent.len(), 1);
    bench.feed(Event::ResultsSent { sent: sent.clone(), answer: Err(unreachable_server()) });
    assert_eq!(bench.state.journal.results, sent);
    let again = bench.pass(Duration::from_secs(2));
    assert_eq!(results(&again), sent);
    let effects = bench.feed(Event::ResultsSent { sent, answer: Ok(()) });
    assert!(effects.contains(&Effect::Save) && bench.state.journal.results.is_empty());
    assert_eq!(results(&bench.pass(10 * MINUTE)), []);
}

#[test]
fn a_new_trust_document_is_saved_before_the_orders_that_it_lets_in() {
    let mut bench = Bench::polling(WAIT, &[]);
    let first = bench.state.trust.newest.clone().expect("trust");
    bench.state.trust = Held { newest: None, ..bench.state.trust.clone() };
    let put = signed(&order("Order.st", 1, None, Some("p")));
    let given = fieldpost_common::wire::Batch { trust: vec![Trust::sign(&first, &key(1))], ..batch(&[put]) };
    let effects = bench.polled(Ok(PollAnswer { news: Some((None, given)), interval: None }));
    let save = position(&effects, |effect| *effect == Effect::Save);
    assert!(position(&effects, |effect| matches!(effect, Effect::SaveTrust(_))) < save);
    assert!(save < position(&effects, |effect| matches!(effect, Effect::Fetch { .. })));
}

#[test]
fn polls_go_on_when_another_request_finds_the_server_back_first() {
    let (mut bench, effects) = wanted();
    assert_eq!(uploads(&effects), 1);
    bench.polled(Err(unreachable_server()));
    let effects = bench.feed(Event::Uploaded { sha256: content("x"), end: stored(1) });
    assert_eq!(polls(&effects).len(), 1);
}

#[test]
fn a_journal_that_can_not_be_written_lets_the_server_send_the_batch_again() {
    let mut bench = Bench::polling(WAIT, &[]);
    bench.polled(news(&[]));
    assert_eq!(complaints(&bench.feed(Event::SaveFailed("no space".to_owned()))), 1);
    bench.pass(WAIT);
    let effects = bench.polled(super::bench::nothing_new());
    assert_eq!(polls(&effects)[0].etag, None);
}

#[test]
fn data_of_a_lower_epoch_and_a_rival_of_the_same_are_not_followed_and_void_nothing() {
    let rival: fieldpost_common::id::Generation = format!("1.{}", "ab".repeat(16)).parse().expect("generation");
    let older: fieldpost_common::id::Generation = format!("0.{}", "ab".repeat(16)).parse().expect("generation");
    for refused in [older, rival] {
        let mut bench = Bench::polling(WAIT, &[("Order.st", "x")]);
        bench.state.journal.stored.insert(content("x"));
        let signed = order("Order.st", 1, Some("x"), Some("p")).sign(&key(2));
        let news = fieldpost_common::wire::Batch { generation: refused, ..batch(&[signed]) };
        let answer = PollAnswer { news: Some((Some("\"y.1\"".to_owned()), news)), interval: None };
        let effects = bench.polled(Ok(answer));
        assert_eq!((puts(&effects), complaints(&effects)), (0, 1));
        assert!(bench.state.journal.orders.is_empty(), "nothing is taken from it");
        assert_eq!(bench.state.journal.stored, [content("x")].into());
        assert_eq!(bench.state.journal.generation, Some(generation(1)));
    }
}
