//! The keys of the jobs screen, and when each can do something.

use crate::app::grid::bindings::may_act;
use crate::app::keymap::{Action as A, Binding, Valid, bind, ch, key, when};
use crate::app::model::Model;
use crossterm::event::KeyCode as K;

pub(crate) const JOBS: &[Binding] = &[
    bind(&[key(K::Enter)], A::Open, "open", "what became of each item, or the item's cell in the grid", has_jobs),
    bind(&[ch('u')], A::Undo, "undo", "undo this job", can_undo),
];

fn has_jobs(model: &Model) -> Valid {
    when(!model.jobs.list().is_empty(), "there is no job yet")
}

fn can_undo(model: &Model) -> Valid {
    may_act(model)?;
    has_jobs(model)
}
