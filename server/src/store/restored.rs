//! What a restore changes in the data, and what is still open of the last one: which sites have not reported, how far counters are raised.

use super::{StoreError, activity, column, command, meta, order, runs};
use fieldpost_common::api::Restored;
use fieldpost_common::command::{CommandEvent, advance as command_advance};
use fieldpost_common::id::{Generation, SiteName};
use fieldpost_common::order::state::{OrderEvent, advance};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

/// How far each restore raises the counters of orders: more than were given for one patch at one site since the backup.
const COUNTERS_RAISED: u64 = 1_000;

/// The last restore, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Last {
    at: Timestamp,
    from: Clean,
    newest: Timestamp,
    sites: u64,
}

/// What a restore changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// The newest entry of the activity: what came after it is not in the data.
    pub newest: Timestamp,
    /// Sites that have to report.
    pub sites: u64,
    /// Orders that were open, and end as unknown.
    pub orders: usize,
    /// The same of commands.
    pub commands: usize,
}

/// Makes data that were put back, or that take another server's place, a generation of their own.
pub(crate) fn restored_apply(
    db: &Connection,
    generation: &Generation,
    from: &str,
    now: Timestamp,
) -> Result<Numbers, StoreError> {
    let newest = activity::activity_list(db, None, 1)?.first().map_or(now, |last| last.at);
    meta::generation_set(db, generation)?;
    runs::runs_forget(db)?;
    let orders = orders_end(db, now)?;
    let commands = commands_end(db, now)?;
    db.execute("UPDATE counter SET highest = highest + ?1", [column::int(COUNTERS_RAISED)])?;
    meta::counter_floor_set(db, meta::counter_floor_fetch(db)? + COUNTERS_RAISED)?;
    let sites = "UPDATE site SET digest = NULL, remembered = 0, awaited = enrolled_at IS NOT NULL";
    db.execute(sites, [])?;
    let sites = awaited_count(db)?;
    meta::restored_set(db, &column::text(&Last { at: now, from: Clean::line(from), newest, sites }))?;
    let mut row = activity::activity("server", "restored");
    row.detail = Some(format!(
        "from {from}, whose newest entry is of {newest}: {orders} orders and {commands} commands that were open end as unknown, {sites} sites have to report"
    ));
    activity::activity_add(db, row, now)?;
    Ok(Numbers { newest, sites, orders, commands })
}

/// What was open may have happened or not. None of it is offered again before a person sends again.
fn orders_end(db: &Connection, now: Timestamp) -> Result<usize, StoreError> {
    let open = order::order_open_list(db)?;
    for order in &open {
        order::order_state_set(db, &order.id, &advance(order.state.clone(), OrderEvent::Restored, now))?;
    }
    Ok(open.len())
}

fn commands_end(db: &Connection, now: Timestamp) -> Result<usize, StoreError> {
    let open = command::command_open_list(db, None)?;
    let why = Clean::line("the server was restored from a backup in which it was open");
    for info in &open {
        let state = command_advance(info.state.clone(), CommandEvent::Lost(why.clone()), now);
        command::command_state_set(db, &info.id, &state)?;
    }
    Ok(open.len())
}

fn awaited_count(db: &Connection) -> Result<u64, StoreError> {
    let mut count = db.prepare_cached("SELECT count(*) FROM site INDEXED BY site_awaited WHERE awaited = 1")?;
    Ok(count.query_row([], |row| column::size(row, 0))?)
}

/// The last restore, and how many sites have reported since; `None`: there was none.
pub(crate) fn restored_fetch(db: &Connection) -> Result<Option<Restored>, StoreError> {
    let Some(text) = meta::restored_fetch(db)? else { return Ok(None) };
    let last: Last = serde_json::from_str(&text)
        .map_err(|error| StoreError::Sqlite(format!("the word about the last restore can't be read: {error}")))?;
    let Last { at, from, newest, sites } = last;
    Ok(Some(Restored { at, from, newest, sites, reported: sites.saturating_sub(awaited_count(db)?) }))
}

/// A site has reported; whether it was waited for.
pub(crate) fn site_reported(db: &Connection, site: &SiteName) -> Result<bool, StoreError> {
    let mut set = db.prepare_cached("UPDATE site SET awaited = 0 WHERE name = ?1 AND awaited = 1")?;
    Ok(set.execute([site.as_str()])? > 0)
}

/// A site has told its counters.
pub(crate) fn site_remembered(db: &Connection, site: &SiteName) -> Result<(), StoreError> {
    db.execute("UPDATE site SET remembered = 1 WHERE name = ?1", [site.as_str()])?;
    Ok(())
}

/// Below which no counter is proposed for a site: raised by each restore, until the site has told its own.
pub(crate) fn counter_floor(db: &Connection, site: &SiteName) -> Result<u64, StoreError> {
    let floor = meta::counter_floor_fetch(db)?;
    if floor == 0 {
        return Ok(0);
    }
    let mut find = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM site WHERE name = ?1 AND remembered = 1)")?;
    let remembered: bool = find.query_row(params![site.as_str()], |row| row.get(0))?;
    Ok(if remembered { 0 } else { floor })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::command;
    use crate::store::{FILE, counter, open_for_restore, site};
    use fieldpost_common::hash::ContentHash;

    #[test]
    fn each_restore_raises_the_counters_beyond_those_given_since_until_the_site_has_told_its_own() {
        let data = tempfile::tempdir().unwrap();
        command::init(data.path(), "http://post.example", &"ada".parse().unwrap()).unwrap();
        let db = open_for_restore(&data.path().join(FILE)).unwrap();
        let (acme, app) = ("acme".parse().unwrap(), "trading".parse().unwrap());
        let (known, unknown) = ("known.st".parse().unwrap(), "sent-after-the-backup.st".parse().unwrap());
        site::site_add(&db, &acme, &[], Timestamp::default()).unwrap();
        site::site_enroll(&db, &acme, &ContentHash::of(b"token"), "1", Timestamp::default()).unwrap();
        counter::counter_raise(&db, &acme, &app, &known, 7).unwrap();
        assert_eq!(counter_floor(&db, &acme).unwrap(), 0);
        for restores in 1..=2 {
            let generation = Generation::after(&[meta::generation_fetch(&db).unwrap()], [9; 16], 0);
            let numbers = restored_apply(&db, &generation, "copy.db", Timestamp::from_ms(5)).unwrap();
            assert_eq!(numbers.sites, 1);
            assert_eq!(counter::counter_highest(&db, &acme, &app, &known).unwrap(), 7 + restores * COUNTERS_RAISED);
            assert_eq!(counter::counter_highest(&db, &acme, &app, &unknown).unwrap(), 0);
            assert_eq!(counter_floor(&db, &acme).unwrap(), restores * COUNTERS_RAISED);
        }
        assert!(restored_fetch(&db).unwrap().unwrap().is_waiting());
        assert!(site_reported(&db, &acme).unwrap() && !site_reported(&db, &acme).unwrap());
        site_remembered(&db, &acme).unwrap();
        assert_eq!(counter_floor(&db, &acme).unwrap(), 0);
        assert!(!restored_fetch(&db).unwrap().unwrap().is_waiting());
    }
}
