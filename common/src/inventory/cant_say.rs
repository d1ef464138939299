//! The third answer beside "has" and "hasn't": why an agent can't say anything of a file, since when, and when that is an incident.

use super::brake::least_of_many;
use crate::name::PatchName;
use crate::text::count;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One file of which nothing can be said for so long is an incident.
const ONE_FOR: Duration = Duration::from_mins(10);
/// A file that is only being written counts among many unsaid ones after so long: a copy of many files is no incident.
const PASSING_FOR: Duration = Duration::from_mins(1);

/// That nothing can be said of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CantSay {
    /// What is in the way.
    pub why: Obstacle,
    /// Since when. In an inventory by the site's clock, else by the server's.
    pub since: Timestamp,
}

impl CantSay {
    /// Whether it keeps anybody from calling the site well: not while a file is only being written.
    pub fn is_felt(self, now: Timestamp) -> bool {
        !self.why.is_passing() || self.since.plus(PASSING_FOR) <= now
    }
}

/// What is in the way of saying whether a file is there, and with what content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// It doesn't rest: it looked otherwise two seconds ago.
    BeingWritten,
    /// It was there two seconds ago.
    JustGone,
    /// It changed while its bytes were read.
    ChangedWhileRead,
    /// The agent has looked once at a directory that it knows nothing of: what isn't there may be being replaced.
    FirstLook,
    /// The agent's user may not read it, or its folder.
    NotPermitted,
    /// The disk gives an error.
    InputOutput,
    /// The system gives another error.
    Unreadable,
    /// The directory holds more files than an agent lists.
    TooMany,
    /// A link stands there.
    Link,
    /// A pipe, a socket or a device stands there.
    Special,
    /// A folder stands there.
    Folder,
    /// The file has more than one name (hard links).
    ManyNames,
    /// The file is larger than the agent's config allows.
    TooLarge,
    /// Another file's name differs only in case.
    OtherCase,
    /// The agent's config ignores the name by now.
    Ignored,
    /// Something that this version doesn't know.
    #[serde(other)]
    Newer,
}

impl Obstacle {
    /// What is in the way, for people; "since …" may follow.
    pub fn explain(self) -> &'static str {
        match self {
            Self::BeingWritten => "the file is being written",
            Self::JustGone => "the file was there a moment ago: perhaps it is being replaced",
            Self::ChangedWhileRead => "the file changes while it is read",
            Self::FirstLook => "the agent has only begun to look",
            Self::NotPermitted => "the agent's user may not read the file",
            Self::InputOutput => "the site's disk gives an error when the file is read",
            Self::Unreadable => "the file can't be read",
            Self::TooMany => "the directory holds more files than an agent lists",
            Self::Link => "a symbolic link stands in its place",
            Self::Special => "a pipe, socket or device stands in its place",
            Self::Folder => "a folder stands in its place",
            Self::ManyNames => "the file has more than one name (hard links)",
            Self::TooLarge => "the file is larger than the agent's max_size",
            Self::OtherCase => "another file's name differs only in case",
            Self::Ignored => "the agent's config ignores it",
            Self::Newer => "a reason that this version does not know",
        }
    }

    /// Whether it mostly passes within seconds.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::BeingWritten | Self::JustGone | Self::ChangedWhileRead | Self::FirstLook)
    }

    /// Whether the agent knows that no patch stands there, but something else: an order for it can't be carried out.
    pub fn is_something_else(self) -> bool {
        use Obstacle::{Folder, Ignored, Link, ManyNames, OtherCase, Special, TooLarge};
        matches!(self, Link | Special | Folder | ManyNames | TooLarge | OtherCase | Ignored)
    }
}

/// The unsaid files of one application at one site, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsaidCount {
    /// How many there are.
    pub files: usize,
    /// Out of how many.
    pub of: usize,
    /// The one of which nothing could be said for longest.
    pub oldest: PatchName,
    /// What is in its way, and since when.
    #[serde(flatten)]
    pub cant_say: CantSay,
    /// When it becomes an incident, unless something changes.
    pub alarm_at: Timestamp,
}

impl UnsaidCount {
    /// Counts; `None`: everything was said. `known`: how many files are known of beside them.
    pub fn of(unsaid: &[(&PatchName, CantSay)], known: usize) -> Option<Self> {
        let (oldest, cant_say) = unsaid.iter().min_by_key(|(name, cant_say)| (cant_say.since, *name))?;
        let (files, of) = (unsaid.len(), unsaid.len() + known);
        let alarm_at = alarm_at(unsaid.iter().map(|(_, cant_say)| *cant_say), of)?;
        Some(Self { files, of, oldest: (*oldest).clone(), cant_say: *cant_say, alarm_at })
    }
}

impl UnsaidCount {
    /// For people: of how many files, and why of the oldest.
    pub fn words(&self) -> String {
        let (oldest, why) = (&self.oldest, self.cant_say.why.explain());
        match self.files {
            1 => format!("nothing can be said of {oldest}: {why}"),
            files => format!("nothing can be said of {files} of {}; of {oldest}: {why}", count(self.of, "file")),
        }
    }
}

/// When unsaid files become an incident: one after ten minutes; over 20, or over 30 % and at least 5, at once, but for those that are
/// only being written. `None`: there is none.
pub fn alarm_at(unsaid: impl Iterator<Item = CantSay>, of: usize) -> Option<Timestamp> {
    let (mut one, mut counts) = (None::<Timestamp>, Vec::new());
    for CantSay { why, since } in unsaid {
        one = Some(one.map_or(since, |oldest| oldest.min(since)));
        counts.push(if why.is_passing() { since.plus(PASSING_FOR) } else { since });
    }
    counts.sort_unstable();
    let many = counts.get(least_of_many(of) - 1).copied();
    one.map(|oldest| oldest.plus(ONE_FOR)).into_iter().chain(many).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsaid(count: usize, why: Obstacle, since_s: i64) -> impl Iterator<Item = CantSay> {
        std::iter::repeat_n(CantSay { why, since: at(since_s) }, count)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(seconds * 1_000)
    }

    #[test]
    fn one_unsaid_file_is_an_incident_after_ten_minutes_whatever_the_reason() {
        for why in [Obstacle::BeingWritten, Obstacle::NotPermitted, Obstacle::Link] {
            assert_eq!(alarm_at(unsaid(1, why, 5), 1_000), Some(at(605)), "{why:?}");
            assert_eq!(alarm_at(unsaid(4, why, 5), 4), Some(at(605)), "{why:?}");
        }
        assert_eq!(alarm_at(unsaid(0, Obstacle::Link, 5), 0), None);
    }

    #[test]
    fn over_20_files_or_30_percent_and_at_least_5_are_an_incident_at_once() {
        assert_eq!(alarm_at(unsaid(21, Obstacle::InputOutput, 5), 1_000), Some(at(5)));
        assert_eq!(alarm_at(unsaid(20, Obstacle::InputOutput, 5), 1_000), Some(at(605)));
        assert_eq!(alarm_at(unsaid(5, Obstacle::InputOutput, 5), 10), Some(at(5)));
        assert_eq!(alarm_at(unsaid(5, Obstacle::InputOutput, 5), 20), Some(at(605)));
    }

    #[test]
    fn a_copy_of_many_files_is_an_incident_only_when_it_goes_on_for_a_minute() {
        assert_eq!(alarm_at(unsaid(50, Obstacle::BeingWritten, 5), 50), Some(at(65)));
        let mixed = unsaid(4, Obstacle::InputOutput, 5).chain(unsaid(4, Obstacle::BeingWritten, 9));
        assert_eq!(alarm_at(mixed, 10), Some(at(69)), "the fifth counts a minute after it was first written");
    }

    #[test]
    fn a_reason_of_a_newer_version_is_read_as_one_that_is_not_known() {
        let newer: CantSay =
            serde_json::from_str(r#"{"why": "on_fire", "since": "1970-01-01T00:00:05Z", "more": 1}"#).expect("read");
        assert_eq!(newer, CantSay { why: Obstacle::Newer, since: at(5) });
    }

    #[test]
    fn the_oldest_speaks_for_all() {
        let (a, b): (PatchName, PatchName) = ("a.st".parse().expect("name"), "b.st".parse().expect("name"));
        let of = |since| CantSay { why: Obstacle::Link, since: at(since) };
        let count = UnsaidCount::of(&[(&a, of(9)), (&b, of(3))], 8).expect("two");
        assert_eq!((count.files, count.of, count.oldest.as_str(), count.cant_say.since), (2, 10, "b.st", at(3)));
        assert_eq!(UnsaidCount::of(&[], 8), None);
    }

    #[test]
    fn a_file_that_is_being_written_hides_nothing_for_a_minute_and_one_that_may_not_be_read_does_at_once() {
        let name = "a.st".parse().expect("patch");
        let felt = |why: Obstacle, seconds: i64| {
            let cant_say = CantSay { why, since: Timestamp::from_ms(0) };
            let count = UnsaidCount::of(&[(&name, cant_say)], 3).expect("one");
            assert!(count.words().contains(why.explain()) && count.words().contains("a.st"), "{}", count.words());
            cant_say.is_felt(Timestamp::from_ms(seconds * 1_000))
        };
        assert_eq!((felt(Obstacle::BeingWritten, 59), felt(Obstacle::BeingWritten, 60)), (false, true));
        assert!(felt(Obstacle::NotPermitted, 0) && felt(Obstacle::Newer, 0));
    }
}
