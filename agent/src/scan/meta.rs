//! What the system says of a file without reading it: equal means that nobody has written since.

use cap_std::fs::MetadataExt as _;
use fieldpost_common::time::Timestamp;
use std::fs::File;
use std::io;

/// What kind of thing a name leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// Pipe, socket or device.
    Special,
}

/// Size, times, inode, links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta {
    /// What it is.
    pub kind: Kind,
    /// Size in bytes.
    pub size: u64,
    /// Last write, in nanoseconds since 1970.
    pub modified_ns: i128,
    /// Last change of content, name or mode, in nanoseconds since 1970.
    pub changed_ns: i128,
    /// Inode.
    pub inode: u64,
    /// How many names it has.
    pub links: u64,
}

fn ns(seconds: i64, nanoseconds: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds)
}

impl Meta {
    /// Of an open file.
    pub fn of(file: &File) -> io::Result<Self> {
        let meta = cap_std::fs::Metadata::from_file(file)?;
        Ok(Self::from_cap(&meta))
    }

    /// Of a directory entry.
    pub fn from_cap(meta: &cap_std::fs::Metadata) -> Self {
        let kind = match meta.file_type() {
            kind if kind.is_file() => Kind::File,
            kind if kind.is_dir() => Kind::Folder,
            kind if kind.is_symlink() => Kind::Link,
            _ => Kind::Special,
        };
        Self {
            kind,
            size: meta.len(),
            modified_ns: ns(meta.mtime(), meta.mtime_nsec()),
            changed_ns: ns(meta.ctime(), meta.ctime_nsec()),
            inode: meta.ino(),
            links: meta.nlink(),
        }
    }

    /// A regular file with one name.
    pub fn is_plain(&self) -> bool {
        self.kind == Kind::File && self.links == 1
    }

    /// When it was last written.
    pub fn modified(&self) -> Timestamp {
        Timestamp::from_ms(i64::try_from(self.modified_ns / 1_000_000).unwrap_or(i64::MAX))
    }

    /// Whether a rename may have been the only thing that happened between the two.
    pub fn same_content_as(&self, before: &Self) -> bool {
        self.inode == before.inode && self.size == before.size && self.modified_ns == before.modified_ns
    }
}
