//! .NET: `Class: message ---> Inner: message`, then `   at Namespace.Class.Method(Type name) in file:line 12`.
//!
//! The words `at`, `in`, `line` and the messages are in the language of the machine, so frames are known by their form.
//! ASP.NET's page has `[Class: message]` and frames with offsets; some logs put all of it on one line.

mod lists;

use super::Dialect;
use super::frame::{Role, fold_digits};
use super::lines::Lines;
use super::report::{Report, is_head};
use lists::{Lists, looked};

/// Reads a report with its inner exceptions.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    if lines.raw().len() > 16_000 {
        return None;
    }
    let text = lines.text();
    if let Some(report) = one_line(&text) {
        return Some((report, lines.after()));
    }
    if let Some(inside) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let (class, message) = class(inside)?;
        frame(&lines.after().text())?;
        let mut report = Report::new(Dialect::AspNet);
        report.raised(Some(class), Some(message));
        let end = stack(&mut report, lines.after());
        return Some((report, end));
    }
    let mut report = Report::new(Dialect::DotNet);
    raised(&mut report, &text)?;
    let first = first_frame(lines.after())?;
    // What is behind it may stand on lines of its own before the frames.
    let mut between = lines.after();
    while between.start() < first.start() {
        if let Some((class, _)) = between.text().trim_start().strip_prefix("---> ").and_then(class) {
            report.root = Some(class.to_owned());
        }
        between.advance();
    }
    let end = stack(&mut report, first);
    Some((report, end))
}

/// `Class: message`, after words such as `Unhandled exception.` in any language.
fn raised(report: &mut Report, text: &str) -> Option<()> {
    let (outer, inner) = text.split_once(" ---> ").map_or((text, None), |(outer, inner)| (outer, Some(inner)));
    let (class_name, message) = class(outer).or_else(|| {
        // Only the words before the class may be skipped, not the message.
        let starts = outer.char_indices().filter(|(_, c)| *c == ' ').map(|(at, _)| at + 1).take(8);
        starts.filter_map(|at| class(&outer[at..])).find(|(class, _)| class.contains('.') && is_exception(class))
    })?;
    report.raised(Some(class_name), Some(message));
    let innermost = inner.and_then(|inner| inner.rsplit(" ---> ").next()).and_then(class);
    report.root = innermost.map(|(class, _)| class.to_owned());
    Some(())
}

fn is_exception(class: &str) -> bool {
    class.ends_with("Exception") || class.ends_with("Error")
}

/// `Namespace.Class: message`, `Namespace.Class (0x80004005): message`.
fn class(text: &str) -> Option<(&str, &str)> {
    let (class, message) =
        text.split_once(": ").or_else(|| text.strip_suffix(':').map(|class| (class, ""))).unwrap_or((text, ""));
    let class = class.split(" (0x").next().unwrap_or(class);
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '`' | '+');
    let named = class.len() < 300 && class.starts_with(char::is_alphabetic) && class.chars().all(is_part);
    (named && (class.contains('.') || is_exception(class))).then_some((class, message))
}

fn first_frame(mut lines: Lines<'_>) -> Option<Lines<'_>> {
    const LONGEST_MESSAGE: usize = 12;
    for at in 0..LONGEST_MESSAGE {
        let text = lines.text();
        if lines.is_done()
            || is_head(lines)
            || (at > 0 && !text.starts_with(' ') && class(&text).is_some_and(|(class, _)| is_exception(class)))
        {
            return None;
        }
        if frame(&text).is_some() {
            return Some(lines);
        }
        // Another language's frame.
        if text.trim_start().starts_with("at ") {
            return None;
        }
        lines.advance();
    }
    None
}

fn stack<'a>(report: &mut Report, mut lines: Lines<'a>) -> Lines<'a> {
    while !lines.is_done() {
        let text = lines.text();
        let line = text.trim_start();
        if let Some(method) = frame(&text) {
            push(report, method);
        } else if let Some(inner) = line.strip_prefix("---> ") {
            report.root = class(inner).map(|(class, _)| class.to_owned());
        } else if line.starts_with("---") && line.ends_with("---") {
            // `--- End of stack trace from previous location ---`, `--- End of inner exception stack trace ---`
            let inner = first_frame(lines.after()).is_none();
            if inner && !text.starts_with(char::is_whitespace) {
                return lines.after();
            }
        } else {
            break;
        }
        lines.advance();
    }
    lines
}

fn push(report: &mut Report, method: &str) {
    let name = method.split('(').next().unwrap_or(method);
    let library = ["System.", "Microsoft.", "MS.", "Windows.", "NUnit.", "Xunit.", "mscorlib"];
    let role = if library.iter().any(|start| name.starts_with(start)) { Role::Plumbing } else { Role::Application };
    report.frames.push(method, key(name), role);
}

/// The method without what the compiler counts: `<Load>d__12`, `<>c__DisplayClass3_0`, `b__1`.
fn key(name: &str) -> String {
    let mut key = String::new();
    let mut rest = name;
    // An arity such as List`1 is part of the name.
    while let Some((before, after)) = rest.split_once('`') {
        fold_digits(before, &mut key);
        key.push('`');
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        key.push_str(&after[..digits]);
        rest = &after[digits..];
    }
    fold_digits(rest, &mut key);
    key
}

/// `   at N.C.M(args) in file:line 12`, `   N.C.M(args) +59`: the method with its arguments.
fn frame(line: &str) -> Option<&str> {
    if !line.starts_with([' ', '\t']) || line.len() > 4_000 {
        return None;
    }
    let line = line.trim_start();
    let (head, rest) = line.split_once('(')?;
    let (arguments, _) = rest.split_once(')')?;
    let mut words = head.split(' ');
    let method = words.next_back()?;
    // `at`, `bei`, `à`, `в`, `於`, `a következő helyen:`: few words and short, none of them a statement.
    let before: Vec<&str> = words.collect();
    let short = before.len() <= 3 && before.iter().all(|word| word.chars().count() <= 12 && !word.contains(['.', '=', '"']));
    (short && is_method(method) && are_arguments(arguments))
        .then(|| &line[head.len() - method.len()..head.len() + arguments.len() + 2])
}

fn is_method(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '<'));
    name.contains('.') && starts && name.chars().all(is_method_part)
}

fn is_method_part(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '.' | '_' | '`' | '<' | '>' | '+' | '|' | '$' | '[' | ']' | ',' | '-' | '{' | '}' | '@' | '/')
}

/// Empty, or types with names: `SqlCommand cmd, Action`1 action`. A place of Java or JavaScript isn't that.
fn are_arguments(arguments: &str) -> bool {
    arguments.trim().is_empty() || !is_java(arguments) && arguments.split(", ").all(|argument| is_argument(argument.trim()))
}

fn is_java(arguments: &str) -> bool {
    matches!(arguments, "Unknown Source" | "Native Method")
}

/// A type and its name, or a type that ends as only types do. Few words are looked at: `argument` has no blanks around it.
fn is_argument(argument: &str) -> bool {
    const MOST_WORDS: usize = 4;
    if argument.ends_with(['`', ']', '&', '*']) {
        return true;
    }
    let mut words = 1;
    for c in argument.chars() {
        looked();
        match c {
            ':' | '"' | ';' | '=' => return false,
            ' ' if words == MOST_WORDS => return false,
            ' ' => words += 1,
            _ => {}
        }
    }
    words > 1
}

/// `Class: message at N.C.M(args) at …`, all on one line.
fn one_line(text: &str) -> Option<Report> {
    let (start, message) = class(text).filter(|(class, _)| is_exception(class))?;
    let first = message.find(" at ").filter(|_| message.contains('('))?;
    let mut report = Report::new(Dialect::DotNet);
    let mut lists = Lists::new(message);
    let mut end = None;
    let mut from = first;
    while let Some(at) = message[from..].find(" at ").map(|found| from + found) {
        from = at + 4;
        let rest = &message[from..];
        let name = &rest[..rest.find(|c| !is_method_part(c)).unwrap_or(rest.len())];
        let open = from + name.len();
        if !message[open..].starts_with('(') || !is_method(name) {
            continue;
        }
        let Some(close) = lists.close(open + 1) else { break };
        if lists.are_arguments(open + 1) {
            end = end.or(Some(at));
            push(&mut report, shortened(&message[from..=close]));
        }
    }
    report.raised(Some(start), Some(&message[..end?]));
    Some(report)
}

/// No more of a frame is ever shown.
fn shortened(method: &str) -> &str {
    const LONGEST: usize = 4_000;
    &method[..method.floor_char_boundary(LONGEST)]
}

#[cfg(test)]
mod tests;
