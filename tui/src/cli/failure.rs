//! How a command fails: words for people, an exit code for scripts. Every error of the crate turns into one here.

use crate::client::ClientError;
use crate::keyring::KeyringError;
use crate::login::LoginError;
use crate::publish::PublishError;
use crate::send::SendError;
use crate::session::SessionError;
use fieldpost_common::exit;
use fieldpost_common::id::IdError;
use fieldpost_common::name::NameError;
use std::fmt::Display;

/// A command that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) code: u8,
    /// What happened, on what, and what to do.
    pub(crate) words: String,
}

impl Failure {
    /// Something failed.
    pub(crate) fn new(words: impl Display) -> Self {
        Self { code: exit::FAILED, words: words.to_string() }
    }

    /// The command line makes no sense.
    pub(crate) fn usage(words: impl Display) -> Self {
        Self { code: exit::USAGE, words: words.to_string() }
    }

    /// It may work later.
    pub(crate) fn later(words: impl Display) -> Self {
        Self { code: exit::TRY_LATER, words: words.to_string() }
    }

    /// A file.
    pub(crate) fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new(format!("{}: {error}", path.display()))
    }
}

macro_rules! with_its_code {
    ($($error:ty),*) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self { code: error.exit_code(), words: error.to_string() }
            }
        })*
    };
}

with_its_code!(ClientError, KeyringError, LoginError, PublishError, SendError, SessionError, crate::demo::DemoError);

macro_rules! failed {
    ($($error:ty),*) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(error)
            }
        })*
    };
}

failed!(IdError, NameError);
