//! How many bytes go to the terminal: people sit behind slow lines.

use crate::app::harness::Harness;
use crate::app::office::Answer;
use crate::app::terminal::{Frugal, Pending};
use crate::app::{sample, view::view};
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

pub(super) struct Wire {
    terminal: Terminal<Frugal<Pending>>,
    pending: Pending,
}

impl Wire {
    pub(super) fn new((width, height): (u16, u16)) -> Self {
        crossterm::style::force_color_output(true);
        let pending = Pending::default();
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, width, height)) };
        Self { terminal: Terminal::with_options(Frugal::new(pending.clone()), options).unwrap(), pending }
    }

    pub(super) fn draw(&mut self, harness: &Harness) -> usize {
        self.terminal.draw(|frame| view(&harness.model, frame)).unwrap();
        self.pending.take().len()
    }
}

#[test]
fn a_full_screen_takes_under_five_kilobytes_and_a_move_under_400_bytes() {
    let mut harness = Harness::sample((80, 24));
    let mut wire = Wire::new((80, 24));
    let full = wire.draw(&harness);
    assert!(full < 5 * 1024, "the full screen takes {full} bytes");
    let mut moves = Vec::new();
    for key in ["j", "j", "l", "j", "k", "h", "j", "j", "j", "l"] {
        harness.press(key);
        moves.push(wire.draw(&harness));
    }
    moves.sort_unstable();
    println!("full {full}, moves {moves:?}");
    assert!(moves[moves.len() / 2] < 400, "moves take {moves:?} bytes");
}

/// Bytes of each key on the large grid, after a first frame.
fn each(size: (u16, u16), before: &str, keys: &str) -> Vec<usize> {
    let mut harness = Harness::with(sample::large(), size);
    let mut wire = Wire::new(size);
    harness.press(before);
    let full = wire.draw(&harness);
    let bytes = keys.split(' ').map(|key| {
        harness.press(key);
        wire.draw(&harness)
    });
    let bytes = bytes.collect();
    println!("{size:?} {before}: full {full}, {keys}: {bytes:?}");
    assert!(size.0 > 80 || full < 5 * 1024, "the full screen takes {full} bytes");
    bytes
}

#[test]
fn a_move_on_a_large_grid_takes_under_400_bytes_and_under_450_on_a_big_screen() {
    for (size, most) in [((80, 24), 400), ((200, 50), 450)] {
        let bytes = each(size, "j j", "j j l j k h j l l j");
        assert!(bytes.iter().all(|bytes| *bytes <= most), "{bytes:?}");
    }
}

#[test]
fn scrolling_a_large_grid_by_a_row_takes_under_two_kilobytes_and_under_six_on_a_big_screen() {
    for (size, most) in [((80, 24), 2 << 10), ((200, 50), 6 << 10)] {
        let bytes = each(size, "G g C-d C-d C-d C-d C-d C-d", "j j j j");
        assert!(bytes.iter().all(|bytes| *bytes <= most), "{bytes:?}");
    }
}

#[test]
fn a_large_grid_costs_no_more_than_what_is_seen_of_it() {
    let mut harness = Harness::with(sample::large(), (80, 24));
    let mut wire = Wire::new((80, 24));
    let full = wire.draw(&harness);
    assert!(full < 5 * 1024, "the full screen takes {full} bytes");
    harness.press("G End");
    wire.draw(&harness);
    assert!(wire.draw(&harness) < 30, "nothing changed");
}

/// The most that a move costs over a walk.
fn worst(harness: &mut Harness, wire: &mut Wire, keys: &[&str]) -> usize {
    wire.draw(harness);
    let cost = |key: &&str| {
        harness.press(key);
        wire.draw(harness)
    };
    keys.iter().map(cost).max().unwrap()
}

#[test]
fn the_other_tabs_keep_to_the_same_budgets() {
    let mut harness = Harness::sample((80, 24));
    harness.press("2");
    harness.answer(Answer::Sites(Ok(sample::many_sites())));
    let full = Wire::new((80, 24)).draw(&harness);
    let moves = worst(&mut harness, &mut Wire::new((80, 24)), &["j", "j", "k", "j", "j"]);
    harness.press("5");
    harness.answer(Answer::Activity { before: None, answer: Ok(sample::activity(1_250, 200)) });
    let feed = Wire::new((80, 24)).draw(&harness);
    let feed_moves = worst(&mut harness, &mut Wire::new((80, 24)), &["j", "j", "k", "j", "j"]);
    println!("sites: full {full}, a move {moves}; activity: full {feed}, a move {feed_moves}");
    assert!(full < 5 * 1024 && feed < 5 * 1024, "sites {full} bytes, activity {feed} bytes");
    assert!(moves < 400 && feed_moves < 400, "a move takes {moves} bytes among the sites, {feed_moves} in the feed");
}

#[test]
fn a_cursor_move_on_a_page_costs_a_few_bytes() {
    let mut harness = Harness::sample((80, 24));
    harness.press("2");
    harness.answer(Answer::Sites(Ok(sample::sites())));
    harness.press("Enter");
    let moves = worst(&mut harness, &mut Wire::new((80, 24)), &["j", "j", "k"]);
    assert!(moves < 100, "a move takes {moves} bytes");
}
