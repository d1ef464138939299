//! How many bytes go to the terminal: people sit behind slow lines. `tests/tests/system/wire.rs` measures the same through a pseudo
//! terminal.

use crate::app::harness::Harness;
use crate::app::model::Message;
use crate::app::office::Answer;
use crate::app::terminal::{Frugal, Pending, write_frame};
use crate::app::{sample, view::view};
use fieldpost_common::api::Changes;
use fieldpost_common::grid::Feed;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use std::io::{self, LineWriter, Write};

pub(super) struct Wire {
    terminal: Terminal<Frugal<Pending>>,
    pending: Pending,
    /// Buffered as standard output is.
    out: LineWriter<Counting>,
}

/// A terminal that counts.
#[derive(Debug, Default)]
struct Counting {
    bytes: Vec<u8>,
    writes: usize,
}

impl Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Wire {
    pub(super) fn new((width, height): (u16, u16)) -> Self {
        let pending = Pending::default();
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, width, height)) };
        let terminal = Terminal::with_options(Frugal::new(pending.clone()), options).unwrap();
        Self { terminal, pending, out: LineWriter::new(Counting::default()) }
    }

    pub(super) fn draw(&mut self, harness: &Harness) -> usize {
        self.frame(harness).bytes.len()
    }

    /// What a frame is for the terminal.
    fn frame(&mut self, harness: &Harness) -> Counting {
        self.terminal.draw(|frame| view(&harness.model, frame)).unwrap();
        write_frame(&mut self.out, &self.pending.take()).unwrap();
        std::mem::take(self.out.get_mut())
    }
}

#[test]
fn a_frame_is_one_write_in_the_marks_of_a_synchronised_update() {
    for size in [(80, 24), (200, 50)] {
        let mut harness = Harness::with(sample::large(), size);
        let mut wire = Wire::new(size);
        for key in ["Esc", "j", "G", "g", "/", "o", "Enter", "2", "?", "Esc", "1"] {
            harness.press(key);
            let Counting { bytes, writes } = wire.frame(&harness);
            let marked = bytes.starts_with(b"\x1b[?2026h") && bytes.ends_with(b"\x1b[?2026l");
            assert!(bytes.is_empty() && writes == 0 || marked && writes == 1, "{key}: {writes} writes of {bytes:?}");
        }
    }
}

#[test]
fn a_frame_like_the_one_before_is_no_byte_with_and_without_a_cursor() {
    let mut harness = Harness::sample((80, 24));
    let mut wire = Wire::new((80, 24));
    let feed = Feed { epoch: "e".to_owned(), seq: 1 };
    // The patches, and their filter with a cursor in it.
    for keys in ["g", "/ o", "Esc g"] {
        harness.press(keys);
        assert!(wire.draw(&harness) > 0, "{keys}");
        harness.take(Message::Tick);
        assert_eq!(wire.draw(&harness), 0, "the clock, after {keys}");
        harness.answer(Answer::Changes(Ok(Changes { feed: feed.clone(), reload: false, changes: Vec::new() })));
        assert_eq!(wire.draw(&harness), 0, "a server's \"nothing changed\", after {keys}");
    }
    harness.press("g");
    assert_eq!(wire.draw(&harness), 0, "a key that changes nothing");
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
    println!("full {full}, moves {moves:?}");
    assert!(moves.iter().all(|bytes| *bytes < 400), "moves take {moves:?} bytes");
}

/// Keys along each row there and back, and then down and up each column.
fn over_all(columns: usize, rows: usize) -> Vec<&'static str> {
    let snake = |along: usize, across: usize, [there, back, next]: [&'static str; 3]| -> Vec<_> {
        let line = |line: usize| std::iter::repeat_n(if line.is_multiple_of(2) { there } else { back }, along - 1).chain([next]);
        (0..across).flat_map(line).collect()
    };
    [snake(columns, rows, ["l", "h", "j"]), vec!["g"], snake(rows, columns, ["j", "k", "l"])].concat()
}

#[test]
fn no_single_move_to_a_neighbour_goes_over_its_budget_and_none_that_scrolls_over_that_of_scrolling() {
    for (size, most, most_scrolled) in [((80, 24), 400, 2 << 10), ((200, 50), 450, 6 << 10)] {
        let mut harness = Harness::sample(size);
        let mut wire = Wire::new(size);
        let place = |harness: &Harness| (harness.model.grid.top, harness.model.grid.left);
        let (mut moved, mut scrolled) = ((0, String::new()), (0, String::new()));
        wire.draw(&harness);
        for key in over_all(harness.model.grid.columns.len(), harness.model.grid.rows.len()) {
            let before = place(&harness);
            harness.press(key);
            let bytes = wire.draw(&harness);
            let worst = if place(&harness) == before && key != "g" { &mut moved } else { &mut scrolled };
            if bytes > worst.0 {
                *worst = (bytes, harness.screen());
            }
        }
        println!("{size:?}: a move takes at most {} bytes, one that scrolls {}", moved.0, scrolled.0);
        assert!(moved.0 <= most, "{size:?}: {} bytes to\n{}", moved.0, moved.1);
        assert!(scrolled.0 <= most_scrolled, "{size:?}: {} bytes to\n{}", scrolled.0, scrolled.1);
    }
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
    assert_eq!(wire.draw(&harness), 0, "nothing changed");
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
