//! How a site is, in one symbol and one word: the worst that is known of it.

use crate::app::theme::Tone;
use fieldpost_common::api::{HeldDrop, Site, Verdict};
use fieldpost_common::inventory::Directory;
use fieldpost_common::text::{Clean, age, count};
use fieldpost_common::time::Timestamp;
use std::time::Duration;

/// From here on a clock is wrong enough to say so: time limits and stamps are compared with it.
const CLOCK_OFF: Duration = Duration::from_mins(1);

/// The better ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SiteState {
    Ok,
    /// No agent has taken the enrolment string yet.
    NeverSeen,
    /// It polls, and has not said yet what files it has.
    NoInventory,
    /// It polls and its directories are there, and something is wrong all the same: mostly the state of an application.
    Unwell(Verdict),
    /// Not heard of for that long; `None`: enrolled and never heard of.
    Silent(Option<Duration>),
    /// Many files vanished at once, and a person must say whether that is meant.
    Held(HeldDrop),
    /// A patch directory can't be read.
    Directory(Directory),
    /// Two agents poll as this site.
    Clones,
}

impl SiteState {
    /// `verdict`: the server's, out of the site's open incidents and of what can be seen.
    pub(crate) fn of(site: &Site, verdict: Verdict, now: Timestamp) -> Self {
        match Self::by_itself(site, now) {
            Self::Ok | Self::NoInventory if verdict > Verdict::NeverSeen => Self::Unwell(verdict),
            state => state,
        }
    }

    /// As the site itself shows it.
    fn by_itself(site: &Site, now: Timestamp) -> Self {
        if site.clones.is_some() {
            return Self::Clones;
        }
        let trouble = site.applications.iter().filter_map(|one| one.directory).find(|one| *one != Directory::Present);
        if let Some(directory) = trouble {
            return Self::Directory(directory);
        }
        if let Some(held) = site.applications.iter().find_map(|one| one.held) {
            return Self::Held(held);
        }
        match site.last_seen.map(|seen| seen.age(now)) {
            None if site.enrolled_at.is_none() => Self::NeverSeen,
            None => Self::Silent(None),
            Some(age) if site.is_silent(now) => Self::Silent(Some(age)),
            Some(_) if site.applications.iter().any(|one| one.directory.is_none()) => Self::NoInventory,
            Some(_) => Self::Ok,
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::NeverSeen => 1,
            Self::NoInventory => 2,
            Self::Unwell(Verdict::Ok | Verdict::NeverSeen | Verdict::CantSay | Verdict::Warning) => 3,
            Self::Silent(_) => 4,
            Self::Held(_) => 5,
            Self::Unwell(Verdict::Problem) => 6,
            Self::Directory(_) => 7,
            Self::Clones => 8,
        }
    }

    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Ok => "·",
            Self::NeverSeen => Verdict::NeverSeen.sign(),
            Self::NoInventory => "?",
            Self::Unwell(verdict) => verdict.sign(),
            _ => "!",
        }
    }

    /// A word or two, as a table wants it.
    pub(crate) fn word(self) -> String {
        let words = match self {
            Self::Ok => "ok",
            Self::NeverSeen => Verdict::NeverSeen.word(),
            Self::NoInventory => "no list of files",
            Self::Unwell(verdict) => verdict.word(),
            Self::Silent(None) => "never polled",
            Self::Silent(Some(silent)) => return format!("silent {}", age(silent)),
            Self::Held(_) => "mass drop held",
            Self::Directory(Directory::Present | Directory::Missing) => "directory missing",
            Self::Directory(Directory::NoMarker) => "no marker file",
            Self::Directory(Directory::OtherMarker) => "other directory",
            Self::Directory(Directory::NotADirectory) => "no directory",
            Self::Directory(Directory::Unreadable | Directory::Newer) => "unreadable",
            Self::Clones => "two agents",
        };
        words.to_owned()
    }

    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::Ok => Tone::Plain,
            Self::NeverSeen | Self::NoInventory => Tone::Busy,
            Self::Unwell(verdict) => crate::app::alerts::line::verdict_tone(verdict),
            _ => Tone::Alarm,
        }
    }

    pub(crate) fn is_silent(self) -> bool {
        matches!(self, Self::Silent(_))
    }

    /// What is the case, and what to do about it, in words that may name keys of the list. `words`: of the worst of the site's incidents.
    pub(crate) fn explain(self, site: &Site, words: Option<&Clean>) -> (String, &'static str) {
        let name = &site.name;
        let (fact, advice) = match self {
            Self::Ok if site.open_orders > 0 => {
                (format!("ok, {}", waiting(site)), "{open} shows which; {site.cancel} there takes one back")
            }
            Self::Ok => ("ok, nothing waits for it".to_owned(), "{open} opens its page"),
            Self::NeverSeen => {
                ("no agent has taken the enrolment string yet".to_owned(), "{enrol} makes a new string, should the first be lost")
            }
            Self::NoInventory => ("it polls and has not listed its files yet".to_owned(), "wait a minute, or {open}"),
            Self::Unwell(verdict) => (
                words.map_or(verdict.word(), Clean::as_str).to_owned(),
                "{open} shows its state; {show-alerts} who looks after it",
            ),
            Self::Silent(None) => ("enrolled, and never heard of".to_owned(), "look whether the agent runs there"),
            Self::Silent(Some(silent)) => {
                (format!("not heard of for {}; what is known of it is as old", age(silent)), "look whether the agent runs there")
            }
            Self::Held(held) => (
                format!("{} of {} vanished at once; nothing counts as deleted yet", held.dropped, count(held.of, "file")),
                "{accept-drop} accepts that they are gone; if they are not meant to be, put them back",
            ),
            Self::Directory(directory) => {
                (directory.explain().to_owned(), "to be put right at the site; nothing counts as deleted")
            }
            Self::Clones => (
                "two agents poll with this site's token, perhaps a copied machine".to_owned(),
                "stop one of them, or {enrol} makes a new string for the one that stays",
            ),
        };
        (format!("{name}: {fact}"), advice)
    }
}

impl PartialOrd for SiteState {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// How bad it is, and nothing else: two sites that are silent are told apart by name.
impl Ord for SiteState {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// `1 order waits`, `3 orders wait`.
pub(crate) fn waiting(site: &Site) -> String {
    format!("{} {}", count(site.open_orders, "order"), if site.open_orders == 1 { "waits" } else { "wait" })
}

/// How far the agent's clock is from the server's.
pub(crate) fn clock(site: &Site) -> (Tone, String) {
    let Some(ms) = site.clock_error_ms else { return (Tone::Faint, "–".to_owned()) };
    let off = Duration::from_millis(ms.unsigned_abs());
    if off < Duration::from_secs(1) {
        return (Tone::Plain, "right".to_owned());
    }
    let length = if off < CLOCK_OFF { format!("{} s", off.as_secs()) } else { age(off) };
    let tone = if off < CLOCK_OFF { Tone::Plain } else { Tone::Alarm };
    (tone, format!("{}{length}", if ms > 0 { '+' } else { '-' }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::sample;

    #[test]
    fn the_worst_that_is_known_names_the_state() {
        let words: Vec<_> = sample::sites().iter().map(|site| SiteState::of(site, Verdict::Ok, sample::now()).word()).collect();
        let expected =
            ["ok", "mass drop held", "ok", "two agents", "no marker file", "no list of files", "silent 14 min", "never seen"];
        assert_eq!(words, expected);
    }

    #[test]
    fn an_incident_makes_a_site_unwell_that_has_nothing_else_to_say() {
        let words: Vec<_> =
            sample::sites().iter().map(|site| SiteState::of(site, Verdict::Problem, sample::now()).word()).collect();
        assert_eq!(words[0], "problem");
        assert_eq!(words[1..5], ["mass drop held", "problem", "two agents", "no marker file"]);
        assert_eq!(words[6], "silent 14 min");
    }

    #[test]
    fn a_clock_is_right_within_a_second_and_wrong_from_a_minute_on() {
        let mut site = sample::sites().remove(0);
        for (ms, tone, words) in [
            (Some(-900), Tone::Plain, "right"),
            (Some(3_000), Tone::Plain, "+3 s"),
            (Some(-7_300_000), Tone::Alarm, "-2 h"),
            (None, Tone::Faint, "–"),
        ] {
            site.clock_error_ms = ms;
            assert_eq!(clock(&site), (tone, words.to_owned()));
        }
    }
}
