//! Prints the CPU time of reading stamps out of 32 MiB of whatever is hardest to read: `cargo bench -p fieldpost-tests --bench stamps`.
//!
//! The goal for each is under a second; the memory of the process is printed once at the end.

use fieldpost_common::encoding::decode;
use fieldpost_common::stamp::{Hints, stamp_with};

const SIZE: usize = 32 << 20;

/// Pieces that a file of that size is made of.
const PIECES: [(&str, &str); 34] = [
    ("one line of numbers", "1 1 1 1 "),
    ("one line of dates", "4/8/2011 "),
    ("one line of almost dates", "12/31/20111 "),
    ("one line of letters", "a"),
    ("one line of blanks", " "),
    ("empty lines", "\n"),
    ("bangs", "!"),
    ("bangs and letters", "!a "),
    ("quotes", "'"),
    ("double quotes", "\""),
    ("dollars", "$"),
    ("keywords", "$Id:$Date:"),
    ("commas", ","),
    ("method stamps", "!A methodsFor: 'x' stamp: 'bob 1/2/2003 10:00'!\na\n\t^1! !\n"),
    ("short method stamps", "!A methodsFor: '' stamp:'b 1/1/01'! !\n"),
    ("stamps full of numbers", "!A methodsFor: 'x' stamp: '1 1 1 1 1 1 1 1 1 1 1 1'!\n"),
    ("signed comments", "\"bob 2011-04-08 13:02:33\"!\n"),
    ("unfinished comments", "'From Squeak' ! \"bob 2011 ! "),
    ("removals", "Order removeSelector: #price!\n"),
    ("log records", "----QUIT----{8 July 2015 . 10:09:53 pm} a!\n"),
    ("mails", "From aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Mon Sep 17 00:00:00 2001\nFrom: b\nDate: 4 Jun 2025 17:28\n\n"),
    ("encoded words", "From aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa M\nFrom: =?utf-8?q?=C3?= =?utf-8?q?=B6?= =?=?\n\n"),
    ("almost mails", "From \n"),
    ("sign-offs", "@@ -\nSigned-off-by: b\n"),
    ("diffs", "--- a\n+++ b\t2007-09-14 06:50:28\n@@ -1 +1 @@\n"),
    ("removals in XML", "<st-source><time-stamp>From </time-stamp><remove-selector>"),
    ("versions", "(name 'a' date '1/2/2003' time '1:02' author 'b' ancestors ("),
    ("unfinished versions", "(name 'a' ''"),
    ("change sets of SQL", "--liquibase formatted sql\n--changeset b:1\n"),
    ("Topaz", "! From ! GEMSTONE\n! On 1/2/2003\n"),
    ("Dolphin", "\"Filed out from Dolphin\"!\"b - 1/2/2003\""),
    ("JSON", "{\"instance\":{\"class\":\"b 1/2/2003 1:02\"}}"),
    ("Latin-1", "gr\u{fc}\u{df}e "),
    ("a doubtful date and slashes", "\"bob 4/8/2011 10:00\"\n////////////////////////////////////"),
];

fn main() {
    let mut slowest = 0.0_f64;
    for (name, piece) in PIECES {
        let content = filled(piece);
        for file in ["a.st", "methodProperties.json"] {
            let before = cpu_seconds();
            let found = stamp_with(&content, file, &Hints::default());
            let seconds = cpu_seconds() - before;
            slowest = slowest.max(seconds);
            let format = found.map_or("-".to_owned(), |stamp| format!("{:?}, {} found", stamp.format, stamp.found.len()));
            println!("{seconds:6.2} s  {name} as {file}: {format}");
        }
    }
    let latin: Vec<u8> = filled("gr\u{fc}\u{df}e ").into_iter().filter(|b| *b != 0xC3).collect();
    let before = cpu_seconds();
    let (text, encoding) = decode(&latin);
    println!("{:6.2} s  decoding {} characters, {encoding}", cpu_seconds() - before, text.len());
    println!("slowest {slowest:.2} s of CPU for 32 MiB (goal: 1 s); {} MB at most", peak_megabytes());
}

fn filled(piece: &str) -> Vec<u8> {
    piece.as_bytes().iter().copied().cycle().take(SIZE).collect()
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
