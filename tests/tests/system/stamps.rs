//! Who changed a patch and when: out of files of four formats, by settings, by hand, and without a server.

use fieldpost_tests::cli::Cli;
use fieldpost_tests::world::World;
use serde_json::Value;

const CHANGE_SET: &str = "'From Squeak3.8 of ''5 May 2005'' [latest update: #6665] on 8 April 2011 at 1:10:02 pm'!\r\
\"Change Set:\t\tOrderFix\rDate:\t\t\t8 April 2011\rAuthor:\t\t\tBob Nilsson\r\rPrices are rounded.\"!\r\r\
!Order methodsFor: 'pricing' stamp: 'bn 4/8/2011 13:02'!\rprice\r\t^price rounded\r! !\r\r\
!Order methodsFor: 'pricing' stamp: 'ml 4/7/2011 09:15'!\rtax\r\t^0\r! !\r";
const MAIL: &str = "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n\
From: Mia Lind <mia@vendor.example>\nDate: Tue, 3 Nov 2020 10:11:12 +0100\nSubject: [PATCH] Round prices (fixes #12)\n\n\
---\n a.txt | 2 +-\n\ndiff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+b\n";
const KEYWORD: &str = "#!/bin/sh\n# $Id: round.sh 42 2015-02-03 04:05:06Z kim $\nexit 0\n";
const HEADER: &str = "-- Author: jo\n-- Date: 04/08/2011\nSELECT 1;\n";

fn revision(cli: &Cli, patch: &str) -> Value {
    cli.json(&["history", patch, "--app", "trading"])["revisions"][0].clone()
}

#[test]
fn files_of_four_formats_say_who_when_and_why() {
    let world = World::start();
    for (patch, text, says) in [
        ("Order.cs", CHANGE_SET, "bn 2011-04-08 13:02 — method stamp; the newest stamp with both author and time"),
        ("round.patch", MAIL, "Mia Lind <mia@vendor.example> 2020-11-03 10:11:12 +01:00 — mail header"),
        ("round.sh", KEYWORD, "kim 2015-02-03 04:05:06 UTC — version control keyword"),
        ("4711-round.sql", HEADER, "jo, no time — comment header"),
    ] {
        world.publish(patch, text, "7.7");
        drop(world.ada().ok(&["history", patch, "--app", "trading"]).says(says));
    }
    let history = world.ada().ok(&["history", "Order.cs", "--app", "trading"]);
    drop(history.says("title: OrderFix").says("base: 6665").says("filed out 2011-04-08 13:10:02"));
    let all = world.ada().ok(&["history", "Order.cs", "--app", "trading", "--stamps"]);
    drop(all.says("line 8, byte").says("bn 4/8/2011 13:02").says("minute").says("zone unknown"));
    let unsure = world.ada().ok(&["history", "4711-round.sql", "--app", "trading"]);
    drop(unsure.says("ambiguous: a date is 2011-04-08 or 2011-08-04").says("fieldpost app set trading --date-order"));
}

#[test]
fn a_date_order_makes_an_ambiguous_date_readable_and_people_get_names() {
    let world = World::start();
    world.publish("round.sql", HEADER, "7.7");
    assert!(revision(world.ada(), "round.sql")["changed_at"].is_null());
    world.ada().ok(&["app", "set", "trading", "--date-order", "day-first", "--person", "jo=Jo Lund"]);
    drop(world.ada().ok(&["history", "round.sql", "--app", "trading"]).says("jo (Jo Lund) 2011-08-04"));
    let pattern = ["--stamp", "-- Author: (?<author>\\w+)", "--stamp-place", "head:1"];
    world.ada().ok(&[&["app", "set", "trading", "--person", "jo="], pattern.as_slice()].concat());
    let history = world.ada().ok(&["history", "round.sql", "--app", "trading"]);
    drop(history.says("jo 2011-08-04").says("the application's own pattern"));
    let refused = world.ada().run(&["app", "set", "trading", "--stamp", "no group"]).exits(1);
    drop(refused.says("no group").says("(?<author>"));
}

#[test]
fn a_correction_by_hand_is_recorded_leaves_the_file_and_can_be_taken_back() {
    let world = World::start();
    let bn = world.developer("bn");
    world.publish("round.sh", KEYWORD, "7.7");
    let before = revision(world.ada(), "round.sh")["sha256"].clone();
    bn.ok(&["correct", "round.sh", "--app", "trading", "--author", "Kim Ek", "--time", "2016-01-02 03:04", "--issue", "99"]);
    let history = world.ada().ok(&["history", "round.sh", "--app", "trading"]);
    drop(history.says("Kim Ek 2016-01-02 03:04").says("author corrected to Kim Ek by bn").says("the file says kim"));
    assert_eq!(revision(world.ada(), "round.sh")["sha256"], before);
    let row = world.ada().row("trading", "round.sh");
    assert_eq!((row["author"].as_str(), row["issue"].as_str()), (Some("Kim Ek"), Some("99")));
    drop(world.ada().ok(&["activity"]).says("author: kim → Kim Ek"));
    bn.ok(&["correct", "round.sh", "--app", "trading", "--as-read", "--no-issue"]);
    let is = revision(world.ada(), "round.sh");
    assert_eq!((is["author"].as_str(), is["issue"].as_str()), (Some("kim"), None));
    drop(bn.run(&["correct", "round.sh", "--app", "trading", "--time", "8.4.2011"]).exits(2).says("2011-04-08 13:02"));
    drop(bn.run(&["correct", "round.sh", "--app", "trading"]).exits(2));
}

#[test]
fn the_diff_says_whose_contents_it_compares_and_what_they_were_decoded_as() {
    let world = World::start();
    world.publish("Order.cs", CHANGE_SET, "7.6");
    let newer = [CHANGE_SET.replace("13:02", "14:05").as_bytes(), b"\"gr\x9F\xA7e\"!\r"].concat();
    world.publish("Order.cs", newer, "7.7");
    let diff = world.ada().run(&["diff", "Order.cs", "--app", "trading"]).exits(3);
    drop(
        diff.says("bn 2011-04-08 13:02 — method stamp")
            .says("bn 2011-04-08 14:05")
            .says("shown as MacRoman, a guess")
            .says("grüße"),
    );
}

#[test]
fn stamps_are_read_without_server_or_login() {
    let folder = tempfile::tempdir().expect("a folder");
    let nobody = Cli::new(folder.path().join("config"), folder.path());
    let large = [KEYWORD.as_bytes(), &vec![b'\n'; (32 << 20) - KEYWORD.len()]].concat();
    for (name, bytes) in
        [("Order.cs", CHANGE_SET.as_bytes()), ("4711-r.sql", HEADER.as_bytes()), ("x.bin", b"\0\x01"), ("big.sh", &large)]
    {
        std::fs::write(folder.path().join(name), bytes).expect("written");
    }
    let one = nobody.json(&["stamp", "Order.cs"]);
    assert_eq!((one["author"].as_str(), one["changed_at"].as_str()), (Some("bn"), Some("2011-04-08T13:02:00")));
    assert_eq!((one["format"].as_str(), one["title"].as_str()), (Some("squeak-change-set"), Some("OrderFix")));
    assert!(one["stamps"].as_array().is_some_and(|stamps| stamps.len() >= 3 && stamps[0]["line"] == 1), "{one}");
    let several = nobody.json(&["stamp", "4711-r.sql", "x.bin", "big.sh"]);
    assert_eq!((several[0]["ambiguous"].as_bool(), several[0]["issue"].as_str()), (Some(true), Some("4711")));
    assert_eq!((several[1]["author"].as_str(), several[2]["author"].as_str()), (None, Some("kim")));
    drop(nobody.ok(&["stamp", "x.bin"]).says("nobody is named"));
    drop(nobody.ok(&["stamp", "4711-r.sql", "--date-order", "day-first"]).says("2011-08-04"));
    drop(nobody.ok(&["stamp", "4711-r.sql", "--stamp", "(?<author>SELECT)"]).says("the application's own pattern"));
    let some = nobody.run(&["stamp", "missing.st", "Order.cs"]).exits(1);
    drop(some.says("missing.st").says("squeak-change-set"));
}
