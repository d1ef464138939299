//! What two reports of the same error have in common, and reports of different errors don't.
//!
//! A hash over the family of dialects, the class, the message or what wasn't understood, and the first application frames.

use super::frame::fold_digits;
use super::normalise::normalised;
use super::report::NotUnderstood;
use super::{Dialect, Fingerprint, Frame, Role};
use crate::hash::{Hasher, hex};

/// So many frames tell where an error is; more would tell two ways to it apart.
const FRAMES: usize = 5;

/// What counts.
pub(super) struct Facts<'a> {
    pub(super) dialect: Dialect,
    pub(super) exception: Option<&'a str>,
    pub(super) message: Option<&'a str>,
    pub(super) location: Option<&'a str>,
    pub(super) not_understood: Option<&'a NotUnderstood>,
    pub(super) root: Option<&'a str>,
    pub(super) frames: &'a [Frame],
}

pub(super) fn fingerprint(facts: &Facts<'_>) -> Fingerprint {
    let mut hasher = Hasher::new();
    let mut add = |name: &str, value: &str| {
        hasher.update(name.as_bytes());
        hasher.update(b"\0");
        hasher.update(value.as_bytes());
        hasher.update(b"\n");
    };
    add("walkback", "1");
    add("family", facts.dialect.family());
    add("class", facts.exception.unwrap_or_default());
    add("root", facts.root.unwrap_or_default());
    let frames = telling(facts.frames);
    if let Some(NotUnderstood { receiver, selector }) = facts.not_understood {
        add("receiver", receiver.as_deref().unwrap_or_default());
        add("selector", selector);
    } else if let Some(message) = facts.message.filter(|message| frames.is_empty() || is_fixed(facts.dialect, message)) {
        add("message", &normalised(message, names_matter(facts.exception)));
    }
    if frames.is_empty() {
        add("location", &file(facts.location.unwrap_or_default()));
    }
    for key in frames {
        add("frame", key);
    }
    let hash = hasher.finish();
    hex(&hash.as_bytes()[..16]).parse().unwrap_or_else(|_| unreachable!("16 bytes are 32 hexadecimal digits"))
}

/// The first frames of the application, folded; where it has none, the first that didn't only signal.
fn telling(frames: &[Frame]) -> Vec<&str> {
    let of = |role| {
        let mut keys: Vec<&str> = Vec::with_capacity(FRAMES);
        for frame in frames.iter().filter(|frame| frame.role == role) {
            if keys.last() != Some(&frame.key.as_str()) {
                keys.push(&frame.key);
            }
            if keys.len() == FRAMES {
                break;
            }
        }
        keys
    };
    let application = of(Role::Application);
    if application.is_empty() { of(Role::Plumbing) } else { application }
}

/// The file of a place and the folder it is in, without lines and columns.
fn file(place: &str) -> String {
    let parts: Vec<&str> = place.split(['/', '\\']).collect();
    let mut file = String::new();
    fold_digits(&parts[parts.len().saturating_sub(2)..].join("/"), &mut file);
    file
}

/// Whether the message is the same on every machine: not in the language of its user.
fn is_fixed(dialect: Dialect, message: &str) -> bool {
    !dialect.is_localised() && message.is_ascii()
}

/// Errors about a name are different errors for different names.
fn names_matter(exception: Option<&str>) -> bool {
    exception.is_some_and(|class| {
        let class = class.rsplit('.').next().unwrap_or(class);
        matches!(
            class,
            "AttributeError"
                | "NameError"
                | "UnboundLocalError"
                | "ImportError"
                | "ModuleNotFoundError"
                | "TypeError"
                | "ReferenceError"
                | "NoSuchFieldError"
                | "NoSuchMethodError"
        )
    })
}
