//! Diffs, SQL, keywords and comments, each with its traps.

use super::super::*;
use super::{read, shown};

fn named(name: &str, content: impl AsRef<[u8]>) -> String {
    shown(stamp_with(content.as_ref(), name, &Hints::default()).as_ref())
}

const HUNK: &str = "--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-x\n+Author: eve\n";

#[test]
fn the_headers_before_a_quilt_patch_name_its_author_before_any_sign_off() {
    for (head, expected) in [
        (
            "From: Bob <b@x>\nDate: Wed, 4 Jun 2025 17:28:19 +0200\nSubject: [PATCH] x\n\n",
            "Bob <b@x> | 2025-06-04T17:28:19+02:00",
        ),
        ("Description: x\nAuthor: Bob <b@x>\nLast-Update: 2013-05-02\n", "Bob <b@x> | 2013-05-02"),
        (
            "commit abc\nAuthor: Bob <b@x>\nDate:   Wed Jun 4 17:28:19 2025 +0200\n\n    x\n\n",
            "Bob <b@x> | 2025-06-04T17:28:19+02:00",
        ),
        ("# HG changeset patch\n# User Bob <b@x>\n# Date 1263480000 -3600\n", "Bob <b@x> | 2010-01-14T15:40:00+01:00"),
        ("Signed-off-by: Eve <e@x>\nSigned-off-by: Bob <b@x>\n", "Eve <e@x> | -"),
        ("Index: a.c\n=====\n", "- | -"),
    ] {
        assert_eq!(named("fix.patch", format!("{head}{HUNK}")), format!("UnifiedDiff | {expected} | -"), "{head}");
    }
}

#[test]
fn the_last_change_set_of_formatted_sql_names_the_author() {
    for (lines, expected) in [
        ("--changeset your.name:1\nx\n--changeset other.dev:3 labels:a context:b", "other.dev"),
        ("-- changeset \"Some User\":1::createView splitStatements:true", "Some User"),
        ("--changeset \"n voxland\":\"change 2\"", "n voxland"),
        ("--changeset nvoxland:: ::sid", "nvoxland"),
        ("--ChangeSet bob:1578520961284-9", "bob"),
        ("--changeset ${authorProp}:1", "-"),
        ("--changeset bob:1\n--changeset ${authorProp}:2", "-"),
        ("select '--changeset eve:1'", "-"),
    ] {
        for first in ["--liquibase formatted sql", "-- Liquibase Formatted SQL", "--\tliquibase formatted sql changeLogId:1"] {
            let file = format!("{first}\n\n{lines}\ncreate table a (b int);\n-- Author: eve\n");
            assert_eq!(named("V1__a.sql", file), format!("Liquibase | {expected} | - | -"), "{lines}");
        }
    }
}

#[test]
fn a_migration_is_known_by_its_name_and_has_no_stamp_of_its_own() {
    for (name, number, title) in [
        ("V1__table.sql", Some("1"), "table"),
        ("V2.1_3__add_a_table.sql", Some("2.1.3"), "add a table"),
        ("R__views.sql", None, "views"),
        ("U1__table.sql", Some("1"), "table"),
    ] {
        let stamp = stamp_with(b"create table a (b int);\n", name, &Hints::default()).expect("a stamp");
        assert_eq!(shown(Some(&stamp)), "Flyway | - | - | -");
        assert_eq!((stamp.number.as_deref(), stamp.title.as_deref()), (number, Some(title)));
    }
    assert_eq!(named("V1__table.sql", "-- Author: bob\n"), "Flyway | bob | - | -");
    assert_eq!(named("Values__x.sql", "x"), "-");
}

#[test]
fn keywords_are_read_as_each_system_expands_them() {
    for (keyword, expected) in [
        ("$Id: wiring.c 388 2008-03-08 22:05:23Z mellis $", "mellis | 2008-03-08T22:05:23Z"),
        ("$Id: complex.rb,v 1.3 1998/07/08 10:05:28 keiju Exp keiju $", "keiju | 1998-07-08T10:05:28Z"),
        ("$Id: a.h,v 1.2 2009/05/24 02:13:00 Bob Bauer Exp $", "Bob Bauer | 2009-05-24T02:13:00Z"),
        ("$Id: old.c,v 1.3 93/07/08 10:05:28 keiju Exp $", "keiju | 1993-07-08T10:05:28Z"),
        ("$Id: date.rb,v 2.37 2008-01-17 20:16:31+09 tadf Exp $", "tadf | 2008-01-17T20:16:31+09:00"),
        ("$Header: /cvs/a.c,v 1.1 2008/01/17 20:16:31 bob Exp $", "bob | 2008-01-17T20:16:31Z"),
        ("$Date: 2009-08-09 17:44:15 +0900 (Sun, 09 Aug 2009) $", "- | 2009-08-09T17:44:15+09:00"),
        ("$LastChangedDate:: 2009-08-09 17:44:15 +0900 #$ $LastChangedBy: bob $", "bob | 2009-08-09T17:44:15+09:00"),
        ("$Author: keiju $", "keiju | -"),
        ("$FreeBSD: src/lib/a.c,v 1.1 2008/01/17 20:16:31 bob Exp $", "bob | 2008-01-17T20:16:31Z"),
        (
            "$LastChangedDate: 2009-08-09 17:44:15 +0900\n *  (Sun, 09 Aug 2009) $ $LastChangedBy: bob $",
            "bob | 2009-08-09T17:44:15+09:00",
        ),
        (
            "$Log: a.c,v $\n * Revision 1.2  2008/01/17 20:16:31  bob\n * More\n * Revision 1.1  2007/01/17 20:16:31  eve",
            "bob | 2008-01-17T20:16:31Z",
        ),
    ] {
        assert_eq!(read(format!("/* a\n {keyword}\n*/\n")), format!("Keyword | {expected} | -"), "{keyword}");
        assert_eq!(read(format!("static char id[] = \"{keyword}\";\n")), format!("Keyword | {expected} | -"), "{keyword}");
    }
}

#[test]
fn behind_a_hundred_thousand_keywords_that_say_nothing_no_more_are_looked_at() {
    let id = "$Id: a.c,v 1.2 2011/04/08 13:02:33 bob Exp $";
    assert_eq!(named("a.c", format!("{}{id}", "$Id: 1$\n".repeat(99_999))), "Keyword | bob | 2011-04-08T13:02:33Z | -");
    assert_eq!(named("a.c", format!("{}{id}", "$Id: 1$\n".repeat(100_000))), named("a.c", "$Id: 1$\n"));
}

#[test]
fn what_only_looks_like_a_keyword_says_nothing() {
    for decoy in [
        "$Id$",
        "$Id: $",
        "$Idaemons: /home/cvs/rb/a.rb,v 1.2 2001/05/30 09:37:45 eve Exp $",
        "$RoughId: a.rb,v 1.4 2003/10/14 19:45:42 eve Exp $",
        "$id: NAME 0.006$",
        "$Id: 54a4f0239f2e54a4f0239f2e54a4f0239f2e54a4 $",
        "$Id: a.rb,v\n 1.4 2003/10/14 19:45:42 eve Exp $",
        "$Id: a.rb,v 1.4 2003/10/14 19:45:42 eve Exp",
        "$Date$ $Author$",
    ] {
        assert_eq!(read(format!("# {decoy}\n")), "-", "{decoy}");
        let real = format!("# {decoy}\n# $Id: a.c 388 2008-03-08 22:05:23Z bob $\n");
        assert_eq!(read(real), "Keyword | bob | 2008-03-08T22:05:23Z | -", "{decoy}");
    }
}

#[test]
fn comments_by_hand_come_in_more_forms() {
    for (file, expected) in [
        ("# Author:: Bob Bauer\n# Date:: 2007/275\n", "Bob Bauer | 2007-10-02"),
        ("# Date:: 2007/366\n", ""),
        ("# modified the loop on April 5, 2010\n", "- | 2010-04-05"),
        ("// Modified by Bob Bauer on 2010-04-05.\n", "Bob Bauer | 2010-04-05"),
        ("# modified on April 5, 2010 for eve\n", ""),
        ("# by Bob Bauer(bob@example.org)\n", "Bob Bauer | -"),
        ("# by hand (see below)\n", ""),
        ("# initial version: 3 May 2000 by Bob and Eve\n# Modified May 2002 Eve - support\n", ""),
        ("# Date: 1/2/85\n# Date: 1/13/84\n", "- | 1985-01-02"),
        ("# Date: 1/13/04\n", "- | 2004-01-13"),
    ] {
        let expected = if expected.is_empty() { "-".to_owned() } else { format!("Comment | {expected} | -") };
        assert_eq!(read(file), expected, "{file}");
    }
}

#[test]
fn of_two_ids_at_the_head_the_newest_counts_and_elsewhere_the_first() {
    let ids = "/* $NetBSD: a.c,v 1.2 2000/10/10 20:24:52 eve Exp $ */\n/* $FreeBSD: a.c,v 1.9 2008/01/31 13:22:13 bob Exp $ */\n";
    assert_eq!(read(ids), "Keyword | bob | 2008-01-31T13:22:13Z | -");
    let below = "x\n".repeat(HEAD_LINES) + "$Id: a.c 388 2008-03-08 22:05:23Z bob $\n$Id: b.c 390 2009-03-08 22:05:23Z eve $\n";
    assert_eq!(read(below), "Keyword | bob | 2008-03-08T22:05:23Z | -");
}

#[test]
fn a_script_of_sql_server_is_dated_in_the_form_of_its_writers_system() {
    let script = |date: &str| format!("USE [A]\nGO\n/****** Object:  View [dbo].[B]    Script Date: {date} ******/\nGO\n");
    for (date, expected) in [
        ("1/27/2017 8:36:35 PM", "2017-01-27T20:36:35"),
        ("14/11/2023 10.09.31", "2023-11-14T10:09:31"),
        ("2022-03-15 오후 12:59:18", "2022-03-15T12:59:18"),
        ("2015/01/27 9:04:03", "2015-01-27T09:04:03"),
    ] {
        assert_eq!(read(script(date)), format!("SqlServerScript | - | {expected} | {expected}"), "{date}");
    }
    let doubtful = stamp_with(script("5/7/2015 5:33:03 PM").as_bytes(), "a.sql", &Hints::default()).expect("a stamp");
    assert_eq!((doubtful.changed_at, doubtful.ambiguous), (None, true));
    let signed = script("1/27/2017 8:36:35 PM") + "-- Author: Bob Bauer\n-- Create date: 01/26/2017\n";
    assert_eq!(read(signed), "SqlServerScript | Bob Bauer | 2017-01-26 | 2017-01-27T20:36:35");
}

#[test]
fn what_the_mail_says_comes_before_whoever_put_a_patch_into_mercurial() {
    let head = "# HG changeset patch\n# User Eve <eve@example.org>\n# Date 1187630090 14400\nAdd tax\n\n";
    let diff = "diff -r 1 -r 2 a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-a\n+b\n";
    assert_eq!(read(format!("{head}{diff}")), "UnifiedDiff | Eve <eve@example.org> | 2007-08-20T13:14:50-04:00 | -");
    let from = format!("{head}From: Bob <bob@example.org>\n\n{diff}");
    assert_eq!(read(from), "UnifiedDiff | Bob <bob@example.org> | 2007-08-20T13:14:50-04:00 | -");
    let port = format!("$FreeBSD: ports/a,v 1.5 2012/11/17 06:01:16 bob Exp $\n\n{diff}");
    assert_eq!(read(port), "UnifiedDiff | bob | 2012-11-17T06:01:16Z | -");
}

#[test]
fn any_message_with_headers_is_mail() {
    let headers = "Received: from a by b; Thu, 22 Jul 1999 20:37:54 -0400\n\tid X\nDate: Thu, 22 Jul 1999 18:37:46 -0600 (MDT)\nFrom: Bob Bauer\n <bob@example.org>\nSubject: Prices\n\nHello,\n";
    for file in [headers.to_owned(), format!("From bob@example.org Thu Jul 22 20:37:55 1999\n{headers}")] {
        let stamp = stamp_with(file.as_bytes(), "prices", &Hints::default());
        assert_eq!(shown(stamp.as_ref()), "GitPatch | Bob Bauer <bob@example.org> | 1999-07-22T18:37:46-06:00 | -");
        assert_eq!(stamp.and_then(|stamp| stamp.title).as_deref(), Some("Prices"));
    }
    for other in [
        "From: Bob\nnot a header at all\nDate: 1999-07-22\n",
        "From: Bob\n\nDate: 1999-07-22\n",
        "Date: 1999-07-22\n\nFrom: Bob\n",
    ] {
        assert_eq!(named("prices", other), "-", "{other}");
    }
}

#[test]
fn a_history_that_went_on_after_the_repository_counts() {
    let id = "# $Id: tax.sh,v 1.1 2007/05/05 18:08:19 eve Exp $\n# Author: Kim\n# History:\n# 2006-01-02 kim  Created\n";
    assert_eq!(named("tax.sh", id), "Keyword | eve | 2007-05-05T18:08:19Z | -");
    assert_eq!(named("tax.sh", format!("{id}# 2021-09-24 bob  Rounds prices\n")), "Keyword | bob | 2021-09-24 | -");
}
