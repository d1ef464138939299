//! Java: `Exception in thread "t" pkg.Class: message` or `pkg.Class: message`, then `at pkg.Class.method(File.java:12)`.
//!
//! `Caused by:` sections belong to the report; the last is its root.

use super::Dialect;
use super::frame::{Role, uncounted};
use super::lines::Lines;
use super::report::{Report, is_head};

/// Reads a report with its causes.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    if lines.raw().len() > 8_000 {
        return None;
    }
    let text = lines.text();
    let mut report = Report::new(Dialect::Java);
    let raised = match text.split_once("Exception in thread \"") {
        Some((_, rest)) => {
            let (thread, raised) = rest.split_once('"')?;
            report.process = Some(thread.to_owned());
            raised.trim_start()
        }
        None => &text,
    };
    let marked = report.process.is_some();
    let (class, message, first) = match class(raised) {
        Some((class, message)) => (class, message, first_frame(lines.after())),
        None => {
            // `12:00:00 ERROR pkg.Class: message` has the class within the line.
            let next = lines.after();
            frame(&next.text())?;
            let (class, message) = within(raised)?;
            (class, message, Some(next))
        }
    };
    if first.is_none() && !marked {
        return None;
    }
    report.raised(Some(class), Some(message));
    let Some(first) = first else { return Some((report, lines.after())) };
    let end = stack(&mut report, first);
    Some((report, end))
}

/// The first frame; a message may have a few lines.
fn first_frame(mut lines: Lines<'_>) -> Option<Lines<'_>> {
    const LONGEST_MESSAGE: usize = 10;
    for _ in 0..LONGEST_MESSAGE {
        let text = lines.text();
        if lines.is_done() || is_head(lines) || class(&text).is_some() {
            return None;
        }
        if frame(&text).is_some() {
            return Some(lines);
        }
        lines.advance();
    }
    None
}

fn stack<'a>(report: &mut Report, mut lines: Lines<'a>) -> Lines<'a> {
    let mut root: Option<String> = None;
    let mut suppressed = false;
    while !lines.is_done() {
        let text = lines.text();
        let line = text.trim_start();
        if let Some(method) = frame(&text) {
            match &mut root {
                None if !suppressed => push(report, method),
                // The first frame of the innermost cause tells where it came from.
                Some(root) if !root.contains(' ') && role(method) == Role::Application => {
                    root.push(' ');
                    root.push_str(&key(method));
                }
                _ => {}
            }
        } else if let Some((class, _)) = line.strip_prefix("Caused by: ").and_then(class) {
            root = Some(class.to_owned());
        } else if line.starts_with("Suppressed: ") {
            suppressed = true;
        } else if line.starts_with("Caused by: ") || !is_note(line) {
            // A cause's message may have several lines.
            let Some(next) = first_frame(lines.after()).filter(|_| root.is_some() && !line.is_empty() && class(line).is_none())
            else {
                break;
            };
            lines = next;
            continue;
        }
        lines.advance();
    }
    report.root = root;
    lines
}

/// `... 4 more`, and the locks that a dump of threads shows.
fn is_note(line: &str) -> bool {
    line.starts_with("... ") && line.ends_with(" more") || line.starts_with("- locked")
}

fn push(report: &mut Report, method: &str) {
    report.frames.push(method, key(method), role(method));
}

/// `pkg.Class` with `: message`, at the beginning of a line.
fn class(text: &str) -> Option<(&str, &str)> {
    let (class, message) =
        text.split_once(": ").or_else(|| text.strip_suffix(':').map(|class| (class, ""))).unwrap_or((text, ""));
    let last = class.rsplit(['.', '$']).next().unwrap_or(class);
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '$');
    let named = class.len() < 300 && class.chars().all(is_part) && last.starts_with(char::is_uppercase);
    let telling = class.contains('.') || ["Exception", "Error", "Throwable"].iter().any(|end| last.ends_with(end));
    (named && telling).then_some((class, message))
}

/// The class that stands within a line of a log, before its message.
fn within(text: &str) -> Option<(&str, &str)> {
    text.char_indices().filter(|(_, c)| *c == ' ').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        class(rest).filter(|(class, _)| class.contains('.') && (class.ends_with("Exception") || class.ends_with("Error")))
    })
}

/// `at pkg.Class.method(File.java:12)`, perhaps with a loader and a module before it, and a library after it.
fn frame(line: &str) -> Option<&str> {
    if !line.starts_with([' ', '\t']) {
        return None;
    }
    let method = line.trim_start().strip_prefix("at ")?;
    let (name, rest) = method.split_once('(')?;
    let (source, library) = rest.split_once(')')?;
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '$' | '/' | '<' | '>' | '-' | '@' | '+');
    let number = source.rsplit_once(':').map(|(_, line)| line);
    let known = matches!(source, "Native Method" | "Unknown Source" | "<generated>" | "Unknown" | "")
        || number.is_some_and(|line| line.bytes().all(|b| b.is_ascii_digit()) && source.matches(':').count() == 1)
        || (number.is_none() && source.contains('.') && !source.contains([' ', ',']));
    // .NET has `()` too, but then a place behind it or nothing; Java always names its source.
    let java = known && !source.is_empty() && (library.is_empty() || library.trim_start().starts_with(['[', '~']));
    (java && name.contains('.') && name.chars().all(is_part)).then(|| &method[..name.len() + source.len() + 2])
}

/// The class and method without the loader, the module and what is counted.
fn key(method: &str) -> String {
    let name = method.split('(').next().unwrap_or(method);
    let name = name.rsplit('/').next().unwrap_or(name);
    // `$$Lambda$14/0x…` and `$$EnhancerBySpringCGLIB$$1a2b3c`: the hash needs no eight digits.
    let name = name
        .split_once("$$EnhancerBy")
        .map_or_else(|| uncounted(name), |(class, rest)| format!("{class}.{}", rest.rsplit('.').next().unwrap_or_default()));
    name.replace("$$Lambda$N", "$$Lambda")
}

fn role(method: &str) -> Role {
    const LIBRARIES: [&str; 24] = [
        "java.",
        "javax.",
        "jakarta.",
        "jdk.",
        "sun.",
        "com.sun.",
        "kotlin.",
        "kotlinx.",
        "scala.",
        "groovy.",
        "org.codehaus.groovy.",
        "org.apache.groovy.",
        "org.springframework.",
        "org.apache.catalina.",
        "org.apache.tomcat.",
        "org.apache.coyote.",
        "org.eclipse.jetty.",
        "org.hibernate.",
        "org.junit.",
        "io.netty.",
        "io.undertow.",
        "reactor.",
        "org.jboss.",
        "com.fasterxml.",
    ];
    let name = method.split('(').next().unwrap_or(method);
    let name = name.rsplit('/').next().unwrap_or(name);
    if LIBRARIES.iter().any(|library| name.starts_with(library)) { Role::Plumbing } else { Role::Application }
}
