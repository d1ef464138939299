//! Sites: what is set, and what is known of them.

use crate::cell::is_silent;
use crate::id::{AppName, GroupName, SiteName, Version};
use crate::inventory::{Directory, Ignored, RefusedListing, UnsaidCount};
use crate::text::Clean;
use crate::time::Timestamp;
use crate::wire::SiteApp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// Makes a site and its enrolment secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSite {
    /// The name.
    pub name: SiteName,
    /// What is expected to run there; the agent's config has the last word.
    pub applications: Vec<SiteApp>,
    /// Its groups.
    #[serde(default)]
    pub groups: Vec<GroupName>,
}

/// What can be changed of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteSettings {
    /// Its groups.
    pub groups: Vec<GroupName>,
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The name.
    pub name: SiteName,
    /// Its groups.
    pub groups: Vec<GroupName>,
    /// What runs there.
    pub applications: Vec<SiteListing>,
    /// When an agent took the enrolment string.
    pub enrolled_at: Option<Timestamp>,
    /// The last poll.
    pub last_seen: Option<Timestamp>,
    /// After how many seconds without a poll it is silent: the server's own measure.
    #[serde(default)]
    pub silent_after_s: u64,
    /// Where it came from.
    pub address: Option<String>,
    /// The agent's version.
    pub agent_version: Option<String>,
    /// The version of the trust document that it holds; 0: none at all, nothing: it has not said.
    #[serde(default)]
    pub trust: Option<u64>,
    /// The version that the server has.
    #[serde(default)]
    pub trust_newest: u64,
    /// The highest format of signed statements that its agent reads, as far as it has said.
    #[serde(default)]
    pub format: Option<u32>,
    /// The highest that it has shown since it was enrolled.
    #[serde(default)]
    pub format_highest: Option<u32>,
    /// How far the agent's clock is ahead of the server's, in milliseconds.
    pub clock_error_ms: Option<i64>,
    /// How many orders are open.
    pub open_orders: usize,
    /// Two agents poll as this site: the addresses.
    pub clones: Option<[String; 2]>,
    /// Applications of which the server takes nothing, by the name that the agent gave, and why.
    #[serde(default)]
    pub refused: BTreeMap<Clean, RefusedListing>,
}

impl Site {
    /// Whether it has not been heard of for too long, or never.
    pub fn is_silent(&self, now: Timestamp) -> bool {
        is_silent(self.last_seen, Duration::from_secs(self.silent_after_s), now)
    }
}

/// One application at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteListing {
    /// The application.
    pub application: AppName,
    /// The version that runs there.
    pub version: Version,
    /// The state of its directory, once an inventory came.
    pub directory: Option<Directory>,
    /// Since when it is so, by the server's clock.
    #[serde(default)]
    pub directory_since: Option<Timestamp>,
    /// How many patches are there.
    pub files: usize,
    /// Files that are left alone, and why.
    pub ignored: Vec<Ignored>,
    /// A mass drop that waits for a person.
    pub held: Option<HeldDrop>,
    /// Files of which nothing can be said, if there are any.
    #[serde(default)]
    pub cant_say: Option<UnsaidCount>,
}

/// A mass drop that waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldDrop {
    /// How many files are gone.
    pub dropped: usize,
    /// Out of how many.
    pub of: usize,
    /// Since when.
    pub at: Timestamp,
}
