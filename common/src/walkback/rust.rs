//! Rust: `thread 'n' panicked at file:l:c:` with the message below it (since 1.73), or `… at 'message', file:l:c`.
//!
//! A backtrace may follow; where all of its frames are unknown or the library's, the place of the panic counts.

use super::Dialect;
use super::frame::{Role, last_part};
use super::lines::Lines;
use super::report::Report;

/// The most lines of a message.
const LONGEST_MESSAGE: usize = 20;

/// Reads a panic and its backtrace.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    if lines.raw().len() > 8_000 {
        return None;
    }
    let text = lines.text();
    let (head, rest) = text.split_once(" panicked at ")?;
    let (_, thread) = head.split_once("thread '")?;
    let mut report = Report::new(Dialect::Rust);
    report.exception = Some("panic".to_owned());
    report.process = thread.split_once('\'').map(|(name, _)| name.to_owned());
    let after = if rest.starts_with('\'') { old(&mut report, rest, lines)? } else { new(&mut report, rest, lines) };
    let end = backtrace(&mut report, after);
    Some((report, end))
}

/// The place on the head's line, the message on those below.
fn new<'a>(report: &mut Report, rest: &str, lines: Lines<'a>) -> Lines<'a> {
    report.location = Some(place(rest.trim_end_matches(':')));
    let mut lines = lines.after();
    if !lines.is_done() && !is_tail(&lines.text()) {
        report.message = Some(lines.text().into_owned()).filter(|text| !text.is_empty());
        lines.advance();
        // `assert_eq!` goes on with both sides.
        while lines.text().starts_with("  left:") || lines.text().starts_with(" right:") {
            lines.advance();
        }
    }
    lines
}

/// The message in quotes, perhaps over several lines, and the place after it.
fn old<'a>(report: &mut Report, rest: &str, mut lines: Lines<'a>) -> Option<Lines<'a>> {
    const LONGEST: usize = 12;
    let mut whole = rest.to_owned();
    for _ in 0..LONGEST {
        if let Some((message, location)) = whole.rsplit_once("', ").filter(|(_, place)| place.contains(':')) {
            let first = message.trim_start_matches('\'').lines().next().unwrap_or_default();
            report.message = Some(first.to_owned());
            report.location = Some(place(location));
            return Some(lines.after());
        }
        lines.advance();
        if lines.is_done() {
            return None;
        }
        whole.push('\n');
        whole.push_str(&lines.text());
    }
    None
}

/// A place as people know it: of a library's file, only its name and the library.
fn place(location: &str) -> String {
    let location = location.trim();
    let Some((_, inside)) = location.split_once("/registry/src/").or_else(|| location.split_once("\\registry\\src\\")) else {
        return location.to_owned();
    };
    match inside.split(['/', '\\']).nth(1) {
        Some(library) => format!("{} ({library})", last_part(location)),
        None => last_part(location).to_owned(),
    }
}

fn is_tail(text: &str) -> bool {
    text.starts_with("stack backtrace:") || text.starts_with("note: ")
}

/// `  12: 0x55b5b74ae7e9 - path::function::h62317944fa5dc382`, and `at file:l:c` below it.
fn backtrace<'a>(report: &mut Report, mut lines: Lines<'a>) -> Lines<'a> {
    while lines.text().starts_with("note: ") {
        lines.advance();
    }
    // Messages of several lines end where the backtrace begins.
    let mut start = lines;
    for _ in 0..LONGEST_MESSAGE {
        if start.is_done() || start.text().starts_with("stack backtrace:") || start.text().contains(" panicked at ") {
            break;
        }
        start.advance();
    }
    if !start.text().starts_with("stack backtrace:") {
        return lines;
    }
    lines = start.after();
    while !lines.is_done() {
        let text = lines.text();
        let line = text.trim_start();
        if line.len() == text.len() && !line.starts_with(|c: char| c.is_ascii_digit()) {
            break;
        }
        if let Some(path) = function(line) {
            report.frames.push(&plain(path), key(path), role(path));
        } else if !line.starts_with("at ") && !line.starts_with('[') {
            break;
        }
        lines.advance();
    }
    while lines.text().starts_with("note: ") {
        lines.advance();
    }
    lines
}

fn function(line: &str) -> Option<&str> {
    let (number, rest) = line.split_once(':')?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let rest = rest.trim_start();
    Some(if rest.starts_with("0x") { rest.split_once(" - ")?.1.trim() } else { rest })
}

/// The path without the compiler's hashes.
fn plain(path: &str) -> String {
    let is_hash = |hash: &str, length: usize| hash.len() == length && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let path = path.rsplit_once("::h").filter(|(_, hash)| is_hash(hash, 16)).map_or(path, |(path, _)| path);
    // `__rustc[4794b31dd7191200]::rust_begin_unwind`
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let hashed = after.split_once(']').filter(|(hash, _)| is_hash(hash, hash.len().clamp(13, 16)));
        if let Some((_, following)) = hashed {
            rest = following;
        } else {
            out.push('[');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn key(path: &str) -> String {
    let mut key = String::new();
    super::frame::fold_digits(&plain(path).replace("::{{closure}}", "").replace("::{closure#0}", ""), &mut key);
    key
}

fn role(path: &str) -> Role {
    const SIGNALS: [&str; 13] = [
        "std::panicking",
        "core::panicking",
        "rust_begin_unwind",
        "_rust_begin_unwind",
        "core::option",
        "core::result",
        "std::backtrace",
        "std::sys::backtrace",
        "std::sys_common",
        "core::slice::index",
        "core::str::slice_error_fail",
        "backtrace::",
        "__rustc",
    ];
    const PLUMBING: [&str; 20] = [
        "std::",
        "core::",
        "alloc::",
        "<unknown>",
        "unknown",
        "main",
        "_main",
        "__libc_start",
        "_start",
        "start_thread",
        "clone",
        "__clone",
        "BaseThreadInitThunk",
        "RtlUserThreadStart",
        "invoke_main",
        "__scrt_common_main",
        "tokio::",
        "rayon",
        "test::",
        "thread_start",
    ];
    let path = path.trim_start_matches(['<', '&']);
    let is = |known: &str| {
        path.strip_prefix(known).is_some_and(|rest| known.ends_with(':') || !rest.starts_with(char::is_alphanumeric))
    };
    if SIGNALS.iter().any(|known| is(known)) {
        Role::Signal
    } else if path == "unknown>" || PLUMBING.iter().any(|known| is(known)) {
        Role::Plumbing
    } else {
        Role::Application
    }
}
