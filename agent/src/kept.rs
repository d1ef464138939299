//! Contents that orders replaced or removed, kept for a while: a server that is restored from a backup may lack them.
//!
//! One file each, for the agent's user only: a line of JSON that says what it was, then the bytes.

use crate::clock::Now;
use crate::root::Root;
use crate::scan::hash;
use crate::upload::{self, Parcel};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::plan::Place;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::KeptContent;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The folder's name in the state directory.
pub const FOLDER: &str = "kept";
/// How long a content is kept.
pub const KEEP: Duration = Duration::from_hours(24 * 30);
/// How many bytes are kept in all; the oldest go first.
pub const MOST: u64 = 256 << 20;
/// The longest first line of a file, in bytes.
const HEAD: u64 = 4096;

/// The first line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    #[serde(flatten)]
    content: KeptContent,
    at: Timestamp,
}

/// What is kept.
#[derive(Debug)]
pub struct Kept {
    folder: PathBuf,
    most: u64,
    heads: Mutex<BTreeMap<ContentHash, Head>>,
    steady: Mutex<Steady>,
}

/// Since when the clock has gone evenly: one that is wrong for a while must not make what is kept old.
#[derive(Debug, Clone, Copy)]
struct Steady {
    since: Now,
}

impl Steady {
    /// Two clocks that are read one after the other differ by a little.
    const JITTER: Duration = Duration::from_mins(1);
    /// Ages are believed after so long.
    const ENOUGH: Duration = Duration::from_hours(1);

    /// Whether ages by the wall clock can be believed now.
    fn is_believed(&mut self, now: Now) -> bool {
        let passed = now.mono.saturating_sub(self.since.mono);
        let expected = self.since.wall.plus(passed);
        let jump = if now.wall > expected { expected.age(now.wall) } else { now.wall.age(expected) };
        if jump > Self::JITTER {
            self.since = now;
            return false;
        }
        passed >= Self::ENOUGH
    }
}

impl Kept {
    /// Reads what is there, and makes the folder where there is none.
    pub fn open(folder: PathBuf, now: Now) -> io::Result<Self> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let mut heads = BTreeMap::new();
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            match head(&path) {
                Ok(Some((head, _))) if path.file_name().is_some_and(|name| *name == *head.content.sha256.to_string()) => {
                    heads.insert(head.content.sha256, head);
                }
                // It was cut off while it was written: there is nothing in it to be given.
                Ok(_) => drop(std::fs::remove_file(&path)),
                // It may be the last copy, and be read the next time.
                Err(error) => tracing::warn!("{} can't be read, and is left alone: {error}", path.display()),
            }
        }
        Ok(Self { folder, most: MOST, heads: Mutex::new(heads), steady: Mutex::new(Steady { since: now }) })
    }

    fn heads(&self) -> MutexGuard<'_, BTreeMap<ContentHash, Head>> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, sha256: &ContentHash) -> PathBuf {
        self.folder.join(sha256.to_string())
    }

    /// Keeps what stands in a place right now, if it is what is about to be replaced.
    pub fn add(&self, root: &Root, place: &Place, expected: ContentHash, now: Now) -> io::Result<()> {
        let (mut file, meta) = match root.open_patch(&place.1) {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if !meta.is_plain() || meta.size > self.most {
            return Ok(());
        }
        let (application, patch) = place.clone();
        let content = KeptContent { application, patch, sha256: expected, size: meta.size };
        let head = Head { content, at: now.wall };
        let target = self.path(&expected);
        let temp = target.with_extension("new");
        let mut line = serde_json::to_vec(&head).unwrap_or_else(|error| unreachable!("plain data: {error}"));
        line.push(b'\n');
        let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temp)?;
        let written = out.write_all(&line).and_then(|()| io::copy(&mut (&mut file).take(meta.size), &mut out));
        let kept = written.and_then(|_| is_content(&temp, &head.content));
        if !matches!(kept, Ok(true)) {
            std::fs::remove_file(&temp)?;
            return kept.map(drop);
        }
        std::fs::rename(&temp, &target)?;
        self.heads().insert(expected, head);
        self.prune(now)
    }

    /// What is kept now.
    pub fn list(&self) -> Vec<KeptContent> {
        self.heads().values().map(|head| head.content.clone()).collect()
    }

    /// Packs one to be sent; `None`: it isn't kept, or went bad.
    pub fn pack(&self, sha256: &ContentHash, dir: &Path) -> io::Result<Option<Parcel>> {
        let path = self.path(sha256);
        let Some((head, mut file)) = (if path.exists() { head(&path)? } else { None }) else { return Ok(None) };
        file.seek(SeekFrom::Start(start(&path)?))?;
        upload::pack_open(file, head.content.size, *sha256, dir)
    }

    /// Throws away what is too old, then the oldest until the rest is small enough.
    fn prune(&self, now: Now) -> io::Result<()> {
        let believed = self.steady.lock().unwrap_or_else(PoisonError::into_inner).is_believed(now);
        let is_young = |at: Timestamp| !believed || at.age(now.wall) <= KEEP;
        let mut heads = self.heads();
        let mut by_age: Vec<(Timestamp, ContentHash, u64)> =
            heads.values().map(|head| (head.at, head.content.sha256, head.content.size)).collect();
        let mut total: u64 = by_age.iter().map(|(_, _, size)| size).sum();
        if total <= self.most && by_age.iter().all(|(at, ..)| is_young(*at)) {
            return Ok(());
        }
        by_age.sort_unstable();
        for (at, sha256, size) in by_age {
            if total <= self.most && is_young(at) {
                continue;
            }
            std::fs::remove_file(self.path(&sha256))?;
            heads.remove(&sha256);
            total -= size;
        }
        Ok(())
    }
}

/// The first line of a file, and the file behind it; `None`: it has none.
fn head(path: &Path) -> io::Result<Option<(Head, File)>> {
    let mut reader = BufReader::new(File::open(path)?);
    let mut line = Vec::new();
    (&mut reader).take(HEAD).read_until(b'\n', &mut line)?;
    Ok(serde_json::from_slice(&line).ok().map(|head| (head, reader.into_inner())))
}

/// Where the bytes begin.
fn start(path: &Path) -> io::Result<u64> {
    let mut line = Vec::new();
    BufReader::new(File::open(path)?).take(HEAD).read_until(b'\n', &mut line)?;
    Ok(line.len() as u64)
}

fn is_content(path: &Path, content: &KeptContent) -> io::Result<bool> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start(path)?))?;
    Ok(hash(&mut file, content.size, &mut vec![0; 64 * 1024])? == (content.sha256, content.size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marker::{self, Expected};
    use std::os::unix::fs::PermissionsExt as _;

    /// Both clocks stand at so many milliseconds.
    fn at(ms: i64) -> Now {
        Now { wall: Timestamp::from_ms(ms), mono: Duration::from_millis(u64::try_from(ms).expect("positive")), dice: 0 }
    }

    struct Site {
        folder: tempfile::TempDir,
        root: Root,
    }

    fn site() -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        let patches = folder.path().join("patches");
        std::fs::create_dir(&patches).expect("the directory");
        let expected = Expected { site: "acme".parse().expect("site"), application: "trading".parse().expect("app"), id: None };
        marker::mark(&patches, &expected.site, &expected.application).expect("marked");
        let root = Root::open(&patches, &expected).expect("a root");
        Site { folder, root }
    }

    impl Site {
        fn kept(&self, now: i64) -> Kept {
            Kept::open(self.folder.path().join("state/kept"), at(now)).expect("kept")
        }

        fn add(&self, kept: &Kept, name: &str, text: &str, now: i64) -> ContentHash {
            std::fs::write(self.folder.path().join("patches").join(name), text).expect("written");
            let place = ("trading".parse().expect("app"), name.parse().expect("name"));
            let sha256 = ContentHash::of(text.as_bytes());
            kept.add(&self.root, &place, sha256, at(now)).expect("kept");
            sha256
        }
    }

    #[test]
    fn what_is_replaced_is_kept_for_its_owner_only_survives_a_restart_and_can_be_given() {
        let site = site();
        let kept = site.kept(0);
        let one = site.add(&kept, "a.st", "one", 5);
        let file = site.folder.path().join("state/kept").join(one.to_string());
        assert_eq!(std::fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
        let again = site.kept(6);
        assert_eq!(again.list(), kept.list());
        assert_eq!((again.list()[0].sha256, again.list()[0].size, again.list()[0].patch.as_str()), (one, 3, "a.st"));
        let parcel = again.pack(&one, &site.folder.path().join("uploads")).expect("read").expect("kept");
        assert!(parcel.size() > 0);
        assert!(again.pack(&ContentHash::of(b"other"), site.folder.path()).expect("read").is_none());
    }

    #[test]
    fn bytes_that_are_not_the_ones_meant_are_not_kept_under_their_hash() {
        let site = site();
        let kept = site.kept(0);
        std::fs::write(site.folder.path().join("patches/a.st"), "edited meanwhile").expect("written");
        let place = ("trading".parse().expect("app"), "a.st".parse().expect("name"));
        kept.add(&site.root, &place, ContentHash::of(b"expected"), at(1)).expect("nothing to keep");
        assert!(kept.list().is_empty());
    }

    #[test]
    fn what_is_older_than_a_month_goes_and_of_too_much_the_oldest() {
        let site = site();
        let mut kept = site.kept(0);
        kept.most = 8;
        let month = i64::try_from(KEEP.as_millis()).expect("short");
        let first = site.add(&kept, "a.st", "first", 1);
        let second = site.add(&kept, "a.st", "two", 2);
        assert_eq!(kept.list().len(), 2);
        let third = site.add(&kept, "a.st", "three", 3);
        let hashes = |kept: &Kept| kept.list().iter().map(|one| one.sha256).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(hashes(&kept), [second, third].into());
        assert!(!kept.path(&first).exists());
        kept.prune(at(month + 3)).expect("pruned");
        assert_eq!(hashes(&kept), [third].into(), "the second is a month and a moment old");
    }

    #[test]
    fn a_clock_that_is_a_month_ahead_at_the_start_or_jumps_there_throws_nothing_away() {
        let site = site();
        let kept = site.kept(0);
        let one = site.add(&kept, "a.st", "one", 5);
        let hour = 3_600_000;
        let month = i64::try_from(KEEP.as_millis()).expect("short") + hour;
        let later = |wall: i64, mono: i64| Now { wall: Timestamp::from_ms(wall), ..at(mono) };
        let again = Kept::open(site.folder.path().join("state/kept"), later(2 * month, 0)).expect("kept");
        again.prune(later(2 * month + hour - 1, hour - 1)).expect("pruned");
        kept.prune(later(2 * month, 2 * hour)).expect("pruned");
        kept.prune(later(2 * month + hour - 1, 3 * hour - 1)).expect("pruned");
        assert_eq!((again.list().len(), kept.list()[0].sha256), (1, one));
        kept.prune(later(2 * month + hour, 3 * hour)).expect("pruned");
        assert!(kept.list().is_empty(), "a clock that goes evenly for an hour is believed");
    }

    #[test]
    fn what_can_not_be_read_is_left_alone_and_keeps_no_agent_from_starting() {
        let site = site();
        let one = site.add(&site.kept(0), "a.st", "one", 5);
        let folder = site.folder.path().join("state/kept");
        std::fs::create_dir(folder.join("somebody's folder")).expect("made");
        std::os::unix::fs::symlink("nowhere", folder.join("link")).expect("made");
        std::fs::write(folder.join("cut off"), "{\"applic").expect("written");
        let again = site.kept(6);
        assert_eq!(again.list().len(), 1);
        assert!(again.path(&one).exists() && folder.join("somebody's folder").exists() && folder.join("link").is_symlink());
        assert!(!folder.join("cut off").exists());
    }
}
