//! What doesn't get through is tried again, by itself, and holds up nothing else.

use super::bench::{Bench, MINUTE, WAIT, batch, complaints, lost, news, nothing_new, order, polls, problem, puts, results};
use super::bench::{scanned, signed, unreachable_server};
use crate::machine::{Effect, Event};
use crate::server::PollAnswer;
use crate::trouble::Trouble;
use fieldpost_common::order::Order;
use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::text::Clean;
use fieldpost_common::wire::Batch;
use std::time::Duration;

/// Everything that can come in place of a good answer while polls are answered.
fn troubles() -> Vec<Trouble> {
    let server = || "https://post.example".to_owned();
    let detail = || Clean::line("403 Forbidden");
    let codes = [
        Code::Invalid,
        Code::TooLarge,
        Code::WrongHash,
        Code::Refused,
        Code::NotFound,
        Code::Damaged,
        Code::Internal,
        Code::Other,
    ];
    let unproven = Trouble::Problem { problem: Problem::new(Code::Invalid, "no"), retry_after: None, proven: false };
    codes
        .map(problem)
        .into_iter()
        .chain([
            unproven,
            lost(),
            Trouble::NotOurs { server: server(), proxy: None, what: detail(), retry_after: None },
            Trouble::Damaged { server: server(), proxy: None, detail: detail() },
            Trouble::Unclear { detail: detail() },
        ])
        .collect()
}

/// Lets time pass second by second; each inventory meets that trouble, and each poll is answered as the server does that wants it.
fn refused(bench: &mut Bench, trouble: &Trouble, time: Duration, first: Vec<Effect>) -> (usize, usize) {
    let (mut sent, mut asked, mut effects) = (0, 0, first);
    for _ in 0..time.as_secs() {
        for _ in 0..10 {
            let (inventories, requests) = (puts(&effects), polls(&effects).len());
            (sent, asked) = (sent + inventories, asked + requests);
            effects.clear();
            if inventories > 0 {
                let digest = bench.state.digest.expect("scanned");
                effects.extend(bench.feed(Event::InventoryPut { digest, answer: Err(trouble.clone()) }));
            }
            if requests > 0 && asked == 1 {
                let wanted = Batch { inventory_wanted: true, ..batch(&[]) };
                effects.extend(bench.polled(Ok(PollAnswer { news: Some((None, wanted)), interval: None })));
            }
            if effects.iter().any(|effect| matches!(effect, Effect::Scan(_))) {
                effects.extend(bench.feed(scanned(&[("Order.st", "y")])));
            }
        }
        effects = bench.pass(Duration::from_secs(1));
        if bench.state.poll.is_some_and(|poll| bench.now.mono.saturating_sub(poll.since) >= WAIT) {
            effects.extend(bench.polled(nothing_new()));
        }
    }
    (sent, asked)
}

#[test]
fn an_inventory_that_did_not_get_through_is_tried_again_soon_and_then_ever_more_rarely_while_polls_go_on() {
    for trouble in troubles() {
        let mut bench = Bench::polling(WAIT, &[("Order.st", "x")]);
        bench.polled(nothing_new());
        let first = bench.feed(scanned(&[("Order.st", "y")]));
        let (sent, asked) = refused(&mut bench, &trouble, MINUTE, first);
        assert!((3..=6).contains(&sent), "{trouble}: {sent} inventories in the first minute");
        assert!((1..=8).contains(&asked), "{trouble}: {asked} polls in the first minute");
        let (sent, asked) = refused(&mut bench, &trouble, 60 * MINUTE, Vec::new());
        assert!((3..=150).contains(&sent), "{trouble}: {sent} inventories in an hour");
        assert!((50..=150).contains(&asked), "{trouble}: {asked} polls in an hour");
        assert!(bench.state.error().is_some(), "{trouble}: `fieldpost-agent status` says why");
    }
}

#[test]
fn an_inventory_that_was_damaged_once_is_home_a_second_later() {
    let mut bench = Bench::polling(WAIT, &[("Order.st", "x")]);
    bench.feed(scanned(&[("Order.st", "y")]));
    let digest = bench.state.digest.expect("scanned");
    let effects = bench.feed(Event::InventoryPut { digest, answer: Err(problem(Code::Damaged)) });
    assert_eq!((puts(&effects), complaints(&effects)), (0, 1));
    assert_eq!(puts(&bench.pass(Duration::from_secs(2))), 1);
    assert_eq!(complaints(&bench.put_answered(1)), 0);
    assert_eq!(bench.state.error(), None);
    assert_eq!(puts(&bench.pass(60 * MINUTE)), 0);
}

#[test]
fn an_inventory_that_drips_to_the_server_holds_up_no_poll() {
    let mut bench = Bench::polling(WAIT, &[("Order.st", "x")]);
    assert_eq!(puts(&bench.feed(scanned(&[("Order.st", "y")]))), 1);
    assert_eq!(polls(&bench.polled(news(&[]))).len(), 0, "it may be there in a moment");
    assert_eq!(polls(&bench.pass(Duration::from_secs(10))).len(), 1);
}

fn elsewhere(number: u64) -> Order {
    Order { site: "borealis".parse().expect("site"), ..order(&format!("{number}.st"), number, None, Some("p")) }
}

#[test]
fn results_that_something_on_the_way_refuses_are_kept_and_told_again() {
    for trouble in troubles() {
        let mut bench = Bench::polling(WAIT, &[]);
        let sent = results(&bench.ordered(&[signed(&elsewhere(1))]));
        bench.feed(Event::ResultsSent { sent: sent.clone(), answer: Err(trouble.clone()) });
        assert_eq!(bench.state.journal.results, sent, "{trouble}");
        assert_eq!(results(&bench.pass(20 * MINUTE)), sent, "{trouble}");
    }
}

#[test]
fn a_result_that_the_server_refuses_holds_up_no_other() {
    let mut bench = Bench::polling(WAIT, &[]);
    let orders: Vec<_> = (0..7).map(|number| signed(&elsewhere(number))).collect();
    let mut sent = results(&bench.ordered(&orders));
    let bad = sent[3].clone();
    for _ in 0..30 {
        let refused = sent.contains(&bad);
        let answer = if refused { Err(problem(Code::Invalid)) } else { Ok(()) };
        sent = results(&bench.feed(Event::ResultsSent { sent: sent.clone(), answer }));
        if sent.is_empty() {
            break;
        }
    }
    assert_eq!(bench.state.journal.results, std::slice::from_ref(&bad));
    assert_eq!(results(&bench.pass(14 * MINUTE)), []);
    assert_eq!(results(&bench.pass(6 * MINUTE)), [bad], "it is told again all the same");
}

#[test]
fn a_batch_with_an_order_that_can_not_be_opened_is_asked_for_again_and_not_over_and_over() {
    let mut bench = Bench::polling(WAIT, &[]);
    let mut damaged = signed(&order("Order.st", 1, None, Some("p")));
    damaged.bytes[9] ^= 1;
    let effects = bench.ordered(std::slice::from_ref(&damaged));
    assert_eq!((polls(&effects).len(), bench.state.journal.etag.clone()), (0, None));
    let again = bench.pass(Duration::from_secs(2));
    assert_eq!(polls(&again)[0].etag, None);
    let mut asked = 0;
    for _ in 0..60 {
        if bench.state.poll.is_some() {
            bench.ordered(std::slice::from_ref(&damaged));
        }
        asked += polls(&bench.pass(MINUTE)).len();
    }
    assert!((40..=61).contains(&asked), "{asked} polls in an hour");
    bench.ordered(&[signed(&order("Order.st", 1, None, Some("p")))]);
    assert!(bench.state.journal.etag.is_some());
}

#[test]
fn an_unreachable_server_is_a_matter_of_the_link_and_the_inventory_goes_first_when_it_is_back() {
    let mut bench = Bench::polling(WAIT, &[("Order.st", "x")]);
    bench.polled(nothing_new());
    bench.feed(scanned(&[("Order.st", "y")]));
    let digest = bench.state.digest.expect("scanned");
    for _ in 0..20 {
        bench.feed(Event::InventoryPut { digest, answer: Err(unreachable_server()) });
        assert_eq!(puts(&bench.pass(5 * MINUTE)), 1, "within five minutes, however long it was away");
    }
    bench.put_answered(1);
    assert_eq!(bench.state.error(), None);
}
