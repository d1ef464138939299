//! Marks, bulk sends, removals, reviews: what is asked, what is left out, what it takes to say yes.

use crate::app::compare::compare;
use crate::app::harness::Harness;
use crate::app::office::{Answer, Done, Request, Task};
use crate::app::sample::{self, content};
use crossterm::event::KeyCode;

fn marked(harness: &Harness) -> usize {
    harness.model.grid.marks.len()
}

#[test]
fn inverting_marks_what_is_shown_and_leaves_hidden_marks_alone() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "acme");
    harness.press("Space *");
    assert_eq!(marked(&harness), 29);
    harness.press("/");
    harness.type_text("roundLots");
    harness.press("Enter *");
    assert_eq!(marked(&harness), 30, "the shown one is marked again, the hidden ones still are");
}

#[test]
fn marked_patches_go_to_marked_sites_only() {
    let mut harness = Harness::sample((100, 40));
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("Space");
    harness.select("4720-Limits-check.st", "delta-uat");
    harness.press("Space c +");
    harness.shows("Send 2 orders?");
    harness.press("Enter");
    assert!(harness.sent().iter().all(|put| put.site.as_str() == "delta-uat"));
}

#[test]
fn the_selected_patch_goes_to_marked_sites_when_no_patch_is_marked() {
    let mut harness = Harness::sample((100, 40));
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("c l l c +");
    harness.shows("Send 2 orders?");
    harness.press("Enter");
    assert!(harness.sent().iter().all(|put| put.patch.as_str() == "4711-Order-roundLots.st"));
}

#[test]
fn hidden_sites_are_counted_in_the_dialog_and_sent_to() {
    let mut harness = Harness::sample((100, 40));
    harness.select("4711-Order-roundLots.st", "delta-uat");
    harness.press("c");
    harness.model.grid.group = Some("europe".parse().unwrap());
    harness.model.grid.refilter();
    harness.press("+");
    harness.shows("hidden by the filters: 1 site of these");
    harness.press("Enter");
    assert_eq!(harness.sent()[0].site.as_str(), "delta-uat");
}

#[test]
fn escape_clears_the_marks_of_patches_and_sites() {
    let mut harness = Harness::sample((80, 24));
    harness.press("Space c Esc");
    assert!(harness.model.grid.marks.is_empty() && harness.model.grid.site_marks.is_empty());
    harness.shows("2 marks cleared");
}

#[test]
fn marks_stay_on_their_site_when_others_come_in_before_it() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("c");
    let mut grid = sample::grid();
    grid.sites.remove(0);
    grid.cells.clear();
    harness.reload(grid);
    assert_eq!(
        harness.model.grid.site_marks.iter().map(fieldpost_common::id::SiteName::as_str).collect::<Vec<_>>(),
        ["borealis"]
    );
}

#[test]
fn removing_one_sent_file_takes_one_key_and_names_what_was_seen() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "acme");
    harness.press("D");
    harness.shows("Remove 1 file?");
    harness.press("Enter");
    let Task::Remove(remove) = harness.work().tasks.remove(0) else { panic!("no removal") };
    assert_eq!(remove.expected, content("round1"));
}

#[test]
fn removing_what_the_site_made_itself_takes_its_name() {
    let mut harness = Harness::sample((80, 24));
    harness.select("hotfix-ledger.st", "acme");
    harness.take(crate::app::model::Message::Key(KeyCode::Delete.into()));
    harness.press("Enter");
    assert!(harness.requests().is_empty());
    harness.type_text("acme");
    harness.press("Enter");
    assert!(matches!(harness.work().tasks[..], [Task::Remove(_)]));
}

#[test]
fn removing_more_than_one_takes_a_word_and_leaves_the_sites_own_content_out() {
    let mut harness = Harness::sample((100, 40));
    for patch in ["4688-Quote-cache.st", "4711-Order-roundLots.st"] {
        harness.select(patch, "acme");
        harness.press("Space");
    }
    harness.press("D");
    harness.shows("the site has its own content: one by one");
    harness.press("Enter");
    assert!(harness.requests().is_empty());
    harness.type_text("trading");
    harness.press("Enter");
    let work = harness.work();
    assert!(work.tasks.iter().all(|task| matches!(task, Task::Remove(_))));
    assert!(!work.tasks.iter().any(|task| task.what() == "4688-Quote-cache.st → acme"));
}

#[test]
fn a_long_dialog_scrolls_while_its_question_stays_in_sight() {
    let mut harness = Harness::with(sample::large(), (80, 24));
    harness.press("V PgDn V +");
    harness.shows("type trading to go on");
    let before = harness.screen();
    harness.press("PgDn PgDn");
    harness.shows("above");
    harness.shows("type trading to go on");
    assert_ne!(before, harness.screen());
    harness.press("PgUp PgUp PgUp");
    assert_eq!(before, harness.screen());
}

fn answer_look(harness: &mut Harness) {
    let Some(Request::Compare { ticket, pair }) =
        harness.requests().into_iter().rfind(|one| matches!(one, Request::Compare { .. }))
    else {
        panic!("nothing was shown")
    };
    let mut comparison = compare(pair.left.map(|_| &b"old\n"[..]), pair.right.map(|_| &b"new\n"[..]));
    for (blob, sha256) in [(&mut comparison.left, pair.left), (&mut comparison.right, pair.right)] {
        if let (Some(blob), Some(sha256)) = (blob.as_mut(), sha256) {
            blob.sha256 = sha256;
        }
    }
    harness.answer(Answer::Compared(ticket, Ok(Box::new(comparison))));
}

#[test]
fn marked_proposals_are_shown_one_after_another_and_only_what_was_shown_is_published() {
    let mut harness = Harness::sample((80, 24));
    harness.press("C-a <");
    harness.shows("1 of 2  4688-Quote-cache.st @ acme");
    harness.press("Enter");
    assert!(!harness.requests().iter().any(|one| matches!(one, Request::Work(_))), "it is not shown yet");
    harness.press("Esc <");
    answer_look(&mut harness);
    harness.press("Enter");
    let asked: Vec<_> = harness.requests();
    let [Request::Work(work), Request::Compare { .. }] = &asked[..] else { panic!("{asked:?}") };
    assert!(matches!(&work.tasks[..], [Task::Publish(task)] if task.sha256 == content("quote-by-hand")));
    harness.shows("2 of 2  hotfix-ledger.st @ acme");
    harness.press("n");
    harness.shows("1 published, 1 skipped, 0 left");
}

#[test]
fn leaving_a_review_says_what_is_left() {
    let mut harness = Harness::sample((80, 24));
    harness.press("C-a < Esc");
    harness.shows("0 published, 0 skipped, 2 left");
    assert!(harness.model.screens.top().is_none() && harness.model.review.is_none());
}

#[test]
fn conflicts_are_no_part_of_a_review() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4712-Settlement-fx.st", "borealis");
    harness.press("Space <");
    harness.shows("nothing to bring home among what is marked");
}

#[test]
fn another_content_of_a_patch_that_was_just_published_is_not_offered() {
    let mut grid = sample::grid();
    grid.cells.push(fieldpost_common::grid::GridCell { site: 1, ..grid.cells[10].clone() });
    let mut harness = Harness::with(grid, (80, 24));
    harness.select("hotfix-ledger.st", "acme");
    harness.press("Space <");
    answer_look(&mut harness);
    harness.press("Enter");
    harness.shows("1 published, 0 skipped, 0 left; 1 had nothing to publish any more");
}

#[test]
fn a_second_press_while_an_order_is_being_given_sends_nothing_more() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("+ Enter + Enter y");
    let work = harness.work();
    assert_eq!(work.tasks.len(), 1);
    harness.shows("on its way: being given");
    harness.press("Esc C-a + Enter");
    let more = harness.work();
    assert!(!more.tasks.contains(&work.tasks[0]), "the bulk leaves the cell out");
}

#[test]
fn a_cell_counts_as_on_its_way_until_a_grid_that_was_asked_for_afterwards() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("r + Enter");
    let ticket =
        harness.requests().into_iter().find_map(|one| if let Request::Work(work) = one { Some(work.ticket) } else { None });
    let giving = |harness: &Harness| harness.model.grid.giving.len();
    assert_eq!(giving(&harness), 1);
    // A grid that was read before the order was given says nothing about it.
    let settings = sample::grid().application.unwrap();
    harness.answer(Answer::Apps(Ok(vec![settings])));
    harness.answer(Answer::Worked(ticket.unwrap(), vec![Ok(Done::Given("00000000000000000000000000000001".parse().unwrap()))]));
    harness.reload(sample::grid());
    assert_eq!(giving(&harness), 1, "that grid is older than the answer");
    harness.reload(sample::grid());
    assert_eq!(giving(&harness), 0);
}

#[test]
fn an_order_that_was_refused_frees_its_cell_at_once() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("+ Enter");
    let work = harness.work();
    harness.answer(Answer::Worked(work.ticket, vec![Err("the site's file changed since you looked".to_owned())]));
    harness.shows("! 4711-Order-roundLots.st → borealis: the site's file changed since you looked");
    harness.press("+");
    harness.shows("Send 1 order?");
}
