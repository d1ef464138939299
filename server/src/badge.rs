//! `GET /badge/{key}.svg`, `/badge/{key}.json` and `/status/{key}`: how sites are, for whoever holds a key. No login, no script.

mod page;
mod svg;

use crate::api::commands::view;
use crate::api::status::status_of;
use crate::error::Error;
use crate::request::At;
use crate::server::{Server, Shared};
use crate::store::badge::badge_scope;
use crate::store::state::state_newest_list;
use crate::store::{StoreError, site};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::response::{Html, IntoResponse, Response};
use fieldpost_common::api::{Counts, SiteScope, SiteStatus, StateView, Status, Verdict};
use fieldpost_common::id::SiteName;
use fieldpost_common::state::Severity;
use fieldpost_common::text::count;
use std::collections::HashSet;

/// Of so many sites the page shows every state; of more, only those that are not well.
const ALL_STATES: usize = 20;
/// How old a copy of an icon may be, in seconds.
const FRESH: &str = "max-age=15, must-revalidate";
/// An icon loads and runs nothing.
const ICON_POLICY: &str = "default-src 'none'; style-src 'none'; sandbox";

/// What an icon says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    verdict: Verdict,
    words: String,
}

pub(crate) async fn icon(State(server): State<Shared>, At(name): At<String>) -> Result<Response, Error> {
    let (key, kind) = name.rsplit_once('.').ok_or(Error::NoRoute)?;
    let (_, status) = scoped(&server, key).await?;
    let said = said(&status);
    match kind {
        "svg" => {
            Ok((strict(ICON_POLICY.to_owned()), [(CONTENT_TYPE, "image/svg+xml; charset=utf-8")], svg::draw(&said))
                .into_response())
        }
        "json" => Ok((strict(ICON_POLICY.to_owned()), Json(shields(&said))).into_response()),
        _ => Err(Error::NoRoute),
    }
}

/// Headers that every answer here has.
fn strict(policy: String) -> [(HeaderName, String); 4] {
    [
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, "no-referrer".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CACHE_CONTROL, FRESH.to_owned()),
    ]
}

/// What shields.io's endpoint badge reads.
fn shields(said: &Said) -> serde_json::Value {
    let colour = match said.verdict {
        Verdict::Ok => "brightgreen",
        Verdict::NeverSeen => "lightgrey",
        Verdict::CantSay => "blueviolet",
        Verdict::Warning => "orange",
        Verdict::Problem => "red",
    };
    serde_json::json!({
        "schemaVersion": 1,
        "label": "fieldpost",
        "message": said.words,
        "color": colour,
        "isError": said.verdict == Verdict::Problem,
        "cacheSeconds": 300,
    })
}

pub(crate) async fn page(State(server): State<Shared>, At(key): At<String>) -> Result<Response, Error> {
    let (scope, status) = scoped(&server, &key).await?;
    let names: HashSet<SiteName> = status.sites.iter().map(|site| site.site.clone()).collect();
    let all = names.len() <= ALL_STATES;
    let config = server.config.clone();
    let said_there = server.store.read(move |db| {
        let rows =
            state_newest_list(db, None)?.into_iter().filter(|row| names.contains(&row.site) && (all || row.worst > Severity::Ok));
        rows.map(|row| Ok((row.site.clone(), view(db, &row, &config.measures(&row.application))?))).collect()
    });
    let said_there: Vec<(SiteName, StateView)> = said_there.await.map_err(|error: StoreError| error)?;
    let html = page::write(&scope, &status, &said(&status), &said_there);
    Ok((strict(page::policy()), Html(html)).into_response())
}

/// How those sites are that a key shows.
async fn scoped(server: &Server, key: &str) -> Result<(SiteScope, Status), Error> {
    let scope = server.store.peek(|db| badge_scope(db, key))?.ok_or(Error::NoRoute)?;
    let mut status = status_of(server).await?;
    let wanted = scope.clone();
    let sites = server.store.read(move |db| {
        let covered = site::site_list(db)?.into_iter().filter(|row| wanted.covers(&row.name, &row.groups));
        Ok::<HashSet<_>, StoreError>(covered.map(|row| row.name).collect())
    });
    let sites = sites.await?;
    status.sites.retain(|site| sites.contains(&site.site));
    status.drift.retain(|one| sites.contains(&one.site));
    let everything = scope == SiteScope::All;
    status.incidents.retain(|one| one.subject.site().map_or(everything, |site| sites.contains(site)));
    status.worst = status.judge();
    Ok((scope, status))
}

/// A word and a count: never colour alone.
fn said(status: &Status) -> Said {
    let Counts { problems, warnings, cant_say, never_seen, .. } = status.counts();
    let words = match status.worst {
        Verdict::Problem => count(problems, "problem"),
        Verdict::Warning => count(warnings, "warning"),
        Verdict::CantSay => format!("{} can't be seen", count(cant_say, "site")),
        Verdict::NeverSeen => format!("{} never seen", count(never_seen, "site")),
        Verdict::Ok => match status.sites.as_slice() {
            [SiteStatus { site, .. }] => format!("{site} ok"),
            sites => format!("{} ok", count(sites.len(), "site")),
        },
    };
    Said { verdict: status.worst, words }
}
