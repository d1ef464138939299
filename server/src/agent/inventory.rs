//! `PUT /agent/v1/inventory`: this is what I see.

use crate::auth::Agent;
use crate::clock;
use crate::error::Error;
use crate::request::Said;
use crate::server::Shared;
use crate::settle::inventory_settle;
use axum::Json;
use axum::extract::State;
use fieldpost_common::inventory::Inventory;
use fieldpost_common::wire::InventoryAnswer;

pub(crate) async fn inventory(
    State(server): State<Shared>,
    Agent(site): Agent,
    Said(inventory): Said<Inventory>,
) -> Result<Json<InventoryAnswer>, Error> {
    let now = clock::now();
    let wanted = server.store.write(move |tx| inventory_settle(tx, &site, &inventory, now)).await?;
    Ok(Json(InventoryAnswer { generation: server.generation.clone(), wanted }))
}
