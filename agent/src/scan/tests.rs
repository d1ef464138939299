//! The scan on a real file system: what editors do, what stands in a directory that is no patch, what goes missing.

mod again;
mod restarted;
mod unsaid;

use super::*;
use crate::marker;
use fieldpost_common::inventory::{Directory, Ignored, Listing, Obstacle};
use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A site with its own clocks; the files' times are the system's.
struct Site {
    dir: TempDir,
    config: Config,
    scanner: Scanner,
    mono: Duration,
}

/// When each test's clock begins: far behind the files' own times, which must not matter.
const LONG_AGO: Timestamp = Timestamp::from_ms(1_000_000_000_000);

impl Site {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("directory");
        let patches = dir.path().join("patches");
        std::fs::create_dir(&patches).expect("directory");
        marker::mark(&patches, &"acme".parse().expect("site"), &"trading".parse().expect("app")).expect("marked");
        let config = format!(
            "server = \"https://post.example\"\nsite = \"acme\"\nstate_dir = \"/nowhere\"\nmax_size = 1000\n\
             [[app]]\nname = \"trading\"\nversion = \"7.7\"\npatches = {:?}\nignore = [\"*.log\"]\n",
            patches.to_str().expect("utf-8")
        );
        let config = Config::parse(&config, Path::new("acme.toml")).expect("config");
        Self { scanner: Scanner::new(&config), config, dir, mono: Duration::ZERO }
    }

    /// Another run of the agent, with what the one before has kept, or without.
    fn restart(&mut self, state_is_lost: bool) {
        let path = self.dir.path().join(memory::FILE);
        if state_is_lost {
            let _ = std::fs::remove_file(&path);
        }
        let (memory, remembered) = Memory::open(path, Some("boot-1".to_owned()));
        self.scanner = Scanner::new(&self.config);
        self.scanner.remember(Some(memory), remembered);
        self.mono = Duration::ZERO;
    }

    fn at(&self) -> At {
        At { mono: self.mono, wall: LONG_AGO.plus(self.mono) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("patches").join(name)
    }

    fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path(name), content).expect("written");
    }

    fn look(&mut self) -> Report {
        self.scanner.scan(&Markers::default(), self.at())
    }

    /// Looks again after a while.
    fn later(&mut self, seconds: u64) -> Report {
        self.mono += Duration::from_secs(seconds);
        self.look()
    }

    /// Looks until everything is settled.
    fn settled(&mut self) -> Report {
        self.look();
        self.later(2)
    }
}

fn listing(report: &Report) -> &Listing {
    report.inventory.applications.values().next().expect("one application")
}

/// The content under a name, as the inventory tells it.
fn content(report: &Report, name: &str) -> Option<ContentHash> {
    listing(report).files.get(&name.parse().expect("name")).map(|fact| fact.sha256)
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside what may be absent")]
fn of(content: &str) -> Option<ContentHash> {
    Some(ContentHash::of(content.as_bytes()))
}

/// What is in the way of saying anything of a name; `None`: nothing.
fn obstacle(report: &Report, name: &str) -> Option<Obstacle> {
    listing(report).cant_say.get(&name.parse().expect("name")).map(|unsaid| unsaid.why)
}

/// Of how many names nothing can be said.
fn unsaid(report: &Report) -> usize {
    listing(report).cant_say.len()
}

fn names(report: &Report) -> Vec<&str> {
    listing(report).files.keys().map(PatchName::as_str).collect()
}

fn ignored(report: &Report) -> Vec<(&str, &str)> {
    listing(report).ignored.iter().map(|Ignored { name, reason }| (name.as_str(), reason.as_str())).collect()
}

#[test]
fn a_new_file_counts_after_two_equal_looks_and_says_when_to_look_again() {
    let mut site = Site::new();
    site.write("Order.st", "x");
    let report = site.look();
    assert_eq!(names(&report), Vec::<&str>::new());
    assert_eq!((obstacle(&report, "Order.st"), report.look_again), (Some(Obstacle::BeingWritten), Some(settle::SETTLE)));
    let report = site.later(2);
    assert_eq!(content(&report, "Order.st"), of("x"));
    assert_eq!((unsaid(&report), report.look_again), (0, None));
}

#[test]
fn a_half_written_file_is_neither_reported_nor_read_as_deleted() {
    let mut site = Site::new();
    site.write("Order.st", "old");
    site.settled();
    let mut file = File::create(site.path("Order.st")).expect("truncated");
    for piece in ["half ", "a file ", "more"] {
        let report = site.later(2);
        assert_eq!((content(&report, "Order.st"), obstacle(&report, "Order.st")), (None, Some(Obstacle::BeingWritten)));
        assert_eq!(report.last_contents, of("old").into_iter().collect());
        file.write_all(piece.as_bytes()).expect("written");
    }
    site.later(2);
    assert_eq!(content(&site.later(2), "Order.st"), of("half a file more"));
}

/// Saves like an editor, step by step, with a look between any two steps; exactly one new version may be seen.
fn saved_by(steps: &[&dyn Fn(&Site)]) -> Vec<Option<ContentHash>> {
    let mut site = Site::new();
    site.write("Order.st", "old");
    let mut seen = vec![content(&site.settled(), "Order.st")];
    let mut look = |report: Report| {
        let answers: Vec<_> = names(&report).into_iter().chain(listing(&report).cant_say.keys().map(PatchName::as_str)).collect();
        assert_eq!(answers, ["Order.st"], "nothing else is ever reported, and it is never gone");
        let now = content(&report, "Order.st");
        if now.is_some() && seen.last() != Some(&now) {
            seen.push(now);
        }
    };
    for step in steps {
        step(&site);
        look(site.look());
        look(site.later(1));
    }
    for _ in 0..3 {
        look(site.later(2));
    }
    seen
}

#[test]
fn every_way_in_which_editors_save_is_exactly_one_new_version() {
    let old_and_new = vec![of("old"), of("new")];
    let rename = |from: &'static str, to: &'static str| {
        move |site: &Site| std::fs::rename(site.path(from), site.path(to)).expect("renamed")
    };
    let write = |name: &'static str, content: &'static str| move |site: &Site| site.write(name, content);
    let remove = |name: &'static str| move |site: &Site| std::fs::remove_file(site.path(name)).expect("removed");
    // Temporary file and rename.
    assert_eq!(
        saved_by(&[&write(".Order.st.swp", "x"), &write("Order.st.tmp", "new"), &rename("Order.st.tmp", "Order.st")]),
        old_and_new
    );
    // Truncate and write.
    assert_eq!(saved_by(&[&write("Order.st", ""), &write("Order.st", "ne"), &write("Order.st", "new")]), old_and_new);
    // vim: a probe, the old one moved to a backup, a new file, the backup removed.
    assert_eq!(
        saved_by(&[
            &write("4913", ""),
            &remove("4913"),
            &rename("Order.st", "Order.st~"),
            &write("Order.st", "new"),
            &remove("Order.st~")
        ]),
        old_and_new
    );
    // A tool that deletes before it writes.
    assert_eq!(saved_by(&[&remove("Order.st"), &write("Order.st", "new")]), old_and_new);
}

#[test]
fn a_deleted_file_is_gone_after_two_looks() {
    let mut site = Site::new();
    site.write("Order.st", "x");
    site.settled();
    std::fs::remove_file(site.path("Order.st")).expect("removed");
    assert_eq!(obstacle(&site.later(1), "Order.st"), Some(Obstacle::JustGone));
    let report = site.later(2);
    assert_eq!((names(&report).len(), unsaid(&report)), (0, 0));
}

#[test]
fn only_regular_files_with_one_name_count_and_the_scan_never_blocks() {
    let mut site = Site::new();
    site.write("Order.st", "x");
    let secret = site.dir.path().join("secret");
    std::fs::write(&secret, "secret").expect("written");
    symlink(&secret, site.path("Link.st")).expect("link");
    symlink(site.dir.path(), site.path("linked")).expect("link");
    std::fs::hard_link(&secret, site.path("Hard.st")).expect("hard link");
    let fifo = rustix::fs::mknodat(
        rustix::fs::CWD,
        site.path("Pipe.st"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    );
    fifo.expect("pipe");
    let _socket = std::os::unix::net::UnixListener::bind(site.path("Socket.st")).expect("socket");
    let report = site.settled();
    assert_eq!(names(&report), ["Order.st"]);
    assert_eq!(
        ignored(&report),
        [
            ("Hard.st", "has 2 names (hard links)"),
            ("Link.st", "is a symbolic link"),
            ("Pipe.st", "is a pipe, socket or device"),
            ("Socket.st", "is a pipe, socket or device"),
            ("linked", "is a symbolic link"),
        ]
    );
}

#[test]
fn names_that_would_harm_elsewhere_are_left_alone_with_the_rule_that_they_break() {
    let mut site = Site::new();
    for name in ["nul.st", "a\nb.st", "trailing.", "e\u{301}.st", "-rf", "a\u{1b}[2J.st", "fine.st"] {
        site.write(name, "x");
    }
    let bytes = OsStr::from_bytes(b"latin-\xfc.st");
    std::fs::write(site.path("").join(bytes), "x").expect("written");
    std::fs::create_dir_all(site.path("1/2/3/4/5/6/7/8")).expect("folders");
    site.write("1/2/3/4/5/6/7/8/deep.st", "x");
    site.write("1/2/3/4/5/6/7/fits.st", "x");
    let report = site.settled();
    assert_eq!(names(&report), ["1/2/3/4/5/6/7/fits.st", "fine.st"]);
    let rules: Vec<_> = ignored(&report).into_iter().map(|(name, _)| name).collect();
    let expected =
        ["-rf", "1/2/3/4/5/6/7/8/", "a\\x0ab.st", "a\\x1b[2J.st", "e\u{301}.st", "latin-\u{fffd}.st", "nul.st", "trailing."];
    assert_eq!(rules, expected);
}

#[test]
fn of_names_that_differ_only_in_case_the_first_counts() {
    let mut site = Site::new();
    site.write("order.st", "first");
    site.settled();
    site.write("ORDER.st", "second");
    let report = site.settled();
    assert_eq!(names(&report), ["order.st"]);
    assert_eq!(ignored(&report), [("ORDER.st", "differs from order.st only in case")]);
}

#[test]
fn a_file_over_the_limit_is_left_alone_unread() {
    let mut site = Site::new();
    File::create(site.path("Sparse.st")).expect("file").set_len(4 << 30).expect("sparse");
    site.write("Fits.st", &"x".repeat(1000));
    site.write("Over.st", &"x".repeat(1001));
    let report = site.settled();
    assert_eq!(names(&report), ["Fits.st"]);
    assert_eq!(ignored(&report).len(), 2);
    assert!(ignored(&report)[0].1.starts_with("is too large"));
}

#[test]
fn what_the_config_ignores_is_not_even_listed() {
    let mut site = Site::new();
    site.write("trace.log", "x");
    site.write(".fieldpost-tmp-new-1", "x");
    let report = site.settled();
    assert_eq!((names(&report).len(), ignored(&report).len()), (0, 0));
}

#[test]
fn a_directory_that_is_not_the_enrolled_one_lists_nothing_and_deletes_nothing() {
    let mut site = Site::new();
    site.write("Order.st", "x");
    site.settled();
    let (patches, away) = (site.path(""), site.dir.path().join("away"));
    let state = |report: &Report| (listing(report).directory, listing(report).files.len(), report.roots.len());
    std::fs::rename(&patches, &away).expect("unmounted");
    assert_eq!(state(&site.later(5)), (Directory::Missing, 0, 0));
    std::fs::create_dir(&patches).expect("empty mount point");
    assert_eq!(state(&site.later(5)), (Directory::NoMarker, 0, 0));
    marker::mark(&patches, &"other".parse().expect("site"), &"trading".parse().expect("app")).expect("marked");
    assert_eq!(state(&site.later(5)), (Directory::OtherMarker, 0, 0));
    std::fs::remove_dir_all(&patches).expect("removed");
    symlink(&away, site.dir.path().join("patches")).expect("link");
    assert_eq!(state(&site.later(5)), (Directory::NotADirectory, 0, 0));
    std::fs::remove_file(site.dir.path().join("patches")).expect("removed");
    std::fs::write(site.dir.path().join("patches"), "a file").expect("written");
    assert_eq!(state(&site.later(5)), (Directory::NotADirectory, 0, 0));
    std::fs::remove_file(site.dir.path().join("patches")).expect("removed");
    std::fs::rename(&away, &patches).expect("mounted again");
    assert_eq!(content(&site.later(5), "Order.st"), of("x"), "it is all there again at the first look");
}

#[test]
fn a_linked_marker_does_not_pass_for_one() {
    let mut site = Site::new();
    let marker = site.path(marker::FILE);
    std::fs::rename(&marker, site.dir.path().join("marker")).expect("moved");
    symlink(site.dir.path().join("marker"), &marker).expect("link");
    assert_eq!(listing(&site.look()).directory, Directory::OtherMarker);
}

#[test]
fn what_the_agent_put_there_counts_at_once_unless_somebody_wrote_to_it_since() {
    let mut site = Site::new();
    let (application, patch) = ("trading".parse().expect("app"), "Order.st".parse().expect("name"));
    site.write("Order.st", "ours");
    let meta = Meta::of(&File::open(site.path("Order.st")).expect("file")).expect("meta");
    let fact = FileFact { sha256: ContentHash::of(b"ours"), size: 4, modified: meta.modified() };
    let at = site.at();
    site.scanner.installed(&application, &patch, fact, meta, at);
    let report = site.look();
    assert_eq!((content(&report, "Order.st"), unsaid(&report)), (of("ours"), 0));
    site.write("Order.st", "theirs");
    assert_eq!(obstacle(&site.later(1), "Order.st"), Some(Obstacle::BeingWritten));
    site.scanner.removed(&application, &patch);
    std::fs::remove_file(site.path("Order.st")).expect("removed");
    let report = site.look();
    assert_eq!((content(&report, "Order.st"), unsaid(&report)), (None, 0));
}

#[test]
fn a_file_swapped_with_a_link_while_the_scan_runs_never_gives_away_what_the_link_leads_to() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let mut site = Site::new();
    let secret = site.dir.path().join("secret");
    std::fs::write(&secret, "secret").expect("written");
    site.write("a", "mine");
    let (path, other, stop) = (site.path("a"), site.path("b.tmp"), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                symlink(&secret, &other).expect("link");
                std::fs::rename(&other, &path).expect("renamed");
                std::fs::write(&other, "mine").expect("written");
                std::fs::rename(&other, &path).expect("renamed");
            }
        });
        for _ in 0..2_000 {
            let report = site.later(2);
            assert_ne!(content(&report, "a"), of("secret"));
        }
        stop.store(true, Ordering::Relaxed);
    });
}
