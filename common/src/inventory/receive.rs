//! Reads an inventory that came, application by application: one that can't be read or isn't taken says so and hides no other.

use super::{Inventory, Listing, MAX_FILES};
use crate::id::AppName;
use crate::text::Clean;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// An inventory as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Received {
    /// What could.
    pub inventory: Inventory,
    /// What could not, by the application's name as it was given.
    pub refused: BTreeMap<Clean, RefusedListing>,
}

/// Why a server takes nothing of one application's listing; nothing can be said of its files then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedListing {
    /// Why.
    pub fault: ListingFault,
    /// More about it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Clean>,
    /// Since when, by the server's clock.
    #[serde(default)]
    pub since: Timestamp,
}

/// The kinds of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListingFault {
    /// The server has no application of this name.
    UnknownApplication,
    /// The application has no such version.
    UnknownVersion,
    /// It has more names than are taken.
    TooMany,
    /// It is not in a form that the server reads.
    Unreadable,
    /// Something that this version doesn't know.
    #[serde(other)]
    Newer,
}

impl ListingFault {
    /// What is wrong and what to do, for people.
    pub fn explain(self) -> &'static str {
        match self {
            Self::UnknownApplication => {
                "the server knows no application of this name: `fieldpost app add` makes it, or the agent's config is wrong"
            }
            Self::UnknownVersion => {
                "the server knows no such version of it: `fieldpost app add-version` adds it, or the agent's config is wrong"
            }
            Self::TooMany => "the directory holds more files than the server takes",
            Self::Unreadable => "the server can't read what the agent says of it: server and agent may be of different versions",
            Self::Newer => "the server does not take what the agent says of it",
        }
    }
}

impl Received {
    /// Reads the bytes of an inventory; an error when they hold none at all.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Raw<'a> {
            #[serde(borrow)]
            applications: BTreeMap<String, &'a RawValue>,
        }
        let raw: Raw<'_> = serde_json::from_slice(bytes)?;
        let mut received = Self::default();
        for (name, listing) in raw.applications {
            match read(&name, listing) {
                Ok((app, listing)) => {
                    received.inventory.applications.insert(app, listing);
                }
                Err(refused) => {
                    received.refused.insert(Clean::line(&name), refused);
                }
            }
        }
        Ok(received)
    }

    /// Turns the moments of the site's clock into moments of the server's.
    pub fn shift_clock(&mut self, ahead_ms: i64) {
        let listings = self.inventory.applications.values_mut();
        let unsaid = listings.flat_map(|listing| listing.cant_say.values_mut().chain(listing.cant_say_below.values_mut()));
        unsaid.for_each(|unsaid| unsaid.since = Timestamp::from_ms(unsaid.since.as_ms().saturating_sub(ahead_ms)));
    }
}

fn read(name: &str, listing: &RawValue) -> Result<(AppName, Listing), RefusedListing> {
    let refuse =
        |fault, detail: String| RefusedListing { fault, detail: Some(Clean::line(&detail)), since: Timestamp::default() };
    let app = name.parse().map_err(|error| refuse(ListingFault::Unreadable, format!("its name: {error}")))?;
    let listing: Listing =
        serde_json::from_str(listing.get()).map_err(|error| refuse(ListingFault::Unreadable, error.to_string()))?;
    let names = listing.files.len() + listing.cant_say.len();
    if names > MAX_FILES {
        return Err(refuse(ListingFault::TooMany, format!("{names} names, at most {MAX_FILES}")));
    }
    Ok((app, listing))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"version":"7.7","directory":"present","files":{},"writable":true}"#;

    fn faults(text: &str) -> (usize, Vec<ListingFault>) {
        let received = Received::read(text.as_bytes()).expect("an inventory");
        (received.inventory.applications.len(), received.refused.values().map(|refused| refused.fault).collect())
    }

    #[test]
    fn fields_that_nobody_knows_are_passed_over() {
        assert_eq!(faults(&format!(r#"{{"applications":{{"trading":{GOOD}}},"taken_in_s":3}}"#)), (1, vec![]));
    }

    #[test]
    fn an_application_that_can_not_be_read_refuses_no_other() {
        for bad in [r#"{"version":"7.7"}"#, "3", r#"{"version":"7.7","directory":"present","files":{"../up":{}}}"#] {
            let text = format!(r#"{{"applications":{{"broken":{bad},"trading":{GOOD}}}}}"#);
            assert_eq!(faults(&text), (1, vec![ListingFault::Unreadable]), "{bad}");
        }
        assert_eq!(faults(&format!(r#"{{"applications":{{"../x":{GOOD},"trading":{GOOD}}}}}"#)).0, 1);
        assert!(Received::read(b"{}").is_err(), "bytes without applications are no inventory");
    }

    #[test]
    fn too_many_names_are_refused_for_that_application_alone() {
        let names: Vec<_> =
            (0..=MAX_FILES).map(|n| format!(r#""{n}":{{"why":"link","since":"1970-01-01T00:00:00Z"}}"#)).collect();
        let full = format!(r#"{{"version":"7.7","directory":"present","files":{{}},"cant_say":{{{}}}}}"#, names.join(","));
        let text = format!(r#"{{"applications":{{"full":{full},"trading":{GOOD}}}}}"#);
        assert_eq!(faults(&text), (1, vec![ListingFault::TooMany]));
    }
}
