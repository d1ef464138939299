//! `POST /agent/v1/walkbacks`: crash reports on their way home, several at once.

use serde::{Deserialize, Serialize};

use crate::envelope::base64_bytes;
use crate::hash::{ContentHash, Hasher};
use crate::id::{AppName, Version, WalkbackId};
use crate::text::Clean;
use crate::time::Timestamp;
use crate::zone::Zone;

/// The most of one file that travels as one piece, in bytes.
pub const MAX_PIECE: usize = 2 << 20;
/// About how many bytes of pieces go into one request; a single larger piece is one alone.
pub const MAX_PIECES: usize = 4 << 20;
/// The most pieces in one request.
pub const MAX_COUNT: usize = 500;

/// What was found since the last request, oldest first. Kept as a whole or not at all; the same piece twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Walkbacks {
    /// When it was sent, by the site's clock.
    pub at: Timestamp,
    /// The site's zone; an older agent tells none, and its reports have the time of their file.
    #[serde(default)]
    pub zone: Zone,
    /// The pieces.
    pub pieces: Vec<Piece>,
    /// How many pieces of each application were dropped because the site's quota was full, in all.
    #[serde(default)]
    pub dropped: Vec<Dropped>,
}

/// A file of walkbacks, or what was added to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The same for the same piece.
    pub id: WalkbackId,
    /// Whose.
    pub application: AppName,
    /// The version that ran when it was found.
    pub version: Version,
    /// The file's name within its directory.
    pub file: Clean,
    /// When the file was last written, by the site's clock.
    pub modified: Timestamp,
    /// Whether the application has mailed it itself.
    pub mailed: bool,
    /// Where in the file it begins.
    pub offset: u64,
    /// The hash of the content.
    pub sha256: ContentHash,
    /// The bytes, in base64.
    #[serde(with = "base64_bytes")]
    pub content: Vec<u8>,
}

/// What a site could not keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Whose.
    pub application: AppName,
    /// How many pieces in all since the agent's state began.
    pub count: u64,
}

impl Piece {
    /// The id of a piece: a whole file is the same under every name, what was added to one has its place.
    pub fn id_of(application: &AppName, file: &str, offset: u64, sha256: &ContentHash) -> WalkbackId {
        let mut hasher = Hasher::new();
        for part in ["walkback\n", application.as_str(), "\n"] {
            hasher.update(part.as_bytes());
        }
        if offset > 0 {
            hasher.update(format!("{offset} {file}\n").as_bytes());
        }
        hasher.update(sha256.as_bytes());
        let hash = crate::hash::hex(&hasher.finish().as_bytes()[..16]);
        hash.parse().unwrap_or_else(|_| unreachable!("16 bytes are 32 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_under_another_name_is_the_same_piece_and_the_same_lines_added_twice_are_not() {
        let (app, other): (AppName, AppName) = ("trading".parse().expect("name"), "billing".parse().expect("name"));
        let sha256 = ContentHash::of(b"Error: boom");
        let id = Piece::id_of(&app, "a.log", 0, &sha256);
        assert_eq!(Piece::id_of(&app, "b.log", 0, &sha256), id);
        assert_ne!(Piece::id_of(&other, "a.log", 0, &sha256), id);
        assert_ne!(Piece::id_of(&app, "a.log", 11, &sha256), id);
        assert_ne!(Piece::id_of(&app, "a.log", 22, &sha256), Piece::id_of(&app, "a.log", 11, &sha256));
    }
}
