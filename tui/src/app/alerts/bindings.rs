//! The keys of the alerts tab, and when each can do something.

use crate::app::grid::bindings::may_act;
use crate::app::keymap::{Action as A, Binding, Valid, always, bind, ch, key, when};
use crate::app::model::Model;
use crossterm::event::KeyCode as K;
use fieldpost_common::incident::Hold;

pub(crate) const ALERTS: &[Binding] = &[
    bind(&[key(K::Enter)], A::Open, "open", "the site's page with its state; what has no site is told whole", has_row),
    bind(&[ch('A')], A::Acknowledge, "acknowledge", "say that you look after it: no reminders", can_acknowledge),
    bind(&[ch('z')], A::Snooze, "snooze", "hear nothing of it until a time that you choose", can_hold),
    bind(&[ch('u')], A::Undo, "undo", "take back what was said to it", can_release),
    bind(&[ch('=')], A::Look, "", "all that is known of it", has_row),
    bind(&[ch('/')], A::Filter, "filter", "show only what matches site, application, kind, words or person", has_rows),
    bind(&[key(K::Esc)], A::Back, "", "end the filter", always),
    bind(&[ch('q')], A::Quit, "", "quit", always),
];

fn has_row(model: &Model) -> Valid {
    when(model.alerts.selected().is_some(), "nothing is shown")
}

fn has_rows(model: &Model) -> Valid {
    when(model.alerts.all().next().is_some(), "nothing is or was wrong")
}

fn can_hold(model: &Model) -> Valid {
    may_act(model)?;
    has_row(model)?;
    when(model.alerts.selected().is_some_and(fieldpost_common::incident::Incident::is_open), "this is over")
}

fn can_acknowledge(model: &Model) -> Valid {
    can_hold(model)?;
    let free = model.alerts.selected().is_some_and(|one| !matches!(one.hold, Hold::Acknowledged { .. }));
    when(free, "somebody has it already; {undo} takes that back")
}

fn can_release(model: &Model) -> Valid {
    can_hold(model)?;
    when(model.alerts.selected().is_some_and(|one| one.hold != Hold::None), "nobody has said anything to it")
}
