//! Contents whose bytes are not what their hash says: found whenever one is read, set aside, and healed by good bytes.

use crate::clock;
use crate::error::Error;
use crate::server::Server;
use crate::store::activity::{activity, activity_add};
use crate::store::content::content_fetch;
use crate::store::damaged_content::{damaged_applications, damaged_heal, damaged_set_aside, damaged_sites, damaged_waiting};
use crate::store::{Effect, Tx};
use fieldpost_common::api::Change;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::time::Timestamp;
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A content that was read and found sound is not read again for an order within this time.
const SOUND_FOR: Duration = Duration::from_mins(1);
/// More contents than this are not remembered: the memory begins anew, which only ever reads once more.
const REMEMBERED: usize = 10_000;

/// When contents were last found sound.
#[derive(Default)]
pub(crate) struct Proven(Mutex<HashMap<ContentHash, Instant>>);

impl Proven {
    fn is_recent(&self, sha256: &ContentHash, now: Instant) -> bool {
        let proven = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        proven.get(sha256).is_some_and(|at| now.duration_since(*at) < SOUND_FOR)
    }

    fn add(&self, sha256: ContentHash, now: Instant) {
        let mut proven = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if proven.len() >= REMEMBERED {
            proven.clear();
        }
        proven.insert(sha256, now);
    }

    fn remove(&self, sha256: &ContentHash) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(sha256);
    }
}

/// Reads a content by `look`; one that turns out to be damaged is set aside before its reader hears of it.
pub(crate) async fn load(
    server: &Server,
    look: impl FnOnce(&Connection) -> Result<Option<Vec<u8>>, Error> + Send + 'static,
) -> Result<Option<Vec<u8>>, Error> {
    let found = server.store.read(look).await;
    if let Err(Error::ContentDamaged(sha256)) = &found {
        set_aside(server, *sha256).await;
    }
    found
}

/// Reads a content for what depends on it: one that is damaged is set aside. Whether it is here and sound.
pub(crate) async fn prove(server: &Server, sha256: ContentHash) -> bool {
    let sound = load(server, move |db| Ok(content_fetch(db, &sha256)?)).await.is_ok_and(|found| found.is_some());
    if sound {
        server.proven.add(sha256, clock::instant());
    }
    sound
}

/// The same, unless that was done a moment ago.
pub(crate) async fn prove_recently(server: &Server, sha256: ContentHash) {
    if !server.proven.is_recent(&sha256, clock::instant()) {
        prove(server, sha256).await;
    }
}

/// Sets a content aside, if it is damaged indeed: it was stored once, and no longer is.
pub(crate) async fn set_aside(server: &Server, sha256: ContentHash) {
    server.proven.remove(&sha256);
    let now = clock::now();
    match server.store.write(move |tx| set_aside_in(tx, &sha256, now)).await {
        Ok(true) => tracing::error!(%sha256, "a content is damaged; it is given to nobody until somebody gives it again"),
        Ok(false) => {}
        Err(error) => tracing::error!(%sha256, %error, "a content is damaged, and that can't be kept"),
    }
}

fn set_aside_in(tx: &mut Tx<'_>, sha256: &ContentHash, now: Timestamp) -> Result<bool, Error> {
    if !damaged_set_aside(tx, sha256, now)? {
        return Ok(false);
    }
    changed(tx, sha256, "content_damaged", now)?;
    // Whoever has it believes it stored: the next batch says that it is wanted.
    for site in damaged_sites(tx, sha256)? {
        tx.then(Effect::Wake(site));
    }
    Ok(true)
}

/// Good bytes came: where they were missed, all goes on.
pub(crate) fn heal(tx: &mut Tx<'_>, sha256: &ContentHash, now: Timestamp) -> Result<(), Error> {
    if damaged_heal(tx, sha256)? {
        changed(tx, sha256, "content_healed", now)?;
        tx.then(Effect::Unread);
    }
    Ok(())
}

fn changed(tx: &mut Tx<'_>, sha256: &ContentHash, what: &str, now: Timestamp) -> Result<(), Error> {
    let mut row = activity("server", what);
    row.sha256 = Some(*sha256);
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Activity));
    tx.then(Effect::News);
    for site in damaged_waiting(tx, sha256)? {
        tx.then(Effect::Wake(site));
    }
    for application in damaged_applications(tx, sha256)? {
        tx.then(Effect::Changed(Change::Grid { application }));
    }
    Ok(())
}
