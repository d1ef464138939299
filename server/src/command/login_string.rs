//! `fieldpost-server login-string`: whoever may write the data lets a person in, also when nobody else can any more.

use super::{CommandError, change};
use crate::clock;
use crate::invite::VALID;
use crate::random;
use crate::store::activity::{activity, activity_add};
use crate::store::{meta, user};
use fieldpost_common::api::Role;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::UserName;
use fieldpost_common::invitation::{Invitation, Kind};
use std::path::Path;

/// A string that lets a person in, and what they may do then.
#[derive(Debug)]
pub struct LoginString {
    /// The string. It carries no root key: this server is no witness of that.
    pub invitation: Invitation,
    /// Their role.
    pub role: Role,
}

/// Makes a login string for somebody who is there, or, with a role, for anybody. Also while a server runs on the data.
/// Token and key that they have stay good until the string is used.
pub fn login_string(data: &Path, name: &UserName, role: Option<Role>) -> Result<LoginString, CommandError> {
    let (secret, now) = (random::secret()?, clock::now());
    change(data, |db| {
        let all = user::user_list(db)?;
        let known = all.iter().find(|one| one.name == *name).map(|one| one.role);
        let Some(role) = role.or(known) else {
            let names = all.iter().map(|one| one.name.to_string()).collect::<Vec<_>>().join(", ");
            return Err(CommandError::NoUser { name: name.clone(), names });
        };
        user::user_invite(db, name, (role, ContentHash::of(secret.as_bytes()), now.plus(VALID)), now)?;
        let mut row = activity("server", "login_string_made");
        row.detail = Some(format!("for {name}, on the server's own machine"));
        activity_add(db, row, now)?;
        let url = meta::url_fetch(db)?;
        let invitation = Invitation { kind: Kind::Login, url, name: name.to_string(), secret: secret.clone(), root: None };
        Ok(LoginString { invitation, role })
    })
}
