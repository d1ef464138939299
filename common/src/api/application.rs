//! An application and its settings; what they mean for reading stamps is in [`AppSettings::hints`] alone.

use crate::drift::DriftRule;
use crate::id::{AppName, Version};
use crate::issue::{Issue, IssuePrefix, IssuePrefixError};
use crate::stamp::{DateOrder, Hints, Pattern, PatternError, Place};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSettings {
    /// Its name.
    pub name: AppName,
    /// Its versions, oldest first; never empty.
    pub versions: Vec<Version>,
    /// The tracker's address, with `{issue}` where the number goes.
    #[serde(default)]
    pub issue_url: Option<String>,
    /// A regular expression for the issue in a patch's name.
    #[serde(default)]
    pub issue_prefix: Option<String>,
    /// Its own patterns for stamps; the first that says anything wins over all formats.
    #[serde(default)]
    pub stamps: Vec<StampPattern>,
    /// How its people write dates that can be read two ways.
    #[serde(default)]
    pub date_order: Option<DateOrder>,
    /// Initials as they stand in files, and who they belong to.
    #[serde(default)]
    pub people: BTreeMap<String, String>,
    /// Whom to tell when a patch was changed at a site.
    #[serde(default)]
    pub drift: DriftRule,
}

/// An application's own pattern for stamps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampPattern {
    /// A regular expression with a group named `author`, one named `time`, or both.
    pub pattern: String,
    /// The form of its times, as in `%d.%m.%Y %H:%M`; none: any of the usual ones.
    #[serde(default)]
    pub time_format: Option<String>,
    /// Where in a file it looks.
    #[serde(default)]
    pub place: Place,
}

impl AppSettings {
    /// An application that says no more than its name and versions.
    pub fn new(name: AppName, versions: Vec<Version>) -> AppSettings {
        AppSettings {
            name,
            versions,
            issue_url: None,
            issue_prefix: None,
            stamps: Vec::new(),
            date_order: None,
            people: BTreeMap::new(),
            drift: DriftRule::default(),
        }
    }

    /// The address of an issue in the tracker.
    pub fn issue_link(&self, issue: &Issue) -> Option<String> {
        self.issue_url.as_ref().map(|url| url.replace("{issue}", issue.as_str()))
    }

    /// What helps to read its stamps at that time; the error names the pattern that can't be used.
    pub fn hints(&self, now: Timestamp) -> Result<Hints, PatternError> {
        let patterns = self.stamps.iter().map(StampPattern::compile).collect::<Result<_, _>>()?;
        Ok(Hints { patterns, date_order: self.date_order, people: self.people.clone(), now: Some(now) })
    }

    /// What finds the issue in a patch's name.
    pub fn prefix(&self) -> Result<Option<IssuePrefix>, IssuePrefixError> {
        self.issue_prefix.as_deref().map(IssuePrefix::new).transpose()
    }

    /// Whether every file says the same by these settings and by the others.
    pub fn reads_like(&self, other: &AppSettings) -> bool {
        let of = |one: &AppSettings| (one.stamps.clone(), one.date_order, one.people.clone(), one.issue_prefix.clone());
        of(self) == of(other)
    }
}

impl StampPattern {
    /// Compiles it.
    pub fn compile(&self) -> Result<Pattern, PatternError> {
        let pattern = Pattern::new(&self.pattern)?.within(self.place);
        match &self.time_format {
            None => Ok(pattern),
            Some(format) => pattern.with_time_format(format),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::stamp_with;

    fn settings() -> AppSettings {
        AppSettings::new("trading".parse().expect("a name"), vec!["7.7".parse().expect("a version")])
    }

    fn pattern(text: &str, format: Option<&str>, place: Place) -> StampPattern {
        StampPattern { pattern: text.to_owned(), time_format: format.map(ToOwned::to_owned), place }
    }

    #[test]
    fn a_pattern_looks_where_it_was_told_and_reads_times_in_its_own_form() {
        let mut settings = settings();
        settings.stamps = vec![pattern("by (?<author>\\w+) (?<time>[0-9. :]+)", Some("%Y.%d.%m %H:%M"), Place::Foot(1))];
        settings.people = [("bn".to_owned(), "Bob Nilsson".to_owned())].into();
        let hints = settings.hints(Timestamp::from_ms(1_800_000_000_000)).expect("good settings");
        let stamp = stamp_with(b"by xx 2020.01.01 10:00\nby bn 2011.08.04 13:02\n", "a.txt", &hints).expect("a stamp");
        assert_eq!((stamp.author.as_deref(), stamp.person.as_deref()), (Some("bn"), Some("Bob Nilsson")));
        assert_eq!(stamp.changed_at.expect("a time").to_string(), "2011-04-08T13:02:00");
    }

    #[test]
    fn a_setting_that_can_not_be_used_is_named() {
        let mut settings = settings();
        for (bad, named) in [
            (pattern("(?<author>", None, Place::Anywhere), "(?<author>"),
            (pattern("by .*", None, Place::Anywhere), "by .*"),
            (pattern("(?<time>.*)", Some("%!"), Place::Anywhere), "%!"),
        ] {
            settings.stamps = vec![bad];
            let error = settings.hints(Timestamp::default()).expect_err("unusable").to_string();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn only_what_helps_to_read_makes_files_be_read_again() {
        let old = settings();
        let mut new = old.clone();
        new.issue_url = Some("https://tracker.example/{issue}".to_owned());
        new.versions.push("7.8".parse().expect("a version"));
        assert!(new.reads_like(&old));
        for change in [
            |new: &mut AppSettings| new.date_order = Some(DateOrder::DayFirst),
            |new: &mut AppSettings| new.people = [("bn".to_owned(), "Bob".to_owned())].into(),
            |new: &mut AppSettings| new.issue_prefix = Some("^[0-9]+".to_owned()),
            |new: &mut AppSettings| new.stamps = vec![pattern("(?<author>x)", None, Place::Anywhere)],
        ] {
            let mut new = old.clone();
            change(&mut new);
            assert!(!new.reads_like(&old), "{new:?}");
        }
    }
}
