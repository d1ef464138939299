//! The keys of the help.

use crate::app::keymap::{Action as A, Binding, always, bind, ch, ctrl, key};
use crossterm::event::KeyCode as K;

pub(crate) const LIST: &[Binding] = &[
    bind(&[key(K::Esc), ch('?'), ch('q'), key(K::Enter), ctrl('c')], A::Decline, "close", "close", always),
    bind(&[ch('/')], A::Filter, "search", "show only the keys that match", always),
    bind(&[ch(' ')], A::PageDown, "", "a page down", always),
];

pub(crate) const FILTER: &[Binding] = &[
    bind(&[key(K::Enter)], A::Accept, "keep", "keep what matches", always),
    bind(&[key(K::Esc), ctrl('c')], A::Decline, "clear", "show every key again", always),
    bind(&[key(K::Up)], A::Up, "", "one up", always),
    bind(&[key(K::Down)], A::Down, "", "one down", always),
];
