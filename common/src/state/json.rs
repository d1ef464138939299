//! JSON as lines, one field each, in the order of the state; what a field means is left to the readers of the formats.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::word::{is_any, is_status_key, severity, tokens};
use super::{Draft, Format, Judged, Severity, actuator, health};

/// A value with its fields in the order in which they stand, none lost.
#[derive(Debug)]
pub(super) enum Value {
    /// Already as it is written.
    Scalar(String),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Value {
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Object(fields) => fields.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a field that isn't empty.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.field(name).and_then(Value::text).filter(|text| !text.trim().is_empty())
    }
}

/// Which of the JSON formats it is.
pub(super) fn recognised(text: &str) -> Format {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Format::Json };
    let says_status = value.field("status").and_then(Value::text).is_some();
    match &value {
        _ if value.field("checks").is_some() => Format::HealthJson,
        _ if says_status && (value.field("components").is_some() || value.field("details").is_some()) => Format::Actuator,
        _ if says_status && ["releaseId", "serviceId", "notes", "output"].iter().any(|one| value.field(one).is_some()) => {
            Format::HealthJson
        }
        _ => Format::Json,
    }
}

pub(super) fn read(text: &str, format: Format) -> Draft {
    if text.trim().is_empty() {
        return Draft::default();
    }
    let value = match serde_json::from_str::<Value>(text) {
        Ok(value) => value,
        Err(error) => {
            let lines = text.lines().map(|line| Judged::new(line, Severity::Ok)).collect();
            return Draft { lines, whole: vec![(Severity::Warning, format!("unreadable: not JSON: {error}"))] };
        }
    };
    let mut writer = Writer { draft: Draft::default(), format };
    writer.value(&Place::top(), "", &value, "");
    writer.draft
}

/// Where a value stands.
pub(super) struct Place<'a> {
    /// The names on the way to it.
    pub(super) path: Vec<String>,
    /// The object that it is a field of.
    pub(super) parent: Option<&'a Value>,
}

impl Place<'_> {
    fn top() -> Place<'static> {
        Place { path: Vec::new(), parent: None }
    }

    fn below<'a>(&self, name: String, parent: &'a Value) -> Place<'a> {
        let mut path = self.path.clone();
        path.push(name);
        Place { path, parent: Some(parent) }
    }

    /// The name of the field.
    pub(super) fn key(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}

struct Writer {
    draft: Draft,
    format: Format,
}

impl Writer {
    /// Writes a value after `before`, which holds indentation and name, and puts `after` behind it.
    fn value(&mut self, place: &Place<'_>, before: &str, value: &Value, after: &str) {
        let indent = "  ".repeat(place.path.len());
        match value {
            Value::Scalar(text) => self.leaf(place, value, format!("{before}{text}{after}")),
            Value::Text(text) => self.leaf(place, value, format!("{before}{}{after}", quoted(text))),
            Value::List(items) if items.is_empty() => self.plain(format!("{before}[]{after}")),
            Value::Object(fields) if fields.is_empty() => self.plain(format!("{before}{{}}{after}")),
            Value::List(items) => {
                self.plain(format!("{before}["));
                for (at, item) in items.iter().enumerate() {
                    let comma = if at + 1 < items.len() { "," } else { "" };
                    self.value(&place.below(format!("[{at}]"), value), &format!("{indent}  "), item, comma);
                }
                self.plain(format!("{indent}]{after}"));
            }
            Value::Object(fields) => {
                self.plain(format!("{before}{{"));
                for (at, (name, field)) in fields.iter().enumerate() {
                    let comma = if at + 1 < fields.len() { "," } else { "" };
                    let before = format!("{indent}  {}: ", quoted(name));
                    self.value(&place.below(name.clone(), value), &before, field, comma);
                }
                self.plain(format!("{indent}}}{after}"));
            }
        }
    }

    fn plain(&mut self, line: String) {
        self.draft.lines.push(Judged::new(line, Severity::Ok));
    }

    fn leaf(&mut self, place: &Place<'_>, value: &Value, line: String) {
        let verdict = match self.format {
            Format::HealthJson => health::verdict(place, value),
            Format::Actuator => actuator::verdict(place, value),
            _ => verdict(place, value),
        };
        let mut judged = Judged::new(line, Severity::Ok);
        if let Some(verdict) = verdict {
            judged.severity = verdict.severity;
            judged.silent = verdict.words.is_none();
            judged.words = verdict.words;
        }
        self.draft.lines.push(judged);
    }
}

/// What a field says.
pub(super) struct Verdict {
    pub(super) severity: Severity,
    /// None: another field says it already.
    pub(super) words: Option<String>,
}

impl Verdict {
    /// `database is DOWN: no route`, of the object that a field belongs to.
    pub(super) fn of(severity: Severity, path: &[String], status: &str, output: Option<&str>) -> Verdict {
        let name = if path.is_empty() { "the whole".to_owned() } else { joined(path) };
        let output = output.map_or(String::new(), |output| format!(": {output}"));
        Verdict { severity, words: Some(format!("{name} is {status}{output}")) }
    }
}

/// `cpu:utilization[0]`, `broker/us1`.
fn joined(path: &[String]) -> String {
    let mut name = String::new();
    for part in path {
        if !name.is_empty() && !part.starts_with('[') {
            name.push('/');
        }
        name.push_str(part);
    }
    name
}

/// JSON of no known format: a field named status or the like, or a count of errors.
fn verdict(place: &Place<'_>, value: &Value) -> Option<Verdict> {
    let key = place.key();
    let above = &place.path[..place.path.len().saturating_sub(1)];
    match value {
        Value::Text(text) if is_status_key(key) => {
            let severity = severity(text).filter(|severity| *severity > Severity::Ok)?;
            let output = place.parent.and_then(|parent| parent.text_of("message").or(parent.text_of("output")));
            Some(Verdict::of(severity, above, text, output))
        }
        Value::Scalar(number) if counts_errors(key) => {
            let positive = number.parse::<f64>().is_ok_and(|number| number > 0.0);
            positive.then(|| Verdict { severity: Severity::Problem, words: Some(format!("{}: {number}", joined(&place.path))) })
        }
        Value::Scalar(word) if says_health(key) && word == "false" => {
            Some(Verdict { severity: Severity::Problem, words: Some(format!("{}: {word}", joined(&place.path))) })
        }
        _ => None,
    }
}

/// Whether a number under this key counts errors.
pub(super) fn counts_errors(key: &str) -> bool {
    const ERRORS: &[&str] = &["error", "errors", "failed", "failure", "failures"];
    const NO_COUNT: &[&str] = &["limit", "threshold", "max", "maximum", "allowed", "budget", "timeout", "at", "since", "port"];
    tokens(key).any(|word| is_any(word, ERRORS)) && !tokens(key).any(|word| is_any(word, NO_COUNT))
}

/// Whether `false` under this key says that something is not well.
pub(super) fn says_health(key: &str) -> bool {
    tokens(key).next_back().is_some_and(|word| is_any(word, &["ok", "healthy", "alive", "up", "running"]))
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Scalar("null".to_owned()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Value::Object(fields))
    }
}
