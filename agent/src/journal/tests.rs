//! The journal under power cuts and bit rot: whole or nothing.

use super::*;
use fieldpost_common::envelope::{Domain, SecretKey};
use fieldpost_common::order::{Failure, Refusal};
use fieldpost_common::plan::Outcome;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::OrderOutcome;

fn order(n: u8) -> OrderId {
    fieldpost_common::id::hex32([n; 16]).parse().expect("id")
}

fn place(name: &str) -> Place {
    ("trading".parse().expect("app"), name.parse().expect("name"))
}

fn failed(n: u8, refusal: Refusal) -> OrderResult {
    let outcome = OrderOutcome::Failed { reason: Failure::Refused { refusal } };
    OrderResult { order: order(n), outcome, counter: 7, at: Timestamp::from_ms(5) }
}

fn full() -> Journal {
    let mut journal = Journal {
        generation: Some(fieldpost_common::id::hex32([1; 16]).parse().expect("generation")),
        etag: Some("\"x.1\"".to_owned()),
        orders: vec![Envelope::sign(Domain::Order, b"{}".to_vec(), &SecretKey::from_seed([3; 32]))],
        ..Journal::default()
    };
    journal.accept(place("Order.st"), 4, order(1), Some(Outcome::Installed));
    journal.accept(place("sub/Other.st"), 9, order(2), None);
    journal.stored.insert(ContentHash::of(b"x"));
    journal.queue(failed(1, Refusal::Expired));
    journal
}

#[test]
fn what_is_saved_is_read_back() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join(FILE);
    assert_eq!(Journal::load(&path).expect("read"), Found::Nothing);
    full().save(&path).expect("saved");
    assert_eq!(Journal::load(&path).expect("read"), Found::Whole(Box::new(full())));
}

#[test]
fn a_journal_cut_at_any_byte_is_never_taken_for_a_whole_one() {
    let bytes = full().to_bytes();
    for end in 0..bytes.len() {
        assert_eq!(Journal::from_bytes(&bytes[..end]), None, "cut at {end}");
    }
    for index in 0..bytes.len() {
        let mut rotten = bytes.clone();
        rotten[index] ^= 1;
        let read = Journal::from_bytes(&rotten);
        assert!(read.is_none() || read == Some(full()), "a flipped bit at {index} changed what is remembered");
    }
}

#[test]
fn a_broken_journal_is_set_aside_and_not_overwritten() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join(FILE);
    std::fs::write(&path, b"fieldpost-journal-1 junk").expect("written");
    let Found::Broken(aside) = Journal::load(&path).expect("read") else { panic!("it is broken") };
    assert_eq!(std::fs::read(aside).expect("kept"), b"fieldpost-journal-1 junk");
    assert_eq!(Journal::load(&path).expect("read"), Found::Nothing);
}

#[test]
fn an_accepted_counter_never_falls() {
    let mut journal = full();
    journal.accept(place("Order.st"), 3, order(9), None);
    assert_eq!(journal.counter(&place("Order.st")), 4);
    journal.accept(place("Order.st"), 5, order(9), None);
    assert_eq!(journal.counter(&place("Order.st")), 5);
}

#[test]
fn only_the_last_result_of_an_order_is_sent_and_one_that_changed_meanwhile_stays() {
    let mut journal = full();
    let sent = journal.results.clone();
    journal.queue(failed(1, Refusal::OldCounter));
    assert_eq!(journal.results.len(), 1);
    journal.acknowledged(&sent);
    assert_eq!(journal.results, vec![failed(1, Refusal::OldCounter)]);
    let sent = journal.results.clone();
    journal.acknowledged(&sent);
    assert!(journal.results.is_empty());
}
