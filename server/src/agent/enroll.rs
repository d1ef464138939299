//! `POST /agent/v1/enroll`: trades a one-time secret for the agent's own token.

use crate::auth::Invitee;
use crate::clock;
use crate::error::Error;
use crate::request::Said;
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::{Effect, Tx, application, site, site_app, trust};
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::Change;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::SignedTrust;
use fieldpost_common::wire::{EnrollAnswer, EnrollRequest, SiteApp};

pub(crate) async fn enroll(
    State(server): State<Shared>,
    Invitee(peer): Invitee,
    Said(request): Said<EnrollRequest>,
) -> Result<Json<EnrollAnswer>, Error> {
    let now = clock::now();
    let from = peer.0.to_string();
    let enrolled = server.store.write(move |tx| take(tx, &request, &from, now)).await;
    let trust = enrolled.map_err(|error| match error {
        Error::InvitationSpent(_) | Error::InvitationUsed { .. } => peer.failed(&server, error),
        error => error,
    })?;
    Ok(Json(EnrollAnswer { generation: server.generation.clone(), trust }))
}

fn take(tx: &mut Tx<'_>, request: &EnrollRequest, from: &str, now: Timestamp) -> Result<Vec<SignedTrust>, Error> {
    let site = &request.site;
    // First the secret: whoever has none learns nothing, not even which sites there are. A mistake below gives it back.
    let secret = ContentHash::of(request.secret.as_bytes());
    if !site::site_redeem(tx, site, &secret, from, now)? {
        let used = site::site_used(tx, site, &secret)?.ok_or(Error::InvitationSpent("enrolment"))?;
        if !used.is_again(&request.token_sha256, None, now) {
            return Err(used.refusal("enrolment"));
        }
        // The answer to the first was lost on its way.
        return Ok(trust::trust_after(tx, 0)?);
    }
    for app in &request.applications {
        check(tx, app)?;
        site_app::site_app_set(tx, site, &app.application, &app.version)?;
        tx.then(Effect::Changed(Change::Grid { application: app.application.clone() }));
    }
    let named: Vec<_> = request.applications.iter().map(|app| &app.application).collect();
    site_app::site_app_retain(tx, site, &named)?;
    let version: String = request.agent_version.chars().take(64).collect();
    site::site_enroll(tx, site, &request.token_sha256, &version, now)?;
    let mut row = activity(format!("site:{site}"), "enrolled");
    row.site = Some(site.clone());
    activity_add(tx, row, now)?;
    tx.then(Effect::SiteToken(site.clone(), Some(request.token_sha256)));
    tx.then(Effect::Changed(Change::Sites));
    tx.then(Effect::Changed(Change::Activity));
    Ok(trust::trust_after(tx, 0)?)
}

/// A slip in the agent's config is best heard of now.
fn check(tx: &Tx<'_>, app: &SiteApp) -> Result<(), Error> {
    let settings = application::application_fetch(tx, &app.application)?;
    let settings = settings.ok_or_else(|| Error::no_such("application", &app.application))?;
    if settings.versions.contains(&app.version) {
        return Ok(());
    }
    let known = settings.versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Err(Error::NoVersion { app: settings.name, version: app.version.clone(), known })
}
