//! When sites and their orders are read, and what is done with the answers.

use super::bindings::site;
use super::site::SiteView;
use crate::app::activity::{self, Known};
use crate::app::dialog::Dialog;
use crate::app::dialog::site::enrolment;
use crate::app::flight::Flight;
use crate::app::grid;
use crate::app::model::{Effect, Model};
use crate::app::office::{Request, SiteOrders, Trouble};
use crate::app::screens::{Screen, Tab};
use crate::app::update::link;
use fieldpost_common::api::{Change, CommandInfo, Site, StateView};
use fieldpost_common::id::SiteName;

/// The tab is shown: reads what is not known or no longer true.
pub(crate) fn shown(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if model.sites.read_at.is_none() || model.sites.stale {
        effects.extend(read(model));
    }
    effects.extend(read_page(model));
    effects
}

/// Reads the list.
pub(crate) fn read(model: &mut Model) -> Vec<Effect> {
    if model.sites.flight.ask() { vec![Effect::Ask(Request::Sites)] } else { Vec::new() }
}

/// Reads orders and states of the site whose page is shown.
pub(crate) fn read_page(model: &mut Model) -> Vec<Effect> {
    let Some(Screen::Site(page)) = model.screens.top_mut() else { return Vec::new() };
    let mut effects = Vec::new();
    if page.flight.ask() {
        effects.push(Effect::Ask(Request::SiteOrders(page.name.clone())));
    }
    if page.states_flight.ask() {
        effects.push(Effect::Ask(Request::States(page.name.clone())));
    }
    if page.commands_flight.ask() {
        effects.push(Effect::Ask(Request::Commands(Some(page.name.clone()))));
    }
    if model.activity.known != Known::Fresh {
        effects.extend(activity::live::read(model));
    }
    effects
}

/// Something changed somewhere: what is looked at is read anew, the rest when it is looked at.
pub(crate) fn changed(model: &mut Model, changes: &[Change], everything: bool) -> Vec<Effect> {
    let sites = everything || changes.iter().any(|change| matches!(change, Change::Sites));
    let orders = sites || changes.iter().any(|change| matches!(change, Change::Grid { .. }));
    if !orders {
        return if changes.contains(&Change::Status) { read_states(model) } else { Vec::new() };
    }
    model.sites.stale = true;
    let looked_at = model.screens.tab == Tab::Sites || matches!(model.screens.top(), Some(Screen::Site(_)));
    if !looked_at {
        return Vec::new();
    }
    // An order that comes or goes changes the count in the list too.
    let mut effects = read(model);
    effects.extend(read_page(model));
    effects
}

/// Reads the states of the site whose page is shown.
fn read_states(model: &mut Model) -> Vec<Effect> {
    let Some(Screen::Site(page)) = model.screens.top_mut() else { return Vec::new() };
    if page.states_flight.ask() { vec![Effect::Ask(Request::States(page.name.clone()))] } else { Vec::new() }
}

/// Asks the site whose page is shown for the states of its applications.
pub(crate) fn ask_states(model: &mut Model) -> Vec<Effect> {
    let Some(site) = site(model) else { return Vec::new() };
    let (name, apps) = (site.name.clone(), site.applications.iter().map(|one| one.application.clone()).collect());
    model.working += 1;
    vec![Effect::Ask(Request::AskStates(name, apps))]
}

/// Takes a newly read list; when it couldn't be read, what is known of it stays.
pub(crate) fn take(model: &mut Model, answer: Result<Vec<Site>, Trouble>) -> Vec<Effect> {
    match answer {
        Ok(sites) => {
            model.sites.load(sites, model.now, model.grid.now);
            if model.sites.flight.landed() { vec![Effect::Ask(Request::Sites)] } else { Vec::new() }
        }
        Err(trouble) => {
            model.sites.flight = Flight::Idle;
            model.sites.stale = true;
            model.sites.trouble = Some(trouble.words().to_owned());
            link::lost(model, &trouble)
        }
    }
}

/// Hands orders to the pages of the site: one may be open over each tab.
pub(crate) fn take_orders(model: &mut Model, name: &SiteName, answer: Result<SiteOrders, Trouble>) -> Vec<Effect> {
    let answer = answer.map_err(Trouble::into_words);
    let mut effects = Vec::new();
    for page in pages(model, name) {
        if page.flight.landed() && effects.is_empty() {
            effects.push(Effect::Ask(Request::SiteOrders(name.clone())));
        }
        page.orders.take(answer.clone());
    }
    effects
}

/// Hands states to the pages of the site.
pub(crate) fn take_states(model: &mut Model, name: &SiteName, answer: Result<Vec<StateView>, Trouble>) -> Vec<Effect> {
    let answer = answer.map_err(Trouble::into_words);
    let mut effects = Vec::new();
    for page in pages(model, name) {
        if page.states_flight.landed() && effects.is_empty() {
            effects.push(Effect::Ask(Request::States(name.clone())));
        }
        page.states.take(answer.clone());
    }
    effects
}

/// Reads what was asked of the site whose page is shown.
pub(crate) fn read_commands(model: &mut Model) -> Vec<Effect> {
    let Some(Screen::Site(page)) = model.screens.top_mut() else { return Vec::new() };
    if page.commands_flight.ask() { vec![Effect::Ask(Request::Commands(Some(page.name.clone())))] } else { Vec::new() }
}

/// Hands what was asked to the pages of the site.
pub(crate) fn take_commands(model: &mut Model, name: &SiteName, answer: Result<Vec<CommandInfo>, Trouble>) -> Vec<Effect> {
    let answer = answer.map_err(Trouble::into_words);
    let mut effects = Vec::new();
    for page in pages(model, name) {
        if page.commands_flight.landed() && effects.is_empty() {
            effects.push(Effect::Ask(Request::Commands(Some(name.clone()))));
        }
        page.commands.take(answer.clone());
    }
    effects
}

fn pages<'a>(model: &'a mut Model, name: &SiteName) -> impl Iterator<Item = &'a mut SiteView> {
    model.screens.all_mut().filter_map(move |screen| match screen {
        Screen::Site(page) if page.name == *name => Some(&mut **page),
        _ => None,
    })
}

/// The site is asked by its next poll, or can't be.
pub(crate) fn states_asked(model: &mut Model, name: &SiteName, answer: Result<(), Trouble>) {
    model.working = model.working.saturating_sub(1);
    match answer {
        Ok(()) => {
            let now = model.grid.now;
            pages(model, name).for_each(|page| page.asked = Some(now));
            model.note(format!("{name} is asked for its state; it comes with its next poll"));
        }
        Err(trouble) => model.error(format!("{name} can't be asked: {}", trouble.words())),
    }
}

/// What is gone at the site counts as deleted now, or doesn't.
pub(crate) fn drop_accepted(model: &mut Model, site: &SiteName, answer: Result<(), Trouble>) -> Vec<Effect> {
    model.working = model.working.saturating_sub(1);
    match answer {
        Ok(()) => model.note(format!("{site}: what is gone there counts as deleted")),
        Err(trouble) => model.error(format!("{site}: {}", trouble.words())),
    }
    grid::live::reload(model)
}

/// Shows the string that enrols the site.
pub(crate) fn enrolled(model: &mut Model, site: &SiteName, answer: Result<String, Trouble>) {
    model.working = model.working.saturating_sub(1);
    match answer {
        Ok(string) => model.dialog = Some(Dialog::Info(enrolment(site, &string))),
        Err(trouble) => model.error(format!("no enrolment string for {site}: {}", trouble.words())),
    }
}
