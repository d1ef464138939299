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
    /// Sites that fell silent in one minute and are more than half of all: the server or its uplink is the likely cause.
    pub together: Vec<Silent>,
}

/// The moment from which on a site counts as silent, if it is not heard of before.
pub fn silent_from(contact: &Contact, patience: &Patience) -> Timestamp {
    let heard_from = contact.unheard_until.unwrap_or(contact.last);
    contact.last.max(patience.listening_since).max(heard_from).plus(contact.every + patience.grace)
}

/// Finds silent sites among those that are expected to poll.
pub fn silence(contacts: &[Contact], patience: &Patience, now: Timestamp) -> Silence {
    let silent = contacts.iter().filter_map(|contact| {
        let since = silent_from(contact, patience);
        (since <= now).then(|| Silent { site: contact.site.clone(), last: contact.last, since })
    });
    let mut sites: Vec<_> = silent.collect();
    sites.sort_by(|a, b| (a.since, &a.site).cmp(&(b.since, &b.site)));
    // Fell silent together means heard of together: after a restart of the server every silence begins at once.
    sites.sort_by_key(|silent| silent.last);
    let together = match most_together(&sites, contacts.len()) {
        Some(range) => sites.drain(range).collect(),
        None => Vec::new(),
    };
    sites.sort_by_key(|silent| silent.since);
    Silence { sites, together }
}

/// The largest group within a minute, if it is more than half of all sites. `silent` is in the order of the last contacts.
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
