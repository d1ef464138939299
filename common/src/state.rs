//! Reads what a client application says about its own health: how bad it is, and which lines say so.
//!
//! One file per format below `state/`. A state always becomes lines to show, each with its severity, so that every screen
//! colours the same lines. How old a state may be and whom it concerns is left to `incident`.

mod actuator;
mod health;
mod json;
mod plugin;
mod prometheus;
mod report;
mod rules;
mod word;

#[cfg(test)]
mod tests;

pub use rules::{Rule, RuleError, Rules};
use serde::{Deserialize, Serialize};

use crate::encoding::decode;
use crate::text::{Clean, cut};

/// The most of a state that is read, in bytes; an agent sends no more.
pub const MAX_STATE: usize = 256 * 1024;
/// The most findings that are kept; there may be more red lines than that.
pub const MAX_FINDINGS: usize = 200;
/// The longest text of a finding, in terminal cells.
const MAX_WORDS: usize = 200;

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing to do.
    #[default]
    Ok,
    /// Somebody should look at it some time.
    Warning,
    /// Needs a person now.
    Problem,
}

impl Severity {
    /// As in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }

    /// One character that tells them apart without colour.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Ok => "✓",
            Self::Warning => "!",
            Self::Problem => "✗",
        }
    }
}

/// The formats of states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// `application/health+json`, as in draft-inadarei-api-health-check-06.
    HealthJson,
    /// What Spring Boot Actuator answers at `/actuator/health`, versions 2 and 3.
    Actuator,
    /// Any other JSON.
    Json,
    /// One line as monitoring plugins print it, and an exit code.
    Plugin,
    /// Prometheus text 0.0.4.
    Prometheus,
    /// `key: value` lines, log lines, or any other text.
    Report,
}

/// A state as it came from a site.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// What the file holds or the command printed.
    pub content: &'a [u8],
    /// The exit code of the command; none for a file.
    pub exit: Option<i32>,
    /// The format that the agent's config names; none: found out.
    pub format: Option<Format>,
}

/// What a state says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// What it was read as.
    pub format: Format,
    /// The worst of all findings: a part that is down counts, whatever the top says.
    pub worst: Severity,
    /// What is wrong, in the order of the state, up to [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
    /// The state to show: JSON one field a line, other text as it came.
    pub lines: Vec<Line>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is: a warning or a problem.
    pub severity: Severity,
    /// What it is, on one line.
    pub words: Clean,
    /// The place in [`Findings::lines`], counted from 0; none for what is wrong with the state as a whole.
    pub line: Option<usize>,
}

/// One line of a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// How it is coloured.
    pub severity: Severity,
    /// The text.
    pub text: Clean,
}

/// A line with the words that a finding would use.
struct Judged {
    text: String,
    severity: Severity,
    /// None: the line itself says it, or another line does.
    words: Option<String>,
    /// Coloured along with another line, and no finding of its own.
    silent: bool,
}

impl Judged {
    fn new(text: impl Into<String>, severity: Severity) -> Judged {
        Judged { text: text.into(), severity, words: None, silent: false }
    }
}

/// What a format's reader makes of a text: lines, and what is wrong with the whole.
#[derive(Default)]
struct Draft {
    lines: Vec<Judged>,
    whole: Vec<(Severity, String)>,
}

/// Reads a state. The application's own rules come first: the first rule that matches a line decides it.
pub fn state(reading: &Reading<'_>, rules: &Rules) -> Findings {
    let content = &reading.content[..reading.content.len().min(MAX_STATE)];
    if content.contains(&0) && !matches!(content, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
        let words = "the state is not text".to_owned();
        return Draft { lines: Vec::new(), whole: vec![(Severity::Warning, words)] }.settled(Format::Report, rules);
    }
    let (text, _) = decode(content);
    let format = reading.format.unwrap_or_else(|| recognised(&text));
    let mut draft = match format {
        Format::HealthJson | Format::Actuator | Format::Json => json::read(&text, format),
        Format::Plugin => plugin::read(&text, reading.exit),
        Format::Prometheus => prometheus::read(&text),
        Format::Report => report::read(&text),
    };
    if text.trim().is_empty() {
        draft.whole.push((Severity::Problem, "the state is empty".to_owned()));
    }
    if reading.content.len() > MAX_STATE {
        let words = format!("the state is larger than {} KiB; only the beginning is read", MAX_STATE / 1024);
        draft.whole.push((Severity::Warning, words));
    }
    // Plugins mean something by their exit codes; from anything else one other than 0 is a failure.
    if let Some(code) = reading.exit.filter(|code| *code != 0 && format != Format::Plugin) {
        draft.whole.push((Severity::Problem, format!("the state command ended with exit code {code}")));
    }
    draft.settled(format, rules)
}

fn recognised(text: &str) -> Format {
    let text = text.trim_start();
    match text.bytes().next() {
        Some(b'{') => json::recognised(text),
        // A log may begin with `[ERROR]` or `[2026-11-24]`.
        Some(b'[') if text[1..].trim_start().starts_with(['{', '"', '[', ']']) => json::recognised(text),
        _ if plugin::is_one(text) => Format::Plugin,
        _ if prometheus::is_one(text) => Format::Prometheus,
        _ => Format::Report,
    }
}

impl Draft {
    /// Lets the rules decide, and gathers what is left as findings.
    fn settled(self, format: Format, rules: &Rules) -> Findings {
        let mut findings: Vec<_> =
            self.whole.into_iter().map(|(severity, words)| Finding { severity, words: words_of(&words), line: None }).collect();
        let mut lines = Vec::with_capacity(self.lines.len());
        let mut worst = findings.iter().map(|finding| finding.severity).max().unwrap_or_default();
        for (line, judged) in self.lines.into_iter().enumerate() {
            let decided = rules.severity(&judged.text);
            let severity = decided.unwrap_or(judged.severity);
            worst = worst.max(severity);
            let is_finding = severity > Severity::Ok && (decided.is_some() || !judged.silent);
            if is_finding && findings.len() < MAX_FINDINGS {
                let words = judged.words.as_deref().unwrap_or(&judged.text);
                findings.push(Finding { severity, words: words_of(words), line: Some(line) });
            }
            lines.push(Line { severity, text: Clean::line(&judged.text) });
        }
        Findings { format, worst, findings, lines }
    }
}

fn words_of(text: &str) -> Clean {
    Clean::line(&cut(text.trim(), MAX_WORDS))
}

impl Findings {
    /// The worst finding, the first of its kind: what a list shows of a state.
    pub fn headline(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.severity == self.worst)
    }

    /// How many lines are coloured that way.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}
