//! Reads all that is stored again, a little at a time: what rots on the disk is found while somebody still has the right bytes.

use crate::clock;
use crate::damage;
use crate::error::Error;
use crate::health::Part;
use crate::server::Server;
use crate::store::content::{Examined, content_examine};
use crate::store::{StoreError, meta};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::time::Timestamp;
use rusqlite::Connection;
use std::time::Duration;

/// The most contents, and about the most bytes, of one step.
const ROWS: u64 = 64;
const BYTES: u64 = 8 << 20;
/// After a step nothing is read for so many times as long as it took, but for so long at most.
const GENTLE: u32 = 9;
const LONGEST: Duration = Duration::from_secs(30);
/// Suspicions begin a check of the pages so far apart at least.
const APART: Duration = Duration::from_mins(1);
/// The cursor is kept every so many steps.
const KEPT: u32 = 32;

/// Checks until the server stops: the pages at the start, then everything once in each period.
pub(crate) async fn keep_scrubbing(server: &Server) {
    let every = server.config.check_every;
    let begun = server.store.peek(meta::scrub_fetch);
    let (mut after, finished) = begun.unwrap_or_else(|error| {
        tracing::warn!(%error, "where the check of contents stood can't be read; it begins anew");
        (None, None)
    });
    let mut rest = if after.is_some() { Duration::ZERO } else { first_rest(finished, clock::now(), every) };
    loop {
        pages(server).await;
        if rest.is_zero() {
            contents(server, after.take()).await;
            rest = every;
        }
        let begun = clock::instant();
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = suspected(server) => {}
            () = server.stopped() => return,
        }
        rest = rest.saturating_sub(clock::instant().duration_since(begun));
    }
}

async fn suspected(server: &Server) {
    tokio::time::sleep(APART).await;
    server.health.suspect.notified().await;
}

/// How long the first check of contents waits for its turn. A clock that was wrong makes it come sooner, never later than usual.
fn first_rest(finished: Option<Timestamp>, now: Timestamp, every: Duration) -> Duration {
    match finished {
        Some(at) if at <= now => every.saturating_sub(at.age(now)),
        _ => Duration::ZERO,
    }
}

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// Everything was read, and is as it should be.
    Sound,
    /// Something could not be read for another reason: what was known before stands.
    Unread,
    /// Pages are damaged: where and how.
    Damaged(String),
}

impl Found {
    /// The first damage counts, then that something was not read.
    fn and(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Damaged(_), _) | (Self::Unread, Self::Sound | Self::Unread) => self,
            _ => other,
        }
    }
}

/// Checks the pages of all tables but those that only hold contents, table by table.
pub(crate) async fn pages(server: &Server) {
    let found = match server.store.read_fresh(tables).await {
        Ok(tables) => {
            let mut found = Found::Sound;
            for table in tables {
                let begun = clock::instant();
                found = found.and(server.store.read_fresh(move |db| page_fault(db, &table)).await.unwrap_or_else(fault_of));
                tokio::time::sleep((clock::instant().duration_since(begun) * GENTLE).min(LONGEST)).await;
            }
            found
        }
        Err(error) => fault_of(error),
    };
    judge(server, Part::Pages, found);
}

fn judge(server: &Server, part: Part, found: Found) {
    match found {
        Found::Sound => drop(server.health.recover(part)),
        Found::Unread => {}
        Found::Damaged(why) => server.health.fail(
            part,
            &format!("the database is damaged ({why}): stop the server, keep a copy of its data, and restore a backup"),
        ),
    }
}

fn tables(db: &Connection) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0
               AND name NOT IN ('content', 'damaged_content') ORDER BY name";
    let mut all = db.prepare(sql)?;
    Ok(all.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn page_fault(db: &Connection, table: &str) -> Result<Found, StoreError> {
    let said: String = db.query_row("SELECT * FROM pragma_quick_check(?1)", [table], |row| row.get(0))?;
    let damage = || Found::Damaged(format!("table {table}: {}", said.lines().next().unwrap_or_default()));
    Ok(if said == "ok" { Found::Sound } else { damage() })
}

/// An error of the check itself is a fault only where it says that pages are damaged.
fn fault_of(error: StoreError) -> Found {
    match error {
        StoreError::Corrupt(why) => Found::Damaged(why),
        error => {
            tracing::warn!(%error, "pages could not be checked");
            Found::Unread
        }
    }
}

/// Reads all contents from a place on.
async fn contents(server: &Server, mut after: Option<ContentHash>) {
    let mut found = Found::Sound;
    for step in 1_u32.. {
        let begun = clock::instant();
        match contents_step(server, after).await {
            Ok(examined) => {
                after = examined.last;
                found = found.and(examined.fault.map_or(Found::Sound, Found::Damaged));
            }
            Err(error) => {
                tracing::warn!(%error, "contents could not be checked");
                found = found.and(Found::Unread);
            }
        }
        if after.is_none() || step.is_multiple_of(KEPT) {
            keep(server, after).await;
        }
        if matches!(found, Found::Damaged(_)) {
            judge(server, Part::ContentPages, found.clone());
        }
        if after.is_none() {
            break;
        }
        let took = clock::instant().duration_since(begun);
        tokio::select! {
            () = tokio::time::sleep((took * GENTLE).min(LONGEST)) => {}
            () = server.stopped() => return keep(server, after).await,
        }
    }
    judge(server, Part::ContentPages, found);
}

async fn keep(server: &Server, after: Option<ContentHash>) {
    let now = clock::now();
    if let Err(error) = server.store.write(move |tx| meta::scrub_set(tx, after.as_ref(), now)).await {
        tracing::warn!(%error, "where the check of contents stands can't be kept");
    }
}

/// Reads some contents, sets aside those that are damaged, and says where to go on; nowhere: that was the last.
pub(crate) async fn contents_step(server: &Server, after: Option<ContentHash>) -> Result<Examined, Error> {
    let examined = server.store.read_fresh(move |db| content_examine(db, after.as_ref(), (ROWS, BYTES))).await?;
    for sha256 in &examined.damaged {
        damage::set_aside(server, *sha256).await;
    }
    Ok(examined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_read_is_not_called_sound_and_damage_outweighs_it() {
        let (sound, unread, damaged) = (Found::Sound, Found::Unread, Found::Damaged("table order".to_owned()));
        assert_eq!(sound.clone().and(sound.clone()), sound);
        for (one, other) in [(&sound, &unread), (&unread, &sound), (&unread, &unread)] {
            assert_eq!(one.clone().and(other.clone()), unread);
        }
        for (one, other) in [(&unread, &damaged), (&damaged, &unread), (&sound, &damaged), (&damaged, &sound)] {
            assert_eq!(one.clone().and(other.clone()), damaged);
        }
        assert_eq!(fault_of(StoreError::Busy), unread);
    }

    #[test]
    fn the_next_check_is_a_day_after_the_last_and_no_clock_puts_it_off() {
        const DAY: Duration = Duration::from_hours(24);
        let at = |hours: i64| Timestamp::from_ms(hours * 3_600_000);
        assert_eq!(first_rest(None, at(100), DAY), Duration::ZERO);
        assert_eq!(first_rest(Some(at(90)), at(100), DAY), Duration::from_hours(14));
        assert_eq!(first_rest(Some(at(10)), at(100), DAY), Duration::ZERO);
        assert_eq!(first_rest(Some(at(9_000)), at(100), DAY), Duration::ZERO, "the clock was ahead when it ended");
    }
}
