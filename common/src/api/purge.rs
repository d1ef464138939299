//! Taking contents away for good.

use crate::envelope::Envelope;
use crate::hash::ContentHash;
use crate::name::PatchName;
use serde::{Deserialize, Serialize};

/// Takes contents of a patch away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurgeRequest {
    /// The signed statement: a [`crate::purge::Purge`].
    pub purge: Envelope,
}

/// What was taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// The patch.
    pub patch: PatchName,
    /// How many revisions of it are gone.
    pub revisions: usize,
    /// Contents whose bytes stay, because something else has the same.
    pub kept: Vec<ContentHash>,
}
