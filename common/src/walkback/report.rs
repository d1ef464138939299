//! What a reader has found out about a report, before it is made safe to show and gets its fingerprint.

use std::ops::Range;

use super::frame::{Frames, shown};
use super::lines::Lines;
use super::{Dialect, MAX_MESSAGE, Walkback, Written, dolphin, fingerprint};
use crate::text::{Clean, cut};

/// A report as it was read: text that may still hold anything.
pub(super) struct Report {
    pub(super) dialect: Dialect,
    pub(super) exception: Option<String>,
    pub(super) message: Option<String>,
    pub(super) process: Option<String>,
    pub(super) location: Option<String>,
    pub(super) written: Option<Written>,
    pub(super) frames: Frames,
    /// What was asked of whom, if it was a message that wasn't understood.
    pub(super) not_understood: Option<NotUnderstood>,
    /// What is behind it: the class of the innermost cause and its first frame.
    pub(super) root: Option<String>,
}

/// A message that its receiver doesn't understand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NotUnderstood {
    /// The receiver's class; some dialects only tell it in a frame.
    pub(super) receiver: Option<String>,
    pub(super) selector: String,
}

impl Report {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            exception: None,
            message: None,
            process: None,
            location: None,
            written: None,
            frames: Frames::default(),
            not_understood: None,
            root: None,
        }
    }

    /// Takes `Class: text`, `Class` alone, or a text; empty ones count as none.
    pub(super) fn raised(&mut self, exception: Option<&str>, message: Option<&str>) {
        let some = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        self.exception = some(exception);
        self.message = some(message);
    }

    pub(super) fn finished(self, span: Range<usize>) -> Walkback {
        let line = |text: String| Clean::line(&cut(Clean::line(text.trim()).as_str(), MAX_MESSAGE));
        let frames = self.frames.finished();
        let facts = fingerprint::Facts {
            dialect: self.dialect,
            exception: self.exception.as_deref(),
            message: self.message.as_deref(),
            location: self.location.as_deref(),
            not_understood: self.not_understood.as_ref(),
            root: self.root.as_deref(),
            frames: &frames,
        };
        let fingerprint = fingerprint::fingerprint(&facts);
        Walkback {
            dialect: self.dialect,
            exception: self.exception.map(|class| shown(&class)),
            message: self.message.map(line),
            process: self.process.map(line),
            location: self.location.map(|place| shown(&place)),
            frames,
            written: self.written,
            span,
            fingerprint,
        }
    }
}

impl Report {
    /// Takes the receiver of what wasn't understood from the frame that says so.
    pub(super) fn with_receiver_of_first_frame(&mut self) {
        use super::smalltalk::{Sent, uncounted};
        let Some(known) = &mut self.not_understood else { return };
        let first = self.frames.iter().find(|frame| frame.key.ends_with(">>doesNotUnderstand:"));
        if let Some(sent) = first.and_then(|frame| Sent::read(frame.text.as_str(), ">>")) {
            known.receiver = Some(uncounted(sent.receiver));
        }
    }
}

/// Whether a report begins here whose head can't be anything else: what has no end of its own ends there.
pub(super) fn is_head(lines: Lines<'_>) -> bool {
    let raw = lines.raw();
    let starts = |head: &str| raw.starts_with(head.as_bytes());
    match raw.first() {
        Some(b'T') => starts("THERE_BE_DRAGONS_HERE") || starts("Traceback (most recent call last):"),
        Some(b'=') => starts("==") && raw.trim_ascii_end().ends_with(b"==BEGIN RUNTIME DIAGNOSTIC DUMP"),
        Some(b'W') => starts("Walkback at ") && raw.iter().take(200).any(u8::is_ascii_digit),
        Some(b'E') => starts("EXCEPTION: a") || starts("Exception in thread \""),
        Some(b't') => starts("thread '") && raw.len() < 8_000 && lines.text().contains(" panicked at "),
        Some(b'*') => dolphin::is_dump_head(lines),
        _ => false,
    }
}
