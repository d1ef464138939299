//! By what an application's states are judged: its own rules, and how old its state file may be. Pure.

use fieldpost_common::state::{Finding, Findings, Reading, Rules, Severity, state};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use std::time::Duration;

/// What the server's config says of an application.
#[derive(Debug, Default)]
pub(crate) struct Measures {
    pub(crate) rules: Rules,
    /// A file that was written before that is a problem; none: some files are written only when something changes.
    pub(crate) max_age: Option<Duration>,
}

impl Measures {
    /// Reads a state that came at that moment; `modified`: when its file was written.
    pub(crate) fn read(&self, reading: &Reading<'_>, modified: Option<Timestamp>, at: Timestamp) -> Findings {
        let mut found = state(reading, &self.rules);
        if let Some(limit) = self.max_age.filter(|limit| modified.is_some_and(|modified| modified.age(at) > *limit)) {
            let words = Clean::line(&format!("the state file was not written for over {}", length(limit)));
            found.findings.insert(0, Finding { severity: Severity::Problem, words, line: None });
            found.worst = Severity::Problem;
        }
        found
    }
}

/// A limit as a config has it; it doesn't change with time, so that an incident's words don't.
fn length(limit: Duration) -> String {
    match limit.as_secs() {
        seconds if seconds % 3_600 == 0 => format!("{} h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_too_old_only_where_a_limit_is_set_and_only_a_file() {
        let reading = Reading { content: b"status: ok\n", exit: None, format: None };
        let at = Timestamp::from_ms(100_000_000);
        let ago = |minutes: i64| Some(Timestamp::from_ms(at.as_ms() - minutes * 60_000));
        let limited = Measures { max_age: Some(Duration::from_mins(15)), ..Measures::default() };
        let words = |measures: &Measures, modified| {
            let found = measures.read(&reading, modified, at);
            found.headline().filter(|_| found.worst > Severity::Ok).map(|one| one.words.to_string())
        };
        assert_eq!(words(&Measures::default(), ago(900)), None);
        assert_eq!(words(&limited, ago(15)), None);
        assert_eq!(words(&limited, None), None, "what a command prints has no age");
        assert_eq!(words(&limited, ago(16)).as_deref(), Some("the state file was not written for over 15 min"));
    }

    #[test]
    fn a_limit_is_told_as_it_was_set() {
        for (seconds, words) in [(7_200, "2 h"), (900, "15 min"), (90, "90 s"), (5, "5 s")] {
            assert_eq!(length(Duration::from_secs(seconds)), words);
        }
    }
}
