//! The keys of the history screen, and when each can do something.

use crate::app::keymap::{Action as A, Binding, Valid, bind, ch, key, when};
use crate::app::model::Model;
use crate::app::screens::Screen;
use crossterm::event::KeyCode as K;

pub(crate) const HISTORY: &[Binding] = &[
    bind(
        &[key(K::Enter), ch('d')],
        A::Diff,
        "compare",
        "compare the two that are marked, else this revision with the one before",
        has_revision,
    ),
    bind(&[ch(' ')], A::Mark, "mark", "mark this revision to compare it with another", has_revision),
];

fn has_revision(model: &Model) -> Valid {
    let there = matches!(model.screens.top(), Some(Screen::History(view)) if view.selected().is_some());
    when(there, "there is no revision yet")
}
