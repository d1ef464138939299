//! Spring Boot Actuator's health, after its reference documentation: `components` in version 3, `details` in version 2.

use super::Severity;
use super::json::{Place, Value, Verdict};

/// A `status` at the top or of a component. What an indicator keeps under its own `details` is no status, whatever its name:
/// Elasticsearch writes `"status": "yellow"` there.
pub(super) fn verdict(place: &Place<'_>, value: &Value) -> Option<Verdict> {
    let (key, above) = place.path.split_last()?;
    let Value::Text(status) = value else { return None };
    if key != "status" || !is_component(above) {
        return None;
    }
    let severity = match status.to_ascii_uppercase().as_str() {
        "UP" | "OK" => return None,
        "DOWN" | "OUT_OF_SERVICE" => Severity::Problem,
        _ => Severity::Warning,
    };
    let names: Vec<_> = above.iter().skip(1).step_by(2).cloned().collect();
    let details = place.parent.and_then(|parent| parent.field("details"));
    let error = details.and_then(|details| details.text_of("error").or_else(|| details.text_of("message")));
    Some(Verdict::of(severity, &names, status, error))
}

/// Whether names and containers alternate: `components`, a name, `components`, a name.
fn is_component(path: &[String]) -> bool {
    path.len().is_multiple_of(2) && path.iter().step_by(2).all(|part| part == "components" || part == "details")
}
