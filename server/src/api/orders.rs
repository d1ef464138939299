//! `/api/v1/orders`: what an order needs, giving it, looking at it, taking it back.

use crate::auth::{Developer, Viewer};
use crate::clock;
use crate::error::Error;
use crate::request::{Ask, At, Said};
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::{
    Effect, Tx, application, cell, content, counter, order, publication, restored, revision, site, site_app, trust,
};
use crate::submit::{CellNow, judge_order};
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::{Change, NewOrder, OrderAnswer, OrderInfo, Prepare, PrepareCell, Prepared};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, OrderId, SiteName, UserName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::state::{OrderEvent, OrderState, advance};
use fieldpost_common::order::{Action, Order, Refusal};
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::Trust;
use rusqlite::Connection;
use serde::Deserialize;

pub(crate) async fn prepare(
    State(server): State<Shared>,
    _: Developer,
    Said(Prepare { application, cells }): Said<Prepare>,
) -> Result<Json<Vec<Prepared>>, Error> {
    let all = server.store.read(move |db| {
        application::application_fetch(db, &application)?.ok_or_else(|| Error::no_such("application", &application))?;
        cells.iter().map(|cell| prepare_one(db, &application, cell)).collect::<Result<Vec<_>, Error>>()
    });
    all.await.map(Json)
}

fn prepare_one(db: &Connection, app: &AppName, cell: &PrepareCell) -> Result<Prepared, Error> {
    let PrepareCell { patch, site, sha256 } = cell;
    let version = site_runs(db, site, app)?;
    let counter = counter::counter_highest(db, site, app, patch)?.max(restored::counter_floor(db, site)?) + 1;
    let Some(sha256) = sha256 else { return Ok(Prepared { counter, size: 0, publication: None }) };
    let size = revision_size(db, (app, patch), sha256)?.ok_or_else(|| Error::no_such("content", sha256))?;
    Ok(Prepared { counter, size, publication: publication::publication_newest(db, (app, patch), sha256, &version)? })
}

/// The size of a content that is here as a revision of the patch: a content of another patch, or of another application, is none.
fn revision_size(db: &Connection, place: (&AppName, &PatchName), sha256: &ContentHash) -> Result<Option<u64>, Error> {
    if revision::revision_fetch(db, place, sha256)?.is_some() {
        return Ok(content::content_size(db, sha256)?);
    }
    if revision::revision_list(db, place.0, place.1)?.is_empty() {
        return Err(Error::no_such("patch", place.1));
    }
    Ok(None)
}

/// The version of an application that a site runs.
fn site_runs(db: &Connection, site: &SiteName, app: &AppName) -> Result<Version, Error> {
    site::site_fetch(db, site)?.ok_or_else(|| Error::no_such("site", site))?;
    let runs = site_app::site_app_version(db, site, app)?;
    runs.ok_or_else(|| Error::Invalid(format!("site {site} doesn't run {app}")))
}

pub(crate) async fn give(
    State(server): State<Shared>,
    Developer(user, _): Developer,
    Said(orders): Said<Vec<NewOrder>>,
) -> Result<Json<Vec<OrderAnswer>>, Error> {
    let now = clock::now();
    let give = server.store.write(move |tx| {
        let trust = trust::trust_newest(tx)?;
        let answers = orders.iter().map(|new| match take(tx, new, trust.as_ref(), &user, now) {
            Ok(id) => Ok(OrderAnswer::Taken(id)),
            Err(error @ (Error::Internal | Error::NoSpace | Error::Stopping)) => Err(error),
            Err(error) => Ok(OrderAnswer::Refused(error.problem())),
        });
        answers.collect::<Result<Vec<_>, Error>>()
    });
    give.await.map(Json)
}

/// Everything is judged before anything is written, so that a refused order leaves nothing behind.
fn take(tx: &mut Tx<'_>, new: &NewOrder, trust: Option<&Trust>, user: &UserName, now: Timestamp) -> Result<OrderId, Error> {
    let refused = |why| Error::Refused { what: "the order", why };
    let id = Order::id(&new.order);
    if order::order_fetch(tx, &id)?.is_some() {
        return Ok(id);
    }
    let trust = trust.ok_or(refused(Refusal::UnknownKey))?;
    let given = Order::open(&new.order, trust, now).map_err(refused)?;
    let by = trust.developer(&given.key, now).map_err(refused)?.user.clone();
    let (site, app, patch) = (&given.site, &given.application, &given.patch);
    application::application_fetch(tx, app)?.ok_or_else(|| Error::no_such("application", app))?;
    site_runs(tx, site, app)?;
    let newest = order::order_newest(tx, site, app, patch)?;
    let cell = CellNow {
        has: cell::cell_fetch(tx, site, app, patch)?.and_then(|cell| cell.has),
        highest: counter::counter_highest(tx, site, app, patch)?,
        stored: match given.action {
            Action::Put { sha256, .. } => revision_size(tx, (app, patch), &sha256)?,
            Action::Remove => None,
        },
        newest,
    };
    judge_order(&given, new.seen.as_ref(), &cell, now)?;
    if let Some(open) = &cell.newest {
        let state = advance(open.state.clone(), OrderEvent::Superseded(id.clone()), now);
        order::order_state_set(tx, &open.id, &state)?;
    }
    keep(tx, new, &given, (by, user), now)?;
    Ok(id)
}

fn keep(tx: &mut Tx<'_>, new: &NewOrder, given: &Order, (by, user): (UserName, &UserName), now: Timestamp) -> Result<(), Error> {
    let info = OrderInfo {
        id: Order::id(&new.order),
        action: given.action,
        application: given.application.clone(),
        patch: given.patch.clone(),
        site: given.site.clone(),
        expected: given.expected,
        by,
        created: now,
        install_by: given.install_by,
        state: OrderState::Queued,
        hook: None,
    };
    order::order_add(tx, &info, given.counter, &new.order)?;
    counter::counter_raise(tx, &info.site, &info.application, &info.patch, given.counter)?;
    let what = match given.action {
        _ if given.again => "hook_ordered",
        Action::Remove => "removal_ordered",
        Action::Put { .. } => "ordered",
    };
    let mut row = activity(format!("user:{user}"), what);
    row.key = Some(given.key.clone());
    row.detail.clone_from(&given.reason);
    note(tx, row, &info, now)?;
    tx.then(Effect::Wake(info.site));
    tx.then(Effect::Changed(Change::Grid { application: info.application }));
    Ok(())
}

fn note(tx: &mut Tx<'_>, mut row: fieldpost_common::api::Activity, order: &OrderInfo, now: Timestamp) -> Result<(), Error> {
    row.application = Some(order.application.clone());
    row.patch = Some(order.patch.clone());
    row.site = Some(order.site.clone());
    row.sha256 = order.action.outcome();
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Activity));
    Ok(())
}

#[derive(Deserialize)]
pub(crate) struct Which {
    site: Option<SiteName>,
    application: Option<AppName>,
    #[serde(default)]
    open: bool,
    limit: Option<u64>,
}

/// The most orders in one answer.
const MOST: u64 = 10_000;

pub(crate) async fn list(State(server): State<Shared>, _: Viewer, Ask(which): Ask<Which>) -> Result<Json<Vec<OrderInfo>>, Error> {
    let limit = which.limit.unwrap_or(MOST).min(MOST);
    let Which { site, application, open, .. } = which;
    let list = server.store.read(move |db| order::order_list(db, site.as_ref(), application.as_ref(), open, limit));
    Ok(Json(list.await?))
}

pub(crate) async fn one(State(server): State<Shared>, _: Viewer, At(id): At<OrderId>) -> Result<Json<OrderInfo>, Error> {
    let found = server.store.peek(|db| order::order_fetch(db, &id))?;
    found.map(Json).ok_or_else(|| Error::no_such("order", id))
}

pub(crate) async fn cancel(
    State(server): State<Shared>,
    Developer(user, _): Developer,
    At(id): At<OrderId>,
) -> Result<Json<OrderInfo>, Error> {
    let now = clock::now();
    server.store.write(move |tx| take_back(tx, &id, &user, now)).await.map(Json)
}

fn take_back(tx: &mut Tx<'_>, id: &OrderId, user: &UserName, now: Timestamp) -> Result<OrderInfo, Error> {
    let mut order = order::order_fetch(tx, id)?.ok_or_else(|| Error::no_such("order", id))?;
    let state = advance(order.state.clone(), OrderEvent::Cancelled(user.clone()), now);
    if state == order.state {
        return Ok(order);
    }
    order.state = state;
    order::order_state_set(tx, id, &order.state)?;
    note(tx, activity(format!("user:{user}"), "cancelled"), &order, now)?;
    tx.then(Effect::Wake(order.site.clone()));
    tx.then(Effect::Changed(Change::Grid { application: order.application.clone() }));
    Ok(order)
}
