//! GemStone/S: `a X occurred (error 2010), text`, then frames `1. Class (Holder) >> selector @5 line 25`; or topaz's stack.
//!
//! A stack may print the variables of each frame below it. It ends with `GsNMethod class >> _gsReturnToC`.

use super::Dialect;
use super::frame::Role;
use super::lines::Lines;
use super::report::{Report, is_head};
use super::smalltalk::{self, Sent};

/// Reads a report with a head, or one that begins with its first frame.
pub(super) fn read(lines: Lines<'_>) -> Option<(Report, Lines<'_>)> {
    if lines.raw().len() > 8_000 {
        return None;
    }
    let mut report = Report::new(Dialect::GemStone);
    let text = lines.text();
    let start = if Frame::read(&text).is_some() {
        lines
    } else {
        let marked = raised(&mut report, &text)?;
        let first = first_frame(lines.after());
        if first.is_none() && !marked {
            return None;
        }
        let Some(first) = first else { return Some((report, lines.after())) };
        first
    };
    let end = stack(&mut report, start);
    if report.not_understood.as_ref().is_some_and(|known| known.receiver.is_none()) {
        report.with_receiver_of_first_frame();
    }
    Some((report, end))
}

/// The first frame, if it is among the next lines: dashes, blanks and a topaz prompt may stand before it.
fn first_frame(mut lines: Lines<'_>) -> Option<Lines<'_>> {
    const FEW: usize = 6;
    for _ in 0..FEW {
        let text = lines.text();
        if lines.is_done() || is_head(lines) || head(&text).is_some() {
            return None;
        }
        if Frame::read(&text).is_some() {
            return Some(lines);
        }
        lines.advance();
    }
    None
}

fn stack<'a>(report: &mut Report, mut lines: Lines<'a>) -> Lines<'a> {
    let mut end = lines;
    while !lines.is_done() {
        let text = lines.text();
        if let Some(frame) = Frame::read(&text) {
            if frame.number == Some(1) && !report.frames.is_empty() {
                break;
            }
            let last = frame.sent.as_ref().is_some_and(|sent| sent.selector == "_gsReturnToC");
            frame.add(report);
            end = lines.after();
            if last {
                break;
            }
        } else if !is_detail(&text) {
            break;
        } else if text.starts_with(char::is_whitespace) {
            if report.exception.is_none() && text.trim_start().starts_with("receiver") {
                raised(report, &text);
            }
            end = lines.after();
        }
        lines.advance();
    }
    end
}

/// Lines that stand between frames: variables and what separates them.
fn is_detail(text: &str) -> bool {
    text.is_empty()
        || text.starts_with(char::is_whitespace)
        || text.bytes().all(|b| b == b'-')
        || text.starts_with("instance variables:")
        || text.starts_with("temporary variables and parameters:")
}

/// `a X occurred (error 2010), text` wherever it stands in the line: what stands before it, X, the number and the text.
fn head(text: &str) -> Option<(&str, &str, &str)> {
    let at = text.find(" occurred (error ")?;
    let before = &text[..at];
    let (lead, class) = before.rsplit_once(' ')?;
    let lead = lead.strip_suffix("an").or_else(|| lead.strip_suffix('a'))?;
    let (_, rest) = text[at..].split_once(')')?;
    let is_class = !class.is_empty() && class.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_class.then(|| (lead, class, rest.trim_start_matches([',', ' ']).trim()))
}

/// Takes the class and the message from a head; gives whether the line is marked as one, or only quotes it.
fn raised(report: &mut Report, text: &str) -> Option<bool> {
    let (lead, class, message) = head(text)?;
    // topaz repeats the class at the end.
    let message = message.strip_suffix(&format!("({class})")).unwrap_or(message);
    report.raised(Some(class), Some(message.trim_start_matches("reason:")));
    smalltalk::settle(report);
    let lead = lead.trim();
    Some(lead.contains("EXCEPTION:") || lead.starts_with("ERROR ") || lead.is_empty())
}

struct Frame<'a> {
    number: Option<u32>,
    sent: Option<Sent<'a>>,
    text: &'a str,
}

impl<'a> Frame<'a> {
    /// `[==> ][1|1.|[1]] Class (Holder) >> selector [(envId 0)] @5 line 25 [[methId 7]]`, or `Executed Code`.
    fn read(line: &'a str) -> Option<Self> {
        let text = line.strip_prefix("==>").unwrap_or(line).trim_start();
        if line.starts_with('\t') {
            return None;
        }
        let (number, text) = numbered(text);
        let is_code = |text: &str| text.trim_start_matches("[] in ").trim_start().starts_with("Executed Code");
        if is_code(text) {
            return (number.is_some() || text.contains(" line ")).then_some(Self { number, sent: None, text: "Executed Code" });
        }
        let sent = Sent::read(text, ">>")?;
        placed(sent.rest).then_some(Self { number, text: sent.text, sent: Some(sent) })
    }

    fn add(self, report: &mut Report) {
        match self.sent {
            Some(sent) => smalltalk::add(report, &sent),
            None => smalltalk::add_plain(&mut report.frames, self.text, self.text, Role::Plumbing),
        }
    }
}

fn numbered(text: &str) -> (Option<u32>, &str) {
    let inner = text.strip_prefix('[').unwrap_or(text);
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    let rest = inner[digits..].strip_prefix(['.', ']']).unwrap_or(&inner[digits..]);
    if digits > 0 && rest.starts_with(' ') { (inner[..digits].parse().ok(), rest.trim_start()) } else { (None, text) }
}

/// `@5 line 25`, after the environment that topaz names.
fn placed(rest: &str) -> bool {
    let Some((before, place)) = rest.split_once('@') else { return false };
    let before = before.trim();
    let mut words = place.split_whitespace();
    (before.is_empty() || before.starts_with("(envId"))
        && words.next().is_some_and(|at| at.bytes().all(|b| b.is_ascii_digit()))
        && words.next() == Some("line")
}
