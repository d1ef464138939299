//! When sites and their orders are read, and what is done with the answers.

use crate::app::activity::{self, Known};
use crate::app::flight::Flight;
use crate::app::model::{Effect, Model};
use crate::app::office::{Request, SiteOrders, Trouble};
use crate::app::screens::{Screen, Tab};
use fieldpost_common::api::{Change, Site};
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

/// Reads the orders of the site whose page is shown.
pub(crate) fn read_page(model: &mut Model) -> Vec<Effect> {
    let Some(Screen::Site(page)) = model.screens.top_mut() else { return Vec::new() };
    let mut effects = Vec::new();
    if page.flight.ask() {
        effects.push(Effect::Ask(Request::SiteOrders(page.name.clone())));
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
        return Vec::new();
    }
    model.sites.stale = true;
    if model.screens.tab != Tab::Sites {
        return Vec::new();
    }
    // An order that comes or goes changes the count in the list too.
    let mut effects = read(model);
    effects.extend(read_page(model));
    effects
}

/// Takes a newly read list.
pub(crate) fn take(model: &mut Model, sites: Vec<Site>) -> Vec<Effect> {
    model.sites.load(sites, model.now, model.grid.now);
    if model.sites.flight.landed() { vec![Effect::Ask(Request::Sites)] } else { Vec::new() }
}

/// The list couldn't be read; what is known of it stays.
pub(crate) fn failed(model: &mut Model, trouble: &Trouble) {
    model.sites.flight = Flight::Idle;
    model.sites.stale = true;
    model.sites.trouble = Some(trouble.words().to_owned());
}

/// Hands orders to the page that asked for them, if it is still open.
pub(crate) fn take_orders(model: &mut Model, name: &SiteName, answer: Result<SiteOrders, String>) -> Vec<Effect> {
    let page = model.screens.all_mut().find_map(|screen| match screen {
        Screen::Site(page) if page.name == *name => Some(page),
        _ => None,
    });
    let Some(page) = page else { return Vec::new() };
    let again = page.flight.landed();
    page.take(answer);
    if again { vec![Effect::Ask(Request::SiteOrders(name.clone()))] } else { Vec::new() }
}
