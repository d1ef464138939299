//! `/api/v1/users`: people.

use crate::auth::{Admin, Viewer};
use crate::clock;
use crate::error::Error;
use crate::invite::invite;
use crate::request::{At, Said};
use crate::server::Shared;
use crate::store::activity::{activity, activity_add};
use crate::store::{Effect, user};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fieldpost_common::api::{Change, Invited, NewRole, NewUser, User};
use fieldpost_common::id::UserName;

pub(crate) async fn list(State(server): State<Shared>, _: Viewer) -> Result<Json<Vec<User>>, Error> {
    Ok(Json(server.store.peek(user::user_list)?))
}

/// Only for somebody new: who is there has a role already, which another verb changes.
pub(crate) async fn add(
    State(server): State<Shared>,
    Admin(by): Admin,
    Said(new): Said<NewUser>,
) -> Result<Json<Invited>, Error> {
    let now = clock::now();
    let (invited, secret) = invite(&server, &new.name, now)?;
    let expires = invited.expires;
    let add = server.store.write(move |tx| {
        if user::user_role(tx, &new.name)?.is_some() {
            return Err(Error::Exists { what: "user", name: new.name.to_string() });
        }
        user::user_invite(tx, &new.name, (new.role, secret, expires), now)?;
        let mut row = activity(format!("user:{by}"), "user_invited");
        row.detail = Some(new.name.to_string());
        activity_add(tx, row, now)?;
        tx.then(Effect::UserRole(new.name, new.role));
        tx.then(Effect::Changed(Change::Users));
        tx.then(Effect::Changed(Change::Activity));
        Ok::<_, Error>(())
    });
    add.await?;
    Ok(Json(invited))
}

/// For someone who is there already: a lost laptop needs a new login, which replaces token and key once the string is used.
pub(crate) async fn login_string(
    State(server): State<Shared>,
    Admin(by): Admin,
    At(name): At<UserName>,
) -> Result<Json<Invited>, Error> {
    let now = clock::now();
    let (invited, secret) = invite(&server, &name, now)?;
    let expires = invited.expires;
    let renew = server.store.write(move |tx| {
        let role = user::user_role(tx, &name)?.ok_or_else(|| Error::no_such("user", &name))?;
        user::user_invite(tx, &name, (role, secret, expires), now)?;
        let mut row = activity(format!("user:{by}"), "login_string_made");
        row.detail = Some(format!("for {name}"));
        activity_add(tx, row, now)?;
        tx.then(Effect::Changed(Change::Activity));
        Ok::<_, Error>(())
    });
    renew.await?;
    Ok(Json(invited))
}

/// It holds at once, whatever token is in use.
pub(crate) async fn role_set(
    State(server): State<Shared>,
    Admin(by): Admin,
    At(name): At<UserName>,
    Said(new): Said<NewRole>,
) -> Result<StatusCode, Error> {
    if by == name {
        return Err(Error::Invalid("nobody changes their own role: another admin does".to_owned()));
    }
    let now = clock::now();
    let set = server.store.write(move |tx| {
        let before = user::user_role(tx, &name)?.ok_or_else(|| Error::no_such("user", &name))?;
        user::user_role_set(tx, &name, new.role)?;
        let mut row = activity(format!("user:{by}"), "role_changed");
        row.detail = Some(format!("{name}: from {} to {}", before.word(), new.role.word()));
        activity_add(tx, row, now)?;
        tx.then(Effect::UserRole(name, new.role));
        tx.then(Effect::Changed(Change::Users));
        tx.then(Effect::Changed(Change::Activity));
        Ok::<_, Error>(())
    });
    set.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Token, key and open invitation are gone at once. What the key signed stays signed: that ends with the trust document.
pub(crate) async fn remove(State(server): State<Shared>, Admin(by): Admin, At(name): At<UserName>) -> Result<StatusCode, Error> {
    if by == name {
        return Err(Error::Invalid("nobody shuts themselves out: another admin does".to_owned()));
    }
    let now = clock::now();
    let remove = server.store.write(move |tx| {
        if !user::user_delete(tx, &name)? {
            return Err(Error::no_such("user", &name));
        }
        let mut row = activity(format!("user:{by}"), "user_removed");
        row.detail = Some(name.to_string());
        activity_add(tx, row, now)?;
        tx.then(Effect::UserGone(name));
        tx.then(Effect::Changed(Change::Users));
        tx.then(Effect::Changed(Change::Activity));
        Ok(())
    });
    remove.await?;
    Ok(StatusCode::NO_CONTENT)
}
