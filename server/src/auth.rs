//! Who is asking: extractors, so that a handler's signature says who may call it.

use crate::clock;
use crate::error::Error;
use crate::lineage::judge;
use crate::net::Connection;
use crate::request::header;
use crate::server::{Server, Shared};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use fieldpost_common::api::Role;
use fieldpost_common::api::path::RECALL;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{Generation, SiteName, Succession, UserName};
use fieldpost_common::wire::header as name;
use fieldpost_common::wire::path::POLL;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// A site's agent.
pub(crate) struct Agent(pub(crate) SiteName);

/// Anyone who is logged in.
pub(crate) struct Viewer(pub(crate) UserName, pub(crate) Role);

/// Who may publish and send.
pub(crate) struct Developer(pub(crate) UserName, pub(crate) Role);

/// Who may do everything.
pub(crate) struct Admin(pub(crate) UserName);

/// Where the request comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Peer {
    /// Refuses an address that has failed too often; for what is guarded by a one-time secret.
    fn may_try(self, server: &Server) -> Result<(), Error> {
        if server.throttle.is_held(self.0, clock::instant()) { Err(Error::TooManyFailures) } else { Ok(()) }
    }

    /// Notes a failed attempt, and says so.
    pub(crate) fn failed(self, server: &Server, error: Error) -> Error {
        if server.throttle.failed(self.0, clock::instant()) { Error::TooManyFailures } else { error }
    }

    fn of(parts: &Parts, server: &Server) -> Self {
        // The last entry of the last line is the proxy's own word; those before are what the client claims.
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back().filter(|_| server.config.behind_proxy);
        let forwarded = forwarded.and_then(|list| list.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        let direct = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Self(forwarded.or(direct).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }
}

impl FromRequestParts<Shared> for Peer {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Error> {
        Ok(Self::of(parts, server))
    }
}

/// Who holds a one-time secret. An address that has failed too often is refused before its body is read.
pub(crate) struct Invitee(pub(crate) Peer);

impl FromRequestParts<Shared> for Invitee {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Error> {
        let peer = Peer::of(parts, server);
        peer.may_try(server)?;
        Ok(Self(peer))
    }
}

/// The connection of somebody known is not closed before those of strangers.
fn recognise(parts: &Parts) {
    if let Some(connection) = parts.extensions.get::<Connection>() {
        connection.recognise();
    }
}

/// The hash of the token. Tokens are looked up by their hash, so that no comparison's time tells anything about them.
fn token(parts: &Parts) -> Option<ContentHash> {
    let value = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| ContentHash::of(token.trim().as_bytes()))
}

impl FromRequestParts<Shared> for Agent {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Error> {
        let site = token(parts).and_then(|token| server.memory.mailboxes.owner(&token));
        let site = site.ok_or_else(|| Peer::of(parts, server).failed(server, Error::Unauthorized))?;
        recognise(parts);
        // Nobody knows which of the two asks, or which of the two says what it says.
        server.memory.mailboxes.of(&site).clones().map_or(Ok(()), |addresses| Err(Error::Clones(addresses)))?;
        // A poll is judged where it is received: its site was here, whatever it follows.
        let followed: Option<Generation> = header(&parts.headers, name::GENERATION)?;
        let last = || server.memory.mailboxes.of(&site).outdated();
        match judge(&server.generation, followed.as_ref()).or_else(last) {
            Some(outdated) if parts.uri.path() != POLL => Err(Error::Outdated(outdated)),
            _ => Ok(Self(site)),
        }
    }
}

impl FromRequestParts<Shared> for Viewer {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Error> {
        let Some((user, role)) = token(parts).and_then(|token| server.memory.people.owner(&token)) else {
            return Err(Peer::of(parts, server).failed(server, Error::Unauthorized));
        };
        recognise(parts);
        server.memory.people.seen(&user, clock::now());
        lineage(parts, server, &user)?;
        Ok(Self(user, role))
    }
}

/// What the app has followed before: newer data than these are not gone behind, and of older ones it first gives back what it kept.
fn lineage(parts: &Parts, server: &Server, user: &UserName) -> Result<(), Error> {
    let followed: Option<Generation> = header(&parts.headers, name::GENERATION)?;
    let outdated = judge(&server.generation, followed.as_ref());
    server.memory.people.outdated_set(user, outdated);
    if let Some(outdated) = outdated {
        return Err(Error::Outdated(outdated));
    }
    let newer = followed.is_some_and(|followed| server.generation.succeeds(&followed) == Succession::Newer);
    if newer && parts.uri.path() != RECALL { Err(Error::Restored) } else { Ok(()) }
}

async fn at_least(needed: Role, parts: &mut Parts, server: &Shared) -> Result<Viewer, Error> {
    let Viewer(user, role) = Viewer::from_request_parts(parts, server).await?;
    if role >= needed {
        return Ok(Viewer(user, role));
    }
    Err(Error::Forbidden { who: user.to_string(), is: role_word(role), needs: role_word(needed) })
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Viewer => "a viewer",
        Role::Developer => "a developer",
        Role::Admin => "an admin",
    }
}

impl FromRequestParts<Shared> for Developer {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Error> {
        at_least(Role::Developer, parts, server).await.map(|Viewer(user, role)| Self(user, role))
    }
}

impl FromRequestParts<Shared> for Admin {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Error> {
        at_least(Role::Admin, parts, server).await.map(|Viewer(user, _)| Self(user))
    }
}
