//! What becomes of a path that a person names to be written: made, replaced when that was said, written through, or refused with words.
//! Looking at the path and writing are left to whoever has a disk.

use std::fs::Metadata;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

/// What stands at a path once its links are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing, in a folder that is there.
    Nothing,
    /// Nothing, and its folder is missing too.
    NoFolder,
    /// A regular file.
    File,
    /// Something that takes bytes and isn't kept: a character device, a pipe, an open file by its number.
    Stream,
    /// A folder.
    Folder,
    /// A disk.
    Disk,
    /// A socket, or what no system of today has.
    Other,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A new file, whole or not at all; never over one that came up meanwhile.
    Make,
    /// The regular file gets another content, whole or not at all.
    Replace,
    /// Opened as it is and written into.
    Through,
}

/// Why it isn't written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A file is there, and nobody said that it may go.
    #[error("there is a file already, which is left as it is\nsay --force to replace it, or choose another name")]
    FileThere,
    /// A folder is there.
    #[error("this is a folder: name a file in it")]
    Folder,
    /// The folder is missing.
    #[error("its folder is missing: make it first")]
    NoFolder,
    /// A disk is there.
    #[error("this is a disk, and nothing is written over a disk")]
    Disk,
    /// Something else is there.
    #[error("this is neither a file nor something that can be written into")]
    Other,
}

impl Standing {
    /// What stands where these facts come from. `path` is the one that was named: below `/dev` and `/proc` a file is one that somebody has open.
    pub fn of(facts: &Metadata, path: &Path) -> Self {
        let kind = facts.file_type();
        let opened = path.starts_with("/dev") || path.starts_with("/proc");
        if kind.is_dir() {
            Self::Folder
        } else if kind.is_block_device() {
            Self::Disk
        } else if kind.is_char_device() || kind.is_fifo() || kind.is_file() && opened {
            Self::Stream
        } else if kind.is_file() {
            Self::File
        } else {
            Self::Other
        }
    }
}

/// Decides. `force`: the person said that a file which is there may be replaced.
pub fn way(standing: Standing, force: bool) -> Result<Way, Refused> {
    match standing {
        Standing::Nothing => Ok(Way::Make),
        Standing::Stream => Ok(Way::Through),
        Standing::File if force => Ok(Way::Replace),
        Standing::File => Err(Refused::FileThere),
        Standing::NoFolder => Err(Refused::NoFolder),
        Standing::Folder => Err(Refused::Folder),
        Standing::Disk => Err(Refused::Disk),
        Standing::Other => Err(Refused::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_regular_file_is_ever_replaced_and_only_when_that_was_said() {
        use Standing::{Disk, File, Folder, NoFolder, Nothing, Other, Stream};
        for standing in [Nothing, NoFolder, File, Stream, Folder, Disk, Other] {
            assert_ne!(way(standing, false), Ok(Way::Replace), "{standing:?}");
            assert_eq!(way(standing, true) == Ok(Way::Replace), standing == File, "{standing:?}");
            assert_eq!(way(standing, true) == Ok(Way::Make), standing == Nothing, "{standing:?}");
        }
        assert_eq!(way(Stream, false), Ok(Way::Through));
    }
}
