//! The one table of bindings: it feeds dispatch, footer and help. What an action does is left to `update`.

use super::model::Model;
use super::valid;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Where keys are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Context {
    Grid,
    Filter,
    Diff,
    Confirm,
    Word,
    Versions,
    Pick,
    Read,
    Help,
}

macro_rules! actions {
    ($($name:ident),* $(,)?) => {
        /// What a key asks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Action { $($name),* }
        impl Action {
            /// Every action, for tests and the palette.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

actions![
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    HalfUp,
    HalfDown,
    Top,
    Bottom,
    First,
    Last,
    Open,
    SendNew,
    SendUpdate,
    Retrieve,
    Look,
    Diff,
    Publish,
    Cancel,
    Mark,
    Range,
    MarkAll,
    Filter,
    PickApp,
    PickVersion,
    PickGroup,
    Refresh,
    Help,
    Back,
    Quit,
    Interrupt,
    Suspend,
    NextHunk,
    PreviousHunk,
    Accept,
    Decline,
    Switch,
    Toggle,
];

impl Action {
    /// Whether it can change something at a site or in the published table.
    pub(crate) fn changes_something(self) -> bool {
        matches!(self, Self::SendNew | Self::SendUpdate | Self::Retrieve | Self::Publish | Self::Cancel)
    }
}

/// A key as it is bound; Shift is part of the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    code: KeyCode,
    ctrl: bool,
}

const fn key(code: KeyCode) -> Key {
    Key { code, ctrl: false }
}

const fn ch(c: char) -> Key {
    key(KeyCode::Char(c))
}

const fn ctrl(c: char) -> Key {
    Key { code: KeyCode::Char(c), ctrl: true }
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self { code: event.code, ctrl: event.modifiers.contains(KeyModifiers::CONTROL) }
    }
}

impl Key {
    /// How the key is written for people.
    pub(crate) fn label(self) -> String {
        let name = match self.code {
            KeyCode::Char(' ') => "Space".to_owned(),
            KeyCode::Char(c) => c.to_string(),
            KeyCode::PageUp => "PgUp".to_owned(),
            KeyCode::PageDown => "PgDn".to_owned(),
            other => format!("{other:?}"),
        };
        if self.ctrl { format!("Ctrl-{name}") } else { name }
    }
}

/// One line of the table.
pub(crate) struct Binding {
    pub(crate) context: Context,
    pub(crate) keys: &'static [Key],
    pub(crate) action: Action,
    /// One or two words for the footer; empty: only in the help.
    pub(crate) short: &'static str,
    /// A line for the help.
    pub(crate) help: &'static str,
    /// Whether it can do something now.
    pub(crate) valid: fn(&Model) -> bool,
}

const fn bind(
    context: Context,
    keys: &'static [Key],
    action: Action,
    short: &'static str,
    help: &'static str,
    valid: fn(&Model) -> bool,
) -> Binding {
    Binding { context, keys, action, short, help, valid }
}

use Action as A;
use Context as C;
use KeyCode as K;

/// All keys, in the order in which footer and help show them.
pub(crate) const BINDINGS: &[Binding] = &[
    bind(C::Grid, &[key(K::Enter)], A::Open, "open", "open the cell: compare, choose, or say why", valid::has_cell),
    bind(C::Grid, &[ch('+')], A::SendNew, "send", "send what is published to where it never was", valid::can_send),
    bind(C::Grid, &[ch('>')], A::SendUpdate, "send", "send what is published to where it is missing or older", valid::can_send),
    bind(C::Grid, &[ch('<')], A::Retrieve, "retrieve", "look at the site's content and publish it", valid::can_retrieve),
    bind(C::Grid, &[ch('d')], A::Diff, "diff", "compare what is published with what the site has", valid::has_cell),
    bind(C::Grid, &[ch('=')], A::Look, "", "look at the content and what is known of it", valid::has_cell),
    bind(C::Grid, &[ch('p')], A::Publish, "publish", "publish this content for other versions", valid::can_publish),
    bind(C::Grid, &[ch('x')], A::Cancel, "take back", "take back the order that is on its way", valid::can_cancel),
    bind(C::Grid, &[ch(' ')], A::Mark, "mark", "mark the patch and go on to the next", valid::has_rows),
    bind(C::Grid, &[ch('V')], A::Range, "", "mark a range: once at its start, once at its end", valid::has_rows),
    bind(C::Grid, &[ctrl('a')], A::MarkAll, "", "mark all shown patches, or none", valid::has_rows),
    bind(C::Grid, &[ch('/')], A::Filter, "filter", "show only what matches name, issue or author", valid::has_patches),
    bind(C::Grid, &[ch('a')], A::PickApp, "app", "choose the application", valid::has_apps),
    bind(C::Grid, &[ch('v')], A::PickVersion, "version", "show one version only", valid::has_versions),
    bind(C::Grid, &[ch('s')], A::PickGroup, "sites", "show one group of sites only", valid::has_groups),
    bind(C::Grid, &[ch('r')], A::Refresh, "", "read everything again", valid::always),
    bind(C::Grid, &[ch('k'), key(K::Up)], A::Up, "", "one patch up", valid::has_rows),
    bind(C::Grid, &[ch('j'), key(K::Down)], A::Down, "", "one patch down", valid::has_rows),
    bind(C::Grid, &[ch('h'), key(K::Left)], A::Left, "", "one site to the left", valid::has_rows),
    bind(C::Grid, &[ch('l'), key(K::Right)], A::Right, "", "one site to the right", valid::has_rows),
    bind(C::Grid, &[key(K::PageUp)], A::PageUp, "", "a page up", valid::has_rows),
    bind(C::Grid, &[key(K::PageDown)], A::PageDown, "", "a page down", valid::has_rows),
    bind(C::Grid, &[ctrl('u')], A::HalfUp, "", "half a page up", valid::has_rows),
    bind(C::Grid, &[ctrl('d')], A::HalfDown, "", "half a page down", valid::has_rows),
    bind(C::Grid, &[ch('g')], A::Top, "", "the first patch", valid::has_rows),
    bind(C::Grid, &[ch('G')], A::Bottom, "", "the last patch", valid::has_rows),
    bind(C::Grid, &[key(K::Home)], A::First, "", "the first site", valid::has_rows),
    bind(C::Grid, &[key(K::End)], A::Last, "", "the last site", valid::has_rows),
    bind(C::Grid, &[key(K::Esc)], A::Back, "", "end the range, the filter, the marks: one at a time", valid::always),
    bind(C::Grid, &[ch('q')], A::Quit, "", "quit", valid::always),
    bind(C::Grid, &[ctrl('c')], A::Interrupt, "", "quit", valid::always),
    bind(C::Grid, &[ctrl('z')], A::Suspend, "", "back to the shell; `fg` returns", valid::always),
    bind(C::Grid, &[ch('?'), key(K::F(1))], A::Help, "help", "this list", valid::always),
    bind(C::Filter, &[key(K::Enter)], A::Accept, "keep", "keep the filter", valid::always),
    bind(C::Filter, &[key(K::Esc), ctrl('c')], A::Decline, "clear", "show everything again", valid::always),
    bind(C::Filter, &[key(K::Up)], A::Up, "", "one patch up", valid::always),
    bind(C::Filter, &[key(K::Down)], A::Down, "", "one patch down", valid::always),
    bind(
        C::Diff,
        &[key(K::Enter)],
        A::Accept,
        "publish",
        "publish the site's content, now that it was shown",
        valid::diff_can_publish,
    ),
    bind(C::Diff, &[ch('>'), ch('+')], A::SendUpdate, "send", "send what is published to this site", valid::diff_can_send),
    bind(C::Diff, &[ch('<'), ch('p')], A::Retrieve, "publish", "publish the content that is shown", valid::diff_can_publish),
    bind(C::Diff, &[ch(']')], A::NextHunk, "next change", "the next change", valid::diff_is_text),
    bind(C::Diff, &[ch('[')], A::PreviousHunk, "", "the change before", valid::diff_is_text),
    bind(C::Diff, &[ch('k'), key(K::Up)], A::Up, "", "one line up", valid::always),
    bind(C::Diff, &[ch('j'), key(K::Down)], A::Down, "", "one line down", valid::always),
    bind(C::Diff, &[ch('h'), key(K::Left)], A::Left, "", "to the left", valid::always),
    bind(C::Diff, &[ch('l'), key(K::Right)], A::Right, "", "to the right", valid::always),
    bind(C::Diff, &[key(K::PageUp)], A::PageUp, "", "a page up", valid::always),
    bind(C::Diff, &[key(K::PageDown), ch(' ')], A::PageDown, "", "a page down", valid::always),
    bind(C::Diff, &[ctrl('u')], A::HalfUp, "", "half a page up", valid::always),
    bind(C::Diff, &[ctrl('d')], A::HalfDown, "", "half a page down", valid::always),
    bind(C::Diff, &[ch('g'), key(K::Home)], A::Top, "", "the beginning", valid::always),
    bind(C::Diff, &[ch('G'), key(K::End)], A::Bottom, "", "the end", valid::always),
    bind(C::Diff, &[key(K::Esc), ch('q')], A::Back, "back", "back to the patches", valid::always),
    bind(C::Diff, &[ctrl('c')], A::Interrupt, "", "quit", valid::always),
    bind(C::Diff, &[ctrl('z')], A::Suspend, "", "back to the shell; `fg` returns", valid::always),
    bind(C::Diff, &[ch('?'), key(K::F(1))], A::Help, "help", "this list", valid::always),
    bind(C::Confirm, &[key(K::Enter), ch('y')], A::Accept, "yes", "do it", valid::can_accept),
    bind(C::Confirm, &[key(K::Esc), ch('n'), ch('q'), ctrl('c')], A::Decline, "no", "leave everything as it is", valid::always),
    bind(C::Confirm, &[key(K::Tab)], A::Switch, "other sites", "this site only, or all shown sites", valid::can_switch),
    bind(C::Word, &[key(K::Enter)], A::Accept, "do it", "do it, once the word is typed", valid::can_accept),
    bind(C::Word, &[key(K::Esc), ctrl('c')], A::Decline, "no", "leave everything as it is", valid::always),
    bind(C::Word, &[key(K::Tab)], A::Switch, "other sites", "this site only, or all shown sites", valid::can_switch),
    bind(C::Versions, &[key(K::Enter), ch('y')], A::Accept, "publish", "publish for the chosen versions", valid::can_accept),
    bind(C::Versions, &[ch(' ')], A::Toggle, "choose", "choose this version or not", valid::always),
    bind(C::Versions, &[ch('k'), key(K::Up)], A::Up, "", "one version up", valid::always),
    bind(C::Versions, &[ch('j'), key(K::Down)], A::Down, "", "one version down", valid::always),
    bind(C::Versions, &[key(K::Esc), ch('n'), ch('q'), ctrl('c')], A::Decline, "no", "leave everything as it is", valid::always),
    bind(C::Pick, &[key(K::Enter)], A::Accept, "choose", "take this one", valid::always),
    bind(C::Pick, &[ch('k'), key(K::Up)], A::Up, "", "one up", valid::always),
    bind(C::Pick, &[ch('j'), key(K::Down)], A::Down, "", "one down", valid::always),
    bind(C::Pick, &[key(K::Esc), ch('q'), ctrl('c')], A::Decline, "back", "leave it as it is", valid::always),
    bind(C::Read, &[key(K::Esc), key(K::Enter), ch('q'), ctrl('c')], A::Decline, "close", "close", valid::always),
    bind(C::Read, &[ch('k'), key(K::Up)], A::Up, "", "one line up", valid::always),
    bind(C::Read, &[ch('j'), key(K::Down)], A::Down, "", "one line down", valid::always),
    bind(C::Help, &[key(K::Esc), ch('?'), ch('q'), key(K::Enter), ctrl('c')], A::Decline, "close", "close", valid::always),
    bind(C::Help, &[ch('k'), key(K::Up)], A::Up, "", "one line up", valid::always),
    bind(C::Help, &[ch('j'), key(K::Down)], A::Down, "", "one line down", valid::always),
    bind(C::Help, &[key(K::PageUp)], A::PageUp, "", "a page up", valid::always),
    bind(C::Help, &[key(K::PageDown), ch(' ')], A::PageDown, "", "a page down", valid::always),
];

/// The bindings of one place, in their order.
pub(crate) fn of(context: Context) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| binding.context == context)
}

/// What a key asks for here, whether or not it can be done now.
pub(crate) fn find(context: Context, key: Key) -> Option<&'static Binding> {
    of(context).find(|binding| binding.keys.contains(&key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        let mut seen = HashSet::new();
        for binding in BINDINGS {
            for key in binding.keys {
                assert!(seen.insert((binding.context, *key)), "{} twice in {:?}", key.label(), binding.context);
            }
        }
    }

    #[test]
    fn every_action_has_a_key_and_a_line_of_help() {
        for action in Action::ALL {
            assert!(BINDINGS.iter().any(|binding| binding.action == *action), "{action:?} has no key");
        }
        for binding in BINDINGS {
            assert!(!binding.help.is_empty() && !binding.keys.is_empty(), "{:?}", binding.action);
        }
    }

    #[test]
    fn every_place_can_be_left() {
        for binding in BINDINGS {
            let leaves = of(binding.context).any(|one| matches!(one.action, Action::Back | Action::Decline | Action::Quit));
            assert!(leaves, "{:?}", binding.context);
        }
    }

    #[test]
    fn a_place_for_typing_binds_no_plain_character() {
        for binding in BINDINGS.iter().filter(|one| matches!(one.context, Context::Filter | Context::Word)) {
            for key in binding.keys {
                assert!(key.ctrl || !matches!(key.code, KeyCode::Char(_)), "{}", key.label());
            }
        }
    }
}
