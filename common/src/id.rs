//! Ids as newtypes from one macro, so that a site can't be passed where a user is wanted.

mod generation;

pub use generation::{Generation, Succession};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// A word that isn't a valid id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {given:?}: {rule}")]
pub struct IdError {
    /// What kind of id was expected, in words.
    pub what: &'static str,
    /// The word that was given, shortened.
    pub given: String,
    /// The rule that it breaks.
    pub rule: &'static str,
}

const NAME_RULE: &str = "use 1 to 64 of a-z A-Z 0-9 . _ - and start with a letter or digit";

fn is_name(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && word.len() <= 64
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

const HEX_RULE: &str = "use 32 lower-case hexadecimal digits";

fn is_hex32(word: &str) -> bool {
    word.len() == 32 && word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $valid:ident, $rule:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(word: &str) -> Result<Self, IdError> {
                if $valid(word) {
                    Ok(Self(word.to_owned()))
                } else {
                    Err(IdError { what: $what, given: word.chars().take(80).collect(), rule: $rule })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// An application: a product that is installed at sites.
    AppName, "application", is_name, NAME_RULE
);
id!(
    /// The name of a log in an agent's config.
    LogName, "log", is_name, NAME_RULE
);
id!(
    /// The name of a local action in an agent's config.
    ActionName, "action", is_name, NAME_RULE
);
id!(
    /// One version of an application, such as `7.7`.
    Version, "version", is_name, NAME_RULE
);
id!(
    /// One installation at a client.
    SiteName, "site", is_name, NAME_RULE
);
id!(
    /// A word that several sites share, to send to them together.
    GroupName, "group", is_name, NAME_RULE
);
id!(
    /// A person with a login.
    UserName, "user", is_name, NAME_RULE
);
id!(
    /// A signing key, named by the first half of the SHA-256 of its public part.
    KeyId, "key", is_hex32, HEX_RULE
);
id!(
    /// An order, named by the first half of the SHA-256 of its signed bytes: the same order twice is one order.
    OrderId, "order", is_hex32, HEX_RULE
);
id!(
    /// A command: a wish of the server's for a site, named by random digits.
    CommandId, "command", is_hex32, HEX_RULE
);
id!(
    /// One run of an agent process; two of them counting on at once are clones.
    BootId, "boot id", is_hex32, HEX_RULE
);
id!(
    /// A piece of a file of walkbacks on its way: the same piece twice is one.
    WalkbackId, "walkback", is_hex32, HEX_RULE
);
id!(
    /// What walkbacks of one error have in common: the first half of a SHA-256. It names their group.
    Fingerprint, "error group", is_hex32, HEX_RULE
);

/// Makes an id of 32 hexadecimal digits out of 16 bytes, random or from a hash.
pub fn hex32(bytes: [u8; 16]) -> String {
    crate::hash::hex(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_be_paths_or_options_are_refused_and_named_in_the_error() {
        for bad in ["", "-x", "../up", "a b", "a/b", "é", ".hidden", &"x".repeat(65)] {
            let error = bad.parse::<SiteName>().expect_err(bad);
            assert!(error.to_string().starts_with("site "), "{error}");
        }
        for good in ["acme", "delta-uat", "7.7", "x_1"] {
            assert_eq!(good.parse::<SiteName>().expect(good).as_str(), good);
        }
    }

    #[test]
    fn an_id_read_from_json_is_checked_like_one_that_was_typed() {
        assert!(serde_json::from_str::<AppName>("\"../x\"").is_err());
        assert!(serde_json::from_str::<KeyId>("\"abc\"").is_err());
    }
}
