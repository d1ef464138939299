//! How many bytes go to the terminal: people sit behind slow lines.

use crate::app::harness::Harness;
use crate::app::terminal::Pending;
use crate::app::{sample, view::view};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

struct Wire {
    terminal: Terminal<CrosstermBackend<Pending>>,
    pending: Pending,
}

impl Wire {
    fn new((width, height): (u16, u16)) -> Self {
        crossterm::style::force_color_output(true);
        let pending = Pending::default();
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, width, height)) };
        Self { terminal: Terminal::with_options(CrosstermBackend::new(pending.clone()), options).unwrap(), pending }
    }

    fn draw(&mut self, harness: &Harness) -> usize {
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
