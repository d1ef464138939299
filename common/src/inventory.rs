//! What an agent sees in its patch directories, and the brake that keeps a vanished disk from reading as deletions.

use crate::hash::ContentHash;
use crate::id::{AppName, Version};
use crate::name::PatchName;
use crate::text::Clean;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All that one agent sees, by application.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inventory {
    /// One entry for each application in the agent's config.
    pub applications: BTreeMap<AppName, Listing>,
}

/// What an agent sees of one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The version that the agent's config names: the truth about it.
    pub version: Version,
    /// Whether the directory could be read; when not, `files` says nothing.
    pub directory: Directory,
    /// The patches.
    pub files: BTreeMap<PatchName, FileFact>,
    /// Files that are left alone, and why; at most [`MAX_IGNORED`].
    pub ignored: Vec<Ignored>,
}

/// The most ignored files that an agent lists for one application.
pub const MAX_IGNORED: usize = 1_000;

/// One file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFact {
    /// Its content.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, by the site's clock.
    pub modified: Timestamp,
}

/// The state of a patch directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Directory {
    /// It is there, and it is the one that was enrolled.
    Present,
    /// It is not there.
    Missing,
    /// It is there, without the marker that `enroll` made: perhaps an empty mount point.
    NoMarker,
    /// It carries the marker of another directory.
    OtherMarker,
    /// It is a link or a file.
    NotADirectory,
    /// The system doesn't let the agent read it.
    Unreadable,
}

impl Directory {
    /// What is wrong with it, for people.
    pub fn explain(self) -> &'static str {
        match self {
            Self::Present => "the directory is there",
            Self::Missing => "the patch directory is missing",
            Self::NoMarker => "the patch directory has lost its marker file: perhaps a disk is not mounted",
            Self::OtherMarker => "the patch directory carries the marker of another site",
            Self::NotADirectory => "the patch directory is a link or a file",
            Self::Unreadable => "the agent may not read the patch directory",
        }
    }
}

/// A file that the agent leaves alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// Its name, cleaned.
    pub name: Clean,
    /// Why, in words.
    pub reason: Clean,
}

impl Inventory {
    /// One hash over all of it: what the poll compares.
    pub fn digest(&self) -> ContentHash {
        let bytes = serde_json::to_vec(self).unwrap_or_else(|error| unreachable!("an inventory is plain data: {error}"));
        ContentHash::of(&bytes)
    }
}

/// Whether a new list of files may be believed about what is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drop {
    /// Nothing much is gone.
    Fine,
    /// So many are gone that a person must accept it first.
    Mass {
        /// How many are gone.
        dropped: usize,
        /// Out of how many.
        of: usize,
    },
}

/// Judges what is gone: over 20 files, or over 30 % and at least 5. Ordered removals don't count.
pub fn drop_check<'a>(
    before: impl Iterator<Item = &'a PatchName>,
    now: impl Fn(&PatchName) -> bool,
    removal_ordered: impl Fn(&PatchName) -> bool,
) -> Drop {
    let (mut of, mut dropped) = (0, 0);
    for name in before {
        of += 1;
        if !now(name) && !removal_ordered(name) {
            dropped += 1;
        }
    }
    if dropped > 20 || dropped >= 5 && dropped * 10 > of * 3 { Drop::Mass { dropped, of } } else { Drop::Fine }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<PatchName> {
        (0..count).map(|n| format!("{n}.st").parse().expect("name")).collect()
    }

    fn drop_of(gone: usize, of: usize) -> Drop {
        let (before, left) = (names(of), names(of).split_off(gone));
        drop_check(before.iter(), |name| left.contains(name), |_| false)
    }

    #[test]
    fn a_mass_drop_is_over_20_files_or_over_30_percent_and_at_least_5() {
        assert_eq!(drop_of(4, 4), Drop::Fine);
        assert_eq!(drop_of(5, 5), Drop::Mass { dropped: 5, of: 5 });
        assert_eq!(drop_of(6, 20), Drop::Fine);
        assert_eq!(drop_of(7, 20), Drop::Mass { dropped: 7, of: 20 });
        assert_eq!(drop_of(20, 1_000), Drop::Fine);
        assert_eq!(drop_of(21, 1_000), Drop::Mass { dropped: 21, of: 1_000 });
    }

    #[test]
    fn ordered_removals_are_not_counted_as_a_drop() {
        let before = names(30);
        assert_eq!(drop_check(before.iter(), |_| false, |_| true), Drop::Fine);
    }

    #[test]
    fn the_digest_changes_with_any_fact() {
        let mut inventory = Inventory::default();
        let empty = inventory.digest();
        let listing = Listing {
            version: "7.7".parse().expect("version"),
            directory: Directory::Missing,
            files: BTreeMap::new(),
            ignored: Vec::new(),
        };
        inventory.applications.insert("trading".parse().expect("app"), listing);
        assert_ne!(inventory.digest(), empty);
    }
}
