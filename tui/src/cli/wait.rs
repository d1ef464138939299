//! `--wait`: follows orders through the change feed until each has ended or the time is over.

use super::failure::Failure;
use super::order;
use super::talk::Talk;
use crate::clock::Stopwatch;
use crate::session::Session;
use fieldpost_common::cell::LatestOrder;
use fieldpost_common::exit;
use fieldpost_common::grid::{GridCell, Table};
use fieldpost_common::id::{AppName, OrderId};
use fieldpost_common::order::state::OrderState;
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
        let table = Table::new(session.client.grid(application).await?);
        let running = running(&table);
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
            ended.extend(open.into_iter().map(|id| {
                let end = running.get(&id).cloned().unwrap_or_else(|| pending(OrderState::Queued.word(), None));
                (id, end)
            }));
            return Ok(ended);
        }
        session.client.changes(&table.grid.feed, AT_ONCE.min(left.max(Duration::from_secs(1)))).await?;
    }
}

/// The open orders that the grid shows, as they end when nobody waits any longer.
fn running(table: &Table) -> BTreeMap<OrderId, End> {
    let cells =
        table.grid.cells.iter().filter_map(|cell| Some((cell, cell.order.as_ref().filter(|order| order.state.is_open())?)));
    let end = |(cell, order): (&GridCell, &LatestOrder)| {
        let why = table.cell(cell.patch, cell.site, table.grid.now).reason();
        (order.id.clone(), pending(order.state.word(), why.as_deref()))
    };
    cells.map(end).collect()
}

/// An order that is on its way, and what it waits for where that is known.
fn pending(state: &str, why: Option<&str>) -> End {
    let why = why.map(|why| why.strip_prefix(state).unwrap_or(why)).map(|why| why.trim_start_matches([':', ',', ' ']));
    let reason = match why {
        None | Some("") => "still on its way".to_owned(),
        Some(why) => format!("still on its way: {why}"),
    };
    End { state: state.to_owned(), reason: Some(reason), code: exit::TRY_LATER }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_that_waits_says_for_what() {
        let reason = |state, why| pending(state, why).reason.expect("words");
        assert_eq!(reason("queued", Some("queued")), "still on its way");
        assert_eq!(reason("queued", None), "still on its way");
        let waiting = reason("waiting", Some("waiting: no space left on the disk"));
        assert_eq!(waiting, "still on its way: no space left on the disk");
        let unsettled = reason("offered", Some("offered, waits: the file is being written, since 10:00"));
        assert_eq!(unsettled, "still on its way: waits: the file is being written, since 10:00");
    }
}
