//! The sites tab and a site's page.

use crate::app::harness::Harness;
use crate::app::model::Message;
use crate::app::office::{Answer, Request, SiteOrders, Task, Trouble};
use crate::app::sample;
use fieldpost_common::api::{Change, Changes, Role, Whoami};
use fieldpost_common::grid::Feed;
use fieldpost_common::order::state::OrderState;
use insta::assert_snapshot;
use std::time::Duration;

pub(super) fn sites(size: (u16, u16)) -> Harness {
    let mut harness = Harness::sample(size);
    harness.press("2");
    harness.answer(Answer::Sites(Ok(sample::sites())));
    harness.requests();
    harness
}

/// The page of `acme`, with its orders and what happened.
pub(super) fn page(size: (u16, u16)) -> Harness {
    let mut harness = sites(size);
    harness.press("/ a c m e Enter Enter Esc");
    harness.press("Esc");
    harness.press("Enter");
    harness.answer(Answer::SiteOrders("acme".parse().unwrap(), Ok(orders())));
    harness.answer(Answer::Activity { before: None, answer: Ok(sample::activity(1_299, 200)) });
    harness.requests();
    harness
}

fn orders() -> SiteOrders {
    let (open, finished) = sample::orders();
    SiteOrders { open, finished }
}

fn become_role(harness: &mut Harness, role: Role) {
    harness.answer(Answer::Whoami(Ok(Whoami {
        user: "ada".parse().unwrap(),
        role,
        generation: "0123456789abcdef0123456789abcdef".parse().unwrap(),
        url: "https://post.acme.example".to_owned(),
        server_version: "1".to_owned(),
        now: sample::now(),
    })));
}

fn changed(harness: &mut Harness, change: Change) {
    let feed = Feed { epoch: "e".to_owned(), seq: 2 };
    harness.answer(Answer::Changes(Ok(Changes { feed, reload: false, changes: vec![change] })));
}

fn names(harness: &Harness) -> Vec<String> {
    let view = &harness.model.sites;
    view.list.rows.iter().map(|row| view.sites[*row].name.to_string()).collect()
}

#[test]
fn the_worst_come_first_and_s_sorts_by_name() {
    let mut harness = sites((80, 24));
    assert_eq!(names(&harness), ["delta-uat", "ember", "borealis", "omega", "falcon", "zenith", "acme", "corvid"]);
    harness.press("S");
    assert_eq!(names(&harness), ["acme", "borealis", "corvid", "delta-uat", "ember", "falcon", "omega", "zenith"]);
    assert_eq!(harness.model.sites.selected().unwrap().name.as_str(), "delta-uat", "the selection stays on its site");
}

#[test]
fn a_filter_matches_name_state_application_and_group() {
    let mut harness = sites((80, 24));
    for (text, found) in [("bor", "borealis"), ("silent", "omega"), ("7.6 test", "zenith")] {
        harness.press("/");
        harness.type_text(text);
        assert_eq!(names(&harness)[0], found, "{text}");
        harness.press("Esc");
    }
    harness.press("/");
    harness.type_text("zenith");
    harness.shows("Site 1/8");
    harness.type_text("q");
    harness.shows("No site matches /zenithq");
}

#[test]
fn a_site_falls_silent_while_somebody_looks() {
    let mut harness = sites((80, 24));
    harness.now = harness.now.plus(Duration::from_mins(6));
    harness.take(Message::Tick);
    harness.shows("silent 6 min");
}

#[test]
fn the_selection_stays_on_its_site_when_the_list_is_read_anew() {
    let mut harness = sites((80, 24));
    harness.press("j j j");
    let mut later = sample::sites();
    later.retain(|site| site.clones.is_none());
    harness.answer(Answer::Sites(Ok(later)));
    assert_eq!(harness.model.sites.selected().unwrap().name.as_str(), "omega");
}

#[test]
fn changes_are_read_at_once_where_somebody_looks_and_later_elsewhere() {
    let mut harness = sites((80, 24));
    changed(&mut harness, Change::Sites);
    changed(&mut harness, Change::Sites);
    let asked = harness.requests();
    assert_eq!(asked.iter().filter(|one| **one == Request::Sites).count(), 1, "one is under way");
    harness.answer(Answer::Sites(Ok(sample::sites())));
    assert_eq!(harness.requests(), [Request::Sites], "and one more follows it");
    harness.answer(Answer::Sites(Ok(sample::sites())));
    harness.press("1");
    changed(&mut harness, Change::Sites);
    assert!(!harness.requests().contains(&Request::Sites));
    harness.press("2");
    assert!(harness.requests().contains(&Request::Sites));
}

#[test]
fn a_page_opens_on_the_first_order_that_waits_and_x_takes_it_back() {
    let mut harness = page((80, 24));
    harness.press("x");
    harness.shows("Take the order back?");
    harness.shows("4720-Limits-check.st → acme");
    harness.press("Enter");
    let Task::TakeBack(task) = harness.work().tasks.remove(0) else { panic!("nothing is taken back") };
    assert_eq!(task.order, orders().open[0].id);
}

#[test]
fn the_cursor_stays_on_its_order_when_others_come_in_and_when_it_ends() {
    let mut harness = page((80, 30));
    harness.press("j");
    let mut later = orders();
    later.open.insert(0, later.finished[1].clone());
    later.open[0].state = OrderState::Queued;
    let mut ended = later.open.remove(2);
    ended.state = OrderState::Confirmed { at: sample::now() };
    later.finished.remove(1);
    later.finished.insert(0, ended);
    harness.answer(Answer::SiteOrders("acme".parse().unwrap(), Ok(later)));
    harness.press("Enter");
    harness.shows("4712-Settlement-fx.st → acme");
    harness.shows("confirmed, just now");
    harness.press("Esc x");
    harness.shows("this has ended: nothing is left to take back");
}

#[test]
fn brackets_turn_to_the_next_site_and_the_list_follows() {
    let mut harness = page((80, 24));
    harness.press("]");
    harness.shows(" 2 Sites  3 Alerts  4 Errors  5 Activity  corvid");
    let corvid = || "corvid".parse().unwrap();
    assert_eq!(harness.requests(), [Request::SiteOrders(corvid()), Request::States(corvid()), Request::Commands(Some(corvid()))]);
    harness.press("]");
    harness.shows("this is the last site of the list");
    harness.press("[ [ Esc");
    assert_eq!(harness.model.sites.selected().unwrap().name.as_str(), "zenith");
}

#[test]
fn orders_that_come_late_are_not_shown_at_another_site() {
    let mut harness = page((80, 24));
    harness.press("]");
    harness.answer(Answer::SiteOrders("acme".parse().unwrap(), Ok(orders())));
    harness.shows("reading them…");
}

#[test]
fn a_mass_drop_is_accepted_only_with_the_typed_name_of_the_site() {
    let mut harness = sites((80, 24));
    harness.press("j j A");
    assert_snapshot!("accept_drop", harness.screen());
    harness.press("Enter");
    assert_eq!(harness.requests(), [], "the name isn't typed");
    harness.type_text("borealis");
    harness.press("Enter");
    assert_eq!(harness.requests(), [Request::AcceptDrop("borealis".parse().unwrap())]);
}

#[test]
fn an_admin_gets_a_new_enrolment_string_whole_on_every_screen_and_once() {
    let mut harness = sites((60, 15));
    become_role(&mut harness, Role::Admin);
    harness.press("E");
    harness.shows("Make a new enrolment string?");
    assert_snapshot!("enrol", harness.screen());
    harness.press("Enter");
    assert_eq!(harness.requests(), [Request::Enrol("delta-uat".parse().unwrap())]);
    let string: String = "fieldpost-enrolment.".chars().chain(std::iter::repeat_n('a', 180)).collect();
    harness.answer(Answer::Enrolled("delta-uat".parse().unwrap(), Ok(string.clone())));
    let screen = harness.screen();
    let shown: String = screen.lines().filter_map(|line| line.split('│').nth(1)).map(str::trim).collect();
    assert!(shown.contains(&string), "{}", harness.screen());
    harness.press("Esc");
    assert!(!harness.screen().contains("enrolment."));
}

#[test]
fn keys_that_act_are_refused_to_those_who_may_not() {
    let mut harness = page((80, 24));
    become_role(&mut harness, Role::Viewer);
    harness.press("x");
    harness.shows("viewers look only: ask an admin for the role developer");
    become_role(&mut harness, Role::Developer);
    harness.press("E");
    harness.shows("only admins make enrolment strings");
    harness.press("A");
    harness.shows("no mass drop is held at this site");
    assert_eq!(harness.requests(), []);
}

#[test]
fn what_a_site_says_of_itself_is_shown_and_not_obeyed() {
    let mut harness = sites((200, 50));
    let mut hostile = sample::sites();
    hostile[0].agent_version = Some("1\x1b[2J".to_owned());
    hostile[0].address = Some("\u{202e}7".to_owned());
    hostile[0].applications[0].ignored[0].reason = "no\x07 bell".into();
    harness.answer(Answer::Sites(Ok(hostile)));
    harness.shows("1\\x1b[2J");
    harness.press("/ a c m e Enter Enter");
    harness.shows("1\\x1b[2J from \\u{202e}7");
    harness.shows("no\\x07 bell");
}

#[test]
fn only_rows_that_are_seen_are_drawn_of_many_sites() {
    let mut harness = sites((80, 24));
    harness.answer(Answer::Sites(Ok(sample::many_sites())));
    harness.press("S G");
    harness.shows("▌");
    harness.shows("site-199");
    assert!(!harness.screen().contains("site-100"));
}

#[test]
fn the_list_and_the_page_at_two_sizes() {
    assert_snapshot!("list_80", sites((80, 24)).screen());
    assert_snapshot!("list_200", sites((200, 50)).screen());
    assert_snapshot!("page_80", page((80, 24)).screen());
    let mut harness = page((80, 24));
    harness.press("G");
    assert_snapshot!("page_80_end", harness.screen());
    assert_snapshot!("page_200", page((200, 50)).screen());
}

#[test]
fn an_order_explained() {
    let mut harness = page((80, 24));
    harness.press("Enter");
    assert_snapshot!(harness.screen());
}

#[test]
fn a_page_that_has_nothing_to_say_says_so() {
    let mut harness = sites((80, 40));
    harness.press("G Enter");
    harness.answer(Answer::SiteOrders("corvid".parse().unwrap(), Ok(SiteOrders::default())));
    harness.answer(Answer::Activity { before: None, answer: Ok(Vec::new()) });
    assert_snapshot!(harness.screen());
}

#[test]
fn lists_that_are_not_there_yet_say_why() {
    let mut harness = Harness::sample((80, 24));
    harness.press("2");
    harness.shows("Reading the sites…");
    let words = "the server at http://127.0.0.1:8700 can't be reached: connection refused";
    harness.answer(Answer::Sites(Err(Trouble::Unreachable(words.to_owned()))));
    assert_snapshot!("list_offline", harness.screen());
    harness.answer(Answer::Sites(Ok(Vec::new())));
    assert_snapshot!("list_empty", harness.screen());
    let mut harness = sites((80, 24));
    harness.press("Enter");
    let refused = Trouble::Refused("no such site: delta-uat".to_owned());
    harness.answer(Answer::SiteOrders("delta-uat".parse().unwrap(), Err(refused)));
    assert_snapshot!("page_failed", harness.screen());
}
