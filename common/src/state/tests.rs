//! States in every format, and the traps of colouring them.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod formats;
mod lines;
mod properties;

use super::{Findings, Reading, Rules, Severity, state};

fn read(content: &str) -> Findings {
    with_exit(content, None)
}

fn with_exit(content: &str, exit: Option<i32>) -> Findings {
    state(&Reading { content: content.as_bytes(), exit, format: None }, &Rules::default())
}

fn words(findings: &Findings) -> Vec<(Severity, &str)> {
    findings.findings.iter().map(|finding| (finding.severity, finding.words.as_str())).collect()
}
