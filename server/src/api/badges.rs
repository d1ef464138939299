//! `/api/v1/badges`: icons that are shown without a login; their keys are given out and taken back here.

use crate::auth::Admin;
use crate::clock;
use crate::error::Error;
use crate::random;
use crate::request::{At, Said};
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::badge::{badge_add, badge_delete, badge_list};
use crate::store::{Effect, StoreError, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fieldpost_common::api::{Badge, Change, SiteScope};
use fieldpost_common::id::UserName;

pub(crate) async fn list(State(server): State<Shared>, _: Admin) -> Result<Json<Vec<Badge>>, Error> {
    Ok(Json(server.store.read(badge_list).await.map_err(|error: StoreError| error)?))
}

pub(crate) async fn add(
    State(server): State<Shared>,
    Admin(by): Admin,
    Said(scope): Said<SiteScope>,
) -> Result<Json<Badge>, Error> {
    let badge = Badge { key: random::hex32()?, scope, by: by.clone(), created: clock::now() };
    let kept = badge.clone();
    server.store.write(move |tx| badge_add(tx, &kept).map_err(Error::from).and_then(|()| noted(tx, &by, "badge_added"))).await?;
    Ok(Json(badge))
}

pub(crate) async fn remove(State(server): State<Shared>, Admin(by): Admin, At(key): At<String>) -> Result<StatusCode, Error> {
    let remove = server.store.write(move |tx| {
        if badge_delete(tx, &key)? { noted(tx, &by, "badge_removed") } else { Err(Error::no_such("badge", key)) }
    });
    remove.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn noted(tx: &mut Tx<'_>, by: &UserName, what: &str) -> Result<(), Error> {
    activity_add(tx, activity(format!("user:{by}"), what), clock::now())?;
    tx.then(Effect::Changed(Change::Activity));
    Ok(())
}
