//! Corrections by hand, as they travel; what they do is left to [`crate::correction`].

use crate::correction::{Field, is_author};
use crate::hash::ContentHash;
use crate::issue::Issue;
use crate::name::PatchName;
use crate::stamp::When;
use serde::{Deserialize, Serialize};

/// Says what counts for one revision. A field that isn't named stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correct {
    /// The patch.
    pub patch: PatchName,
    /// The revision.
    pub sha256: ContentHash,
    /// The author.
    #[serde(default)]
    pub author: Option<Field<String>>,
    /// The time of the change.
    #[serde(default)]
    pub changed_at: Option<Field<When>>,
    /// The tracker entry.
    #[serde(default)]
    pub issue: Option<Field<Issue>>,
}

impl Correct {
    /// Why it can't be taken, in words.
    pub fn problem(&self) -> Option<&'static str> {
        if self.author.is_none() && self.changed_at.is_none() && self.issue.is_none() {
            return Some("a correction names at least one of author, changed_at and issue");
        }
        let bad = matches!(&self.author, Some(Field::Is(author)) if !is_author(author));
        bad.then_some("an author is one line of 1 to 100 characters")
    }
}
