//! What is wrong with the server itself, held in memory: it may be the very thing that keeps it from being written down.

use crate::clock;
use crate::store::StoreError;
use crate::store::mail::Waiting;
use fieldpost_common::incident::{Answer, Incident, IncidentId, Known, Observation, Subject, incidents};
use fieldpost_common::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// A fault that is over sooner is no incident: somebody held the database for a moment.
const LASTS: Duration = Duration::from_secs(5);

/// What of the server can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Nothing new can be stored.
    Writes,
    /// The pages of the database, as the check of all tables found them.
    Pages,
    /// The same, as the check of all contents found them.
    ContentPages,
    /// Mails don't go out.
    Mail,
}

impl Part {
    /// The subject of its incident; mails that don't go have one that is kept like others.
    pub(crate) fn subject(self) -> Option<Subject> {
        let what = match self {
            Self::Writes => "writes",
            Self::Pages => "database",
            Self::ContentPages => "contents",
            Self::Mail => return None,
        };
        Some(Subject::Server { what: what.to_owned() })
    }
}

/// What is wrong with a part.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) words: String,
    pub(crate) since: Timestamp,
    begun: Instant,
}

/// What is wrong now.
#[derive(Default)]
pub(crate) struct Health {
    faults: Mutex<BTreeMap<Part, Fault>>,
    /// Parts that this run of the server has seen working.
    sound: Mutex<BTreeSet<Part>>,
    held: Mutex<Held>,
    /// Rings when something was seen that only a damaged database explains.
    pub(crate) suspect: Notify,
}

/// Incidents that could not be kept, and what is to be told of them.
#[derive(Default)]
struct Held {
    known: Known,
    untold: Vec<Waiting>,
}

impl Health {
    fn faults(&self) -> MutexGuard<'_, BTreeMap<Part, Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sound(&self) -> MutexGuard<'_, BTreeSet<Part>> {
        self.sound.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A part fails.
    pub(crate) fn fail(&self, part: Part, words: &str) {
        let mut faults = self.faults();
        let fault = faults.entry(part).or_insert_with(|| {
            tracing::error!(?part, words, "the server is not well");
            Fault { words: String::new(), since: clock::now(), begun: clock::instant() }
        });
        words.clone_into(&mut fault.words);
    }

    /// A part works; whether it didn't before.
    pub(crate) fn recover(&self, part: Part) -> bool {
        self.sound().insert(part);
        let was = self.faults().remove(&part).is_some();
        if was {
            tracing::info!(?part, "works again");
        }
        was
    }

    /// What is wrong with a part.
    pub(crate) fn fault(&self, part: Part) -> Option<Fault> {
        self.faults().get(&part).cloned()
    }

    /// What the store said no to says something of the server's health.
    pub(crate) fn observe(&self, error: &StoreError) {
        let why = match error {
            StoreError::NoSpace => "the server's disk is full".to_owned(),
            StoreError::Unwritable(why) => format!("the server can't write to its disk: {why}"),
            StoreError::Busy => error.to_string(),
            StoreError::Corrupt(_) => return self.suspect.notify_one(),
            _ => return,
        };
        self.fail(Part::Writes, &format!("nothing new can be stored: {why}"));
    }

    /// Faults that are incidents by now.
    pub(crate) fn lasting(&self) -> Vec<(Subject, Fault)> {
        let now = clock::instant();
        let faults = self.faults();
        let lasting = faults.iter().filter(|(_, fault)| now.duration_since(fault.begun) >= LASTS);
        lasting.filter_map(|(part, fault)| Some((part.subject()?, fault.clone()))).collect()
    }

    /// What is wrong can't be kept: it is held here. `kept`: what was kept before of the same. Whether there is something to tell.
    pub(crate) fn hold(&self, kept: &Known, observed: &Observation, next: IncidentId, now: Timestamp) -> bool {
        let mut held = self.held();
        let mut known = held.known.clone();
        // Only what is wrong is told from here; what is over is told once that can be kept.
        for (subject, incident) in kept.iter().filter(|(subject, _)| matches!(observed.answer(subject), Answer::Wrong(_))) {
            known.entry(subject.clone()).or_insert_with(|| incident.clone());
        }
        let highest = held.known.values().map(|incident| incident.id.0 + 1).max().unwrap_or(0);
        for change in incidents(&known, observed, IncidentId(next.0.max(highest)), now) {
            let incident = change.incident;
            let seq = u64::try_from(held.untold.len()).unwrap_or(u64::MAX);
            held.untold.extend(change.notice.map(|notice| Waiting { seq, notice, incident: incident.clone(), at: now }));
            held.known.insert(incident.subject.clone(), incident);
        }
        !held.untold.is_empty()
    }

    /// What has to be checked as a whole, and was not since the server started: nobody can say how it is.
    pub(crate) fn unchecked(&self) -> Vec<Subject> {
        let (faults, sound) = (self.faults(), self.sound());
        let parts = [Part::Pages, Part::ContentPages].into_iter();
        parts.filter(|part| !faults.contains_key(part) && !sound.contains(part)).filter_map(Part::subject).collect()
    }

    /// Incidents that are held here.
    pub(crate) fn held_incidents(&self) -> Vec<Incident> {
        self.held().known.values().cloned().collect()
    }

    /// They are kept where all others are.
    pub(crate) fn release(&self) {
        self.held().known.clear();
    }

    /// What is to be told of them.
    pub(crate) fn untold(&self) -> Vec<Waiting> {
        self.held().untold.clone()
    }

    /// The first so many were told.
    pub(crate) fn told(&self, count: usize) {
        let mut held = self.held();
        let count = count.min(held.untold.len());
        held.untold.drain(..count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::incident::{Notice, Observed};
    use fieldpost_common::state::Severity;
    use fieldpost_common::text::Clean;

    fn wrong() -> Observation {
        let mut wrong = Observation::default();
        let observed = Observed { severity: Severity::Problem, words: Clean::line("full"), since: Timestamp::from_ms(1) };
        wrong.add_wrong(Subject::Server { what: "writes".to_owned() }, observed);
        wrong
    }

    #[test]
    fn an_incident_that_is_held_in_memory_is_told_once() {
        let health = Health::default();
        for second in 0..5 {
            assert!(health.hold(&Known::new(), &wrong(), IncidentId(7), Timestamp::from_ms(second * 1000)));
        }
        let notices: Vec<_> = health.untold().iter().map(|row| (row.notice, row.incident.id.0)).collect();
        assert_eq!(notices, [(Notice::Alert, 7)]);
        health.told(1);
        assert!(!health.hold(&Known::new(), &wrong(), IncidentId(7), Timestamp::from_ms(9_000)));
        assert!(health.held_incidents()[0].is_open());
    }

    #[test]
    fn incidents_of_sites_are_not_closed_because_only_the_server_itself_could_be_judged() {
        let health = Health::default();
        let kept = Known::from([(
            Subject::Silent { site: "acme".parse().expect("site") },
            Incident {
                id: IncidentId(1),
                subject: Subject::Silent { site: "acme".parse().expect("site") },
                severity: Severity::Problem,
                words: Clean::line("no contact"),
                since: Timestamp::from_ms(1),
                opened: Timestamp::from_ms(1),
                phase: fieldpost_common::incident::Phase::Open { since: Timestamp::from_ms(1) },
                hold: fieldpost_common::incident::Hold::None,
                told: fieldpost_common::incident::Told::Nothing,
                unseen: None,
                returns: 0,
            },
        )]);
        health.hold(&kept, &wrong(), IncidentId(7), Timestamp::from_ms(2));
        assert_eq!(health.held_incidents().len(), 1);
    }
}
