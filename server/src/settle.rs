//! Applies what an inventory changes; what that is decides `observe`.

use crate::drift::drift_of_inventory;
use crate::error::Error;
use crate::observe::{Before, Changes, observe};
use crate::store::activity::{activity, activity_add};
use crate::store::site::Refused;
use crate::store::vanished::{vanished_map, vanished_set};
use crate::store::{Effect, Tx, agreement, application, cell, current, order, restored, revision, site, site_app, upload};
use fieldpost_common::api::{Change, OrderInfo, Origin};
use fieldpost_common::cell::Base;
use fieldpost_common::cell::agreement::Agreement;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::inventory::{Listing, ListingFault, Received, RefusedListing};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::state::OrderState;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// An inventory that came.
pub(crate) struct Inbound {
    /// Its bytes, unpacked, as they travelled.
    pub(crate) bytes: Vec<u8>,
    /// Their hash.
    pub(crate) digest: ContentHash,
    /// What they say, by this server's clock.
    pub(crate) received: Received,
}

/// What an inventory led to.
pub(crate) struct Settled {
    /// Contents that the server wants.
    pub(crate) wanted: Vec<ContentHash>,
    /// Applications of which nothing is taken.
    pub(crate) refused: Refused,
}

/// Keeps an inventory and all that follows from it.
pub(crate) fn inventory_settle(tx: &mut Tx<'_>, site: &SiteName, inbound: Inbound, now: Timestamp) -> Result<Settled, Error> {
    let settled = inventory_apply(tx, site, inbound.received, now)?;
    site::site_inventory_set(tx, site, &inbound.bytes, &inbound.digest)?;
    tx.then(Effect::Inventory(site.clone(), inbound.digest, now));
    if restored::site_reported(tx, site)? {
        tx.then(Effect::News);
        tx.then(Effect::Changed(Change::Status));
        tx.then(Effect::Changed(Change::Sites));
    }
    Ok(settled)
}

fn inventory_apply(tx: &mut Tx<'_>, site: &SiteName, received: Received, now: Timestamp) -> Result<Settled, Error> {
    let Received { mut inventory, mut refused } = received;
    for (app, listing) in &inventory.applications {
        if let Some(fault) = fault(tx, app, listing)? {
            refused.insert(Clean::line(app.as_str()), fault);
            continue;
        }
        listing_settle(tx, (site, app), listing, false, now)?;
    }
    let named: Vec<_> = inventory.applications.keys().cloned().chain(refused.keys().filter_map(app_of)).collect();
    if site_app::site_app_retain(tx, site, &named.iter().collect::<Vec<_>>())? {
        tx.then(Effect::Changed(Change::Sites));
    }
    let refused = refused_keep(tx, site, refused, now)?;
    inventory.applications.retain(|app, _| !refused.contains_key(&Clean::line(app.as_str())));
    Ok(Settled { wanted: upload::upload_wanted_of(tx, site, &inventory)?, refused })
}

fn app_of(name: &Clean) -> Option<AppName> {
    name.as_str().parse().ok()
}

/// Why nothing of an application's listing can be taken.
fn fault(db: &Connection, app: &AppName, listing: &Listing) -> Result<Option<RefusedListing>, Error> {
    let refuse = |fault, detail: String| {
        let (detail, since) = (Some(Clean::line(&detail)), Timestamp::default());
        Some(RefusedListing { fault, detail, since })
    };
    let Some(settings) = application::application_fetch(db, app)? else {
        return Ok(refuse(ListingFault::UnknownApplication, format!("application {app}")));
    };
    if !settings.versions.contains(&listing.version) {
        let known: Vec<_> = settings.versions.iter().map(Version::as_str).collect();
        let detail = format!("version {} of {app}; known: {}", listing.version, known.join(", "));
        return Ok(refuse(ListingFault::UnknownVersion, detail));
    }
    Ok(None)
}

/// Keeps what is refused, each since it was first; what is new of it is said in the log and on every screen.
fn refused_keep(tx: &mut Tx<'_>, site: &SiteName, mut refused: Refused, now: Timestamp) -> Result<Refused, Error> {
    let before = site::site_refused_fetch(tx, site)?;
    for (app, listing) in &mut refused {
        let same = before.get(app).filter(|before| before.fault == listing.fault);
        listing.since = same.map_or(now, |before| before.since);
        if same.is_none() {
            let detail = listing.detail.as_ref().map(Clean::as_str).unwrap_or_default();
            tracing::warn!(%site, application = %app, detail, "nothing of an inventory is taken here: {}", listing.fault.explain());
        }
    }
    if refused != before {
        site::site_refused_set(tx, site, &refused)?;
        for application in refused.keys().chain(before.keys()).filter_map(app_of) {
            tx.then(Effect::Changed(Change::Grid { application }));
        }
        tx.then(Effect::Changed(Change::Sites));
        tx.then(Effect::News);
    }
    Ok(refused)
}

/// An application or a version became known: what sites had said of it before can be taken now.
pub(crate) fn refused_retry(tx: &mut Tx<'_>, app: &AppName, now: Timestamp) -> Result<(), Error> {
    for (site, refused) in site::site_refused_list(tx)? {
        if !refused.contains_key(&Clean::line(app.as_str())) {
            continue;
        }
        if let Some(received) = inventory_last(tx, &site)? {
            inventory_apply(tx, &site, received, now)?;
            // The contents that are wanted now are asked for with the next poll.
            tx.then(Effect::Wake(site));
        }
    }
    Ok(())
}

fn inventory_last(db: &Connection, site: &SiteName) -> Result<Option<Received>, Error> {
    Ok(site::site_inventory_fetch(db, site)?.and_then(|bytes| Received::read(&bytes).ok()))
}

/// A person says that a mass drop is meant: what was held becomes true. Whether one was held.
pub(crate) fn drop_accept(tx: &mut Tx<'_>, site: &SiteName, now: Timestamp) -> Result<bool, Error> {
    let received = inventory_last(tx, site)?.unwrap_or_default();
    let mut held = false;
    for (app, listing) in &received.inventory.applications {
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
    site_app::site_app_set(tx, site, app, &listing.version)?;
    let is_first = !site_app::site_app_is_listed(tx, site, app)?;
    let newest = order::order_newest_list(tx, site, app)?;
    let mut before = Before {
        cells: cell::cell_map(tx, site, app)?,
        held: site_app::site_app_held(tx, site, app)?,
        vanished: vanished_map(tx, (site, app))?,
        drop_accepted,
        ..Before::default()
    };
    for order in newest.iter().filter(|order| !matches!(order.state, OrderState::Confirmed { .. })) {
        before.ordered.extend(agreement_by(tx, order, &listing.version)?.map(|agreement| (order.patch.clone(), agreement)));
    }
    let orders: BTreeMap<PatchName, OrderInfo> = newest.into_iter().map(|order| (order.patch.clone(), order)).collect();
    let published = current::current_map(tx, app, &listing.version)?;
    let changes = observe(&before, listing, &orders, &published, now);
    let (held, cant_say) = (changes.held, changes.unsaid.clone());
    let row = site_app::DirectoryRow { directory: listing.directory, ignored: &listing.ignored, held, cant_say };
    site_app::site_app_directory_set(tx, (site, app), &row, now)?;
    changes_keep(tx, (site, app), &changes, &orders, now)?;
    // What was there before the first inventory was not changed there since; nor was what that couldn't say anything of yet.
    let looked_since = site_app::site_app_directory_since(tx, site, app)?;
    let is_found =
        |patch: &PatchName| before.cells.get(patch).is_some_and(|row| looked_since.is_some_and(|at| row.awaits_first_answer(at)));
    let drifted = changes.cells.iter().map(|(patch, _)| patch).filter(|patch| !is_first && !is_found(patch));
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
        if let (Some(has), None) = (&row.has, row.cant_say) {
            revision::revision_seen(tx, (app, patch), (has, row.size), &Origin::Site(site.clone()), now)?;
            tx.then(Effect::Unread);
        }
    }
    for (patch, agreement) in &changes.agreements {
        agreement::agreement_add(tx, place, patch, agreement)?;
    }
    for patch in &changes.forgotten {
        cell::cell_delete(tx, place, patch)?;
    }
    for (patch, at) in &changes.vanished {
        vanished_set(tx, place, patch, *at)?;
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
