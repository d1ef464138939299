//! What can go wrong between app and server, in words for people and as an exit code for scripts.

use fieldpost_common::exit;
use fieldpost_common::problem::{Code, Problem};

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers.
    #[error(
        "the server at {url} can't be reached: {why}\ncheck the address, the network and that the server runs; `fieldpost doctor` looks at each"
    )]
    Unreachable {
        /// The server's address.
        url: String,
        /// The system's words.
        why: String,
    },
    /// Somebody else answers: a proxy, a portal, a redirect.
    #[error("what answers at {url} is not fieldpost: {what}")]
    NotOurs {
        /// The server's address.
        url: String,
        /// What came.
        what: String,
    },
    /// The server says no.
    #[error("{0}")]
    Problem(Problem),
    /// Something on this machine.
    #[error("{0}")]
    Local(String),
}

impl ClientError {
    /// The exit code that says so.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Unreachable { .. } | Self::NotOurs { .. } => exit::UNREACHABLE,
            Self::Problem(problem) => problem_exit(problem),
            Self::Local(_) => exit::FAILED,
        }
    }

    /// Whether the request may have arrived, and nothing is known of what it came to.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::NotOurs { .. })
    }

    /// Whether the server says that there is no such thing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.code == Code::NotFound)
    }
}

/// The exit code for a problem.
fn problem_exit(problem: &Problem) -> u8 {
    match problem.code {
        Code::Unauthorized | Code::Forbidden | Code::InvitationSpent | Code::Refused | Code::Outdated => exit::NOT_PERMITTED,
        Code::TooMany | Code::Unavailable | Code::NoSpace => exit::TRY_LATER,
        _ => exit::FAILED,
    }
}
