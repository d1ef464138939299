//! The transitions. Pure; nobody else changes an incident.

use super::{
    Answer, Change, Hold, Incident, IncidentId, Known, Notice, Observation, Observed, Phase, REMIND_EVERY, SAME_WITHIN, Subject,
    Told, Transition, Unseen,
};
use crate::state::Severity;
use crate::time::Timestamp;

/// Compares what is known with what one look shows. Opening incidents take ids from `next` on.
///
/// What is observed twice changes nothing; what is well is over; what can't be seen stays as it is.
pub fn incidents(known: &Known, observed: &Observation, next: IncidentId, now: Timestamp) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut id = next.0;
    for (subject, seen) in observed.wrong() {
        let look = Look { seen: Some(seen), unseen: observed.unseen_site_of(subject), muted: observed.is_muted(subject), now };
        if let Some(incident) = known.get(subject).filter(|incident| is_same(incident, now)) {
            changes.extend(continued(incident, &look));
        } else {
            changes.push(opened(IncidentId(id), subject, seen, &look));
            id += 1;
        }
    }
    for (subject, incident) in known.iter().filter(|(_, incident)| incident.is_open()) {
        match observed.answer(subject) {
            Answer::Wrong(_) => {}
            Answer::Well => changes.push(closed(incident, now)),
            Answer::CantSay(unseen) => {
                let look = Look { seen: None, unseen: Some(&unseen), muted: observed.is_muted(subject), now };
                changes.extend(continued(incident, &look));
            }
        }
    }
    changes
}

/// How one subject looks now: as wrong, or not to be seen.
struct Look<'a> {
    seen: Option<&'a Observed>,
    unseen: Option<&'a Unseen>,
    muted: bool,
    now: Timestamp,
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

fn opened(id: IncidentId, subject: &Subject, seen: &Observed, look: &Look<'_>) -> Change {
    let now = look.now;
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
        unseen: look.unseen.cloned(),
    };
    told(incident, Transition::Opened, look)
}

/// One that is open, or closed a moment ago, is still wrong, or is open and can't be seen.
fn continued(before: &Incident, look: &Look<'_>) -> Option<Change> {
    let mut incident = before.clone();
    incident.unseen = look.unseen.cloned();
    if let Some(seen) = look.seen {
        incident.words = seen.words.clone();
        incident.severity = before.severity.max(seen.severity);
        if !before.is_open() {
            // The same incident again; those who were told that it was over hear of it only if it stays.
            incident.phase = Phase::Open { since: look.now };
            incident.severity = seen.severity;
            incident.returns += 1;
            return Some(told(incident, Transition::Returned, look));
        }
    }
    if matches!(before.hold, Hold::Snoozed { until, .. } if until <= look.now) {
        incident.hold = Hold::None;
    }
    let transition = if incident.severity > before.severity {
        Transition::Worsened
    } else if incident.words != before.words || incident.unseen != before.unseen {
        Transition::Reworded
    } else {
        Transition::Due
    };
    let change = told(incident, transition, look);
    (change.incident != *before).then_some(change)
}

fn closed(before: &Incident, now: Timestamp) -> Change {
    // A recovery is told only to those who were told of the trouble.
    let alerted = matches!(before.told, Told::Alert { .. });
    let told = if alerted { Told::Recovery { at: now } } else { before.told };
    let incident = Incident { phase: Phase::Closed { at: now }, hold: Hold::None, told, unseen: None, ..before.clone() };
    Change { incident, transition: Transition::Closed, notice: alerted.then_some(Notice::Recovery) }
}

/// Adds what is to be told, and remembers that it was.
fn told(mut incident: Incident, transition: Transition, look: &Look<'_>) -> Change {
    let notice = notice(&incident, look.muted, look.now);
    if notice.is_some() {
        incident.told = Told::Alert { at: look.now, severity: incident.severity };
    }
    Change { incident, transition, notice }
}

/// What is to be told of an open incident now.
fn notice(incident: &Incident, muted: bool, now: Timestamp) -> Option<Notice> {
    // Warnings are shown, not mailed.
    if incident.severity < Severity::Problem || muted || matches!(incident.hold, Hold::Snoozed { .. }) {
        return None;
    }
    let Phase::Open { since } = incident.phase else { return None };
    match incident.told {
        Told::Nothing => Some(Notice::Alert),
        Told::Alert { severity, .. } if severity < incident.severity => Some(Notice::Worse),
        Told::Alert { at, .. } => {
            let due = incident.hold == Hold::None && at.has_passed(REMIND_EVERY, now);
            due.then_some(Notice::Reminder)
        }
        Told::Recovery { .. } => since.has_passed(SAME_WITHIN, now).then_some(Notice::Alert),
    }
}
