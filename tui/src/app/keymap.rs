//! The tables of bindings: they feed dispatch, footer and help. Each room has its own table; what an action does is left to
//! the room's `keys`.

mod action;
mod everywhere;
mod key;

use super::model::Model;
use super::{activity, dialog, diff, grid, help, jobs, review, sites};
pub(crate) use action::Action;
pub(crate) use everywhere::{BACK, CYCLE, LINES, SCREEN};
pub(crate) use key::{Key, ch, ctrl, key};

/// Where keys are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Context {
    Grid,
    Filter,
    Diff,
    Sites,
    Site,
    Activity,
    Review,
    Jobs,
    Messages,
    Confirm,
    Word,
    Versions,
    Pick,
    Read,
    Help,
}

impl Context {
    #[cfg(test)]
    const ALL: &[Self] = &[
        Self::Grid,
        Self::Filter,
        Self::Diff,
        Self::Sites,
        Self::Site,
        Self::Activity,
        Self::Review,
        Self::Jobs,
        Self::Messages,
        Self::Confirm,
        Self::Word,
        Self::Versions,
        Self::Pick,
        Self::Read,
        Self::Help,
    ];

    /// The tables that hold here; an earlier one wins.
    const fn tables(self) -> &'static [&'static [Binding]] {
        match self {
            Self::Grid => &[grid::bindings::GRID, LINES, CYCLE, SCREEN],
            Self::Filter => &[grid::bindings::FILTER],
            Self::Diff => &[diff::bindings::DIFF, LINES, BACK, SCREEN],
            Self::Sites => &[sites::bindings::SITES, LINES, CYCLE, SCREEN],
            Self::Site => &[sites::site::bindings::SITE, LINES, BACK, CYCLE, SCREEN],
            Self::Activity => &[activity::bindings::ACTIVITY, LINES, CYCLE, SCREEN],
            Self::Review => &[review::bindings::REVIEW, LINES, SCREEN],
            Self::Jobs => &[jobs::bindings::JOBS, LINES, BACK, SCREEN],
            Self::Messages => &[LINES, BACK, SCREEN],
            Self::Confirm => &[dialog::bindings::CONFIRM],
            Self::Word => &[dialog::bindings::WORD],
            Self::Versions => &[dialog::bindings::VERSIONS],
            Self::Pick => &[dialog::bindings::PICK],
            Self::Read => &[dialog::bindings::READ],
            Self::Help => &[help::BINDINGS, LINES],
        }
    }

    /// Whether plain characters are text here.
    #[cfg(test)]
    const fn is_typing(self) -> bool {
        matches!(self, Self::Filter | Self::Word)
    }
}

/// Nothing stands in the way, or this does, in words for people.
pub(crate) type Valid = Result<(), &'static str>;

/// One line of a table.
pub(crate) struct Binding {
    pub(crate) keys: &'static [Key],
    pub(crate) action: Action,
    /// One or two words for the footer; empty: only in the help.
    pub(crate) short: &'static str,
    /// A line for the help.
    pub(crate) help: &'static str,
    /// Whether it can do something now.
    pub(crate) valid: fn(&Model) -> Valid,
}

pub(crate) const fn bind(
    keys: &'static [Key],
    action: Action,
    short: &'static str,
    help: &'static str,
    valid: fn(&Model) -> Valid,
) -> Binding {
    Binding { keys, action, short, help, valid }
}

#[expect(clippy::unnecessary_wraps, reason = "one of many answers to the same question")]
pub(crate) fn always(_: &Model) -> Valid {
    Ok(())
}

/// The reason where the condition isn't met.
pub(crate) fn when(met: bool, reason: &'static str) -> Valid {
    if met { Ok(()) } else { Err(reason) }
}

/// The bindings of one place, in their order.
pub(crate) fn of(context: Context) -> impl Iterator<Item = &'static Binding> {
    context.tables().iter().copied().flatten()
}

/// What a key asks for here, whether or not it can be done now.
pub(crate) fn find(context: Context, key: Key) -> Option<&'static Binding> {
    of(context).find(|binding| binding.keys.contains(&key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyCode;
    use std::collections::HashSet;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for context in Context::ALL {
            let mut seen = HashSet::new();
            for key in of(*context).flat_map(|binding| binding.keys) {
                assert!(seen.insert(*key), "{} twice in {context:?}", key.label());
            }
        }
    }

    #[test]
    fn every_action_has_a_key_and_a_line_of_help() {
        let all = || Context::ALL.iter().flat_map(|context| of(*context));
        for action in Action::ALL {
            assert!(all().any(|binding| binding.action == *action), "{action:?} has no key");
        }
        for binding in all() {
            assert!(!binding.help.is_empty() && !binding.keys.is_empty(), "{:?}", binding.action);
        }
    }

    #[test]
    fn every_place_can_be_left() {
        for context in Context::ALL {
            let leaves = of(*context).any(|one| matches!(one.action, Action::Back | Action::Decline | Action::Quit));
            assert!(leaves, "{context:?}");
        }
    }

    #[test]
    fn a_place_for_typing_binds_no_plain_character() {
        for key in Context::ALL.iter().filter(|one| one.is_typing()).flat_map(|one| of(*one)).flat_map(|one| one.keys) {
            assert!(key.ctrl || !matches!(key.code, KeyCode::Char(_)), "{}", key.label());
        }
    }
}
