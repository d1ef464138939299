//! What was taken and waits: in which order it goes, what is lost of it and told, and what becomes of its file.

use super::*;

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
