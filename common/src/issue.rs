//! Links a patch to its tracker entry, from its name or its content; whether the tracker knows it is left to people.

use std::fmt;
use std::str::FromStr;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use crate::stamp::{HEAD_LINES, Wide, comment_lines, lines, without_bom};

/// The most characters an issue may have.
const MAX_LEN: usize = 64;

/// Bytes that a compiled prefix may take.
const SIZE_LIMIT: usize = 1 << 20;

/// The name of an entry in the vendor's issue tracker, e.g. `4711` or `ACME-12`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Issue(String);

/// A text that can't name an issue.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not an issue: 1 to 64 visible ASCII characters without blanks and slashes, like 4711 or ACME-12")]
pub struct IssueError(String);

impl Issue {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Issue {
    type Err = IssueError;

    fn from_str(text: &str) -> Result<Issue, IssueError> {
        let visible = text.bytes().all(|b| b.is_ascii_graphic() && b != b'/' && b != b'\\');
        if visible && (1..=MAX_LEN).contains(&text.len()) {
            Ok(Issue(text.to_owned()))
        } else {
            // The text may come from anywhere, and be of any length.
            Err(IssueError(text.chars().take(2 * MAX_LEN).collect()))
        }
    }
}

impl<'de> Deserialize<'de> for Issue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Issue, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The application's own regular expression for the issue in a file name: group 1 names it, or the whole match.
#[derive(Debug, Clone)]
pub struct IssuePrefix(Regex);

/// A prefix that isn't a usable regular expression.
#[derive(Debug, Clone, Error)]
#[error("the issue prefix {pattern:?} is not a usable regular expression: {reason}")]
pub struct IssuePrefixError {
    pattern: String,
    reason: String,
}

impl IssuePrefix {
    /// Compiles the expression; it is looked for anywhere in the last component of a name, so begin it with `^`.
    pub fn new(regex: &str) -> Result<IssuePrefix, IssuePrefixError> {
        RegexBuilder::new(regex)
            .size_limit(SIZE_LIMIT)
            .build()
            .map(IssuePrefix)
            .map_err(|error| IssuePrefixError { pattern: regex.to_owned(), reason: error.to_string() })
    }

    fn find(&self, name: &str) -> Option<Issue> {
        let found = self.0.captures(name)?;
        found.get(1).or(found.get(0))?.as_str().parse().ok()
    }
}

/// The issue a patch belongs to: from its name, by `prefix` or else as in `4711-Order.st`; failing that, from a line
/// like `Issue: 4711`, `Issue #4711`, `Fixes #12` or `Bug: ACME-12` in a comment at the head of the content or in the
/// mail that carries a git patch.
pub fn issue(name: &str, content: &[u8], prefix: Option<&IssuePrefix>) -> Option<Issue> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let named = match prefix {
        Some(prefix) => prefix.find(last),
        None => numbered(last),
    };
    let wide = Wide::of(content);
    let content = wide.as_ref().map_or(without_bom(content), |wide| wide.text.as_bytes());
    named.or_else(|| mail_lines(content).find_map(mentioned)).or_else(|| comment_lines(content, last).find_map(mentioned))
}

/// `4711-…`. No tracker writes leading zeros, but `git format-patch` and change sets number themselves with them; and
/// a date isn't an issue.
fn numbered(name: &str) -> Option<Issue> {
    let (digits, rest) = name.split_once('-')?;
    let number = is_number(digits) && !digits.starts_with('0');
    let date = digits.len() == 4
        && rest.len() >= 5
        && rest.bytes().take(5).enumerate().all(|(at, b)| if at == 2 { b == b'-' } else { b.is_ascii_digit() });
    (number && !date).then(|| digits.parse().ok())?
}

fn is_number(text: &str) -> bool {
    (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Subject and message of a git patch, up to where the changes begin; nothing for other files. Prose may precede it.
fn mail_lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    /// Some commit messages are long, but say at once or near the end what they fix.
    const MAX_MESSAGE: usize = 1000;
    let starts = |line: &[u8]| {
        line.strip_prefix(b"From ").is_some_and(|rest| rest.iter().take_while(|b| b.is_ascii_hexdigit()).count() >= 40)
    };
    let ends = |line: &[u8]| line == b"---" || line.starts_with(b"diff --git ") || line.starts_with(b"--- ");
    let mut rest = lines(content);
    let found = rest.by_ref().take(HEAD_LINES).any(starts);
    rest.take(if found { MAX_MESSAGE } else { 0 }).take_while(move |line| !ends(line))
}

/// The issue that a line mentions: `Word: 4711` at its start, `word #4711` anywhere. Only bytes are looked at, so the
/// encoding of the rest of the line doesn't matter.
fn mentioned(line: &[u8]) -> Option<Issue> {
    const MAX_LINE: usize = 500;
    let line = line.trim_ascii();
    let line = &line[..line.len().min(MAX_LINE)];
    let part_of_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (0..line.len()).filter(|at| *at == 0 || !part_of_word(line[at - 1])).find_map(|at| after_word(&line[at..], at == 0))
}

/// What follows `Issue`, `Fixes` or their like, when it can be an issue.
fn after_word(text: &[u8], at_start: bool) -> Option<Issue> {
    const WORDS: [&str; 12] =
        ["issue", "issues", "bug", "ticket", "fix", "fixes", "fixed", "close", "closes", "closed", "resolves", "resolved"];
    let end = text.iter().position(|b| !b.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    WORDS.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word)).then_some(())?;
    let rest = rest.trim_ascii_start();
    let (colon, rest) = rest.strip_prefix(b":").map_or((false, rest), |rest| (true, rest.trim_ascii_start()));
    let (hash, rest) = rest.strip_prefix(b"#").map_or((false, rest), |rest| (true, rest));
    let linked = hash || (colon && at_start);
    if !linked {
        return None;
    }
    let end = rest.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b'-')).unwrap_or(rest.len());
    let name = std::str::from_utf8(&rest[..end]).ok()?;
    is_key(name).then(|| name.parse().ok())?
}

/// `4711` or `ACME-12`; a commit's hash is neither.
fn is_key(name: &str) -> bool {
    let Some((project, number)) = name.rsplit_once('-') else { return is_number(name) };
    let letters =
        project.starts_with(|c: char| c.is_ascii_alphabetic()) && project.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    letters && is_number(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, content: &str) -> Option<String> {
        issue(name, content.as_bytes(), None).map(|issue| issue.to_string())
    }

    #[test]
    fn the_number_before_the_first_dash_of_the_last_component_names_the_issue() {
        for (name, expected) in [
            ("4711-Order.st", Some("4711")),
            ("12-folder/4711-Order.st", Some("4711")),
            ("12-folder/Order.st", None),
            ("folder\\4711-Order.st", Some("4711")),
            ("Order-4711.st", None),
            ("4711.st", None),
            ("0002-Fix-build.patch", None),
            ("2011-04-08-Order.st", None),
            ("2011-Order.st", Some("2011")),
            ("12345678901-Order.st", None),
            ("", None),
        ] {
            assert_eq!(found(name, "").as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn an_own_prefix_replaces_the_number() {
        let grouped = IssuePrefix::new("^([A-Z]+-[0-9]+)_").expect("a good expression");
        let whole = IssuePrefix::new("^[A-Z]+-[0-9]+").expect("a good expression");
        for prefix in [&grouped, &whole] {
            let issue = issue("a/ACME-12_Order.st", b"", Some(prefix)).expect("an issue");
            assert_eq!(issue.as_str(), "ACME-12");
        }
        assert_eq!(issue("4711-Order.st", b"", Some(&grouped)), None);
        assert_eq!(issue("4711-Order.st", b"# Fixes #9", Some(&grouped)).expect("an issue").as_str(), "9");
    }

    #[test]
    fn a_bad_prefix_is_named_in_the_error() {
        let error = IssuePrefix::new("([A-Z]+").expect_err("it lacks a bracket").to_string();
        assert!(error.contains("([A-Z]+"), "{error}");
    }

    #[test]
    fn a_comment_at_the_head_may_name_the_issue() {
        for (content, expected) in [
            ("# Issue: 4711", Some("4711")),
            ("// issue #4711", Some("4711")),
            ("/*\n * Bug: ACME-12\n */", Some("ACME-12")),
            ("\"Fixes #12\"", Some("12")),
            ("-- fixes #12, and more", Some("12")),
            ("# what it is (fixes #12)", Some("12")),
            ("<!-- Ticket: 7 -->", Some("7")),
            ("# Fixes: 54a4f0239f2e (\"subject\")", None),
            ("# Issue: see the wiki", None),
            ("# Bug: https://example.org/12", None),
            ("# this fixes 12 things", None),
            ("# prefixes #12", None),
            ("x = 'Issue: 4711'", None),
        ] {
            assert_eq!(found("Order.st", content).as_deref(), expected, "{content}");
        }
    }

    #[test]
    fn a_comment_in_utf_16_may_name_the_issue_too() {
        let wide: Vec<u8> = "# Issue: 4711\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for content in [wide.clone(), [&b"\xFF\xFE"[..], &wide].concat()] {
            assert_eq!(issue("Order.st", &content, None).expect("an issue").as_str(), "4711");
        }
    }

    #[test]
    fn a_comment_below_the_head_is_not_looked_at() {
        let content = "x\r".repeat(HEAD_LINES) + "# Issue: 4711";
        assert_eq!(found("Order.st", &content), None);
        assert_eq!(found("Order.st", &content[2..]).as_deref(), Some("4711"));
    }

    #[test]
    fn the_mail_of_a_git_patch_may_name_the_issue_and_its_changes_may_not() {
        let hash = "a".repeat(40);
        let mail = |subject: &str, body: &str, code: &str| {
            format!("Prose.\n\nFrom {hash} Mon Sep 17 00:00:00 2001\nSubject: {subject}\n\n{body}\n---\n{code}")
        };
        assert_eq!(found("a.patch", &mail("[PATCH] Fix it (fixes #12)", "", "")).as_deref(), Some("12"));
        assert_eq!(found("a.patch", &mail("[PATCH] Fix it", "Closes: ACME-7", "")).as_deref(), Some("ACME-7"));
        assert_eq!(found("a.patch", &mail("[PATCH] Fix it", "", "+Fixes #12")), None);
    }

    #[test]
    fn an_issue_is_short_visible_ascii() {
        for good in ["4711", "ACME-12", "#12", &"9".repeat(64)] {
            assert_eq!(good.parse::<Issue>().expect("an issue").as_str(), good);
        }
        for bad in ["", "a b", "a/b", "a\\b", "Ä-1", "a\n", &"9".repeat(65)] {
            bad.parse::<Issue>().expect_err("not an issue");
            serde_json::from_value::<Issue>(bad.into()).expect_err("not an issue");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(name in ".*", content: Vec<u8>) {
            let _ = issue(&name, &content, None);
        }
    }
}
