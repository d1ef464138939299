//! A comparison as a unified diff, as `diff -u` prints it and `patch` reads it: to be copied and mailed.

use super::Texts;
use super::lines::{Lines, Run};
use super::text::Text;
use std::fmt::Write as _;
use std::ops::Range;

/// Unchanged lines before and after a change.
const CONTEXT: usize = 3;

/// The whole diff; empty where nothing is changed. `names` stand in its head.
pub fn unified(texts: &Texts, lines: &Lines, names: (&str, &str)) -> String {
    let mut out = String::new();
    for hunk in hunks(&lines.runs) {
        if out.is_empty() {
            head(&mut out, names);
        }
        let (old, new) = span(hunk, (texts.left.len(), texts.right.len()));
        let _ = writeln!(out, "@@ -{} +{} @@", place(&old), place(&new));
        body(&mut out, texts, hunk, &old);
    }
    out
}

fn head(out: &mut String, (before, after): (&str, &str)) {
    let _ = writeln!(out, "--- {before}\n+++ {after}");
}

/// Neighbouring changes that share their context, each with the runs around it.
fn hunks(runs: &[Run]) -> Vec<&[Run]> {
    let is_gap = |run: &Run| matches!(run, Run::Same { len, .. } if *len > 2 * CONTEXT);
    let mut hunks = Vec::new();
    let mut from = None;
    for (place, run) in runs.iter().enumerate() {
        match (run, from) {
            (Run::Change { .. }, None) => from = Some(place),
            (run, Some(first)) if is_gap(run) => {
                hunks.push(first..place);
                from = None;
            }
            _ => {}
        }
    }
    let last = runs.iter().rposition(|run| matches!(run, Run::Change { .. })).map_or(0, |last| last + 1);
    hunks.extend(from.map(|first| first..last));
    hunks.into_iter().map(|hunk| &runs[hunk]).collect()
}

/// The lines of a hunk on both sides, with its context.
fn span(hunk: &[Run], (left, right): (usize, usize)) -> (Range<usize>, Range<usize>) {
    let (first, last) = (ends(hunk.first()), ends(hunk.last()));
    let before = CONTEXT.min(first.0.start).min(first.1.start);
    let after = CONTEXT.min(left - last.0.end).min(right - last.1.end);
    (first.0.start - before..last.0.end + after, first.1.start - before..last.1.end + after)
}

fn ends(run: Option<&Run>) -> (Range<usize>, Range<usize>) {
    match run {
        Some(Run::Change { old, new }) => (old.clone(), new.clone()),
        Some(Run::Same { old, new, len }) => (*old..old + len, *new..new + len),
        None => (0..0, 0..0),
    }
}

/// `12,7`; one line alone is `12`, and none stand behind the line before.
fn place(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => (lines.start + 1).to_string(),
        many => format!("{},{many}", lines.start + 1),
    }
}

fn body(out: &mut String, texts: &Texts, hunk: &[Run], old: &Range<usize>) {
    let mut at = old.start;
    for run in hunk {
        let (left, right) = ends(Some(run));
        put(out, ' ', &texts.left, at..left.start);
        match run {
            Run::Same { .. } => put(out, ' ', &texts.left, left.clone()),
            Run::Change { .. } => {
                put(out, '-', &texts.left, left.clone());
                put(out, '+', &texts.right, right);
            }
        }
        at = left.end;
    }
    put(out, ' ', &texts.left, at..old.end);
}

fn put(out: &mut String, sign: char, text: &Text, lines: Range<usize>) {
    for line in lines {
        out.push(sign);
        out.push_str(text.line(line));
        out.push_str(match text.end(line) {
            "\r\n" => "\r\n",
            "" => "\n\\ No newline at end of file\n",
            _ => "\n",
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::compare::{Shown, compare};
    use proptest::prelude::*;
    use std::process::{Command, Stdio};

    fn of(old: &str, new: &str) -> String {
        let Shown::Text { texts, lines } = compare(Some(old.as_bytes()), Some(new.as_bytes())).shown else { panic!("text") };
        unified(&texts, &lines, ("a", "b"))
    }

    #[test]
    fn changes_that_are_near_share_a_hunk_and_a_missing_line_end_is_said() {
        let lines = |change: &[usize]| {
            let line = |line: usize| if change.contains(&line) { format!("new {line}") } else { line.to_string() };
            (1..=30).map(line).collect::<Vec<_>>().join("\n")
        };
        let diff = of(&lines(&[]), &lines(&[2, 8, 30]));
        assert!(diff.starts_with("--- a\n+++ b\n@@ -1,11 +1,11 @@\n 1\n-2\n+new 2\n 3\n"), "{diff}");
        assert!(
            diff.ends_with(
                "@@ -27,4 +27,4 @@\n 27\n 28\n 29\n-30\n\\ No newline at end of file\n+new 30\n\\ No newline at end of file\n"
            ),
            "{diff}"
        );
        assert_eq!(of("same\n", "same\n"), "");
    }

    /// What `patch` makes of it; nothing where it isn't installed.
    fn patched(old: &str, diff: &str) -> Option<String> {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("file"), old).expect("written");
        std::fs::write(folder.path().join("diff"), diff).expect("written");
        let args = ["--binary", "-s", "-i", "diff", "file"];
        let status = Command::new("patch").args(args).current_dir(&folder).stdout(Stdio::null()).status().ok()?;
        assert!(status.success(), "patch takes it:\n{diff}");
        Some(std::fs::read_to_string(folder.path().join("file")).unwrap_or_default())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn patch_makes_the_one_text_of_the_other(
            old in prop::collection::vec("[ab]{0,2}", 1..40),
            new in prop::collection::vec("[ab]{0,2}", 1..40),
            ends in any::<(bool, bool)>(),
        ) {
            let text = |lines: &[String], ends: bool| lines.join("\n") + if ends { "\n" } else { "x" };
            let (old, new) = (text(&old, ends.0), text(&new, ends.1));
            let diff = of(&old, &new);
            if !diff.is_empty() && let Some(made) = patched(&old, &diff) {
                prop_assert_eq!(made, new);
            }
        }
    }
}
