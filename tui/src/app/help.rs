//! The help: every key of the place that it was asked from, made from the live bindings.

use super::keymap::{self, Action, Binding, Context, always, bind, ch, ctrl, key};
use super::model::Model;
use super::scroll::stepped;
use super::theme::Tone;
use crossterm::event::KeyCode as K;

pub(crate) const BINDINGS: &[Binding] = &[
    bind(&[key(K::Esc), ch('?'), ch('q'), key(K::Enter), ctrl('c')], Action::Decline, "close", "close", always),
    bind(&[ch(' ')], Action::PageDown, "", "a page down", always),
];

/// Carries out a key.
pub(crate) fn act(model: &mut Model, action: Action) {
    let lines = lines(model).len();
    let page = usize::from(model.size.1.saturating_sub(4)).max(1);
    model.help = match (action, model.help) {
        (Action::Decline, _) | (_, None) => None,
        (_, Some(top)) => Some(stepped(top, lines, page, action).min(lines.saturating_sub(page))),
    };
}

/// Every key of the place below the help, valid now or not.
pub(crate) fn lines(model: &Model) -> Vec<(Tone, String)> {
    let line = |binding: &keymap::Binding| {
        let keys: Vec<_> = binding.keys.iter().map(|key| key.label()).collect();
        let tone = if (binding.valid)(model).is_ok() { Tone::Plain } else { Tone::Faint };
        (tone, format!("{:<14} {}", keys.join(" "), binding.help))
    };
    let mut lines: Vec<_> = keymap::of(model.place()).map(line).collect();
    if model.place() == Context::Grid {
        lines.push((Tone::Plain, String::new()));
        lines.extend(LEGEND.iter().map(|words| (Tone::Plain, (*words).to_owned())));
    }
    lines
}

const LEGEND: &[&str] = &[
    "=     the same on both sides",
    "+     published, never sent to this site",
    "> <   both there; the bright half points from the newer side",
    "≠     changed on both sides: compare and choose",
    "*     only at the site        ~  published for another version only",
    "-     gone at the site        ·  neither published nor there",
    "…     an order is on its way  !  an order came to nothing",
    "?     nothing is known of the site's files",
    "Sum   the worst mark and how many cells need a person; +5 can be sent, …5 are on their way, =5 are the same",
];
