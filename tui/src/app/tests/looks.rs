//! What the screens look like.

use crate::app::compare::compare;
use crate::app::harness::Harness;
use crate::app::office::{Answer, Request, Trouble};
use crate::app::{sample, theme::Theme, view::view};
use fieldpost_common::grid::Grid;
use insta::assert_snapshot;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Modifier;

const OLD: &str = "Order>>roundLots\n\t\"bn 2026\"\n\t| lots |\n\tlots := quantity // 100.\n\t^lots * 100\n";
const NEW: &str = "Order>>roundLots\n\t\"mk 2026\"\n\t| lots |\n\tlots := quantity // self lotSize.\n\t^lots * self lotSize\n";

#[test]
fn the_grid_at_80_by_24() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4712-Settlement-fx.st", "borealis");
    assert_snapshot!(harness.screen());
}

#[test]
fn the_grid_at_200_by_50() {
    let mut harness = Harness::sample((200, 50));
    harness.press("j Space Space");
    assert_snapshot!(harness.screen());
}

#[test]
fn the_grid_at_60_by_15() {
    assert_snapshot!(Harness::sample((60, 15)).screen());
}

#[test]
fn a_terminal_that_is_too_small_says_so() {
    assert_snapshot!(Harness::sample((59, 14)).screen());
}

#[test]
fn a_filter_being_typed() {
    let mut harness = Harness::sample((80, 24));
    harness.press("/");
    harness.type_text("reports");
    assert_snapshot!(harness.screen());
}

#[test]
fn no_application_and_no_patch_and_no_contact() {
    let mut harness = Harness::new((80, 24));
    harness.answer(Answer::Apps(Ok(Vec::new())));
    assert_snapshot!("no_application", harness.screen());
    let empty = Grid { patches: Vec::new(), cells: Vec::new(), ..sample::grid() };
    assert_snapshot!("no_patch", Harness::with(empty, (80, 24)).screen());
    let mut harness = Harness::new((80, 24));
    let words = "the server at http://127.0.0.1:8700 can't be reached: connection refused\ncheck the address";
    harness.answer(Answer::Apps(Err(Trouble::Unreachable(words.to_owned()))));
    assert_snapshot!("no_contact", harness.screen());
}

#[test]
fn dialogs() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4711-Order-roundLots.st", "borealis");
    harness.press("+");
    assert_snapshot!("send_one", harness.screen());
    harness.press("Esc C-a >");
    assert_snapshot!("send_many", harness.screen());
    harness.press("Esc C-a");
    harness.select("4712-Settlement-fx.st", "borealis");
    harness.press(">");
    assert_snapshot!("send_over_a_conflict", harness.screen());
    harness.press("Esc");
    harness.select("4720-Limits-check.st", "borealis");
    harness.press("Enter");
    assert_snapshot!("why_it_is_blocked", harness.screen());
    harness.press("Esc v");
    assert_snapshot!("versions", harness.screen());
    harness.press("Esc S");
    assert_snapshot!("orders", harness.screen());
    harness.press("Esc s");
    assert_snapshot!("groups", harness.screen());
    harness.press("Esc");
    harness.select("4720-Limits-check.st", "acme");
    harness.press("x");
    assert_snapshot!("take_back", harness.screen());
    harness.press("Esc J");
    assert_snapshot!("no_jobs", harness.screen());
}

#[test]
fn a_send_of_what_is_the_same_everywhere_says_so() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4731-Journal-export.patch", "acme");
    harness.press("Space c >");
    harness.shows("Every chosen cell is already as it would be.");
}

#[test]
fn a_diff_and_its_question() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("<");
    let Some(Request::Compare { ticket, .. }) = harness.requests().pop() else { panic!("no comparison was asked for") };
    let mut comparison = compare(Some(OLD.as_bytes()), Some(NEW.as_bytes()));
    // The sample's hashes stand for words, not for these texts.
    comparison.left.as_mut().unwrap().sha256 = sample::content("quote2");
    comparison.right.as_mut().unwrap().sha256 = sample::content("quote-by-hand");
    harness.answer(Answer::Compared(ticket, Ok(Box::new(comparison))));
    assert_snapshot!("diff", harness.screen());
    harness.press("Enter");
    assert_snapshot!("publish", harness.screen());
}

#[test]
fn binary_contents_are_compared_by_facts() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("d");
    let Some(Request::Compare { ticket, .. }) = harness.requests().pop() else { panic!("no comparison was asked for") };
    harness.answer(Answer::Compared(ticket, Ok(Box::new(compare(Some(b"\0old"), Some(b"\0newer"))))));
    assert_snapshot!(harness.screen());
}

#[test]
fn help_lists_the_keys_of_the_place_it_is_asked_from() {
    let mut harness = Harness::sample((80, 24));
    harness.press("?");
    assert_snapshot!("help_of_the_grid", harness.screen());
    harness.press("Esc");
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("d ?");
    harness.shows("the next change");
}

#[test]
fn without_colour_the_newer_half_and_the_selection_are_still_seen() {
    let mut harness = Harness::sample((80, 24));
    harness.model.look.theme = Theme::Mono;
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| view(&harness.model, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let mark = |x: u16, y: u16| (buffer[(x, y)].symbol().to_owned(), buffer[(x, y)].modifier);
    let find = |y: u16, from: u16, what: &str| (from..80).find(|x| buffer[(*x, y)].symbol() == what).unwrap();
    let y = 4;
    let (newer, older) = (find(y, 3, ">"), find(y, 3, "<"));
    assert!(mark(newer, y).1.contains(Modifier::BOLD | Modifier::UNDERLINED), "{:?}", mark(newer, y));
    assert!(!mark(older, y).1.contains(Modifier::BOLD), "{:?}", mark(older, y));
    assert!((0..80).any(|x| buffer[(x, 3)].modifier.contains(Modifier::REVERSED)), "the selected cell is reversed");
    let colours = (0..24).flat_map(|y| (0..80).map(move |x| (x, y))).filter(|at| {
        let cell = &buffer[*at];
        cell.fg != ratatui::style::Color::Reset || cell.bg != ratatui::style::Color::Reset
    });
    assert_eq!(colours.count(), 0);
}

#[test]
fn hostile_names_are_shown_and_not_obeyed() {
    let mut grid = sample::grid();
    grid.patches[0].author = Some("\x1b[2Jmk".to_owned());
    let harness = Harness::with(grid, (200, 50));
    harness.shows("\\x1b[2Jmk");
}
