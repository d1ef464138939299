//! `POST /api/v1/purges`: contents of a patch are taken away for good, where no site has them.

use super::publications::take_off_all;
use crate::auth::Admin;
use crate::clock;
use crate::drift::drift_of_publication;
use crate::error::Error;
use crate::request::Said;
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::{Effect, Tx, purge as statements, revision, trust};
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::{Change, PurgeRequest, Purged};
use fieldpost_common::id::UserName;
use fieldpost_common::order::Refusal;
use fieldpost_common::purge::Purge;
use fieldpost_common::text::count;
use fieldpost_common::time::Timestamp;

/// So many sites are named in a refusal.
const NAMED: usize = 12;

pub(crate) async fn purge(
    State(server): State<Shared>,
    Admin(user): Admin,
    Said(request): Said<PurgeRequest>,
) -> Result<Json<Purged>, Error> {
    let now = clock::now();
    server.store.write(move |tx| carry_out(tx, &request, &user, now)).await.map(Json)
}

fn carry_out(tx: &mut Tx<'_>, request: &PurgeRequest, user: &UserName, now: Timestamp) -> Result<Purged, Error> {
    let refused = |why| Error::Refused { what: "the purge", why };
    let trust = trust::trust_newest(tx)?.ok_or(refused(Refusal::UnknownKey))?;
    let purge = Purge::open(&request.purge, &trust, now).map_err(refused)?;
    if statements::purge_is_kept(tx, &purge, &request.purge)? {
        // The answer to the first was lost on its way.
        return Ok(Purged { patch: purge.patch, revisions: purge.contents.len(), kept: Vec::new() });
    }
    let rows = revision::revision_list(tx, &purge.application, &purge.patch)?;
    if rows.is_empty() {
        return Err(Error::no_such("patch", &purge.patch));
    }
    let known: Vec<_> = rows.iter().map(|(row, _)| row.sha256).collect();
    if let Some(unknown) = purge.contents.iter().find(|sha256| !known.contains(sha256)) {
        return Err(Error::no_such("revision", format!("{unknown} of {}", purge.patch)));
    }
    let obstacles = statements::purge_obstacles(tx, &purge)?;
    if !obstacles.is_empty() {
        let mut words: Vec<_> = obstacles.iter().take(NAMED).map(|(site, why)| format!("{site} {why}")).collect();
        if obstacles.len() > NAMED {
            words.push(format!("and {} more", obstacles.len() - NAMED));
        }
        return Err(Error::StillInUse { patch: purge.patch, words: words.join(", ") });
    }
    let whole = known.iter().all(|sha256| purge.contents.contains(sha256));
    take_off_all(tx, (&purge.application, &purge.patch), &purge.contents, user, now)?;
    statements::purge_add(tx, &purge, &request.purge, user, now)?;
    let kept = statements::purge_carry_out(tx, &purge, whole)?;
    drift_of_publication(tx, &purge.application, &purge.patch, false)?;
    let mut row = activity(format!("user:{user}"), "purged");
    (row.application, row.patch, row.key) = (Some(purge.application.clone()), Some(purge.patch.clone()), Some(purge.key.clone()));
    let reason = purge.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    row.detail = Some(format!("{}{reason}", count(purge.contents.len(), "revision")));
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Grid { application: purge.application }));
    tx.then(Effect::Changed(Change::Activity));
    Ok(Purged { patch: purge.patch, revisions: purge.contents.len(), kept })
}
