//! Reads a part of a log that the config names. Which lines fit is left to `fieldpost_common::command::log`: it sees none as it is before
//! what the rules match was taken out, so that nobody can look for that either.

use crate::guarded_path::PathGuard;
use crate::redact::Rules;
use fieldpost_common::command::log::{Chosen, LogPart, MAX_LINE, PatternError};
use fieldpost_common::text::{self, Clean, count};
use fieldpost_common::time::Timestamp;
use jiff::tz::TimeZone;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// Lines are looked for in no more than so many bytes from the end of a log.
const REACH: u64 = 1 << 30;

/// Why a log was not read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The system says no.
    #[error("the log {path} can't be read: {error}", path = .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's words.
        error: io::Error,
    },
    /// Not a pattern.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// No line says when it was written.
    #[error("no line of the log {path} says when it was written in a form that is known: ask without --since", path = .path.display())]
    NoTimes {
        /// Which.
        path: PathBuf,
    },
}

/// A part of a log.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// The lines.
    pub text: Vec<u8>,
    /// What they are of, in words.
    pub note: Clean,
}

/// Reads the part that is wanted, at most `most` bytes. Memory is bounded by `most`, however large the log.
pub fn read(
    guard: &PathGuard,
    path: &Path,
    part: &LogPart,
    rules: &Rules,
    most: usize,
    now: Timestamp,
) -> Result<Found, LogError> {
    let unreadable = |error| LogError::Unreadable { path: path.to_owned(), error };
    let (mut file, meta) = guard.open_file(path).map_err(unreadable)?;
    let size = meta.size;
    let mut choice = part.choose(most, TimeZone::system(), now)?;
    // The lines that are wanted stand at the end; only a choice among them needs more of the log.
    let reach = if part.chooses() { REACH } else { most as u64 };
    let start = size.saturating_sub(reach);
    file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
    let mut lines = BufReader::with_capacity(256 << 10, file.take(size - start));
    if start > 0 {
        skip_line(&mut lines).map_err(unreadable)?;
    }
    let mut line = Vec::new();
    let reach = rules.reach(MAX_LINE);
    while next_line(&mut lines, &mut line, reach).map_err(unreadable)? {
        choice.feed(&rules.head(&line, MAX_LINE));
    }
    let chosen = choice.end();
    if part.since.is_some() && chosen.with_time == 0 && chosen.looked_at > 0 {
        return Err(LogError::NoTimes { path: path.to_owned() });
    }
    let note = note(part, &chosen, size, start);
    Ok(Found { text: chosen.text, note })
}

/// The next line without its end, cut where it is too long; false: there is none.
fn next_line(lines: &mut impl BufRead, line: &mut Vec<u8>, reach: usize) -> io::Result<bool> {
    line.clear();
    let read = lines.take(reach as u64).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
        line.pop_if(|last| *last == b'\r');
    } else if read == reach {
        skip_line(lines)?;
    }
    Ok(read > 0)
}

fn skip_line(lines: &mut impl BufRead) -> io::Result<()> {
    lines.skip_until(b'\n').map(drop)
}

fn note(part: &LogPart, chosen: &Chosen, size: u64, start: u64) -> Clean {
    let lines = |number: u64| count(usize::try_from(number).unwrap_or(usize::MAX), "line");
    let of = match (part.chooses(), start) {
        (true, 0) => format!("{} that fit, in a log of {}", lines(chosen.fit), text::size(size)),
        (true, _) => format!("{} that fit in the last {} of a log of {}", lines(chosen.fit), text::size(REACH), text::size(size)),
        (false, _) => format!("a log of {}", text::size(size)),
    };
    Clean::line(&format!("{} of {of}", lines(chosen.sent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> PathGuard {
        PathGuard::default()
    }

    const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

    fn log(text: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().expect("directory");
        let path = dir.path().join("main.log");
        std::fs::write(&path, text).expect("written");
        (dir, path)
    }

    fn found(text: &[u8], part: &LogPart, most: usize) -> (String, String) {
        let (_dir, path) = log(text);
        let found = read(&guard(), &path, part, &Rules::default(), most, NOW).expect("readable");
        (String::from_utf8_lossy(&found.text).into_owned(), found.note.to_string())
    }

    fn numbered(end: &str) -> String {
        (0..5000).map(|n| format!("line {n}")).collect::<Vec<_>>().join(end) + end
    }

    #[test]
    fn the_last_lines_are_found_from_the_end_and_the_first_is_whole() {
        let text = numbered("\r\n");
        let part = LogPart { lines: Some(2), ..LogPart::default() };
        let (lines, note) = found(text.as_bytes(), &part, 4000);
        assert_eq!(lines, "line 4998\nline 4999\n");
        assert!(note.starts_with("2 lines of a log of "), "{note}");
        let (all, _) = found(text.as_bytes(), &LogPart { bytes: Some(1 << 40), ..LogPart::default() }, 4000);
        assert!(all.starts_with("line ") && all.len() <= 4000 && all.len() > 3500, "{}", all.len());
    }

    #[test]
    fn a_pattern_is_looked_for_in_the_whole_log() {
        let text = numbered("\n");
        let part = LogPart { grep: Some("^line 7.$".to_owned()), lines: Some(3), ..LogPart::default() };
        let (lines, note) = found(text.as_bytes(), &part, 1000);
        assert_eq!(lines, "line 77\nline 78\nline 79\n");
        assert!(note.starts_with("3 lines of 10 lines that fit, in a log of "), "{note}");
    }

    #[test]
    fn a_line_without_end_and_bytes_of_any_kind_are_sent_as_they_are_and_cut() {
        let text = [vec![0xff; 200_000], b"\nlast \x1b[2J".to_vec()].concat();
        let (_dir, path) = log(&text);
        let found = read(&guard(), &path, &LogPart::default(), &Rules::default(), 1 << 20, NOW).expect("readable");
        assert_eq!(found.text.len(), MAX_LINE + 1 + 10);
        assert!(found.text.ends_with(b"\nlast \x1b[2J\n"));
    }

    fn redacted(text: &[u8], part: &LogPart) -> String {
        let rules: Rules = serde_json::from_str("[\"token=([0-9a-f]{16})\"]").expect("a rule");
        let (_dir, path) = log(text);
        let found = read(&guard(), &path, part, &rules, 1 << 20, NOW).expect("readable");
        String::from_utf8_lossy(&found.text).into_owned()
    }

    #[test]
    fn nobody_can_look_for_what_a_rule_takes_out() {
        let text = b"a token=0123456789abcdef\nb\n";
        let grep = |pattern: &str| LogPart { grep: Some(pattern.to_owned()), ..LogPart::default() };
        assert_eq!(redacted(text, &grep("=0")), "");
        assert_eq!(redacted(text, &grep("redacted")), "a token=[redacted]\n");
    }

    #[test]
    fn a_line_that_is_cut_in_the_middle_of_a_match_does_not_end_with_its_head() {
        let text = format!("{} token=0123456789abcdef\n", "x".repeat(MAX_LINE - 10));
        let cut = redacted(text.as_bytes(), &LogPart::default());
        assert!(cut.ends_with("x token=[re\n") && cut.len() == MAX_LINE + 1, "{}", &cut[MAX_LINE - 20..]);
        // What goes before makes the line no longer: what is read for matching alone is never sent.
        let many = "token=0123456789abcdef ".repeat(MAX_LINE / 23 + 40);
        let cut = redacted(many.as_bytes(), &LogPart::default());
        assert!(!cut.contains('1') && cut.len() < MAX_LINE, "{}", cut.len());
    }

    #[test]
    fn since_is_refused_where_no_line_says_its_time() {
        let (_dir, path) = log(b"no time\n");
        let part = LogPart { since: Some(NOW), ..LogPart::default() };
        let error = read(&guard(), &path, &part, &Rules::default(), 1000, NOW).expect_err("no times").to_string();
        assert!(error.contains("says when it was written"), "{error}");
    }

    #[test]
    fn what_is_missing_or_no_file_is_named_and_waited_for_by_nobody() {
        let dir = tempfile::tempdir().expect("directory");
        let pipe = dir.path().join("pipe");
        std::process::Command::new("mkfifo").arg(&pipe).status().expect("a pipe");
        for path in [dir.path().join("gone"), dir.path().to_owned(), pipe] {
            let error =
                read(&guard(), &path, &LogPart::default(), &Rules::default(), 1000, NOW).expect_err("unreadable").to_string();
            assert!(error.contains(&path.display().to_string()), "{error}");
        }
    }
}
