//! What all Smalltalks have in common: frames as `[] in Class(Holder)>>selector`, and messages that weren't understood.

use super::frame::{Frames, Role};
use super::report::{NotUnderstood, Report};

/// A frame taken apart.
pub(super) struct Sent<'a> {
    /// The receiver's class, with ` class` if it is a class itself.
    pub(super) receiver: &'a str,
    /// The class that holds the method; none where it is the receiver's.
    holder: Option<&'a str>,
    pub(super) selector: &'a str,
    /// What follows the selector.
    pub(super) rest: &'a str,
    /// The frame as it is shown, without what follows it.
    pub(super) text: &'a str,
}

impl<'a> Sent<'a> {
    /// Takes a frame apart; `arrow` is `>>`, or `>` for what virtual machines write.
    pub(super) fn read(line: &'a str, arrow: &str) -> Option<Self> {
        const LONGEST: usize = 2_000;
        let line = line.trim();
        if line.len() > LONGEST || !line.contains(arrow) {
            return None;
        }
        let body = method(line);
        let (receiver, rest) = class(body)?;
        let (holder, rest) = match rest.trim_start().strip_prefix('(') {
            Some(inside) => {
                let (holder, rest) = class(inside)?;
                (Some(holder), rest.strip_prefix(')')?)
            }
            None => (None, rest),
        };
        let rest = rest.trim_start().strip_prefix(arrow)?.trim_start_matches(' ');
        let (selector, rest) = selector(rest)?;
        let text = line[..line.len() - rest.len()].trim_end();
        Some(Self { receiver, holder, selector, rest, text })
    }

    /// What two frames of the same method have in common: `Holder>>selector`.
    pub(super) fn key(&self) -> String {
        let selector = if self.selector.is_empty() { "?" } else { self.selector };
        format!("{}>>{selector}", uncounted(self.holder.unwrap_or(self.receiver)))
    }

    fn is_one(&self, names: &[&str]) -> bool {
        let plain = |name: &str| names.contains(&uncounted(name).as_str());
        plain(self.receiver) || self.holder.is_some_and(plain)
    }

    fn is_signal(&self) -> bool {
        let selector = self.selector;
        SIGNALS.contains(&selector)
            || ["signal", "_signal", "raise", "halt", "_doesNotUnderstand", "errorKeyNotFound", "errorNotFound"]
                .iter()
                .any(|start| selector.strip_prefix(start).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase())))
            || self.is_one(&[
                "OSErrorHolder class",
                "OSErrorHolder",
                "AbstractException",
                "AbstractException class",
                "UnhandledError",
            ])
    }

    fn is_plumbing(&self) -> bool {
        let ends = |name: &str| uncounted(name).ends_with("SystemSupport");
        PLUMBING_SELECTORS.contains(&self.selector)
            || self.is_one(PLUMBING)
            || ends(self.receiver)
            || self.holder.is_some_and(ends)
    }
}

/// Selectors that only raise.
const SIGNALS: &[&str] = &[
    "doesNotUnderstand:",
    "error:",
    "error",
    "defaultAction",
    "_defaultAction",
    "unhandledErrorAction",
    "noHandler",
    "subclassResponsibility",
    "subclassResponsibility:",
    "shouldNotImplement",
    "shouldNotImplement:",
    "handleErrorFor:",
    "externalAccessFailedWith:",
    "errorSubscriptBounds:",
    "errorNonIntegerIndex",
    "errorImproperStore",
    "errorEmptyCollection",
    "errorNotIndexable",
    "errorOutOfBounds",
    "primitiveFailed",
    "primitiveFailed:",
    "primitiveError:",
    "pass",
    "outer",
    "activateHandler:",
    "_executeHandler:",
    "_error:",
    "_error:args:",
    "_errorIndexOutOfRange:",
    "invalidArgument:",
    "mustBeBoolean",
    "mustBeBooleanIn:",
];

/// Selectors that are everywhere.
const PLUMBING_SELECTORS: &[&str] = &[
    "on:do:",
    "on:do:on:do:",
    "ensure:",
    "ifCurtailed:",
    "newProcess",
    "forBlock:priority:",
    "valueNowOrOnUnwindDo:",
    "valueOnUnwindDo:",
    "_gsReturnToC",
    "_executeInContext:",
    "executeStatements",
];

/// Classes that are the system's own: blocks, processes, files and event loops.
const PLUMBING: &[&str] = &[
    "BlockClosure",
    "FullBlockClosure",
    "BlockContext",
    "Block",
    "BlockContextTemplate",
    "ExecBlock",
    "Process",
    "Process class",
    "ProcessorScheduler",
    "Context",
    "MethodContext",
    "ContextPart",
    "Behavior",
    "ExternalMethod",
    "ExternalInterface",
    "Filename",
    "Filename class",
    "RuntimeManager class",
    "RuntimeApplicationStartupSystem",
    "UserApplication",
    "DynamicVariable",
    "DynamicVariable class",
    "HandMorph",
    "WorldState",
    "WorldMorph",
    "MorphicEventDispatcher",
    "MorphicUIManager",
    "MorphicProject",
    "MorphicRenderLoop",
    "ProjectX class",
];

/// The frame without what says that it is a block, however deep: `optimized [] in [] in `, `[ :x | x foo ] in `.
fn method(line: &str) -> &str {
    let mut body = line.strip_prefix("optimized ").unwrap_or(line);
    while let Some(rest) = body.strip_prefix("[]").map(str::trim_start).and_then(|rest| rest.strip_prefix("in ")) {
        body = rest.trim_start();
    }
    if body.starts_with('[') || body.contains("] in ") {
        return body.rfind("] in ").map_or(body, |at| &body[at + "] in ".len()..]);
    }
    body
}

/// `Some.Class`, or `Some.Class class`, and what follows.
fn class(text: &str) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '`');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let starts = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let name = text.get(..end).filter(|name| starts && !name.ends_with('.'))?;
    let metaclass = text[end..].strip_prefix(" class").filter(|rest| !rest.starts_with(is_part));
    Some(metaclass.map_or((name, &text[end..]), |rest| (&text[..text.len() - rest.len()], rest)))
}

/// `at:put:`, `#at:put:`, `#'at:put:'`, `foo`, `//`, and what follows.
fn selector(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('#').unwrap_or(text);
    if let Some((quoted, rest)) = text.strip_prefix('\'').and_then(|inside| inside.split_once('\'')) {
        return Some((quoted, rest));
    }
    let starts_word = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_part = |c: char| {
        if starts_word { c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '`') } else { "+-*/\\~<>=@%|&?,!".contains(c) }
    };
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    // A colon after a unary selector is the dialect's: `doesNotUnderstand: #foo` has its own.
    (end > 0).then(|| text.split_at(end))
}

/// A class name without its name space and the digits of a generated one.
pub(super) fn uncounted(name: &str) -> String {
    let (name, metaclass) = name.strip_suffix(" class").map_or((name, ""), |name| (name, " class"));
    let name = name.rsplit('.').next().unwrap_or(name);
    let name = name.split('`').next().unwrap_or(name);
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    format!("{}{metaclass}", if base.is_empty() { name } else { base })
}

/// Adds a frame to those of a report, with its role; a `doesNotUnderstand:` says who didn't understand.
pub(super) fn add(report: &mut Report, sent: &Sent<'_>) {
    let is_dnu = matches!(sent.selector, "doesNotUnderstand:" | "_doesNotUnderstand:args:envId:reason:");
    if is_dnu && !report.frames.has_application() {
        understood_nothing(report, sent);
    }
    let role = match () {
        () if sent.is_signal() && !report.frames.has_application() => Role::Signal,
        () if sent.is_plumbing() => Role::Plumbing,
        () => Role::Application,
    };
    report.frames.push(sent.text, sent.key(), role);
}

fn understood_nothing(report: &mut Report, sent: &Sent<'_>) {
    let argument = sent.rest.trim_start().strip_prefix('#').map(|rest| selector(rest).map_or(rest, |(selector, _)| selector));
    match &mut report.not_understood {
        Some(known) => {
            // The frame names the class; messages often only print the receiver.
            known.receiver = Some(uncounted(sent.receiver));
            if known.selector.is_empty() {
                argument.unwrap_or_default().clone_into(&mut known.selector);
            }
        }
        none if argument.is_some() || report.exception.is_none() && report.message.is_none() => {
            let selector = argument.unwrap_or_default().to_owned();
            *none = Some(NotUnderstood { receiver: Some(uncounted(sent.receiver)), selector });
        }
        _ => {}
    }
}

/// Adds one frame by hand, such as one of C or of code that has no method.
pub(super) fn add_plain(frames: &mut Frames, text: &str, key: &str, role: Role) {
    frames.push(text, key.to_owned(), role);
}

/// Whether the line is a frame and nothing else; `doesNotUnderstand: #foo` may name its message.
pub(super) fn bare(line: &str) -> Option<Sent<'_>> {
    let sent = Sent::read(line, ">>")?;
    let rest = sent.rest.trim();
    let named = rest.strip_prefix('#').is_some_and(|name| !name.contains(' ') && sent.selector.ends_with(':'));
    (rest.is_empty() || named).then_some(sent)
}

/// Takes a text as `Class: text` where it begins with a class, and finds out what wasn't understood.
pub(super) fn titled(report: &mut Report, title: &str) {
    let title = title.trim();
    let is_class = |word: &str| {
        word.starts_with(|c: char| c.is_uppercase()) && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_'))
    };
    match title.split_once(':') {
        Some((class, text)) if is_class(class) => report.raised(Some(class), Some(text)),
        _ if matches!(title, "Halt" | "Warning" | "Error" | "Exception" | "Transcript") => report.raised(Some(title), None),
        _ => report.raised(None, Some(title)),
    }
    settle(report);
}

/// Finds out from the message what wasn't understood, and names the class that dialects leave out then.
pub(super) fn settle(report: &mut Report) {
    let of_class = report.exception.as_deref() == Some("MessageNotUnderstood");
    let Some(found) = report.message.as_deref().and_then(|message| not_understood(message, of_class)) else { return };
    report.not_understood = Some(found);
    if report.exception.is_none() || report.exception.as_deref() == Some("UnhandledException") {
        report.exception = Some("MessageNotUnderstood".to_owned());
    }
}

/// Gives the exception and the message that a report without any has because of its `doesNotUnderstand:` frame.
pub(super) fn settle_by_frames(report: &mut Report) {
    let Some(NotUnderstood { receiver, selector }) = &report.not_understood else { return };
    if report.exception.is_none() {
        report.exception = Some("MessageNotUnderstood".to_owned());
    }
    if report.message.is_none() && !selector.is_empty() {
        let by = receiver.as_ref().map_or(String::new(), |receiver| format!(" not understood by {receiver}"));
        report.message = Some(format!("#{selector}{by}"));
    }
}

/// The ways to say it: `Form>>owner` after the class, `Instance of X did not understand #y`, `a X does not understand #y`,
/// `X does not understand #y`, `Message not understood: #y`, `#y not understood by X`, `receiver of "y" is nil`.
fn not_understood(message: &str, of_class: bool) -> Option<NotUnderstood> {
    let named = |text: &str| selector(text.trim_start()).map_or("", |(selector, _)| selector).to_owned();
    if let Some(rest) = message.strip_prefix("Message not understood:") {
        return Some(NotUnderstood { receiver: None, selector: named(rest) });
    }
    for verb in [" did not understand", " does not understand", "did not understand"] {
        if let Some((who, rest)) = message.split_once(verb) {
            return Some(NotUnderstood { receiver: receiver(who), selector: named(rest) });
        }
    }
    if let Some((what, who)) = message.split_once(" not understood by ") {
        let what = what.rsplit(' ').next().unwrap_or(what);
        return Some(NotUnderstood { receiver: receiver(who), selector: named(what) });
    }
    if let Some(rest) = message.strip_prefix("receiver of \"") {
        let (selector, rest) = rest.split_once('"')?;
        let receiver = rest.trim().strip_prefix("is ").map(|who| if who == "nil" { "UndefinedObject" } else { who }.to_owned());
        return Some(NotUnderstood { receiver, selector: selector.to_owned() });
    }
    let (who, what) = message.split_once(">>").filter(|_| of_class)?;
    Some(NotUnderstood { receiver: receiver(who), selector: named(what) })
}

fn receiver(words: &str) -> Option<String> {
    let words = words.trim().trim_end_matches(':');
    let words = ["Instance of ", "an ", "a ", "The "].iter().find_map(|start| words.strip_prefix(start)).unwrap_or(words);
    match words {
        "" => None,
        "nil" => Some("UndefinedObject".to_owned()),
        words => class(words).filter(|(_, rest)| rest.is_empty()).map(|(name, _)| uncounted(name)),
    }
}
