//! Severities in words and colours, the same for every command that shows them.

use fieldpost_common::api::Verdict;
use fieldpost_common::state::{Finding, Line, Severity};
use fieldpost_common::text::age;
use std::time::Duration;

/// A text in the colour of its severity, where there are colours.
pub(super) fn painted(text: &str, severity: Severity, colour: bool) -> String {
    let code = match severity {
        _ if !colour => return text.to_owned(),
        Severity::Ok => return text.to_owned(),
        Severity::Warning => "33",
        Severity::Problem => "31",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

/// The same in the colour of a verdict: that nobody can say has one of its own.
pub(super) fn painted_verdict(text: &str, verdict: Verdict, colour: bool) -> String {
    let code = match verdict {
        _ if !colour => return text.to_owned(),
        Verdict::Ok => return text.to_owned(),
        Verdict::NeverSeen => "36",
        Verdict::CantSay => "35",
        Verdict::Warning => return painted(text, Severity::Warning, colour),
        Verdict::Problem => return painted(text, Severity::Problem, colour),
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

/// `✗ problem`.
pub(super) fn word(severity: Severity, colour: bool) -> String {
    painted(&format!("{} {}", severity.sign(), severity.word()), severity, colour)
}

/// `3 min ago`.
pub(super) fn ago(seconds: Option<u64>) -> String {
    let Some(seconds) = seconds else { return "never".to_owned() };
    match age(Duration::from_secs(seconds)).as_str() {
        "now" => "now".to_owned(),
        words => format!("{words} ago"),
    }
}

/// How long something has lasted: `for 3 min`, `just now`.
pub(super) fn lasting(time: Duration) -> String {
    match age(time).as_str() {
        "now" => "just now".to_owned(),
        words => format!("for {words}"),
    }
}

/// A state to read: what is wrong with it as a whole, then its lines, each marked with its severity.
pub(super) fn lines(findings: &[Finding], lines: &[Line], colour: bool) -> Vec<String> {
    let marked = |severity: Severity, text: &str| {
        let sign = if severity == Severity::Ok { " " } else { severity.sign() };
        painted(&format!("{sign} {text}"), severity, colour)
    };
    let whole = findings.iter().filter(|finding| finding.line.is_none());
    let whole = whole.map(|finding| marked(finding.severity, finding.words.as_str()));
    whole.chain(lines.iter().map(|line| marked(line.severity, line.text.as_str()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::text::Clean;

    #[test]
    fn a_line_is_marked_by_a_sign_and_coloured_only_where_there_are_colours() {
        let all = [(Severity::Ok, "name: x"), (Severity::Problem, "db: DOWN")];
        let all = all.map(|(severity, text)| Line { severity, text: Clean::line(text) });
        assert_eq!(lines(&[], &all, false), ["  name: x", "✗ db: DOWN"]);
        assert_eq!(lines(&[], &all, true), ["  name: x", "\x1b[31m✗ db: DOWN\x1b[0m"]);
    }
}
