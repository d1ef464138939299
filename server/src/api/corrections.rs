//! `PUT /api/v1/apps/{application}/correction`: what people say against what was read out of a revision.

use super::grid::revision_of;
use crate::auth::Developer;
use crate::clock;
use crate::error::Error;
use crate::request::{At, Said};
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::correction::{correction_fetch, correction_set};
use crate::store::revision::{RevisionKey, revision_fetch, revision_settle};
use crate::store::{Effect, Tx, application};
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::{Change, Correct, Revision};
use fieldpost_common::correction::{Corrections, Field, change};
use fieldpost_common::id::{AppName, UserName};
use fieldpost_common::issue::Issue;
use fieldpost_common::time::Timestamp;

pub(crate) async fn set(
    State(server): State<Shared>,
    Developer(user, _): Developer,
    At(app): At<AppName>,
    Said(correct): Said<Correct>,
) -> Result<Json<Revision>, Error> {
    if let Some(problem) = correct.problem() {
        return Err(Error::Invalid(problem.to_owned()));
    }
    let now = clock::now();
    server.store.write(move |tx| take(tx, app, correct, &user, now)).await.map(Json)
}

fn take(tx: &mut Tx<'_>, app: AppName, correct: Correct, user: &UserName, now: Timestamp) -> Result<Revision, Error> {
    application::application_fetch(tx, &app)?.ok_or_else(|| Error::no_such("application", &app))?;
    let Correct { patch, sha256, author, changed_at, issue } = correct;
    let key = RevisionKey { application: app, patch, sha256 };
    if revision_fetch(tx, (&key.application, &key.patch), &key.sha256)?.is_none() {
        return Err(Error::no_such("revision", format!("{} of {}", key.sha256, key.patch)));
    }
    let mut corrections = correction_fetch(tx, &key)?;
    if let Some(field) = author {
        corrections.author = field.over(corrections.author, user, now);
    }
    if let Some(field) = changed_at {
        corrections.changed_at = field.over(corrections.changed_at, user, now);
    }
    if let Some(field) = issue {
        corrections.issue = field.over(corrections.issue, user, now);
    }
    correct_keep(tx, &key, &corrections, user, now)?;
    revision_of(tx, &key)
}

/// A person named the issue of a revision together with its publication.
pub(crate) fn issue_named(
    tx: &mut Tx<'_>,
    key: &RevisionKey,
    issue: &Issue,
    user: &UserName,
    now: Timestamp,
) -> Result<(), Error> {
    let is = revision_fetch(tx, (&key.application, &key.patch), &key.sha256)?.and_then(|row| row.issue);
    if is.as_ref() == Some(issue) {
        return Ok(());
    }
    let mut corrections = correction_fetch(tx, key)?;
    corrections.issue = Field::Is(issue.clone()).over(corrections.issue, user, now);
    correct_keep(tx, key, &corrections, user, now)
}

/// Keeps corrections, and says in the activity what they change.
fn correct_keep(
    tx: &mut Tx<'_>,
    key: &RevisionKey,
    corrections: &Corrections,
    user: &UserName,
    now: Timestamp,
) -> Result<(), Error> {
    let before = correction_fetch(tx, key)?;
    let was = revision_settle(tx, key)?;
    correction_set(tx, key, corrections)?;
    let is = revision_settle(tx, key)?;
    let detail = change((&was, &before), (&is, corrections));
    if detail.is_empty() {
        return Ok(());
    }
    let mut row = activity(format!("user:{user}"), "corrected");
    row.application = Some(key.application.clone());
    row.patch = Some(key.patch.clone());
    row.sha256 = Some(key.sha256);
    row.detail = Some(detail);
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Grid { application: key.application.clone() }));
    tx.then(Effect::Changed(Change::Activity));
    Ok(())
}
