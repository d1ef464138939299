//! Files that come, grow, are copied, rotated and damaged, and what of them is sent.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::scan::meta::FRESH;
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
        self.mono += FRESH;
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
    assert_eq!(site.collector.look(site.mono + FRESH).taken, 0);
    site.mono += 2 * FRESH;
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

#[test]
fn what_was_sent_is_deleted_or_moved_if_the_config_says_so_and_nobody_wrote_since() {
    let mut site = Site::new("walkbacks_sent = \"delete\"");
    site.write("a.log", "a");
    site.write("b.log", "b");
    site.settle();
    site.append("b.log", "b");
    site.send();
    let crashes = site.folder.path().join("crashes");
    assert!(!crashes.join("a.log").exists() && crashes.join("b.log").exists());
    site.reopen("walkbacks_sent = { move = \"FOLDER/done\" }");
    site.settle();
    site.send();
    assert_eq!(fs::read(site.folder.path().join("done/b.log")).unwrap(), b"bb");
    assert!(!crashes.join("b.log").exists());
}

#[test]
fn what_a_rule_matches_leaves_neither_in_a_piece_nor_in_its_name_id_or_hash() {
    let mut site = Site::new("redact = [\"hunter[0-9]\"]");
    site.write("of-hunter2.log", "error\npassword=hunter2\n");
    site.settle();
    let (outgoing, batch) = site.batch();
    assert_eq!(texts(&batch.pieces), [("of-[redacted].log".to_owned(), 0, "error\npassword=[redacted]\n".to_owned())]);
    let piece = &batch.pieces[0];
    assert_eq!(piece.sha256, ContentHash::of(&piece.content));
    assert_eq!(piece.id, Piece::id_of(&piece.application, "of-[redacted].log", 0, &piece.sha256));
    let again = site.batch();
    assert_eq!(again, (outgoing, batch), "the server knows it by its id");
    let waiting = fs::read_dir(site.folder.path().join("state/walkbacks/spool")).unwrap().next().unwrap().unwrap();
    assert_eq!(waiting.metadata().unwrap().permissions().mode() & 0o777, 0o600, "it waits as it was found");
}

#[test]
fn the_rules_of_the_moment_hold_and_what_no_rules_are_known_for_any_more_is_not_sent() {
    let mut site = Site::new("");
    site.write("a.log", "user ada\n");
    site.settle();
    site.reopen("redact = [\"user (.*)\"]");
    let (_, batch) = site.batch();
    assert_eq!(batch.pieces[0].content, b"user [redacted]\n");
    let path = site.folder.path().display();
    let other = format!(
        "server = \"https://post.example\"\nsite = \"acme\"\nstate_dir = \"{path}/state\"\n[[app]]\nname = \"billing\"\n\
         version = \"1\"\npatches = \"{path}/patches\"\n"
    );
    site.collector = Collector::open(Arc::new(Config::parse(&other, Path::new("acme.toml")).unwrap())).unwrap();
    assert!(site.next().is_none(), "nor is it told how many: the config doesn't name the application");
    let dropped = site.collector.ledger.dropped_of(&"trading".parse().unwrap());
    assert_eq!((site.collector.queue(), dropped), (Queue::default(), 1));
}

#[test]
fn of_a_line_that_was_sent_in_part_before_the_rest_does_not_leave() {
    let mut site = Site::new("redact = [\"[0-9]{16}\"]");
    site.write("a.log", "card 41111111");
    site.settle();
    site.append("a.log", "11111111 declined\nnext\n");
    site.settle();
    site.append("a.log", "last\n");
    site.settle();
    let sent: Vec<_> = texts(&site.send()).into_iter().map(|(_, _, text)| text).collect();
    assert_eq!(sent, ["card 41111111", "[redacted]\nnext\n", "last\n"]);
}

#[test]
fn a_secret_at_a_cut_of_a_line_longer_than_a_piece_does_not_come_out() {
    let mut site = Site::new("redact = [\"[0-9]{16}\"]");
    let line = format!("{}4111111111111111{}\n", "x".repeat(MAX_PIECE - 7), "y".repeat(20));
    site.write("a.log", format!("{line}next\n"));
    site.settle();
    let pieces = site.send();
    assert_eq!(pieces.len(), 2);
    assert!(pieces.iter().all(|piece| !piece.content.contains(&b'1') && piece.content.len() <= MAX_PIECE));
    assert_eq!(pieces[1].content, b"[redacted]\nnext\n");
}

/// A file of so many lines, each as long as a piece.
fn lines(count: usize) -> String {
    (0..count).map(|at| format!("{}{at:07}\n", "x".repeat(MAX_PIECE - 8))).collect::<Vec<_>>().concat()
}

#[test]
fn a_file_of_which_the_server_lacks_a_part_stays_whatever_the_config_says() {
    let mut site = Site::new("walkbacks_sent = \"delete\"");
    site.write("lost.log", lines(3));
    site.settle();
    let spool = site.folder.path().join("state/walkbacks/spool");
    let mut waiting: Vec<_> = fs::read_dir(&spool).unwrap().map(|entry| entry.unwrap().path()).collect();
    waiting.sort();
    fs::write(&waiting[1], "junk").unwrap();
    assert_eq!(site.send().len(), 2);
    let crashes = site.folder.path().join("crashes");
    assert!(crashes.join("lost.log").exists());
    site.write("whole.log", lines(3).replace('x', "y"));
    site.settle();
    // What the server has is remembered.
    site.send_first(1);
    site.reopen("walkbacks_sent = \"delete\"");
    assert_eq!(site.send().len(), 2);
    assert!(!crashes.join("whole.log").exists());
    // Of a file that begins anew under its name, what the server has of the one before doesn't count.
    site.write("anew.log", "one\n");
    site.settle();
    site.write("anew.log", "other\n");
    site.settle();
    site.send_first(1);
    assert!(crashes.join("anew.log").exists());
    site.send_first(1);
    assert!(!crashes.join("anew.log").exists());
}

#[test]
fn where_a_later_piece_cant_be_kept_those_before_it_are_not_taken_twice() {
    let mut site = Site::new("");
    site.write("a.log", lines(3));
    let blocked = site.folder.path().join("state/walkbacks/spool/000000000003.trading.zst");
    fs::create_dir(&blocked).unwrap();
    let looked = site.settle();
    assert!(looked.obstacles[0].words.contains("a.log can't be taken"), "{looked:?}");
    assert_eq!(looked.queue.count, 2);
    fs::remove_dir(&blocked).unwrap();
    assert_eq!(site.collector.look(site.mono).taken, 1);
    let sent: String = texts(&site.send()).into_iter().map(|(_, _, text)| text).collect();
    assert!(sent == lines(3), "each byte once");
}

#[test]
fn a_file_that_changes_under_the_look_is_not_yet_home_and_one_that_vanished_is_forgotten() {
    let mut site = Site::new("");
    site.write("a.log", "one\n");
    site.collector.look(site.mono);
    let seen = |site: &Site| site.collector.seen.values().map(HashMap::len).sum::<usize>();
    assert_eq!(seen(&site), 1);
    let crashes = Dir::open_ambient_dir(site.folder.path().join("crashes"), cap_std::ambient_authority()).unwrap();
    let listing = files::list(&crashes).unwrap();
    let config = Arc::clone(&site.collector.config);
    let directory = config.applications[0].walkbacks[0].as_path();
    let found = Found { application: &config.applications[0], directory, entry: &listing.entries[0] };
    site.append("a.log", "two\n");
    assert_eq!(site.collector.file(&crashes, found, Ripe::Settled).unwrap(), None);
    fs::remove_file(directory.join("a.log")).unwrap();
    assert_eq!(site.collector.file(&crashes, found, Ripe::Settled).unwrap(), None);
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
    let mut listing = files::list(&dir).unwrap();
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
fn over_the_quota_the_oldest_and_the_newest_stay_and_what_went_is_counted() {
    let mut site = Site::new("");
    site.collector.spool.max_waiting = 6;
    for at in 0..20 {
        site.write(&format!("{at:02}.log"), format!("error {at}\n"));
    }
    let looked = site.settle();
    assert_eq!((looked.taken, looked.queue.count), (20, 6));
    let (_, batch) = site.batch();
    assert_eq!(batch.dropped[0].count, 14);
    let kept: Vec<_> = batch.pieces.iter().map(|piece| piece.file.as_str()).collect();
    assert_eq!(kept, ["00.log", "01.log", "02.log", "17.log", "18.log", "19.log"]);
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

#[test]
fn a_batch_that_is_refused_is_halved_and_only_the_piece_that_is_refused_alone_is_dropped() {
    let mut site = Site::new("");
    for at in 0..4 {
        site.write(&format!("{at}.log"), format!("error {at}\n"));
    }
    site.settle();
    for expected in [4, 2] {
        let (outgoing, _) = site.batch();
        assert_eq!(outgoing.numbers.len(), expected);
        assert_eq!(site.collector.refused(&outgoing), 0);
    }
    let (outgoing, _) = site.batch();
    assert_eq!((outgoing.numbers.len(), site.collector.refused(&outgoing)), (1, 1));
    assert_eq!(site.send().len(), 3);
}

#[test]
fn what_a_look_kept_before_the_agent_was_killed_in_it_counts_once() {
    let mut site = Site::new("");
    let ledger = site.folder.path().join("state/walkbacks/ledger.json");
    for name in ["grown.log", "gone.log", "anew.log"] {
        site.write(name, format!("{name}\n{JAVA}"));
    }
    site.settle();
    assert_eq!(site.send().len(), 3);
    site.reopen("");
    let before = fs::read(&ledger).unwrap();
    for name in ["grown.log", "gone.log", "anew.log"] {
        site.append(name, JAVA);
    }
    site.write("new.log", format!("new\n{JAVA}"));
    assert_eq!(site.settle().taken, 4);
    // As if it had been killed before the ledger was written.
    fs::write(&ledger, before).unwrap();
    site.append("grown.log", JAVA);
    site.append("new.log", JAVA);
    fs::remove_file(site.folder.path().join("crashes/gone.log")).unwrap();
    site.write("anew.log", "anew\n");
    site.reopen("");
    site.settle();
    let mut sent = texts(&site.send());
    sent.sort();
    let (at, both) = (JAVA.len() as u64, JAVA.repeat(2));
    let expected = [
        ("anew.log", 0, "anew\n".to_owned()),
        ("anew.log", 9 + at, JAVA.to_owned()),
        ("gone.log", 9 + at, JAVA.to_owned()),
        ("grown.log", 10 + at, both.clone()),
        ("new.log", 0, format!("new\n{both}")),
    ];
    assert_eq!(sent, expected.map(|(name, at, text)| (name.to_owned(), at, text)));
    assert_eq!(site.settle(), Looked::default());
}

#[test]
fn whenever_the_agent_is_killed_after_sending_the_file_is_cleared_away_once_it_runs_again() {
    for done in 0..=after::STEPS.len() {
        let mut site = Site::new("walkbacks_sent = \"delete\"");
        site.write("a.log", lines(3));
        site.write("b.log", "b\n");
        site.settle();
        let (outgoing, _) = site.batch();
        assert!(outgoing.numbers.len() < 4, "the first of two requests");
        assert_eq!(site.collector.after(&outgoing, &after::STEPS[..done]), Vec::<String>::new());
        site.reopen("walkbacks_sent = \"delete\"");
        site.settle();
        site.send();
        let left = fs::read_dir(site.folder.path().join("crashes")).unwrap().count();
        assert_eq!((left, site.settle()), (0, Looked::default()), "after {done} steps");
    }
}

const TWO: &str = "[[app]]\nname = \"billing\"\nversion = \"1\"\npatches = \"FOLDER/patches\"\nwalkbacks = [\"FOLDER/bills\"]\n";

/// A site with a second application.
fn two() -> Site {
    let mut site = Site::new("");
    for folder in ["patches2", "bills"] {
        fs::create_dir(site.folder.path().join(folder)).unwrap();
    }
    site.reopen(&TWO.replace("FOLDER/patches", "FOLDER/patches2"));
    site
}

#[test]
fn what_one_application_wrote_goes_in_requests_of_its_own_and_holds_up_nothing_of_another() {
    let mut site = two();
    for name in ["1.log", "2.log", "../bills/1.log", "../bills/2.log"] {
        site.write(name, name);
        site.settle();
    }
    site.collector.ledger.dropped(&"billing".parse().unwrap(), 7);
    let put_off = BTreeSet::from(["trading".parse().unwrap()]);
    let (outgoing, batch) = site.collector.batch(Timestamp::from_ms(0), &put_off).unwrap().unwrap();
    assert_eq!((outgoing.application.as_str(), outgoing.numbers.len(), batch.pieces.len()), ("billing", 2, 2));
    site.collector.sent(&outgoing);
    let queue = site.collector.queue();
    assert!(!queue.has_more_than(&put_off) && queue.has_more_than(&BTreeSet::new()), "{queue:?}");
    assert_eq!(site.collector.batch(Timestamp::from_ms(0), &put_off).unwrap(), None);
    let (outgoing, batch) = site.batch();
    assert_eq!((outgoing.application.as_str(), batch.pieces.len(), batch.dropped.len()), ("trading", 2, 0));
}

#[test]
fn what_was_dropped_is_told_once_also_where_no_piece_waits() {
    let mut site = Site::new("");
    let trading: AppName = "trading".parse().unwrap();
    site.collector.ledger.dropped(&trading, 3);
    assert!(site.settle().queue.has_more_than(&BTreeSet::new()));
    let (outgoing, batch) = site.batch();
    assert_eq!((batch.pieces.len(), batch.dropped[0].count), (0, 3));
    site.collector.sent(&outgoing);
    assert_eq!(site.settle().queue, Queue::default());
    site.reopen("");
    assert_eq!(site.next(), None);
    // A server that doesn't take it isn't asked in a circle.
    site.collector.ledger.dropped(&trading, 1);
    let (outgoing, _) = site.batch();
    assert_eq!((site.collector.refused(&outgoing), site.next()), (0, None));
}

#[test]
fn a_spool_that_is_damaged_loses_only_what_is_damaged() {
    let mut site = Site::new("");
    for at in 0..3 {
        site.write(&format!("{at}.log"), format!("error {at}\n"));
    }
    site.settle();
    let spool = site.folder.path().join("state/walkbacks/spool");
    let mut files: Vec<_> = fs::read_dir(&spool).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    fs::write(&files[1], "junk").unwrap();
    fs::write(spool.join("new"), "half").unwrap();
    site.reopen("");
    assert_eq!(site.send().len(), 2);
}
