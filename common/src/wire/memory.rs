//! What an agent remembers, given to data that lost it or never had it.

use crate::hash::ContentHash;
use crate::id::{AppName, Generation};
use crate::name::PatchName;
use crate::trust::SignedTrust;
use serde::{Deserialize, Serialize};

/// The most places of either kind in one [`SiteMemory`].
pub const MAX_REMEMBERED: usize = 200_000;

/// `PUT /agent/v1/memory`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SiteMemory {
    /// The highest counter that was accepted for each place.
    #[serde(default)]
    pub counters: Vec<PlaceCounter>,
    /// The trust document's versions that the agent followed, in order.
    #[serde(default)]
    pub trust: Vec<SignedTrust>,
    /// Contents that orders replaced or removed and that are still kept.
    #[serde(default)]
    pub kept: Vec<KeptContent>,
}

/// The counter of one patch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceCounter {
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// The highest that was accepted.
    pub counter: u64,
}

/// A content that stood at a site before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptContent {
    /// The application.
    pub application: AppName,
    /// The patch that it was.
    pub patch: PatchName,
    /// The content.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub size: u64,
}

/// The answer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryAnswer {
    /// The server's data.
    pub generation: Generation,
    /// What the server wants of the kept contents.
    pub wanted: Vec<ContentHash>,
}
