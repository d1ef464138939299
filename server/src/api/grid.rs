//! `GET` of an application's grid, and of one patch's history.

mod kept;

pub(crate) use kept::Grids;

use crate::auth::Viewer;
use crate::clock;
use crate::error::Error;
use crate::request::{Ask, At};
use crate::server::Shared;
use crate::store::correction::correction_list;
use crate::store::revision::RevisionKey;
use crate::store::stamp::{stamp_fetch, stamp_summaries};
use crate::store::{application, cell, content, current, publication, revision};
use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use fieldpost_common::api::{AllStamps, History, Revision};
use fieldpost_common::cell::Unknown;
use fieldpost_common::grid::Grid;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::AppName;
use fieldpost_common::name::PatchName;
use fieldpost_common::stamp::located;
use fieldpost_common::time::Timestamp;
use rusqlite::Connection;
use serde::Deserialize;

/// A grid as JSON, packed with zstd for who takes that.
pub(crate) async fn grid(
    State(server): State<Shared>,
    _: Viewer,
    At(app): At<AppName>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (feed, kept) = kept::grid(&server, app).await?;
    let silent_after = server.sight().silent_after();
    let mut head = Grid { feed, now: clock::now(), silent_after, ..kept.head.clone() };
    for site in &mut head.sites {
        let mailbox = server.memory.mailboxes.of(&site.name);
        let seen = mailbox.seen().map(|seen| seen.at);
        (site.last_seen, site.format) = (last_seen(site.unknown, mailbox.confirmed(), seen), mailbox.holds().format);
    }
    let takes_zstd = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.contains("zstd"));
    let packed = headers.get_all(ACCEPT_ENCODING).iter().any(takes_zstd);
    let body = kept::answer(&head, &kept.body, packed)?;
    let response = ([(CONTENT_TYPE, "application/json")], body).into_response();
    Ok(if packed { ([(CONTENT_ENCODING, "zstd")], response).into_response() } else { response })
}

/// A column is as old as the knowledge of its files. Where none is claimed since a restore, its last contact is all that is known.
fn last_seen(unknown: Option<Unknown>, confirmed: Option<Timestamp>, seen: Option<Timestamp>) -> Option<Timestamp> {
    if unknown == Some(Unknown::Restored) { seen } else { confirmed }
}

#[derive(Deserialize)]
pub(crate) struct Of {
    patch: PatchName,
}

pub(crate) async fn history(
    State(server): State<Shared>,
    _: Viewer,
    At(app): At<AppName>,
    Ask(Of { patch }): Ask<Of>,
) -> Result<Json<History>, Error> {
    server.store.read(move |db| read(db, &app, patch)).await.map(Json)
}

fn read(db: &Connection, app: &AppName, patch: PatchName) -> Result<History, Error> {
    let settings = application::application_fetch(db, app)?.ok_or_else(|| Error::no_such("application", app))?;
    let rows = revision::revision_list(db, app, &patch)?;
    if rows.is_empty() {
        return Err(Error::no_such("patch", patch));
    }
    let current = current::current_versions(db, app, &patch)?;
    let published = publication::publication_list(db, app, &patch)?;
    let sites = cell::cell_sites(db, app, &patch)?;
    let mut stamps = stamp_summaries(db, app, &patch)?;
    let mut corrections = correction_list(db, app, &patch)?;
    let revisions = rows.into_iter().map(|(row, stored)| Revision {
        sha256: row.sha256,
        size: row.size,
        person: row.author.as_ref().and_then(|author| settings.people.get(author)).cloned(),
        author: row.author,
        changed_at: row.changed_at,
        filed_out_at: row.filed_out_at,
        issue: row.issue,
        issue_read: row.issue_read,
        stamp: stamps.remove(&row.sha256),
        corrections: corrections.remove(&row.sha256).unwrap_or_default(),
        first_seen: row.first_seen,
        origin: row.origin,
        stored,
        current_for: of(&current, &row.sha256),
        publications: of(&published, &row.sha256),
        at_sites: sites.iter().filter(|(_, has)| *has == row.sha256).map(|(site, _)| site.clone()).collect(),
    });
    Ok(History { revisions: revisions.collect(), patch })
}

/// One revision, as its history shows it.
pub(crate) fn revision_of(db: &Connection, key: &RevisionKey) -> Result<Revision, Error> {
    let history = read(db, &key.application, key.patch.clone())?;
    let one = history.revisions.into_iter().find(|revision| revision.sha256 == key.sha256);
    one.ok_or_else(|| Error::no_such("revision", key.sha256))
}

#[derive(Deserialize)]
pub(crate) struct Content {
    patch: PatchName,
    sha256: ContentHash,
}

pub(crate) async fn stamps(
    State(server): State<Shared>,
    _: Viewer,
    At(application): At<AppName>,
    Ask(Content { patch, sha256 }): Ask<Content>,
) -> Result<Json<AllStamps>, Error> {
    let key = RevisionKey { application, patch, sha256 };
    server.store.read(move |db| all_stamps(db, &key)).await.map(Json)
}

fn all_stamps(db: &Connection, key: &RevisionKey) -> Result<AllStamps, Error> {
    if revision::revision_fetch(db, (&key.application, &key.patch), &key.sha256)?.is_none() {
        return Err(Error::no_such("revision", format!("{} of {}", key.sha256, key.patch)));
    }
    let Some(stamp) = stamp_fetch(db, key)? else { return Ok(AllStamps::default()) };
    let bytes = content::content_fetch(db, &key.sha256)?.unwrap_or_default();
    Ok(AllStamps { stamps: located(&bytes, stamp.found), removals: stamp.removals, more: stamp.more })
}

fn of<K: PartialEq, T: Clone>(all: &[(K, T)], key: &K) -> Vec<T> {
    all.iter().filter(|(one, _)| one == key).map(|(_, value)| value.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_that_has_not_reported_since_a_restore_is_not_said_to_be_never_seen() {
        let at = |ms| Some(Timestamp::from_ms(ms));
        assert_eq!(last_seen(Some(Unknown::Restored), None, at(5)), at(5));
        assert_eq!(last_seen(None, at(3), at(5)), at(3), "a poll says nothing of files");
        assert_eq!(last_seen(Some(Unknown::NoInventory), None, at(5)), None);
    }
}
