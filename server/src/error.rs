//! Everything that can go wrong in a request, and the one place where it becomes a problem document.

use crate::lineage::Outdated;
use crate::random::NoRandom;
use crate::store::StoreError;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::order::Refusal;
use fieldpost_common::problem::{Code, MEDIA_TYPE, Problem};
use fieldpost_common::trust::TrustError;

/// Why a request wasn't done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("no token, or not one that this server knows")]
    Unauthorized,
    #[error("this needs the role {needs}, and {who} is {is}")]
    Forbidden { who: String, is: &'static str, needs: &'static str },
    #[error("this {0} string was used already, is too old, or was never given out")]
    InvitationSpent(&'static str),
    #[error("this {what} string was used already, {words}")]
    InvitationUsed { what: &'static str, words: String },
    #[error("nothing is held at {site}: no files of it wait to be accepted as gone")]
    NothingHeld { site: SiteName },
    #[error("there is no {what} {name:?}")]
    NoSuch { what: &'static str, name: String },
    #[error("{app} has no version {version}; it has {known}")]
    NoVersion { app: AppName, version: Version, known: String },
    #[error("there is a {what} {name:?} already")]
    Exists { what: &'static str, name: String },
    #[error("{0}")]
    Changed(String),
    #[error("{what} is refused: {why}")]
    Refused { what: &'static str, why: Refusal },
    #[error(transparent)]
    Trust(#[from] TrustError),
    #[error("{0}")]
    Invalid(String),
    /// Of what was meant nothing is said.
    #[error("{0}: the request was damaged on its way")]
    Damaged(String),
    #[error("larger than the {limit} bytes allowed here")]
    TooLarge { limit: u64 },
    #[error("the body is larger than this address takes")]
    BodyTooLarge,
    #[error("{0}")]
    BodyLost(String),
    #[error("the bytes don't have the hash that they were announced with")]
    WrongHash,
    #[error("site {site} has handed over all that it may: {quota} bytes")]
    Quota { site: String, quota: u64 },
    #[error("too many failed attempts from this address")]
    TooManyFailures,
    #[error("two agents poll as this site: from {} and from {}", .0[0], .0[1])]
    Clones([String; 2]),
    #[error("{patch} can't be purged: {words}")]
    StillInUse { patch: PatchName, words: String },
    #[error(
        "site {site} holds version {held} of the trust document, which this server lost: another version {held} would fork it"
    )]
    TrustAhead { site: String, held: u64 },
    #[error("{0}")]
    Outdated(Outdated),
    #[error("the server was restored: it wants to hear first what this app knows")]
    Restored,
    #[error("the range lies outside the content, which has {size} bytes")]
    Range { size: u64 },
    #[error("no such address on this server")]
    NoRoute,
    #[error("the server is stopping")]
    Stopping,
    #[error("another program holds the server's database")]
    Busy,
    #[error("the server's disk is full")]
    NoSpace,
    #[error("the server can't write to its disk: {0}")]
    Unwritable(String),
    #[error("content {} is damaged on the server's disk", .0.short())]
    ContentDamaged(ContentHash),
    #[error("the server's database is damaged")]
    Corrupt(String),
    #[error("the server failed; its log says more")]
    Internal,
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSpace => Self::NoSpace,
            StoreError::Busy => Self::Busy,
            StoreError::Unwritable(why) => Self::Unwritable(why),
            StoreError::ContentDamaged(sha256) => Self::ContentDamaged(sha256),
            StoreError::Corrupt(why) => {
                tracing::error!(%why, "the database is damaged");
                Self::Corrupt(why)
            }
            StoreError::Stopped => Self::Stopping,
            error => {
                tracing::error!(%error, "the store failed");
                Self::Internal
            }
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<NoRandom> for Error {
    fn from(error: NoRandom) -> Self {
        tracing::error!(%error, "no random bytes");
        Self::Internal
    }
}

impl Error {
    pub(crate) fn no_such(what: &'static str, name: impl std::fmt::Display) -> Self {
        Self::NoSuch { what, name: name.to_string() }
    }

    fn code(&self) -> Code {
        match self {
            Self::Unauthorized => Code::Unauthorized,
            Self::Forbidden { .. } => Code::Forbidden,
            Self::InvitationSpent(_) | Self::InvitationUsed { .. } => Code::InvitationSpent,
            Self::NoSuch { .. } | Self::NothingHeld { .. } | Self::NoVersion { .. } | Self::NoRoute | Self::ContentDamaged(_) => {
                Code::NotFound
            }
            Self::Exists { .. } | Self::StillInUse { .. } => Code::Exists,
            Self::Changed(_) | Self::TrustAhead { .. } | Self::Trust(TrustError::WrongVersion { .. }) => Code::Changed,
            Self::Refused { .. } | Self::Trust(_) => Code::Refused,
            Self::Damaged(_) | Self::BodyLost(_) => Code::Damaged,
            Self::Invalid(_) | Self::Range { .. } => Code::Invalid,
            Self::TooLarge { .. } | Self::BodyTooLarge => Code::TooLarge,
            Self::WrongHash => Code::WrongHash,
            Self::Quota { .. } | Self::TooManyFailures => Code::TooMany,
            Self::Clones(_) => Code::Clone,
            Self::Outdated(_) => Code::Outdated,
            Self::Restored => Code::Restored,
            Self::Stopping | Self::Busy | Self::Unwritable(_) => Code::Unavailable,
            Self::NoSpace => Code::NoSpace,
            Self::Internal | Self::Corrupt(_) => Code::Internal,
        }
    }

    fn cure(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unauthorized => "log in, or enroll the site, anew",
            Self::Forbidden { .. } => "ask an admin",
            Self::InvitationUsed { what: "login", .. } => {
                "if that was you, ask an admin for a new one (`fieldpost user login-string NAME`); if it was not, tell the admin at once"
            }
            Self::InvitationUsed { .. } => {
                "if that was this site, ask the vendor for a new one (`fieldpost site enrolment SITE` there); if it was not, tell the vendor at once"
            }
            Self::InvitationSpent("login") => {
                "ask an admin for a new one (`fieldpost user login-string NAME`); where there is none, `fieldpost-server login-string NAME` on \
                 the server's machine makes one"
            }
            Self::InvitationSpent(_) => "ask the vendor for a new one (`fieldpost site enrolment SITE` there)",
            Self::Exists { what: "user", .. } => {
                "`fieldpost user role` changes what they may do, `fieldpost user login-string` lets them log in anew"
            }
            Self::NothingHeld { .. } => {
                "`fieldpost sites` shows where something is held, `fieldpost activity` who accepted it before"
            }
            Self::NoSuch { what: "application", .. } => "`fieldpost app list` lists them",
            Self::NoSuch { what: "site", .. } => "`fieldpost sites` lists them",
            Self::NoSuch { what: "patch", .. } => "`fieldpost patches` lists them",
            Self::NoVersion { .. } => "`fieldpost app add-version` adds versions",
            Self::StillInUse { .. } => "remove it there (`fieldpost remove`), or wait until the site can say",
            Self::Changed(_) => "look at it again, then decide",
            Self::Refused { why: Refusal::UnknownKey, .. } => "whoever has the root key runs `fieldpost trust add`",
            Self::TooLarge { .. } => "the limit is `max_content` in the server's config",
            Self::WrongHash | Self::BodyLost(_) | Self::Damaged(_) => "send it again",
            Self::Quota { .. } => "the limit is `site_quota` in the server's config",
            Self::TooManyFailures => "wait a minute",
            Self::TrustAhead { .. } => {
                "the site gives it back within a minute of its next poll, and so does every app that has seen it; then try again"
            }
            Self::Outdated(_) => {
                "an admin of the server decides which one to go on with, and uses `fieldpost-server promote` on it while it is stopped"
            }
            Self::Restored => "use a newer version of this app",
            Self::Clones(_) => "stop one of them and enroll the other anew",
            Self::Busy => "try again later; a backup or `sqlite3` that runs on the server's data may be what holds it",
            Self::Stopping | Self::NoSpace | Self::Unwritable(_) => "try again later",
            Self::ContentDamaged(_) => "`fieldpost publish` of the same file mends it; `fieldpost status` says who else has it",
            Self::Corrupt(_) => "whoever runs the server looks at `/readyz` and its log",
            _ => return None,
        })
    }

    /// What the store said, where that tells something of the server's health.
    pub(crate) fn store_error(&self) -> Option<StoreError> {
        match self {
            Self::NoSpace => Some(StoreError::NoSpace),
            Self::Busy => Some(StoreError::Busy),
            Self::Unwritable(why) => Some(StoreError::Unwritable(why.clone())),
            Self::Corrupt(why) => Some(StoreError::Corrupt(why.clone())),
            _ => None,
        }
    }

    /// In how many seconds it makes sense to try again.
    fn retry_after(&self) -> Option<&'static str> {
        match self {
            Self::TooManyFailures | Self::NoSpace | Self::Unwritable(_) => Some("60"),
            Self::Stopping | Self::Busy => Some("5"),
            _ => None,
        }
    }

    /// The problem document.
    pub(crate) fn problem(&self) -> Problem {
        let mut problem = Problem::new(self.code(), self.to_string());
        if matches!(self, Self::Range { .. }) {
            problem.status = 416;
        }
        if matches!(self, Self::BodyLost(_)) {
            problem.status = 408;
        }
        match self.cure() {
            Some(cure) => problem.cure(cure),
            None => problem,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status = axum::http::StatusCode::from_u16(problem.status).unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&problem).unwrap_or_else(|error| unreachable!("a problem is plain data: {error}"));
        let mut response = (status, [(CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        if let Some(error) = self.store_error() {
            response.extensions_mut().insert(error);
        }
        response
    }
}
