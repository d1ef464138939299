//! Errors: groups of walkbacks, as people see them.

use serde::{Deserialize, Serialize};

use crate::error_group::{ErrorGroupId, ErrorState, GroupState};
use crate::hash::ContentHash;
use crate::id::{AppName, OrderId, SiteName, UserName, Version};
use crate::name::PatchName;
use crate::text::Clean;
use crate::time::Timestamp;
use crate::walkback::{Dialect, Fingerprint};

/// All groups that were asked for, those seen last first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errors {
    /// The groups.
    pub groups: Vec<ErrorGroup>,
    /// What is kept of their texts.
    pub kept: KeptTexts,
    /// What sites could not keep until it was sent.
    pub dropped: Vec<SiteDropped>,
}

/// How much room the texts of walkbacks take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KeptTexts {
    /// Bytes, packed.
    pub bytes: u64,
    /// Beyond so many bytes only the first and the newest text of each group are kept for certain.
    pub quota: u64,
}

impl KeptTexts {
    /// Whether there is so little room left that texts are gone, or soon will be.
    pub fn is_tight(&self) -> bool {
        self.bytes >= self.quota / 10 * 9
    }
}

/// What a site dropped because its quota was full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteDropped {
    /// Where.
    pub site: SiteName,
    /// Whose.
    pub application: AppName,
    /// How many pieces.
    pub count: u64,
}

/// One error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorGroup {
    /// Its id.
    pub id: ErrorGroupId,
    /// Whose it is.
    pub application: AppName,
    /// Where it stands.
    pub state: ErrorState,
    /// What wrote its walkbacks.
    pub dialect: Dialect,
    /// The class of what was raised.
    pub exception: Option<Clean>,
    /// What the first one says.
    pub message: Option<Clean>,
    /// Where it happens.
    pub top_frame: Option<Clean>,
    /// How many walkbacks there were.
    pub count: u64,
    /// How many of them the application has mailed itself.
    pub mailed: u64,
    /// Where it happens.
    pub sites: Vec<SiteName>,
    /// In which versions.
    pub versions: Vec<Version>,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// How many there were in each week, oldest first, without weeks in which there were none.
    pub weeks: Vec<Week>,
    /// The tracker entry about it.
    pub issue: Option<Clean>,
    /// The patch that fixes it.
    pub fixed_by: Option<PatchName>,
    /// The revision of that patch that was the first to fix it.
    pub fixed_revision: Option<ContentHash>,
    /// Where it came back although the fix is installed there.
    pub regressed_at: Vec<SiteName>,
    /// What its walkbacks have in common.
    pub fingerprint: Fingerprint,
    /// How it is at the site that was asked about; none: no site was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_site: Option<SeenThere>,
}

/// How often, and when, an error happened at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenThere {
    /// How many walkbacks there were.
    pub count: u64,
    /// How many of them the application has mailed itself.
    pub mailed: u64,
    /// The first.
    pub first_seen: Timestamp,
    /// The newest.
    pub last_seen: Timestamp,
}

/// One week of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// Its Monday, at midnight UTC.
    pub week: Timestamp,
    /// How many walkbacks.
    pub count: u64,
}

/// Everything that is known of one error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorView {
    /// The error.
    #[serde(flatten)]
    pub group: ErrorGroup,
    /// Where it stands, in full.
    pub stands: GroupState,
    /// Site by site.
    pub at_sites: Vec<ErrorSite>,
    /// The walkbacks that are kept: of each site the first and the newest.
    pub walkbacks: Vec<KeptWalkback>,
    /// What is kept of the texts of all errors.
    pub kept: KeptTexts,
}

/// One error at one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorSite {
    /// Where.
    pub site: SiteName,
    /// How often.
    pub count: u64,
    /// How many of them the application has mailed itself.
    pub mailed: u64,
    /// In which versions.
    pub versions: Vec<Version>,
    /// The first.
    pub first_seen: Timestamp,
    /// The newest.
    pub last_seen: Timestamp,
    /// Since when it has the fix, if it has.
    pub has_fix_since: Option<Timestamp>,
    /// What was installed there shortly before the first, newest first.
    pub suspects: Vec<Suspect>,
}

/// A patch that was installed shortly before an error first happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    /// Which.
    pub patch: PatchName,
    /// The order.
    pub order: OrderId,
    /// Its revision; none: it was removed.
    pub revision: Option<ContentHash>,
    /// When the site's inventory showed it.
    pub confirmed: Timestamp,
    /// Who sent it.
    pub by: UserName,
}

/// A walkback that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptWalkback {
    /// From where.
    pub site: SiteName,
    /// The version that ran.
    pub version: Version,
    /// When it was written.
    pub at: Timestamp,
    /// The file that it stood in.
    pub file: Clean,
    /// The process that it happened in.
    pub process: Option<Clean>,
    /// Whether the application has mailed it itself.
    pub mailed: bool,
    /// How many bytes it had; more than the text if that was cut.
    pub size: u64,
    /// What it says, in lines.
    pub text: String,
}

/// What a person says to an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mark", rename_all = "snake_case")]
pub enum MarkError {
    /// Somebody has looked at it; takes back that it is fixed.
    Known,
    /// A patch fixes it.
    Fixed {
        /// Which.
        patch: PatchName,
        /// Its revision; none: what is published now.
        revision: Option<ContentHash>,
    },
    /// Nobody wants to hear of it.
    Mute,
    /// It is heard of again.
    Unmute,
    /// The tracker entry about it; none: no longer.
    Link {
        /// Which.
        issue: Option<Clean>,
    },
}
