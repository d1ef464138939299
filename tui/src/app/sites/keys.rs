//! What keys do on the list of sites, and what site keys ask before they act.

use super::bindings::site;
use super::site::SiteView;
use super::{Order, live};
use crate::app::commands::ask;
use crate::app::dialog::Dialog;
use crate::app::dialog::site::{DropDialog, EnrolDialog};
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::screens::Screen;
use fieldpost_common::id::{AppName, SiteName};

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let now = model.grid.now;
    match action {
        Action::Open => {
            if let Some(name) = model.sites.selected().map(|site| site.name.clone()) {
                return open(model, name);
            }
        }
        Action::Ask => return ask(model),
        Action::AcceptDrop => accept_drop(model),
        Action::Enrol => enrol(model),
        Action::Filter => model.sites.list.typing = true,
        Action::Accept => model.sites.list.typing = false,
        Action::Decline | Action::Back => {
            model.sites.list.unfilter();
            model.sites.refilter(now);
        }
        Action::Sort => {
            let (order, words) = match model.sites.order {
                Order::Worst => (Order::Name, "sorted by name"),
                Order::Name => (Order::Worst, "sorted worst first"),
            };
            model.sites.order = order;
            model.sites.refilter(now);
            model.note(words);
        }
        _ => model.sites.list.step(model.size, action),
    }
    Vec::new()
}

/// Opens a site's page.
pub(crate) fn open(model: &mut Model, name: SiteName) -> Vec<Effect> {
    open_at(model, name, None)
}

/// Opens a site's page at what is wrong in an application's state.
pub(crate) fn open_at(model: &mut Model, name: SiteName, application: Option<AppName>) -> Vec<Effect> {
    model.screens.open(Screen::Site(Box::new(SiteView::aimed(name, application))));
    live::shown(model)
}

/// Shows what the site can be asked for.
pub(crate) fn ask(model: &mut Model) -> Vec<Effect> {
    let name = site(model).map(|site| site.name.clone());
    name.map(|name| ask::open(model, name)).unwrap_or_default()
}

/// Asks before a mass drop is accepted.
pub(crate) fn accept_drop(model: &mut Model) {
    let dialog = site(model).map(|site| DropDialog::new(site, model.grid.now));
    model.dialog = dialog.map(|dialog| Dialog::Drop(Box::new(dialog)));
}

/// Asks before a new enrolment string is made.
pub(crate) fn enrol(model: &mut Model) {
    let dialog = site(model).map(|site| EnrolDialog { site: site.name.clone(), enrolled: site.enrolled_at.is_some() });
    model.dialog = dialog.map(Dialog::Enrol);
}
