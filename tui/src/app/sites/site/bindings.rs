//! The keys of a site's page, and when each can do something.

use super::{SiteView, shown};
use crate::app::grid::bindings::may_act;
use crate::app::keymap::answers;
use crate::app::keymap::{Action as A, Binding, Valid, bind, ch, key, when};
use crate::app::model::Model;
use crate::app::sites::bindings::{can_accept_drop, can_ask, can_enrol, site};
use crate::app::told::Told;
use crossterm::event::KeyCode as K;
use fieldpost_common::id::SiteName;

pub(crate) const SITE: &[Binding] = &[
    bind(&[key(K::Enter)], A::Open, "open", "say everything about this order, or show what this command brought", on_something),
    bind(&[ch('x')], A::Cancel, "take back", "take back this order or command", can_cancel),
    bind(&[ch('a')], A::Ask, "ask", "ask the site for a log, an action and more", can_ask).asking(),
    bind(&[ch('s')], A::AskState, "ask state", "ask the site for its state now", can_ask_state),
    bind(&[ch('e')], A::Unfold, "", "show long states whole, or only what is wrong in them", has_states),
    bind(&[ch('A')], A::AcceptDrop, "accept drop", "say that the files that vanished are meant to be gone", can_accept_drop),
    bind(&[ch('E')], A::Enrol, "new string", "make a new enrolment string for the site", can_enrol),
    bind(&[ch(']')], A::NextSite, "next site", "the next site of the list", has_next),
    bind(&[ch('[')], A::PreviousSite, "", "the site before it in the list", has_previous),
];

fn on_something(model: &Model) -> Valid {
    let page = shown(model);
    if page.is_some_and(|page| page.command().is_some()) {
        return answers(model);
    }
    when(page.is_some_and(|page| page.order().is_some()), "move to an order or a command first")
}

fn can_cancel(model: &Model) -> Valid {
    may_act(model)?;
    on_something(model)?;
    let open = |page: &SiteView| match (page.order(), page.command()) {
        (Some(order), _) => order.state.is_open(),
        (None, command) => command.is_some_and(|command| command.state.is_open()),
    };
    when(shown(model).is_some_and(open), "this has ended: nothing is left to take back")
}

fn can_ask_state(model: &Model) -> Valid {
    may_act(model)?;
    let runs = site(model).is_some_and(|site| !site.applications.is_empty());
    when(runs, "no application is known there that could be asked")
}

fn has_states(model: &Model) -> Valid {
    let some = shown(model).is_some_and(|page| matches!(&page.states, Told::Ready(states) if !states.is_empty()));
    when(some, "no state came from this site")
}

/// The site beside the one whose page is shown.
pub(crate) fn beside(model: &Model, by: isize) -> Option<SiteName> {
    shown(model).and_then(|page| model.sites.beside(&page.name, by)).map(|site| site.name.clone())
}

fn has_next(model: &Model) -> Valid {
    when(beside(model, 1).is_some(), "this is the last site of the list")
}

fn has_previous(model: &Model) -> Valid {
    when(beside(model, -1).is_some(), "this is the first site of the list")
}
