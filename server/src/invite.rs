//! One-time invitations of people and sites. The root key is put in by the app of the person who invites, never here.

use crate::error::Error;
use crate::random;
use crate::server::Server;
use fieldpost_common::api::Invited;
use fieldpost_common::envelope::PublicKey;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::time::{Timestamp, minute};
use std::time::Duration;

/// How long an invitation can be used.
pub(crate) const VALID: Duration = Duration::from_hours(24);

/// Whoever used a secret and never heard the answer is answered again for so long.
const ANSWERED_AGAIN: Duration = Duration::from_mins(15);

/// Who used a secret up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) at: Timestamp,
    /// The address.
    pub(crate) from: String,
    /// The signing key; of people only.
    pub(crate) key: Option<PublicKey>,
    /// The hash of the token that is in force.
    pub(crate) token: Option<ContentHash>,
}

impl Used {
    /// Whether the same one asks again, soon enough.
    pub(crate) fn is_again(&self, token: &ContentHash, key: Option<&PublicKey>, now: Timestamp) -> bool {
        self.token.as_ref() == Some(token) && self.key.as_ref() == key && self.at <= now && self.at.age(now) < ANSWERED_AGAIN
    }

    /// Tells whoever holds the secret who used it.
    pub(crate) fn refusal(&self, what: &'static str) -> Error {
        let by = match &self.key {
            Some(key) => format!(" with the key {}", key.fingerprint()),
            None => String::new(),
        };
        Error::InvitationUsed { what, words: format!("at {} from {}{by}", minute(self.at), self.from) }
    }
}

/// An invitation, and the hash of its secret: all that the store keeps.
pub(crate) fn invite(server: &Server, name: &impl ToString, now: Timestamp) -> Result<(Invited, ContentHash), Error> {
    let secret = random::secret()?;
    let hash = ContentHash::of(secret.as_bytes());
    Ok((Invited { url: server.url(), name: name.to_string(), secret, expires: now.plus(VALID) }, hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::envelope::SecretKey;

    #[test]
    fn only_the_same_token_and_key_within_a_quarter_of_an_hour_are_the_same_one_again() {
        let key = |seed: u8| SecretKey::from_seed([seed; 32]).public();
        let (at, minute, token) = (Timestamp::from_ms(1_000_000), 60_000, ContentHash::of(b"token"));
        let used = Used { at, from: "203.0.113.7".to_owned(), key: Some(key(1)), token: Some(token) };
        let later = |minutes: i64| Timestamp::from_ms(at.as_ms() + minutes * minute);
        assert!(used.is_again(&token, Some(&key(1)), later(0)) && used.is_again(&token, Some(&key(1)), later(14)));
        assert!(!used.is_again(&token, Some(&key(1)), later(15)), "too late");
        assert!(!used.is_again(&token, Some(&key(1)), later(-1)), "a clock that went back");
        assert!(!used.is_again(&token, Some(&key(2)), later(1)), "another key");
        assert!(!used.is_again(&ContentHash::of(b"other"), Some(&key(1)), later(1)), "another token");
        let replaced = Used { token: None, ..used.clone() };
        assert!(!replaced.is_again(&token, Some(&key(1)), later(1)), "the token is in force no more");
        let words = used.refusal("login").to_string();
        assert!(
            words.contains("203.0.113.7") && words.contains(&key(1).fingerprint()) && words.contains("1970-01-01"),
            "{words}"
        );
    }
}
