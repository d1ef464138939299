//! All revisions of one patch.

use super::StampInfo;
use crate::correction::Corrections;
use crate::hash::ContentHash;
use crate::id::{SiteName, UserName, Version};
use crate::issue::Issue;
use crate::name::PatchName;
use crate::stamp::When;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything that is known of one patch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The patch.
    pub patch: PatchName,
    /// Its revisions, newest first.
    pub revisions: Vec<Revision>,
}

/// One content of a patch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The content.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub size: u64,
    /// The author that counts: as read, or as corrected.
    pub author: Option<String>,
    /// Who the author's initials belong to, by the application's table.
    #[serde(default)]
    pub person: Option<String>,
    /// The time of the change that counts.
    pub changed_at: Option<When>,
    /// The file-out time.
    pub filed_out_at: Option<When>,
    /// The issue that counts.
    pub issue: Option<Issue>,
    /// The issue as read.
    #[serde(default)]
    pub issue_read: Option<Issue>,
    /// What was read, and why; none: nothing was, or not yet.
    #[serde(default)]
    pub stamp: Option<StampInfo>,
    /// What people said against it.
    #[serde(default, skip_serializing_if = "Corrections::is_empty")]
    pub corrections: Corrections,
    /// When the server first had it.
    pub first_seen: Timestamp,
    /// Where it came from.
    pub origin: Origin,
    /// Whether the server has its bytes, or still waits for them.
    pub stored: bool,
    /// Versions for which it is current now.
    pub current_for: Vec<Version>,
    /// When and by whom it was published.
    pub publications: Vec<PublishedAt>,
    /// Sites that have it now.
    pub at_sites: Vec<SiteName>,
}

/// Where a revision came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A person published it.
    User(UserName),
    /// It was filed out at a site.
    Site(SiteName),
}

/// One publication in a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedAt {
    /// For these versions.
    pub versions: Vec<Version>,
    /// By whom.
    pub by: UserName,
    /// When, by the server's clock.
    pub at: Timestamp,
}
