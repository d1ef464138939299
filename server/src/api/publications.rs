//! `POST /api/v1/publications` and `/api/v1/unpublish`: what is current.

use super::corrections::issue_named;
use crate::auth::Developer;
use crate::clock;
use crate::drift::drift_of_publication;
use crate::error::Error;
use crate::reading::catch_up;
use crate::request::Said;
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::current::CurrentRow;
use crate::store::revision::{RevisionKey, Scope};
use crate::store::{Effect, Tx, agreement, application, cell, content, current, publication, purge, revision, trust, withdrawal};
use crate::submit::judge_publication;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fieldpost_common::api::{AppSettings, Change, Origin, Publish, Published, Unpublish};
use fieldpost_common::envelope::Envelope;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, UserName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::Refusal;
use fieldpost_common::publication::Publication;
use fieldpost_common::text::age;
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::Trust;
use fieldpost_common::withdrawal::Withdrawal;
use rusqlite::Connection;

pub(crate) async fn publish(
    State(server): State<Shared>,
    Developer(user, _): Developer,
    Said(publish): Said<Publish>,
) -> Result<Json<Published>, Error> {
    let now = clock::now();
    let (key, changed) = server.store.write(move |tx| take(tx, &publish, &user, now)).await?;
    catch_up(&server, &Scope::Content(key.sha256)).await;
    server.store.peek(|db| says(db, key, changed)).map(Json)
}

fn take(tx: &mut Tx<'_>, publish: &Publish, user: &UserName, now: Timestamp) -> Result<(RevisionKey, bool), Error> {
    let refused = |why| Error::Refused { what: "the publication", why };
    let trust = trust::trust_newest(tx)?.ok_or(refused(Refusal::UnknownKey))?;
    let statement = Publication::open(&publish.publication, &trust, now).map_err(refused)?;
    let by = trust.developer(&statement.key, now).map_err(refused)?.user.clone();
    app(tx, &statement.application, &statement.versions)?;
    not_purged(tx, &statement, now)?;
    let stored = content::content_size(tx, &statement.sha256)?.ok_or_else(|| Error::no_such("content", statement.sha256))?;
    if stored != statement.size {
        return Err(Error::Invalid(format!("the publication says {} bytes, and the content has {stored}", statement.size)));
    }
    let fetch = |version| current::current_fetch(tx, &statement.application, &statement.patch, version);
    let is: Vec<_> = statement.versions.iter().map(fetch).collect::<Result<_, _>>()?;
    let mut news = judge_publication(&statement.sha256, &statement.versions, &is, &publish.replaces, now)?;
    for version in &statement.versions {
        if !news.contains(&version) && !stands(tx, &statement, version, (&trust, now))? {
            news.push(version);
        }
    }
    let changed = !news.is_empty();
    if changed {
        keep(tx, &statement, publish, (&by, user), &news, now)?;
    }
    let Publication { application, patch, sha256, .. } = statement;
    Ok((RevisionKey { application, patch, sha256 }, changed))
}

/// A statement that was signed before its content was purged brings nothing back; a later one is a new decision.
fn not_purged(db: &Connection, new: &Publication, now: Timestamp) -> Result<(), Error> {
    match purge::purge_of(db, (&new.application, &new.patch), &new.sha256, new.created)? {
        None => Ok(()),
        Some((by, at)) => Err(Error::Invalid(format!(
            "{} of {} was purged by {by} {} ago, after it was signed\nwhoever means it publishes it anew",
            new.sha256.short(),
            new.patch,
            age(at.age(now))
        ))),
    }
}

/// Whether the word of whoever published this before still counts: a key that may sign no more takes it along.
fn stands(db: &Connection, new: &Publication, version: &Version, (trust, now): (&Trust, Timestamp)) -> Result<bool, Error> {
    let before = publication::publication_newest(db, (&new.application, &new.patch), &new.sha256, version)?;
    Ok(before.is_some_and(|before| Publication::open(&before, trust, now).is_ok()))
}

fn app(tx: &Tx<'_>, name: &AppName, versions: &[Version]) -> Result<AppSettings, Error> {
    let settings = application::application_fetch(tx, name)?.ok_or_else(|| Error::no_such("application", name))?;
    match versions.iter().find(|version| !settings.versions.contains(version)) {
        None => Ok(settings),
        Some(version) => {
            let known = settings.versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            Err(Error::NoVersion { app: settings.name, version: version.clone(), known })
        }
    }
}

fn keep(
    tx: &mut Tx<'_>,
    statement: &Publication,
    publish: &Publish,
    (by, user): (&UserName, &UserName),
    changes: &[&Version],
    now: Timestamp,
) -> Result<(), Error> {
    let Publication { application, patch, sha256, size, .. } = statement;
    let row = CurrentRow { sha256: Some(*sha256), size: *size, by: by.clone(), at: now };
    let mut recount = false;
    for version in changes {
        recount |= current::current_set(tx, application, patch, version, &row, publish.takes_back)?;
    }
    if recount {
        agreement::agreements_recount(tx, application, patch)?;
    }
    publication::publication_add(tx, statement, &publish.publication, by, now)?;
    revision::revision_seen(tx, (application, patch), (sha256, *size), &Origin::User(by.clone()), now)?;
    cell::cell_agree(tx, application, patch)?;
    drift_of_publication(tx, application, patch, recount)?;
    let mut row = activity(format!("user:{user}"), "published");
    row.patch = Some(patch.clone());
    row.sha256 = Some(*sha256);
    row.key = Some(statement.key.clone());
    row.detail = Some(changes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    row.application = Some(application.clone());
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Grid { application: application.clone() }));
    tx.then(Effect::Changed(Change::Activity));
    tx.then(Effect::Unread);
    match &statement.issue {
        None => Ok(()),
        Some(issue) => {
            let key = RevisionKey { application: application.clone(), patch: patch.clone(), sha256: *sha256 };
            issue_named(tx, &key, issue, user, now)
        }
    }
}

fn says(db: &Connection, key: RevisionKey, changed: bool) -> Result<Published, Error> {
    let RevisionKey { application, patch, sha256 } = key;
    let row = revision::revision_fetch(db, (&application, &patch), &sha256)?.ok_or_else(|| Error::no_such("patch", &patch))?;
    Ok(Published { patch, sha256, author: row.author, changed_at: row.changed_at, issue: row.issue, changed })
}

/// Takes contents of a patch off the table, for whatever version they are current.
pub(crate) fn take_off_all(
    tx: &mut Tx<'_>,
    (application, patch): (&AppName, &PatchName),
    contents: &[ContentHash],
    user: &UserName,
    now: Timestamp,
) -> Result<(), Error> {
    let current = current::current_versions(tx, application, patch)?;
    let row = CurrentRow { sha256: None, size: 0, by: user.clone(), at: now };
    for (_, version) in current.iter().filter(|(sha256, _)| contents.contains(sha256)) {
        current::current_set(tx, application, patch, version, &row, false)?;
    }
    Ok(agreement::agreements_recount(tx, application, patch)?)
}

pub(crate) async fn unpublish(
    State(server): State<Shared>,
    Developer(user, _): Developer,
    Said(what): Said<Unpublish>,
) -> Result<StatusCode, Error> {
    let now = clock::now();
    server.store.write(move |tx| take_off(tx, &what.withdrawal, &user, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn take_off(tx: &mut Tx<'_>, envelope: &Envelope, user: &UserName, now: Timestamp) -> Result<(), Error> {
    let refused = |why| Error::Refused { what: "the withdrawal", why };
    let trust = trust::trust_newest(tx)?.ok_or(refused(Refusal::UnknownKey))?;
    let statement = Withdrawal::open(envelope, &trust, now).map_err(refused)?;
    app(tx, &statement.application, &statement.versions)?;
    if withdrawal::withdrawal_is_kept(tx, &statement, envelope)? {
        // The answer to the first was lost on its way.
        return Ok(());
    }
    let mut current = Vec::new();
    for version in &statement.versions {
        let is = current::current_fetch(tx, &statement.application, &statement.patch, version)?;
        if is.is_some_and(|is| is.sha256.is_some()) {
            current.push(version);
        }
    }
    if current.is_empty() {
        let Withdrawal { application, patch, .. } = statement;
        return Err(Error::no_such("patch", format!("{patch} published for these versions of {application}")));
    }
    let by = trust.developer(&statement.key, now).map_err(refused)?.user.clone();
    withdraw(tx, (&statement, envelope), &current, (&by, now))?;
    let mut row = activity(format!("user:{user}"), "unpublished");
    row.detail = Some(current.iter().map(|version| version.as_str()).collect::<Vec<_>>().join(", "));
    row.key = Some(statement.key);
    row.patch = Some(statement.patch);
    row.application = Some(statement.application.clone());
    activity_add(tx, row, now)?;
    tx.then(Effect::Changed(Change::Grid { application: statement.application }));
    tx.then(Effect::Changed(Change::Activity));
    Ok(())
}

/// Keeps a withdrawal that was verified, and takes the patch off the table for these of its versions.
pub(crate) fn withdraw(
    tx: &mut Tx<'_>,
    (statement, envelope): (&Withdrawal, &Envelope),
    versions: &[&Version],
    (by, at): (&UserName, Timestamp),
) -> Result<(), Error> {
    let Withdrawal { application, patch, takes_back, .. } = statement;
    let row = CurrentRow { sha256: None, size: 0, by: by.clone(), at };
    for version in versions {
        current::current_set(tx, application, patch, version, &row, *takes_back)?;
    }
    withdrawal::withdrawal_add(tx, statement, envelope, by, at)?;
    if versions.is_empty() {
        return Ok(());
    }
    agreement::agreements_recount(tx, application, patch)?;
    drift_of_publication(tx, application, patch, true)
}
