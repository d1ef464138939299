//! Undo: what it would do by what the grid shows now, and when it says why not.

use super::jobs::{given, grid_with, id, six};
use crate::app::compare::compare;
use crate::app::harness::Harness;
use crate::app::office::{Answer, Basis, Done, Request, Task, Work};
use crate::app::sample::{self, content};
use fieldpost_common::order::state::{OrderState, Progress};

/// One order, given, with the grid that came afterwards.
fn sent(patch: &str, site: &str, has: Option<&str>, state: OrderState) -> Harness {
    let mut harness = Harness::sample((80, 24));
    harness.select(patch, site);
    harness.press("> Enter");
    let work = harness.work();
    harness.answer(Answer::Worked(work.ticket, vec![given(0)]));
    let mut grid = sample::grid();
    grid_with(&mut grid, &work, 0, has, state);
    harness.reload(grid);
    harness.requests();
    harness
}

fn confirmed() -> OrderState {
    OrderState::Confirmed { at: sample::now() }
}

/// From now on nobody has ever published what the site had before.
fn never_published(harness: &mut Harness) {
    let mut grid = harness.model.grid.table.grid.clone();
    grid.patches[1].published[0].earlier.clear();
    harness.reload(grid);
    harness.requests();
}

#[test]
fn an_order_that_no_site_has_begun_is_taken_back() {
    for state in [OrderState::Queued, OrderState::Offered { at: sample::now() }] {
        let mut harness = sent("4711-Order-roundLots.st", "borealis", None, state);
        harness.press("u");
        harness.shows("the order is taken back");
        harness.press("Enter");
        let Task::TakeBack(task) = harness.work().tasks.remove(0) else { panic!("no take-back") };
        assert_eq!(task.order, id(0));
    }
}

#[test]
fn an_order_that_the_site_has_begun_is_left_until_it_is_installed() {
    let begun = OrderState::Started { step: Progress::Fetched, at: sample::now() };
    let mut harness = sent("4711-Order-roundLots.st", "borealis", None, begun);
    harness.press("u");
    harness.shows("This can't be undone");
    harness.shows("the site has begun");
    harness.press("Enter");
    assert!(harness.requests().is_empty());
}

#[test]
fn an_installed_update_is_answered_by_what_the_site_had_before() {
    let mut harness = sent("4711-Order-roundLots.st", "acme", Some("round2"), confirmed());
    harness.press("u");
    harness.shows("is put back over");
    harness.press("Enter");
    let put = harness.sent().remove(0);
    assert_eq!((put.sha256, put.expected, put.shown), (content("round1"), Some(content("round2")), false));
}

#[test]
fn what_was_new_is_removed_again() {
    let mut harness = sent("4711-Order-roundLots.st", "borealis", Some("round2"), confirmed());
    harness.press("u Enter");
    let Task::Remove(remove) = harness.work().tasks.remove(0) else { panic!("no removal") };
    assert_eq!(remove.expected, content("round2"));
}

#[test]
fn a_content_that_was_never_published_is_put_back_only_after_it_was_shown() {
    let mut harness = sent("4711-Order-roundLots.st", "acme", Some("round2"), confirmed());
    never_published(&mut harness);
    harness.press("u");
    harness.shows("It was never published: Enter shows it first");
    harness.press("Enter");
    let Some(Request::Compare { ticket, pair }) = harness.requests().pop() else { panic!("nothing is shown") };
    assert_eq!((pair.left, pair.right), (Some(content("round2")), Some(content("round1"))));
    harness.press("Enter");
    assert!(harness.model.dialog.is_none(), "it is not on the screen yet");
    harness.answer(Answer::Compared(ticket, Ok(Box::new(compare(Some(b"round2"), Some(b"round1"))))));
    harness.press("Enter Enter");
    let put = harness.sent().remove(0);
    assert_eq!((put.sha256, put.expected, put.shown), (content("round1"), Some(content("round2")), true));
    assert!(harness.model.screens.top().is_none());
}

#[test]
fn what_changed_at_the_site_since_is_left_alone() {
    let mut harness = sent("4711-Order-roundLots.st", "borealis", Some("by hand"), confirmed());
    harness.press("u");
    harness.shows("the site's file changed since");
}

#[test]
fn undoing_more_than_one_order_takes_a_word() {
    let (mut harness, work) = six((100, 40));
    harness.answer(Answer::Worked(work.ticket, (0..6).map(given).collect()));
    let mut grid = sample::grid();
    for (number, task) in
        work.tasks.iter().enumerate().filter(|(_, task)| matches!(task, Task::Put(put) if put.expected.is_none()))
    {
        let has = if task.patch().as_str().starts_with("4711") { "round2" } else { "limits" };
        grid_with(&mut grid, &work, number, Some(has), confirmed());
    }
    harness.reload(grid);
    harness.requests();
    harness.press("u");
    harness.shows("Undo: 4 steps?");
    harness.press("Enter");
    assert!(harness.requests().is_empty());
    harness.type_text("trading");
    harness.press("Enter");
    assert_eq!(harness.work().tasks.len(), 4);
}

fn published(harness: &mut Harness, patch: &str, site: &str) -> Work {
    harness.select(patch, site);
    harness.press("<");
    let Some(Request::Compare { ticket, pair }) = harness.requests().pop() else { panic!("nothing is shown") };
    let mut comparison = compare(pair.left.map(|_| &b"old"[..]), Some(b"new"));
    comparison.right.as_mut().unwrap().sha256 = pair.right.unwrap();
    harness.answer(Answer::Compared(ticket, Ok(Box::new(comparison))));
    harness.press("Enter Enter");
    let work = harness.work();
    harness.answer(Answer::Worked(work.ticket, vec![Ok(Done::Published(true))]));
    work
}

#[test]
fn a_publication_gives_way_to_what_was_current_before() {
    let mut harness = Harness::sample((80, 24));
    published(&mut harness, "4688-Quote-cache.st", "acme");
    let mut grid = sample::grid();
    grid.patches[0].published[0].sha256 = Some(content("quote-by-hand"));
    harness.reload(grid);
    harness.requests();
    harness.press("u");
    harness.shows("is published again");
    harness.press("Enter");
    let Task::Publish(task) = harness.work().tasks.remove(0) else { panic!("no publication") };
    assert_eq!(task.sha256, content("quote2"));
    assert!(matches!(task.basis, Basis::Published { .. }), "its old signature is checked before it is signed again");
    assert_eq!(task.versions, [("7.7".parse().unwrap(), Some(content("quote-by-hand")))]);
    assert!(task.takes_back, "it takes the other back; it is no newer one");
}

#[test]
fn a_first_publication_is_taken_off_the_table_and_that_can_be_undone_too() {
    let mut harness = Harness::sample((80, 24));
    published(&mut harness, "hotfix-ledger.st", "acme");
    let mut grid = sample::grid();
    grid.patches[5].published = vec![fieldpost_common::grid::GridPublication {
        sha256: Some(content("ledger")),
        ..sample::grid().patches[0].published[0].clone()
    }];
    harness.reload(grid);
    harness.requests();
    harness.press("u Enter");
    let work = harness.work();
    let Task::Unpublish(task) = &work.tasks[0] else { panic!("still published") };
    assert_eq!((task.versions.as_slice(), task.takes_back), (&[("7.7".parse().unwrap(), content("ledger"))][..], true));
    harness.answer(Answer::Worked(work.ticket, vec![Ok(Done::Unpublished)]));
    harness.reload(sample::grid());
    harness.requests();
    harness.press("u Enter");
    let Task::Publish(task) = harness.work().tasks.remove(0) else { panic!("no publication") };
    assert_eq!((task.sha256, task.versions), (content("ledger"), vec![("7.7".parse().unwrap(), None)]));
}

#[test]
fn what_somebody_else_published_since_is_left_alone() {
    let mut harness = Harness::sample((80, 24));
    published(&mut harness, "4688-Quote-cache.st", "acme");
    harness.reload(sample::grid());
    harness.press("u");
    harness.shows("something else was published since");
}

#[test]
fn without_an_own_action_undo_says_so() {
    let mut harness = Harness::sample((80, 24));
    harness.press("u");
    harness.shows("you have not done anything yet");
}
