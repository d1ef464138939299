//! The grid as facts: what the server sends. Turning facts into cells is left to [`Table`], travelling to [`wire`], what a cell
//! asks of people to [`Need`].

mod need;
mod summary;
mod table;
pub mod wire;

pub use need::{Glance, Need};
pub use summary::{Summary, Tally};
pub use table::Table;

use crate::api::AppSettings;
use crate::cell::{Base, LatestOrder, Unknown, is_silent};
use crate::hash::ContentHash;
use crate::id::{GroupName, SiteName, UserName, Version};
use crate::inventory::CantSay;
use crate::issue::Issue;
use crate::name::PatchName;
use crate::stamp::When;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One application's patches against the sites that run it. Cells that are not listed are *quiet*: the site has exactly what
/// is published for its version (also when that is nothing), and no order lies over it; or nothing is known of the site at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grid {
    /// Where the change feed stood when this was read.
    pub feed: Feed,
    /// The server's clock when this was read.
    pub now: Timestamp,
    /// After which time without a word a site is silent: the server's own measure.
    pub silent_after: Duration,
    /// The application.
    pub application: Option<AppSettings>,
    /// The sites that run it, by name.
    pub sites: Vec<GridSite>,
    /// Everything published or found at a site, by name.
    pub patches: Vec<GridPatch>,
    /// The cells that are not quiet.
    pub cells: Vec<GridCell>,
}

impl Grid {
    /// Whether a site has not been heard of for too long.
    pub fn is_silent(&self, site: &GridSite, now: Timestamp) -> bool {
        is_silent(site.last_seen, self.silent_after, now)
    }
}

/// A place in the change feed. A new epoch means that everything must be read again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// One run of the server.
    pub epoch: String,
    /// Counts up with each change.
    pub seq: u64,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridSite {
    /// The site.
    pub name: SiteName,
    /// Its groups.
    pub groups: Vec<GroupName>,
    /// The version that it runs.
    pub version: Version,
    /// Why nothing can be said about its files, if so.
    #[serde(default, deserialize_with = "crate::cell::deserialize_unknown")]
    pub unknown: Option<Unknown>,
    /// Since when, by the server's clock, as far as that is known.
    #[serde(default)]
    pub unknown_since: Option<Timestamp>,
    /// When it last confirmed its inventory.
    pub last_seen: Option<Timestamp>,
    /// The highest format of signed statements that its agent reads, as far as it has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<u32>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridPatch {
    /// The patch.
    pub name: PatchName,
    /// Its tracker entry.
    pub issue: Option<Issue>,
    /// Who changed it last, out of the newest publication, else of what a site has.
    pub author: Option<String>,
    /// When.
    pub changed_at: Option<When>,
    /// When it was filed out.
    pub filed_out_at: Option<When>,
    /// Whether a date of it can be read two ways and nobody has said which.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ambiguous: bool,
    /// Whether a person said otherwise than was read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrected: bool,
    /// The newest publication's content.
    pub newest: Option<ContentHash>,
    /// When fieldpost first saw it.
    pub first_seen: Timestamp,
    /// What is current, version by version.
    pub published: Vec<GridPublication>,
}

/// What is current for one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridPublication {
    /// The version.
    pub version: Version,
    /// The content; `None` after `unpublish`.
    pub sha256: Option<ContentHash>,
    /// Its size.
    pub size: u64,
    /// Who published it.
    pub by: UserName,
    /// When.
    pub at: Timestamp,
    /// What it superseded for this version. What was taken back isn't among it.
    pub earlier: Vec<ContentHash>,
    /// What was published for this version after it, when it is an older revision that was published again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub newer: Vec<ContentHash>,
}

/// A cell that is not quiet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridCell {
    /// Index into [`Grid::patches`].
    pub patch: usize,
    /// Index into [`Grid::sites`].
    pub site: usize,
    /// S: what the site has; where nothing can be said of it, what it had when something last could.
    pub has: Option<ContentHash>,
    /// Why nothing can be said of it, and since when by the server's clock, if so.
    pub cant_say: Option<CantSay>,
    /// When that last changed, by the server's clock.
    pub since: Option<Timestamp>,
    /// B: what both last agreed on.
    pub base: Base,
    /// Who changed the site's content, out of its own text.
    pub author: Option<String>,
    /// When.
    pub changed_at: Option<When>,
    /// Whether a date of it can be read two ways and nobody has said which.
    pub ambiguous: bool,
    /// Whether a person said otherwise than was read.
    pub corrected: bool,
    /// The newest order.
    pub order: Option<LatestOrder>,
}
