//! What the diff screen and the history look like, in each of their states: small without colours, large with every style written
//! out.

use super::diffs::{answer, answer_lines, long, opened, opened_history};
use crate::app::harness::Harness;
use crate::app::office::{Answer, Request, Trouble};
use crate::app::theme::Theme;
use crate::app::view::view;
use insta::assert_snapshot;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Cell;
use ratatui::style::Color;

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (200, 50);

/// A name for each way to look, and nothing for the plain one.
fn style(cell: &Cell) -> String {
    let colour = if cell.fg == Color::Reset { String::new() } else { format!("{:?} ", cell.fg).to_lowercase() };
    let modifiers = if cell.modifier.is_empty() { String::new() } else { format!("{:?}", cell.modifier).to_lowercase() };
    format!("{colour}{modifiers}").trim().replace(" | ", " ")
}

/// The screen with its styles: `‹red: text›`.
fn styled(harness: &Harness) -> String {
    let (width, height) = harness.model.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view(&harness.model, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let row = |y: u16| {
        let mut runs: Vec<(String, String)> = Vec::new();
        for x in 0..width {
            let cell = &buffer[(x, y)];
            match runs.last_mut() {
                Some((last, text)) if *last == style(cell) => text.push_str(cell.symbol()),
                _ => runs.push((style(cell), cell.symbol().to_owned())),
            }
        }
        let run =
            |(style, text): &(String, String)| if style.is_empty() { text.clone() } else { format!("‹{style}: {text}›") };
        runs.iter().map(run).collect::<String>().trim_end().to_owned()
    };
    (0..height).map(row).collect::<Vec<_>>().join("\n")
}

/// Both looks of what a story leads to.
fn looks(name: &str, story: impl Fn((u16, u16)) -> Harness) {
    let mut small = story(SMALL);
    small.model.look.theme = Theme::Mono;
    assert_snapshot!(format!("{name}_80x24"), small.screen());
    assert_snapshot!(format!("{name}_200x50"), styled(&story(LARGE)));
}

fn long_diff(size: (u16, u16), keys: &str) -> Harness {
    let (old, new) = long();
    let mut harness = opened(size, old.as_bytes(), new.as_bytes());
    harness.press(keys);
    harness
}

fn asked() -> impl Fn((u16, u16)) -> Harness {
    |size| {
        let mut harness = Harness::sample(size);
        harness.select("4688-Quote-cache.st", "acme");
        harness.press("d");
        harness
    }
}

#[test]
fn unified_and_folded() {
    looks("diff_folded", |size| long_diff(size, "]"));
    looks("diff_unfolded", |size| long_diff(size, "E ]"));
}

#[test]
fn side_by_side() {
    assert_snapshot!("diff_side_by_side_200x50", styled(&long_diff(LARGE, "Tab")));
    assert_snapshot!("diff_side_by_side_refused_80x24", long_diff(SMALL, "Tab").screen());
    assert_snapshot!("diff_side_by_side_100x24", long_diff((100, 24), "Tab #").screen());
}

#[test]
fn a_search() {
    looks("diff_search", |size| {
        let mut harness = long_diff(size, "/");
        harness.type_text("order");
        harness.press("Down");
        harness
    });
}

#[test]
fn whitespace_ignored() {
    looks("diff_whitespace_ignored", |size| {
        let mut harness = long_diff(size, "w");
        answer_lines(&mut harness);
        harness
    });
}

#[test]
fn a_binary_content() {
    looks("diff_binary", |size| opened(size, b"MZ\0\x01old", b"\x89PNG\r\n\x1a\n\0newer"));
}

#[test]
fn a_guessed_encoding_and_the_line_ends_of_a_mac() {
    looks("diff_guess", |size| opened(size, b"caf\xe9 noir\nun\n", b"caf\xe9 cr\xe8me\nun\n"));
    looks("diff_mac", |size| opened(size, b"one\rtwo\rthree\r", b"one\ntwo\nthree\nfour\n"));
}

#[test]
fn a_huge_line_and_hostile_characters() {
    looks("diff_huge_line", |size| {
        let line = |middle: &str| format!("{}{middle}{}\n", "x".repeat(30), "y".repeat(1_000_000));
        opened(size, line("old").as_bytes(), format!("{}\x1b[2J\u{202e}\ta\tb\n", line("new")).as_bytes())
    });
}

#[test]
fn before_and_without_an_answer() {
    looks("diff_loading", asked());
    looks("diff_failed", |size| {
        let mut harness = asked()(size);
        let Some(Request::Compare { ticket, .. }) = harness.requests().pop() else { panic!("no comparison was asked for") };
        let words = "the server doesn't have content 8c63fadc yet\nit comes home with one of the site's next polls";
        harness.answer(Answer::Compared(ticket, Err(Trouble::Refused(words.to_owned()))));
        harness
    });
}

#[test]
fn a_history() {
    looks("history", opened_history);
    looks("history_two_marked", |size| {
        let mut harness = opened_history(size);
        harness.press("j Space j j Space");
        harness
    });
    looks("history_diff", |size| {
        let mut harness = opened_history(size);
        harness.press("j d");
        answer(&mut harness, Some(b"a\nb\n"), Some(b"a\nc\n"));
        harness
    });
}
