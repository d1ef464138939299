//! Moving, filtering, choosing: what is selected and what is shown.

use crate::app::grid::Place;
use crate::app::harness::Harness;
use crate::app::model::Message;
use crate::app::office::Request;
use crate::app::sample;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

#[test]
fn vim_keys_and_arrows_move_and_stop_at_the_edges() {
    let mut harness = Harness::sample((80, 24));
    harness.press("k h j j l");
    assert_eq!((harness.model.grid.row, harness.model.grid.column), (2, 1));
    harness.press("G End j l");
    assert_eq!((harness.model.grid.row, harness.model.grid.column), (29, 5));
    harness.press("g Home");
    assert_eq!((harness.model.grid.row, harness.model.grid.column), (0, 0));
    harness.press("C-d C-d C-u");
    assert_eq!(harness.model.grid.row, 8, "half a page of 17 rows, down twice and up once");
}

#[test]
fn esc_and_the_next_key_that_arrive_together_are_both_taken() {
    let mut harness = Harness::sample((80, 24));
    let together = |c| Message::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT));
    harness.press("?");
    harness.take(together('j'));
    assert!(harness.model.overlay.is_none());
    assert_eq!(harness.model.grid.row, 1);
    // In a text field it is that key, as shells have it, or none.
    harness.press("/");
    harness.type_text("two words");
    harness.take(together('b'));
    harness.take(together('q'));
    assert_eq!(harness.model.grid.filter.text(), "two words");
}

#[test]
fn the_selection_is_always_on_the_screen() {
    let mut harness = Harness::with(sample::large(), (80, 24));
    for keys in ["G", "End", "PgUp PgUp h h h", "g", "Home", "End G k"] {
        harness.press(keys);
        let grid = &harness.model.grid;
        let patch = grid.selected_patch().unwrap().name.to_string();
        let site = grid.selected_site().unwrap().name.to_string();
        harness.shows(&format!("▌  {patch}"));
        harness.shows(&site);
    }
    harness.take(Message::Resize(60, 15));
    harness.shows("09998-Change.st");
}

#[test]
fn a_filter_matches_name_issue_and_author_and_says_how_many() {
    let mut harness = Harness::sample((100, 24));
    harness.press("/");
    harness.type_text("roundlots");
    harness.shows("Patch 1/30");
    harness.press("C-u");
    harness.type_text("4699");
    harness.press("Enter");
    harness.shows("reports/trade-blotter.sql");
    harness.press("Esc");
    assert_eq!(harness.model.grid.rows.len(), 30);
    harness.press("/");
    harness.type_text("ödön");
    harness.shows("4731-Journal-export.patch");
    harness.press("Esc /");
    harness.type_text("qqqqq");
    harness.shows("No patch matches /qqqqq");
    harness.shows("Esc shows everything again");
}

#[test]
fn a_version_and_a_group_choose_columns() {
    let mut harness = Harness::sample((100, 24));
    harness.press("v j j Enter");
    let sites = |harness: &Harness| {
        let grid = &harness.model.grid;
        grid.columns.iter().map(|site| grid.site(*site).name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(sites(&harness), ["corvid", "zenith"]);
    harness.press("v k k Enter s j Enter");
    assert_eq!(sites(&harness), ["corvid", "omega"]);
}

#[test]
fn a_range_marks_everything_between() {
    let mut harness = Harness::sample((80, 24));
    harness.press("j V j j V");
    let marks: Vec<_> = harness.model.grid.marks.iter().map(ToString::to_string).collect();
    assert_eq!(marks, ["4711-Order-roundLots.st", "4712-Settlement-fx.st", "4720-Limits-check.st"]);
    harness.press("C-a");
    assert_eq!(harness.model.grid.marks.len(), 30);
    harness.press("C-a");
    assert!(harness.model.grid.marks.is_empty());
    harness.press("Space Space Esc");
    assert!(harness.model.grid.marks.is_empty(), "Esc clears marks");
}

#[test]
fn another_application_is_loaded_when_it_is_picked() {
    let mut harness = Harness::sample((80, 24));
    let mut other = sample::grid().application.unwrap();
    let first = other.clone();
    other.name = "billing".parse().unwrap();
    harness.answer(crate::app::office::Answer::Apps(Ok(vec![other, first])));
    harness.reload(sample::grid());
    harness.requests();
    harness.press("a k Enter");
    assert_eq!(harness.requests(), [Request::Grid("billing".parse().unwrap())]);
}

#[test]
fn the_cell_of_every_place_is_the_one_of_the_table() {
    let harness = Harness::sample((80, 24));
    let grid = &harness.model.grid;
    let words: std::collections::BTreeSet<_> = (0..grid.table.grid.patches.len())
        .flat_map(|patch| (0..grid.table.grid.sites.len()).map(move |site| Place { patch, site }))
        .map(|place| grid.cell(place).word())
        .collect();
    let expected = [
        "absent",
        "blocked",
        "conflict",
        "deleted_at_site",
        "in_sync",
        "not_sent",
        "only_at_site",
        "other_version",
        "retrieve",
        "send_update",
        "sending",
        "unknown",
    ];
    assert_eq!(words.into_iter().collect::<Vec<_>>(), expected, "the sample has a cell of every kind");
}
