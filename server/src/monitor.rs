//! `GET /livez` and `/readyz`: whether the process answers, and whether the database does.

use crate::error::Error;
use crate::server::Shared;
use crate::store::meta;
use axum::extract::State;

pub(crate) async fn livez() -> &'static str {
    "ok\n"
}

pub(crate) async fn readyz(State(server): State<Shared>) -> Result<&'static str, Error> {
    server.store.peek(meta::generation_fetch)?;
    Ok("ready\n")
}
