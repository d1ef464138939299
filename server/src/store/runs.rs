//! Which runs of a server these data have seen, and whether somebody has followed more than they hold.

use super::wal::Mark;
use super::{StoreError, column, meta};
use fieldpost_common::id::SiteName;
use fieldpost_common::time::Timestamp;
use rusqlite::Connection;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const RUNS: &str = "runs";
const WENT_BACK: &str = "went_back";
/// How many runs are kept: a site that was away for more of them is not judged by its batch.
const KEPT: usize = 1_000;

/// One run of a server on these data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// Its number: how often a server had been started on these data.
    pub(crate) number: u64,
    /// Where the revisions of its mailboxes began: anywhere, so that it also names the run.
    pub(crate) start: u64,
    /// The last commit of it that these data hold; none while it lasts.
    pub(crate) last: Option<u64>,
}

/// Somebody has followed newer data of the same generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WentBack {
    /// When that was seen first.
    pub(crate) since: Timestamp,
    /// The sites that showed it.
    pub(crate) sites: BTreeSet<SiteName>,
}

/// The runs that are known, the oldest first.
pub(crate) fn run_list(db: &Connection) -> Result<Vec<Run>, StoreError> {
    Ok(parsed(db, RUNS)?.unwrap_or_default())
}

/// A run has ended, well or not, with this mark.
pub(super) fn run_ended(db: &Connection, mark: &Mark) -> Result<(), StoreError> {
    let mut runs = run_list(db)?;
    let Some(last) = runs.last_mut().filter(|last| last.number == mark.run && last.last.is_none()) else { return Ok(()) };
    last.last = Some(mark.commit);
    meta::set(db, RUNS, &column::text(&runs))
}

/// A run begins: nobody has heard of it yet.
pub(super) fn run_begun(db: &Connection, number: u64, start: u64) -> Result<(), StoreError> {
    let mut runs = run_list(db)?;
    runs.push(Run { number, start, last: None });
    runs.drain(..runs.len().saturating_sub(KEPT));
    meta::set(db, RUNS, &column::text(&runs))
}

/// Whether it was seen that these data went back.
pub(crate) fn went_back_fetch(db: &Connection) -> Result<Option<WentBack>, StoreError> {
    parsed(db, WENT_BACK)
}

/// A site shows that these data went back; whether that is news of the data.
pub(crate) fn went_back_add(db: &Connection, site: SiteName, now: Timestamp) -> Result<bool, StoreError> {
    let known = went_back_fetch(db)?;
    let is_news = known.is_none();
    let mut all = known.unwrap_or(WentBack { since: now, sites: BTreeSet::new() });
    all.sites.insert(site);
    meta::set(db, WENT_BACK, &column::text(&all))?;
    Ok(is_news)
}

/// The data are another generation now: nothing of this counts any more.
pub(super) fn runs_forget(db: &Connection) -> Result<(), StoreError> {
    db.execute("DELETE FROM meta WHERE key IN (?1, ?2)", [RUNS, WENT_BACK])?;
    Ok(())
}

fn parsed<T: DeserializeOwned>(db: &Connection, key: &str) -> Result<Option<T>, StoreError> {
    let text = meta::word(db, key)?.map(|text| serde_json::from_str(&text)).transpose();
    text.map_err(|error| StoreError::Sqlite(format!("what is kept as {key} can't be read: {error}")))
}
