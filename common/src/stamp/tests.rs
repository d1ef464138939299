//! What each format says, and the traps laid by real files.

mod choosing;
mod comments;
mod fields;
mod fixtures;
mod languages;
mod others;
mod properties;
mod slatec;
mod smalltalk;

use proptest::prelude::*;

use super::*;
use crate::time::Timestamp;

/// Format, author, change and file-out as one line, with `-` for what isn't known.
fn shown(stamp: Option<&Stamp>) -> String {
    let Some(found) = stamp else { return "-".to_owned() };
    let time = |when: Option<When>| when.map_or_else(|| "-".to_owned(), |when| when.to_string());
    let author = found.author.as_deref().unwrap_or("-");
    format!("{:?} | {author} | {} | {}", found.format, time(found.changed_at), time(found.filed_out_at))
}

fn read(content: impl AsRef<[u8]>) -> String {
    shown(stamp(content.as_ref(), "folder/Order.st", None).as_ref())
}

fn with(pattern: &str, content: impl AsRef<[u8]>) -> String {
    let pattern = Pattern::new(pattern).expect("a good pattern");
    shown(stamp(content.as_ref(), "Order.st", Some(&pattern)).as_ref())
}

fn method(stamp: &str) -> String {
    format!("!Order methodsFor: 'a' stamp: '{stamp}'!\nprice\n\t^1! !\n")
}

const HEADER: &str = "'From Cuis 4.1 of 12 December 2012 [latest update: #1739] on 30 June 2013 at 4:12:05.177126 pm'!\n";

#[test]
fn every_form_of_method_stamp_is_read_month_first() {
    for (body, expected) in [
        ("bob 8/6/2008 14:36", "bob | 2008-08-06T14:36:00"),
        ("bob 5/30/2016 21:32:07", "bob | 2016-05-30T21:32:07"),
        ("ST-80 31/May/1983 09:10:35", "ST-80 | 1983-05-31T09:10:35"),
        ("bob 17/Jun/2026, 12:16:57 am (UTC)", "bob | 2026-06-17T00:16:57Z"),
        ("bob 17/Jun/2026, 12:16:57 pm", "bob | 2026-06-17T12:16:57"),
        ("bob 17/Jun/2026, 11:02:25 am (-03:00)", "bob | 2026-06-17T11:02:25-03:00"),
        ("bob 17/Jun/2026, 11:02:25Z", "bob | 2026-06-17T11:02:25Z"),
        ("bob 17/Jun/2026, 11:02:25(UTC)", "bob | 2026-06-17T11:02:25Z"),
        ("bob 5/20/2011X4:37", "bob | 2011-05-20T04:37:00"),
        ("bob 5-20-2011 4:37", "bob | 2011-05-20T04:37:00"),
        ("Squeak1.0 9/20/1996 10:50:05", "Squeak1.0 | 1996-09-20T10:50:05"),
        ("ar (auto errcode) 1/2/2003 10:00", "ar (auto errcode) | 2003-01-02T10:00:00"),
        ("mt 10/14/2020 15:59:14.918983", "mt | 2020-10-14T15:59:14.918983"),
        ("tk 1/8/97", "tk | 1997-01-08"),
        ("tk 1/8/04 10:00", "tk | 2004-01-08T10:00:00"),
        (" 9/24/2024 06:44", "- | 2024-09-24T06:44:00"),
        ("bob", "bob | -"),
        ("O''Hara!! 1/2/2003 10:00", "O'Hara! | 2003-01-02T10:00:00"),
    ] {
        assert_eq!(read(method(body)), format!("SqueakChangeSet | {expected} | -"), "{body}");
    }
    for nothing in ["", "<historical>"] {
        assert_eq!(read(method(nothing)), "-", "{nothing}");
    }
}

#[test]
fn the_newest_authored_stamp_wins_and_the_header_stands_beside_it() {
    let file = [HEADER, &method("new 12/30/2012 10:00"), &method("old 1/31/2011 10:00")].concat();
    assert_eq!(read(file), "SqueakChangeSet | new | 2012-12-30T10:00:00 | 2013-06-30T16:12:05.177126");
}

#[test]
fn a_class_comment_carries_a_stamp_too() {
    let file = "!Order commentStamp: 'bob 1/6/2004 18:27' prior: 0!\nI am stamp: 'eve 1/1/2020 10:00'!\n";
    assert_eq!(read(file), "SqueakChangeSet | bob | 2004-01-06T18:27:00 | -");
    let doubled = file.replace("I am", "!!Order methodsFor: 'x'");
    assert_eq!(read(doubled), "SqueakChangeSet | bob | 2004-01-06T18:27:00 | -");
}

#[test]
fn stamps_inside_code_comments_and_strings_are_decoys() {
    let file = "!Order methodsFor: 'a stamp: ''eve 1/1/2021 10:00''' stamp: 'bob 1/2/2003 10:00'!\n\
        a\n\t\"stamp: 'eve 1/1/2020 10:00' and !!Order methodsFor: 'x' stamp: 'eve 1/1/2020 10:00'!! \"\n\
        \t^self with: 'x' stamp: 'eve 1/1/2020 10:00'! !\n";
    assert_eq!(read(file), "SqueakChangeSet | bob | 2003-01-02T10:00:00 | -");
}

#[test]
fn the_header_date_is_the_last_and_may_lack_seconds() {
    for (header, expected) in [
        (
            "'From Squeak3.7 of ''4 September 2004'' [latest update: #5989] on 16 April 2008 at 4:23:49 am'!",
            "2008-04-16T04:23:49",
        ),
        ("'From Cuis7.7 [latest update: #7840] on 18 March 2026 at 03:37:19 PM'!", "2026-03-18T15:37:19"),
        ("'From Cuis 1.0 of 2 July 2009 [latest update: #215] on 9 July 2009 at 12:10 am'!", "2009-07-09T00:10:00"),
    ] {
        assert_eq!(read(header), format!("SqueakChangeSet | - | {expected} | {expected}"));
    }
}

#[test]
fn a_header_may_be_broken_in_two_and_stand_below_prose() {
    let expected = "SqueakChangeSet | bob | 2012-12-30T10:00:00 | 2013-06-30T16:12:05.177126";
    let rest = method("bob 12/30/2012 10:00");
    for end in ["\n", "\r", "\r\n"] {
        let broken = HEADER.replacen("30 June", &format!("30{end}June"), 1);
        assert_eq!(read(format!("{broken}{rest}")), expected, "{end:?}");
        for prose in ["#!/bin/sh\ncat <<EOF\n", "Dear all!\nIt's here:\n\n", "'x' 'From here'\n'From there\n"] {
            assert_eq!(read(format!("{prose}{broken}{rest}").replace('\n', end)), expected, "{prose:?}");
        }
    }
    assert_eq!(read(format!("\"{HEADER}\"!\n")), "-", "a comment that quotes a header");
}

#[test]
fn the_preamble_names_an_author_but_no_time() {
    let preamble = |author: &str| {
        format!("{HEADER}\"Change Set:\t\tx\nDate:\t\t\t1 May 2020\nAuthor:\t\t\t{author}\n\nNone are left!!\"\nself x!\n")
    };
    let time = "2013-06-30T16:12:05.177126";
    assert_eq!(read(preamble("Bob Bauer")), format!("SqueakChangeSet | Bob Bauer | {time} | {time}"));
    assert_eq!(read(preamble("AuthorName")), format!("SqueakChangeSet | - | {time} | {time}"));
}

#[test]
fn the_last_record_of_a_changes_log_is_its_time() {
    let file = format!(
        "{HEADER}\n----SNAPSHOT----{{8 July 2015 . 10:09:50 pm}} a.image priorSource: 1!\r\n\
        ----QUIT/NOSAVE----{{8 July 2015 . 10:09:53 pm}} a.image priorSource: 303!"
    );
    assert_eq!(read(file), "SqueakChangeSet | - | 2015-07-08T22:09:53 | 2013-06-30T16:12:05.177126");
}

#[test]
fn visualworks_is_read_whatever_the_encoding_of_its_trade_mark() {
    for mark in [&b"\xC2\xAE"[..], b"\xAE", b"\xA8", b"(R)", b"\xC2\xAE NonCommercial"] {
        let line = [b"From VisualWorks", mark, b", 7.4.1 of May 30, 2006 on December 1, 2006 at 12:47:57 pm"].concat();
        let xml = [b"<?xml?>\r<st-source>\r<time-stamp>", &line[..], b"</time-stamp>\r<methods>"].concat();
        assert_eq!(read(xml), "VisualWorksXml | - | 2006-12-01T12:47:57 | 2006-12-01T12:47:57");
        let chunk = [b"'", &line[..], b"'!\r\r\"Package Glorp(0.2.11,bob)=\"!\r"].concat();
        assert_eq!(read(chunk), "VisualWorksChunk | bob | 2006-12-01T12:47:57 | 2006-12-01T12:47:57");
    }
}

#[test]
fn a_comment_of_the_sites_own_file_out_is_an_authored_stamp() {
    let (header, mine) =
        ("'From VisualWorks(R), 7.4 of May 30, 2006 on April 8, 2011 at 1:05:00 pm'!", "\"bob 2011-04-08 13:02:33\"");
    let expected = "bob | 2011-04-08T13:02:33";
    for file in [format!("{mine}\r{header}\r"), format!("{header}\r{mine}!\r"), format!("{header}\r\r{mine}")] {
        assert_eq!(read(file), format!("VisualWorksChunk | {expected} | 2011-04-08T13:05:00"));
    }
    assert_eq!(read(format!("x := 1.\n{mine}\n")), format!("Comment | {expected} | -"));
    assert_eq!(read("\"bob April 8, 2011 1:02:33 pm\"\nx"), format!("Comment | {expected} | -"));
    assert_eq!(read("\"Created 2011-04-08 13:02:33\""), "Comment | - | 2011-04-08T13:02:33 | -");
    for other in ["\"bob 2011-04-08\"", "\"see bob 2011-04-08 13:02:33 there\""] {
        assert_eq!(read(other), "-", "{other}");
    }
}

fn mail(from: &str) -> String {
    format!(
        "From {} Mon Sep 17 00:00:00 2001\nFrom: {from}\nDate: Wed, 4 Jun 2025 17:28:19 +0200\nSubject: [PATCH] x\n\ntext\n",
        "a".repeat(40)
    )
}

#[test]
fn a_git_patch_is_dated_by_its_mail() {
    for (from, expected) in [
        ("Bob Bauer <bob@example.org>", "Bob Bauer <bob@example.org>"),
        ("=?UTF-8?q?B=C3=B6b_Bauer?= <bob@example.org>", "Böb Bauer <bob@example.org>"),
        ("=?UTF-8?q?B=C3?=\n =?UTF-8?q?=B6b?= <bob@example.org>", "Böb <bob@example.org>"),
        ("=?iso-8859-1?B?QvZi?=\n\t<bob@example.org>", "Böb <bob@example.org>"),
        ("\"Bauer, Bob\" <bob@example.org>", "Bauer, Bob <bob@example.org>"),
        ("=?broken <bob@example.org>", "=?broken <bob@example.org>"),
    ] {
        let expected = format!("GitPatch | {expected} | 2025-06-04T17:28:19+02:00 | -");
        assert_eq!(read(mail(from)), expected);
        assert_eq!(read(format!("Prose first.\n\n{}", mail(from))), expected);
    }
    let sent_for = mail("eve <eve@example.org>").replace("\ntext", "\nFrom: Bob <bob@example.org>\n\ntext");
    assert_eq!(read(sent_for), "GitPatch | Bob <bob@example.org> | 2025-06-04T17:28:19+02:00 | -");
}

#[test]
fn a_plain_diff_has_the_time_of_the_new_file_and_its_sign_off() {
    let diff = |new: &str| {
        format!(
            "Prose.\nSigned-off-by: Bob <b@x>\n--- a.c\t2008-01-01 00:00:00 +0000\n+++ {new}\n@@ -1 +1 @@\n-# Author: eve\n+x\n"
        )
    };
    assert_eq!(
        read(diff("b.c\t2007-09-14 06:50:28.854125000 -0600")),
        "UnifiedDiff | Bob <b@x> | 2007-09-14T06:50:28.854125-06:00 | -"
    );
    assert_eq!(read(diff("b.c")), "UnifiedDiff | Bob <b@x> | - | -");
    assert_eq!(read(diff("/dev/null\t1970-01-01 01:00:00 +0100")), "UnifiedDiff | Bob <b@x> | - | -");
}

#[test]
fn author_and_date_are_read_from_comments_of_every_style() {
    for file in [
        "# Author:\t\tBob Bauer - South Africa\n#\n# Date:\t\t1999/09/20\n",
        "// @author Bob Bauer\n// @date 1999-09-20\n",
        "-- Author: Bob Bauer\n-- Date: 20 Sep 1999\n",
        ";; Author: Bob Bauer\n;; Date: September 20, 1999\n",
        "% Author: Bob Bauer 1998-2011\n% Date: 20.09.1999\n",
        "/*\n * Author: Bob Bauer\n * Date: 9/20/1999\n */\n",
        "/*\n  Author: Bob Bauer, 1998\n  Date: 20/9/1999\n*/\n",
        "\"Author: Bob Bauer\nDate: 1999-09-20\"\n",
        "<!-- Author: Bob Bauer -->\n<!-- Date: 1999-09-20 -->\n",
        "(* Author: Bob Bauer\n   Date: 1999-09-20 *)\n",
        "\u{feff}# Author: Bob Bauer\n# Date: 1999-09-20\n",
    ] {
        assert_eq!(read(file), "Comment | Bob Bauer | 1999-09-20 | -", "{file}");
    }
}

#[test]
fn what_only_looks_like_an_author_or_a_date_is_not_one() {
    for file in [
        "# Date: 1998-2011\n",
        "# Date: 4/8/2011\n",
        "# Date: 2011-02-30\n",
        "# Author: $Author$\n",
        "# Author: <your name>\n",
        "# Author: 1998-2011\n",
        "author: bob\n",
        "{ \"Author: x\": 1 }",
        "# Authority: bob\n",
        "x = 1 # Author: bob\n",
    ] {
        assert_eq!(read(file), "-", "{file}");
    }
    assert_eq!(read("x\r".repeat(HEAD_LINES) + "# Author: bob"), "-");
    assert_eq!(shown(stamp(b"# Author: bob", "read.md", None).as_ref()), "-");
}

#[test]
fn names_are_decoded_leniently() {
    for (bytes, name) in [(&b"B\xC3\xB6b"[..], "Böb"), (b"B\xF6b", "Böb"), (b"B\x9Ab", "Böb"), (b"B\x1b[31m", "B [31m")] {
        assert_eq!(read([b"# Author: ", bytes, b"\r"].concat()), format!("Comment | {name} | - | -"));
    }
}

#[test]
fn an_own_pattern_wins_and_the_format_fills_in_what_it_leaves_open() {
    let file = [HEADER, "\"## bob @ 08.04.2011 13:02 ##\"!\r", &method("eve 1/2/2012 10:00")].concat();
    assert_eq!(
        with("## (?<author>\\w+) @ (?<time>.*) ##", &file),
        "Pattern | bob | 2011-04-08T13:02:00 | 2013-06-30T16:12:05.177126"
    );
    assert_eq!(with("@ (?<time>.*) ##", &file), "Pattern | eve | 2011-04-08T13:02:00 | 2013-06-30T16:12:05.177126");
    assert_eq!(with("^nothing (?<time>.*)$", &file), read(&file));
    assert_eq!(with("^by (?<author>.*)$", b"x\rby B\xF6b\ry"), "Pattern | Böb | - | -");
    assert_eq!(with("by (?<author>[A-Zö]+)", "by ÖBö Bö"), "-");
    for (time, expected) in [
        ("2024-10-30T06:07:16.5+01:00", "2024-10-30T06:07:16.5+01:00"),
        ("2011-04-08 13:02", "2011-04-08T13:02:00"),
        ("April 8, 2011 12:02:33 am", "2011-04-08T00:02:33"),
        ("8 April 2011 1:02 pm", "2011-04-08T13:02:00"),
        ("8/Apr/2011", "2011-04-08"),
        ("Fri Apr  8 13:02:33 2011", "2011-04-08T13:02:33"),
        ("2011-04-08 25:02", "2011-04-08"),
    ] {
        assert_eq!(with("^at (?<time>.*)$", format!("at {time}\r\n")), format!("Pattern | - | {expected} | -"));
    }
}

#[test]
fn a_bad_pattern_is_named_in_the_error() {
    for (bad, reason) in [("(?<author>", "regular expression"), ("a(.*)b", "(?<author>"), ("(?<time>.{9999}){99}", "regular")] {
        let error = Pattern::new(bad).expect_err("a bad pattern").to_string();
        assert!(error.contains(&format!("{bad:?}")) && error.contains(reason), "{error}");
    }
}

#[test]
fn times_are_written_and_read_back_alike_and_ordered_by_instant() {
    let ordered = [
        "1910-07-13",
        "1999-09-20",
        "1999-09-20T00:00:00",
        "2008-08-06T14:36:00.25",
        "2024-10-30T06:07:16+01:00",
        "2024-10-30T06:07:16Z",
        "2024-10-30T06:07:16-03:30",
    ];
    let read: Vec<When> = ordered.iter().map(|text| text.parse().expect("a time")).collect();
    assert!(read.is_sorted());
    for (when, text) in read.iter().zip(ordered) {
        let json = serde_json::to_string(when).expect("JSON");
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<When>(&json).expect("a time"), *when);
    }
    assert_eq!((read[5].approx_unix_ms(), read[5].zone_known(), read[3].zone_known()), (1_730_268_436_000, true, false));
    for bad in [
        "",
        "1999",
        "1999-9-20",
        "1999-09-20 10:00",
        "1999-09-20T10:00",
        "1999-02-30",
        "1999-09-20T10:00:00+1",
        "1999-09-20T10:00:00[UTC]",
    ] {
        bad.parse::<When>().expect_err("not a time");
    }
}

#[test]
fn a_stamp_is_plain_json_and_an_older_one_without_the_newer_fields_is_read() {
    let stamp = stamp(method("bob 8/6/2008 14:36").as_bytes(), "a.st", None).expect("a stamp");
    let json = serde_json::to_value(&stamp).expect("JSON");
    let expected = serde_json::json!({
        "kind": "method", "raw": "bob 8/6/2008 14:36", "author": "bob", "at": "2008-08-06T14:36:00",
        "zone_known": false, "precision": "minute", "offset": 31, "future": false,
    });
    assert_eq!(json["found"][0], expected);
    assert_eq!((&json["why"], &json["format"]), (&"newest-authored".into(), &"squeak-change-set".into()));
    assert_eq!(serde_json::from_value::<Stamp>(json).expect("a stamp"), stamp);
    let older = r#"{"author":"bob","changed_at":"2008-08-06T14:36:00","filed_out_at":null,"format":"squeak-change-set"}"#;
    assert_eq!(serde_json::from_str::<Stamp>(older).expect("a stamp").author.as_deref(), Some("bob"));
}

/// Pieces of all formats, so that random files get past the first look.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "\n",
        "\n",
        "!",
        "!!",
        " ",
        "'",
        "\"",
        "/*",
        "*/",
        "<!--",
        "-->",
        "# ",
        "a",
        "bob ",
        "Author: ",
        "Date: ",
        "+++ b\t",
        "--- a\n",
        "@@ -1 +1 @@\n",
        "8/6/2008 ",
        "2011-04-08 ",
        "13:02:33",
        " pm",
        " +0200",
        "8 April 2011 ",
        "April 8, 2011 ",
        " on ",
        " at ",
        "'From VisualWorks, ",
        "'From Squeak",
        "!A methodsFor: 'x' stamp: '",
        "!A commentStamp: '",
        "<st-source>",
        "<time-stamp>From ",
        "</time-stamp>",
        "----QUIT----{",
        "\"Change Set:",
        "\"Package A(1,bob)=\"",
        "From: ",
        "=?utf-8?q?",
        "?=",
        "=C3",
        "ö",
        "From aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Mon\n",
        "Signed-off-by: ",
        "\t",
        "1998-2011",
        "4/8/2011 ",
        "20/4/2011 10:00",
        "! From ! GEMSTONE: 3.1\n",
        "! On April 8, 2011, 1:02 pm\n",
        "# Created 3. April 2022 um 18:54:04 by T(1,bob)\n",
        "(name 'A-bob.1' date '08/06/2012' time '12:20:09' author 'bob' ancestors (",
        "\"Filed out from Dolphin",
        "\"bob - 2/26/2003",
        "$Id: a 1 2008-03-08 22:05:23Z bob $",
        "$Date: ",
        "$Author: bob $",
        "--liquibase formatted sql\n",
        "--changeset bob:1\n",
        " removeSelector: #a!",
        "Class { #name",
        "'Changes from (12 February 2025 7:23:24 pm )'",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(content: Vec<u8>) {
        let _ = stamp(&content, "a", None);
    }

    #[test]
    fn line_ends_do_not_change_the_answer(text in pieces()) {
        let placeless = |text: &str| {
            let mut stamp = stamp_with(text.as_bytes(), "a", &Hints::default());
            stamp.iter_mut().flat_map(|stamp| &mut stamp.found).for_each(|found| found.offset = 0);
            stamp
        };
        let expected = placeless(&text);
        for end in ["\r", "\r\n"] {
            prop_assert_eq!(&placeless(&text.replace('\n', end)), &expected);
        }
    }

    #[test]
    fn any_text_of_known_pieces_is_read_under_any_name_without_panic(text in pieces(), name in "[A-Z0-9a-]{0,9}(\\.cs|\\.st|\\.sql|\\.json)?") {
        let hints = Hints { date_order: Some(DateOrder::DayFirst), now: Some(Timestamp::from_ms(0)), ..Hints::default() };
        if let Some(stamp) = stamp_with(text.as_bytes(), &name, &hints) {
            prop_assert!(stamp.found.iter().all(|found| found.offset <= text.len()));
            prop_assert!(stamp.changed_at.is_none_or(|at| at.approx_unix_ms() <= 24 * 3_600_000));
        }
    }

    #[test]
    fn prose_before_a_mail_and_bytes_after_a_change_set_change_no_answer(prose in "[a-z \\n]{0,200}", rest: Vec<u8>) {
        let mail = mail("Bob <bob@example.org>");
        prop_assert_eq!(read(format!("{prose}\n{mail}")), read(&mail));
        let set = [HEADER, &method("bob 12/30/2012 10:00")].concat();
        let junk: Vec<u8> = rest.into_iter().filter(|b| *b >= 0x80).collect();
        prop_assert_eq!(read([set.as_bytes(), &junk].concat()), read(&set));
    }
}
