//! The errors tab, one error's page, and the way from a patch's cell to its errors and back.

use crate::app::errors::Since;
use crate::app::harness::Harness;
use crate::app::office::{Answer, Request, SiteOrders, Trouble};
use crate::app::screens::Tab;
use crate::app::{sample, sample_errors};
use fieldpost_common::api::{Change, Changes, Errors, MarkError};
use fieldpost_common::error_group::ErrorGroupId;
use fieldpost_common::grid::Feed;
use fieldpost_common::order::state::OrderState;
use fieldpost_common::time::Timestamp;
use insta::assert_snapshot;

fn errors(size: (u16, u16)) -> Harness {
    let mut harness = Harness::sample(size);
    harness.press("4");
    assert_eq!(harness.requests(), [Request::Errors]);
    harness.answer(Answer::Errors(Ok(Box::new(sample_errors::errors()))));
    harness
}

fn page(size: (u16, u16)) -> Harness {
    let mut harness = errors(size);
    harness.press("Enter");
    assert_eq!(harness.requests(), [Request::Error(ErrorGroupId(1))]);
    harness.answer(Answer::Error(ErrorGroupId(1), Ok(Box::new(sample_errors::error()))));
    harness
}

fn selected(harness: &Harness) -> Option<u64> {
    harness.model.errors.selected().map(|one| one.id.0)
}

#[test]
fn the_tab_shows_what_needs_somebody_first_with_a_bar_for_each_week() {
    assert_snapshot!("list_80", errors((80, 24)).screen());
    assert_snapshot!("list_200", errors((200, 50)).screen());
    assert_snapshot!("list_60", errors((60, 15)).screen());
}

#[test]
fn the_page_shows_the_chain_the_suspects_and_the_walkbacks_made_clean() {
    let mut harness = page((80, 24));
    assert_snapshot!("page_80", harness.screen());
    harness.press("n");
    assert_snapshot!("page_80_walkback", harness.screen());
    assert_snapshot!("page_200", page((200, 50)).screen());
    assert!(!page((200, 50)).screen().contains('\u{1b}'));
}

#[test]
fn an_error_is_copied_with_its_place_and_its_issue_and_the_issue_is_opened() {
    for mut harness in [errors((100, 40)), page((100, 40))] {
        harness.press("y");
        for text in ["fieldpost errors show 1", "where it happens", "https://tracker.example/4711"] {
            harness.shows(text);
        }
        harness.press("Esc o");
        harness.shows("https://tracker.example/4711");
    }
}

#[test]
fn a_change_while_the_page_is_read_is_read_after_it() {
    let mut harness = errors((80, 24));
    harness.press("Enter");
    harness.requests();
    harness.press("r");
    let of_page = |requests: &[Request]| requests.contains(&Request::Error(ErrorGroupId(1)));
    assert!(!of_page(&harness.requests()), "one is under way");
    harness.answer(Answer::Error(ErrorGroupId(1), Ok(Box::new(sample_errors::error()))));
    assert!(of_page(&harness.requests()), "what is there may be older than the change");
}

#[test]
fn without_errors_without_an_answer_and_without_a_server_it_says_what_to_do() {
    let mut harness = Harness::sample((80, 24));
    harness.press("4");
    assert_snapshot!("reading", harness.screen());
    harness.answer(Answer::Errors(Err(Trouble::Refused("the disk is full".to_owned()))));
    harness.shows("There is no way to read what was reported now.");
    let none = Errors { groups: Vec::new(), ..sample_errors::errors() };
    harness.press("r");
    harness.answer(Answer::Errors(Ok(Box::new(none))));
    assert_snapshot!("none", harness.screen());
}

#[test]
fn a_filter_matches_exception_frame_site_issue_and_state() {
    let mut harness = errors((80, 24));
    for (text, found) in [("zerodiv", 1), ("instrument", 2), ("gateway acme", 9), ("4711", 1), ("muted", 400), ("4688", 30)] {
        harness.press("/");
        harness.type_text(text);
        assert_eq!(selected(&harness), Some(found), "{text}");
        harness.press("Esc");
    }
    harness.press("/");
    harness.type_text("qqq");
    harness.press("Enter");
    harness.shows("No error matches /qqq");
    harness.press("Esc");
    assert_eq!(harness.model.errors.list.rows.len(), 5);
}

#[test]
fn an_error_is_known_muted_and_fixed_by_a_patch() {
    let mut harness = errors((80, 24));
    harness.press("j A");
    assert_eq!(harness.requests(), [Request::MarkError { group: ErrorGroupId(2), mark: MarkError::Known }]);
    harness.press("m");
    assert_eq!(harness.requests(), [Request::MarkError { group: ErrorGroupId(2), mark: MarkError::Mute }]);
    harness.press("f");
    assert_snapshot!("fixed_by", harness.screen());
    harness.press("Enter");
    let requests = harness.requests();
    let [Request::MarkError { group: ErrorGroupId(2), mark: MarkError::Fixed { revision: None, .. } }] = requests.as_slice()
    else {
        panic!("{requests:?}")
    };
    harness.press("G m");
    assert_eq!(harness.requests(), [Request::MarkError { group: ErrorGroupId(400), mark: MarkError::Unmute }]);
}

#[test]
fn letters_narrow_the_patches_of_which_one_fixes_an_error() {
    let mut harness = errors((80, 24));
    harness.press("f");
    harness.type_text("quotj");
    assert_snapshot!("fixed_by_nothing", harness.screen());
    harness.press("Enter");
    harness.shows("nothing in the list has these letters: Esc shows all again");
    harness.press("Backspace");
    assert_snapshot!("fixed_by_narrowed", harness.screen());
    harness.press("Enter");
    let patch = "4688-Quote-cache.st".parse().expect("a name");
    let mark = MarkError::Fixed { patch, revision: None };
    assert_eq!(harness.requests(), [Request::MarkError { group: ErrorGroupId(1), mark }]);
    harness.press("f");
    harness.type_text("q");
    harness.press("Esc Esc");
    assert_eq!(harness.model.dialog, None);
}

#[test]
fn what_the_server_refuses_is_said() {
    let mut harness = errors((80, 24));
    harness.press("A");
    harness.answer(Answer::ErrorMarked(Err(Trouble::Refused("error 1 is gone".to_owned()))));
    harness.shows("! error 1 is gone");
    assert_eq!(harness.model.working, 0);
}

#[test]
fn from_the_error_one_key_leads_to_the_patch_that_fixes_it() {
    let mut harness = page((80, 24));
    harness.press("p");
    assert_eq!(harness.model.screens.tab, Tab::Patches);
    assert_eq!(harness.model.grid.selected_patch().map(|patch| patch.name.as_str()), Some("4711-Order-roundLots.st"));
}

#[test]
fn from_a_cell_one_key_leads_to_errors_since_its_install_and_back() {
    let mut harness = errors((80, 24));
    harness.press("1 e");
    let site = harness.model.errors.since.clone().expect("a cell").site;
    assert_eq!(harness.requests(), [Request::SiteOrders(site.clone()), Request::ErrorsOf(site.clone())]);
    assert_eq!(harness.model.screens.tab, Tab::Errors);
    let all = harness.model.errors.list.rows.len();
    assert!((1..5).contains(&all), "only those of the site: {all}");
    let since = harness.model.errors.since.clone().expect("a cell");
    let (_, mut finished) = sample::orders();
    finished[0].patch = since.patch;
    finished[0].application = since.application;
    finished[0].state = OrderState::Confirmed { at: sample::now() };
    harness.answer(Answer::SiteOrders(site, Ok(SiteOrders { open: Vec::new(), finished })));
    assert_eq!(harness.model.errors.list.rows.len(), 0, "none was seen since just now");
    assert_snapshot!("none_since", harness.screen());
    harness.press("Esc");
    assert_eq!((harness.model.screens.tab, harness.model.errors.since.clone()), (Tab::Patches, None));
}

/// The orders of a site of which one put the patch of the cell there.
fn installed(since: &Since, at: Timestamp) -> SiteOrders {
    let (_, mut finished) = sample::orders();
    finished[0].patch = since.patch.clone();
    finished[0].application = since.application.clone();
    finished[0].state = OrderState::Confirmed { at };
    SiteOrders { open: Vec::new(), finished }
}

#[test]
fn from_a_cell_an_error_counts_by_when_it_was_last_seen_at_that_site() {
    let mut harness = errors((80, 24));
    harness.press("1 e");
    let since = harness.model.errors.since.clone().expect("a cell");
    let hours = |ago: i64| Timestamp::from_ms(sample::now().as_ms() - ago * 3_600_000);
    // Errors 1 and 9 were seen somewhere since then, and at the site only before.
    harness.answer(Answer::SiteOrders(since.site.clone(), Ok(installed(&since, hours(20)))));
    assert!(!harness.model.errors.list.rows.is_empty(), "nobody knows yet when they were seen there");
    let of = sample_errors::errors_of(&since.site);
    harness.answer(Answer::ErrorsOf(since.site.clone(), Ok(Box::new(of))));
    assert_eq!(harness.model.errors.list.rows.len(), 0);
    harness.shows("No error was reported");
    // Something changed: both are read again.
    let feed = Feed { epoch: "e".to_owned(), seq: 2 };
    harness.answer(Answer::Changes(Ok(Changes { feed, reload: false, changes: vec![Change::Errors] })));
    assert!(harness.requests().contains(&Request::ErrorsOf(since.site.clone())));
    let mut of = sample_errors::errors_of(&since.site);
    of.groups[0].at_site.as_mut().expect("there").last_seen = sample::now();
    harness.answer(Answer::ErrorsOf(since.site, Ok(Box::new(of))));
    assert_eq!(harness.model.errors.list.rows.len(), 1);
}

#[test]
fn when_orders_cannot_be_read_it_is_still_known_since_when_the_patch_is_there() {
    let mut harness = errors((80, 24));
    harness.press("1 e");
    let since = harness.model.errors.since.clone().expect("a cell");
    let at = |harness: &Harness| harness.model.errors.since.clone().expect("a cell").at;
    harness.answer(Answer::SiteOrders(since.site.clone(), Ok(installed(&since, sample::now()))));
    harness.answer(Answer::SiteOrders(since.site.clone(), Err(Trouble::Refused("the disk is full".to_owned()))));
    assert_eq!(at(&harness), Some(sample::now()));
    harness.answer(Answer::SiteOrders(since.site, Ok(SiteOrders::default())));
    assert_eq!(at(&harness), Some(sample::now()), "the order is no longer among the newest");
}

#[test]
fn the_selection_stays_on_its_error_when_others_come() {
    let mut harness = errors((80, 24));
    harness.press("j j");
    let before = selected(&harness);
    let feed = Feed { epoch: "e".to_owned(), seq: 2 };
    harness.answer(Answer::Changes(Ok(Changes { feed, reload: false, changes: vec![Change::Errors] })));
    assert!(harness.requests().contains(&Request::Errors));
    let mut more = sample_errors::errors();
    more.groups[2].id = ErrorGroupId(77);
    more.groups.push(sample_errors::errors().groups.swap_remove(2));
    harness.answer(Answer::Errors(Ok(Box::new(more))));
    assert_eq!(selected(&harness), before);
}

#[test]
fn brackets_lead_from_error_to_error_and_the_list_follows() {
    let mut harness = page((80, 24));
    harness.press("]");
    assert_eq!(harness.requests(), [Request::Error(ErrorGroupId(2))]);
    harness.press("[");
    assert_eq!(harness.requests(), [Request::Error(ErrorGroupId(1))]);
    harness.press("[");
    harness.shows("this is the first error of the list");
    harness.press("] Esc");
    assert_eq!(selected(&harness), Some(2));
}
