//! The keys of the list of commands and of what one brought, and when each can do something.

use super::output;
use crate::app::grid::bindings::may_act;
use crate::app::keymap::{Action as A, Binding, Valid, always, bind, ch, key, when};
use crate::app::model::Model;
use crossterm::event::KeyCode as K;
use fieldpost_common::api::CommandInfo;

pub(crate) const COMMANDS: &[Binding] = &[
    bind(&[key(K::Enter)], A::Open, "open", "what it brought, and where it stands", can_open).asking(),
    bind(&[ch('x')], A::Cancel, "take back", "take this command back; the site says what became of it", can_cancel),
    bind(&[ch('a')], A::Ask, "ask again", "ask the same site for something", can_ask).asking(),
    bind(&[ch('/')], A::Filter, "filter", "show only what matches site, state, person or wish", has_commands),
    bind(&[key(K::Esc)], A::Decline, "back", "end the filter, else back to where you came from", always),
    bind(&[ch('q')], A::Back, "", "back to where you came from", always),
];

pub(crate) const OUTPUT: &[Binding] = &[
    bind(&[ch('/')], A::Search, "search", "search in what it brought", has_lines),
    bind(&[ch('n')], A::NextFound, "next", "the next place where it was found", has_found),
    bind(&[ch('N')], A::PreviousFound, "", "the place before where it was found", has_found),
    bind(&[ch('x')], A::Cancel, "take back", "take this command back; the site says what became of it", can_cancel),
    bind(&[ch('a')], A::Ask, "ask", "ask the same site for something", can_ask).asking(),
    bind(&[ch('h'), key(K::Left)], A::Left, "", "to the left", always),
    bind(&[ch('l'), key(K::Right)], A::Right, "", "to the right", always),
    bind(&[key(K::Home)], A::First, "", "back to the beginning of the lines", always),
    bind(&[key(K::Esc)], A::Decline, "back", "end the search, else back to where you came from", always),
    bind(&[ch('q')], A::Back, "", "back to where you came from", always),
];

/// The command that keys act on: the one whose output is shown, or the selected one.
pub(crate) fn command(model: &Model) -> Option<&CommandInfo> {
    match output::shown(model) {
        Some(page) => Some(page.command()),
        None => model.commands.selected(),
    }
}

fn has_commands(model: &Model) -> Valid {
    when(!model.commands.all().is_empty(), "nothing was asked of any site yet")
}

fn can_open(model: &Model) -> Valid {
    when(command(model).is_some(), "nothing is shown")
}

pub(crate) fn can_ask(model: &Model) -> Valid {
    may_act(model)?;
    when(command(model).is_some(), "nothing is shown")
}

fn can_cancel(model: &Model) -> Valid {
    may_act(model)?;
    when(command(model).is_some(), "nothing is shown")?;
    when(command(model).is_some_and(|one| one.state.is_open()), "this command has ended: nothing is left to take back")
}

fn has_lines(model: &Model) -> Valid {
    when(output::shown(model).is_some_and(|page| page.text().is_some()), "nothing has come that could be looked through")
}

fn has_found(model: &Model) -> Valid {
    let Some(page) = output::shown(model) else { return Err("nothing is shown") };
    when(page.search.is_on(), "{search} searches first")?;
    when(page.search.has_found(), "nothing was found")
}
