//! What the scan saw, kept in the state directory over a restart, so that the first look can say it again of each file that looks
//! the same. Records are appended as things change; a lost, torn or foreign file costs only a second look.

use super::meta::{Kind, Meta};
use crate::durable;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::AppName;
use fieldpost_common::inventory::FileFact;
use fieldpost_common::name::PatchName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The file's name in the state directory.
pub const FILE: &str = "seen";

/// The first word of the file, with the version of its form; the id of the system's run follows.
const MAGIC: &str = "fieldpost-seen-1";
/// How many records more than places there may be before the file is written anew.
const SPARE: usize = 10_000;

/// A file as it was last read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its content.
    pub fact: FileFact,
    /// How it looked from outside.
    pub meta: Meta,
    /// Whether equal looks prove an equal content; else it is read at the first look.
    pub solid: bool,
}

/// What was remembered, by application.
pub type Remembered = BTreeMap<AppName, BTreeMap<PatchName, Seen>>;

/// One place whose memory changes; `None`: there is nothing any more.
pub type Change = (AppName, PatchName, Option<Seen>);

/// The file, to which records are appended.
#[derive(Debug)]
pub struct Memory {
    path: PathBuf,
    boot: String,
    file: Option<File>,
    records: usize,
}

/// A record as it is written. Numbers are nanoseconds since 1970 and may be more than 64 bits wide: text.
#[derive(Serialize, Deserialize)]
struct Record {
    app: AppName,
    patch: PatchName,
    seen: Option<WrittenSeen>,
}

#[derive(Serialize, Deserialize)]
struct WrittenSeen {
    sha256: ContentHash,
    size: u64,
    modified_ns: String,
    changed_ns: String,
    inode: u64,
    solid: bool,
}

impl Memory {
    /// Reads what is there and goes on with it. A file of another run of the system, or without one, is read with doubt: what wasn't
    /// synced may differ though it looks the same.
    pub fn open(path: PathBuf, boot: Option<String>) -> (Self, Remembered) {
        let (remembered, records, same_boot) = load(&path, boot.as_deref());
        let mut memory = Self { path, boot: boot.unwrap_or_else(|| "unknown".to_owned()), file: None, records };
        if !same_boot || records > SPARE + count(&remembered) {
            memory.rewrite(&remembered);
        }
        (memory, remembered)
    }

    /// What is remembered, read without writing anything.
    pub fn peek(path: &Path, boot: Option<&str>) -> Remembered {
        load(path, boot).0
    }

    /// Appends what changed. `all` gives everything that is to be remembered, for when the file has grown too long.
    pub fn append(&mut self, changes: &[Change], all: impl FnOnce() -> Remembered) {
        if changes.is_empty() {
            return;
        }
        self.records += changes.len();
        let appended = self.file().and_then(|file| {
            // Begins with a line's end, so that a record that was torn before spoils no other.
            let mut bytes = vec![b'\n'];
            for change in changes {
                write_record(&mut bytes, change);
            }
            file.write_all(&bytes)
        });
        if let Err(error) = appended {
            tracing::debug!("{}: {error}: after a restart files will be looked at twice", self.path.display());
            self.file = None;
            return;
        }
        if self.records > SPARE {
            let all = all();
            if self.records > SPARE + 2 * count(&all) {
                self.rewrite(&all);
            }
        }
    }

    fn file(&mut self) -> io::Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None if self.path.exists() => File::options().append(true).open(&self.path)?,
            None => {
                let head = format!("{MAGIC} {}\n", self.boot);
                durable::write_lightly(&self.path, head.as_bytes())?;
                File::options().append(true).open(&self.path)?
            }
        };
        Ok(self.file.insert(file))
    }

    fn rewrite(&mut self, all: &Remembered) {
        let mut bytes = format!("{MAGIC} {}\n", self.boot).into_bytes();
        for (app, places) in all {
            for (patch, seen) in places {
                write_record(&mut bytes, &(app.clone(), patch.clone(), Some(*seen)));
            }
        }
        self.file = None;
        match durable::write_lightly(&self.path, &bytes) {
            Ok(()) => self.records = count(all),
            Err(error) => tracing::debug!("{}: {error}: after a restart files will be looked at twice", self.path.display()),
        }
    }
}

fn count(remembered: &Remembered) -> usize {
    remembered.values().map(BTreeMap::len).sum()
}

fn load(path: &Path, boot: Option<&str>) -> (Remembered, usize, bool) {
    let bytes = std::fs::read(path).unwrap_or_default();
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let head = lines.next().and_then(|line| std::str::from_utf8(line).ok()).and_then(|line| line.strip_prefix(MAGIC));
    let Some(written) = head.map(str::trim) else { return (Remembered::new(), 0, false) };
    let same_boot = boot == Some(written);
    let (mut remembered, mut records) = (Remembered::new(), 0);
    for record in lines.filter_map(read_record) {
        records += 1;
        let places = remembered.entry(record.app).or_default();
        match record.seen.and_then(|seen| seen_of(&seen)) {
            Some(seen) => places.insert(record.patch, Seen { solid: seen.solid && same_boot, ..seen }),
            None => places.remove(&record.patch),
        };
    }
    (remembered, records, same_boot)
}

fn write_record(bytes: &mut Vec<u8>, (app, patch, seen): &Change) {
    let record = Record { app: app.clone(), patch: patch.clone(), seen: seen.as_ref().map(written) };
    let json = serde_json::to_string(&record).unwrap_or_else(|error| unreachable!("a record is plain data: {error}"));
    let sum = ContentHash::of(json.as_bytes()).short();
    bytes.extend_from_slice(format!("{sum} {json}\n").as_bytes());
}

fn read_record(line: &[u8]) -> Option<Record> {
    let (sum, json) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    if ContentHash::of(json.as_bytes()).short() != sum {
        return None;
    }
    serde_json::from_str(json).ok()
}

fn written(seen: &Seen) -> WrittenSeen {
    let Seen { fact, meta, solid } = seen;
    WrittenSeen {
        sha256: fact.sha256,
        size: fact.size,
        modified_ns: meta.modified_ns.to_string(),
        changed_ns: meta.changed_ns.to_string(),
        inode: meta.inode,
        solid: *solid,
    }
}

fn seen_of(written: &WrittenSeen) -> Option<Seen> {
    let meta = Meta {
        kind: Kind::File,
        size: written.size,
        modified_ns: written.modified_ns.parse().ok()?,
        changed_ns: written.changed_ns.parse().ok()?,
        inode: written.inode,
        links: 1,
    };
    let fact = FileFact { sha256: written.sha256, size: written.size, modified: meta.modified() };
    Some(Seen { fact, meta, solid: written.solid })
}

/// The id of the system's run: another one after each boot.
pub fn boot_id() -> Option<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned()).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::time::Timestamp;

    fn change(name: &str, text: Option<&str>) -> Change {
        let seen = text.map(|text| {
            let meta = Meta { kind: Kind::File, size: 3, modified_ns: 5_000_007, changed_ns: -9, inode: 4, links: 1 };
            let fact = FileFact { sha256: ContentHash::of(text.as_bytes()), size: 3, modified: Timestamp::from_ms(5) };
            Seen { fact, meta, solid: true }
        });
        ("trading".parse().expect("app"), name.parse().expect("name"), seen)
    }

    fn remembered(changes: &[Change]) -> Remembered {
        let mut all = Remembered::new();
        for (app, patch, seen) in changes {
            all.entry(app.clone()).or_default().extend(seen.map(|seen| (patch.clone(), seen)));
        }
        all
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands where there may be none")]
    fn boot() -> Option<String> {
        Some("boot-1".to_owned())
    }

    #[test]
    fn what_was_seen_is_remembered_over_a_restart_and_the_newest_record_counts() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join(FILE);
        let (mut memory, found) = Memory::open(path.clone(), boot());
        assert_eq!(found, Remembered::new());
        memory.append(&[change("a.st", Some("old")), change("b.st", Some("b"))], Remembered::new);
        memory.append(&[change("a.st", Some("new")), change("b.st", None)], Remembered::new);
        assert_eq!(Memory::open(path, boot()).1, remembered(&[change("a.st", Some("new"))]));
    }

    #[test]
    fn a_record_that_was_torn_or_flipped_is_passed_over_and_spoils_no_other() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join(FILE);
        let (mut memory, _) = Memory::open(path.clone(), boot());
        memory.append(&[change("a.st", Some("a")), change("b.st", Some("b"))], Remembered::new);
        let whole = std::fs::read(&path).expect("written");
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).expect("torn");
            let (mut memory, found) = Memory::open(path.clone(), boot());
            assert!(found.values().flat_map(BTreeMap::keys).all(|name| ["a.st", "b.st"].contains(&name.as_str())), "{cut}");
            memory.append(&[change("c.st", Some("c"))], Remembered::new);
            let names = Memory::open(path.clone(), boot()).1;
            assert!(names.values().any(|places| places.contains_key(&change("c.st", None).1)), "cut at {cut}");
        }
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            std::fs::write(&path, &flipped).expect("flipped");
            for (name, seen) in Memory::peek(&path, boot().as_deref()).into_values().flatten() {
                let fine = [change("a.st", Some("a")), change("b.st", Some("b"))];
                let right =
                    fine.iter().any(|(_, patch, right)| *patch == name && right.is_some_and(|right| right.fact == seen.fact));
                assert!(right, "flipped at {at}: {name}");
            }
        }
    }

    #[test]
    fn after_a_boot_of_the_system_everything_is_read_once_more() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join(FILE);
        let (mut memory, _) = Memory::open(path.clone(), boot());
        memory.append(&[change("a.st", Some("a"))], Remembered::new);
        for other in [Some("boot-2".to_owned()), None] {
            let (_, found) = Memory::open(path.clone(), other);
            assert!(found.values().flat_map(BTreeMap::values).all(|seen| !seen.solid) && count(&found) == 1);
        }
        assert!(!Memory::open(path, boot()).1.values().any(|places| places.values().any(|seen| seen.solid)), "and stays doubted");
    }

    #[test]
    fn the_file_is_written_anew_when_it_is_mostly_history() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join(FILE);
        let (mut memory, _) = Memory::open(path.clone(), boot());
        let all = || remembered(&[change("a.st", Some("a"))]);
        let long: Vec<_> = (0..SPARE + 3).map(|_| change("a.st", Some("a"))).collect();
        memory.append(&long, all);
        assert!(std::fs::metadata(&path).expect("file").len() < 1_000);
        assert_eq!(Memory::open(path, boot()).1, all());
    }
}
