//! People: logging in, roles, invitations.

use crate::envelope::PublicKey;
use crate::hash::ContentHash;
use crate::id::{Generation, KeyId, UserName};
use crate::time::Timestamp;
use crate::trust::SignedTrust;
use serde::{Deserialize, Serialize};

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Look.
    Viewer,
    /// Publish, send, retrieve.
    Developer,
    /// Everything: applications, sites, people.
    Admin,
}

impl Role {
    /// The word for it, as on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Developer => "developer",
            Self::Admin => "admin",
        }
    }
}

/// Trades a login string for a token of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginRequest {
    /// The user.
    pub user: UserName,
    /// The one-time secret out of the login string.
    pub secret: String,
    /// The SHA-256 of the token that the app made.
    pub token_sha256: ContentHash,
    /// The public half of the signing key that the app made.
    pub key: PublicKey,
    /// Only look whether the secret is good and which trust document there is: the secret is not spent, nobody is logged in.
    #[serde(default)]
    pub only_look: bool,
}

/// The answer to a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginAnswer {
    /// The user.
    pub user: UserName,
    /// What the user may do.
    pub role: Role,
    /// The trust document's versions; empty: the app founds it.
    pub trust: Vec<SignedTrust>,
    /// The server's data.
    #[serde(default)]
    pub generation: Option<Generation>,
}

/// Who the token belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whoami {
    /// The user.
    pub user: UserName,
    /// What the user may do.
    pub role: Role,
    /// The server's data.
    pub generation: Generation,
    /// The server's public address, for enrolment strings.
    pub url: String,
    /// The server's version.
    pub server_version: String,
    /// The server's clock.
    pub now: Timestamp,
}

/// Invites a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUser {
    /// The name.
    pub name: UserName,
    /// What the person may do.
    pub role: Role,
}

/// Changes what a person may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRole {
    /// What the person may do from now on.
    pub role: Role,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The name.
    pub name: UserName,
    /// What the person may do.
    pub role: Role,
    /// The signing key, once logged in.
    pub key: Option<KeyId>,
    /// Last request.
    pub last_seen: Option<Timestamp>,
}

/// What the app makes a login or enrolment string of, together with the root key that it pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The server's public address.
    pub url: String,
    /// The user or site.
    pub name: String,
    /// The one-time secret.
    pub secret: String,
    /// When it ends.
    pub expires: Timestamp,
}
