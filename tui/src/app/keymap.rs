//! The tables of bindings: they feed dispatch, footer and help. Each room has its own table; what an action does is left to
//! the room's `keys`.

mod action;
mod everywhere;
mod key;
mod live;
mod nearest;

use super::model::{Link, Model};
use super::{
    activity, alerts, commands, conflict, copy, dialog, diff, errors, grid, help, history, jobs, login, palette, review, sites,
};
pub(crate) use action::Action;
pub(crate) use everywhere::{BACK, CYCLE, LINES, SCREEN};
pub(crate) use key::{Key, ch, ctrl, key};
pub(crate) use live::{Keymap, Live};
pub(crate) use nearest::nearest;

/// Where keys are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Context {
    Grid,
    Filter,
    Diff,
    Conflict,
    Sites,
    Site,
    Alerts,
    Errors,
    Error,
    Activity,
    Search,
    History,
    Review,
    Jobs,
    Commands,
    Output,
    Messages,
    Confirm,
    Word,
    Versions,
    Pick,
    Narrow,
    Read,
    Help,
    HelpFilter,
    Palette,
    Copy,
    Login,
}

impl Context {
    /// Every place.
    pub(crate) const ALL: &[Self] = &[
        Self::Grid,
        Self::Filter,
        Self::Diff,
        Self::Conflict,
        Self::Sites,
        Self::Site,
        Self::Alerts,
        Self::Errors,
        Self::Error,
        Self::Activity,
        Self::Search,
        Self::History,
        Self::Review,
        Self::Jobs,
        Self::Commands,
        Self::Output,
        Self::Messages,
        Self::Confirm,
        Self::Word,
        Self::Versions,
        Self::Pick,
        Self::Narrow,
        Self::Read,
        Self::Help,
        Self::HelpFilter,
        Self::Palette,
        Self::Copy,
        Self::Login,
    ];

    /// Its name in settings: `help-filter`.
    pub(crate) fn name(self) -> String {
        kebab(&format!("{self:?}"))
    }

    /// The place of a name in settings.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|context| context.name() == name)
    }

    /// The tables that hold here; an earlier one wins.
    const fn tables(self) -> &'static [&'static [Binding]] {
        match self {
            Self::Grid => &[grid::bindings::GRID, LINES, CYCLE, SCREEN],
            Self::Filter => &[grid::bindings::FILTER],
            Self::Diff => {
                &[diff::bindings::DIFF, diff::bindings::LOOK, diff::bindings::GO, diff::bindings::LAYOUT, LINES, SCREEN]
            }
            Self::Search => &[diff::bindings::SEARCH],
            Self::History => &[history::bindings::HISTORY, LINES, BACK, SCREEN],
            Self::Conflict => &[conflict::bindings::CONFLICT, LINES, BACK, SCREEN],
            Self::Sites => &[sites::bindings::SITES, LINES, CYCLE, SCREEN],
            Self::Site => &[sites::site::bindings::SITE, LINES, BACK, CYCLE, SCREEN],
            Self::Alerts => &[alerts::bindings::ALERTS, LINES, CYCLE, SCREEN],
            Self::Errors => &[errors::bindings::ERRORS, LINES, CYCLE, SCREEN],
            Self::Error => &[errors::bindings::PAGE, LINES, BACK, CYCLE, SCREEN],
            Self::Activity => &[activity::bindings::ACTIVITY, LINES, CYCLE, SCREEN],
            Self::Review => &[review::bindings::REVIEW, diff::bindings::LOOK, diff::bindings::LAYOUT, LINES, SCREEN],
            Self::Jobs => &[jobs::bindings::JOBS, LINES, BACK, SCREEN],
            Self::Commands => &[commands::bindings::COMMANDS, LINES, SCREEN],
            Self::Output => &[commands::bindings::OUTPUT, LINES, SCREEN],
            Self::Messages => &[LINES, BACK, SCREEN],
            Self::Confirm => &[dialog::bindings::CONFIRM],
            Self::Word => &[dialog::bindings::WORD],
            Self::Versions => &[dialog::bindings::VERSIONS],
            Self::Pick => &[dialog::bindings::PICK],
            Self::Narrow => &[dialog::bindings::NARROW],
            Self::Read => &[dialog::bindings::READ],
            Self::Help => &[help::bindings::LIST, LINES],
            Self::HelpFilter => &[help::bindings::FILTER],
            Self::Palette => &[palette::bindings::PALETTE],
            Self::Copy => &[copy::bindings::COPY],
            Self::Login => &[login::bindings::LOGIN],
        }
    }

    /// Whether plain characters are text here.
    pub(crate) const fn is_typing(self) -> bool {
        matches!(self, Self::Filter | Self::Search | Self::Word | Self::Narrow | Self::HelpFilter | Self::Palette | Self::Login)
    }

    /// Whether an action leaves this place.
    pub(crate) const fn is_left_by(self, action: Action) -> bool {
        match self {
            Self::Grid | Self::Sites | Self::Alerts | Self::Errors | Self::Activity => {
                matches!(action, Action::Quit | Action::Interrupt)
            }
            _ => matches!(action, Action::Back | Action::Decline | Action::Quit | Action::Interrupt),
        }
    }
}

/// Nothing stands in the way, or this does, in words for people. They may name keys: see [`Keymap::say`].
pub(crate) type Valid = Result<(), &'static str>;

/// One line of a table.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) keys: &'static [Key],
    pub(crate) action: Action,
    /// One or two words for the footer; empty: only in the help.
    pub(crate) short: &'static str,
    /// A line for the help. It may name keys: see [`Keymap::say`].
    pub(crate) help: &'static str,
    /// Whether it can do something now, as far as this place knows.
    valid: fn(&Model) -> Valid,
    /// Whether it comes to nothing while the server doesn't answer.
    asks: bool,
}

/// Why a key that asks the server does nothing while it doesn't answer.
const OFFLINE: &str = "the server doesn't answer · {grid.refresh} tries at once";

impl Binding {
    /// Whether it can do something now.
    pub(crate) fn ready(&self, model: &Model) -> Valid {
        (self.valid)(model)?;
        if self.asks { answers(model) } else { Ok(()) }
    }

    /// The same, for what asks the server.
    pub(crate) const fn asking(self) -> Self {
        Self { asks: true, ..self }
    }
}

/// Whether the server answered when it was asked last.
pub(crate) fn answers(model: &Model) -> Valid {
    when(!matches!(model.link, Link::Offline { .. }), OFFLINE)
}

pub(crate) const fn bind(
    keys: &'static [Key],
    action: Action,
    short: &'static str,
    help: &'static str,
    valid: fn(&Model) -> Valid,
) -> Binding {
    Binding { keys, action, short, help, valid, asks: action.asks() }
}

#[expect(clippy::unnecessary_wraps, reason = "one of many answers to the same question")]
pub(crate) fn always(_: &Model) -> Valid {
    Ok(())
}

/// The reason where the condition isn't met.
pub(crate) fn when(met: bool, reason: &'static str) -> Valid {
    if met { Ok(()) } else { Err(reason) }
}

/// The bindings of one place as the tables have them, in their order.
fn defaults(context: Context) -> impl Iterator<Item = &'static Binding> {
    context.tables().iter().copied().flatten()
}

/// `SendNew` as `send-new`.
pub(crate) fn kebab(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
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
            for key in defaults(*context).flat_map(|binding| binding.keys) {
                assert!(seen.insert(*key), "{} twice in {context:?}", key.label());
            }
        }
    }

    #[test]
    fn every_action_has_a_key_and_a_line_of_help() {
        let all = || Context::ALL.iter().flat_map(|context| defaults(*context));
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
            let leaves = defaults(*context).any(|one| context.is_left_by(one.action));
            assert!(leaves, "{context:?}");
        }
    }

    #[test]
    fn a_place_for_typing_binds_no_plain_character() {
        for key in Context::ALL.iter().filter(|one| one.is_typing()).flat_map(|one| defaults(*one)).flat_map(|one| one.keys) {
            assert!(key.ctrl || key.alt || !matches!(key.code, KeyCode::Char(_)), "{}", key.label());
        }
    }

    #[test]
    fn names_in_settings_are_read_as_they_are_written() {
        for action in Action::ALL {
            assert_eq!(Action::named(&action.name()), Some(*action));
        }
        for context in Context::ALL {
            assert_eq!(Context::named(&context.name()), Some(*context));
        }
        assert_eq!(Action::SendNew.name(), "send-new");
    }
}
