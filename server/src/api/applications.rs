//! `/api/v1/apps`: applications and their settings.

use crate::auth::{Admin, Viewer};
use crate::clock;
use crate::error::Error;
use crate::reading::catch_up;
use crate::request::{At, Said};
use crate::server::Shared;
use crate::settle::refused_retry;
use crate::store::activity::{activity, activity_add};
use crate::store::revision::Scope;
use crate::store::{Effect, Tx, application, revision};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fieldpost_common::api::{AppSettings, Change};
use fieldpost_common::correction::is_author;
use fieldpost_common::id::{AppName, UserName};
use std::time::Duration;

/// Each pattern is tried on every file.
const MOST_PATTERNS: usize = 20;
const MOST_PEOPLE: usize = 1_000;
/// How long the answer to new settings waits until all is read by them.
const REREAD: Duration = Duration::from_secs(5);

pub(crate) async fn list(State(server): State<Shared>, _: Viewer) -> Result<Json<Vec<AppSettings>>, Error> {
    Ok(Json(server.store.peek(application::application_list)?))
}

pub(crate) async fn add(
    State(server): State<Shared>,
    Admin(by): Admin,
    Said(settings): Said<AppSettings>,
) -> Result<StatusCode, Error> {
    check(&settings)?;
    let add = server.store.write(move |tx| {
        if application::application_fetch(tx, &settings.name)?.is_some() {
            return Err(Error::Exists { what: "application", name: settings.name.to_string() });
        }
        keep(tx, &settings, &by, "app_added")
    });
    add.await?;
    Ok(StatusCode::CREATED)
}

pub(crate) async fn set(
    State(server): State<Shared>,
    Admin(by): Admin,
    At(name): At<AppName>,
    Said(settings): Said<AppSettings>,
) -> Result<StatusCode, Error> {
    check(&settings)?;
    if settings.name != name {
        return Err(Error::Invalid(format!("the body is about {}, the address about {name}", settings.name)));
    }
    let set = server.store.write(move |tx| {
        let before = application::application_fetch(tx, &settings.name)?;
        let before = before.ok_or_else(|| Error::no_such("application", &settings.name))?;
        if !before.reads_like(&settings) {
            revision::revision_unstamp(tx, &settings.name)?;
            tx.then(Effect::Unread);
        }
        keep(tx, &settings, &by, "app_changed")
    });
    set.await?;
    // Mostly done at once; else it goes on by itself, and the answer need not wait.
    drop(tokio::time::timeout(REREAD, catch_up(&server, &Scope::Application(name))).await);
    Ok(StatusCode::NO_CONTENT)
}

fn keep(tx: &mut Tx<'_>, settings: &AppSettings, by: &UserName, what: &str) -> Result<(), Error> {
    application::application_set(tx, settings)?;
    refused_retry(tx, &settings.name, clock::now())?;
    let mut row = activity(format!("user:{by}"), what);
    row.application = Some(settings.name.clone());
    activity_add(tx, row, clock::now())?;
    tx.then(Effect::Changed(Change::Apps));
    // Its drift rule may be another.
    tx.then(Effect::News);
    tx.then(Effect::Changed(Change::Status));
    tx.then(Effect::Changed(Change::Grid { application: settings.name.clone() }));
    tx.then(Effect::Changed(Change::Activity));
    Ok(())
}

fn check(settings: &AppSettings) -> Result<(), Error> {
    let invalid = |why: String| Error::Invalid(format!("application {}: {why}", settings.name));
    if settings.versions.is_empty() {
        return Err(invalid("it needs at least one version".to_owned()));
    }
    if settings.versions.iter().enumerate().any(|(index, version)| settings.versions[..index].contains(version)) {
        return Err(invalid("a version is named twice".to_owned()));
    }
    if settings.issue_url.as_deref().is_some_and(|url| !url.contains("{issue}")) {
        return Err(invalid("the issue address needs {issue} where the number goes".to_owned()));
    }
    if settings.people.iter().any(|(initials, name)| !is_author(initials) || !is_author(name)) {
        return Err(invalid("initials and names of people are one line of 1 to 100 characters".to_owned()));
    }
    if settings.stamps.len() > MOST_PATTERNS || settings.people.len() > MOST_PEOPLE {
        return Err(invalid(format!("it may have {MOST_PATTERNS} stamp patterns and {MOST_PEOPLE} people")));
    }
    settings.hints(clock::now()).map_err(|error| invalid(error.to_string()))?;
    settings.prefix().map(drop).map_err(|error| invalid(error.to_string()))
}
