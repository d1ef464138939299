//! The feed of changes that terminals follow.

use crate::grid::Feed;
use crate::id::AppName;
use serde::{Deserialize, Serialize};

/// What changed since a place in the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Where the feed stands now.
    pub feed: Feed,
    /// The caller was too far behind, or the server began anew: read everything again.
    pub reload: bool,
    /// What changed, oldest first, without repetitions.
    pub changes: Vec<Change>,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// Cells, rows or columns of an application's grid.
    Grid {
        /// Which.
        application: AppName,
    },
    /// The list of applications.
    Apps,
    /// Sites: the list, or what is shown of them.
    Sites,
    /// People, keys, trust.
    Users,
    /// Activity.
    Activity,
    /// Commands: where they stand, and what they brought.
    Commands,
    /// Errors: their groups, and what people say to them.
    Errors,
    /// How sites are: incidents, states, maintenance.
    Status,
    /// Something that this version doesn't know.
    #[serde(other)]
    Other,
}
