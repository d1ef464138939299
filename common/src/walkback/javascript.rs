//! JavaScript: V8's `Error: message` with `    at f (file:12:3)`, and Firefox's and Safari's `f@file:12:3`.
//!
//! What node prints before an uncaught error, its place and its source, is passed over.

use super::Dialect;
use super::frame::{Role, last_part, uncounted};
use super::lines::Lines;
use super::report::{Report, is_head};

/// Reads a report, up to the first line that isn't a frame.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    if lines.raw().len() > 8_000 {
        return None;
    }
    let text = lines.text();
    let mut report = Report::new(Dialect::JavaScript);
    let first = if firefox(&text).is_some() {
        // Frames alone have to be several.
        firefox(&lines.after().text())?;
        lines
    } else {
        let within =
            || raised(&text[text.find("UnhandledPromiseRejectionWarning: ")? + "UnhandledPromiseRejectionWarning: ".len()..]);
        let (class, message) = raised(&text).or_else(within)?;
        report.raised(Some(class), Some(message));
        // Any class may be thrown, but only a telling name is looked after for long.
        let telling = class.ends_with("Error") || class.ends_with("Exception");
        if telling { first_frame(lines.after())? } else { Some(lines.after()).filter(|next| frame(&next.text()).is_some())? }
    };
    let mut lines = first;
    while let Some(frame) = frame(&lines.text()) {
        report.frames.push(&frame.shown(), frame.key(), frame.role());
        lines.advance();
    }
    Some((report, lines))
}

/// `TypeError: message`, `Uncaught (in promise) Error: message`, `AssertionError [ERR_ASSERTION]: message`.
fn raised(text: &str) -> Option<(&str, &str)> {
    let text = ["Uncaught (in promise) ", "Uncaught ", "[UnhandledPromiseRejection: "]
        .iter()
        .find_map(|start| text.strip_prefix(start))
        .unwrap_or(text);
    let (class, message) =
        text.split_once(": ").or_else(|| text.strip_suffix(':').map(|class| (class, ""))).unwrap_or((text, ""));
    let class = class.split(" [").next().unwrap_or(class);
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
    let is_class = class.len() < 200 && class.starts_with(|c: char| c.is_alphabetic()) && class.chars().all(is_part);
    is_class.then_some((class, message))
}

/// A message may have a few lines.
fn first_frame(mut lines: Lines<'_>) -> Option<Lines<'_>> {
    const LONGEST_MESSAGE: usize = 10;
    for _ in 0..LONGEST_MESSAGE {
        let text = lines.text();
        if lines.is_done()
            || is_head(lines)
            || (!text.starts_with(' ') && raised(&text).is_some_and(|(class, _)| class.ends_with("Error")))
        {
            return None;
        }
        if frame(&text).is_some() {
            return Some(lines);
        }
        lines.advance();
    }
    None
}

/// Files of node itself, before it marked them with `node:`.
const OLD_NODE: [&str; 12] = [
    "module.js",
    "events.js",
    "timers.js",
    "net.js",
    "fs.js",
    "vm.js",
    "domain.js",
    "util.js",
    "assert.js",
    "bootstrap_node.js",
    "_http_server.js",
    "_stream_readable.js",
];

struct Frame<'a> {
    function: &'a str,
    file: &'a str,
}

fn frame(text: &str) -> Option<Frame<'_>> {
    if text.len() > 4_000 {
        return None;
    }
    v8(text).or_else(|| firefox(text))
}

/// `    at f (file:12:3)`, `    at file:12:3`, `    at async f (file:12:3)`, `    at Array.map (<anonymous>)`.
fn v8(text: &str) -> Option<Frame<'_>> {
    if !text.starts_with([' ', '\t']) {
        return None;
    }
    let rest = text.trim_start().strip_prefix("at ")?;
    let rest = rest.strip_prefix("async ").unwrap_or(rest);
    if let Some((function, place)) = rest.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")) {
        let file = match place {
            "<anonymous>" | "native" => place,
            place if place.starts_with("index ") => "native",
            place => file(place)?,
        };
        return Some(Frame { function: function.split(" [as ").next().unwrap_or(function), file });
    }
    file(rest).map(|file| Frame { function: "", file })
}

/// `f@https://host/file.js:12:3`.
fn firefox(text: &str) -> Option<Frame<'_>> {
    let (function, place) = text.trim_start().split_once('@')?;
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '/' | '<' | '>' | '*' | '[' | ']' | ' ');
    if function.contains("  ") || !function.chars().all(is_part) {
        return None;
    }
    let place = place.split(" line ").next().unwrap_or(place);
    Some(Frame { function: function.trim_end_matches(['/', '<']), file: file(place)? })
}

/// The file of `file:12:3`.
fn file(place: &str) -> Option<&str> {
    let (rest, column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    // What follows a question mark is a version.
    // Backtraces of Rust have such lines too.
    let foreign = file.rsplit_once('.').is_some_and(|(_, extension)| extension == "rs");
    (is_number(column) && is_number(line) && !foreign).then(|| file.split('?').next().unwrap_or(file))
}

impl Frame<'_> {
    fn name(&self) -> &str {
        let file = last_part(self.file);
        if file.is_empty() { self.file } else { file }
    }

    fn shown(&self) -> String {
        if self.function.is_empty() { self.name().to_owned() } else { format!("{} ({})", self.function, self.name()) }
    }

    /// The function and the file's name; bundlers write hashes into names.
    fn key(&self) -> String {
        let function = self.function.strip_prefix("new ").unwrap_or(self.function);
        let function = function.strip_prefix("Object.").unwrap_or(function);
        format!("{} {}", uncounted(function), uncounted(self.name()))
    }

    fn role(&self) -> Role {
        let library = self.file.contains("node_modules")
            || ["node:", "internal/", "native", "<anonymous>"].iter().any(|start| self.file.starts_with(start))
            || OLD_NODE.contains(&self.file);
        if library { Role::Plumbing } else { Role::Application }
    }
}
