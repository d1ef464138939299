//! The keys of dialogs, by the kind of answer that they want.

use super::Dialog;
use crate::app::keymap::{Action as A, Binding, Valid, always, answers, bind, ch, ctrl, key, when};
use crate::app::model::Model;
use crossterm::event::KeyCode as K;

pub(crate) const CONFIRM: &[Binding] = &[
    bind(&[key(K::Enter), ch('y')], A::Accept, "yes", "do it", can_accept),
    bind(&[key(K::Esc), ch('n'), ch('q'), ctrl('c')], A::Decline, "no", "leave everything as it is", always),
    bind(&[key(K::Tab)], A::Switch, "other sites", "this site only, or all of them", can_switch),
    bind(&[ch('k'), key(K::Up)], A::Up, "", "one line up", always),
    bind(&[ch('j'), key(K::Down)], A::Down, "", "one line down", always),
    bind(&[key(K::PageUp)], A::PageUp, "", "a page up", always),
    bind(&[key(K::PageDown)], A::PageDown, "", "a page down", always),
];

pub(crate) const WORD: &[Binding] = &[
    bind(&[key(K::Enter)], A::Accept, "do it", "do it, once the word is typed", can_accept),
    bind(&[key(K::Esc), ctrl('c')], A::Decline, "no", "leave everything as it is", always),
    bind(&[key(K::Tab)], A::Switch, "other sites", "this site only, or all of them", can_switch),
    bind(&[key(K::Up)], A::Up, "", "one line up", always),
    bind(&[key(K::Down)], A::Down, "", "one line down", always),
    bind(&[key(K::PageUp)], A::PageUp, "", "a page up", always),
    bind(&[key(K::PageDown)], A::PageDown, "", "a page down", always),
];

pub(crate) const VERSIONS: &[Binding] = &[
    bind(&[key(K::Enter), ch('y')], A::Accept, "publish", "publish for the chosen versions", can_accept),
    bind(&[ch(' ')], A::Toggle, "choose", "choose this version or not", always),
    bind(&[ch('k'), key(K::Up)], A::Up, "", "one version up", always),
    bind(&[ch('j'), key(K::Down)], A::Down, "", "one version down", always),
    bind(&[key(K::Esc), ch('n'), ch('q'), ctrl('c')], A::Decline, "no", "leave everything as it is", always),
];

pub(crate) const PICK: &[Binding] = &[
    bind(&[key(K::Enter)], A::Accept, "choose", "take this one", can_accept),
    bind(&[ch('k'), key(K::Up)], A::Up, "", "one up", always),
    bind(&[ch('j'), key(K::Down)], A::Down, "", "one down", always),
    bind(&[key(K::Esc), ch('q'), ctrl('c')], A::Decline, "back", "leave it as it is", always),
];

pub(crate) const NARROW: &[Binding] = &[
    bind(&[key(K::Enter)], A::Accept, "choose", "take this one", can_pick),
    bind(&[key(K::Up)], A::Up, "", "one up", always),
    bind(&[key(K::Down)], A::Down, "", "one down", always),
    bind(&[key(K::PageUp)], A::PageUp, "", "a page up", always),
    bind(&[key(K::PageDown)], A::PageDown, "", "a page down", always),
    bind(&[key(K::Esc), ctrl('c')], A::Decline, "back", "take back what was typed, then leave it as it is", always),
];

pub(crate) const READ: &[Binding] = &[
    bind(&[key(K::Esc), key(K::Enter), ch('q'), ctrl('c')], A::Decline, "close", "close", always),
    bind(&[ch('k'), key(K::Up)], A::Up, "", "one line up", always),
    bind(&[ch('j'), key(K::Down)], A::Down, "", "one line down", always),
    bind(&[key(K::PageUp)], A::PageUp, "", "a page up", always),
    bind(&[key(K::PageDown)], A::PageDown, "", "a page down", always),
];

fn can_accept(model: &Model) -> Valid {
    if model.dialog.as_ref().is_some_and(Dialog::asks) {
        answers(model)?;
    }
    when(model.dialog.as_ref().is_some_and(Dialog::ready), "type the word first")
}

fn can_pick(model: &Model) -> Valid {
    when(model.dialog.as_ref().is_some_and(Dialog::ready), "nothing in the list has these letters: {decline} shows all again")?;
    can_accept(model)
}

fn can_switch(model: &Model) -> Valid {
    when(matches!(&model.dialog, Some(Dialog::Send(send)) if send.can_switch()), "there is no other choice of sites")
}
