//! Formats that say themselves how things are, rules, and states that can't be read.

use super::{read, with_exit, words};
use crate::state::Severity::{Ok, Problem, Warning};
use crate::state::{Format, MAX_STATE, Reading, Rule, Rules, state};

#[test]
fn the_worst_check_colours_the_whole_even_where_the_top_says_pass() {
    let findings = read(
        r#"{"status": "pass", "checks": {
            "orders:responseTime": [{"status": "pass", "observedValue": 250}],
            "disk:utilization": [{"status": "warn", "observedValue": 85, "output": "85 % full"}, {"status": "FAIL"}],
            "mail": {"status": "down"}}}"#,
    );
    assert_eq!((findings.format, findings.worst), (Format::HealthJson, Problem));
    let expected = [
        (Warning, "disk:utilization[0] is warn: 85 % full"),
        (Problem, "disk:utilization[1] is FAIL"),
        (Problem, "mail is down"),
    ];
    assert_eq!(words(&findings), expected);
    assert_eq!(findings.headline().unwrap().words.as_str(), "disk:utilization[1] is FAIL");
}

#[test]
fn the_output_beside_a_bad_status_is_coloured_along_and_is_no_finding_of_its_own() {
    let findings = read(r#"{"status": "fail", "output": "no route", "releaseId": "4"}"#);
    assert_eq!(words(&findings), [(Problem, "the whole is fail: no route")]);
    let red: Vec<_> = findings.lines.iter().filter(|line| line.severity == Problem).map(|line| line.text.as_str()).collect();
    assert_eq!(red, [r#"  "status": "fail","#, r#"  "output": "no route","#]);
}

#[test]
fn a_component_that_is_down_is_red_although_the_whole_says_up() {
    let findings =
        read(r#"{"components":{"db1":{"status":"UP"},"db2":{"details":{"error":"no route"},"status":"DOWN"}},"status":"UP"}"#);
    assert_eq!((findings.format, findings.worst), (Format::Actuator, Problem));
    assert_eq!(words(&findings), [(Problem, "db2 is DOWN: no route")]);
}

#[test]
fn nested_components_are_looked_at_in_both_versions_of_the_actuator() {
    let three = read(
        r#"{"status":"UP","components":{"broker":{"status":"UP","components":{"us1":{"status":"OUT_OF_SERVICE"},"us2":{"status":"UP"}}}}}"#,
    );
    assert_eq!(words(&three), [(Problem, "broker/us1 is OUT_OF_SERVICE")]);
    let two = read(
        r#"{"status":"DOWN","details":{"db":{"status":"DOWN","details":{"db1":{"status":"DOWN"},"db2":{"status":"UNKNOWN"}}}}}"#,
    );
    assert_eq!(
        words(&two),
        [(Problem, "the whole is DOWN"), (Problem, "db is DOWN"), (Problem, "db/db1 is DOWN"), (Warning, "db/db2 is UNKNOWN")]
    );
}

#[test]
fn what_an_indicator_keeps_in_its_details_is_no_status() {
    let findings =
        read(r#"{"status":"UP","components":{"elasticsearch":{"status":"UP","details":{"status":"yellow","error":"none"}}}}"#);
    assert_eq!(findings.worst, Ok);
}

#[test]
fn json_of_no_known_format_is_judged_by_fields_that_say_a_state() {
    let findings = read(r#"{"app":{"state":"failed","message":"no route"},"errors":0,"queue":{"failed":2},"note":"error"}"#);
    assert_eq!(findings.format, Format::Json);
    assert_eq!(words(&findings), [(Problem, "app is failed: no route"), (Problem, "queue/failed: 2")]);
}

#[test]
fn json_is_shown_one_field_a_line_in_its_own_order() {
    let findings = read(r#"{"b":1,"a":[true,{}],"b":"x\ty"}"#);
    let text: Vec<_> = findings.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(text, ["{", "  \"b\": 1,", "  \"a\": [", "    true,", "    {}", "  ],", "  \"b\": \"x\\ty\"", "}"]);
}

#[test]
fn the_exit_code_of_a_plugin_decides_and_its_text_says_why() {
    let text = "DISK OK: 91 % of /var | used=91%;80;90;0;100\n";
    assert_eq!(with_exit(text, Some(2)).worst, Problem);
    assert_eq!(with_exit(text, Some(1)).worst, Warning);
    assert_eq!(with_exit(text, Some(3)).worst, Warning);
    assert_eq!(with_exit("DISK CRITICAL: 91 %\n", Some(0)).worst, Ok);
    assert_eq!(words(&with_exit(text, Some(2))), [(Problem, "DISK OK: 91 % of /var | used=91%;80;90;0;100")]);
    assert_eq!(words(&with_exit(text, Some(127))), [(Problem, "the state command ended with exit code 127")]);
}

#[test]
fn without_an_exit_code_each_plugin_line_is_read_by_its_words() {
    let findings = read("PROCS OK: 9\nPROCS WARNING: 95\nPROCS CRITICAL: 995\nPROCS UNKNOWN: no ps\n");
    assert_eq!(findings.format, Format::Plugin);
    assert_eq!(findings.lines.iter().map(|line| line.severity).collect::<Vec<_>>(), [Ok, Warning, Problem, Warning]);
    assert_eq!(read("DISK OK: fine\nrc=2\n").worst, Problem);
}

#[test]
fn a_metric_is_judged_only_when_it_says_that_something_is_not_up() {
    let findings =
        read("# TYPE up gauge\nup{job=\"a\"} 1\nup{job=\"b\"} 0\nerrors_total 17\nx{l=\"a\\\"b\",} +Inf 1395066363000\n");
    assert_eq!(findings.format, Format::Prometheus);
    assert_eq!(words(&findings), [(Problem, "up{job=\"b\"} 0")]);
}

#[test]
fn a_metric_with_an_unknown_escape_is_unreadable_and_yellow() {
    assert_eq!(words(&read("jobs{queue=\"\\q\"} 3\n")), [(Warning, "unreadable: jobs{queue=\"\\q\"} 3")]);
}

#[test]
fn empty_cut_binary_and_broken_states_are_findings_themselves() {
    assert_eq!(words(&read("")), [(Problem, "the state is empty")]);
    assert_eq!(words(&read(" \n\t\n")), [(Problem, "the state is empty")]);
    assert_eq!(words(&read("ok\0\0\0")), [(Warning, "the state is not text")]);
    let broken = read("{\"status\": \"UP\", ");
    assert_eq!(broken.worst, Warning);
    assert!(broken.findings[0].words.as_str().starts_with("unreadable: not JSON"), "{broken:?}");
    let large = "fine\n".repeat(MAX_STATE / 5 + 1);
    assert_eq!(words(&read(&large)), [(Warning, "the state is larger than 256 KiB; only the beginning is read")]);
}

#[test]
fn a_command_that_fails_is_a_problem_whatever_it_printed() {
    assert_eq!(words(&with_exit("all is well\n", Some(1))), [(Problem, "the state command ended with exit code 1")]);
    assert_eq!(with_exit("all is well\n", Some(0)).worst, Ok);
}

#[test]
fn the_first_rule_that_matches_a_line_decides_it_against_the_format() {
    let rule = |pattern: &str, severity| Rule { pattern: pattern.to_owned(), severity };
    let rules = [rule("known: ", Ok), rule("^queue: [0-9]{3,}", Warning), rule("^queue: [0-9]{2}", Problem)];
    let rules = Rules::new(&rules).unwrap();
    let read = |text: &str| state(&Reading { content: text.as_bytes(), exit: None, format: None }, &rules);
    assert_eq!(read("ERROR known: the printer\n").worst, Ok);
    assert_eq!(words(&read("queue: 1234\n")), [(Warning, "queue: 1234")]);
    assert_eq!(read("queue: 12\n").worst, Problem);
    let json = read(r#"{"status":"UP","components":{"printer":{"status":"DOWN","known: ":1}}}"#);
    assert_eq!(json.worst, Problem);
}

#[test]
fn a_rule_that_is_no_expression_is_named_with_its_place() {
    let rules = [Rule { pattern: "fine".to_owned(), severity: Ok }, Rule { pattern: "(open".to_owned(), severity: Problem }];
    let error = Rules::new(&rules).unwrap_err().to_string();
    assert!(error.starts_with("state rule 2, \"(open\", is not a usable regular expression"), "{error}");
}

#[test]
fn latin_1_bytes_are_read_as_text() {
    let findings = state(&Reading { content: b"ERROR caf\xe9\n", exit: None, format: None }, &Rules::default());
    assert_eq!(words(&findings), [(Problem, "ERROR café")]);
}

#[test]
fn the_format_that_the_config_names_is_taken_at_its_word() {
    let reading = Reading { content: b"DISK CRITICAL: full", exit: None, format: Some(Format::Report) };
    assert_eq!(state(&reading, &Rules::default()).format, Format::Report);
}

#[test]
fn a_log_that_begins_with_a_bracket_is_no_json() {
    let findings = read("[ERROR] no route\n[2026-11-24 10:00:01] all is well\n");
    assert_eq!((findings.format, findings.worst), (Format::Report, Problem));
    assert_eq!(read("[]").format, Format::Json);
}
