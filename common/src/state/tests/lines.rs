//! Lines of plain text: what is red, what is yellow, and what must stay plain.

use super::read;
use crate::state::Severity::{self, Ok, Problem, Warning};

fn severity(line: &str) -> Severity {
    let findings = read(&format!("nightly report\n{line}\n"));
    findings.lines[1].severity
}

fn all(severity_wanted: Severity, lines: &[&str]) {
    for line in lines {
        assert_eq!(severity(line), severity_wanted, "{line}");
    }
}

#[test]
fn a_level_at_the_start_after_a_time_in_brackets_or_as_a_status_is_red() {
    all(
        Problem,
        &[
            "ERROR: disk full",
            "ERROR disk full",
            "Error: cannot open the ledger",
            "error: cannot open the ledger",
            "FATAL the image is corrupt",
            "CRITICAL - no route to the exchange",
            "  SEVERE: heap exhausted",
            "* FAILED nightly run",
            "2026-11-24 10:00:01 ERROR no route",
            "2026-11-24T10:00:01.123Z error no route",
            "2026-11-24 10:00:01,123 [main] ERROR com.acme.Gateway - no route",
            "Nov 24 10:00:01 ERROR no route",
            "24.11.2026 10:00:01 FATAL no route",
            "[2026-11-24 10:00:01] ERROR no route",
            "[ERROR] no route",
            "gateway [error] no route",
            "<FATAL> no route",
            "status: DOWN",
            "status = failed",
            "db status: down since 10:00",
            "replication.state=FAILED",
            "database: DOWN",
            "nightly job: failed",
            "database: ERROR no route",
            "ts=10 level=error msg=\"no route\"",
            "errors: 3",
            "failed logins: 2",
            "FAILED LOGINS: 2",
            "error rate: 0.3",
            "errors\t= 1,204",
            "healthy: false",
        ],
    );
}

#[test]
fn lesser_levels_are_yellow() {
    all(
        Warning,
        &[
            "WARN low on memory",
            "WARNING: low on memory",
            "warning: low on memory",
            "[WARN] low on memory",
            "2026-11-24 10:00:01 WARN low on memory",
            "DEGRADED one of two links",
            "status: degraded",
            "cache: STALE",
            "RETRY 3 of 5",
            "warnings: 2",
            "status: unknown",
        ],
    );
}

#[test]
fn a_level_inside_a_word_a_count_of_zero_and_a_denial_stay_plain() {
    all(
        Ok,
        &[
            "0 errors",
            "0 failed",
            "0 failed logins",
            "errors: 0",
            "errors: none",
            "Errors = 0",
            "ERRORS: 0",
            "error: 0",
            "ERROR: none",
            "error rate: 0.0",
            "error rate: 0.0 %",
            "FAILED LOGINS: 0",
            "last error: none",
            "last error: -",
            "ErrorDumper",
            "ErrorDumper: running",
            "ErrorDumper started",
            "no warnings",
            "no errors found",
            "warnings: 0",
            "retry=OK",
            "RETRY=3",
            "max errors: 10",
            "error log: /var/log/acme.log",
            "log level: error",
            "loglevel=ERROR",
            "status: OK",
            "status: no errors",
            "database: UP",
            "downtime: 0",
            "download: 5 MB",
            "Downloads",
            "terror level",
            "version: unknown",
            "mirror: unknown",
            "failover: ready",
            "state: running",
            "uptime: 4 days",
            "healthy: true",
            "Time:\t\t(31.08.2013 23:19:10)",
            "10:05 all is well",
            "http://status.example/error",
        ],
    );
}

#[test]
fn a_stray_escape_sequence_in_a_line_is_shown_and_not_obeyed() {
    let findings = read("ERROR \x1b[2J gone\n");
    assert_eq!(findings.findings[0].words.as_str(), "ERROR \\x1b[2J gone");
    assert_eq!(findings.lines[0].text.as_str(), "ERROR \\x1b[2J gone");
}
