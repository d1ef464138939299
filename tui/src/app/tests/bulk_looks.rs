//! What dialogs and screens of bulk actions look like.

use super::jobs::{given, grid_with, six};
use crate::app::compare::compare;
use crate::app::harness::Harness;
use crate::app::office::{Answer, Done, Request, Task};
use crate::app::sample::{self, content};
use crate::app::theme::Theme;
use fieldpost_common::order::Failure;
use fieldpost_common::order::state::{OrderState, Progress};
use insta::assert_snapshot;
use std::time::Duration;

fn mono(mut harness: Harness) -> Harness {
    harness.model.look.theme = Theme::Mono;
    harness
}

#[test]
fn bulk_sends() {
    let mut harness = mono(Harness::sample((80, 24)));
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("Space c l l c +");
    assert_snapshot!("bulk_small", harness.screen());
    harness.press("Esc /");
    harness.type_text("quote");
    harness.press("Enter >");
    assert_snapshot!("bulk_with_hidden_marks", harness.screen());
    let mut harness = mono(Harness::with(sample::large(), (80, 24)));
    harness.press("V PgDn V + PgDn PgDn");
    assert_snapshot!("bulk_large_scrolled", harness.screen());
    let mut harness = mono(Harness::with(sample::large(), (200, 50)));
    harness.press("C-a +");
    assert_snapshot!("bulk_at_200_by_50", harness.screen());
}

#[test]
fn removals_and_backward_sends() {
    let mut harness = mono(Harness::sample((80, 24)));
    harness.select("4731-Journal-export.patch", "acme");
    harness.press("D");
    assert_snapshot!("remove_one", harness.screen());
    harness.press("Esc Space D");
    assert_snapshot!("remove_many", harness.screen());
    harness.press("Esc Esc");
    harness.select("4731-Journal-export.patch", "delta-uat");
    harness.press("+");
    harness.type_text("delta");
    assert_snapshot!("backward_word", harness.screen());
}

#[test]
fn jobs_running_and_finished() {
    let (mut harness, work) = six((80, 24));
    harness = mono(harness);
    harness.answer(Answer::Worked(work.ticket, vec![given(0), given(1)]));
    harness.press("J");
    assert_snapshot!("jobs_running", harness.screen());
    let refused = "changed since you looked: the site's file changed since you looked: it has 1a2b3c4d now\nlook again";
    let mut rest: Vec<_> = (2..5).map(given).collect();
    rest.insert(1, Err(refused.to_owned()));
    harness.answer(Answer::Worked(work.ticket, rest));
    let at = sample::now();
    let mut grid = sample::grid();
    grid_with(&mut grid, &work, 0, Some("round1"), OrderState::Started { step: Progress::Fetched, at });
    grid_with(&mut grid, &work, 1, None, OrderState::Failed { at, reason: Failure::NoSpace { detail: None } });
    grid_with(&mut grid, &work, 2, Some("round2"), OrderState::Confirmed { at });
    harness.reload(grid.clone());
    harness.reload(grid);
    harness.press("k");
    assert_snapshot!("jobs_finished_with_failures", harness.screen());
    harness.press("Enter");
    assert_snapshot!("job_with_failures", harness.screen());
}

#[test]
fn undoing() {
    let mut harness = mono(Harness::sample((80, 24)));
    harness.select("4711-Order-roundLots.st", "acme");
    harness.press("> Enter");
    let work = harness.work();
    harness.answer(Answer::Worked(work.ticket, vec![given(0)]));
    for (name, has, state) in [
        ("undo_taking_back", "round1", OrderState::Queued),
        ("undo_putting_back", "round2", OrderState::Confirmed { at: sample::now() }),
        ("undo_impossible", "by hand", OrderState::Confirmed { at: sample::now() }),
    ] {
        let mut grid = sample::grid();
        grid_with(&mut grid, &work, 0, Some(has), state);
        harness.reload(grid);
        harness.press("u");
        assert_snapshot!(name, harness.screen());
        harness.press("Esc");
    }
    let mut grid = sample::grid();
    grid_with(&mut grid, &work, 0, Some("round2"), OrderState::Confirmed { at: sample::now() });
    grid.patches[1].published[0].earlier.clear();
    harness.reload(grid);
    harness.press("u");
    assert_snapshot!("undo_after_a_look", harness.screen());
}

#[test]
fn undoing_many() {
    let (mut harness, work) = six((80, 24));
    harness = mono(harness);
    harness.answer(Answer::Worked(work.ticket, (0..6).map(given).collect()));
    let mut grid = sample::grid();
    let new = work.tasks.iter().enumerate().filter(|(_, task)| matches!(task, Task::Put(put) if put.expected.is_none()));
    for (number, task) in new {
        let has = if task.outcome() == Some(content("round2")) { "round2" } else { "limits" };
        grid_with(&mut grid, &work, number, Some(has), OrderState::Confirmed { at: sample::now() });
    }
    harness.reload(grid);
    harness.press("u");
    assert_snapshot!("undo_many", harness.screen());
}

#[test]
fn undoing_a_publication() {
    let mut harness = mono(Harness::sample((80, 24)));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("<");
    let Some(Request::Compare { ticket, pair }) = harness.requests().pop() else { panic!("nothing is shown") };
    let mut comparison = compare(Some(b"old\n"), Some(b"new\n"));
    comparison.right.as_mut().unwrap().sha256 = pair.right.unwrap();
    harness.answer(Answer::Compared(ticket, Ok(Box::new(comparison))));
    harness.press("Enter Enter");
    let work = harness.work();
    harness.answer(Answer::Worked(work.ticket, vec![Ok(Done::Published(true))]));
    let mut grid = sample::grid();
    grid.patches[0].published[0].sha256 = Some(content("quote-by-hand"));
    harness.reload(grid);
    harness.press("u");
    assert_snapshot!("undo_publication", harness.screen());
}

#[test]
fn a_review_says_where_it_is() {
    let mut harness = mono(Harness::sample((80, 24)));
    harness.press("C-a <");
    let Some(Request::Compare { ticket, pair }) = harness.requests().pop() else { panic!("nothing is shown") };
    let mut comparison = compare(Some(b"a\nold\nb\n"), Some(b"a\nnew\nb\n"));
    comparison.right.as_mut().unwrap().sha256 = pair.right.unwrap();
    harness.answer(Answer::Compared(ticket, Ok(Box::new(comparison))));
    assert_snapshot!("review", harness.screen());
}

#[test]
fn messages() {
    let mut harness = mono(Harness::sample((80, 24)));
    harness.model.note("4711-Order-roundLots.st → borealis: the order is given");
    harness.now = harness.now.plus(Duration::from_mins(7));
    harness.press("k");
    harness.model.error("the server at http://127.0.0.1:8700 can't be reached: connection refused\ncheck the address, the network and that the server runs");
    harness.model.note("connected again");
    harness.press("@");
    assert_snapshot!("messages", harness.screen());
}
