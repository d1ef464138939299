//! The keys of a site's page, and when each can do something.

use super::{States, shown};
use crate::app::grid::bindings::may_act;
use crate::app::keymap::{Action as A, Binding, Valid, bind, ch, key, when};
use crate::app::model::Model;
use crate::app::sites::bindings::{can_accept_drop, can_enrol, site};
use crossterm::event::KeyCode as K;
use fieldpost_common::id::SiteName;

pub(crate) const SITE: &[Binding] = &[
    bind(&[key(K::Enter)], A::Open, "explain", "say everything about this order", on_order),
    bind(&[ch('x')], A::Cancel, "take back", "take back this order", can_cancel),
    bind(&[ch('s')], A::AskState, "ask state", "ask the site for its state now", can_ask),
    bind(&[ch('e')], A::Unfold, "", "show long states whole, or only what is wrong in them", has_states),
    bind(&[ch('A')], A::AcceptDrop, "accept drop", "say that the files that vanished are meant to be gone", can_accept_drop),
    bind(&[ch('E')], A::Enrol, "new string", "make a new enrolment string for the site", can_enrol),
    bind(&[ch(']')], A::NextSite, "next site", "the next site of the list", has_next),
    bind(&[ch('[')], A::PreviousSite, "", "the site before it in the list", has_previous),
];

fn on_order(model: &Model) -> Valid {
    when(shown(model).is_some_and(|page| page.order().is_some()), "move to an order first")
}

fn can_cancel(model: &Model) -> Valid {
    may_act(model)?;
    on_order(model)?;
    let open = shown(model).and_then(super::SiteView::order).is_some_and(|order| order.state.is_open());
    when(open, "this order has ended: nothing is left to take back")
}

fn can_ask(model: &Model) -> Valid {
    may_act(model)?;
    let runs = site(model).is_some_and(|site| !site.applications.is_empty());
    when(runs, "no application is known there that could be asked")
}

fn has_states(model: &Model) -> Valid {
    let some = shown(model).is_some_and(|page| matches!(&page.states, States::Ready(states) if !states.is_empty()));
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
