//! Login and enrolment strings: everything that the other end needs, in one word to paste.

use crate::envelope::PublicKey;
use crate::hash::ContentHash;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What an invitation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person's login: `fieldpost login`.
    Login,
    /// A site's enrolment: `fieldpost-agent enroll`.
    Enrolment,
}

/// A one-time invitation. The root key is put in by the app of the person who invites, never by the server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// What it is for.
    pub kind: Kind,
    /// The server's public address.
    pub url: String,
    /// The user or the site.
    pub name: String,
    /// The one-time secret, good for 24 hours at most.
    pub secret: String,
    /// The root key to pin; none in the very first login, which makes it.
    pub root: Option<PublicKey>,
}

/// A string that isn't an invitation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// Not one of ours, or cut off.
    #[error("this is not a fieldpost {0} string: paste it whole, as it was printed")]
    NotOurs(&'static str),
    /// The other kind.
    #[error("this is a fieldpost {given} string; use it with `{command}`")]
    OtherKind {
        /// What it is.
        given: &'static str,
        /// Where it belongs.
        command: &'static str,
    },
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Login => "fieldpost-login.",
            Self::Enrolment => "fieldpost-enrolment.",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Enrolment => "enrolment",
        }
    }

    const fn command(self) -> &'static str {
        match self {
            Self::Login => "fieldpost login",
            Self::Enrolment => "fieldpost-agent enroll",
        }
    }
}

impl Invitation {
    /// Reads a string that should be of one kind.
    pub fn parse(text: &str, kind: Kind) -> Result<Self, InvitationError> {
        let invitation = text.parse::<Self>().map_err(|()| InvitationError::NotOurs(kind.word()))?;
        if invitation.kind == kind {
            Ok(invitation)
        } else {
            Err(InvitationError::OtherKind { given: invitation.kind.word(), command: invitation.kind.command() })
        }
    }
}

impl FromStr for Invitation {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        // A string that was mailed or copied off a screen may have come apart over lines.
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (kind, rest) = [Kind::Login, Kind::Enrolment]
            .into_iter()
            .find_map(|kind| text.strip_prefix(kind.prefix()).map(|rest| (kind, rest)))
            .ok_or(())?;
        let json = BASE64.decode(rest).map_err(|_| ())?;
        let invitation: Self = serde_json::from_slice(&json).map_err(|_| ())?;
        if invitation.kind == kind { Ok(invitation) } else { Err(()) }
    }
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(self).map_err(|_| fmt::Error)?;
        write!(f, "{}{}", self.kind.prefix(), BASE64.encode(json))
    }
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invitation({} {} at {})", self.kind.word(), self.name, self.url)
    }
}

/// The token of whoever uses a string: the same in each try, and another one for each string. `seed`: random, and kept until a try is known
/// to have come to something.
pub fn token_of(seed: &str, string: &str) -> String {
    ContentHash::of(format!("fieldpost/1/token\n{seed}\n{}", string.trim()).as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invitation() -> Invitation {
        Invitation {
            kind: Kind::Enrolment,
            url: "https://post.example".to_owned(),
            name: "acme".to_owned(),
            secret: "s3cret".to_owned(),
            root: None,
        }
    }

    #[test]
    fn an_invitation_survives_being_broken_over_lines() {
        let text = invitation().to_string();
        let (head, tail) = text.split_at(40);
        assert_eq!(Invitation::parse(&format!(" {head}\n  {tail}\r\n"), Kind::Enrolment), Ok(invitation()));
    }

    #[test]
    fn a_string_of_the_other_kind_says_where_it_belongs() {
        let error = Invitation::parse(&invitation().to_string(), Kind::Login).expect_err("other kind");
        assert_eq!(error.to_string(), "this is a fieldpost enrolment string; use it with `fieldpost-agent enroll`");
        let cut = invitation().to_string();
        assert!(Invitation::parse(&cut[..cut.len() - 3], Kind::Enrolment).is_err());
    }

    #[test]
    fn its_debug_form_hides_the_secret() {
        assert!(!format!("{:?}", invitation()).contains("s3cret"));
    }
}
