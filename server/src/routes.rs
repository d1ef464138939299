//! Every address of the server, by who uses it, with the largest body it takes. Who may is also in each handler's signature.

use crate::agent::{content as agent_content, enroll, inventory, memory, output, peek, poll, results, state, walkbacks};
use crate::api::{
    activity, applications, badges, changes, commands, content, corrections, errors, grid, login, orders, publications, purges,
    recall,
};
use crate::api::{sites, status, trust, users};
use crate::badge;
use crate::body::BodyLimit;
use crate::checksum::checked;
use crate::clock;
use crate::error::Error;
use crate::monitor;
use crate::server::Shared;
use crate::store::StoreError;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, DATE};
use axum::http::{HeaderValue, Method};
use axum::middleware::{from_fn, map_response, map_response_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post, put};
use axum::{Extension, Router};
use fieldpost_common::api::path as api;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{header, path as wire};
use std::sync::Arc;

/// Who may use an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Everyone, without a token.
    Anyone,
    /// Everyone who holds a key that can't be guessed, as a part of the address.
    Keyed,
    /// Everyone who holds a one-time secret.
    Invited,
    /// A site's agent.
    Agent,
    /// Whoever is logged in.
    Viewer,
    /// Who may publish and send.
    Developer,
    /// Who may do everything.
    Admin,
}

/// One address.
pub(crate) struct Route {
    pub(crate) who: Who,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// The largest body in bytes, as it travels and unpacked. Contents have the config's limit, outputs their command's.
    limit: usize,
    handler: MethodRouter<Shared>,
}

/// Where the addresses of agents begin.
const AGENTS: &str = "/agent/";

const NOTHING: usize = 0;
const SMALL: usize = 64 << 10;
const SIGNED: usize = 1 << 20;
const MANY: usize = 16 << 20;
/// A hundred thousand names with their facts.
const INVENTORY: usize = 32 << 20;
const STREAM: usize = usize::MAX;

/// The table.
#[rustfmt::skip]
pub(crate) fn table() -> Vec<Route> {
    let route = |who, method, path, limit, handler| Route { who, method, path, limit, handler };
    vec![
        // Monitors
        route(Who::Anyone, Method::GET, "/livez", NOTHING, get(monitor::livez)),
        route(Who::Anyone, Method::GET, "/readyz", NOTHING, get(monitor::readyz)),
        // Agents
        route(Who::Invited, Method::POST, wire::ENROLL, SMALL, post(enroll::enroll)),
        route(Who::Agent, Method::GET, wire::POLL, NOTHING, get(poll::poll)),
        route(Who::Agent, Method::POST, wire::PEEK, SMALL, post(peek::peek)),
        route(Who::Agent, Method::PUT, wire::INVENTORY, INVENTORY, put(inventory::inventory)),
        route(Who::Agent, Method::PUT, wire::MEMORY, MANY, put(memory::put)),
        route(Who::Agent, Method::GET, wire::CONTENT, NOTHING, get(agent_content::download)),
        route(Who::Agent, Method::PUT, wire::CONTENT, STREAM, put(agent_content::upload)),
        route(Who::Agent, Method::POST, wire::RESULTS, MANY, post(results::results)),
        route(Who::Agent, Method::PUT, wire::STATE, SIGNED, put(state::put)),
        route(Who::Agent, Method::POST, wire::WALKBACKS, MANY, post(walkbacks::post)),
        route(Who::Agent, Method::PUT, wire::OUTPUT, STREAM, put(output::put)),
        // Whoever holds a key
        route(Who::Keyed, Method::GET, "/badge/{name}", NOTHING, get(badge::icon)),
        route(Who::Keyed, Method::GET, "/status/{key}", NOTHING, get(badge::page)),
        // People
        route(Who::Invited, Method::POST, api::LOGIN, SMALL, post(login::login)),
        route(Who::Viewer, Method::GET, api::WHOAMI, NOTHING, get(login::whoami)),
        route(Who::Viewer, Method::GET, api::TRUST, NOTHING, get(trust::chain)),
        route(Who::Developer, Method::PUT, api::TRUST, SIGNED, put(trust::next)),
        route(Who::Viewer, Method::POST, api::RECALL, MANY, post(recall::give)),
        route(Who::Viewer, Method::GET, api::USERS, NOTHING, get(users::list)),
        route(Who::Admin, Method::POST, api::USERS, SMALL, post(users::add)),
        route(Who::Admin, Method::PUT, api::USER, SMALL, put(users::role_set)),
        route(Who::Admin, Method::DELETE, api::USER, NOTHING, delete(users::remove)),
        route(Who::Admin, Method::POST, api::USER_LOGIN, SMALL, post(users::login_string)),
        route(Who::Viewer, Method::GET, api::APPS, NOTHING, get(applications::list)),
        route(Who::Admin, Method::POST, api::APPS, SMALL, post(applications::add)),
        route(Who::Admin, Method::PUT, api::APP, SMALL, put(applications::set)),
        route(Who::Viewer, Method::GET, api::GRID, NOTHING, get(grid::grid)),
        route(Who::Viewer, Method::GET, api::HISTORY, NOTHING, get(grid::history)),
        route(Who::Viewer, Method::GET, api::STAMPS, NOTHING, get(grid::stamps)),
        route(Who::Developer, Method::PUT, api::CORRECTION, SMALL, put(corrections::set)),
        route(Who::Developer, Method::POST, api::PUBLICATIONS, SIGNED, post(publications::publish)),
        route(Who::Developer, Method::POST, api::UNPUBLISH, SMALL, post(publications::unpublish)),
        route(Who::Admin, Method::POST, api::PURGES, SIGNED, post(purges::purge)),
        route(Who::Viewer, Method::GET, api::SITES, NOTHING, get(sites::list)),
        route(Who::Admin, Method::POST, api::SITES, SMALL, post(sites::add)),
        route(Who::Viewer, Method::GET, api::SITE, NOTHING, get(sites::one)),
        route(Who::Admin, Method::PUT, api::SITE, SMALL, put(sites::set)),
        route(Who::Admin, Method::DELETE, api::SITE, NOTHING, delete(sites::remove)),
        route(Who::Developer, Method::POST, api::ACCEPT_DROP, SMALL, post(sites::accept_drop)),
        route(Who::Admin, Method::POST, api::REENROLL, SMALL, post(sites::reenroll)),
        route(Who::Viewer, Method::GET, api::CONTENT, NOTHING, get(content::download)),
        route(Who::Developer, Method::PUT, api::CONTENT, STREAM, put(content::upload)),
        route(Who::Developer, Method::POST, api::PREPARE, MANY, post(orders::prepare)),
        route(Who::Viewer, Method::GET, api::ORDERS, NOTHING, get(orders::list)),
        route(Who::Developer, Method::POST, api::ORDERS, MANY, post(orders::give)),
        route(Who::Viewer, Method::GET, api::ORDER, NOTHING, get(orders::one)),
        route(Who::Developer, Method::POST, api::CANCEL, SMALL, post(orders::cancel)),
        route(Who::Viewer, Method::GET, api::CHANGES, NOTHING, get(changes::changes)),
        route(Who::Viewer, Method::GET, api::ACTIVITY, NOTHING, get(activity::activity)),
        route(Who::Viewer, Method::GET, api::AUDIT, NOTHING, get(activity::audit)),
        route(Who::Viewer, Method::GET, api::STATUS, NOTHING, get(status::status)),
        route(Who::Viewer, Method::GET, api::INCIDENTS, NOTHING, get(status::incidents)),
        route(Who::Developer, Method::POST, api::INCIDENT_HOLD, SMALL, post(status::hold)),
        route(Who::Viewer, Method::GET, api::ERRORS, NOTHING, get(errors::list)),
        route(Who::Viewer, Method::GET, api::ERROR, NOTHING, get(errors::one)),
        route(Who::Developer, Method::POST, api::ERROR_MARK, SMALL, post(errors::mark)),
        route(Who::Viewer, Method::GET, api::STATES, NOTHING, get(commands::states)),
        route(Who::Viewer, Method::GET, api::COMMANDS, NOTHING, get(commands::list)),
        route(Who::Developer, Method::POST, api::COMMANDS, SMALL, post(commands::give)),
        route(Who::Viewer, Method::GET, api::ALL_COMMANDS, NOTHING, get(commands::all)),
        route(Who::Viewer, Method::GET, api::COMMAND, NOTHING, get(commands::one)),
        route(Who::Developer, Method::GET, api::COMMAND_OUTPUT, NOTHING, get(commands::output)),
        route(Who::Developer, Method::POST, api::COMMAND_CANCEL, SMALL, post(commands::cancel)),
        route(Who::Viewer, Method::GET, api::MAINTENANCE, NOTHING, get(status::maintenance)),
        route(Who::Developer, Method::POST, api::MAINTENANCE, SMALL, post(status::maintenance_add)),
        route(Who::Developer, Method::DELETE, api::MAINTENANCE_END, NOTHING, delete(status::maintenance_end)),
        route(Who::Admin, Method::GET, api::BADGES, NOTHING, get(badges::list)),
        route(Who::Admin, Method::POST, api::BADGES, SMALL, post(badges::add)),
        route(Who::Admin, Method::DELETE, api::BADGE, NOTHING, delete(badges::remove)),
    ]
}

/// The router.
pub(crate) fn router(server: Shared) -> Router {
    let mut router = Router::new();
    let generation = HeaderValue::try_from(server.generation.to_string());
    let generation = generation.unwrap_or_else(|_| unreachable!("a number, a dot and hexadecimal digits"));
    // Apps refuse the answers of a server that is behind what they have followed.
    let data = move |mut response: Response| {
        response.headers_mut().insert(header::GENERATION, generation.clone());
        std::future::ready(response)
    };
    for Route { who, method, path, limit, handler } in table() {
        tracing::trace!(%method, path, ?who, limit, "route");
        let handler = handler.layer(Extension(BodyLimit(limit)));
        let handler = if path.starts_with(AGENTS) { handler.layer(from_fn(checked)) } else { handler };
        let handler = if matches!(who, Who::Agent | Who::Invited) { handler.layer(map_response(no_store)) } else { handler };
        let handler = match who {
            Who::Viewer | Who::Developer | Who::Admin => handler.layer(map_response(data.clone())),
            Who::Anyone | Who::Keyed | Who::Invited | Who::Agent => handler,
        };
        router = router.route(path, handler);
    }
    router
        .fallback(nowhere)
        .method_not_allowed_fallback(nowhere)
        .layer(map_response_with_state(Arc::clone(&server), ours))
        .with_state(server)
}

async fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Every answer says whose it is, so that a portal or proxy page is never taken for one.
///
/// What the store said to a request is told to those who look after the server.
async fn ours(State(server): State<Shared>, mut response: Response) -> Response {
    if let Some(error) = response.extensions().get::<StoreError>() {
        server.health.observe(error);
    }
    response.headers_mut().insert(header::SERVER, HeaderValue::from_static(crate::VERSION));
    // The one that would be put here otherwise is remembered, and stays ahead for as long as this clock was.
    if let Some(date) = http_date(clock::now()) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

/// A moment as HTTP writes it; `None`: outside of the years that it can write.
fn http_date(at: Timestamp) -> Option<HeaderValue> {
    let at = jiff::Timestamp::from_millisecond(at.as_ms()).ok()?;
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()?;
    HeaderValue::try_from(date).ok()
}

async fn nowhere(_: Request) -> Error {
    Error::NoRoute
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_http_wants_it_by_the_clock_as_it_is_now() {
        let date = |ms| http_date(Timestamp::from_ms(ms)).expect("a date");
        assert_eq!(date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        // An hour back, at once: nothing is remembered.
        assert_eq!(date(784_108_177_000), "Sun, 06 Nov 1994 07:49:37 GMT");
    }
}
