//! What comes in while somebody looks: new grids, lost contact, late answers.

use crate::app::harness::Harness;
use crate::app::model::{Link, Message};
use crate::app::office::{Answer, Request, Ticket, Trouble};
use crate::app::{sample, sample_health};
use fieldpost_common::api::{Change, Changes, Restored};
use fieldpost_common::grid::Feed;
use std::time::Duration;

fn changes(reload: bool, changes: Vec<Change>) -> Answer {
    Answer::Changes(Ok(Changes { feed: Feed { epoch: "e".to_owned(), seq: 2 }, reload, changes }))
}

fn grid_changed() -> Answer {
    changes(false, vec![Change::Grid { application: "trading".parse().unwrap() }])
}

#[test]
fn the_selection_stays_on_its_patch_and_site_when_others_come_in_before_it() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4720-Limits-check.st", "delta-uat");
    harness.press("Space");
    harness.select("4720-Limits-check.st", "delta-uat");
    let mut grid = sample::grid();
    grid.patches.insert(0, grid.patches[6].clone());
    grid.patches[0].name = "0000-First.st".parse().unwrap();
    grid.sites.insert(0, grid.sites[0].clone());
    grid.sites[0].name = "aaa".parse().unwrap();
    grid.cells.clear();
    harness.reload(grid);
    let view = &harness.model.grid;
    assert_eq!(view.selected_patch().unwrap().name.as_str(), "4720-Limits-check.st");
    assert_eq!(view.selected_site().unwrap().name.as_str(), "delta-uat");
    assert_eq!(view.marks.len(), 1, "marks are kept by name");
}

#[test]
fn a_patch_that_vanishes_leaves_the_selection_at_its_place() {
    let mut harness = Harness::sample((80, 24));
    harness.press("G");
    let mut grid = sample::grid();
    grid.patches.truncate(3);
    grid.cells.clear();
    harness.reload(grid);
    assert_eq!(harness.model.grid.row, 2);
    harness.shows("4712-Settlement-fx.st");
}

#[test]
fn many_changes_at_once_load_the_grid_twice_at_most() {
    let mut harness = Harness::sample((80, 24));
    for _ in 0..5 {
        harness.answer(grid_changed());
    }
    let loads = |harness: &mut Harness| harness.requests().iter().filter(|one| matches!(one, Request::Grid(_))).count();
    assert_eq!(loads(&mut harness), 1);
    harness.reload(sample::grid());
    assert_eq!(loads(&mut harness), 1, "what came meanwhile is one more load");
    harness.reload(sample::grid());
    assert_eq!(loads(&mut harness), 0);
}

#[test]
fn a_change_of_another_application_loads_nothing() {
    let mut harness = Harness::sample((80, 24));
    harness.answer(changes(false, vec![Change::Grid { application: "other".parse().unwrap() }, Change::Activity]));
    assert!(matches!(harness.requests()[..], [Request::Watch { .. }]));
}

#[test]
fn only_one_question_for_changes_is_under_way() {
    let mut harness = Harness::sample((80, 24));
    harness.reload(sample::grid());
    harness.reload(sample::grid());
    assert!(harness.requests().is_empty());
    harness.answer(grid_changed());
    let watches = harness.requests().iter().filter(|one| matches!(one, Request::Watch { .. })).count();
    assert_eq!(watches, 1);
}

#[test]
fn the_narrowest_screen_says_that_sites_have_to_report_and_first_of_all_that_the_server_is_away() {
    let mut harness = Harness::sample((80, 24));
    let mut status = sample_health::status();
    let (at, from) = (harness.now, "copy.db".into());
    status.restored = Some(Restored { at, from, newest: at, sites: 120, reported: 3 });
    harness.answer(Answer::Status(Ok(Box::new(status))));
    harness.shows("restored: 3 of 120 reported");
    harness.answer(Answer::Changes(Err(Trouble::Unreachable("the server can't be reached".to_owned()))));
    harness.shows("OFFLINE");
}

#[test]
fn without_contact_the_last_state_stays_with_its_age_and_the_waits_get_longer() {
    let mut harness = Harness::sample((80, 24));
    let mut waits = Vec::new();
    for _ in 0..8 {
        harness.answer(Answer::Changes(Err(Trouble::Unreachable("the server can't be reached".to_owned()))));
        for request in harness.requests() {
            let Request::Watch { after, .. } = request else { panic!("asked for {request:?}") };
            waits.push(after.as_secs());
        }
    }
    assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60, 60]);
    harness.now = harness.now.plus(Duration::from_mins(7));
    harness.take(Message::Tick);
    harness.shows("OFFLINE 7 min");
    harness.shows("4711-Order-roundLots.st");
    harness.answer(changes(false, Vec::new()));
    assert_eq!(harness.model.link, Link::Online);
    assert!(harness.requests().contains(&Request::Apps), "everything is read again");
}

#[test]
fn a_comparison_that_comes_late_is_not_taken_for_another() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("d");
    let late = crate::app::compare::compare(None, Some(b"of another patch"));
    harness.answer(Answer::Compared(Ticket(999), Ok(Box::new(late))));
    harness.shows("Fetching both contents");
}

#[test]
fn a_note_goes_by_itself_and_an_error_stays_until_a_key() {
    let mut harness = Harness::sample((80, 24));
    harness.model.note("done");
    assert!(harness.model.wake() <= harness.now.plus(Duration::from_secs(4)));
    harness.now = harness.now.plus(Duration::from_secs(4));
    harness.take(Message::Tick);
    assert_eq!(harness.model.toast, None);
    harness.model.error("no space left");
    harness.now = harness.now.plus(Duration::from_hours(1));
    harness.take(Message::Tick);
    harness.shows("! no space left");
    harness.press("j");
    assert_eq!(harness.model.toast, None);
}

#[test]
fn what_is_too_long_for_the_last_row_begins_in_the_one_above() {
    let mut harness = Harness::sample((80, 24));
    harness.press("j");
    harness.model.error(format!("{}: the server can't be reached", "sql/V33__odd_lot_book.sql → borealis, ".repeat(2)));
    let screen = harness.screen();
    let rows: Vec<_> = screen.lines().collect();
    assert!(rows[rows.len() - 2].starts_with(" ! sql/V33__odd_lot_book.sql"), "{screen}");
    assert!(rows[rows.len() - 1].ends_with("the server can't be reached"), "{screen}");
}

#[test]
fn why_nothing_could_be_read_is_never_cut_off() {
    let why = "the server at https://post.acme.example can't be reached: connection refused\n\
        check the address, the network and the server's certificate";
    for tab in ["1", "2", "5"] {
        let mut harness = Harness::new((60, 15));
        harness.press(tab);
        harness.model.link = Link::Offline { since: harness.now, why: why.to_owned(), wait: Duration::from_secs(1) };
        harness.shows("refused");
        harness.shows("certificate");
    }
}

#[test]
fn an_authors_address_is_left_out_where_room_is_short() {
    let mut grid = sample::grid();
    for patch in &mut grid.patches {
        patch.author = Some("Ada Brandt <ada@vendor.example>".to_owned());
    }
    let harness = Harness::with(grid, (200, 50));
    harness.shows("Ada Brandt  ");
    assert!(!harness.screen().contains("Ada Brandt …"), "{}", harness.screen());
}

#[test]
fn the_clock_wakes_at_most_once_a_minute() {
    let harness = Harness::sample((80, 24));
    let next = harness.model.wake().as_ms() - harness.now.as_ms();
    assert!((1..=60_000).contains(&next), "{next} ms");
}
