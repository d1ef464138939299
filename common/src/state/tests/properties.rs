//! What holds for any bytes.

use crate::state::{MAX_FINDINGS, Reading, Rules, Severity, state};
use proptest::prelude::*;

/// Junk that looks like states.
fn junk() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"{\"status\":\"".to_vec()),
        Just(b"\"checks\":{".to_vec()),
        Just(b"}]".to_vec()),
        Just(b"ERROR".to_vec()),
        Just(b"[error] ".to_vec()),
        Just(b"DISK CRITICAL: ".to_vec()),
        Just(b"up{a=\"".to_vec()),
        Just(b": ".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"level=".to_vec()),
        Just("ß…≠".as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_break_the_readers_and_the_worst_is_the_worst_of_all(content in junk(), exit in proptest::option::of(-2..200)) {
        let findings = state(&Reading { content: &content, exit, format: None }, &Rules::default());
        let said = findings.findings.iter().map(|finding| finding.severity).chain(findings.lines.iter().map(|line| line.severity));
        prop_assert_eq!(findings.worst, said.max().unwrap_or(Severity::Ok));
        prop_assert!(findings.findings.len() <= MAX_FINDINGS);
        prop_assert!(findings.findings.iter().all(|finding| finding.severity > Severity::Ok));
        prop_assert!(findings.findings.iter().filter_map(|finding| finding.line).all(|line| line < findings.lines.len()));
    }

    #[test]
    fn line_ends_change_no_verdict_of_a_report(lines in proptest::collection::vec("[a-zA-Z:= 0-9\\[\\]]{0,30}", 1..10)) {
        let severities = |end: &str| {
            let text = format!("report\n{}", lines.join(end));
            let text = text.replace('\n', end);
            let reading = Reading { content: text.as_bytes(), exit: None, format: Some(crate::state::Format::Report) };
            state(&reading, &Rules::default()).lines.into_iter().map(|line| line.severity).collect::<Vec<_>>()
        };
        prop_assert_eq!(severities("\n"), severities("\r\n"));
    }
}
