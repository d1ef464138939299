//! `POST /api/v1/login` and `GET /api/v1/whoami`.

use crate::auth::{Invitee, Viewer};
use crate::clock;
use crate::error::Error;
use crate::request::Said;
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::{Effect, Tx, trust, user};
use axum::Json;
use axum::extract::State;
use fieldpost_common::api::{Change, LoginAnswer, LoginRequest, Whoami};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::time::Timestamp;

pub(crate) async fn login(
    State(server): State<Shared>,
    Invitee(peer): Invitee,
    Said(request): Said<LoginRequest>,
) -> Result<Json<LoginAnswer>, Error> {
    let now = clock::now();
    let from = peer.0.to_string();
    let answer = server.store.write(move |tx| take(tx, request, &from, now)).await;
    let named = |answer| Json(LoginAnswer { generation: Some(server.generation.clone()), ..answer });
    answer.map(named).map_err(|error| match error {
        Error::InvitationSpent(_) | Error::InvitationUsed { .. } => peer.failed(&server, error),
        error => error,
    })
}

fn take(tx: &mut Tx<'_>, request: LoginRequest, from: &str, now: Timestamp) -> Result<LoginAnswer, Error> {
    let LoginRequest { user, secret, token_sha256, key, only_look } = request;
    let secret = ContentHash::of(secret.as_bytes());
    let role = if only_look {
        user::user_invited(tx, &user, &secret, now)?
    } else {
        user::user_redeem(tx, &user, &secret, (&key, from), now)?
    };
    let Some(role) = role else {
        let (used, role) = user::user_used(tx, &user, &secret)?.ok_or(Error::InvitationSpent("login"))?;
        if !used.is_again(&token_sha256, Some(&key), now) {
            return Err(used.refusal("login"));
        }
        // The answer to the first was lost on its way.
        return Ok(LoginAnswer { user, role, trust: trust::trust_after(tx, 0)?, generation: None });
    };
    if !only_look {
        user::user_login(tx, &user, &token_sha256, &key, now)?;
        let mut row = activity(format!("user:{user}"), "logged_in");
        row.key = Some(key.id());
        activity_add(tx, row, now)?;
        tx.then(Effect::UserToken(user.clone(), role, token_sha256));
        tx.then(Effect::Changed(Change::Users));
        tx.then(Effect::Changed(Change::Activity));
    }
    Ok(LoginAnswer { user, role, trust: trust::trust_after(tx, 0)?, generation: None })
}

pub(crate) async fn whoami(State(server): State<Shared>, Viewer(user, role): Viewer) -> Json<Whoami> {
    Json(Whoami {
        user,
        role,
        generation: server.generation.clone(),
        url: server.url(),
        server_version: crate::VERSION.to_owned(),
        now: clock::now(),
    })
}
