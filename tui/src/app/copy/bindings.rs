//! The keys of the copy menu; each thing in it has a letter of its own besides.

use crate::app::keymap::{Action as A, Binding, always, bind, ch, ctrl, key};
use crossterm::event::KeyCode as K;

pub(crate) const COPY: &[Binding] = &[
    bind(&[key(K::Enter)], A::Accept, "copy", "copy what is chosen", always),
    bind(&[key(K::Esc), ch('q'), ctrl('c')], A::Decline, "close", "copy nothing", always),
    bind(&[ch('k'), key(K::Up)], A::Up, "", "one up", always),
    bind(&[ch('j'), key(K::Down)], A::Down, "", "one down", always),
];
