//! `GET /livez` and `/readyz`: whether the process answers, and whether it can do its work. Anybody may ask, so the words name no
//! site, patch, content or path.

use crate::health::Part;
use crate::server::{Server, Shared};
use crate::store::damaged_content::damaged_list;
use crate::store::{StoreError, meta};
use axum::extract::State;
use axum::http::StatusCode;
use fieldpost_common::text::count;

pub(crate) async fn livez() -> &'static str {
    "ok\n"
}

/// 503 when nothing can be stored or the database is damaged; what else is wrong is said beside `ready`.
pub(crate) async fn readyz(State(server): State<Shared>) -> (StatusCode, String) {
    let (grave, slight) = words(&server);
    let (status, word) =
        if grave.is_empty() { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    let lines = std::iter::once(word.to_owned()).chain(grave).chain(slight);
    (status, lines.map(|line| line + "\n").collect())
}

fn words(server: &Server) -> (Vec<String>, Vec<String>) {
    let (mut grave, mut slight) = (Vec::new(), Vec::new());
    if let Some(fault) = server.health.fault(Part::Writes) {
        grave.push(fault.words);
    }
    if server.health.fault(Part::Pages).or(server.health.fault(Part::ContentPages)).is_some() {
        grave.push("the database is damaged; `fieldpost status` says more".to_owned());
    }
    let looked = server.store.peek(|db| {
        meta::generation_fetch(db)?;
        damaged_list(db, 0)
    });
    match looked {
        Ok((_, 0)) => {}
        Ok((_, damaged)) => {
            let damaged = count(usize::try_from(damaged).unwrap_or(usize::MAX), "content");
            slight.push(format!("{damaged} damaged on the server's disk; `fieldpost status` says what heals them"));
        }
        Err(error) => {
            let error: StoreError = error;
            server.health.observe(&error);
            tracing::error!(%error, "the database can't be read");
            grave.push("the database can't be read; the server's log says more".to_owned());
        }
    }
    if server.health.fault(Part::Mail).is_some() {
        slight.push("mails can't be sent; `fieldpost status` says why".to_owned());
    }
    (grave, slight)
}
