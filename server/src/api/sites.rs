//! `/api/v1/sites`: sites, their enrolment, and mass drops that are meant.

use crate::auth::{Admin, Developer, Viewer};
use crate::clock;
use crate::error::Error;
use crate::invite::invite;
use crate::request::{At, Said};
use crate::server::{Server, Shared};
use crate::settle::drop_accept;
use crate::store::activity::{activity, activity_add};
use crate::store::site::SiteRow;
use crate::store::{Effect, StoreError, Tx, application, order, site, site_app};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fieldpost_common::api::{Change, Invited, NewSite, Site, SiteSettings};
use fieldpost_common::id::{SiteName, UserName};
use rusqlite::Connection;

pub(crate) async fn list(State(server): State<Shared>, _: Viewer) -> Result<Json<Vec<Site>>, Error> {
    let all = server.store.read(|db| site::site_list(db)?.into_iter().map(|row| whole(db, row)).collect::<Result<Vec<_>, _>>());
    let all: Vec<Site> = all.await.map_err(|error: StoreError| error)?;
    Ok(Json(all.into_iter().map(|site| fresh(&server, site)).collect()))
}

pub(crate) async fn one(State(server): State<Shared>, _: Viewer, At(name): At<SiteName>) -> Result<Json<Site>, Error> {
    let found = server.store.peek(|db| site::site_fetch(db, &name)?.map(|row| whole(db, row)).transpose())?;
    found.map(|site| Json(fresh(&server, site))).ok_or_else(|| Error::no_such("site", name))
}

fn whole(db: &Connection, row: SiteRow) -> Result<Site, StoreError> {
    Ok(Site {
        applications: site_app::site_app_list(db, &row.name)?,
        open_orders: order::order_open_count(db, &row.name)?,
        name: row.name,
        groups: row.groups,
        enrolled_at: row.enrolled_at,
        last_seen: row.last_seen,
        silent_after_s: 0,
        address: row.address,
        agent_version: row.agent_version,
        trust: None,
        trust_newest: 0,
        format: None,
        format_highest: row.format_highest,
        clock_error_ms: row.clock_error_ms,
        clones: row.clones,
        refused: row.refused,
    })
}

/// The memory knows of polls that the store doesn't know yet, the config when a site is silent.
fn fresh(server: &Server, mut site: Site) -> Site {
    site.silent_after_s = server.sight().silent_after().as_secs();
    let mailbox = server.memory.mailboxes.of(&site.name);
    let holds = mailbox.holds();
    (site.trust, site.trust_newest, site.format) = (holds.trust, server.memory.mailboxes.trust(), holds.format);
    site.format_highest = site.format_highest.max(holds.format);
    if let Some(seen) = mailbox.seen() {
        site.last_seen = Some(seen.at);
        site.address = seen.address.or(site.address);
        site.agent_version = seen.agent_version.or(site.agent_version);
        site.clock_error_ms = seen.clock_error_ms.or(site.clock_error_ms);
    }
    site
}

fn note(tx: &mut Tx<'_>, by: &UserName, site: &SiteName, what: &str) -> Result<(), Error> {
    let mut row = activity(format!("user:{by}"), what);
    row.site = Some(site.clone());
    activity_add(tx, row, clock::now())?;
    tx.then(Effect::Changed(Change::Sites));
    tx.then(Effect::Changed(Change::Activity));
    Ok(())
}

fn grids_changed(tx: &mut Tx<'_>, site: &SiteName) -> Result<(), Error> {
    for listing in site_app::site_app_list(tx, site)? {
        tx.then(Effect::Changed(Change::Grid { application: listing.application }));
    }
    Ok(())
}

pub(crate) async fn add(
    State(server): State<Shared>,
    Admin(by): Admin,
    Said(new): Said<NewSite>,
) -> Result<Json<Invited>, Error> {
    let now = clock::now();
    let (invited, secret) = invite(&server, &new.name, now)?;
    let expires = invited.expires;
    let add = server.store.write(move |tx| {
        if site::site_fetch(tx, &new.name)?.is_some() {
            return Err(Error::Exists { what: "site", name: new.name.to_string() });
        }
        site::site_add(tx, &new.name, &new.groups, now)?;
        for app in &new.applications {
            let known = application::application_fetch(tx, &app.application)?;
            known.ok_or_else(|| Error::no_such("application", &app.application))?;
            site_app::site_app_set(tx, &new.name, &app.application, &app.version)?;
        }
        site::site_invite(tx, &new.name, &secret, expires)?;
        grids_changed(tx, &new.name)?;
        note(tx, &by, &new.name, "site_added")
    });
    add.await?;
    Ok(Json(invited))
}

pub(crate) async fn set(
    State(server): State<Shared>,
    Admin(by): Admin,
    At(name): At<SiteName>,
    Said(settings): Said<SiteSettings>,
) -> Result<StatusCode, Error> {
    let set = server.store.write(move |tx| {
        site::site_fetch(tx, &name)?.ok_or_else(|| Error::no_such("site", &name))?;
        site::site_groups_set(tx, &name, &settings.groups)?;
        grids_changed(tx, &name)?;
        note(tx, &by, &name, "site_changed")
    });
    set.await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn remove(State(server): State<Shared>, Admin(by): Admin, At(name): At<SiteName>) -> Result<StatusCode, Error> {
    let remove = server.store.write(move |tx| {
        grids_changed(tx, &name)?;
        if !site::site_delete(tx, &name)? {
            return Err(Error::no_such("site", &name));
        }
        note(tx, &by, &name, "site_removed")?;
        tx.then(Effect::SiteGone(name));
        Ok(())
    });
    remove.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The token in use stays good until the new string is used.
pub(crate) async fn reenroll(
    State(server): State<Shared>,
    Admin(by): Admin,
    At(name): At<SiteName>,
) -> Result<Json<Invited>, Error> {
    let (invited, secret) = invite(&server, &name, clock::now())?;
    let expires = invited.expires;
    let invite = server.store.write(move |tx| {
        site::site_fetch(tx, &name)?.ok_or_else(|| Error::no_such("site", &name))?;
        site::site_invite(tx, &name, &secret, expires)?;
        note(tx, &by, &name, "site_invited")
    });
    invite.await?;
    Ok(Json(invited))
}

pub(crate) async fn accept_drop(
    State(server): State<Shared>,
    Developer(by, _): Developer,
    At(name): At<SiteName>,
) -> Result<StatusCode, Error> {
    let now = clock::now();
    let accept = server.store.write(move |tx| {
        site::site_fetch(tx, &name)?.ok_or_else(|| Error::no_such("site", &name))?;
        if drop_accept(tx, &name, now)? { note(tx, &by, &name, "drop_accepted") } else { Err(Error::NothingHeld { site: name }) }
    });
    accept.await?;
    Ok(StatusCode::NO_CONTENT)
}
