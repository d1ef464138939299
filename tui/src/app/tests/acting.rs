//! Sending, retrieving, taking back: what is asked, what it takes to say yes, and what is then done.

use crate::app::compare::compare;
use crate::app::harness::Harness;
use crate::app::model::{Effect, Message};
use crate::app::office::{Answer, Basis, PublishTask, Request, Task};
use crate::app::sample::{self, content};

/// Answers the comparison that was just asked for.
fn compared(harness: &mut Harness, left: Option<&str>, right: Option<&str>) {
    let Some(Request::Compare { ticket, pair }) = harness.requests().pop() else { panic!("no comparison was asked for") };
    assert_eq!((pair.left, pair.right), (left.map(content), right.map(content)));
    let comparison = compare(left.map(str::as_bytes), right.map(str::as_bytes));
    harness.answer(Answer::Compared(ticket, Ok(Box::new(comparison))));
}

/// The publication that was just asked for.
fn published(harness: &mut Harness) -> PublishTask {
    match harness.work().tasks.pop() {
        Some(Task::Publish(task)) => task,
        other => panic!("nothing was published: {other:?}"),
    }
}

#[test]
fn pressing_plus_on_an_unsent_cell_asks_and_then_sends_exactly_one_order() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("+");
    harness.shows("Send 1 order?");
    assert_eq!(harness.effects, [], "nothing is sent before the answer");
    harness.press("Enter");
    let items = harness.sent();
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].patch.as_str(), items[0].site.as_str()), ("4711-Order-roundLots.st", "borealis"));
    assert_eq!((items[0].sha256, items[0].expected), (content("round2"), None));
    harness.press("Enter Enter y");
    let more = harness.requests();
    assert!(!more.iter().any(|request| matches!(request, Request::Work(_))), "a key too many sends nothing more");
}

#[test]
fn an_update_says_what_the_person_saw_at_the_site() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "acme");
    harness.press("> y");
    assert_eq!(harness.sent()[0].expected, Some(content("round1")));
}

#[test]
fn declining_sends_nothing() {
    for no in ["Esc", "n", "q", "C-c"] {
        let mut harness = Harness::sample((80, 24));
        harness.select("4711-Order-roundLots.st", "borealis");
        harness.press("+");
        harness.press(no);
        assert!(harness.model.dialog.is_none(), "{no}");
        assert_eq!(harness.effects, [], "{no}");
    }
}

#[test]
fn sending_over_a_change_made_at_the_site_takes_the_sites_name() {
    for (patch, site) in [("4688-Quote-cache.st", "acme"), ("4712-Settlement-fx.st", "borealis")] {
        let mut harness = Harness::sample((80, 24));
        harness.select(patch, site);
        harness.press("> Enter");
        assert!(harness.sent().is_empty(), "one key is not enough for {patch}");
        harness.type_text("acm");
        harness.press("Enter y");
        assert!(harness.sent().is_empty(), "a part of the word is not enough");
        harness.press("C-u");
        harness.type_text(site);
        harness.press("Enter");
        assert_eq!(harness.sent().len(), 1);
    }
}

#[test]
fn a_paste_never_confirms() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("+");
    harness.take(Message::Paste("y\r\n".to_owned()));
    assert_eq!(harness.effects, []);
    harness.press("Esc");
    harness.select("4688-Quote-cache.st", "acme");
    harness.press(">");
    harness.take(Message::Paste("acme\r\n".to_owned()));
    assert_eq!(harness.effects, [], "the word is there, but nobody pressed Enter");
    harness.press("Enter");
    assert_eq!(harness.sent().len(), 1);
    harness.take(Message::Paste("+y".to_owned()));
    assert!(harness.model.dialog.is_none() && harness.effects.is_empty(), "outside of text fields a paste does nothing");
}

#[test]
fn marked_patches_go_to_all_shown_sites_and_what_is_left_out_is_said() {
    let mut harness = Harness::sample((100, 40));
    harness.press("C-a >");
    harness.shows("Send 6 orders?");
    for words in [
        "changed on both sides: one by one",
        "changed at the site: one by one",
        "deleted at the site: one by one",
        "an order is on its way",
        "not published for the site's version",
    ] {
        harness.shows(words);
    }
}

#[test]
fn in_bulk_plus_leaves_updates_alone() {
    let mut harness = Harness::sample((100, 40));
    harness.press("C-a +");
    harness.shows("an older one is there (> updates it)");
    harness.press("Enter");
    assert!(harness.sent().iter().all(|item| item.expected.is_none()));
}

#[test]
fn marks_survive_a_filter_and_hidden_ones_are_counted_in_the_dialog() {
    let mut harness = Harness::sample((100, 40));
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("Space");
    harness.select("4720-Limits-check.st", "delta-uat");
    harness.press("Space /");
    harness.type_text("roundLots");
    harness.press("Enter");
    assert_eq!(harness.model.grid.marks.len(), 2);
    assert_eq!(harness.model.grid.rows.len(), 1);
    harness.press("+");
    harness.shows("hidden by the filters: 1 patch of these");
    harness.press("Enter");
    assert!(harness.sent().iter().any(|item| item.patch.as_str() == "4720-Limits-check.st"));
}

#[test]
fn a_fleet_takes_the_applications_name() {
    let mut harness = Harness::with(sample::large(), (100, 40));
    harness.select("00008-Change.st", "site-112");
    harness.press("+ Tab");
    harness.shows("Send 2 orders?");
    harness.press("Esc V PgDn V +");
    harness.shows("type trading to go on");
    harness.press("Enter");
    assert!(harness.sent().is_empty());
    harness.type_text("trading");
    harness.press("Enter");
    assert!(harness.sent().len() > 10);
}

#[test]
fn retrieving_shows_the_change_first_and_publishes_what_was_shown() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("< Enter");
    assert!(harness.model.dialog.is_none(), "what isn't shown yet can't be published");
    compared(&mut harness, Some("quote2"), Some("quote-by-hand"));
    harness.press("Enter");
    harness.shows("Publish 4688-Quote-cache.st?");
    harness.press("Enter");
    let job = published(&mut harness);
    assert_eq!((job.sha256, job.basis), (content("quote-by-hand"), Basis::Shown { size: 13 }));
    assert_eq!(job.versions, [("7.7".parse().unwrap(), Some(content("quote2")))]);
    assert_eq!(job.issue.unwrap().as_str(), "4688");
}

#[test]
fn publishing_the_sites_side_of_a_conflict_takes_its_name() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4712-Settlement-fx.st", "borealis");
    harness.press("<");
    compared(&mut harness, Some("fx2"), Some("fx-own"));
    harness.press("Enter");
    harness.shows("it isn't newer than what is published: < publishes it after a question");
    harness.press("< Enter Enter");
    assert!(harness.requests().is_empty());
    harness.type_text("borealis");
    harness.press("Enter");
    published(&mut harness);
}

#[test]
fn a_patch_of_another_version_is_shown_and_published_for_this_one() {
    let mut harness = Harness::sample((80, 24));
    harness.select("reports/trade-blotter.sql", "acme");
    harness.press("p");
    compared(&mut harness, None, Some("blotter"));
    harness.press("Enter Enter");
    let job = published(&mut harness);
    assert_eq!(job.versions, [("7.7".parse().unwrap(), None)]);
}

#[test]
fn an_order_on_its_way_is_taken_back_after_a_question() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4720-Limits-check.st", "acme");
    harness.press("+");
    assert!(harness.model.dialog.is_none(), "it is on its way already");
    harness.press("x");
    harness.shows("Take the order back?");
    harness.press("Enter");
    assert!(matches!(harness.work().tasks[..], [Task::TakeBack(_)]));
}

#[test]
fn a_viewer_has_no_keys_that_act() {
    let mut harness = Harness::sample((80, 24));
    harness.model.role = Some(fieldpost_common::api::Role::Viewer);
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("+ > < p x D u");
    assert!(harness.model.dialog.is_none() && harness.effects.is_empty());
    harness.shows("viewers look only");
    harness.press("k j");
    assert!(!harness.screen().contains("send"), "{}", harness.screen());
}

#[test]
fn q_goes_up_from_a_diff_and_quits_from_the_grid() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("d q");
    harness.requests();
    harness.press("q");
    assert_eq!(harness.effects, [Effect::Quit]);
}

#[test]
fn the_screen_is_drawn_anew_on_request() {
    for keys in ["C-l", "d C-l", "2 C-l", "J C-l"] {
        let mut harness = Harness::sample((80, 24));
        harness.select("4711-Order-roundLots.st", "borealis");
        harness.press(keys);
        assert_eq!(harness.effects.pop(), Some(Effect::Redraw), "{keys}");
    }
}

#[test]
fn suspend_works_from_everywhere() {
    for keys in ["C-z", "/ C-z", "? C-z", "a C-z", "+ C-z"] {
        let mut harness = Harness::sample((80, 24));
        harness.select("4711-Order-roundLots.st", "borealis");
        harness.press(keys);
        assert_eq!(harness.effects, [Effect::Suspend], "{keys}");
    }
}

#[test]
fn a_sites_content_that_looks_like_a_key_is_not_published_from_the_app() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("<");
    let Some(Request::Compare { ticket, pair }) = harness.requests().pop() else { panic!("nothing is shown") };
    let mut comparison = compare(Some(b"old"), Some(b"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="));
    comparison.right.as_mut().unwrap().sha256 = pair.right.unwrap();
    harness.answer(Answer::Compared(ticket, Ok(Box::new(comparison))));
    harness.press("Enter");
    harness.shows("It looks like a signing key of fieldpost");
    harness.press("Enter");
    assert!(harness.requests().iter().all(|request| !matches!(request, Request::Work(_))));
}
