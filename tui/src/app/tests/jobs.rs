//! Jobs and messages: how far they are, what came of each item, and that they can be left and found again.

use crate::app::harness::Harness;
use crate::app::model::{Effect, Message};
use crate::app::office::{Answer, Done, Report, Request, Work};
use crate::app::sample::{self, content};
use fieldpost_common::cell::LatestOrder;
use fieldpost_common::grid::{Grid, GridCell};
use fieldpost_common::order::state::{OrderState, Progress};
use fieldpost_common::order::{Action, Failure};
use std::time::Duration;

pub(super) fn id(number: usize) -> fieldpost_common::id::OrderId {
    format!("{number:032x}").parse().unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "one of many reports")]
pub(super) fn given(number: usize) -> Report {
    Ok(Done::Given(id(number)))
}

/// Six orders, asked for and not answered.
pub(super) fn six(size: (u16, u16)) -> (Harness, Work) {
    let mut harness = Harness::sample(size);
    harness.press("C-a > Enter Esc");
    let work = harness.work();
    assert_eq!(work.tasks.len(), 6);
    (harness, work)
}

/// The sample grid with the n-th order of some work in a state; `has`: what its site has.
pub(super) fn grid_with(grid: &mut Grid, work: &Work, number: usize, has: Option<&str>, state: OrderState) {
    let task = &work.tasks[number];
    let patch = grid.patches.iter().position(|patch| patch.name == *task.patch()).unwrap();
    let site = grid.sites.iter().position(|site| Some(&site.name) == task.site()).unwrap();
    let order = LatestOrder {
        id: id(number),
        action: task.outcome().map_or(Action::Remove, |sha256| Action::Put { sha256, size: 1 }),
        expected: None,
        state,
        by: "ada".parse().unwrap(),
        created: sample::now(),
    };
    let old = grid.cells.iter().position(|cell| (cell.patch, cell.site) == (patch, site));
    let quiet = GridCell {
        patch,
        site,
        cant_say: None,
        has: None,
        since: None,
        base: fieldpost_common::cell::Base::Never,
        author: None,
        changed_at: None,
        ambiguous: false,
        corrected: false,
        order: None,
    };
    let mut cell = old.map_or(quiet, |old| grid.cells.remove(old));
    cell.has = has.map(content);
    cell.order = Some(order);
    grid.cells.push(cell);
}

#[test]
fn the_header_says_how_far_a_job_is() {
    let (mut harness, work) = six((100, 24));
    harness.shows("sending 0/6");
    harness.answer(Answer::Worked(work.ticket, vec![given(0), given(1)]));
    harness.shows("sending 2/6");
    harness.press("k");
    harness.answer(Answer::Worked(work.ticket, (2..6).map(given).collect()));
    assert!(!harness.screen().contains("sending"));
    harness.shows("send: all 6 done");
}

#[test]
fn a_failure_in_the_middle_is_told_and_the_rest_goes_on() {
    let (mut harness, work) = six((100, 24));
    let refused = Err("the site's file changed since you looked: it is gone".to_owned());
    harness.answer(Answer::Worked(work.ticket, vec![given(0), refused, given(2)]));
    harness.shows("sending 3/6");
    harness.answer(Answer::Worked(work.ticket, (3..6).map(given).collect()));
    harness.shows("! send: 5 done, 1 not · J says which and why");
    harness.press("j");
    harness.shows("! 1 not done: J");
    harness.press("J Enter");
    let screen = harness.screen();
    assert!(screen.lines().nth(2).unwrap().contains("! 4711-Order-roundLots.st → borealis"), "failures come first:\n{screen}");
    harness.press("Esc Esc");
    assert!(!harness.screen().contains("not done: J"), "somebody has looked");
}

#[test]
fn nothing_pops_up_under_the_fingers_when_a_job_ends() {
    let (mut harness, work) = six((100, 24));
    harness.answer(Answer::Worked(work.ticket, (0..6).map(|_| Err("no".to_owned())).collect()));
    assert!(harness.model.dialog.is_none() && harness.model.screens.top().is_none());
}

#[test]
fn an_item_follows_its_order_through_the_grid_until_the_site_has_it() {
    let (mut harness, work) = six((120, 24));
    harness.answer(Answer::Worked(work.ticket, (0..6).map(given).collect()));
    harness.press("J Enter");
    harness.shows("the order is given");
    let at = sample::now();
    let mut grid = sample::grid();
    grid_with(&mut grid, &work, 0, Some("round1"), OrderState::Started { step: Progress::Fetched, at });
    grid_with(&mut grid, &work, 1, None, OrderState::Failed { at, reason: Failure::NoSpace { detail: None } });
    harness.reload(grid.clone());
    harness.shows("on its way: fetched");
    harness.shows("blocked: no space left at the site");
    grid_with(&mut grid, &work, 0, Some("round2"), OrderState::Confirmed { at });
    harness.reload(grid);
    harness.shows("= 4711-Order-roundLots.st → acme");
    harness.shows("confirmed");
}

#[test]
fn a_job_can_be_left_and_found_again_and_leads_back_to_its_cells() {
    let (mut harness, work) = six((100, 24));
    harness.press("J Enter Esc Esc");
    assert!(harness.model.screens.top().is_none());
    harness.answer(Answer::Worked(work.ticket, (0..6).map(given).collect()));
    harness.press("J");
    harness.shows("send of 6 items");
    harness.press("Enter j Enter");
    assert!(harness.model.screens.top().is_none());
    assert_eq!(harness.model.grid.selected_patch().unwrap().name.as_str(), "4711-Order-roundLots.st");
    assert_eq!(harness.model.grid.selected_site().unwrap().name.as_str(), "borealis");
}

#[test]
fn an_answer_to_no_job_changes_nothing() {
    let mut harness = Harness::sample((80, 24));
    harness.answer(Answer::Worked(crate::app::office::Ticket(999), vec![given(0)]));
    assert!(harness.model.jobs.list().is_empty() && harness.model.toast.is_none());
}

#[test]
fn keys_typed_while_the_server_is_slow_do_what_they_say() {
    let (mut harness, _) = six((100, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("j j k d");
    assert!(harness.effects.iter().any(|effect| matches!(effect, Effect::Ask(Request::Compare { .. }))));
}

#[test]
fn what_was_said_is_kept_with_its_time() {
    let mut harness = Harness::sample((80, 24));
    harness.press("@");
    harness.shows("Nothing was said yet");
    harness.press("Esc");
    harness.model.error("no space left\nfree some");
    harness.now = harness.now.plus(Duration::from_mins(5));
    harness.take(Message::Tick);
    harness.model.note("connected again");
    harness.press("@");
    let screen = harness.screen();
    let line = |words: &str| screen.lines().position(|line| line.contains(words)).unwrap();
    assert!(line("connected again") < line("! no space left"), "newest first:\n{screen}");
    assert!(screen.lines().nth(line("! no space left")).unwrap().contains("5 min ago"));
}

#[test]
fn only_the_last_hundred_messages_are_kept() {
    let mut harness = Harness::sample((80, 24));
    (0..150).for_each(|number| harness.model.note(format!("note {number}")));
    assert_eq!(harness.model.messages.newest_first().len(), 100);
    assert_eq!(harness.model.messages.newest_first().next().unwrap().words, "note 149");
}

#[test]
fn good_news_does_not_push_away_what_was_just_said() {
    let (mut harness, work) = six((100, 24));
    harness.model.note("1 published, 0 skipped, 0 left");
    harness.answer(Answer::Worked(work.ticket, (0..6).map(given).collect()));
    harness.shows("1 published, 0 skipped, 0 left");
    harness.press("@");
    harness.shows("send: all 6 done");
}
