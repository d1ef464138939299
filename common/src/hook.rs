//! Hooks: programs of a site's config that load what was installed. Installed means loaded, so how a hook ends is how its order ends.

use crate::order::Action;
use crate::text::Clean;
use serde::{Deserialize, Serialize};

/// The most that is kept of a hook's output, in bytes.
pub const MAX_HOOK_OUTPUT: usize = 4 * 1024;

/// The most of it that stands where there is room for a line, in characters.
const WORDS: usize = 200;

/// What a hook is told that was done with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookAction {
    /// It was put in place.
    Put,
    /// It was taken away.
    Remove,
}

impl From<Action> for HookAction {
    fn from(action: Action) -> Self {
        match action {
            Action::Put { .. } => Self::Put,
            Action::Remove => Self::Remove,
        }
    }
}

impl HookAction {
    /// The word that the hook gets.
    pub fn word(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Remove => "remove",
        }
    }

    /// The same as what has been done.
    pub fn done(self) -> &'static str {
        match self {
            Self::Put => "installed",
            Self::Remove => "removed",
        }
    }
}

/// For what a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookPer {
    /// Once for each file.
    #[default]
    Patch,
    /// Once for all files of a batch.
    Batch,
}

/// How a hook ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HookReport {
    /// How.
    #[serde(flatten)]
    pub end: HookEnd,
    /// For what it ran.
    #[serde(default)]
    pub per: HookPer,
    /// The end of what it printed, at most [`MAX_HOOK_OUTPUT`] bytes.
    #[serde(deserialize_with = "crate::text::deserialize_lines")]
    pub output: Clean,
}

/// The end of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum HookEnd {
    /// By itself, with this exit code; 0 is well.
    Code {
        /// The exit code.
        code: i32,
    },
    /// By a signal.
    Signal,
    /// It took longer than it may, and was ended.
    TimedOut,
    /// It could not be started: the output says why.
    NotRun,
    /// Something that this version doesn't know.
    #[serde(other)]
    Newer,
}

impl HookEnd {
    /// How, for people.
    pub fn explain(self) -> String {
        match self {
            Self::Code { code: 0 } => "it ended well".to_owned(),
            Self::Code { code } => format!("it ended with code {code}"),
            Self::Signal => "a signal ended it".to_owned(),
            Self::TimedOut => "it took too long and was ended".to_owned(),
            Self::NotRun => "it was not run".to_owned(),
            Self::Newer => "it ended in a way that only a newer version knows".to_owned(),
        }
    }
}

impl HookReport {
    /// Whether it did its work.
    pub fn ok(&self) -> bool {
        self.end == HookEnd::Code { code: 0 }
    }

    /// How it ended, with the last that it printed, in one line.
    pub fn words(&self) -> Clean {
        let end = self.end.explain();
        match last(self.output.as_str()) {
            "" => Clean::line(&end),
            output => Clean::line(&format!("{end}: {}", output.replace('\n', " / "))),
        }
    }

    /// The same report with no more output than a line has room for: what is remembered for long.
    #[must_use]
    pub fn shortened(&self) -> Self {
        Self { output: Clean::lines(last(self.output.as_str())), ..self.clone() }
    }
}

/// The end of an output.
fn last(output: &str) -> &str {
    let output = output.trim();
    let start = output.char_indices().rev().nth(WORDS - 1).map_or(0, |(start, _)| start);
    &output[start..]
}

/// What a site says of the hook of one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum HookWord {
    /// The order has none.
    Absent,
    /// It runs, or is still to come.
    Due {
        /// After so many seconds its end is heard of, or something is wrong.
        within_s: u64,
    },
    /// It ended.
    Ended(HookReport),
    /// The agent was ended while it ran: nobody can say whether it did its work.
    Interrupted {
        /// For what it ran.
        #[serde(default)]
        per: HookPer,
    },
    /// Something that this version doesn't know: not a good end.
    #[serde(other)]
    Newer,
}

impl HookWord {
    /// Whether the site has said that nothing is to be waited for.
    pub fn is_well(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::Ended(report) => report.ok(),
            Self::Due { .. } | Self::Interrupted { .. } | Self::Newer => false,
        }
    }

    /// Whether the good end of a hook is still to be waited for: by what the site said of it; before it said anything, by whether the
    /// application has one there.
    pub fn is_awaited(word: Option<&Self>, has_hook: bool) -> bool {
        word.map_or(has_hook, |word| !word.is_well())
    }

    /// The report, once it ended.
    pub fn report(&self) -> Option<&HookReport> {
        match self {
            Self::Ended(report) => Some(report),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(code: i32, output: &str) -> HookReport {
        HookReport { end: HookEnd::Code { code }, per: HookPer::Patch, output: Clean::lines(output) }
    }

    #[test]
    fn a_hook_is_told_by_its_exit_code_and_the_last_that_it_printed() {
        assert_eq!(ended(7, "loading\nno licence\n").words().as_str(), "it ended with code 7: loading / no licence");
        let long = ended(1, &format!("{}the end", "x".repeat(5000)));
        assert!(long.words().as_str().ends_with("the end") && long.words().as_str().len() < 300, "{}", long.words());
        assert_eq!(long.shortened().words(), long.words());
        assert!(ended(0, "").ok() && !ended(1, "").ok());
    }

    #[test]
    fn what_a_newer_agent_says_of_a_hook_is_read_and_is_never_taken_for_well() {
        let word: HookWord = serde_json::from_str(r#"{"state":"postponed","until":5}"#).expect("readable");
        assert!(!word.is_well());
        let word: HookWord =
            serde_json::from_str(r#"{"state":"ended","end":"core_dumped","size":5,"output":"x"}"#).expect("readable");
        assert!(!word.is_well());
    }

    #[test]
    fn words_travel_as_they_are() {
        for word in [
            HookWord::Absent,
            HookWord::Due { within_s: 60 },
            HookWord::Ended(ended(3, "a\nb")),
            HookWord::Interrupted { per: HookPer::Batch },
        ] {
            let json = serde_json::to_string(&word).expect("json");
            assert_eq!(serde_json::from_str::<HookWord>(&json).expect("readable"), word, "{json}");
        }
    }
}
