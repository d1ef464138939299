//! The transitions. Pure; nobody else changes an incident.

use std::collections::BTreeMap;

use super::{
    Change, Hold, Incident, IncidentId, Known, Notice, Observed, Phase, REMIND_EVERY, SAME_WITHIN, Subject, Told, Transition,
};
use crate::state::Severity;
use crate::time::Timestamp;

/// Compares what is known with what is observed. Opening incidents take ids from `next` on.
///
/// What is observed twice changes nothing; what isn't observed any more is over.
pub fn incidents(known: &Known, observed: &BTreeMap<Subject, Observed>, next: IncidentId, now: Timestamp) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut id = next.0;
    for (subject, seen) in observed {
        let before = known.get(subject).filter(|incident| is_same(incident, now));
        if let Some(incident) = before {
            changes.extend(still(incident, seen, now));
        } else {
            changes.push(opened(IncidentId(id), subject, seen, now));
            id += 1;
        }
    }
    let gone = known.iter().filter(|(subject, incident)| incident.is_open() && !observed.contains_key(subject));
    changes.extend(gone.map(|(_, incident)| closed(incident, now)));
    changes
}

/// A person acknowledges, snoozes, or takes that back. None when the incident is over, or nothing changes.
pub fn person(incident: &Incident, hold: Hold) -> Option<Change> {
    (incident.is_open() && incident.hold != hold).then(|| Change {
        incident: Incident { hold, ..incident.clone() },
        transition: Transition::Held,
        notice: None,
    })
}

fn is_same(incident: &Incident, now: Timestamp) -> bool {
    match incident.phase {
        Phase::Open { .. } => true,
        Phase::Closed { at } => at.age(now) < SAME_WITHIN,
    }
}

fn opened(id: IncidentId, subject: &Subject, seen: &Observed, now: Timestamp) -> Change {
    let incident = Incident {
        id,
        subject: subject.clone(),
        severity: seen.severity,
        words: seen.words.clone(),
        since: seen.since,
        opened: now,
        phase: Phase::Open { since: now },
        hold: Hold::None,
        told: Told::Nothing,
        returns: 0,
    };
    told(incident, Transition::Opened, seen, now)
}

/// One that is open, or closed a moment ago, is seen.
fn still(before: &Incident, seen: &Observed, now: Timestamp) -> Option<Change> {
    let mut incident = before.clone();
    incident.words = seen.words.clone();
    incident.severity = before.severity.max(seen.severity);
    if before.is_open() {
        if matches!(before.hold, Hold::Snoozed { until, .. } if until <= now) {
            incident.hold = Hold::None;
        }
    } else {
        // The same incident again; those who were told that it was over hear of it only if it stays.
        incident.phase = Phase::Open { since: now };
        incident.severity = seen.severity;
        incident.returns += 1;
        return Some(told(incident, Transition::Returned, seen, now));
    }
    let transition = if incident.severity > before.severity {
        Transition::Worsened
    } else if incident.words != before.words {
        Transition::Reworded
    } else {
        Transition::Due
    };
    let change = told(incident, transition, seen, now);
    (change.incident != *before).then_some(change)
}

fn closed(before: &Incident, now: Timestamp) -> Change {
    // A recovery is told only to those who were told of the trouble.
    let alerted = matches!(before.told, Told::Alert { .. });
    let told = if alerted { Told::Recovery { at: now } } else { before.told };
    let incident = Incident { phase: Phase::Closed { at: now }, hold: Hold::None, told, ..before.clone() };
    Change { incident, transition: Transition::Closed, notice: alerted.then_some(Notice::Recovery) }
}

/// Adds what is to be told, and remembers that it was.
fn told(mut incident: Incident, transition: Transition, seen: &Observed, now: Timestamp) -> Change {
    let notice = notice(&incident, seen, now);
    if notice.is_some() {
        incident.told = Told::Alert { at: now, severity: incident.severity };
    }
    Change { incident, transition, notice }
}

/// What is to be told of an open incident now.
fn notice(incident: &Incident, seen: &Observed, now: Timestamp) -> Option<Notice> {
    // Warnings are shown, not mailed.
    if incident.severity < Severity::Problem || seen.muted || matches!(incident.hold, Hold::Snoozed { .. }) {
        return None;
    }
    let Phase::Open { since } = incident.phase else { return None };
    match incident.told {
        Told::Nothing => Some(Notice::Alert),
        Told::Alert { severity, .. } if severity < incident.severity => Some(Notice::Worse),
        Told::Alert { at, .. } => {
            let due = incident.hold == Hold::None && at.age(now) >= REMIND_EVERY;
            due.then_some(Notice::Reminder)
        }
        Told::Recovery { .. } => (since.age(now) >= SAME_WITHIN).then_some(Notice::Alert),
    }
}
