//! One group of walkbacks in words. All of it comes from sites, clean.

use crate::app::theme::Tone;
use fieldpost_common::api::ErrorGroup;
use fieldpost_common::error_group::ErrorState;
use fieldpost_common::text::count;

/// The state with a sign, so that no colour is needed.
pub(crate) fn state(one: &ErrorGroup) -> (Tone, String) {
    let (tone, sign) = match one.state {
        ErrorState::Regressed => (Tone::Alarm, '✗'),
        ErrorState::New => (Tone::Warning, '!'),
        ErrorState::Known => (Tone::Plain, ' '),
        ErrorState::Fixed => (Tone::Good, '✓'),
        ErrorState::Muted => (Tone::Faint, '–'),
    };
    (tone, format!("{sign} {}", one.state))
}

/// `ZeroDivide: division by zero`.
pub(crate) fn what(one: &ErrorGroup) -> String {
    match (&one.exception, &one.message) {
        (Some(exception), Some(message)) => format!("{exception}: {message}"),
        (Some(one), None) | (None, Some(one)) => one.to_string(),
        (None, None) => format!("a report of {}", one.dialect),
    }
}

/// Where it happens, and how the chain to issue and patch goes on.
pub(crate) fn chain(one: &ErrorGroup) -> String {
    let mut words = vec![count(one.sites.len(), "site")];
    words.extend(one.issue.as_ref().map(|issue| format!("issue {issue}")));
    words.extend(one.fixed_by.as_ref().map(|patch| format!("fixed by {patch}")));
    if !one.regressed_at.is_empty() {
        let sites = one.regressed_at.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        words.push(format!("came back at {sites}, where the fix is installed"));
    }
    if one.mailed > 0 {
        words.push(format!("{} mailed by the application itself", one.mailed));
    }
    words.join(" · ")
}

/// What a filter looks at.
pub(crate) fn haystack(one: &ErrorGroup) -> String {
    let list = |all: Vec<String>| all.join(" ");
    format!(
        "{} {} {} {} {} {} {} {} {}",
        one.state,
        what(one),
        one.top_frame.as_ref().map_or("", |frame| frame.as_str()),
        one.application,
        one.dialect,
        list(one.sites.iter().map(ToString::to_string).collect()),
        list(one.versions.iter().map(ToString::to_string).collect()),
        one.issue.as_ref().map_or("", |issue| issue.as_str()),
        one.fixed_by.as_ref().map_or(String::new(), ToString::to_string),
    )
}
