//! Going from tab to tab: each is found again as it was left.

use crate::app::harness::Harness;
use crate::app::model::Message;
use crate::app::office::{Answer, Request};
use crate::app::sample;
use crate::app::screens::Tab;

fn with_sites(size: (u16, u16)) -> Harness {
    let mut harness = Harness::sample(size);
    harness.press("2");
    harness.answer(Answer::Sites(Ok(sample::sites())));
    harness
}

#[test]
fn digits_show_tabs_and_tab_goes_around() {
    let mut harness = Harness::sample((120, 30));
    harness.shows(" 1 Patches  2 Sites  3 Alerts  4 Errors  5 Activity  trading");
    let mut seen = Vec::new();
    for key in ["2", "3", "4", "5", "1", "Tab", "Tab", "Tab", "Tab", "Tab", "S-Tab"] {
        harness.press(key);
        seen.push(harness.model.screens.tab);
    }
    let expected = [
        Tab::Sites,
        Tab::Alerts,
        Tab::Errors,
        Tab::Activity,
        Tab::Patches,
        Tab::Sites,
        Tab::Alerts,
        Tab::Errors,
        Tab::Activity,
        Tab::Patches,
        Tab::Activity,
    ];
    assert_eq!(seen, expected);
    harness.press("9");
    assert_eq!(harness.model.screens.tab, Tab::Activity, "a digit without a tab does nothing");
}

#[test]
fn every_tab_is_named_where_there_is_room_and_else_only_the_shown_one() {
    let mut harness = Harness::sample((120, 24));
    harness.shows(" 1 Patches  2 Sites  3 Alerts  4 Errors  5 Activity  trading");
    harness.take(Message::Resize(60, 15));
    harness.shows(" 1 Patches  2  3  4  5  trading");
    harness.press("2");
    harness.shows(" 1 Patches  2 Sites  3 Alerts  4 Errors  5 Activity");
}

#[test]
fn each_tab_keeps_its_selection_its_filter_and_what_was_opened_over_it() {
    let mut harness = with_sites((80, 24));
    harness.press("1 j j d 2 / o m e Enter Enter 1");
    harness.shows("Fetching both contents");
    harness.press("2");
    harness.shows(" 2 Sites  3 Alerts  4 Errors  5 Activity  omega");
    harness.press("Esc");
    harness.shows("/ome");
    harness.press("1 Esc");
    assert_eq!(harness.model.grid.row, 2);
}

#[test]
fn a_tab_is_read_when_it_is_first_shown_and_again_only_after_a_change() {
    let mut harness = Harness::sample((80, 24));
    harness.press("2");
    assert_eq!(harness.requests(), [Request::Sites]);
    harness.answer(Answer::Sites(Ok(sample::sites())));
    harness.press("1 2 5 2");
    let asked = harness.requests();
    assert!(!asked.contains(&Request::Sites), "{asked:?}");
    harness.press("r");
    assert!(harness.requests().contains(&Request::Sites));
}
