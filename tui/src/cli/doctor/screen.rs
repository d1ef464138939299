//! The terminal: what it is, how it is drawn on, and why so.

use super::Finding;
use crate::app::ColorChoice;
use crate::app::keymap::kebab;
use crate::app::look::{LookWish, colours, depth, look};
use crate::surroundings::Surroundings;
use std::io::IsTerminal as _;

/// Columns and rows; none where nothing is shown.
type Size = Option<(u16, u16)>;

/// The size of the terminal that is written to.
pub(super) fn size() -> Size {
    std::io::stdout().is_terminal().then(crossterm::terminal::size)?.ok()
}

pub(super) fn look_at(choice: ColorChoice, wish: LookWish, around: &Surroundings, size: Size) -> Vec<Finding> {
    vec![
        Finding::good("terminal", terminal(around, size)),
        Finding::good("colours", colour_words(choice, wish, around)),
        locale(around),
    ]
}

fn terminal(around: &Surroundings, size: Size) -> String {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
    let size = size.map_or("no terminal here".to_owned(), |(width, height)| format!("{width}×{height}"));
    let mut words = format!("{size}, TERM {}, COLORTERM {}", shown(&around.term), shown(&around.colorterm));
    for (is, name) in [(around.ssh, "SSH"), (around.tmux, "tmux"), (around.screen, "screen")] {
        if is {
            words.extend([", behind ", name]);
        }
    }
    if around.tmux {
        words.push_str("\nfor copying put `set -g set-clipboard on` into tmux.conf");
    }
    words
}

fn colour_words(choice: ColorChoice, wish: LookWish, around: &Surroundings) -> String {
    let colours = colours(choice, wish.theme, around);
    let look = look(choice, wish, around);
    let on = if colours.on { format!("on, {:?}", depth(around)).to_lowercase() } else { "off".to_owned() };
    let [theme, glyphs, effects] =
        [format!("{:?}", wish.theme), format!("{:?}", look.glyphs), format!("{:?}", look.effects)].map(|word| kebab(&word));
    format!("{on} ({}); theme {theme}, characters {glyphs}, effects {effects}", colours.why)
}

/// A locale that says nothing of UTF-8 is a hint only: over SSH it often isn't passed on.
fn locale(around: &Surroundings) -> Finding {
    let name = around.locale.as_deref().unwrap_or("not set");
    Finding::good(
        "locale",
        match around.utf8() {
            Some(true) => name.to_owned(),
            _ => format!(
                "{name}: says nothing of UTF-8\nif lines and marks look broken, put `ascii = true` under [look] in app.toml"
            ),
        },
    )
}
