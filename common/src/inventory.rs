//! What an agent sees in its patch directories. Of each file it says that it is there, that it isn't, or that it can't say; the third
//! answer is in `cant_say`, the brake that keeps a vanished disk from reading as deletions in `brake`, reading in `receive`.

mod brake;
mod cant_say;
mod receive;

pub use brake::{Drop, drop_check};
pub use cant_say::{CantSay, Obstacle, UnsaidCount, alarm_at};
pub use receive::{ListingFault, Received, RefusedListing};

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
    /// Names of which the agent can't say whether, or with what content, they are there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cant_say: BTreeMap<PatchName, CantSay>,
    /// The same for every name below a folder, given with its final slash, that stands in neither map; `""` is the whole directory.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cant_say_below: BTreeMap<String, CantSay>,
    /// Files that are left alone, and why; at most [`MAX_IGNORED`].
    #[serde(default)]
    pub ignored: Vec<Ignored>,
    /// Whether the agent runs a hook for the application: what is there is not loaded before the hook's end was heard of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hook: bool,
}

/// The most files of one application; an agent doesn't list more, and a server doesn't take more.
pub const MAX_FILES: usize = 100_000;

/// What a listing says of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// The file is there.
    Has(&'a FileFact),
    /// It is not there.
    HasNot,
    /// Nobody can say.
    CantSay(CantSay),
}

impl Listing {
    /// A listing of a directory in which nothing is.
    pub fn empty(version: Version, directory: Directory) -> Self {
        let (files, cant_say, cant_say_below) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { version, directory, files, cant_say, cant_say_below, ignored: Vec::new(), hook: false }
    }

    /// The answer for one name, in a directory that is [`Directory::Present`]; of any other nothing can be said at all.
    pub fn answer(&self, patch: &PatchName) -> Answer<'_> {
        match (self.cant_say.get(patch), self.files.get(patch)) {
            (Some(unsaid), _) => Answer::CantSay(*unsaid),
            (None, Some(fact)) => Answer::Has(fact),
            (None, None) => self.unsaid_below(patch).map_or(Answer::HasNot, Answer::CantSay),
        }
    }

    /// The nearest folder on the way to a name of which nothing can be said.
    fn unsaid_below(&self, patch: &PatchName) -> Option<CantSay> {
        if self.cant_say_below.is_empty() {
            return None;
        }
        let folders = patch.as_str().rmatch_indices('/').map(|(end, _)| &patch.as_str()[..=end]);
        folders.chain([""]).find_map(|folder| self.cant_say_below.get(folder).copied())
    }
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
    /// Something that this version doesn't know.
    #[serde(other)]
    Newer,
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
            Self::Newer => "the agent says something of the patch directory that this version does not know",
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
    /// The bytes that travel. Their hash is what the poll compares: the agent takes it of the bytes that it sends, the server of those
    /// that came, so that a field which only one of them knows changes nothing.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_else(|error| unreachable!("an inventory is plain data: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> PatchName {
        text.parse().expect("name")
    }

    fn unsaid(why: Obstacle) -> CantSay {
        CantSay { why, since: Timestamp::from_ms(1) }
    }

    #[test]
    fn a_name_that_is_not_listed_is_absent_unless_its_folder_can_not_be_read() {
        let mut listing = Listing::empty("7.7".parse().expect("version"), Directory::Present);
        listing.cant_say_below.insert("sub/".to_owned(), unsaid(Obstacle::NotPermitted));
        listing.cant_say.insert(name("a.st"), unsaid(Obstacle::BeingWritten));
        let fact = FileFact { sha256: ContentHash::of(b"x"), size: 1, modified: Timestamp::default() };
        listing.files.insert(name("sub/known.st"), fact);
        assert_eq!(listing.answer(&name("a.st")), Answer::CantSay(unsaid(Obstacle::BeingWritten)));
        assert_eq!(listing.answer(&name("sub/deep/b.st")), Answer::CantSay(unsaid(Obstacle::NotPermitted)));
        assert_eq!(listing.answer(&name("sub/known.st")), Answer::Has(&fact));
        assert_eq!(listing.answer(&name("subway.st")), Answer::HasNot, "another folder's name begins alike");
        listing.cant_say_below.insert(String::new(), unsaid(Obstacle::TooMany));
        assert_eq!(listing.answer(&name("subway.st")), Answer::CantSay(unsaid(Obstacle::TooMany)));
    }

    #[test]
    fn the_bytes_change_with_any_fact() {
        let mut inventory = Inventory::default();
        let empty = inventory.to_bytes();
        let listing = Listing::empty("7.7".parse().expect("version"), Directory::Missing);
        inventory.applications.insert("trading".parse().expect("app"), listing.clone());
        let without = inventory.to_bytes();
        assert_ne!(without, empty);
        let cant_say = BTreeMap::from([(name("a.st"), unsaid(Obstacle::BeingWritten))]);
        inventory.applications.insert("trading".parse().expect("app"), Listing { cant_say, ..listing });
        assert_ne!(inventory.to_bytes(), without);
    }
}
