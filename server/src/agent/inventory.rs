//! `PUT /agent/v1/inventory`: this is what I see.

use crate::auth::Agent;
use crate::body::{BodyLimit, receive_read};
use crate::clock;
use crate::error::Error;
use crate::request::header;
use crate::server::Shared;
use crate::settle::{Inbound, inventory_settle};
use axum::Json;
use axum::extract::{FromRequest, Request, State};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::inventory::Received;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{InventoryAnswer, header as name};

impl FromRequest<Shared> for Inbound {
    type Rejection = Error;
    async fn from_request(request: Request, server: &Shared) -> Result<Self, Error> {
        let limit = request.extensions().get().copied().unwrap_or(BodyLimit(0));
        let (parts, body) = request.into_parts();
        let now = clock::now();
        let clock: Timestamp = header(&parts.headers, name::CLOCK)?.unwrap_or(now);
        let read = move |bytes: &[u8]| {
            let mut received = Received::read(bytes)?;
            received.shift_clock(clock.as_ms().saturating_sub(now.as_ms()));
            Ok(Self { digest: ContentHash::of(bytes), bytes: bytes.to_vec(), received })
        };
        receive_read(server, &parts.headers, body, limit, read).await
    }
}

pub(crate) async fn inventory(
    State(server): State<Shared>,
    Agent(site): Agent,
    inbound: Inbound,
) -> Result<Json<InventoryAnswer>, Error> {
    let now = clock::now();
    let settled = server.store.write(move |tx| inventory_settle(tx, &site, inbound, now)).await?;
    let (generation, wanted, refused) = (server.generation.clone(), settled.wanted, settled.refused);
    Ok(Json(InventoryAnswer { generation, wanted, refused }))
}
