//! `PUT /agent/v1/memory`: what a site remembers, for data that lost it: its counters, its trust document, what it kept.

use crate::auth::Agent;
use crate::clock;
use crate::error::Error;
use crate::recall::trust_return;
use crate::request::Said;
use crate::server::Shared;
use crate::store::{Effect, Tx, application, counter, purge, restored, revision, upload};
use crate::submit::believable_counter;
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::Origin;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::{KeptContent, MAX_REMEMBERED, MemoryAnswer, SiteMemory};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) async fn put(
    State(server): State<Shared>,
    Agent(site): Agent,
    Said(memory): Said<SiteMemory>,
) -> Result<Json<MemoryAnswer>, Error> {
    if memory.counters.len() > MAX_REMEMBERED || memory.kept.len() > MAX_REMEMBERED {
        return Err(Error::Invalid(format!("a site remembers at most {MAX_REMEMBERED} places")));
    }
    let now = clock::now();
    let wanted = server.store.write(move |tx| remember(tx, &site, &memory, now)).await?;
    Ok(Json(MemoryAnswer { generation: server.generation.clone(), wanted }))
}

fn remember(tx: &mut Tx<'_>, site: &SiteName, memory: &SiteMemory, now: Timestamp) -> Result<Vec<ContentHash>, Error> {
    let mut known: BTreeMap<&AppName, bool> = BTreeMap::new();
    for place in &memory.counters {
        let app = &place.application;
        let is_known = match known.get(app) {
            Some(is_known) => *is_known,
            None => application::application_fetch(tx, app)?.is_some(),
        };
        known.insert(app, is_known);
        let highest = counter::counter_highest(tx, site, app, &place.patch)?;
        if is_known && believable_counter(place.counter, highest) {
            counter::counter_raise(tx, site, app, &place.patch, place.counter)?;
        }
    }
    trust_return(tx, &memory.trust, &format!("site:{site}"), now)?;
    let wanted = kept(tx, site, &memory.kept, now)?;
    restored::site_remembered(tx, site)?;
    tx.then(Effect::Remembered(site.clone()));
    Ok(wanted)
}

/// What it kept, and nobody has given to the server in its name. That another site's is here is not told.
fn kept(tx: &mut Tx<'_>, site: &SiteName, kept: &[KeptContent], now: Timestamp) -> Result<Vec<ContentHash>, Error> {
    let mut wanted = BTreeSet::new();
    for one in kept {
        let KeptContent { application, patch, sha256, size } = one;
        if application::application_fetch(tx, application)?.is_none() || upload::upload_is_known(tx, site, application, sha256)? {
            continue;
        }
        if purge::purge_is_of(tx, (application, patch), sha256)? {
            // An admin took it away for good.
            continue;
        }
        revision::revision_seen(tx, (application, patch), (sha256, *size), &Origin::Site(site.clone()), now)?;
        wanted.insert(*sha256);
    }
    Ok(wanted.into_iter().collect())
}
