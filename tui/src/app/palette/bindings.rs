//! The keys of the list of actions.

use crate::app::keymap::{Action as A, Binding, always, bind, ctrl, key};
use crossterm::event::KeyCode as K;

pub(crate) const PALETTE: &[Binding] = &[
    bind(&[key(K::Enter)], A::Accept, "do it", "do what is chosen", always),
    bind(&[key(K::Esc), ctrl('c')], A::Decline, "close", "close", always),
    bind(&[key(K::Up), ctrl('p')], A::Up, "", "one up", always),
    bind(&[key(K::Down), ctrl('n')], A::Down, "", "one down", always),
    bind(&[key(K::PageUp)], A::PageUp, "", "a page up", always),
    bind(&[key(K::PageDown)], A::PageDown, "", "a page down", always),
];
