//! `GET /api/v1/activity` and `/api/v1/audit`: what happened, and whether the record of it is whole.

use crate::auth::Viewer;
use crate::error::Error;
use crate::request::Ask;
use crate::server::Shared;
use crate::store::activity::{activity_audit, activity_list};
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::{Activity, AuditState};
use serde::Deserialize;

const LIMIT: u64 = 100;
const MOST: u64 = 10_000;

#[derive(Deserialize)]
pub(crate) struct Page {
    before: Option<u64>,
    limit: Option<u64>,
}

pub(crate) async fn activity(
    State(server): State<Shared>,
    _: Viewer,
    Ask(page): Ask<Page>,
) -> Result<Json<Vec<Activity>>, Error> {
    let limit = page.limit.unwrap_or(LIMIT).min(MOST);
    Ok(Json(server.store.read(move |db| activity_list(db, page.before, limit)).await?))
}

pub(crate) async fn audit(State(server): State<Shared>, _: Viewer) -> Result<Json<AuditState>, Error> {
    Ok(Json(server.store.read(activity_audit).await?))
}
