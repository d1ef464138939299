//! How much room there is on a disk, and what is said when there isn't enough: where, how much is needed, how much there is.

use fieldpost_common::order::Failure;
use fieldpost_common::text::{Clean, size};
use rustix::fs::StatVfsMountFlags;
use rustix::io::Errno;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Left free for journal, inventory and logs: a disk that is full to the last byte lets nothing be remembered.
const RESERVE: u64 = 1 << 20;

/// A file system, as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Room {
    free: u64,
    /// Whether another file can be made.
    has_inodes: bool,
    read_only: bool,
}

fn room(path: &Path) -> io::Result<Room> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(Room {
        free: stat.f_bavail.saturating_mul(stat.f_frsize),
        // Some file systems count none.
        has_inodes: stat.f_files == 0 || stat.f_favail > 0,
        read_only: stat.f_flag.contains(StatVfsMountFlags::RDONLY),
    })
}

/// Whether so many bytes more can be written in a folder. What can't be found out is tried.
pub fn check(folder: &Path, need: u64) -> Result<(), Failure> {
    let Ok(room) = room(folder) else { return Ok(()) };
    if room.read_only {
        return Err(read_only(folder, "the file system is mounted read-only"));
    }
    if room.free < need.saturating_add(RESERVE) || !room.has_inodes {
        return Err(no_space(folder, need, Some(room)));
    }
    Ok(())
}

/// A failure of work in a folder that needed so many bytes, in words that name the disk.
pub fn explain(failure: Failure, folder: &Path, need: u64) -> Failure {
    match failure {
        Failure::NoSpace { detail: None } => no_space(folder, need, room(folder).ok()),
        Failure::ReadOnly { detail: None } => match room(folder) {
            Ok(Room { read_only: true, .. }) => read_only(folder, "the file system is mounted read-only"),
            _ => read_only(folder, "the agent may not write there"),
        },
        Failure::Io { detail } => Failure::Io { detail: Clean::line(&format!("{}: {detail}", place(folder))) },
        other => other,
    }
}

/// The system's error on a file in a folder, when so many bytes were to be written.
pub fn failure(file: &Path, need: u64, error: &io::Error) -> Failure {
    let folder = file.parent().unwrap_or(file);
    let plain = match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOSPC | Errno::DQUOT | Errno::FBIG) => Failure::NoSpace { detail: None },
        Some(Errno::ROFS | Errno::ACCESS | Errno::PERM) => Failure::ReadOnly { detail: None },
        _ => Failure::Io { detail: Clean::line(&error.to_string()) },
    };
    explain(plain, folder, need)
}

fn no_space(folder: &Path, need: u64, room: Option<Room>) -> Failure {
    let place = place(folder);
    let words = match room {
        Some(Room { has_inodes: false, .. }) => {
            format!("no space left in {place}: no further file can be made, its inodes are used up")
        }
        Some(Room { free, .. }) if free < need.saturating_add(RESERVE) => {
            format!("no space left in {place}: needs {} and {} to spare, has {}", size(need), size(RESERVE), size(free))
        }
        Some(Room { free, .. }) => {
            format!(
                "no space left in {place}: needs {}, and a quota or a limit on files is in the way: has {}",
                size(need),
                size(free)
            )
        }
        None => format!("no space left in {place}: needs {}", size(need)),
    };
    Failure::NoSpace { detail: Some(Clean::line(&words)) }
}

fn read_only(folder: &Path, why: &str) -> Failure {
    Failure::ReadOnly { detail: Some(Clean::line(&format!("{} can't be written: {why}", place(folder)))) }
}

/// A folder and the file system that it is on.
fn place(folder: &Path) -> String {
    let mounts = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    match mount_of(&mounts, &real) {
        Some((point, source)) => format!("{} (on {source}, mounted at {})", folder.display(), point.display()),
        None => folder.display().to_string(),
    }
}

/// Where the file system of a path is mounted, and what is mounted there: the last of those that are nearest. The form is that of proc(5).
fn mount_of(mounts: &[u8], path: &Path) -> Option<(PathBuf, String)> {
    let mounted = mounts.split(|byte| *byte == b'\n').filter_map(|line| {
        let mut words = line.split(|byte| *byte == b' ');
        let point = PathBuf::from(std::ffi::OsStr::from_bytes(&unescaped(words.nth(4)?)));
        let source = words.skip_while(|word| *word != b"-").nth(2)?;
        path.starts_with(&point).then(|| (point, String::from_utf8_lossy(&unescaped(source)).into_owned()))
    });
    mounted.max_by_key(|(point, _)| point.as_os_str().len())
}

/// Blanks and the like stand there as three octal digits.
fn unescaped(word: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((byte, after)) = rest.split_first() {
        let octal = after.first_chunk::<3>().filter(|_| *byte == b'\\');
        let code = octal.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        plain.push(code.unwrap_or(*byte));
        rest = if code.is_some() { &after[3..] } else { after };
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &[u8] = b"22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw\n\
        40 22 0:35 / /srv/trading\\040data rw shared:2 - tmpfs tmpfs rw,size=24m\n\
        41 22 0:36 / /srv rw - xfs /dev/sdb1 rw\n";

    #[test]
    fn the_nearest_mount_is_named_whatever_stands_in_its_name() {
        let mount = |path: &str| mount_of(MOUNTS, Path::new(path)).expect("the root at least");
        assert_eq!(mount("/srv/trading data/a"), ("/srv/trading data".into(), "tmpfs".to_owned()));
        assert_eq!(mount("/srv/other"), ("/srv".into(), "/dev/sdb1".to_owned()));
        assert_eq!(mount("/srvx"), ("/".into(), "/dev/root".to_owned()));
    }

    #[test]
    fn what_is_missing_is_said_with_the_place_and_in_numbers() {
        let folder = tempfile::tempdir().expect("a folder");
        check(folder.path(), 1).expect("room for a byte");
        let Err(Failure::NoSpace { detail: Some(words) }) = check(folder.path(), u64::MAX / 2) else { panic!("no room") };
        let (words, path) = (words.to_string(), folder.path().display().to_string());
        assert!(
            words.starts_with(&format!("no space left in {path} (on ")) && words.contains("needs ") && words.contains(", has "),
            "{words}"
        );
    }

    #[test]
    fn a_limit_that_is_not_the_disk_is_told_from_a_full_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = io::Error::from_raw_os_error(Errno::DQUOT.raw_os_error());
        let failure = failure(&folder.path().join("x"), 1, &error).to_string();
        assert!(failure.contains("a quota or a limit on files"), "{failure}");
        let error = io::Error::from_raw_os_error(Errno::IO.raw_os_error());
        let failure = self::failure(&folder.path().join("x"), 1, &error).to_string();
        assert!(failure.contains(&folder.path().display().to_string()), "{failure}");
    }
}
