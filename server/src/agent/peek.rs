//! `POST /agent/v1/peek`: what waits for me? Reads only: nothing is offered, nobody is seen, no batch is acknowledged.

use crate::auth::Agent;
use crate::error::Error;
use crate::request::Said;
use crate::server::Shared;
use crate::store::{StoreError, application, command, order, site, trust};
use axum::Json;
use axum::extract::State;
use fieldpost_common::id::SiteName;
use fieldpost_common::wire::{PeekAnswer, PeekRequest, SiteApp, UnknownApp};
use rusqlite::Connection;

pub(crate) async fn peek(
    State(server): State<Shared>,
    Agent(site): Agent,
    Said(request): Said<PeekRequest>,
) -> Result<Json<PeekAnswer>, Error> {
    let generation = server.generation.clone();
    let waiting = server.store.read(move |db| {
        let unknown = request.applications.into_iter().map(|app| unknown(db, app)).collect::<Result<Vec<_>, StoreError>>()?;
        Ok::<_, StoreError>(PeekAnswer {
            generation,
            trust: trust::trust_after(db, request.trust)?,
            orders: order::order_batch(db, &site)?.into_iter().map(|(_, _, envelope)| envelope).collect(),
            commands: command::command_open_list(db, Some(&site))?.iter().map(command::command_of).collect(),
            unknown: unknown.into_iter().flatten().collect(),
            clones: clones(db, &site)?,
        })
    });
    Ok(Json(waiting.await?))
}

fn clones(db: &Connection, site: &SiteName) -> Result<Option<[String; 2]>, StoreError> {
    Ok(site::site_fetch(db, site)?.and_then(|row| row.clones))
}

/// An application at the site that isn't known here, or not in this version.
fn unknown(db: &Connection, app: SiteApp) -> Result<Option<UnknownApp>, StoreError> {
    let SiteApp { application, version } = app;
    let versions = application::application_fetch(db, &application)?.map(|settings| settings.versions);
    let is_known = versions.as_ref().is_some_and(|versions| versions.contains(&version));
    Ok((!is_known).then_some(UnknownApp { application, version, versions }))
}
