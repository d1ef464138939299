//! The keys of the activity tab, and when each can do something.

use crate::app::keymap::{Action as A, Binding, Valid, always, bind, ch, key, when};
use crate::app::model::Model;
use crossterm::event::KeyCode as K;

pub(crate) const ACTIVITY: &[Binding] = &[
    bind(&[key(K::Enter)], A::Open, "open", "the whole entry", has_row),
    bind(&[ch('/')], A::Filter, "filter", "show only what matches who, what, where or the details", has_entries),
    bind(&[ch('f')], A::PickKind, "kind", "orders only, publications, sites, people, settings, all", has_entries),
    bind(&[key(K::Esc)], A::Back, "", "end the filter, then the kind", always),
    bind(&[ch('q')], A::Quit, "", "quit", always),
];

fn has_row(model: &Model) -> Valid {
    when(model.activity.selected().is_some(), "nothing is shown")
}

fn has_entries(model: &Model) -> Valid {
    when(!model.activity.entries.is_empty(), "nothing has happened yet")
}
