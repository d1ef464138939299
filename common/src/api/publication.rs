//! Publishing, and taking off the table.

use crate::envelope::Envelope;
use crate::hash::ContentHash;
use crate::issue::Issue;
use crate::name::PatchName;
use crate::stamp::When;
use serde::{Deserialize, Serialize};

/// Publishes a content that the server already has (`PUT /api/v1/content`, or from a site).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publish {
    /// The signed statement.
    pub publication: Envelope,
    /// For each of its versions, in their order: what was current when the developer looked.
    pub replaces: Vec<Option<ContentHash>>,
    /// It undoes what it replaces: for each of its versions it makes current again what was current right before. Where that isn't so, it
    /// supersedes like any other.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takes_back: bool,
}

/// What the server made of a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The patch.
    pub patch: PatchName,
    /// The content.
    pub sha256: ContentHash,
    /// The stamp's author.
    pub author: Option<String>,
    /// The stamp's time.
    pub changed_at: Option<When>,
    /// The issue.
    pub issue: Option<Issue>,
    /// Whether anything changed: the same content published again is silently the same.
    pub changed: bool,
}

/// Takes a patch off the published table for some versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpublish {
    /// The signed statement: a [`crate::withdrawal::Withdrawal`].
    pub withdrawal: Envelope,
}
