//! One-time invitations of people and sites. The root key is put in by the app of the person who invites, never here.

use crate::error::Error;
use crate::random;
use crate::server::Server;
use fieldpost_common::api::Invited;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::time::Timestamp;
use std::time::Duration;

/// How long an invitation can be used.
pub(crate) const VALID: Duration = Duration::from_hours(24);

/// An invitation, and the hash of its secret: all that the store keeps.
pub(crate) fn invite(server: &Server, name: &impl ToString, now: Timestamp) -> Result<(Invited, ContentHash), Error> {
    let secret = random::secret()?;
    let hash = ContentHash::of(secret.as_bytes());
    Ok((Invited { url: server.url(), name: name.to_string(), secret, expires: now.plus(VALID) }, hash))
}
