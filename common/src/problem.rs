//! Errors as they travel: RFC 9457 problem documents with a code that programs match on and a cure that people read.

use serde::{Deserialize, Serialize};

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong, in one word for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No token, or one that is unknown or revoked.
    Unauthorized,
    /// The token is good, but not for this.
    Forbidden,
    /// The one-time secret was used, is too old or was never given out.
    InvitationSpent,
    /// No such application, site, patch, order or content.
    NotFound,
    /// It is there already.
    Exists,
    /// It changed since the caller looked.
    Changed,
    /// A signature or trust rule says no.
    Refused,
    /// The request makes no sense.
    Invalid,
    /// Larger than allowed.
    TooLarge,
    /// The bytes don't have the hash that they were announced with.
    WrongHash,
    /// The request did not arrive as it was sent, or can't be made out: nothing is said about what was meant.
    Damaged,
    /// Over a quota, or too many requests.
    TooMany,
    /// Another agent polls with the same identity.
    Clone,
    /// This server's data are older than those that the caller has followed, or two servers claim the same.
    Outdated,
    /// The server's data were restored: it wants to hear first what the caller knows.
    Restored,
    /// The server's disk is full.
    NoSpace,
    /// Anything else; details are in the server's log.
    Internal,
    /// The server is stopping or not ready.
    Unavailable,
    /// A code that this version doesn't know.
    #[serde(other)]
    Other,
}

impl Code {
    /// The HTTP status that goes with it.
    pub const fn status(self) -> u16 {
        match self {
            Self::Damaged => 400,
            Self::Unauthorized => 401,
            Self::Forbidden | Self::Refused => 403,
            Self::InvitationSpent => 410,
            Self::NotFound => 404,
            Self::Exists | Self::Changed | Self::Clone | Self::Outdated | Self::Restored => 409,
            Self::Invalid | Self::WrongHash => 422,
            Self::TooLarge => 413,
            Self::TooMany => 429,
            Self::NoSpace => 507,
            Self::Internal | Self::Other => 500,
            Self::Unavailable => 503,
        }
    }
}

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}{}", cure.as_deref().map(|cure| format!("\n{cure}")).unwrap_or_default())]
pub struct Problem {
    /// For programs.
    pub code: Code,
    /// The HTTP status.
    pub status: u16,
    /// What happened, on what.
    pub detail: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
}

impl Problem {
    /// Says what happened, on what.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, status: code.status(), detail: detail.into(), cure: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_a_newer_server_is_read_as_other() {
        let json = r#"{"code":"brand_new","status":418,"detail":"x","unknown_field":1}"#;
        let problem: Problem = serde_json::from_str(json).expect("problem");
        assert_eq!((problem.code, problem.status), (Code::Other, 418));
    }

    #[test]
    fn a_problem_reads_as_what_happened_and_what_to_do() {
        let problem = Problem::new(Code::NotFound, "no site \"acme\"").cure("`fieldpost sites` lists them");
        assert_eq!(problem.to_string(), "no site \"acme\"\n`fieldpost sites` lists them");
    }
}
