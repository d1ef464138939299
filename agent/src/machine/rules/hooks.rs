//! What the machine does with hooks: each once, journalled before it begins, and an order ends with it, whatever is killed.

use super::orders::{done, installed, step};
use super::*;
use crate::config::HookPlan;
use crate::hook::HookRun;
use crate::install::Installed;
use crate::journal::Ran;
use crate::machine::hooks::BATCH_WITHIN;
use fieldpost_common::hook::{HookAction, HookEnd, HookPer, HookReport, HookWord};
use fieldpost_common::id::OrderId;
use fieldpost_common::order::state::Progress;
use fieldpost_common::order::{AGAIN, Refusal};
use fieldpost_common::statement::{Form, Statement as _};
use fieldpost_common::wire::OrderOutcome;

fn plan(per: HookPer, repeat: bool) -> HookPlan {
    HookPlan { per, repeat, timeout: MINUTE }
}

fn bench(per: HookPer) -> Bench {
    Bench::with(|setup| setup.hooks = BTreeMap::from([("trading".parse().expect("app"), plan(per, false))]))
}

fn runs(effects: &[Effect]) -> Vec<HookRun> {
    effects.iter().filter_map(|effect| if let Effect::Hook(run) = effect { Some((**run).clone()) } else { None }).collect()
}

fn ended(code: i32, per: HookPer) -> HookReport {
    HookReport { end: HookEnd::Code { code }, per, output: Clean::line("no licence") }
}

/// What was told last of an order's hook.
fn word(bench: &Bench, order: &OrderId) -> Option<HookWord> {
    let result = bench.state.journal.results.iter().rev().find(|result| result.order == *order)?;
    match &result.outcome {
        OrderOutcome::Progress { step: Progress::Installed, hook } => hook.clone(),
        outcome => panic!("{outcome:?}"),
    }
}

fn named(name: &str, counter: u64, content: &str) -> Order {
    Order { patch: name.parse().expect("name"), ..order(counter, None, Some(content)) }
}

/// Everything in these orders is fetched by now and is put in place, one after the other; what began last is given back.
fn ordered(bench: &mut Bench, orders: &[Order]) -> Vec<Effect> {
    for order in orders {
        bench.state.fetched.extend(order.action.outcome());
    }
    let number = bench.ready(&[]).number;
    let envelopes = orders.iter().map(|order| order.sign(&key(2))).collect();
    bench.polled(Duration::from_secs(1), number, news(1, batch(envelopes)))
}

fn put_all(bench: &mut Bench, mut effects: Vec<Effect>) -> Vec<Effect> {
    while let Some(put) = step(&effects) {
        assert!(runs(&effects).is_empty() || bench.state.setup.hooks.values().all(|plan| plan.per == HookPer::Patch));
        let content = match put.what {
            fieldpost_common::plan::What::Put { sha256, size, .. } => {
                Installed { fact: FileFact { sha256, size, modified: Timestamp::from_ms(0) }, meta: None }
            }
            what => panic!("{what:?}"),
        };
        effects = done(bench, put, Executed::Put(content));
    }
    effects
}

/// The same agent after it was killed: what is remembered is what was written.
fn killed(bench: &mut Bench) {
    let journal = Journal::from_bytes(&bench.state.journal.to_bytes()).expect("whole");
    bench.state = State::new(bench.state.setup.clone(), journal, trust(), HashSet::new());
}

#[test]
fn an_order_is_told_as_installed_with_its_hook_to_come_and_ends_with_the_hook() {
    let mut bench = bench(HookPer::Patch);
    let order = named("a.st", 1, "one");
    let id = Order::id(&order.sign(&key(2)));
    let put = step(&ordered(&mut bench, &[order])).expect("a put");
    let effects = done(&mut bench, put, installed("one"));
    let begun = runs(&effects);
    assert_eq!((begun[0].orders(), begun[0].files[0].action, begun[0].per), (vec![id.clone()], HookAction::Put, HookPer::Patch));
    assert_eq!(effects[0], Effect::Save, "that it begins is written down before it does");
    assert_eq!(bench.state.journal.hooks.begun().count(), 1);
    assert_eq!(word(&bench, &id), Some(HookWord::Due { within_s: 60 }));
    bench.feed(Event::HookDone { orders: vec![id.clone()], report: ended(3, HookPer::Patch) });
    assert_eq!(word(&bench, &id), Some(HookWord::Ended(ended(3, HookPer::Patch))));
    assert_eq!(bench.state.journal.hooks.begun().count(), 0);
}

#[test]
fn a_removal_has_a_hook_too() {
    let mut bench = bench(HookPer::Patch);
    let number = bench.ready(&[("Order.st", "old")]).number;
    bench.state.journal.stored.insert(of("old"));
    let envelope = order(1, Some("old"), None).sign(&key(2));
    let effects = bench.polled(Duration::from_secs(1), number, news(1, batch(vec![envelope])));
    let remove = step(&effects).expect("a removal");
    let begun = runs(&done(&mut bench, remove, Executed::Removed));
    assert_eq!((begun[0].files[0].action, begun[0].files[0].sha256), (HookAction::Remove, Some(of("old"))));
}

#[test]
fn hooks_run_one_after_the_other_and_each_order_ends_with_its_own() {
    let mut bench = bench(HookPer::Patch);
    let effects = ordered(&mut bench, &[named("a.st", 1, "one"), named("b.st", 1, "two")]);
    let first = step(&effects).expect("a put");
    let effects = done(&mut bench, first, installed("one"));
    let running = runs(&effects).remove(0);
    let second = step(&effects).expect("the next put doesn't wait for it");
    assert!(runs(&done(&mut bench, second, installed("two"))).is_empty(), "one at a time");
    let next = runs(&bench.feed(Event::HookDone { orders: running.orders(), report: ended(0, HookPer::Patch) }));
    assert_eq!(next[0].files[0].patch.as_str(), "b.st");
}

#[test]
fn a_batch_is_one_call_for_all_its_files_and_its_failure_ends_all_its_orders() {
    let mut bench = bench(HookPer::Batch);
    let orders = ["a.st", "b.st", "c.st", "d.st"].map(|name| named(name, 1, name));
    let effects = ordered(&mut bench, &orders);
    let begun = runs(&put_all(&mut bench, effects));
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0].files.iter().map(|file| file.patch.as_str()).collect::<Vec<_>>(), ["a.st", "b.st", "c.st", "d.st"]);
    bench.feed(Event::HookDone { orders: begun[0].orders(), report: ended(1, HookPer::Batch) });
    for order in begun[0].orders() {
        assert!(matches!(word(&bench, &order), Some(HookWord::Ended(report)) if !report.ok()));
    }
}

#[test]
fn a_batch_waits_for_what_is_still_fetched_but_not_for_ever() {
    let mut bench = bench(HookPer::Batch);
    let orders = [named("a.st", 1, "one"), named("slow.st", 1, "slow")];
    bench.state.fetched.insert(of("one"));
    let number = bench.ready(&[]).number;
    let envelopes = orders.iter().map(|order| order.sign(&key(2))).collect();
    let effects = bench.polled(Duration::from_secs(1), number, news(1, batch(envelopes)));
    let put = step(&effects).expect("a put");
    let effects = done(&mut bench, put, installed("one"));
    assert!(runs(&effects).is_empty(), "the other is still on its way");
    let mut timers = effects.iter().filter_map(|effect| match effect {
        Effect::Timer { id, after } if *after == BATCH_WITHIN => Some(*id),
        _ => None,
    });
    let id = timers.next().expect("a timer");
    let begun = runs(&bench.after(BATCH_WITHIN, Event::Timer(id)));
    assert_eq!(begun[0].files.len(), 1);
}

#[test]
fn killed_between_the_put_and_its_hook_the_hook_is_run_after_the_restart() {
    let mut bench = bench(HookPer::Patch);
    let effects = ordered(&mut bench, &[named("a.st", 1, "one"), named("b.st", 1, "two")]);
    put_all(&mut bench, effects);
    // The first one runs, the second is due.
    let second = bench.state.journal.hooks.due().next().expect("one").order.clone();
    killed(&mut bench);
    let begun = runs(&bench.feed(Event::Started));
    assert_eq!(begun.iter().flat_map(HookRun::orders).collect::<Vec<_>>(), [second]);
}

#[test]
fn killed_before_the_put_was_reported_the_hook_is_run_after_the_restart() {
    let mut bench = bench(HookPer::Patch);
    let order = named("a.st", 1, "one");
    let id = Order::id(&order.sign(&key(2)));
    step(&ordered(&mut bench, &[order])).expect("a put");
    killed(&mut bench);
    bench.feed(Event::Started);
    let begun = runs(&bench.scanned(&[("a.st", "one")]));
    assert_eq!(begun[0].orders(), [id]);
}

#[test]
fn killed_within_a_hook_it_is_told_as_unknown_and_not_run_again_unless_the_config_says_so() {
    for repeat in [false, true] {
        let mut bench = bench(HookPer::Patch);
        bench.state.setup.hooks.insert("trading".parse().expect("app"), plan(HookPer::Patch, repeat));
        let order = named("a.st", 1, "one");
        let id = Order::id(&order.sign(&key(2)));
        let put = step(&ordered(&mut bench, &[order])).expect("a put");
        done(&mut bench, put, installed("one"));
        killed(&mut bench);
        let effects = bench.feed(Event::Started);
        assert_eq!(runs(&effects).len(), usize::from(repeat));
        let told = word(&bench, &id);
        assert_eq!(told == Some(HookWord::Interrupted { per: HookPer::Patch }), !repeat, "{told:?}");
    }
}

#[test]
fn an_order_to_run_it_again_runs_the_hook_and_puts_nothing() {
    let mut bench = bench(HookPer::Patch);
    let number = bench.ready(&[("Order.st", "one")]).number;
    let form = Form::needing(&[AGAIN]);
    let again = Order { again: true, form, ..order(2, Some("one"), Some("one")) };
    let envelope = again.sign(&key(2));
    let effects = bench.polled(Duration::from_secs(1), number, news(1, batch(vec![envelope.clone()])));
    assert!(step(&effects).is_none() && !effects.iter().any(|effect| matches!(effect, Effect::Fetch { .. })));
    let begun = runs(&effects);
    assert_eq!(begun[0].orders(), [Order::id(&envelope)]);
    bench.feed(Event::HookDone { orders: begun[0].orders(), report: ended(0, HookPer::Patch) });
    assert!(matches!(word(&bench, &Order::id(&envelope)), Some(HookWord::Ended(report)) if report.ok()));
    let number = bench.state.polls;
    let effects = bench.polled(Duration::from_secs(1), number, news(2, batch(vec![envelope])));
    assert!(runs(&effects).is_empty(), "the same order runs it once");
}

#[test]
fn an_order_to_run_it_again_is_refused_where_the_file_has_changed() {
    let mut bench = bench(HookPer::Patch);
    let number = bench.ready(&[("Order.st", "edited")]).number;
    let again = Order { again: true, ..order(2, Some("one"), Some("one")) };
    let effects = bench.polled(Duration::from_secs(1), number, news(1, batch(vec![again.sign(&key(2))])));
    assert!(step(&effects).is_none() && runs(&effects).is_empty());
    let outcome = &bench.state.journal.results.last().expect("told").outcome;
    assert_eq!(*outcome, OrderOutcome::Failed { reason: Refusal::ExpectationNotMet.into() });
}

#[test]
fn after_a_lost_journal_a_hook_that_may_have_run_is_told_as_unknown() {
    let mut bench = bench(HookPer::Patch);
    bench.state.journal.ran = Ran::lost(Timestamp::from_ms(5_000));
    let order = order(1, None, Some("one"));
    let id = Order::id(&order.sign(&key(2)));
    let number = bench.ready(&[("Order.st", "one")]).number;
    let effects = bench.polled(Duration::from_secs(1), number, news(1, batch(vec![order.sign(&key(2))])));
    assert!(runs(&effects).is_empty());
    assert_eq!(word(&bench, &id), Some(HookWord::Interrupted { per: HookPer::Patch }));
}

#[test]
fn what_was_told_of_a_hook_is_told_again_to_a_server_that_lost_it() {
    let mut bench = bench(HookPer::Patch);
    let order = named("a.st", 1, "one");
    let envelope = order.sign(&key(2));
    let id = Order::id(&envelope);
    let put = step(&ordered(&mut bench, &[order])).expect("a put");
    done(&mut bench, put, installed("one"));
    bench.feed(Event::HookDone { orders: vec![id.clone()], report: ended(3, HookPer::Patch) });
    bench.state.journal.results.clear();
    bench.scanned(&[("a.st", "one")]);
    bench.put(&[]);
    let number = bench.state.polls;
    let restored = Batch { generation: generation(2), ..batch(vec![envelope]) };
    bench.polled(Duration::ZERO, number, news(2, restored));
    assert!(matches!(word(&bench, &id), Some(HookWord::Ended(report)) if !report.ok()));
}

#[test]
fn that_a_hook_is_to_come_is_told_before_the_inventory_shows_the_file() {
    let mut bench = bench(HookPer::Patch);
    let put = step(&ordered(&mut bench, &[named("a.st", 1, "one")])).expect("a put");
    let effects = done(&mut bench, put, installed("one"));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::SendResults(_))));
    let shows = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::PutInventory(_)));
    assert!(!shows(&bench.scanned(&[("a.st", "one")])), "the server does not know yet that it is to be loaded");
    let sent = bench.state.journal.results.clone();
    assert!(shows(&bench.feed(Event::ResultsSent { sent, answer: Ok(()) })));
}
