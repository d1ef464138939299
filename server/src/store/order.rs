//! The table `site_order`: every order, as it was signed, and where it stands. How it moves on is left to `advance()`.

use super::{StoreError, column};
use fieldpost_common::api::OrderInfo;
use fieldpost_common::envelope::Envelope;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::hook::HookWord;
use fieldpost_common::id::{AppName, OrderId, SiteName};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::state::OrderState;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeSet;

const COLUMNS: &str = "id, action, application, patch, site, expected, by, created, install_by, state, hook";

pub(super) fn info(row: &Row<'_>) -> rusqlite::Result<OrderInfo> {
    Ok(OrderInfo {
        id: column::word(row, 0)?,
        action: column::json(row, 1)?,
        application: column::word(row, 2)?,
        patch: column::word(row, 3)?,
        site: column::word(row, 4)?,
        expected: column::hash_opt(row, 5)?,
        by: column::word(row, 6)?,
        created: column::time(row, 7)?,
        install_by: column::time(row, 8)?,
        state: column::json(row, 9)?,
        hook: column::json_opt(row, 10)?,
    })
}

/// Keeps a new order; it is the newest of its cell from now on.
pub(crate) fn order_add(db: &Connection, order: &OrderInfo, counter: u64, envelope: &Envelope) -> Result<(), StoreError> {
    let cell = [order.application.as_str(), order.site.as_str(), order.patch.as_str()];
    db.prepare_cached("UPDATE site_order SET newest = 0 WHERE application = ?1 AND site = ?2 AND patch = ?3 AND newest = 1")?
        .execute(cell)?;
    let sql = "INSERT INTO site_order (application, site, patch, id, action, content, expected, counter, by, created,
                                       install_by, state, open, newest, envelope)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1, ?14)";
    db.prepare_cached(sql)?.execute(params![
        cell[0],
        cell[1],
        cell[2],
        order.id.as_str(),
        column::text(&order.action),
        order.action.outcome().as_ref().map(ContentHash::as_bytes),
        order.expected.as_ref().map(ContentHash::as_bytes),
        column::int(counter),
        order.by.as_str(),
        order.created.as_ms(),
        order.install_by.as_ms(),
        column::text(&order.state),
        order.state.is_open(),
        column::text(envelope),
    ])?;
    Ok(())
}

/// One order.
pub(crate) fn order_fetch(db: &Connection, id: &OrderId) -> Result<Option<OrderInfo>, StoreError> {
    let mut find = db.prepare_cached(&format!("SELECT {COLUMNS} FROM site_order WHERE id = ?1"))?;
    Ok(find.query_row([id.as_str()], info).optional()?)
}

/// The newest order of a cell.
pub(crate) fn order_newest(
    db: &Connection,
    site: &SiteName,
    app: &AppName,
    patch: &PatchName,
) -> Result<Option<OrderInfo>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM site_order WHERE application = ?1 AND site = ?2 AND patch = ?3 AND newest = 1");
    let mut find = db.prepare_cached(&sql)?;
    Ok(find.query_row([app.as_str(), site.as_str(), patch.as_str()], info).optional()?)
}

/// The newest order of each cell of an application at a site.
pub(crate) fn order_newest_list(db: &Connection, site: &SiteName, app: &AppName) -> Result<Vec<OrderInfo>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM site_order WHERE application = ?1 AND site = ?2 AND newest = 1");
    let mut all = db.prepare_cached(&sql)?;
    Ok(all.query_map([app.as_str(), site.as_str()], info)?.collect::<Result<_, _>>()?)
}

/// The patches at a site whose newest order may lie over the cell, in order. Which do is decided by `cell()`; this leaves out those
/// that never do.
pub(crate) fn order_showing(db: &Connection, site: &SiteName, app: &AppName) -> Result<Vec<PatchName>, StoreError> {
    // The condition is the index's own, word for word: else SQLite couldn't use it.
    let sql = "SELECT patch FROM site_order INDEXED BY order_shows
               WHERE application = ?1 AND site = ?2 AND newest = 1 AND (
                 open = 1
                 OR json_extract(state, '$.state') IN ('failed', 'timed_out', 'expired', 'unknown')
               ) ORDER BY patch";
    let mut all = db.prepare_cached(sql)?;
    Ok(all.query_map([app.as_str(), site.as_str()], |row| column::word(row, 0))?.collect::<Result<_, _>>()?)
}

/// Keeps a new state.
pub(crate) fn order_state_set(db: &Connection, id: &OrderId, state: &OrderState) -> Result<(), StoreError> {
    let mut set = db.prepare_cached("UPDATE site_order SET state = ?2, open = ?3 WHERE id = ?1")?;
    set.execute(params![id.as_str(), column::text(state), state.is_open()])?;
    Ok(())
}

/// Keeps what the site said of the order's hook.
pub(crate) fn order_hook_set(db: &Connection, id: &OrderId, hook: &HookWord) -> Result<(), StoreError> {
    let mut set = db.prepare_cached("UPDATE site_order SET hook = ?2 WHERE id = ?1")?;
    set.execute([id.as_str(), &column::text(hook)])?;
    Ok(())
}

/// The contents on which orders depend that no batch has brought yet: what they put, and what they replace.
pub(crate) fn order_queued_contents(db: &Connection, site: &SiteName) -> Result<BTreeSet<ContentHash>, StoreError> {
    let sql = "SELECT content, expected FROM site_order
               WHERE site = ?1 AND open = 1 AND json_extract(state, '$.state') = 'queued'";
    let mut all = db.prepare_cached(sql)?;
    let pairs = all.query_map([site.as_str()], |row| Ok([column::hash_opt(row, 0)?, column::hash_opt(row, 1)?]))?;
    Ok(pairs.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().flatten().collect())
}

/// A hook for a whole batch ended well for this order: orders before it whose batch hook did not are no trouble any more.
pub(crate) fn order_hooks_over(db: &Connection, order: &OrderInfo) -> Result<(), StoreError> {
    let sql = "UPDATE site_order INDEXED BY order_shows SET hook_over = 1
               WHERE application = ?1 AND site = ?2 AND newest = 1 AND (
                 open = 1
                 OR json_extract(state, '$.state') IN ('failed', 'timed_out', 'expired', 'unknown')
               ) AND open = 0 AND json_extract(hook, '$.per') = 'batch' AND seq < (SELECT seq FROM site_order WHERE id = ?3)";
    db.prepare_cached(sql)?.execute([order.application.as_str(), order.site.as_str(), order.id.as_str()])?;
    Ok(())
}

/// Open orders of a site, oldest first, as they were signed. One whose content is damaged waits until that is healed.
pub(crate) fn order_batch(db: &Connection, site: &SiteName) -> Result<Vec<(OrderId, OrderState, Envelope)>, StoreError> {
    let sql = "SELECT id, state, envelope FROM site_order WHERE site = ?1 AND open = 1
                 AND NOT EXISTS (SELECT 1 FROM damaged_content WHERE damaged_content.sha256 = site_order.content) ORDER BY seq";
    let mut all = db.prepare_cached(sql)?;
    let rows = all.query_map([site.as_str()], |row| Ok((column::word(row, 0)?, column::json(row, 1)?, column::json(row, 2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every open order, oldest first.
pub(crate) fn order_open_list(db: &Connection) -> Result<Vec<OrderInfo>, StoreError> {
    let mut all = db.prepare_cached(&format!("SELECT {COLUMNS} FROM site_order WHERE open = 1 ORDER BY site, seq"))?;
    Ok(all.query_map([], info)?.collect::<Result<_, _>>()?)
}

/// Orders, newest first: of a site, of an application, open ones, or all.
pub(crate) fn order_list(
    db: &Connection,
    site: Option<&SiteName>,
    app: Option<&AppName>,
    open: bool,
    limit: u64,
) -> Result<Vec<OrderInfo>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM site_order WHERE (?1 IS NULL OR site = ?1) AND (?2 IS NULL OR application = ?2)
         AND (NOT ?3 OR open = 1) ORDER BY seq DESC LIMIT ?4"
    );
    let mut all = db.prepare_cached(&sql)?;
    let values = params![site.map(SiteName::as_str), app.map(AppName::as_str), open, column::int(limit)];
    Ok(all.query_map(values, info)?.collect::<Result<_, _>>()?)
}

/// How many orders are open at a site.
pub(crate) fn order_open_count(db: &Connection, site: &SiteName) -> Result<usize, StoreError> {
    let mut count = db.prepare_cached("SELECT count(*) FROM site_order WHERE site = ?1 AND open = 1")?;
    Ok(usize::try_from(count.query_row([site.as_str()], |row| row.get::<_, i64>(0))?).unwrap_or(0))
}

/// Whether a content was ever ordered for a site.
pub(crate) fn order_brings(db: &Connection, site: &SiteName, sha256: &ContentHash) -> Result<bool, StoreError> {
    let mut find = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM site_order WHERE site = ?1 AND content = ?2)")?;
    Ok(find.query_row(params![site.as_str(), sha256.as_bytes()], |row| row.get(0))?)
}

/// So many of a site's newest orders show whether one has succeeded lately.
const LATELY: i64 = 200;

/// Whether one of a site's newest orders was confirmed after a moment.
pub(crate) fn order_confirmed_since(db: &Connection, site: &SiteName, since: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT state FROM site_order WHERE site = ?1 ORDER BY seq DESC LIMIT ?2";
    let mut newest = db.prepare_cached(sql)?;
    let mut states = newest.query_map(params![site.as_str(), LATELY], |row| column::json::<OrderState>(row, 0))?;
    states.try_fold(false, |found, state| Ok(found || matches!(state?, OrderState::Confirmed { at } if at >= since)))
}

/// Whether the hook of an application ran well when it ran last for one of a site's newest orders.
pub(crate) fn order_hook_newest_ok(db: &Connection, site: &SiteName, app: &AppName) -> Result<bool, StoreError> {
    let sql =
        "SELECT hook FROM (SELECT hook, seq FROM site_order WHERE site = ?1 AND application = ?2 ORDER BY seq DESC LIMIT ?3)
               WHERE hook IS NOT NULL ORDER BY seq DESC LIMIT 1";
    let mut newest = db.prepare_cached(sql)?;
    let hook = newest.query_row(params![site.as_str(), app.as_str(), LATELY], |row| column::json::<HookWord>(row, 0));
    Ok(hook.optional()?.is_some_and(|hook| hook.is_well()))
}

/// The newest orders of their cells that came to nothing.
pub(crate) fn order_troubled_list(db: &Connection) -> Result<Vec<OrderInfo>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM site_order INDEXED BY order_troubled WHERE newest = 1 AND
           open = 0 AND hook_over = 0 AND json_extract(state, '$.state') IN ('failed', 'timed_out', 'unknown')
         ORDER BY seq"
    );
    let mut all = db.prepare_cached(&sql)?;
    Ok(all.query_map([], info)?.collect::<Result<_, _>>()?)
}

/// Open orders whose sites say what they wait for.
pub(crate) fn order_waiting_list(db: &Connection) -> Result<Vec<OrderInfo>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM site_order INDEXED BY order_waiting
         WHERE open = 1 AND json_extract(state, '$.state') = 'waiting' ORDER BY seq"
    );
    let mut all = db.prepare_cached(&sql)?;
    Ok(all.query_map([], info)?.collect::<Result<_, _>>()?)
}
