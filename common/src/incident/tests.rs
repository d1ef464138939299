//! The life of incidents, told by a clock that is set by hand.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod days;
mod silences;
mod unseen;

use super::*;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::str::FromStr;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

fn id<T: FromStr<Err: Debug>>(word: &str) -> T {
    word.parse().unwrap()
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(1_800_000_000_000 + ms)
}

fn silent(site: &str) -> Subject {
    Subject::Silent { site: id(site) }
}

fn seen(severity: Severity, words: &str) -> Observed {
    Observed { severity, words: Clean::line(words), since: at(0) }
}

/// Incidents over time, as a server keeps them.
#[derive(Default)]
struct Story {
    known: Known,
    next: u64,
    observed: BTreeMap<Subject, Observed>,
    muted: BTreeSet<Subject>,
    /// Sites that can't be seen, each last seen at this time.
    unseen: BTreeMap<SiteName, i64>,
    notices: Vec<(i64, Notice)>,
    transitions: Vec<Transition>,
}

impl Story {
    fn of(subject: Subject, seen: Observed) -> Story {
        Story { observed: BTreeMap::from([(subject, seen)]), ..Story::default() }
    }

    fn look(&mut self, ms: i64) -> &mut Self {
        for change in incidents(&self.known, &self.observation(), IncidentId(self.next), at(ms)) {
            self.next = self.next.max(change.incident.id.0 + 1);
            self.notices.extend(change.notice.map(|notice| (ms, notice)));
            self.transitions.push(change.transition);
            self.known.insert(change.incident.subject.clone(), change.incident);
        }
        self
    }

    /// What isn't wrong is well, but for what can't be seen.
    fn observation(&self) -> Observation {
        let mut look = Observation::default();
        for subject in self.known.keys() {
            look.add_answer(subject.clone(), Answer::Well);
        }
        for (subject, observed) in &self.observed {
            look.add_wrong(subject.clone(), observed.clone());
        }
        for (site, last) in &self.unseen {
            look.hide_site(site.clone(), Unseen { why: Clean::line("no contact"), since: Some(at(*last)) });
        }
        for subject in &self.muted {
            look.mute(subject.clone());
        }
        look
    }

    fn mute(&mut self, muted: bool) {
        self.muted = if muted { self.observed.keys().cloned().collect() } else { BTreeSet::new() };
    }

    fn hold(&mut self, hold: Hold) {
        let incident = self.known.values().next().unwrap();
        let change = person(incident, hold).unwrap();
        self.known.insert(change.incident.subject.clone(), change.incident);
    }

    fn incident(&self) -> &Incident {
        self.known.values().next().unwrap()
    }
}

fn problem() -> Story {
    Story::of(silent("acme"), seen(Severity::Problem, "no contact"))
}

#[test]
fn an_incident_is_opened_and_told_once_however_often_it_is_seen() {
    let mut story = problem();
    story.look(0).look(1_000).look(MINUTE).look(HOUR);
    assert_eq!(story.notices, [(0, Notice::Alert)]);
    assert_eq!(story.transitions, [Transition::Opened]);
}

#[test]
fn what_is_over_is_told_once_and_only_where_the_alert_went_out() {
    let mut story = problem();
    story.look(0);
    story.observed.clear();
    story.look(MINUTE).look(2 * MINUTE);
    assert_eq!(story.notices, [(0, Notice::Alert), (MINUTE, Notice::Recovery)]);

    let mut quiet = problem();
    quiet.mute(true);
    quiet.look(0);
    quiet.observed.clear();
    quiet.look(MINUTE);
    assert_eq!(quiet.notices, []);
    assert_eq!(quiet.transitions, [Transition::Opened, Transition::Closed]);
}

#[test]
fn what_comes_back_within_ten_minutes_is_the_same_incident_and_no_new_mail() {
    let mut story = problem();
    story.look(0);
    let first = story.incident().id;
    let observed = std::mem::take(&mut story.observed);
    story.look(MINUTE);
    story.observed.clone_from(&observed);
    story.look(10 * MINUTE);
    assert_eq!((story.incident().id, story.incident().returns), (first, 1));
    assert_eq!(story.notices.len(), 2);
    // It goes again before anybody was told that it had come back: that is no news either.
    story.observed.clear();
    story.look(12 * MINUTE);
    assert_eq!(story.notices.len(), 2);
}

#[test]
fn what_came_back_and_stays_is_told_after_ten_minutes() {
    let mut story = problem();
    story.look(0);
    let observed = std::mem::take(&mut story.observed);
    story.look(MINUTE);
    story.observed = observed;
    story.look(5 * MINUTE).look(14 * MINUTE).look(15 * MINUTE).look(16 * MINUTE);
    assert_eq!(story.notices[2..], [(15 * MINUTE, Notice::Alert)]);
}

#[test]
fn what_comes_back_after_ten_minutes_is_a_new_incident() {
    let mut story = problem();
    story.look(0);
    let (first, observed) = (story.incident().id, std::mem::take(&mut story.observed));
    story.look(MINUTE);
    story.observed = observed;
    story.look(11 * MINUTE);
    assert!(story.incident().id > first);
    assert_eq!(story.notices[2..], [(11 * MINUTE, Notice::Alert)]);
}

#[test]
fn a_warning_is_shown_and_only_told_when_it_becomes_a_problem() {
    let mut story = Story::of(silent("acme"), seen(Severity::Warning, "queue is long"));
    story.look(0).look(MINUTE);
    assert_eq!(story.notices, []);
    story.observed = BTreeMap::from([(silent("acme"), seen(Severity::Problem, "queue is full"))]);
    story.look(2 * MINUTE).look(3 * MINUTE);
    assert_eq!(story.notices, [(2 * MINUTE, Notice::Alert)]);
    assert_eq!(story.transitions, [Transition::Opened, Transition::Worsened]);
    // Better again is no news as long as it isn't over.
    story.observed = BTreeMap::from([(silent("acme"), seen(Severity::Warning, "queue is long"))]);
    story.look(4 * MINUTE);
    assert_eq!(story.transitions.last(), Some(&Transition::Reworded));
    assert_eq!(story.notices.len(), 1);
}

#[test]
fn nobody_is_told_before_a_snooze_ends_and_then_once() {
    let mut story = problem();
    story.mute(true);
    story.look(0);
    story.hold(Hold::Snoozed { by: id("ada"), until: at(HOUR) });
    story.mute(false);
    story.look(30 * MINUTE).look(HOUR).look(HOUR + 1_000);
    assert_eq!(story.notices, [(HOUR, Notice::Alert)]);
    assert_eq!(story.incident().hold, Hold::None);
}

#[test]
fn an_open_incident_is_told_again_once_a_day_until_somebody_acknowledges_it() {
    let mut story = problem();
    for hour in 0..=50 {
        story.look(hour * HOUR);
    }
    assert_eq!(story.notices, [(0, Notice::Alert), (24 * HOUR, Notice::Reminder), (48 * HOUR, Notice::Reminder)]);
    story.hold(Hold::Acknowledged { by: id("ada"), at: at(50 * HOUR) });
    for hour in 51..=120 {
        story.look(hour * HOUR);
    }
    assert_eq!(story.notices.len(), 3);
}

#[test]
fn after_a_maintenance_window_what_is_still_wrong_is_told() {
    let mut story = problem();
    story.mute(true);
    story.look(0).look(HOUR);
    assert_eq!((story.notices.len(), story.incident().is_open()), (0, true));
    story.mute(false);
    story.look(2 * HOUR);
    assert_eq!(story.notices, [(2 * HOUR, Notice::Alert)]);
}

#[test]
fn what_is_over_can_be_neither_acknowledged_nor_snoozed() {
    let mut story = problem();
    story.look(0);
    story.observed.clear();
    story.look(MINUTE);
    assert_eq!(person(story.incident(), Hold::Acknowledged { by: id("ada"), at: at(0) }), None);
}
