//! Prints the CPU time of reading stamps out of 32 MiB of whatever is hardest to read: `cargo bench -p fieldpost-tests --bench stamps`.
//!
//! The goal for each is under a second; the memory of the process is printed once at the end.

use fieldpost_common::encoding::decode;
use fieldpost_common::stamp::{Hints, stamp_with};

const SIZE: usize = 32 << 20;

/// What a file begins with, and what fills the rest of it: (name, head, piece).
const FILES: [(&str, &str, &str); 40] = [
    ("one line of numbers", "", "1 1 1 1 "),
    ("one line of dates", "", "4/8/2011 "),
    ("one line of letters", "", "a"),
    ("one line of blanks", "", " "),
    ("empty lines", "", "\n"),
    ("bangs", "", "!"),
    ("quotes", "", "'"),
    ("dollars", "", "$"),
    ("keywords", "", "$Id:$Date:"),
    ("keywords with numbers", "", "$Id: 1 1 1 1 1 1 1 1 1$"),
    ("bangs in a change set", HEADER, "!"),
    ("one-letter chunks in a change set", HEADER, "!a "),
    ("one-letter code in a change set", HEADER, "a! "),
    ("quotes in a change set", HEADER, "'"),
    ("comments in a change set", HEADER, "\"\"! "),
    ("lines in a change set", HEADER, "\n"),
    ("method stamps", "", "!A methodsFor: 'x' stamp: 'bob 1/2/2003 10:00'!\na\n\t^1! !\n"),
    ("short method stamps", "", "!A methodsFor: '' stamp:'b 1/1/01'! !\n"),
    ("stamps full of numbers", "", "!A methodsFor: 'x' stamp: '1 1 1 1 1 1 1 1 1 1 1 1'!\n"),
    ("stamps full of letters", "", "!A methodsFor: 'x' stamp: 'a\u{e9}a\u{e9}a\u{e9}a\u{e9}a\u{e9}a\u{e9}a\u{e9}a\u{e9}'!\n"),
    ("signed comments", HEADER, "\"bob 2011-04-08 13:02:33\"!\n"),
    ("removals", HEADER, "Order removeSelector: #price!\n"),
    ("log records", "", "----QUIT----{8 July 2015 . 10:09:53 pm} a!\n"),
    ("VisualWorks chunks", "'From VisualWorks, 7 of May 30, 2006 on May 31, 2006 at 1:00 pm'!\n", "\"Package A(1,b)=\"! "),
    ("removals in XML", "<st-source><time-stamp>From </time-stamp>", "<remove-selector>"),
    ("mails", "", "From aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Mon Sep 17 00:00:00 2001\nFrom: b\nDate: 4 Jun 2025 17:28\n\n"),
    ("encoded words", "From aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Mon Sep 17 00:00:00 2001\nFrom: ", "=?utf-8?q?=C3?= "),
    ("lines in a mail", "From aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Mon Sep 17 00:00:00 2001\nFrom: b\n\n", "\n"),
    ("sign-offs", "@@ -\n", "Signed-off-by: b\n"),
    ("diffs", "", "--- a\n+++ b\t2007-09-14 06:50:28\n@@ -1 +1 @@\n"),
    ("lines in a diff", "@@ -\n", "\n"),
    ("versions", "", "(name 'a' date '1/2/2003' time '1:02' author 'b' ancestors ("),
    ("quotes in a version", "(name 'a", "'"),
    ("change sets of SQL", "--liquibase formatted sql\n", "--changeset b:1\n"),
    ("lines of SQL", "--liquibase formatted sql\n", "\n"),
    ("Topaz", "! From ! GEMSTONE\n", "! On 1/2/2003\n"),
    ("remarks in Dolphin", "\"Filed out from Dolphin\"!", "\"b - 1/2/2003\""),
    ("quotes in Dolphin", "\"Filed out from Dolphin\"!", "\""),
    ("JSON", "{\"instance\":{\"class\":", "\"b 1/2/2003 1:02\":"),
    ("a doubtful date and slashes", "\"bob 4/8/2011 10:00\"\n", "/"),
];

const HEADER: &str = "'From Squeak3.7 of 4 September 2004 on 16 April 2008 at 4:23:49 am'!\n";

fn main() {
    let mut slowest = 0.0_f64;
    for (name, head, piece) in FILES {
        let content: Vec<u8> = head.bytes().chain(piece.bytes().cycle()).take(SIZE).collect();
        let file = if name == "JSON" { "methodProperties.json" } else { "a.st" };
        let before = cpu_seconds();
        let found = stamp_with(&content, file, &Hints::default());
        let seconds = cpu_seconds() - before;
        slowest = slowest.max(seconds);
        let format = found.map_or("-".to_owned(), |stamp| format!("{:?}, {} found", stamp.format, stamp.found.len()));
        println!("{seconds:6.2} s  {name}: {format}");
    }
    let latin: Vec<u8> = b"gr\xFC\xDFe ".iter().copied().cycle().take(SIZE).collect();
    let before = cpu_seconds();
    let (text, encoding) = decode(&latin);
    println!("{:6.2} s  decoding to {} bytes, {encoding}", cpu_seconds() - before, text.len());
    println!("slowest {slowest:.2} s of CPU for 32 MiB (goal: 1 s); {} MB at most, the content included", peak_megabytes());
}

/// User and system time of this process.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let nanoseconds: f64 = stat.split(' ').next().expect("a first number").parse().expect("a number");
    nanoseconds / 1e9
}

fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
    line.split_ascii_whitespace().nth(1).expect("a number").parse::<u64>().expect("a number") / 1024
}
