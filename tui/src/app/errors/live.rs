//! When errors are read, and what is done with the answers.

use super::page;
use crate::app::flight::Flight;
use crate::app::model::{Effect, Model};
use crate::app::office::{Request, SiteOrders, Trouble};
use crate::app::screens::Tab;
use crate::app::update::link;
use fieldpost_common::api::{Change, ErrorGroup, Errors, MarkError, OrderInfo};
use fieldpost_common::error_group::ErrorGroupId;
use fieldpost_common::id::SiteName;
use fieldpost_common::order::state::OrderState;

/// The tab is shown: reads what is not known or no longer true.
pub(crate) fn shown(model: &mut Model) -> Vec<Effect> {
    let old = model.errors.errors.is_none() || model.errors.stale || model.errors.trouble.is_some();
    let mut effects = if old { read(model) } else { Vec::new() };
    effects.extend(page::read(model));
    effects
}

pub(crate) fn read(model: &mut Model) -> Vec<Effect> {
    if model.errors.flight.ask() { requests(model) } else { Vec::new() }
}

/// What the tab shows; opened from a cell, also when errors were seen at its site.
fn requests(model: &Model) -> Vec<Effect> {
    let of_site = model.errors.since.as_ref().map(|since| Request::ErrorsOf(since.site.clone()));
    std::iter::once(Request::Errors).chain(of_site).map(Effect::Ask).collect()
}

/// Something changed somewhere: reads it now if it is looked at, else later.
pub(crate) fn changed(model: &mut Model, changes: &[Change], everything: bool) -> Vec<Effect> {
    if !everything && !changes.contains(&Change::Errors) {
        return Vec::new();
    }
    model.errors.stale = true;
    if model.screens.tab == Tab::Errors { shown(model) } else { Vec::new() }
}

/// Takes what was reported; when it couldn't be read, what is known stays.
pub(crate) fn take(model: &mut Model, answer: Result<Box<Errors>, Trouble>) -> Vec<Effect> {
    match answer {
        Ok(errors) => {
            model.errors.load(*errors);
            if model.errors.flight.landed() { requests(model) } else { Vec::new() }
        }
        Err(trouble) => {
            model.errors.flight = Flight::Idle;
            model.errors.trouble = Some(trouble.words().to_owned());
            link::lost(model, &trouble)
        }
    }
}

/// Takes when errors were seen at a site.
pub(crate) fn take_of(model: &mut Model, site: &SiteName, answer: Result<Box<Errors>, Trouble>) -> Vec<Effect> {
    let errors = match answer {
        Ok(errors) => errors,
        Err(trouble) => return link::lost(model, &trouble),
    };
    if let Some(since) = model.errors.since.as_mut().filter(|since| since.site == *site) {
        since.seen = Some(errors.groups.iter().filter_map(|group| Some((group.id, group.at_site?.last_seen))).collect());
        model.errors.refilter();
    }
    Vec::new()
}

/// The orders of a site came: they say when the patch of the cell came there.
pub(crate) fn installed(model: &mut Model, site: &SiteName, orders: Option<&SiteOrders>) {
    let Some(since) = model.errors.since.as_mut().filter(|since| since.site == *site) else { return };
    let of_cell = |order: &&OrderInfo| order.application == since.application && order.patch == since.patch;
    let shown = |order: &OrderInfo| match order.state {
        OrderState::Confirmed { at } => Some(at),
        _ => None,
    };
    let Some(orders) = orders else { return };
    // Only the newest orders are read: what was known before stays.
    since.at = orders.finished.iter().filter(of_cell).filter_map(shown).max().max(since.at);
    model.errors.refilter();
}

/// Says something to a group.
pub(crate) fn mark(model: &mut Model, group: ErrorGroupId, mark: MarkError) -> Vec<Effect> {
    model.working += 1;
    vec![Effect::Ask(Request::MarkError { group, mark })]
}

/// What became of that.
pub(crate) fn marked(model: &mut Model, answer: Result<Box<ErrorGroup>, Trouble>) -> Vec<Effect> {
    model.working = model.working.saturating_sub(1);
    match answer {
        Ok(group) => {
            let words = format!("{}: {}", super::line::what(&group), group.state);
            model.errors.replace(*group);
            model.note(words);
            page::read(model)
        }
        Err(trouble) => {
            model.error(trouble.words());
            Vec::new()
        }
    }
}
