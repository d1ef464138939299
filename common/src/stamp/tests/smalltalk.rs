//! GemStone, Dolphin, VA Smalltalk, Monticello, FileTree, Tonel and Smalltalk-78, each with its traps.

use super::super::*;
use super::{HEADER, method, shown};

fn named(name: &str, content: impl AsRef<[u8]>) -> String {
    shown(stamp_with(content.as_ref(), name, &Hints::default()).as_ref())
}

const BUILD: &str = "!\n! From ! GEMSTONE: 3.1, Wed Nov  7 12:51:14 2012 eve private build; IMAGE: GemStone completed at 10/10/2012 00:53:34\n\n! \n";

#[test]
fn a_topaz_file_out_is_dated_by_its_own_line_and_not_by_the_build_above_it() {
    for (line, expected) in [
        ("! On November 9, 2012, 4:41:41 PM", "2012-11-09T16:41:41"),
        ("! On February 21, 2001, 12:01:40 am", "2001-02-21T00:01:40"),
        ("! On 9/11/2012, 16:41:41", "2012-11-09T16:41:41"),
    ] {
        let file = format!("{BUILD}\n{line}\n!\nrun\nOrder removeAllMethods\n%\n! On June 1, 2020 we changed it\n");
        assert_eq!(named("Order.gs", &file), format!("Topaz | - | {expected} | {expected}"), "{line}");
        assert_eq!(named("Order.gs", file.replace('\n', "\r")), format!("Topaz | - | {expected} | {expected}"));
    }
    let newer = "fileformat utf8\n!\n! From GemStone/S 64 Bit 3.7\n! On 24/11/2026, 10:00:00\n!\n";
    assert_eq!(named("Order.gs", newer), "Topaz | - | 2026-11-24T10:00:00 | 2026-11-24T10:00:00");
}

#[test]
fn a_transform_into_topaz_names_its_user_after_the_comma_and_may_write_german() {
    for (date, expected) in [
        ("3. April 2022 um 18:54:04", "2022-04-03T18:54:04"),
        ("24. März 2022 um 18:54:04", "2022-03-24T18:54:04"),
        ("3. Dezember 2022 um 8:54:04", "2022-12-03T08:54:04"),
        ("April 3, 2022 at 6:54:04 pm", "2022-04-03T18:54:04"),
    ] {
        let file = format!("# Created {date} by Gemstone Transform(1.4.0.7,bob)\nFileFormat UTF8\n");
        assert_eq!(named("Order.gs", file), format!("Topaz | bob | {expected} | -"), "{date}");
    }
    let latin = b"# Created 24. M\xE4rz 2022 um 18:54:04 by Gemstone Transform(1.4,b\xF6b)\r\n";
    assert_eq!(named("Order.gs", latin), "Topaz | böb | 2022-03-24T18:54:04 | -");
}

#[test]
fn dolphin_is_recognised_and_what_people_wrote_into_its_comments_is_kept_but_not_chosen() {
    let file = "\u{feff}\"Filed out from Dolphin Smalltalk X6.1\"!\r\n\r\n!Order methodsFor!\r\nprice\r\n\t\"bob - 2/26/2003 Allow null.\"\r\n\t\"Initial code: 08/17/2001\"\r\n\t^1! !\r\n";
    let stamp = stamp_with(file.as_bytes(), "Order.cls", &Hints::default()).expect("a stamp");
    assert_eq!(shown(Some(&stamp)), "Dolphin | - | - | -");
    let found: Vec<_> = stamp.found.iter().map(|found| (found.kind, found.author.as_deref(), found.raw.as_str())).collect();
    assert_eq!(found, [(Kind::Remark, Some("bob"), "bob - 2/26/2003"), (Kind::Remark, None, "Initial code: 08/17/2001")]);
    assert_eq!(file.as_bytes()[stamp.found[0].offset..][..3], *b"bob", "offsets count the byte order mark");
    assert_eq!(super::super::stamp(file.as_bytes(), "Order.cls", None), None, "the short form says nothing");
    assert_eq!(named("Order.pac", "| package |\r\npackage := Package name: 'Orders'.\r\n"), "Dolphin | - | - | -");
}

#[test]
fn a_sites_own_comment_signs_formats_that_have_no_stamp() {
    for (name, file, format) in [
        ("Order.cls", "\"Filed out from Dolphin Smalltalk X6.1\"!\n", "Dolphin"),
        ("Orders.app", "Application create: #Orders with:\n    (#( A))!\n\nOrders becomeDefault!\n", "VaSmalltalk"),
    ] {
        assert_eq!(named(name, file), format!("{format} | - | - | -"));
        let signed = format!("{file}\"bob 2011-04-08 13:02:33\"!\n");
        assert_eq!(named(name, signed), format!("{format} | bob | 2011-04-08T13:02:33 | -"));
    }
}

#[test]
fn the_first_entry_of_a_version_file_is_the_newest_whatever_the_others_say() {
    let ancestors =
        "ancestors ((name 'Orders-ao.32' message 'date ''1/1/2030''' date '07/13/2030' time '1:00:00' author 'ao' ancestors ()))";
    for (date, time, expected) in [
        ("08/06/2012", "12:20:09", "2012-08-06T12:20:09"),
        ("16 May 2016", "4:18:03.125581 pm", "2016-05-16T16:18:03.125581"),
        ("07/13/1910", "12:20:09", "1910-07-13T12:20:09"),
    ] {
        let message = "it''s author ''eve'' (name ''x'' date ''1/1/2031'')";
        let file =
            format!("(name 'Orders-bob.33' message '{message}' id 'x' date '{date}' time '{time}' author 'bob' {ancestors}");
        let stamp = stamp_with(file.as_bytes(), "version", &Hints::default()).expect("a stamp");
        assert_eq!(shown(Some(&stamp)), format!("Monticello | bob | {expected} | -"));
        let kinds: Vec<_> = stamp.found.iter().map(|found| found.kind).collect();
        assert_eq!((kinds, stamp.title.as_deref()), (vec![Kind::Version, Kind::Ancestor], Some("Orders-bob.33")));
    }
}

#[test]
fn filetree_keeps_a_stamp_for_each_selector() {
    let methods = "{\n\t\"class\" : {\n\t\t\",\" : \"eve 9/20/2006 08:18\",\n\t\t\"a\\\"\" : \"\" },\n\t\"instance\" : {\n\t\t\"price\" : \"bob 10/3/2006 14:32\" } }\n";
    assert_eq!(named("Order.class/methodProperties.json", methods), "FileTree | bob | 2006-10-03T14:32:00 | -");
    let class =
        "{\n\t\"category\" : \"Orders\",\n\t\"commentStamp\" : \"bob 3/6/2017 20:07\",\n\t\"name\" : \"Order 1/1/2030 1:00\" }";
    assert_eq!(named("Order.class/properties.json", class), "FileTree | bob | 2017-03-06T20:07:00 | -");
    assert_eq!(named("package.json", "{ \"name\": \"x\", \"author\": \"bob 1/1/2011 1:00\" }"), "-");
}

#[test]
fn tonel_is_recognised_and_carries_no_stamp() {
    for file in [
        "Class {\n\t#name : 'Order',\n\t#superclass : 'Object'\n}\n\n{ #category : 'x' }\nOrder >> stamp: 'bob 1/1/2020 10:00' [\n]\n",
        "\"\nI am an order. \"\"Author: bob\"\"\n\"\nExtension { #name : #Order }\n",
    ] {
        assert_eq!(named("Order.class.st", file), "Tonel | - | - | -");
    }
    assert_eq!(named("Order.java", "Class { x }"), "-");
}

#[test]
fn smalltalk_78_says_when_in_a_string_and_who_in_the_name() {
    let changes = "'Changes from (12 February 2025 7:23:24 pm )'\rPane understands: 'update\r\t[self]'\r";
    let time = "2025-02-12T19:23:24";
    assert_eq!(named("0373nicerPane-vaf.st", changes), format!("Smalltalk78 | vaf | {time} | {time}"));
    assert_eq!(named("0373nicerPane.st", changes), format!("Smalltalk78 | - | {time} | {time}"));
    let old = "'From Smalltalk 5.4hXM on 23 July 1979 at 3:53:17 pm.'\r\\g\r";
    assert_eq!(named("0308Point-ab.st", old), "Smalltalk78 | ab | 1979-07-23T15:53:17 | 1979-07-23T15:53:17");
    assert_eq!(named("0324Line-ab.st", "Class new title: 'Line'.\r"), "Smalltalk78 | ab | - | -");
}

#[test]
fn initials_in_the_name_of_a_change_set_count_only_when_the_file_names_nobody() {
    let filed = "2013-06-30T16:12:05.177126";
    assert_eq!(named("0161-isMorphic-jmv.1.cs.st", HEADER), format!("SqueakChangeSet | jmv | {filed} | {filed}"));
    let full = [HEADER, &method("bob 12/30/2012 10:00")].concat();
    assert_eq!(named("0161-isMorphic-jmv.cs", full), format!("SqueakChangeSet | bob | 2012-12-30T10:00:00 | {filed}"));
    let preamble =
        format!("{HEADER}\"Change Set:\t\tx\nDate:\t\t\t1 May 2020\nAuthor:\t\t\tBob Bauer, Ned <ned@example.org>\"!\n");
    assert!(named("0161-isMorphic-jmv.cs", preamble).contains("| Bob Bauer, Ned <ned@example.org> |"));
    let cuis = "3620-Title-BobBauer-2019Mar07-09h40m-HAW.001.cs.st";
    assert_eq!(named(cuis, method("")), "SqueakChangeSet | HAW | 2019-03-07T09:40:00 | -");
    assert_eq!(named(cuis, HEADER), format!("SqueakChangeSet | HAW | {filed} | {filed}"), "the header is nearer than the name");
    assert_eq!(named("Tests-Graphs.st", HEADER), format!("SqueakChangeSet | - | {filed} | {filed}"));
}
