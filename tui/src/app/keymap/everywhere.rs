//! Keys that mean the same in many places.

use super::{Action as A, Binding, always, bind, ch, ctrl, key};
use crate::app::copy::{can_copy, has_issue};
use crossterm::event::KeyCode as K;

/// Moving up and down in anything that has lines.
pub(crate) const LINES: &[Binding] = &[
    bind(&[ch('k'), key(K::Up)], A::Up, "", "one up", always),
    bind(&[ch('j'), key(K::Down)], A::Down, "", "one down", always),
    bind(&[key(K::PageUp)], A::PageUp, "", "a page up", always),
    bind(&[key(K::PageDown)], A::PageDown, "", "a page down", always),
    bind(&[ctrl('u')], A::HalfUp, "", "half a page up", always),
    bind(&[ctrl('d')], A::HalfDown, "", "half a page down", always),
    bind(&[ch('g')], A::Top, "", "the beginning", always),
    bind(&[ch('G')], A::Bottom, "", "the end", always),
];

/// Leaving a screen that lies over a tab.
pub(crate) const BACK: &[Binding] = &[bind(&[key(K::Esc), ch('q')], A::Back, "back", "back to where you came from", always)];

/// Going from tab to tab, where these keys have no other use.
pub(crate) const CYCLE: &[Binding] = &[
    bind(&[key(K::Tab)], A::NextTab, "", "the next tab", always),
    bind(&[key(K::BackTab)], A::PreviousTab, "", "the tab before", always),
];

/// What every screen has.
pub(crate) const SCREEN: &[Binding] = &[
    bind(&[ch('1')], A::ShowPatches, "", "patches and where they are", always),
    bind(&[ch('2')], A::ShowSites, "", "sites", always),
    bind(&[ch('3')], A::ShowAlerts, "", "what is wrong, and who looks after it", always),
    bind(&[ch('4')], A::ShowErrors, "", "what applications report from the field", always),
    bind(&[ch('5')], A::ShowActivity, "", "what happened", always),
    bind(&[ch(':')], A::Palette, "actions", "search all that can be done here", always),
    bind(&[ch('y')], A::CopyMenu, "", "copy a name, a hash, a link or a command line", can_copy),
    bind(&[ch('o')], A::OpenIssue, "", "open the issue in a browser", has_issue),
    bind(&[ch('J')], A::Jobs, "", "what you sent and published, and what became of it", always),
    bind(&[ch('C')], A::Commands, "", "what people asked of sites, and what became of it", always),
    bind(&[ch('@')], A::Messages, "", "the last notes and errors, with their times", always),
    bind(&[ch('r')], A::Refresh, "", "read everything again", always),
    bind(&[ctrl('l')], A::Redraw, "", "draw the screen anew, after something else wrote on it", always),
    bind(&[ctrl('c')], A::Interrupt, "", "quit from anywhere", always),
    bind(&[ctrl('z')], A::Suspend, "", "back to the shell; `fg` returns", always),
    bind(&[ch('?'), key(K::F(1))], A::Help, "help", "this list", always),
];
