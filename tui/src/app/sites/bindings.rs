//! The keys of the list of sites, and when each can do something.

use crate::app::grid::bindings::may_act;
use crate::app::keymap::{Action as A, Binding, Valid, always, bind, ch, key, when};
use crate::app::model::Model;
use crossterm::event::KeyCode as K;
use fieldpost_common::api::{Role, Site};

pub(crate) const SITES: &[Binding] = &[
    bind(&[key(K::Enter)], A::Open, "open", "open the site's page", has_site),
    bind(&[ch('a')], A::Ask, "ask", "ask the site for a log, its state, an action and more", can_ask).asking(),
    bind(&[ch('A')], A::AcceptDrop, "accept drop", "say that the files that vanished are meant to be gone", can_accept_drop),
    bind(&[ch('E')], A::Enrol, "", "make a new enrolment string for the site", can_enrol),
    bind(&[ch('/')], A::Filter, "filter", "show only what matches name, state, application or group", has_sites),
    bind(&[ch('S')], A::Sort, "sort", "sort by name, or worst first", can_sort),
    bind(&[key(K::Esc)], A::Back, "", "end the filter", always),
    bind(&[ch('q')], A::Quit, "", "quit", always),
];

/// The site that keys act on: of the page, or of the list.
pub(crate) fn site(model: &Model) -> Option<&Site> {
    use crate::app::screens::Screen;
    match model.screens.top() {
        Some(Screen::Site(page)) => model.sites.find(&page.name),
        _ => model.sites.selected(),
    }
}

fn has_site(model: &Model) -> Valid {
    when(model.sites.selected().is_some(), "no site is shown")
}

fn has_sites(model: &Model) -> Valid {
    when(!model.sites.sites.is_empty(), "there is no site yet")
}

fn can_sort(model: &Model) -> Valid {
    has_sites(model)?;
    when(model.sites.list.filter.is_empty(), "a filter shows the best match first; {back} ends it")
}

pub(crate) fn can_ask(model: &Model) -> Valid {
    may_act(model)?;
    when(site(model).is_some(), "no site is shown")
}

pub(crate) fn can_accept_drop(model: &Model) -> Valid {
    may_act(model)?;
    let held = site(model).is_some_and(|site| site.applications.iter().any(|one| one.held.is_some()));
    when(held, "no mass drop is held at this site")
}

pub(crate) fn can_enrol(model: &Model) -> Valid {
    when(model.role == Some(Role::Admin), "only admins make enrolment strings")?;
    when(site(model).is_some(), "no site is shown")
}
