//! What the door lets through, and somebody who swaps links in while it is used.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A folder without a link in its own path.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    (folder, path)
}

fn refusal<T: std::fmt::Debug>(opened: io::Result<T>) -> PathError {
    let error = opened.unwrap_err();
    PathError::of(&error).unwrap_or_else(|| panic!("{error}")).clone()
}

fn config(folder: &Path) -> Config {
    let at = |name: &str| folder.join(name).display().to_string();
    let text = format!(
        "server = \"http://127.0.0.1:1\"\nsite = \"acme\"\nstate_dir = {:?}\n[[app]]\nname = \"trading\"\nversion = \"7.7\"\npatches = {:?}\n",
        at("state"),
        at("patches")
    );
    fs::write(folder.join("acme.toml"), &text).unwrap();
    Config::load(&folder.join("acme.toml")).unwrap()
}

#[test]
fn a_link_at_any_step_of_a_path_is_refused_and_named() {
    let (_folder, path) = folder();
    fs::create_dir_all(path.join("real/deep")).unwrap();
    fs::write(path.join("real/deep/log"), "x").unwrap();
    symlink("real", path.join("first")).unwrap();
    symlink("deep", path.join("real/second")).unwrap();
    symlink("log", path.join("real/deep/third")).unwrap();
    let guard = PathGuard::default();
    for (file, link) in [("first/deep/log", "first"), ("real/second/log", "real/second"), ("real/deep/third", "real/deep/third")]
    {
        assert_eq!(refusal(guard.open_file(&path.join(file))), PathError::Link(path.join(link)), "{file}");
        assert_eq!(resolved(&path.join(file)), Some(path.join("real/deep/log")), "{file}");
    }
    for (directory, link) in [("first", "first"), ("first/deep", "first"), ("real/second", "real/second")] {
        assert_eq!(refusal(guard.open_folder(&path.join(directory))), PathError::Link(path.join(link)), "{directory}");
        let below = path.join(directory).join("new/newer");
        assert_eq!(refusal(guard.make_folder(&below)), PathError::Link(path.join(link)), "{directory}");
    }
    assert!(!path.join("real/new").exists() && !path.join("real/deep/new").exists(), "nothing was made behind a link");
    assert_eq!(refusal(guard.open_file(&path.join("real/../real/deep/log"))), PathError::Upward);
    guard.open_file(&path.join("real/deep/log")).unwrap();
    guard.make_folder(&path.join("real/a/b")).unwrap();
    guard.open_folder(&path.join("real/a/b")).unwrap();
}

#[test]
fn only_a_regular_file_with_one_name_is_opened_and_nothing_is_waited_for() {
    let (_folder, path) = folder();
    let guard = PathGuard::default();
    rustix::fs::mknodat(rustix::fs::CWD, path.join("pipe"), FileType::Fifo, 0o600.into(), 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(path.join("socket")).unwrap();
    for what in ["pipe", "socket", ""] {
        assert_eq!(refusal(guard.open_file(&path.join(what))), PathError::NotAFile, "{what}");
    }
    assert_eq!(refusal(guard.open_file(Path::new("/dev/null"))), PathError::NotAFile);
    fs::write(path.join("one"), "x").unwrap();
    assert_eq!(refusal(guard.open_folder(&path.join("one"))), PathError::NotADirectory);
    fs::hard_link(path.join("one"), path.join("two")).unwrap();
    assert_eq!(refusal(guard.open_file(&path.join("one"))), PathError::ManyNames(2));
    let missing = guard.open_file(&path.join("none")).unwrap_err();
    assert_eq!(missing.kind(), io::ErrorKind::NotFound);
}

#[test]
fn the_agents_own_files_are_refused_under_whatever_name_they_stand() {
    let (_folder, path) = folder();
    fs::create_dir_all(path.join("state/walkbacks")).unwrap();
    for own in ["token", "journal", "root.pub"] {
        fs::write(path.join("state").join(own), "secret").unwrap();
    }
    let config = config(&path);
    let guard = PathGuard::new(&config);
    for own in ["state/token", "state/journal", "state/root.pub", "state/made later", "acme.toml"] {
        assert_eq!(refusal(guard.open_file(&path.join(own))), PathError::Own, "{own}");
    }
    assert_eq!(refusal(guard.open_folder(&path.join("state"))), PathError::Own);
    assert_eq!(refusal(guard.open_folder(&path.join("state/walkbacks"))), PathError::Own);
    // Whoever may write the folder around them can rename them.
    fs::rename(path.join("state/token"), path.join("log")).unwrap();
    fs::rename(path.join("acme.toml"), path.join("health")).unwrap();
    fs::rename(path.join("state"), path.join("crashes")).unwrap();
    for (moved, kind) in [("log", "a file"), ("health", "the config"), ("crashes/journal", "below the state folder")] {
        assert_eq!(refusal(guard.open_file(&path.join(moved))), PathError::Own, "{kind}");
    }
    let dir = guard.open_folder(&path).unwrap();
    assert_eq!(refusal(guard.enter(&dir, OsStr::new("crashes"))), PathError::Own);
    assert_eq!(refusal(guard.open_in(&dir, OsStr::new("log"))), PathError::Own);
}

#[test]
fn what_is_moved_never_takes_the_place_of_something_else() {
    let (_folder, path) = folder();
    fs::create_dir(path.join("sent")).unwrap();
    fs::write(path.join("a"), "new").unwrap();
    fs::write(path.join("sent/a"), "old").unwrap();
    let guard = PathGuard::default();
    let (from, to) = (guard.open_folder(&path).unwrap(), guard.open_folder(&path.join("sent")).unwrap());
    let name = OsStr::new("a");
    assert_eq!(rename_new(&from, name, &to, name).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    rename_new(&from, name, &to, OsStr::new("a.1")).unwrap();
    assert_eq!(
        (fs::read(path.join("sent/a")).unwrap(), fs::read(path.join("sent/a.1")).unwrap()),
        (b"old".into(), b"new".into())
    );
}

/// Swaps two names all the time until it is dropped.
pub(crate) struct Racer {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<u64>>,
}

impl Racer {
    /// `one` and `other` are there, in one file system.
    pub(crate) fn swap(one: PathBuf, other: PathBuf) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut turns = 0;
            while !until.load(Ordering::Relaxed) {
                // One of them may be gone for a moment.
                let swapped = rustix::fs::renameat_with(rustix::fs::CWD, &one, rustix::fs::CWD, &other, RenameFlags::EXCHANGE);
                turns += u64::from(swapped.is_ok());
            }
            turns
        });
        Self { stop, thread: Some(thread) }
    }

    /// How many swaps there were.
    pub(crate) fn end(mut self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Racer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

#[test]
fn however_often_a_link_takes_the_place_of_a_file_or_folder_only_what_is_no_link_is_read() {
    const TURNS: usize = 3_000;
    let (_folder, path) = folder();
    fs::create_dir_all(path.join("app/logs")).unwrap();
    fs::create_dir_all(path.join("outside/logs")).unwrap();
    fs::write(path.join("app/logs/main"), "mine").unwrap();
    fs::write(path.join("outside/logs/main"), "secret").unwrap();
    symlink(path.join("outside/logs/main"), path.join("app/logs/trap")).unwrap();
    symlink(path.join("outside/logs"), path.join("app/trap")).unwrap();
    symlink(path.join("outside"), path.join("trap")).unwrap();
    let guard = PathGuard::default();
    for (one, other) in [("app/logs/main", "app/logs/trap"), ("app/logs", "app/trap"), ("app", "trap")] {
        let racer = Racer::swap(path.join(one), path.join(other));
        let mut read = 0;
        for _ in 0..TURNS {
            let Ok((mut file, _)) = guard.open_file(&path.join("app/logs/main")) else { continue };
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            assert_eq!(text, "mine", "through {one}");
            read += 1;
        }
        let turns = racer.end();
        assert!(turns > 0 && read < TURNS, "a race of {turns} turns in which {read} of {TURNS} were read");
        if path.join(other).symlink_metadata().unwrap().is_dir() || !path.join(other).is_symlink() {
            fs::rename(path.join(one), path.join("aside")).unwrap();
            fs::rename(path.join(other), path.join(one)).unwrap();
            fs::rename(path.join("aside"), path.join(other)).unwrap();
        }
    }
}
