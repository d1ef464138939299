//! Without the server: what is shown stays, and keys that take it say so at once.

use crate::app::harness::Harness;
use crate::app::model::{Link, Message};
use crate::app::office::{Answer, Trouble};
use crossterm::event::KeyCode;

const WHY: &str = "that takes the server, which doesn't answer now";

/// Contact is lost.
fn lose(harness: &mut Harness) {
    harness.answer(Answer::Changes(Err(Trouble::Unreachable("the server can't be reached".to_owned()))));
    assert!(matches!(harness.model.link, Link::Offline { .. }));
    harness.requests();
}

#[test]
fn keys_that_take_the_server_say_at_once_that_it_is_away_and_open_nothing() {
    for key in ["+", ">", "D", "d", "=", "p", "H", "Enter"] {
        let mut harness = Harness::sample((100, 24));
        harness.select("4711-Order-roundLots.st", "acme");
        lose(&mut harness);
        harness.press(key);
        harness.shows(&format!("{WHY} (r tries at once)"));
        assert!(harness.model.dialog.is_none() && harness.model.screens.top().is_none(), "{key}");
        assert_eq!(harness.requests(), [], "{key}");
    }
    for (key, patch, site) in
        [("<", "4688-Quote-cache.st", "acme"), ("m", "4712-Settlement-fx.st", "borealis"), ("x", "4720-Limits-check.st", "acme")]
    {
        let mut harness = Harness::sample((100, 24));
        harness.select(patch, site);
        lose(&mut harness);
        harness.press(key);
        harness.shows(WHY);
        assert_eq!(harness.requests(), [], "{key}");
    }
}

#[test]
fn the_footer_and_the_list_of_actions_tell_which_keys_take_the_server() {
    let mut harness = Harness::sample((100, 24));
    harness.select("4711-Order-roundLots.st", "acme");
    harness.shows("+ > send");
    lose(&mut harness);
    assert!(!harness.screen().contains("+ > send"));
    harness.press(":");
    harness.type_text("missing or older");
    harness.shows(WHY);
}

#[test]
fn a_dialog_that_is_open_when_the_server_goes_stays_and_can_be_answered_once_it_is_back() {
    let mut harness = Harness::sample((100, 24));
    harness.select("4711-Order-roundLots.st", "acme");
    harness.press(">");
    lose(&mut harness);
    harness.press("Enter");
    harness.shows(WHY);
    assert!(harness.model.dialog.is_some());
    assert_eq!(harness.requests(), []);
    harness.model.link = Link::Online;
    harness.press("Enter");
    assert_eq!(harness.sent().len(), 1);
}

#[test]
fn what_takes_no_server_works_without_it_and_no_key_is_swallowed() {
    let mut harness = Harness::sample((100, 24));
    lose(&mut harness);
    harness.press("j Space / ");
    harness.type_text("fx");
    harness.press("Enter");
    harness.shows("2/30");
    harness.press("Esc J q S j Enter ? Esc");
    for site in ["borealis", "acme"] {
        harness.select("4720-Limits-check.st", site);
        harness.press("Enter");
        assert!(harness.model.dialog.is_some(), "words are there without the server");
        harness.press("Esc");
    }
    harness.take(Message::Key(KeyCode::Char('r').into()));
    assert!(!harness.requests().is_empty(), "r tries at once");
}
