//! One small file of each format, for the properties that hold for all of them.

/// A file and what may be done to it without changing what it says.
pub(crate) struct Fixture {
    pub(crate) format: &'static str,
    pub(crate) name: &'static str,
    /// Lines end in LF.
    pub(crate) content: &'static str,
    /// Whether prose may stand before it; other formats are known by how they begin.
    pub(crate) prose: bool,
}

const fn fixture(format: &'static str, name: &'static str, prose: bool, content: &'static str) -> Fixture {
    Fixture { format, name, content, prose }
}

pub(crate) const FIXTURES: &[Fixture] = &[
    fixture(
        "SqueakChangeSet",
        "0161-isMorphic-jmv.1.cs.st",
        true,
        "'From Cuis 4.1 of 12 December 2012 [latest update: #1739] on 30 June 2013 at 4:12:05.177126 pm'!\n\
        \"Change Set:\t\tisMorphic\nDate:\t\t\t1 May 2020\nAuthor:\t\t\tBob Bauer\n\nNone are left!!\"\n\
        !Order commentStamp: '<historical>' prior: 0!\nI am an order!!\n!\n\
        !Order methodsFor: 'a' stamp: 'bob 12/30/2012 10:00'!\nprice\n\t\"stamp: 'eve 1/1/2020 10:00'\"\n\t^1! !\n\
        Order removeSelector: #tax!\n",
    ),
    fixture(
        "SqueakChangeSet",
        "Squeak.changes",
        false,
        "\n----SNAPSHOT----{8 July 2015 . 10:09:50 pm} a.image priorSource: 1!\n\
        ----QUIT/NOSAVE----{8 July 2015 . 10:09:53 pm} a.image priorSource: 303!\n",
    ),
    fixture(
        "VisualWorksXml",
        "Orders.xml",
        true,
        "<?xml version=\"1.0\"?>\n<st-source>\n<!-- Changes in change set Tax -->\n\
        <time-stamp>From VisualWorks(R), 7.4.1 of May 30, 2006 on December 7, 2006 at 4:20:46 pm</time-stamp>\n\
        <!-- bob 2006-12-07 16:20:00 -->\n<methods>\n</methods>\n</st-source>\n",
    ),
    fixture(
        "VisualWorksChunk",
        "Orders.st",
        true,
        "'From VisualWorks(R), Pre-Release 7 of June 3, 2002 on August 23, 2002 at 9:50:56 pm'!\n\n\
        \"Package Orders(0.2.11,bob)=\"!\n\nObject subclass: #Order!\n",
    ),
    fixture(
        "Topaz",
        "Order.gs",
        true,
        "!\n! From ! GEMSTONE: 3.1, Wed Nov  7 12:51:14 2012 eve private build; IMAGE: x completed at 10/10/2012 00:53:34\n\n! \n\n\
        ! On November 9, 2012, 4:41:41 PM\n!\nrun\nOrder removeAllMethods\n%\n",
    ),
    fixture(
        "Topaz",
        "Values.gs",
        false,
        "# Created 3. April 2022 um 18:54:04 by Gemstone Transform(1.4.0.7,bob)\nFileFormat UTF8\n",
    ),
    fixture(
        "Monticello",
        "version",
        false,
        "(name 'Orders-bob.33' message 'it''s' id 'x' date '08/06/2012' time '12:20:09' author 'bob' \
        ancestors ((name 'Orders-eve.32' message '' id 'y' date '13 May 2030' time '1:00:00 pm' author 'eve' ancestors ())))\n",
    ),
    fixture(
        "FileTree",
        "methodProperties.json",
        false,
        "{\n\t\"class\" : {\n\t\t\",\" : \"eve 9/20/2006 08:18\" },\n\t\"instance\" : {\n\t\t\"price\" : \"bob 10/3/2006 14:32\" } }\n",
    ),
    fixture("Tonel", "Order.class.st", false, "\"\nI am an order.\n\"\nClass {\n\t#name : 'Order'\n}\n"),
    fixture(
        "Dolphin",
        "Order.cls",
        false,
        "\"Filed out from Dolphin Smalltalk 7\"!\n\n!Order methodsFor!\nprice\n\t\"bob - 2/26/2003 Allow null.\"\n\t^1! !\n",
    ),
    fixture(
        "VaSmalltalk",
        "Orders.app",
        true,
        "Application create: #Orders with:\n    (#( A))!\n\nOrders becomeDefault!\n\"bob 2011-04-08 13:02:33\"!\n",
    ),
    fixture(
        "Smalltalk78",
        "0373nicerPane-vaf.st",
        false,
        "'Changes from (12 February 2025 7:23:24 pm )'\nPane understands: 'update\n\t[self]'\n",
    ),
    fixture(
        "GitPatch",
        "0001-Add-tax.patch",
        true,
        "From aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Mon Sep 17 00:00:00 2001\n\
        From: =?UTF-8?q?B=C3=B6b?=\n Bauer <bob@example.org>\nDate: Wed, 4 Jun 2025 17:28:19 +0200\nSubject: [PATCH] Add tax\n\n\
        Fixes #12\n---\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-x\n+# Author: eve\n",
    ),
    fixture(
        "UnifiedDiff",
        "fix.diff",
        true,
        "--- a.c\t2008-01-01 00:00:00 +0000\n+++ b.c\t2007-09-14 06:50:28.854125000 -0600\n@@ -1 +1 @@\n-x\n+# Author: eve\n",
    ),
    fixture(
        "Liquibase",
        "orders.sql",
        true,
        "--liquibase formatted sql\n\n--changeset eve:1\nx\n--changeset \"Bob Bauer\":1::tax labels:a\ncreate table a (b int);\n",
    ),
    fixture("Flyway", "V1__table.sql", true, "-- Author: Bob Bauer\ncreate table a (b int);\n"),
    fixture("Keyword", "a.c", true, "/* $Idaemons: eve $\n * $Id: a.c,v 1.3 1998/07/08 10:05:28 bob Exp $\n */\n"),
    fixture("Keyword", "b.c", true, "// $Date: 2009-08-09 17:44:15 +0900 (Sun, 09 Aug 2009) $\n// $Author: bob $\n"),
    fixture(
        "SqlServerScript",
        "dbo.Tax.sql",
        true,
        "USE [Orders]\nGO\n/****** Object:  Table [dbo].[Tax]    Script Date: 1/27/2017 8:36:35 AM ******/\nSET ANSI_NULLS ON\n",
    ),
    fixture("Comment", "tax.py", true, "# Author: Bob Bauer\n# Date: 1999-09-20\nprint(1)\n"),
    fixture("Comment", "tax.f", true, "c     Author: Bob Bauer\nc     Date: 20 Sep 1999\n      end\n"),
    fixture("Comment", "tax.cob", true, "000100 AUTHOR.  BOB BAUER.\n000200 DATE-WRITTEN. 20-SEP-1999.\n"),
    fixture("Comment", "tax.st", true, "x := 1.\n\"bob 2011-04-08 13:02:33\"\n"),
];
