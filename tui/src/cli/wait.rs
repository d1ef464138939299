//! `--wait`: follows orders through the change feed until each has ended or the time is over.

use super::failure::Failure;
use super::order;
use super::talk::Talk;
use crate::clock::Stopwatch;
use crate::session::Session;
use fieldpost_common::exit;
use fieldpost_common::grid::Grid;
use fieldpost_common::id::{AppName, OrderId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The longest that one request waits.
const AT_ONCE: Duration = Duration::from_secs(20);

/// How an order stands at the end of the wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    /// Its state, in a word.
    pub(crate) state: String,
    /// Why, in words.
    pub(crate) reason: Option<String>,
    /// The exit code that says so.
    pub(crate) code: u8,
}

/// Waits for orders of one application.
pub(crate) async fn wait(
    session: &Session,
    application: &AppName,
    orders: &[OrderId],
    limit: Duration,
    talk: Talk,
) -> Result<BTreeMap<OrderId, End>, Failure> {
    let watch = Stopwatch::start();
    let mut open: BTreeSet<OrderId> = orders.iter().cloned().collect();
    let mut ended = BTreeMap::new();
    loop {
        let grid = session.client.grid(application).await?;
        let running = running(&grid);
        for id in open.clone() {
            if running.contains_key(&id) {
                continue;
            }
            let info = session.client.order(&id).await?;
            if !info.state.is_open() {
                talk.say(&format!("{} at {}: {}", info.patch, info.site, info.state.word()));
                open.remove(&id);
                ended.insert(id, order::end(&info));
            }
        }
        let left = watch.left_of(limit);
        if open.is_empty() || left.is_zero() {
            let pending = |id: OrderId| {
                let state = running.get(&id).copied().unwrap_or("queued").to_owned();
                (id, End { state, reason: Some("still on its way".to_owned()), code: exit::TRY_LATER })
            };
            ended.extend(open.into_iter().map(pending));
            return Ok(ended);
        }
        session.client.changes(&grid.feed, AT_ONCE.min(left.max(Duration::from_secs(1)))).await?;
    }
}

/// The open orders that the grid shows, with their states.
fn running(grid: &Grid) -> BTreeMap<OrderId, &'static str> {
    let orders = grid.cells.iter().filter_map(|cell| cell.order.as_ref());
    orders.filter(|order| order.state.is_open()).map(|order| (order.id.clone(), order.state.word())).collect()
}
