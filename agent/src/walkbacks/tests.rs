//! Files that come, grow, are copied and rotated, and what of them is taken.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod links;
mod redact;
mod sending;

use super::*;
use crate::scan::settle::SETTLE;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::walkback::walkbacks;
use fieldpost_common::wire::{MAX_PIECE, Piece};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

struct Site {
    folder: tempfile::TempDir,
    collector: Collector,
    mono: Duration,
}

const JAVA: &str = "java.lang.IllegalStateException: closed\n\tat com.acme.Book.open(Book.java:12)\n";

impl Site {
    fn new(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["crashes", "state", "patches"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let collector = Collector::open(Arc::new(config(folder.path(), more))).unwrap();
        Self { folder, collector, mono: Duration::from_secs(100) }
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.folder.path().join("crashes").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn append(&self, name: &str, text: &str) {
        let before = fs::read(self.folder.path().join("crashes").join(name)).unwrap();
        self.write(name, [&before[..], text.as_bytes()].concat());
    }

    /// Two looks, far enough apart.
    fn settle(&mut self) -> Looked {
        self.collector.look(self.mono);
        self.mono += SETTLE;
        let looked = self.collector.look(self.mono);
        self.mono += Duration::from_secs(15);
        looked
    }

    fn reopen(&mut self, more: &str) {
        self.collector = Collector::open(Arc::new(config(self.folder.path(), more))).unwrap();
    }

    /// Sends everything, and gives it.
    fn send(&mut self) -> Vec<Piece> {
        let mut all = Vec::new();
        while let Some((outgoing, batch)) = self.next() {
            assert_eq!(self.collector.sent(&outgoing), Vec::<String>::new());
            all.extend(batch.pieces);
        }
        all
    }

    /// What goes next, if anything waits.
    fn next(&mut self) -> Option<(Outgoing, Walkbacks)> {
        self.collector.batch(Timestamp::from_ms(0), &BTreeSet::new()).unwrap()
    }

    /// What goes next.
    fn batch(&mut self) -> (Outgoing, Walkbacks) {
        self.next().unwrap()
    }

    /// The server takes the first so many of what goes next, and no more.
    fn send_first(&mut self, count: usize) {
        let (mut outgoing, _) = self.batch();
        outgoing.numbers.truncate(count);
        self.collector.sent(&outgoing);
    }
}

fn config(folder: &Path, more: &str) -> Config {
    let path = folder.display();
    let text = format!(
        "server = \"https://post.example\"\nsite = \"acme\"\nstate_dir = \"{path}/state\"\n[[app]]\nname = \"trading\"\nversion = \"7.7\"\n\
         patches = \"{path}/patches\"\nwalkbacks = [\"{path}/crashes\"]\n{}",
        more.replace("FOLDER", &path.to_string())
    );
    Config::parse(&text, Path::new("acme.toml")).unwrap()
}

fn texts(pieces: &[Piece]) -> Vec<(String, u64, String)> {
    pieces.iter().map(|piece| (piece.file.to_string(), piece.offset, String::from_utf8(piece.content.clone()).unwrap())).collect()
}

#[test]
fn a_file_is_taken_after_two_equal_looks_and_only_once() {
    let mut site = Site::new("");
    site.write("a.log", "one\n");
    let unsettled_since = BTreeMap::from([("trading".parse().unwrap(), site.mono)]);
    assert_eq!(site.collector.look(site.mono), Looked { unsettled: 1, unsettled_since, ..Looked::default() });
    // Too soon: it may be written within the same moment.
    assert_eq!(site.collector.look(site.mono + Duration::from_millis(10)).taken, 0);
    site.append("a.log", "two\n");
    assert_eq!(site.collector.look(site.mono + SETTLE).taken, 0);
    site.mono += 2 * SETTLE;
    assert_eq!(site.collector.look(site.mono).taken, 1);
    assert_eq!(texts(&site.send()), [("a.log".to_owned(), 0, "one\ntwo\n".to_owned())]);
    assert_eq!(site.settle(), Looked::default());
    site.reopen("");
    assert_eq!(site.settle(), Looked::default());
}

#[test]
fn of_a_growing_log_only_what_was_added_is_sent() {
    let mut site = Site::new("");
    site.write("a.log", JAVA);
    site.settle();
    site.append("a.log", JAVA);
    site.settle();
    site.reopen("");
    site.append("a.log", "more\n");
    site.settle();
    let end = JAVA.len() as u64;
    let expected = [
        ("a.log".to_owned(), 0, JAVA.to_owned()),
        ("a.log".to_owned(), end, JAVA.to_owned()),
        ("a.log".to_owned(), 2 * end, "more\n".to_owned()),
    ];
    assert_eq!(texts(&site.send()), expected);
}

#[test]
fn a_log_that_begins_anew_is_sent_from_its_beginning_and_one_that_was_rotated_is_not_sent_again() {
    let mut site = Site::new("");
    site.write("a.log", "old\n");
    site.settle();
    assert_eq!(site.send().len(), 1);
    let crashes = site.folder.path().join("crashes");
    fs::rename(crashes.join("a.log"), crashes.join("a.log.1")).unwrap();
    site.write("a.log", "new and longer\n");
    site.settle();
    assert_eq!(texts(&site.send()), [("a.log".to_owned(), 0, "new and longer\n".to_owned())]);
    site.write("a.log", "n\n");
    site.settle();
    assert_eq!(texts(&site.send()), [("a.log".to_owned(), 0, "n\n".to_owned())]);
}

#[test]
fn what_cant_be_seen_for_a_while_is_not_forgotten_and_counts_once() {
    let mut site = Site::new("");
    site.write("app.log", JAVA);
    site.settle();
    assert_eq!(site.send().len(), 1);
    let (here, away) = (site.folder.path().join("crashes"), site.folder.path().join("away"));
    fs::rename(&here, &away).unwrap();
    assert!(site.settle().obstacles[0].words.contains("can't be read"), "the directory is gone");
    fs::create_dir(&here).unwrap();
    site.settle();
    fs::remove_dir(&here).unwrap();
    fs::rename(&away, &here).unwrap();
    site.append("app.log", JAVA);
    site.settle();
    let pieces = site.send();
    assert_eq!(pieces.len(), 1);
    assert_eq!(pieces[0].offset, JAVA.len() as u64, "only what was added is sent");
}

#[test]
fn a_file_whose_name_is_no_text_is_said_to_stay_at_the_site() {
    use std::os::unix::ffi::OsStrExt as _;
    let mut site = Site::new("");
    let name = OsStr::from_bytes(b"crash-\xff.log");
    fs::write(site.folder.path().join("crashes").join(name), JAVA).unwrap();
    let looked = site.settle();
    assert!(looked.obstacles[0].words.contains("1 file with a name that is no text"), "{:?}", looked.obstacles);
}

#[test]
fn a_copy_is_the_same_content_and_isnt_sent_again() {
    let mut site = Site::new("");
    site.write("a.log", JAVA);
    site.settle();
    site.write("sub/b.log", JAVA);
    site.settle();
    assert_eq!(site.send().len(), 1);
}

#[test]
fn what_the_application_mailed_itself_is_marked() {
    let mut site = Site::new("walkbacks_mailed = [\"sent/**\", \"*.mailed\"]");
    for name in ["sent/a.log", "b.mailed", "sub/c.mailed", "d.log"] {
        site.write(name, name);
    }
    site.settle();
    let mut mailed: Vec<_> = site.send().iter().map(|piece| (piece.file.to_string(), piece.mailed)).collect();
    mailed.sort();
    let expected = [("b.mailed", true), ("d.log", false), ("sent/a.log", true), ("sub/c.mailed", true)];
    assert_eq!(mailed, expected.map(|(name, mailed)| (name.to_owned(), mailed)));
}

/// A file of so many lines, each as long as a piece.
fn lines(count: usize) -> String {
    (0..count).map(|at| format!("{}{at:07}\n", "x".repeat(MAX_PIECE - 8))).collect::<Vec<_>>().concat()
}

#[test]
fn a_file_that_changes_under_the_look_is_not_yet_home_and_one_that_vanished_is_forgotten() {
    let mut site = Site::new("");
    site.write("a.log", "one\n");
    site.collector.look(site.mono);
    let seen = |site: &Site| site.collector.seen.values().map(HashMap::len).sum::<usize>();
    assert_eq!(seen(&site), 1);
    let crashes = Dir::open_ambient_dir(site.folder.path().join("crashes"), cap_std::ambient_authority()).unwrap();
    let listing = files::list(&PathGuard::default(), &crashes).unwrap();
    let config = Arc::clone(&site.collector.config);
    let directory = config.applications[0].walkbacks[0].as_path();
    let found = Found { application: &config.applications[0], directory, entry: &listing.entries[0] };
    site.append("a.log", "two\n");
    assert_eq!(site.collector.file((&PathGuard::default(), &crashes), found, Ripe::Settled).unwrap(), None);
    fs::remove_file(directory.join("a.log")).unwrap();
    assert_eq!(site.collector.file((&PathGuard::default(), &crashes), found, Ripe::Settled).unwrap(), None);
    assert_eq!(site.settle(), Looked::default());
    assert_eq!(seen(&site), 0);
}

#[test]
fn a_new_file_where_a_disk_is_not_mounted_makes_nothing_forgotten() {
    let mut site = Site::new("");
    site.write("sub/old.log", JAVA);
    site.write("gone.log", "gone\n");
    site.settle();
    assert_eq!(site.send().len(), 2);
    // As it looked while another disk was mounted there.
    let crashes = site.folder.path().join("crashes");
    let dir = Dir::open_ambient_dir(&crashes, cap_std::ambient_authority()).unwrap();
    let mut listing = files::list(&PathGuard::default(), &dir).unwrap();
    listing.entries.retain(|entry| entry.path.starts_with("sub/"));
    listing.entries[0].device += 1;
    assert!(site.collector.ledger.has_all_of(&crashes, &listing.entries[0]));
    fs::remove_file(crashes.join("gone.log")).unwrap();
    fs::rename(crashes.join("sub/old.log"), site.folder.path().join("away")).unwrap();
    site.write("sub/new.log", "new\n");
    site.settle();
    assert_eq!(site.send().len(), 1);
    fs::rename(site.folder.path().join("away"), crashes.join("sub/old.log")).unwrap();
    site.append("sub/old.log", "more\n");
    site.write("gone.log", "gone");
    site.settle();
    let mut sent = texts(&site.send());
    sent.sort();
    let expected = [("gone.log", 0, "gone"), ("sub/old.log", JAVA.len() as u64, "more\n")];
    assert_eq!(sent, expected.map(|(name, at, text)| (name.to_owned(), at, text.to_owned())));
}

#[test]
fn a_folder_that_cant_be_read_is_named_with_the_systems_reason() {
    let site = Site::new("redact = [\"^hunter.*\"]");
    let listing = files::Listing {
        unread: vec![
            ("locked/".to_owned(), io::Error::from(io::ErrorKind::PermissionDenied)),
            ("hunter2/".to_owned(), io::Error::other("no")),
        ],
        ..files::Listing::default()
    };
    let words = listing.troubles(&site.collector.config.applications[0].redact);
    assert_eq!(words, ["locked/ can't be read: permission denied", "[redacted] can't be read: no"]);
}

#[test]
fn links_pipes_and_empty_files_are_left_alone() {
    let mut site = Site::new("");
    let crashes = site.folder.path().join("crashes");
    fs::write(site.folder.path().join("secret"), "secret").unwrap();
    std::os::unix::fs::symlink(site.folder.path().join("secret"), crashes.join("link")).unwrap();
    std::os::unix::fs::symlink(site.folder.path(), crashes.join("folder")).unwrap();
    fs::hard_link(site.folder.path().join("secret"), crashes.join("hard")).unwrap();
    std::process::Command::new("mkfifo").arg(crashes.join("pipe")).status().unwrap();
    site.write("empty", "");
    site.settle();
    assert!(site.send().is_empty());
}

#[test]
fn a_huge_file_is_cut_between_reports_and_of_too_much_the_first_and_the_newest_are_kept() {
    let mut site = Site::new("");
    let report = JAVA.repeat(2_000);
    site.write("big.log", report.repeat(2 * MAX_PIECE / report.len() + 1));
    let numbered = (0..17 * MAX_PIECE / 4096).map(|at| format!("{at:x>4095}\n")).collect::<Vec<_>>().concat();
    site.write("long.log", &numbered);
    site.write("junk.log", vec![b'x'; 17 * MAX_PIECE]);
    site.settle();
    let (_, batch) = site.batch();
    assert_eq!(batch.dropped[0].count, 1 + 1, "what lies between is counted");
    let pieces = site.send();
    let of = |name: &str| pieces.iter().filter(|piece| piece.file.as_str() == name).collect::<Vec<_>>();
    assert!(of("big.log").iter().all(|piece| piece.content.starts_with(b"java.lang")), "cut between reports");
    assert_eq!(of("junk.log").len(), 16);
    let long = of("long.log");
    assert!(long.len() == 16 && numbered.as_bytes().starts_with(&long[0].content), "{}", long.len());
    assert!(numbered.as_bytes().ends_with(&long[15].content), "the newest are kept");
    assert!(long.iter().all(|piece| piece.content.len() % 4096 == 0), "lines are whole");
    assert_eq!(site.settle(), Looked::default());
}

#[test]
fn of_more_reports_than_the_server_reads_of_one_piece_none_is_lost() {
    let mut site = Site::new("");
    let report = |at: usize| format!("a.E: x\n\tat b.C.{}(D:1)\n", if at.is_multiple_of(2) { "e" } else { "f" });
    site.write("many.log", (0..50_000).map(report).collect::<Vec<_>>().concat());
    site.settle();
    let pieces = site.send();
    let reports: Vec<_> = pieces.iter().map(|piece| walkbacks(&piece.content).len()).collect();
    assert_eq!(reports.iter().sum::<usize>(), 50_000, "{reports:?}");
    assert_eq!(site.settle(), Looked::default());
}

#[test]
fn a_log_that_never_rests_is_taken_every_half_a_minute_up_to_its_last_whole_report() {
    let mut site = Site::new("");
    site.write("a.log", format!("up\n{JAVA}"));
    let mut unsettled = 0;
    let mut write_for = |site: &mut Site, seconds: u64, text: &str| {
        for _ in 0..seconds {
            unsettled = site.collector.look(site.mono).unsettled;
            site.append("a.log", text);
            site.mono += Duration::from_secs(1);
        }
        unsettled
    };
    write_for(&mut site, 30, "INFO\n");
    assert!(site.send().is_empty(), "it may still come to rest");
    site.append("a.log", JAVA);
    assert_eq!(write_for(&mut site, 1, "\tat com.acme.Main.main(Main.java:3)\nhalf a li"), 0, "what is whole was taken");
    let whole = format!("up\n{JAVA}{}", "INFO\n".repeat(30));
    let end = whole.len() as u64;
    assert_eq!(texts(&site.send()), [("a.log".to_owned(), 0, whole)], "not what may be half a report");
    assert_eq!(write_for(&mut site, 1, "ne\n"), 1);
    write_for(&mut site, 30, "INFO\n");
    let next = format!("{JAVA}\tat com.acme.Main.main(Main.java:3)\nhalf a line\n{}", "INFO\n".repeat(28));
    assert_eq!(texts(&site.send()), [("a.log".to_owned(), end, next)]);
    // What is left goes once it rests.
    assert_eq!(site.settle().taken, 1);
    site.send();
    assert_eq!(site.settle(), Looked::default());
}
