//! Decides how the app looks: from the command line, the settings and the environment, in that order. Pure.

use super::glyphs::Glyphs;
use super::theme::{Depth, Theme};
use crate::surroundings::Surroundings;
use serde::Serialize;

/// What the command line says about colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ColorChoice {
    /// As settings and environment want it
    #[default]
    Auto,
    /// Colours in any case
    Always,
    /// No colours
    Never,
}

/// What the settings say about colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ThemeWish {
    #[default]
    Auto,
    Colour,
    Mono,
    BlueOrange,
}

/// How much is drawn over a slow line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Effects {
    #[default]
    Full,
    /// No marks within lines, and frames further apart.
    Low,
}

/// `[look]` of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct LookWish {
    pub(crate) theme: ThemeWish,
    pub(crate) ascii: bool,
    pub(crate) effects: Effects,
}

/// What it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Look {
    pub(crate) theme: Theme,
    pub(crate) glyphs: Glyphs,
    pub(crate) effects: Effects,
}

/// Whether there are colours, and who said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Colours {
    pub(crate) on: bool,
    pub(crate) why: &'static str,
}

/// Settings that name a theme win over the environment, which knows nothing of this program.
pub(crate) fn colours(choice: ColorChoice, wish: ThemeWish, around: &Surroundings) -> Colours {
    let term = around.term.as_deref().unwrap_or("dumb");
    let (on, why) = match (choice, wish) {
        (ColorChoice::Never, _) => (false, "--color never"),
        (ColorChoice::Always, _) => (true, "--color always"),
        (_, ThemeWish::Mono) => (false, "theme in the settings"),
        (_, ThemeWish::Colour | ThemeWish::BlueOrange) => (true, "theme in the settings"),
        _ if around.no_color => (false, "NO_COLOR"),
        _ if around.clicolor_force => (true, "CLICOLOR_FORCE"),
        _ if term == "dumb" || term.starts_with("vt") => (false, "TERM names a terminal without colours"),
        _ => (true, "TERM names a terminal with colours"),
    };
    Colours { on, why }
}

/// The look of the app.
pub(crate) fn look(choice: ColorChoice, wish: LookWish, around: &Surroundings) -> Look {
    let theme = match (colours(choice, wish.theme, around).on, wish.theme) {
        (false, _) => Theme::Mono,
        (true, ThemeWish::BlueOrange) => Theme::BlueOrange(depth(around)),
        (true, _) => Theme::Colour,
    };
    let glyphs = if wish.ascii { Glyphs::Ascii } else { Glyphs::Unicode };
    Look { theme, glyphs, effects: wish.effects }
}

/// How many colours there are. Only COLORTERM says that there are millions.
pub(crate) fn depth(around: &Surroundings) -> Depth {
    let says =
        |text: &Option<String>, words: &[&str]| text.as_deref().is_some_and(|text| words.iter().any(|word| text.contains(word)));
    if says(&around.colorterm, &["truecolor", "24bit"]) {
        Depth::Millions
    } else if says(&around.term, &["256color", "alacritty", "kitty", "foot", "wezterm"]) {
        Depth::Indexed
    } else {
        Depth::Sixteen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(term: &str, no_color: bool, force: bool) -> Surroundings {
        Surroundings { term: Some(term.to_owned()), no_color, clicolor_force: force, ..Surroundings::default() }
    }

    #[test]
    fn the_command_line_wins_over_settings_and_those_over_the_environment() {
        use ColorChoice::{Always, Auto, Never};
        let (plain, dumb) = (around("xterm", false, false), around("dumb", false, false));
        let (no, force) = (around("xterm", true, true), around("dumb", false, true));
        let cases = [
            (Auto, ThemeWish::Auto, &plain, true),
            (Auto, ThemeWish::Auto, &dumb, false),
            (Auto, ThemeWish::Auto, &no, false),
            (Auto, ThemeWish::Auto, &force, true),
            (Auto, ThemeWish::BlueOrange, &no, true),
            (Auto, ThemeWish::Mono, &force, false),
            (Never, ThemeWish::Colour, &force, false),
            (Always, ThemeWish::Mono, &no, true),
        ];
        for (choice, wish, around, on) in cases {
            assert_eq!(colours(choice, wish, around).on, on, "{choice:?} {wish:?} {around:?}");
        }
    }

    #[test]
    fn millions_of_colours_are_used_only_where_colorterm_says_so() {
        let mut xterm = around("xterm-256color", false, false);
        assert_eq!(depth(&xterm), Depth::Indexed);
        xterm.colorterm = Some("truecolor".to_owned());
        assert_eq!(depth(&xterm), Depth::Millions);
        assert_eq!(depth(&around("xterm", false, false)), Depth::Sixteen);
    }
}
