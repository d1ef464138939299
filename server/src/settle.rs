//! Applies what an inventory changes; what that is decides `observe`.

use crate::drift::drift_of_inventory;
use crate::error::Error;
use crate::observe::{Before, Changes, observe};
use crate::store::activity::{activity, activity_add};
use crate::store::{Effect, Tx, agreement, application, cell, current, order, revision, site, site_app, upload};
use fieldpost_common::api::{Change, OrderInfo, Origin};
use fieldpost_common::cell::Base;
use fieldpost_common::cell::agreement::Agreement;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::inventory::{Inventory, Listing};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::state::OrderState;
use fieldpost_common::time::Timestamp;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Keeps an inventory and all that follows from it: the contents that the server wants.
pub(crate) fn inventory_settle(
    tx: &mut Tx<'_>,
    site: &SiteName,
    inventory: &Inventory,
    now: Timestamp,
) -> Result<Vec<ContentHash>, Error> {
    let digest = inventory.digest();
    for (app, listing) in &inventory.applications {
        listing_settle(tx, (site, app), listing, false, now)?;
    }
    let named: Vec<_> = inventory.applications.keys().collect();
    if site_app::site_app_retain(tx, site, &named)? {
        tx.then(Effect::Changed(Change::Sites));
    }
    site::site_inventory_set(tx, site, inventory, &digest)?;
    tx.then(Effect::Inventory(site.clone(), digest, now));
    Ok(upload::upload_wanted_of(tx, site, inventory)?)
}

/// A person says that a mass drop is meant: what was held becomes true. Whether one was held.
pub(crate) fn drop_accept(tx: &mut Tx<'_>, site: &SiteName, now: Timestamp) -> Result<bool, Error> {
    let inventory = site::site_inventory_fetch(tx, site)?.unwrap_or_default();
    let mut held = false;
    for (app, listing) in &inventory.applications {
        if site_app::site_app_held(tx, site, app)?.is_some() {
            held = true;
            listing_settle(tx, (site, app), listing, true, now)?;
        }
    }
    Ok(held)
}

fn listing_settle(
    tx: &mut Tx<'_>,
    (site, app): (&SiteName, &AppName),
    listing: &Listing,
    drop_accepted: bool,
    now: Timestamp,
) -> Result<(), Error> {
    if application::application_fetch(tx, app)?.is_none() {
        tracing::warn!(%site, application = %app, "an inventory names an application that isn't known; it is passed over");
        return Ok(());
    }
    site_app::site_app_set(tx, site, app, &listing.version)?;
    let is_first = !site_app::site_app_is_listed(tx, site, app)?;
    let newest = order::order_newest_list(tx, site, app)?;
    let mut before = Before {
        cells: cell::cell_map(tx, site, app)?,
        held: site_app::site_app_held(tx, site, app)?,
        drop_accepted,
        ..Before::default()
    };
    for order in newest.iter().filter(|order| !matches!(order.state, OrderState::Confirmed { .. })) {
        before.ordered.extend(agreement_by(tx, order, &listing.version)?.map(|agreement| (order.patch.clone(), agreement)));
    }
    let orders: BTreeMap<PatchName, OrderInfo> = newest.into_iter().map(|order| (order.patch.clone(), order)).collect();
    let published = current::current_map(tx, app, &listing.version)?;
    let changes = observe(&before, listing, &orders, &published, now);
    let (directory, ignored) = (listing.directory, &listing.ignored);
    site_app::site_app_directory_set(tx, (site, app), directory, ignored, changes.held.as_ref())?;
    changes_keep(tx, (site, app), &changes, &orders, now)?;
    // What was there before the first inventory was not changed there since.
    let drifted = changes.cells.iter().map(|(patch, _)| patch).filter(|_| !is_first);
    drift_of_inventory(tx, (site, app), drifted)?;
    tx.then(Effect::Changed(Change::Grid { application: app.clone() }));
    tx.then(Effect::Changed(Change::Sites));
    Ok(())
}

/// What site and vendor agree on once the order is carried out. Bytes that no publication stands for are the site's own: put back by an undo,
/// they are as new to the vendor as they were before.
pub(crate) fn agreement_by(db: &Connection, order: &OrderInfo, version: &Version) -> Result<Option<Agreement>, Error> {
    let Some(sha256) = order.action.outcome() else {
        return Ok(Some(Agreement { base: Base::Absent, publication: None, vendors: false }));
    };
    let place = (&order.application, &order.patch);
    let Some(publication) = current::current_that_stands(db, place, &sha256, version)? else { return Ok(None) };
    let first_from = revision::revision_fetch(db, place, &sha256)?.map(|revision| revision.origin);
    let vendors = first_from != Some(Origin::Site(order.site.clone()));
    Ok(Some(Agreement { base: Base::Content(sha256), publication: Some(publication), vendors }))
}

fn changes_keep(
    tx: &mut Tx<'_>,
    place: (&SiteName, &AppName),
    changes: &Changes,
    orders: &BTreeMap<PatchName, OrderInfo>,
    now: Timestamp,
) -> Result<(), Error> {
    let (site, app) = place;
    for (patch, row) in &changes.cells {
        cell::cell_set(tx, place, patch, row)?;
        if let Some(has) = &row.has {
            revision::revision_seen(tx, (app, patch), (has, row.size), &Origin::Site(site.clone()), now)?;
            tx.then(Effect::Unread);
        }
    }
    for (patch, agreement) in &changes.agreements {
        agreement::agreement_add(tx, place, patch, agreement)?;
    }
    for (id, state) in &changes.orders {
        order::order_state_set(tx, id, state)?;
        let Some(order) = orders.values().find(|order| order.id == *id) else { continue };
        if let OrderState::Confirmed { .. } = state {
            order_note(tx, order, "confirmed", None, now)?;
        }
    }
    if !changes.orders.is_empty() {
        tx.then(Effect::Wake(site.clone()));
    }
    Ok(())
}

/// Says in the activity what became of an order.
pub(crate) fn order_note(
    tx: &mut Tx<'_>,
    order: &OrderInfo,
    what: &str,
    detail: Option<String>,
    now: Timestamp,
) -> Result<(), Error> {
    let mut row = activity(format!("site:{}", order.site), what);
    row.application = Some(order.application.clone());
    row.patch = Some(order.patch.clone());
    row.site = Some(order.site.clone());
    row.sha256 = order.action.outcome();
    row.detail = detail;
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Activity));
    Ok(())
}
