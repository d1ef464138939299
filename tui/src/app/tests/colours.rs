//! The same screens in other looks: blue and orange, ASCII only, with wide characters.

use crate::app::glyphs::Glyphs;
use crate::app::harness::Harness;
use crate::app::look::Effects;
use crate::app::office::{Answer, Request};
use crate::app::sample;
use crate::app::theme::{Depth, Theme};
use insta::assert_snapshot;
use unicode_width::UnicodeWidthStr as _;

#[test]
fn the_grid_in_the_terminals_colours() {
    assert_snapshot!(Harness::sample((80, 24)).styled_screen());
}

#[test]
fn the_grid_in_blue_and_orange() {
    let mut harness = Harness::sample((80, 24));
    harness.model.look.theme = Theme::BlueOrange(Depth::Millions);
    assert_snapshot!(harness.styled_screen());
}

#[test]
fn the_grid_in_ascii() {
    let mut harness = Harness::sample((80, 24));
    harness.model.look.glyphs = Glyphs::Ascii;
    assert_snapshot!("the_grid_in_ascii", harness.screen());
    harness.press("? G");
    assert_snapshot!("the_legend_in_ascii", harness.screen());
}

#[test]
fn in_ascii_mode_nothing_of_ours_is_outside_ascii() {
    let mut grid = sample::grid();
    grid.patches[4].author = Some("in".to_owned());
    let mut harness = Harness::with(grid, (120, 40));
    harness.model.look.glyphs = Glyphs::Ascii;
    for keys in ["", "Space", "/ x", "Esc", "?", "Esc", ":", "Esc", "y", "Esc", "a", "Esc", "v", "Esc", "+", "Esc", "G", "d"] {
        harness.press(keys);
        let screen = harness.screen();
        let foreign: String = screen.chars().filter(|c| !c.is_ascii()).collect();
        assert_eq!(foreign, "", "after {keys}:\n{screen}");
    }
}

#[test]
fn the_other_tabs_draw_nothing_of_their_own_outside_ascii_either() {
    let mut harness = Harness::sample((120, 40));
    harness.model.look.glyphs = Glyphs::Ascii;
    harness.press("2");
    harness.answer(Answer::Sites(Ok(sample::sites())));
    harness.answer(Answer::Status(Ok(Box::new(sample::status()))));
    harness.answer(Answer::Over(Ok(sample::over())));
    for keys in ["", "Enter", "?", "Esc", "Esc", "3", "z", "Esc", "=", "Esc", "Enter", "5"] {
        harness.press(keys);
        harness.answer(Answer::States("acme".parse().unwrap(), Ok(sample::sick_states())));
        if keys == "5" {
            harness.answer(Answer::Activity { before: None, answer: Ok(sample::activity(1_250, 50)) });
        }
        let screen = harness.screen();
        // Letters are of people; lines and signs are of the app.
        let foreign: String = screen.chars().filter(|c| !c.is_ascii() && !c.is_alphabetic()).collect();
        assert_eq!(foreign, "", "after {keys}:\n{screen}");
    }
}

#[test]
fn low_effects_mark_no_words_within_lines() {
    let mut harness = Harness::sample((80, 24));
    harness.select("4688-Quote-cache.st", "acme");
    harness.press("d");
    let Some(Request::Compare { ticket, .. }) = harness.requests().pop() else { panic!("no comparison") };
    let compared = crate::app::compare::compare(Some(b"one two\n"), Some(b"one three\n"));
    harness.answer(Answer::Compared(ticket, Ok(Box::new(compared))));
    assert!(harness.styled_screen().contains("UNDERLINED"));
    harness.model.look.effects = Effects::Low;
    assert!(!harness.styled_screen().contains("UNDERLINED"));
}

#[test]
fn wide_combining_and_joined_characters_are_cut_between_graphemes() {
    let names = [
        "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字.st",
        "e\u{301}e\u{301}e\u{301}e\u{301}.st",
        "👩🏽🚀👩🏽🚀👩🏽🚀👩🏽🚀👩🏽🚀👩🏽🚀👩🏽🚀👩🏽🚀👩🏽🚀👩🏽🚀.st",
    ];
    for (width, name) in (60..=100).flat_map(|width| names.map(|name| (width, name))) {
        let mut grid = sample::grid();
        grid.patches[0].author = Some(name.to_owned());
        grid.patches[1].author = Some("\u{200b}\u{202e}x".to_owned());
        let harness = Harness::with(grid, (width, 24));
        let buffer = harness.buffer();
        for y in 0..24 {
            let wide: usize = (0..width)
                .scan(0, |skip, x| {
                    let cell = &buffer[(x, y)];
                    let seen = if *skip > 0 {
                        *skip -= 1;
                        0
                    } else {
                        *skip = cell.symbol().width().saturating_sub(1);
                        cell.symbol().width()
                    };
                    Some(seen)
                })
                .sum();
            assert!(wide <= usize::from(width), "line {y} at {width}: {wide}");
        }
    }
}

#[test]
fn every_size_from_the_least_to_the_largest_is_drawn() {
    for size in [(1, 1), (59, 15), (60, 14), (60, 15), (80, 24), (132, 43), (200, 50), (400, 100)] {
        for keys in ["", "?", "Esc :", "Esc y", "Esc +", "Esc d"] {
            let mut harness = Harness::sample(size);
            harness.press(keys);
            let small = size.0 < 60 || size.1 < 15;
            assert_eq!(harness.screen().contains("fieldpost needs"), small && size.0 > 40, "{size:?}");
        }
    }
}
