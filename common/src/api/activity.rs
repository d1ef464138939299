//! What happened, and the chain that proves it.

use crate::hash::ContentHash;
use crate::id::{AppName, KeyId, SiteName};
use crate::name::PatchName;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Counts up.
    pub seq: u64,
    /// When, by the server's clock.
    pub at: Timestamp,
    /// Who: `user:ada`, `site:acme`, `server`.
    pub who: String,
    /// What: one word, such as `published`, `ordered`, `confirmed`, `logged_in`.
    pub what: String,
    /// On which application.
    pub application: Option<AppName>,
    /// On which patch.
    pub patch: Option<PatchName>,
    /// At which site.
    pub site: Option<SiteName>,
    /// Which content.
    pub sha256: Option<ContentHash>,
    /// By which key.
    pub key: Option<KeyId>,
    /// More, in words.
    pub detail: Option<String>,
}

/// The state of the audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditState {
    /// How many rows were checked.
    pub rows: u64,
    /// The hash of the last row.
    pub head: Option<ContentHash>,
    /// The first row that doesn't fit the one before, if any.
    pub broken_at: Option<u64>,
}
