//! Comment headers by hand and by editors, in the styles of many languages.

use super::super::*;
use super::shown;

fn named(name: &str, content: impl AsRef<[u8]>) -> String {
    shown(stamp_with(content.as_ref(), name, &Hints::default()).as_ref())
}

#[test]
fn each_language_has_its_own_marks() {
    let expected = "Comment | Bob Bauer | 1999-09-20 | -";
    for (name, file) in [
        ("tax.f", "C     AUTHOR: Bob Bauer                              C\nc     Date: 1999-09-20\n"),
        ("tax.f90", "! Author: Bob Bauer\n! Date: 1999-09-20\n"),
        ("tax.cob", "      *> Author:  Bob Bauer\n000200* Date-Written: 1999.09.20\n"),
        ("tax.cbl", "000200 AUTHOR.  Bob Bauer.          LV001\n000300 DATE-WRITTEN. 20-SEP-1999.   TAX\n"),
        ("tax.bat", "@echo off\nREM Author: Bob Bauer\n:: Date: 1999-09-20\n"),
        ("tax.bas", "' Author: Bob Bauer\n' Date: 1999-09-20\n"),
        ("tax.pas", "{ Author: Bob Bauer\n  Date: 1999-09-20 }\n"),
        ("tax.adb", "--  Author: Bob Bauer\n--  Date: 1999-09-20\n"),
        ("tax.py", "'''\nAuthor: Bob Bauer\nDate: 1999-09-20\n'''\n"),
        ("tax.lua", "--[[\nAuthor: Bob Bauer\nDate: 1999-09-20\n]]\n"),
        ("tax.ps1", "<#\nAuthor: Bob Bauer\nDate: 1999-09-20\n#>\n"),
        ("tax.vim", "\" Author: Bob Bauer\n\" Date: 1999-09-20\n"),
        ("tax.R", "#' Author: Bob Bauer\n##' Date: \"1999-09-20\"\n"),
        ("tax.do", "* Author: Bob Bauer\n* Date: 1999-09-20\n"),
        ("tax.m4", "dnl Author: Bob Bauer\ndnl Date: 1999-09-20\n"),
    ] {
        for end in ["\n", "\r\n", "\r"] {
            assert_eq!(named(name, file.replace('\n', end)), expected, "{name} {end:?}");
        }
    }
    for (name, code) in [
        ("tax.js", "{\n  author: 'Bob',\n  date: '1999-09-20'\n}\n"),
        ("tax.st", "! Author: Bob\n"),
        ("tax.txt", "c Author: Bob\nREM Author: Bob\n' Author: Bob\n"),
        ("tax.c", "AUTHOR. BOB.\n"),
    ] {
        assert_eq!(named(name, code), "-", "{name}");
    }
}

#[test]
fn a_date_behind_a_label_comes_in_more_forms() {
    for (text, expected) in [
        ("Mon Apr  6 15:32:02 1998", "1998-04-06T15:32:02"),
        ("Thu Nov 25 00:40:56 PST 2004", "2004-11-25T00:40:56"),
        ("Monday, April 6th 1998", "1998-04-06"),
        ("Mon 06 Apr 1998 10:54:37 PM CST", "1998-04-06T22:54:37"),
        ("1998 Apr 6", "1998-04-06"),
        ("10:30:11 13/04/1998", "1998-04-13T10:30:11"),
        ("8:52:23 am April 10, 2007", "2007-04-10T08:52:23"),
        ("2015/01/22-15:44:44", "2015-01-22T15:44:44"),
        ("<2019-02-15 12:33:40>", "2019-02-15T12:33:40"),
        ("1 Sep. 2010", "2010-09-01"),
        ("7-17-92", "1992-07-17"),
        ("1998-04-06 10:54 (first draft)", "1998-04-06T10:54:00"),
    ] {
        assert_eq!(named("a.c", format!("/* Date: {text} */\n")), format!("Comment | - | {expected} | -"), "{text}");
    }
    for none in ["march-may 2008", "oct 2012", "10-11-12", "Mon", "monster 2010-01-01", "05/04/2021 x", "12:00"] {
        let stamp = stamp_with(format!("// Date: {none}\n").as_bytes(), "a.c", &Hints::default());
        assert!(stamp.is_none_or(|stamp| stamp.changed_at.is_none()), "{none}");
    }
}

#[test]
fn whoever_modified_a_file_last_comes_before_whoever_began_it() {
    for file in [
        "/*\n * @Author: eve\n * @Date: 2019-12-18 10:02:13\n * @Last Modified by: bob\n * @Last Modified time: 2021-02-25 15:42:41\n */\n",
        "/*\n * @LastEditTime: 2021-02-25 15:42:41\n * @LastEditors: bob\n * @Author: eve\n * @Date: 2019-12-18\n */\n",
        "# Created by: eve\n# Created on: 12/18/2019\n# Last modified by: bob\n# Last modified on: Thu Feb 25 15:42:41 2021\n",
        "# Author: eve\n# Last modified: 2021-02-25 15:42:41 by bob\n",
        "// Author: eve  Date: 18 Dec 2019\n// Last modified on Thu Feb 25 15:42:41 2021 by bob\n",
    ] {
        assert_eq!(named("a.js", file), "Comment | bob | 2021-02-25T15:42:41 | -", "{file}");
    }
    let template = "/*\n * @Author: bob\n * @LastEditors: Please set LastEditors\n * @LastEditTime: 2021-02-25 15:42:41\n */\n";
    assert_eq!(named("a.js", template), "Comment | bob | 2021-02-25T15:42:41 | -");
}

#[test]
fn the_day_a_file_was_begun_counts_when_it_says_no_other() {
    let procedure = "-- Author:\t\tBob Bauer\n-- Create date: 29/09/2014\n-- Description:\tx\nCREATE PROCEDURE x\n";
    assert_eq!(named("a.sql", procedure), "Comment | Bob Bauer | 2014-09-29 | -");
    let doubtful = stamp_with(procedure.replace("29/", "04/").as_bytes(), "a.sql", &Hints::default()).expect("a stamp");
    assert_eq!((doubtful.changed_at, doubtful.ambiguous), (None, true));
    assert_eq!(named("a.sql", format!("{procedure}-- Modified: 2015-01-02\n")), "Comment | Bob Bauer | 2015-01-02 | -");
}

#[test]
fn a_link_around_an_author_is_left_out() {
    let file = "/**\n * @author <a href=\"mailto:bob@example.org\">Bob Bauer</a>\n */\n";
    assert_eq!(named("A.java", file), "Comment | Bob Bauer | - | -");
    assert_eq!(named("A.java", "/** @author <a href=\"x */\n"), "-");
}

#[test]
fn the_newest_row_of_a_history_is_the_last_change() {
    for (rows, expected) in [
        ("Modification History:\n08/29/2006 - Eve\n   First.\n10/14/2010 - Bob Bauer\n   More.", "Bob Bauer | 2010-10-14"),
        (
            "Modification History:\n\nAugust 26th, 2010 by Bob Bauer\n  More.\n\nAugust 6th, 2007 by Eve.",
            "Bob Bauer | 2010-08-26",
        ),
        ("modification history\n-----\n01b,14jun95,bob  removed.\n01a,20oct93,eve  created", "bob | 1995-06-14"),
        ("Date     Who         Description\n-------- ----------  ----\n05/31/01 Bob     Created.", "Bob | 2001-05-31"),
        ("Release  Date       ID/Name     Comment\nR0.01 2021/07/06  XYZ/B.Bauer     first", "XYZ/B.Bauer | 2021-07-06"),
        ("Change log:\nEve  March 1, 1998   Created\nBob/Kim     August 11, 1998     More", "Bob/Kim | 1998-08-11"),
        (
            "REVISION HISTORY:\n29-Jan-2001  Written by Eve, Home\n15-Oct-2021  Modified by B Bauer to do more",
            "B Bauer | 2021-10-15",
        ),
        ("Author: Bob Bauer\nChanges:  Date      Reason\n07/14/2016  Original version", "Bob Bauer | 2016-07-14"),
        ("Author: Bob Bauer\nRevision history:\nSeptember 16 2014 - File created", "Bob Bauer | 2014-09-16"),
        ("Author: Bob Bauer\nDate: 1999-09-20\nDate  Author  Reason\n2002/05/02  EVE  More", "Bob Bauer | 1999-09-20"),
        ("Author: Bob Bauer\nCreated: 1999-09-20\nDate  Author  Reason\n2002/05/02  EVE  More", "EVE | 2002-05-02"),
        ("v1.0 of 29 Oct 2006  - First.\nv1.1 of 09 Feb 2007  - More.", "- | 2007-02-09"),
        ("Author: Bob Bauer\nCreated: 1999-09-20\nRevision 1.1  2002/05/02 10:00:00  eve", "eve | 2002-05-02T10:00:00"),
        (
            "Author: Robin Eve\nDate: March 24th, 2005\nModification History:\nAugust 26th, 2010 by Bob Bauer\n  More.",
            "Bob Bauer | 2010-08-26",
        ),
        ("Author: Bob Bauer\nDate: 2012-01-02\nHistory:\n2010-08-26 eve  More", "Bob Bauer | 2012-01-02"),
        ("2003-05-23 eve  created\n2003-05-28 bob  added prices", "bob | 2003-05-28"),
        ("12-Mar-2003 Bob Bauer: rounds prices", "Bob Bauer | 2003-03-12"),
        ("2003-05-23 release\nnothing more", "- | -"),
        ("Prices of 2003-05-23 and\n2003-05-28 were wrong", "- | -"),
        ("Author: Bob Bauer\nMilestones of the project\n05/31/2001 Eve  left", "Bob Bauer | -"),
    ] {
        let file = format!("/*\n * {}\n */\nint x;\n", rows.replace('\n', "\n * "));
        let expected = if expected == "- | -" { "-".to_owned() } else { format!("Comment | {expected} | -") };
        assert_eq!(named("a.c", file), expected, "{rows}");
    }
}

#[test]
fn an_older_row_is_kept_as_a_remark() {
    let file = "# Change history:\n# 2001-04-05 eve  created\n# 2003-04-05 bob  rounds prices\n";
    let found = stamp_with(file.as_bytes(), "a.sh", &Hints::default()).expect("a stamp").found;
    assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), [Kind::Remark, Kind::Label]);
}

#[test]
fn a_history_is_read_to_its_end_beyond_the_head() {
    let rows = " * 2001-04-05 eve  more\n".repeat(200);
    let file = |gap: &str| format!("/*\n * History:\n{rows} * 2003-05-28 bob  rounds\n{gap} * 2004-01-02 eve  last\n */\n");
    assert_eq!(named("a.c", file("")), "Comment | eve | 2004-01-02 | -");
    assert_eq!(named("a.c", file(" */\nint x;\n/*\n")), "Comment | bob | 2003-05-28 | -");
}

#[test]
fn sentences_name_who_made_or_changed_it() {
    for (head, expected) in [
        ("Modified by Bob Bauer for prices", "Bob Bauer | -"),
        ("Author: Eve Example\nModified by Bob Bauer <bob@example.org>, 2010", "Bob Bauer | -"),
        ("Written by Eve Example\nUpdated for new prices by Bob Bauer", "Bob Bauer | -"),
        ("Originally written by Bob Bauer (Anytown), 1999.", "Bob Bauer | -"),
        ("Created by Eve Example (eve@example.org) on 08/28/2018\nModified by Bob Bauer on 01/16/2019", "Bob Bauer | 2019-01-16"),
        ("Created by Bob Bauer, 28 August 2018", "Bob Bauer | 2018-08-28"),
        ("Last modified 28-Aug-2018", "- | 2018-08-28"),
        ("Modified: Bob Bauer <bob@example.org> 2007 for prices", "Bob Bauer <bob@example.org> | -"),
        ("Authors Bob Bauer <bob@example.org>", "Bob Bauer <bob@example.org> | -"),
        ("Authors:\n- bob bauer <bob@example.org>\n- eve <eve@example.org>", "bob bauer <bob@example.org> | -"),
        (":Author: Bob Bauer\n:Date: 2018-08-28", "Bob Bauer | 2018-08-28"),
        ("Author:- Bob Bauer", "Bob Bauer | -"),
        ("AUTHOR     Bob Bauer\nDATE       28-Aug-2018", "Bob Bauer | 2018-08-28"),
        ("Author: Bob Bauer <bob@example.org> December 1997.", "Bob Bauer <bob@example.org> | -"),
        ("Author: Bob Bauer -- bob@example.org", "Bob Bauer | -"),
        ("Maintainer: Bob Bauer\nLast Change: 2018 Aug 28", "Bob Bauer | 2018-08-28"),
        ("Maintainer: Eve\nAuthor: Bob Bauer", "Bob Bauer | -"),
        ("V4 created by Bob Bauer on 17/10/2018", "Bob Bauer | 2018-10-17"),
        ("Output adapted by Bob Bauer, 17-10-2018", "Bob Bauer | 2018-10-17"),
        ("@author Bob Bauer\n@date Last modified October 17, 2018", "Bob Bauer | 2018-10-17"),
        ("Procedure: round      Author: Bob Bauer\n                       Date  : 17 Oct 2018", "Bob Bauer | 2018-10-17"),
        ("Programmer: Bob Bauer\n   Wednesday, October 17, 2018", "Bob Bauer | 2018-10-17"),
        ("Author: <Bob Bauer>\nLast Modified: <17.10.99> - faster", "Bob Bauer | 1999-10-17"),
        ("Author: Bob Bauer (2018).", "Bob Bauer | -"),
        ("Author: Fred Bauer, Jr.\nDate: 99.10.17", "Fred Bauer, Jr. | 1999-10-17"),
        ("Change History:\n19MAR89  Eve Example  Created\n06Dec90  Bob Bauer  Fixed", "Bob Bauer | 1990-12-06"),
        ("Change history:\nJan 27, 2012 (v2)\n  - more", "- | 2012-01-27"),
        ("version: 2018-10-17 - by Bob Bauer", "Bob Bauer | 2018-10-17"),
        ("Author:\n\n    Bob Bauer (bob) 2018-10-17", "Bob Bauer (bob) | 2018-10-17"),
        ("Created By: BB (20181017)\nScript Date: 20181016", "BB | 2018-10-17"),
    ] {
        let file = format!("/*\n * {}\n */\nint x;\n", head.replace('\n', "\n * "));
        assert_eq!(named("a.c", file), format!("Comment | {expected} | -"), "{head}");
    }
    for none in [
        "Modified values are used by Bob Bauer",
        "Updated by default",
        "Author: TODO",
        "Author: <Author,,Name>",
        "Author: <your name here>",
        "Author: (unknown)",
        "Author\tDate\tReason",
        "To be paid by Monday, 17 October 2018",
    ] {
        assert_eq!(named("a.c", format!("/*\n * {none}\n */\n")), "-", "{none}");
    }
}

#[test]
fn a_short_year_with_dots_may_stand_first_or_last() {
    let read = |date: &str, hints: &Hints| {
        let stamp = stamp_with(format!("// Created by Bob Bauer on {date}.\n").as_bytes(), "a.swift", hints).expect("a stamp");
        (stamp.changed_at.map(|at| at.to_string()), stamp.ambiguous)
    };
    let days = Hints { date_order: Some(DateOrder::DayFirst), ..Hints::default() };
    assert_eq!(read("19.06.23", &Hints::default()), (None, true));
    assert_eq!(read("19.06.23", &days), (Some("2023-06-19".to_owned()), false));
    assert_eq!(read("19.06.99", &Hints::default()), (Some("1999-06-19".to_owned()), false));
}

#[test]
fn labels_come_in_many_spellings() {
    for (head, expected) in [
        ("DATE..: 1999-09-20\nAUTHOR: Bob Bauer", "Bob Bauer | 1999-09-20"),
        ("Author   - Bob Bauer\nLast mod: 20 SEP 1999", "Bob Bauer | 1999-09-20"),
        ("Created by : Bob Bauer\nDate Created : 09.20.1999", "Bob Bauer | 1999-09-20"),
        ("@author Create by Bob on 1999/9/20 17:40", "Bob | 1999-09-20T17:40:00"),
        ("@author bob\n@version 1999-09-20", "bob | 1999-09-20"),
        ("author: \"Bob\"\nLast updated: 20-09-1999 - 08:22 PM", "Bob | 1999-09-20T20:22:00"),
        ("Author:\n\n      Bob Bauer\n\nCopyright 1999", "Bob Bauer | -"),
        ("Author: Eve\nCreate date: 1998-01-25\nModify date: 1999-09-20 - BOB: rounds", "BOB | 1999-09-20"),
        ("Written by Bob Bauer.", "Bob Bauer | -"),
        ("written by Bob Bauer, Anytown, October 1999", "Bob Bauer | -"),
        ("@author Bob Bauer (created on 20.9.1999)", "Bob Bauer | 1999-09-20"),
    ] {
        let file = format!("/*\n * {}\n */\nint x;\n", head.replace('\n', "\n * "));
        assert_eq!(named("a.c", file), format!("Comment | {expected} | -"), "{head}");
    }
    for none in ["Author:\n * Description: x", "written by hand", "Author:\n * the lines below do it all"] {
        assert_eq!(named("a.c", format!("/*\n * {none}\n */\n")), "-", "{none}");
    }
    assert_eq!(named("a.cob", "      *Author: Bob\n      /Date: 2/24/2019\n"), "Comment | Bob | 2019-02-24 | -");
}

#[test]
fn a_date_that_may_be_the_last_one_leaves_no_other() {
    let file = "; Creation date: 2/2/2015\n; Last modified: 2/4/2015 9:03PM\n";
    let stamp = stamp_with(file.as_bytes(), "a.asm", &Hints::default()).expect("a stamp");
    assert_eq!((stamp.changed_at, stamp.ambiguous), (None, true));
    let older = file.replace("2/4/2015 9:03PM", "2/4/2014");
    assert_eq!(named("a.asm", older), "Comment | - | 2015-02-02 | -");
}
