//! What happens by itself as time goes by: who was here is kept once a second, orders run out.

use crate::clock;
use crate::error::Error;
use crate::health::Part;
use crate::server::Server;
use crate::settle::order_note;
use crate::store::{Effect, StoreError, Tx, meta, order, site, user};
use fieldpost_common::api::{Change, OrderInfo};
use fieldpost_common::order::state::{OrderEvent, OrderState, advance};
use fieldpost_common::time::Timestamp;
use std::time::Duration;

const FLUSH: Duration = Duration::from_secs(1);
/// Orders are looked at on every so many flushes.
const ORDERS: u32 = 5;
/// Terminals hear on every so many that sites were here, so that no age on a screen grows old by itself.
const AGES: u32 = 60;

/// Runs until the server stops.
pub(crate) async fn tick(server: &Server) {
    let mut interval = tokio::time::interval(FLUSH);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut heard = false;
    for count in 0_u32.. {
        tokio::select! {
            _ = interval.tick() => {}
            () = server.stopped() => break,
        }
        match flush(server).await {
            Ok(sites) => heard |= sites > 0,
            Err(error) => {
                tracing::warn!(%error, "who was here could not be kept");
                server.health.observe(&error);
            }
        }
        if server.health.fault(Part::Writes).is_some() {
            probe(server).await;
        }
        if count.is_multiple_of(AGES) && std::mem::take(&mut heard) {
            server.memory.feed.push(Change::Sites);
        }
        if count.is_multiple_of(ORDERS)
            && let Err(error) = run_out(server, clock::now()).await
        {
            tracing::warn!(%error, "orders could not be looked at");
        }
    }
}

/// Whether writing works again is only known by writing.
async fn probe(server: &Server) {
    let now = clock::now();
    match server.store.write(move |tx| meta::probe_set(tx, now)).await {
        Ok(()) => drop(server.health.recover(Part::Writes)),
        Err(error) => server.health.observe(&error),
    }
}

/// Keeps who was here, in one batch; nothing is written when nobody was. How many sites were.
pub(crate) async fn flush(server: &Server) -> Result<usize, StoreError> {
    let (sites, users) = (server.memory.mailboxes.unsaved(), server.memory.people.unsaved());
    let holds = server.memory.mailboxes.holds_unsaved();
    let saved = holds.clone();
    if sites.is_empty() && users.is_empty() && holds.is_empty() {
        return Ok(0);
    }
    let keep = move |tx: &mut Tx<'_>| {
        sites.iter().try_for_each(|(name, seen)| site::site_seen(tx, name, seen))?;
        users.iter().try_for_each(|(name, at)| user::user_seen(tx, name, *at))?;
        holds.iter().try_for_each(|(name, holds)| site::site_holds_set(tx, name, *holds))?;
        if !holds.is_empty() {
            tx.then(Effect::Changed(Change::Sites));
        }
        Ok::<_, StoreError>(sites.len())
    };
    let kept = server.store.write(keep).await?;
    server.memory.mailboxes.holds_saved(saved);
    Ok(kept)
}

fn next(order: &OrderInfo, now: Timestamp) -> Option<OrderState> {
    let next = advance(order.state.clone(), OrderEvent::Tick { install_by: order.install_by }, now);
    (next != order.state).then_some(next)
}

/// Ends orders whose time is over.
pub(crate) async fn run_out(server: &Server, now: Timestamp) -> Result<(), Error> {
    let open = server.store.read(order::order_open_list).await?;
    let late: Vec<_> = open.into_iter().filter(|order| next(order, now).is_some()).map(|order| order.id).collect();
    if late.is_empty() {
        return Ok(());
    }
    let end = move |tx: &mut Tx<'_>| {
        for id in late {
            let Some(order) = order::order_fetch(tx, &id)? else { continue };
            let Some(state) = next(&order, now) else { continue };
            order::order_state_set(tx, &id, &state)?;
            order_note(tx, &order, state.word(), None, now)?;
            tx.then(Effect::Wake(order.site));
            tx.then(Effect::Changed(Change::Grid { application: order.application }));
        }
        Ok(())
    };
    server.store.write(end).await
}
