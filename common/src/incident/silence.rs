//! Which sites have been silent for too long, and since which moment: computed, never counted.

use std::time::Duration;

use crate::id::SiteName;
use crate::time::Timestamp;

/// So many of the sites at least must fall silent together for the server's uplink to be blamed.
const LEAST_FOR_UPLINK: usize = 3;
/// How close together that is.
const TOGETHER: Duration = Duration::from_mins(1);

/// What is known of a site's contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The site.
    pub site: SiteName,
    /// Its last poll, or its enrolment.
    pub last: Timestamp,
    /// Within which time of a poll the next is expected.
    pub every: Duration,
    /// Until then it could not be heard, whatever it did: the uplink was away.
    pub unheard_until: Option<Timestamp>,
}

/// How long a silence may last, and from when on silence counts at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// What is added to the expected time.
    pub grace: Duration,
    /// The server's own start, or the last jump of its clock: nobody could be heard before.
    pub listening_since: Timestamp,
}

/// A silent site, and the exact moment from which on it was one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silent {
    /// The site.
    pub site: SiteName,
    /// Its last poll.
    pub last: Timestamp,
    /// When it became silent.
    pub since: Timestamp,
}

/// What the silence of sites means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Silence {
    /// Sites that are silent each for itself, the longest first.
    pub sites: Vec<Silent>,
    /// Sites that fell silent in one minute and are more than half of all: the server or its uplink is the likely cause. Those whose
    /// moment is still to come are among them: polls are spread over a minute, and the first of them must not be blamed alone.
    pub together: Vec<Silent>,
}

/// The moment from which on a site counts as silent, if it is not heard of before.
pub fn silent_from(contact: &Contact, patience: &Patience) -> Timestamp {
    quiet_from(contact, patience).plus(contact.every + patience.grace)
}

/// Since when nothing came that could have been heard.
fn quiet_from(contact: &Contact, patience: &Patience) -> Timestamp {
    contact.last.max(patience.listening_since).max(contact.unheard_until.unwrap_or(contact.last))
}

/// Whether a poll has been missed, and not only a little.
fn is_overdue(contact: &Contact, patience: &Patience, now: Timestamp) -> bool {
    quiet_from(contact, patience).plus(contact.every + patience.grace / 2) <= now
}

/// Finds silent sites among those that are expected to poll.
pub fn silence(contacts: &[Contact], patience: &Patience, now: Timestamp) -> Silence {
    let overdue = contacts.iter().filter(|contact| is_overdue(contact, patience, now)).map(|contact| Silent {
        site: contact.site.clone(),
        last: contact.last,
        since: silent_from(contact, patience),
    });
    let mut sites: Vec<_> = overdue.collect();
    sites.sort_by(|a, b| (a.since, &a.site).cmp(&(b.since, &b.site)));
    // Fell silent together means heard of together: after a restart of the server every silence begins at once.
    sites.sort_by_key(|silent| silent.last);
    let is_silent = |silent: &Silent| silent.since <= now;
    let together = match most_together(&sites, contacts.len()).filter(|range| sites[range.clone()].iter().any(is_silent)) {
        Some(range) => sites.drain(range).collect(),
        None => Vec::new(),
    };
    sites.retain(is_silent);
    sites.sort_by_key(|silent| silent.since);
    Silence { sites, together }
}

/// The largest group within a minute, if it is more than half of all sites. `silent` are in the order of their last contacts.
fn most_together(silent: &[Silent], all: usize) -> Option<std::ops::Range<usize>> {
    let mut best = 0..0;
    let mut start = 0;
    for end in 1..=silent.len() {
        while silent[start].last.age(silent[end - 1].last) > TOGETHER {
            start += 1;
        }
        if end - start > best.len() {
            best = start..end;
        }
    }
    (best.len() >= LEAST_FOR_UPLINK && best.len() * 2 > all).then_some(best)
}
