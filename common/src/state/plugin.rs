//! Monitoring plugins: `SERVICE STATUS: text | perfdata`, and an exit code that decides. The guidelines of the monitoring plugins
//! say that the status text isn't reliable; it counts only where there is no exit code.

use super::{Draft, Judged, Severity};

const WORDS: [(&str, i32); 4] = [("OK", 0), ("WARNING", 1), ("CRITICAL", 2), ("UNKNOWN", 3)];

/// Whether the first line has the form.
pub(super) fn is_one(text: &str) -> bool {
    text.lines().find(|line| !line.trim().is_empty()).and_then(status).is_some()
}

/// The exit code that the words of a line stand for: `DISK CRITICAL - /var is full`, `OK: all well`.
fn status(line: &str) -> Option<i32> {
    let line = line.split('|').next().unwrap_or(line).trim();
    let end = line.find([':', '-', ';']).unwrap_or(line.len());
    let mut words = line[..end].split_whitespace();
    let last = words.next_back()?;
    let service_ok = words.all(|word| word.chars().all(|c| !c.is_lowercase()));
    let has_text = end < line.len() || line.split_whitespace().count() <= 2;
    WORDS.iter().find(|(word, _)| *word == last).map(|(_, code)| *code).filter(|_| service_ok && has_text)
}

pub(super) fn read(text: &str, exit: Option<i32>) -> Draft {
    let mut draft = Draft { lines: text.lines().map(|line| Judged::new(line, Severity::Ok)).collect(), whole: Vec::new() };
    match exit.or_else(|| written_code(text)) {
        Some(code) => by_code(&mut draft, code),
        None => {
            for line in &mut draft.lines {
                if let Some(code) = status(&line.text) {
                    line.severity = severity(code);
                }
            }
        }
    }
    draft
}

/// The exit code decides; the first line says why.
fn by_code(draft: &mut Draft, code: i32) {
    let severity = severity(code);
    if !(0..=3).contains(&code) {
        draft.whole.push((severity, format!("the state command ended with exit code {code}")));
    } else if let Some(line) = draft.lines.iter_mut().find(|line| !line.text.trim().is_empty()) {
        line.severity = severity;
    } else if severity > Severity::Ok {
        draft.whole.push((severity, format!("the state command printed nothing and ended with exit code {code}")));
    }
}

fn severity(code: i32) -> Severity {
    match code {
        0 => Severity::Ok,
        1 | 3 => Severity::Warning,
        _ => Severity::Problem,
    }
}

/// A file that keeps the exit code carries it as a line `rc=2`.
fn written_code(text: &str) -> Option<i32> {
    text.lines().find_map(|line| line.trim().strip_prefix("rc=")?.trim().parse().ok())
}
