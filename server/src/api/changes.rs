//! `GET /api/v1/changes`: what changed since a place in the feed; waits for it when asked to.

use crate::auth::Viewer;
use crate::request::{Ask, wait};
use crate::server::Shared;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use fieldpost_common::api::Changes;
use fieldpost_common::grid::Feed;
use fieldpost_common::wire::MAX_WAIT;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Since {
    #[serde(default)]
    epoch: String,
    #[serde(default)]
    since: u64,
}

pub(crate) async fn changes(
    State(server): State<Shared>,
    _: Viewer,
    Ask(Since { epoch, since }): Ask<Since>,
    headers: HeaderMap,
) -> Json<Changes> {
    let place = Feed { epoch, seq: since };
    let mut change = server.memory.feed.watch();
    change.mark_unchanged();
    let changes = server.memory.feed.since(&place);
    if changes.reload || !changes.changes.is_empty() {
        return Json(changes);
    }
    server.park(&mut change, wait(&headers, MAX_WAIT)).await;
    Json(server.memory.feed.since(&place))
}
