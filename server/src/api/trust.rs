//! `/api/v1/trust`: the trust document's versions; the server checks and hands on, and can't make one.

use crate::auth::{Developer, Viewer};
use crate::clock;
use crate::error::Error;
use crate::request::Said;
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::{Effect, Tx, trust, user};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fieldpost_common::api::{Change, Role, TrustChain};
use fieldpost_common::id::UserName;
use fieldpost_common::time::Timestamp;
use fieldpost_common::trust::{SignedTrust, Trust, TrustError};

pub(crate) async fn chain(State(server): State<Shared>, _: Viewer) -> Result<Json<TrustChain>, Error> {
    let (versions, newest, keys) =
        server.store.peek(|db| Ok::<_, Error>((trust::trust_after(db, 0)?, trust::trust_newest(db)?, user::user_keys(db)?)))?;
    let known = |key: &_| {
        newest.as_ref().is_some_and(|trust: &Trust| {
            trust.revoked.contains(key) || trust.developers.iter().any(|developer| developer.key.id() == *key)
        })
    };
    let pending = keys.into_iter().filter(|pending| !known(&pending.key.id())).collect();
    Ok(Json(TrustChain { versions, pending }))
}

pub(crate) async fn next(
    State(server): State<Shared>,
    Developer(user, role): Developer,
    Said(signed): Said<SignedTrust>,
) -> Result<StatusCode, Error> {
    let now = clock::now();
    if let Some((site, held)) = server.memory.mailboxes.trust_ahead() {
        return Err(Error::TrustAhead { site: site.to_string(), held });
    }
    server.store.write(move |tx| take(tx, &signed, (&user, role), now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn take(tx: &mut Tx<'_>, signed: &SignedTrust, (user, role): (&UserName, Role), now: Timestamp) -> Result<(), Error> {
    let next = match trust::trust_newest(tx)? {
        Some(newest) => newest.accept(signed)?,
        None if role == Role::Admin => found(signed)?,
        None => return Err(Error::Forbidden { who: user.to_string(), is: "a developer", needs: "an admin" }),
    };
    trust::trust_add(tx, next.version, signed, now)?;
    let mut row = activity(format!("user:{user}"), "trust_changed");
    row.key = Some(next.root.id());
    row.detail = Some(format!("version {}: {}", next.version, names(&next)));
    activity_add(tx, row, now)?;
    tx.then(Effect::Trust(next.version));
    tx.then(Effect::WakeAll);
    tx.then(Effect::Changed(Change::Users));
    tx.then(Effect::Changed(Change::Activity));
    Ok(())
}

/// The first version names its own root; the apps and agents pin it.
fn found(signed: &SignedTrust) -> Result<Trust, TrustError> {
    let claimed: Trust = serde_json::from_slice(&signed.by.bytes).map_err(|error| TrustError::Malformed(error.to_string()))?;
    let trust = Trust::open(signed, &claimed.root)?;
    if trust.version == 1 { Ok(trust) } else { Err(TrustError::WrongVersion { given: trust.version, expected: 1 }) }
}

fn names(trust: &Trust) -> String {
    trust.developers.iter().map(|developer| developer.user.as_str()).collect::<Vec<_>>().join(", ")
}
