//! `application/health+json`, after draft-inadarei-api-health-check-06: a status at the top and one in each check.

use super::json::{Place, Value, Verdict};
use super::{Severity, word};

/// A `status` at the top or of a check, and the `output` beside one that isn't well.
pub(super) fn verdict(place: &Place<'_>, value: &Value) -> Option<Verdict> {
    let (key, above) = place.path.split_last()?;
    let is_status_place = match above {
        [] => true,
        [checks, rest @ ..] => checks == "checks" && (1..=2).contains(&rest.len()),
    };
    if !is_status_place {
        return None;
    }
    let parent = place.parent?;
    let status = parent.text_of("status")?;
    let severity = severity(status);
    let named = above.strip_prefix(&["checks".to_owned()][..]).unwrap_or(above);
    match (key.as_str(), value) {
        (_, _) if severity == Severity::Ok => None,
        ("status", Value::Text(_)) => Some(Verdict::of(severity, named, status, parent.text_of("output"))),
        ("output", Value::Text(text)) if !text.trim().is_empty() => Some(Verdict { severity, words: None }),
        _ => None,
    }
}

/// The draft names pass, warn and fail with some aliases, whatever their case; what else stands there is at least odd.
fn severity(status: &str) -> Severity {
    word::severity(status).unwrap_or(Severity::Warning)
}
