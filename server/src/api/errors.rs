//! `/api/v1/errors`: errors as people see them, and what they say to them.

use crate::auth::{Developer, Viewer};
use crate::clock;
use crate::error::Error;
use crate::request::{Ask, At, Said};
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::current::current_versions;
use crate::store::error_group::{group_fetch, group_issue_set, group_list, group_list_at, group_sites, group_state_set};
use crate::store::revision::revision_fetch;
use crate::store::site::site_fetch;
use crate::store::walkback::{dropped_list, text_kept, text_list};
use crate::store::{Effect, Tx};
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::{Change, ErrorGroup, ErrorView, Errors, MarkError};
use fieldpost_common::error_group::{ErrorGroupId, GroupEvent, GroupState, advance};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName, UserName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::time::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Of {
    application: Option<AppName>,
    site: Option<SiteName>,
}

pub(crate) async fn list(State(server): State<Shared>, _: Viewer, Ask(of): Ask<Of>) -> Result<Json<Errors>, Error> {
    let quota = server.config.walkback_quota;
    let read = server.store.read(move |db| {
        let app = of.application.as_ref();
        let groups = match &of.site {
            Some(name) => {
                site_fetch(db, name)?.ok_or_else(|| Error::no_such("site", name))?;
                group_list_at(db, app, name)?
            }
            None => group_list(db, app)?,
        };
        let mut dropped = dropped_list(db, app)?;
        dropped.retain(|one| of.site.as_ref().is_none_or(|site| *site == one.site));
        Ok::<_, Error>(Errors { groups, kept: text_kept(db, quota)?, dropped })
    });
    Ok(Json(read.await?))
}

pub(crate) async fn one(State(server): State<Shared>, _: Viewer, At(id): At<ErrorGroupId>) -> Result<Json<ErrorView>, Error> {
    let quota = server.config.walkback_quota;
    let read = server.store.read(move |db| {
        let (group, stands) = group_fetch(db, id)?.ok_or_else(|| Error::no_such("error", id))?;
        let at_sites = group_sites(db, &group, stands.fix())?;
        Ok::<_, Error>(ErrorView { at_sites, walkbacks: text_list(db, id)?, kept: text_kept(db, quota)?, group, stands })
    });
    read.await.map(Json)
}

pub(crate) async fn mark(
    State(server): State<Shared>,
    Developer(by, _): Developer,
    At(id): At<ErrorGroupId>,
    Said(mark): Said<MarkError>,
) -> Result<Json<ErrorGroup>, Error> {
    let now = clock::now();
    server.store.write(move |tx| take(tx, id, mark, &by, now)).await.map(Json)
}

fn take(tx: &mut Tx<'_>, id: ErrorGroupId, mark: MarkError, by: &UserName, now: Timestamp) -> Result<ErrorGroup, Error> {
    let (group, stands) = group_fetch(tx, id)?.ok_or_else(|| Error::no_such("error", id))?;
    let app = group.application.clone();
    let mut row = activity(format!("user:{by}"), "error_marked");
    row.application = Some(app.clone());
    let (event, words) = match mark {
        MarkError::Known => (Some(GroupEvent::Known(by.clone())), "known".to_owned()),
        MarkError::Mute => (Some(GroupEvent::Muted(by.clone())), "muted".to_owned()),
        MarkError::Unmute => (Some(GroupEvent::Unmuted), "no longer muted".to_owned()),
        MarkError::Fixed { patch, revision } => {
            let revision = fixing(tx, &group, &patch, revision)?;
            row.patch = Some(patch.clone());
            row.sha256 = Some(revision);
            let words = format!("fixed by {patch}");
            (Some(GroupEvent::Fixed { by: by.clone(), patch, revision }), words)
        }
        MarkError::Link { issue } => {
            group_issue_set(tx, id, issue.as_ref())?;
            (None, issue.map_or("linked to nothing".to_owned(), |issue| format!("linked to {issue}")))
        }
    };
    if let Some(event) = event {
        stand(tx, id, stands, event, now)?;
    }
    row.detail = Some(format!("error {id}: {words}"));
    activity_add(tx, row, now)?;
    tx.then(Effect::News);
    tx.then(Effect::Changed(Change::Errors));
    tx.then(Effect::Changed(Change::Activity));
    let (group, _) = group_fetch(tx, id)?.ok_or_else(|| Error::no_such("error", id))?;
    Ok(group)
}

fn stand(tx: &Tx<'_>, id: ErrorGroupId, stands: GroupState, event: GroupEvent, now: Timestamp) -> Result<(), Error> {
    Ok(group_state_set(tx, id, &advance(stands, event, now))?)
}

/// The revision that is meant: the one that was named, or the one that is published for the versions in which the error happened.
fn fixing(tx: &Tx<'_>, group: &ErrorGroup, patch: &PatchName, revision: Option<ContentHash>) -> Result<ContentHash, Error> {
    let app = &group.application;
    if let Some(revision) = revision {
        let known = revision_fetch(tx, (app, patch), &revision)?;
        return known.map(|_| revision).ok_or_else(|| Error::no_such("revision", format!("{revision} of {patch}")));
    }
    let current = current_versions(tx, app, patch)?;
    let of_its_versions = |version: &Version| group.versions.contains(version);
    let has_some = current.iter().any(|(_, version)| of_its_versions(version));
    let meant = current.into_iter().filter(|(_, version)| !has_some || of_its_versions(version));
    let mut published: Vec<ContentHash> = meant.map(|(sha256, _)| sha256).collect();
    published.sort_unstable();
    published.dedup();
    match published.as_slice() {
        [one] => Ok(*one),
        [] => Err(Error::Invalid(format!("{patch} is not published for any version of {app}: publish it, or name its revision"))),
        _ => Err(Error::Invalid(format!("{patch} has {} published contents: name the revision that fixes it", published.len()))),
    }
}
