//! How meanings look: the terminal's own sixteen colours, or none of them under NO_COLOR. No background is ever set.

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
    /// Needs a person.
    Alarm,
    /// Lines and words that a diff adds.
    Added,
    AddedWord,
    /// Lines and words that a diff takes away.
    Gone,
    GoneWord,
}

/// Colours or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Theme {
    #[default]
    Colour,
    Mono,
}

impl Theme {
    /// The style of a meaning.
    pub(crate) fn style(self, tone: Tone) -> Style {
        match self {
            Self::Colour => colour(tone),
            Self::Mono => mono(tone),
        }
    }

    /// What is selected: seen without colour.
    pub(crate) fn selected(self, tone: Tone) -> Style {
        let style = if tone == Tone::Faint { Style::new() } else { self.style(tone) };
        style.add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }
}

fn colour(tone: Tone) -> Style {
    let style = Style::new();
    match tone {
        Tone::Plain => style,
        Tone::Faint => style.fg(Color::DarkGray),
        Tone::Strong => style.add_modifier(Modifier::BOLD),
        Tone::Accent => style.fg(Color::Cyan).add_modifier(Modifier::BOLD),
        Tone::Good => style.fg(Color::Green).add_modifier(Modifier::BOLD),
        Tone::Busy => style.fg(Color::Magenta),
        Tone::Alarm => style.fg(Color::Red).add_modifier(Modifier::BOLD),
        Tone::Added => style.fg(Color::Green),
        Tone::AddedWord => style.fg(Color::Green).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        Tone::Gone => style.fg(Color::Red),
        Tone::GoneWord => style.fg(Color::Red).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
    }
}

fn mono(tone: Tone) -> Style {
    let style = Style::new();
    match tone {
        Tone::Plain | Tone::Busy | Tone::Added | Tone::Gone => style,
        Tone::Faint => style.add_modifier(Modifier::DIM),
        Tone::Strong | Tone::Alarm => style.add_modifier(Modifier::BOLD),
        Tone::Accent | Tone::Good | Tone::AddedWord | Tone::GoneWord => style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Tone; 11] = [
        Tone::Plain,
        Tone::Faint,
        Tone::Strong,
        Tone::Accent,
        Tone::Good,
        Tone::Busy,
        Tone::Alarm,
        Tone::Added,
        Tone::AddedWord,
        Tone::Gone,
        Tone::GoneWord,
    ];

    #[test]
    fn no_theme_sets_a_background_and_mono_sets_no_colour() {
        for tone in ALL {
            assert_eq!(Theme::Colour.style(tone).bg, None);
            assert_eq!(Theme::Mono.style(tone).bg, None);
            assert_eq!(Theme::Mono.style(tone).fg, None);
        }
    }

    #[test]
    fn the_selection_is_reverse_and_bold_in_both() {
        for theme in [Theme::Colour, Theme::Mono] {
            for tone in ALL {
                assert!(theme.selected(tone).add_modifier.contains(Modifier::REVERSED | Modifier::BOLD));
            }
        }
    }
}
