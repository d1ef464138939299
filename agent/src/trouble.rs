//! What can go wrong between agent and server, told so that a client's administrator knows what to do.

use fieldpost_common::problem::{Code, Problem};
use fieldpost_common::text::Clean;
use std::time::Duration;

/// Why a request to the server came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No connection could be made.
    #[error("can't reach {server}{}: {detail}", via(proxy.as_ref()))]
    Unreachable {
        /// Where.
        server: String,
        /// The proxy on the way.
        proxy: Option<String>,
        /// The system's words.
        detail: Clean,
    },
    /// A connection was made and broke, or took too long.
    #[error("lost the connection to {server}{}: {detail}", via(proxy.as_ref()))]
    Lost {
        /// Where.
        server: String,
        /// The proxy on the way.
        proxy: Option<String>,
        /// The system's words.
        detail: Clean,
    },
    /// Something answered that isn't fieldpost: a portal, a proxy's error page.
    #[error("{server} was answered by something that is not the fieldpost server: {what}{}", via(proxy.as_ref()))]
    NotOurs {
        /// Where.
        server: String,
        /// The proxy on the way.
        proxy: Option<String>,
        /// What came.
        what: Clean,
        /// When it wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// The server says no.
    #[error("the server says: {problem}")]
    Problem {
        /// Its words.
        problem: Problem,
        /// When it wants to be asked again.
        retry_after: Option<Duration>,
        /// Whether checksums prove that it says so to what was asked.
        proven: bool,
    },
    /// The answer isn't what the server sent, or answers something that wasn't asked.
    #[error("an answer of {server} was damaged on its way{}: {detail}", via(proxy.as_ref()))]
    Damaged {
        /// Where.
        server: String,
        /// The proxy on the way.
        proxy: Option<String>,
        /// How that is known.
        detail: Clean,
    },
    /// The server's answer can't be read.
    #[error("the server's answer can't be read: {detail}")]
    Unclear {
        /// Why.
        detail: Clean,
    },
    /// Its data are behind what this site has followed.
    #[error("{0}")]
    Outdated(&'static str),
    /// The agent's own files are in the way.
    #[error("{detail}")]
    Local {
        /// What, on which file.
        detail: Clean,
    },
}

fn via(proxy: Option<&String>) -> String {
    proxy.map(|proxy| format!(" (through the proxy {proxy})")).unwrap_or_default()
}

impl Trouble {
    /// When the other end wants to be asked again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::NotOurs { retry_after, .. } | Self::Problem { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The code, when the server itself answered.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Problem { problem, .. } => Some(problem.code),
            _ => None,
        }
    }

    /// Whether the server has understood what was asked, and refuses it. What may be said of the way never is: then nothing is known of
    /// the thing itself.
    pub fn is_refusal(&self) -> bool {
        let codes = [Code::Forbidden, Code::NotFound, Code::Refused, Code::Invalid, Code::TooLarge, Code::WrongHash];
        matches!(self, Self::Problem { problem, proven: true, .. } if codes.contains(&problem.code))
    }

    /// Whether every other request would be answered the same now.
    pub fn concerns_all(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Problem { problem, retry_after, .. } => match problem.code {
                Code::Unauthorized | Code::Clone | Code::Unavailable => true,
                Code::TooMany => retry_after.is_some(),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the server has no room for it. Of too many requests it says when to come again; of a quota it doesn't.
    pub fn is_about_room(&self) -> bool {
        match self.code() {
            Some(Code::NoSpace) => true,
            Some(Code::TooMany) => self.retry_after().is_none(),
            _ => false,
        }
    }
}
