//! `GET` and `PUT /api/v1/content/{sha256}`: contents for people.

use crate::auth::{Developer, Viewer};
use crate::body::receive_content;
use crate::clock;
use crate::content::{send, settle};
use crate::damage::{load, prove};
use crate::error::Error;
use crate::reading::catch_up;
use crate::request::{Ask, At};
use crate::server::Shared;
use crate::store::revision::Scope;
use crate::store::{content, revision};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::AppName;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Of {
    application: Option<AppName>,
}

pub(crate) async fn download(
    State(server): State<Shared>,
    _: Viewer,
    At(sha256): At<ContentHash>,
    Ask(of): Ask<Of>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let found = load(&server, move |db| {
        let applications = revision::revision_applications(db, &sha256)?;
        let within = of.application.is_none_or(|application| applications.contains(&application));
        if within { Ok(content::content_fetch(db, &sha256)?) } else { Ok(None) }
    });
    let bytes = found.await?.ok_or_else(|| Error::no_such("content", sha256))?;
    send(&headers, bytes)
}

pub(crate) async fn upload(
    State(server): State<Shared>,
    _: Developer,
    At(sha256): At<ContentHash>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Error> {
    let packed = receive_content(&server, &headers, body, sha256).await?;
    prove(&server, sha256).await;
    let now = clock::now();
    server.store.write(move |tx| settle(tx, &packed, now)).await?;
    catch_up(&server, &Scope::Content(sha256)).await;
    Ok(StatusCode::NO_CONTENT)
}
