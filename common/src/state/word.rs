//! Words that say how something is, as tokens: `ERROR`, `DOWN`, `pass`, `degraded`.

use super::Severity;

const PROBLEM: &[&str] = &[
    "error",
    "err",
    "fatal",
    "critical",
    "crit",
    "fail",
    "failed",
    "failing",
    "failure",
    "down",
    "severe",
    "panic",
    "emergency",
    "alert",
    "dead",
    "unhealthy",
    "offline",
    "unavailable",
    "out_of_service",
    "problem",
];

const WARNING: &[&str] =
    &["warn", "warning", "degraded", "stale", "retry", "retrying", "unknown", "impaired", "unstable", "partial"];

const OK: &[&str] = &[
    "pass",
    "passed",
    "ok",
    "okay",
    "up",
    "info",
    "notice",
    "debug",
    "trace",
    "healthy",
    "online",
    "running",
    "alive",
    "good",
    "success",
    "succeeded",
    "normal",
    "ready",
    "active",
    "green",
    "fine",
    "none",
    "started",
    "available",
    "serving",
];

/// What a word says about a state, whatever its case; none for other words.
pub(super) fn severity(word: &str) -> Option<Severity> {
    let word = word.to_ascii_lowercase();
    let among = |words: &[&str]| words.contains(&word.as_str());
    if among(PROBLEM) {
        Some(Severity::Problem)
    } else if among(WARNING) {
        Some(Severity::Warning)
    } else if among(OK) {
        Some(Severity::Ok)
    } else {
        None
    }
}

/// Words that begin a line of a log by saying how bad it is; others, as `down` or `retry`, may begin a sentence as well.
pub(super) fn is_level(word: &str) -> bool {
    const LEVELS: &[&str] = &["error", "fatal", "critical", "severe", "panic", "warn", "warning", "emergency", "alert"];
    LEVELS.contains(&word.to_ascii_lowercase().as_str())
}

/// Words that say how a thing is whatever it is called: `database: down`; others, as `unknown`, may be an ordinary value.
pub(super) fn is_plain_verdict(word: &str) -> bool {
    const ORDINARY: &[&str] =
        &["unknown", "partial", "retry", "retrying", "alert", "problem", "err", "dead", "panic", "emergency"];
    !is_any(word, ORDINARY)
}

/// Whether a key's value says how something is: the last word of `db status`, `replication.state`.
pub(super) fn is_status_key(key: &str) -> bool {
    const KEYS: &[&str] =
        &["status", "state", "level", "severity", "result", "health", "verdict", "condition", "outcome", "lvl", "loglevel"];
    let mut words = tokens(key);
    let last = words.next_back().unwrap_or_default().to_ascii_lowercase();
    // `log level: error` is a setting, no state.
    KEYS.contains(&last.as_str()) && last != "loglevel" && !words.any(|word| is_any(word, &["log", "logging", "minimum", "min"]))
}

/// The words of a key: cut at everything but letters and digits, and where `camelCase` begins a word.
pub(super) fn tokens(key: &str) -> impl DoubleEndedIterator<Item = &str> {
    key.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Whether a word is one of these, whatever its case.
pub(super) fn is_any(word: &str, words: &[&str]) -> bool {
    words.iter().any(|one| one.eq_ignore_ascii_case(word))
}
