//! The virtual machines of Squeak and Pharo: `crash.dmp`, to which each crash is appended, first its C frames, then Smalltalk's.
//!
//! What they print is in `reportStackState` of the OpenSmalltalk and Pharo machines. Methods are written with one `>`.

use super::frame::{Role, uncounted};
use super::lines::Lines;
use super::report::{Report, is_head};
use super::smalltalk::{self, Sent};
use super::{Dialect, Written};

/// What a crash begins with, before a time as C's `ctime` writes it.
const SIGNALS: [&str; 8] = [
    "Segmentation fault",
    "VM Error",
    "Illegal instruction",
    "Bus error",
    "Abort trap",
    "Aborted",
    "Floating point exception",
    "Low space",
];

/// Reads a crash, up to the next.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    let (signal, time) = head(lines)?;
    let mut report = Report::new(Dialect::SqueakVm);
    report.raised(Some(signal), None);
    report.written = Written::read(&time);
    let mut smalltalk = false;
    let mut lines = lines.after();
    while !lines.is_done() && !is_head(lines) {
        // What the machine prints about itself, and the signal that this raises, are one crash.
        if head(lines).is_some_and(|(_, next)| next != time || !report.frames.is_empty()) {
            break;
        }
        let text = lines.text();
        if text.contains("PharoVM") || text.contains("Pharo.app") {
            report.dialect = Dialect::PharoVm;
        }
        if text.starts_with("Smalltalk stack dump") || text.starts_with("All Smalltalk process stacks") {
            smalltalk = true;
        } else if text.starts_with("Most recent primitives") {
            smalltalk = false;
        } else if smalltalk {
            sent(&mut report, &text);
        } else if let Some(symbol) = symbol(&text) {
            let role = if is_signal(&symbol) && !report.frames.has_application() { Role::Signal } else { Role::Application };
            let key = uncounted(&symbol);
            report.frames.push(&symbol, key, role);
        }
        lines.advance();
    }
    Some((report, lines))
}

/// The signal and the time: `Segmentation fault: 11 Tue Mar 19 16:00:15 2024`.
fn head(lines: Lines<'_>) -> Option<(&'static str, String)> {
    let raw = lines.raw();
    if raw.len() > 200 || !raw.first().is_some_and(u8::is_ascii_uppercase) {
        return None;
    }
    let text = lines.text();
    let signal = SIGNALS.into_iter().find(|signal| text.starts_with(signal))?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let time = words.get(words.len().checked_sub(5)?..)?;
    let is_time = time[3].matches(':').count() == 2 && time[4].len() == 4 && time[4].bytes().all(|b| b.is_ascii_digit());
    is_time.then(|| (signal, time.join(" ")))
}

/// `0xbffe8d1c M [] in Class(Holder)>selector 0x639e8d0: a(n) Class`, `0x6a88a30 s Class>selector`.
fn sent(report: &mut Report, text: &str) {
    let mut words = text.trim_start().splitn(3, ' ');
    let (Some(address), Some(kind), Some(method)) = (words.next(), words.next(), words.next()) else { return };
    if !address.starts_with("0x") || kind.len() != 1 {
        return;
    }
    if let Some(sent) = Sent::read(method, ">") {
        smalltalk::add(report, &sent);
    }
}

/// The symbol of a C frame, in the forms of macOS, Linux and Windows.
fn symbol(text: &str) -> Option<String> {
    // `0   libobjc.A.dylib   0x9ef2c013 objc_msgSend + 19`
    let numbered = text.starts_with(|c: char| c.is_ascii_digit()).then(|| {
        let (_, rest) = text.split_once(" 0x")?;
        let (_, symbol) = rest.split_once(' ')?;
        Some(symbol.rsplit_once(" + ").map_or(symbol, |(symbol, _)| symbol))
    });
    // `/usr/lib/squeak(sigsegv+0xc)[0x476b7c]`
    let bracketed = || {
        let (library, rest) = text.split_once('(')?;
        let (inside, address) = rest.split_once(")[0x")?;
        let symbol = inside.split('+').next().filter(|symbol| !symbol.is_empty());
        (address.ends_with(']') && !library.contains(' ')).then(|| symbol.unwrap_or(super::frame::last_part(library)))
    };
    // `[0x00000001C88BC4F6] callbackEnter`
    let windows = || {
        let (address, symbol) = text.strip_prefix("[0x")?.split_once("] ")?;
        address.bytes().all(|b| b.is_ascii_hexdigit()).then(|| symbol.split(" + ").next().unwrap_or(symbol))
    };
    let symbol = numbered.flatten().or_else(bracketed).or_else(windows)?.trim();
    (!symbol.is_empty() && !symbol.starts_with("0x") && !symbol.starts_with("???")).then(|| symbol.to_owned())
}

/// C functions that only report the crash.
fn is_signal(symbol: &str) -> bool {
    const REPORTING: [&str; 13] = [
        "reportStackState",
        "sigsegv",
        "sigill",
        "sigabrt",
        "_sigtramp",
        "__restore_rt",
        "error",
        "errorf",
        "printCrashDebugInformation",
        "printMachineCallStack",
        "installErrorHandlers",
        "customExceptionHandler",
        "doReport",
    ];
    REPORTING.contains(&symbol) || symbol.starts_with("Rtl") || symbol.starts_with("KiUser")
}
