//! Prints the CPU time of reading stamps out of 32 MiB of whatever is hardest to read: `cargo bench -p fieldpost-tests --bench stamps`.
//!
//! Each is read twice: with nothing known, and with three patterns of an application's own. The goal for each is under
//! a second; the memory of the process is printed once at the end.

use fieldpost_common::encoding::decode;
use fieldpost_common::issue::issue;
use fieldpost_common::stamp::{Hints, Pattern, Place, stamp_with};

const SIZE: usize = 32 << 20;

/// What a file begins with, and what fills the rest of it: (name, head, piece).
const FILES: [(&str, &str, &str); 70] = [
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
    ("headers of a message", "From: b\nDate: 4 Jun 2025 17:28\n", "Received: by b\n"),
    ("rows of a history", "/* History:\n", "2001-04-05 b  1\n"),
    ("rows of a prologue", "C***REVISION HISTORY  (YYMMDD)\n", "C   900727  1  (B)\n"),
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
    ("a doubtful date and short dates", "\"bob 4/8/2011 10:00\"\n", "1/1/"),
    ("openings of stamps", "", "stamp: '"),
    ("openings of stamps in one header", "!A methodsFor: ", "stamp: '"),
    ("openings of headers", "", "'From "),
    ("lines that open headers", "", "'From \n"),
    ("headers broken in two", "", "x\n'From Squeak on 6\nDecember 2004 at 1:00'!\n"),
    ("openings of versions", "", "(name '"),
    ("nested versions", "(name 'a' ", "ancestors ((name 'b' "),
    ("encoded words without end", "From aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Mon Sep 17 00:00:00 2001\n", "From: =?UTF-8?q?"),
    ("senders", "From aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Mon Sep 17 00:00:00 2001\n", "From: =?UTF-8?q?=C3=B6?= <b@x>\n"),
    ("folded lines", "From aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Mon Sep 17 00:00:00 2001\nFrom: b\n", " a\n"),
    ("openings of keywords", "", "$Id"),
    ("openings of dates", "", "$Date: 2009-08-09 "),
    ("openings of change sets of SQL", "--liquibase formatted sql\n", "--changeset "),
    ("quoted change sets of SQL", "--liquibase formatted sql\n", "--changeset \"\n"),
    ("openings of time stamps", "<st-source>", "<time-stamp>"),
    ("time stamps in XML", "<st-source>", "<time-stamp>From a on May 31, 2006 at 1:00 pm</time-stamp>"),
    ("nested XML", "<st-source><time-stamp>From </time-stamp>", "<class><body>"),
    (
        "openings of removals in XML",
        "<st-source><time-stamp>From </time-stamp>",
        "<remove-selector><class-id>A</class-id><selector>",
    ),
    ("comment lines in one", "# Author: ", "Date: "),
    ("openings of comments", "", "/*"),
    ("labels", "", "# Author: b Date: 1/1/85\n"),
    ("months", "# Date: ", "Jan "),
    ("Tonel's quotes", "\"", "\"\""),
    ("Topaz lines", "! From ! GEMSTONE\n", "! On Jan 1\n"),
    ("zeros", "", "\0"),
    ("UTF-16", "", "\"\0b\0 \x001\0/\x001\0/\x002\x000\x000\x000\0\"\0!\0"),
];

const HEADER: &str = "'From Squeak3.7 of 4 September 2004 on 16 April 2008 at 4:23:49 am'!\n";

fn main() {
    let mut slowest = 0.0_f64;
    let own = Hints { patterns: patterns().expect("good patterns"), ..Hints::default() };
    for (name, head, piece) in FILES {
        let content: Vec<u8> = head.bytes().chain(piece.bytes().cycle()).take(SIZE).collect();
        let file = if name == "JSON" { "methodProperties.json" } else { "a.st" };
        let (plain, found) = timed(|| stamp_with(&content, file, &Hints::default()));
        let (patterned, _) = timed(|| stamp_with(&content, file, &own));
        let (linked, _) = timed(|| issue(file, &content, None));
        slowest = slowest.max(plain).max(patterned).max(linked);
        let format = found.map_or("-".to_owned(), |stamp| format!("{:?}, {} found", stamp.format, stamp.found.len()));
        println!("{plain:6.2} s, own patterns {patterned:.2} s, issue {linked:.2} s  {name}: {format}");
    }
    let latin: Vec<u8> = b"gr\xFC\xDFe ".iter().copied().cycle().take(SIZE).collect();
    let (seconds, (text, encoding)) = timed(|| decode(&latin));
    println!("{seconds:6.2} s  decoding to {} bytes, {encoding}", text.len());
    println!("slowest {slowest:.2} s of CPU for 32 MiB (goal: 1 s); {} MB at most, the content included", peak_megabytes());
}

/// Patterns that an application may have: a signed comment anywhere, a word and a number in any line, dates at the foot.
fn patterns() -> Result<Vec<Pattern>, fieldpost_common::stamp::PatternError> {
    Ok(vec![
        Pattern::new(r"## (?<author>\w+) @ (?<time>.*) ##")?,
        Pattern::new(r"^\W*changed by (?<author>[a-z]+) (?<time>[0-9/: .-]+)$")?,
        Pattern::new(r"(?<time>\d+\.\d+\.\d+ \d+:\d+)")?.within(Place::Foot(20)),
    ])
}

/// The CPU time that something took, and what came out.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let before = cpu_seconds();
    let done = work();
    (cpu_seconds() - before, done)
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
