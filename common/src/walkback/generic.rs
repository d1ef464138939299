//! Anything else: the line that says what went wrong, if there is one, and the places that other languages name.

use super::frame::{Role, last_part};
use super::lines::Lines;
use super::report::Report;
use super::{Dialect, Written};

/// So many lines are looked at.
const MAX_LINES: usize = 2_000;

/// Reads the whole file as one report; none if there is nothing in it.
pub(super) fn read(lines: Lines<'_>) -> Option<Report> {
    let mut report = Report::new(Dialect::Generic);
    if lines.is_done() {
        return None;
    }
    let head = lines.raw();
    if head[..head.len().min(8_000)].contains(&0) {
        report.message = Some("not text".to_owned());
        return Some(report);
    }
    let (mut at, mut first, mut count) = (lines, None, 0);
    while !at.is_done() && count < MAX_LINES {
        let text = at.text();
        let line = text.trim();
        if report.message.is_none() && report.exception.is_none() {
            said(&mut report, line);
            if report.message.is_some() || report.exception.is_some() {
                report.written = Written::of_line(line);
            }
        } else if let Some(place) = place(line) {
            report.frames.push(&place, place.clone(), Role::Application);
        }
        if first.is_none() && !line.is_empty() {
            first = Some(line.to_owned());
        }
        count += 1;
        at.advance();
    }
    if report.message.is_none() && report.exception.is_none() {
        report.message = Some(first?);
    }
    Some(report)
}

/// What a line says that is about an error.
const WORDS: [&str; 12] = [
    "error",
    "exception",
    "fatal",
    "panic",
    "fault",
    "failed",
    "failure",
    "abort",
    "unhandled",
    "uncaught",
    "violation",
    "assertion",
];

/// Heads of other languages, then any line with a word that says that something is wrong.
fn said(report: &mut Report, line: &str) {
    // OCaml: `Fatal error: exception Invalid_argument("Array.make")`
    if let Some(raised) = line.strip_prefix("Fatal error: exception ") {
        report.dialect = Dialect::OCaml;
        let (class, message) = raised.split_once('(').unwrap_or((raised, ""));
        report.raised(Some(class), Some(message.trim_end_matches(')').trim_matches('"')));
        return;
    }
    // Go: `panic: runtime error: index out of range`
    if let Some(message) = line.strip_prefix("panic: ") {
        report.raised(Some("panic"), Some(message));
        return;
    }
    // C++: `terminate called after throwing an instance of 'std::runtime_error'`
    if let Some(class) = line.strip_prefix("terminate called after throwing an instance of ") {
        report.raised(Some(class.trim_matches('\'')), None);
        return;
    }
    // PHP: `PHP Fatal error:  Uncaught TypeError: message in /var/www/cart.php:12`
    if let Some((_, raised)) = line.split_once("PHP Fatal error:  Uncaught ") {
        let (raised, at) = raised.rsplit_once(" in ").unwrap_or((raised, ""));
        let (class, message) = raised.split_once(": ").unwrap_or((raised, ""));
        report.raised(Some(class), Some(message));
        report.frames.push(last_part(at), last_part(at).split(':').next().unwrap_or(at).to_owned(), Role::Application);
        return;
    }
    // Ruby: `file.rb:12:in 'method': message (Class)`
    let ruby = line.split_once(":in ").filter(|(before, _)| before.contains(".rb:"));
    let raised = ruby.and_then(|(before, rest)| Some((before, rest.strip_suffix(')')?.rsplit_once(" (")?)));
    if let Some((before, (message, class))) = raised {
        let message = message.split_once(": ").map_or(message, |(_, message)| message);
        report.raised(Some(class), Some(message));
        if let Some(place) = place(line).or_else(|| place(before)) {
            report.frames.push(&place, place.clone(), Role::Application);
        }
        return;
    }
    let lower = line.to_ascii_lowercase();
    if WORDS.iter().any(|word| lower.contains(word)) {
        let (class, message) = line.split_once(": ").unwrap_or(("", line));
        let is_class = !class.is_empty()
            && class.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':'))
            && ["Error", "Exception", "Failure", "Fault"].iter().any(|end| class.ends_with(end));
        if is_class { report.raised(Some(class), Some(message)) } else { report.raised(None, Some(line)) }
    }
}

/// `file.ext:function` of a line that names a place in a source: Ruby, Go, PHP and whatever writes `file.ext:12`.
fn place(line: &str) -> Option<String> {
    const LONGEST: usize = 1_000;
    if line.len() > LONGEST {
        return None;
    }
    let word = line.split_whitespace().find(|word| {
        let word = word.trim_matches(|c: char| "()[],".contains(c));
        word.rsplit_once(':').is_some_and(|(file, line)| {
            let extension =
                last_part(file).split(':').next().and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension);
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            digits > 0
                && extension
                    .is_some_and(|extension| (1..=5).contains(&extension.len()) && extension.chars().all(char::is_alphanumeric))
        })
    })?;
    let file = word.trim_matches(|c: char| "()[],".contains(c));
    let name = last_part(file.split(':').find(|part| part.contains('.')).unwrap_or(file));
    let function = line.split_once(":in ").map(|(_, rest)| rest.split(": ").next().unwrap_or(rest).trim_matches(['\'', '`']));
    Some(function.map_or_else(|| name.to_owned(), |function| format!("{name}:{function}")))
}
