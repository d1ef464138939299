//! What the config's rules match, in walkbacks that leave.

use super::*;

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
