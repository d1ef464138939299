//! How meanings look: in the terminal's own sixteen colours, in blue and orange, or in none. No background is ever set.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Ordinary text.
    Plain,
    /// Less important: rules, old knowledge, quiet cells.
    Faint,
    /// Headings.
    Strong,
    /// Something to take home.
    Accent,
    /// Something to send.
    Good,
    /// On its way.
    Busy,
    /// Somebody should look at it some time.
    Warning,
    /// Needs a person.
    Alarm,
    /// Lines and words that a diff adds.
    Added,
    AddedWord,
    /// Lines and words that a diff takes away.
    Gone,
    GoneWord,
}

impl Tone {
    /// The same without marks within a line: fewer bytes.
    pub(crate) fn whole_line(self) -> Self {
        match self {
            Self::AddedWord => Self::Added,
            Self::GoneWord => Self::Gone,
            other => other,
        }
    }
}

/// Colours or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Theme {
    #[default]
    Colour,
    Mono,
    /// For eyes that don't tell red from green.
    BlueOrange(Depth),
}

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Depth {
    #[default]
    Sixteen,
    Indexed,
    Millions,
}

impl Depth {
    /// What is good, added or to be sent.
    const fn blue(self) -> Color {
        match self {
            Self::Sixteen => Color::LightBlue,
            Self::Indexed => Color::Indexed(32),
            Self::Millions => Color::Rgb(0x2f, 0x86, 0xd1),
        }
    }

    /// What is gone or needs a person. Both are readable on light and on dark.
    const fn orange(self) -> Color {
        match self {
            Self::Sixteen => Color::Yellow,
            Self::Indexed => Color::Indexed(172),
            Self::Millions => Color::Rgb(0xcc, 0x79, 0x00),
        }
    }
}

impl Theme {
    /// The style of a meaning.
    pub(crate) fn style(self, tone: Tone) -> Style {
        match self {
            Self::Colour if tone == Tone::Warning => Style::new().fg(Color::Yellow),
            Self::Colour => colour(tone, Color::Green, Color::Red),
            Self::BlueOrange(depth) => colour(tone, depth.blue(), depth.orange()),
            Self::Mono => mono(tone),
        }
    }

    /// What is selected: seen without colour.
    pub(crate) fn selected(self, tone: Tone) -> Style {
        let style = if tone == Tone::Faint { Style::new() } else { self.style(tone) };
        style.add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }
}

fn colour(tone: Tone, good: Color, bad: Color) -> Style {
    let style = Style::new();
    match tone {
        Tone::Plain => style,
        Tone::Faint => style.fg(Color::DarkGray),
        Tone::Strong => style.add_modifier(Modifier::BOLD),
        Tone::Accent => style.fg(Color::Cyan).add_modifier(Modifier::BOLD),
        Tone::Good => style.fg(good).add_modifier(Modifier::BOLD),
        Tone::Busy => style.fg(Color::Magenta),
        Tone::Alarm => style.fg(bad).add_modifier(Modifier::BOLD),
        Tone::Added => style.fg(good),
        Tone::AddedWord => style.fg(good).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        // Bold tells an alarm from a warning where both have one colour.
        Tone::Gone | Tone::Warning => style.fg(bad),
        Tone::GoneWord => style.fg(bad).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
    }
}

fn mono(tone: Tone) -> Style {
    let style = Style::new();
    match tone {
        Tone::Plain | Tone::Busy | Tone::Warning | Tone::Added | Tone::Gone => style,
        Tone::Faint => style.add_modifier(Modifier::DIM),
        Tone::Strong | Tone::Alarm => style.add_modifier(Modifier::BOLD),
        Tone::Accent | Tone::Good | Tone::AddedWord | Tone::GoneWord => style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Tone; 12] = [
        Tone::Plain,
        Tone::Faint,
        Tone::Strong,
        Tone::Accent,
        Tone::Good,
        Tone::Busy,
        Tone::Warning,
        Tone::Alarm,
        Tone::Added,
        Tone::AddedWord,
        Tone::Gone,
        Tone::GoneWord,
    ];

    const THEMES: [Theme; 5] = [
        Theme::Colour,
        Theme::Mono,
        Theme::BlueOrange(Depth::Sixteen),
        Theme::BlueOrange(Depth::Indexed),
        Theme::BlueOrange(Depth::Millions),
    ];

    #[test]
    fn blue_and_orange_know_neither_red_nor_green() {
        for theme in &THEMES[2..] {
            for tone in ALL {
                let colour = theme.style(tone).fg;
                assert!(!matches!(colour, Some(Color::Red | Color::LightRed | Color::Green | Color::LightGreen)), "{tone:?}");
            }
        }
    }

    #[test]
    fn no_theme_sets_a_background_and_mono_sets_no_colour() {
        for tone in ALL {
            for theme in THEMES {
                assert_eq!(theme.style(tone).bg, None);
            }
            assert_eq!(Theme::Mono.style(tone).fg, None);
        }
    }

    #[test]
    fn the_selection_is_reverse_and_bold_in_every_theme() {
        for theme in THEMES {
            for tone in ALL {
                assert!(theme.selected(tone).add_modifier.contains(Modifier::REVERSED | Modifier::BOLD));
            }
        }
    }
}
