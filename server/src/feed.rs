//! The change feed: a ring in memory that terminals wait on. It carries what changed, not how: readers read that anew.

use fieldpost_common::api::{Change, Changes};
use fieldpost_common::grid::Feed as Place;
use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// How many changes are kept.
const KEPT: usize = 4_096;

/// The feed of one run of the server.
pub(crate) struct Feed {
    epoch: String,
    seq: watch::Sender<u64>,
    ring: Mutex<VecDeque<Change>>,
}

impl Feed {
    pub(crate) fn new(epoch: String) -> Self {
        Self { epoch, seq: watch::Sender::new(0), ring: Mutex::new(VecDeque::new()) }
    }

    /// Something changed.
    pub(crate) fn push(&self, change: Change) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        if ring.len() == KEPT {
            ring.pop_front();
        }
        ring.push_back(change);
        // Under the lock, so that the number and the ring always fit.
        self.seq.send_modify(|seq| *seq += 1);
    }

    /// Where the feed stands.
    pub(crate) fn place(&self) -> Place {
        Place { epoch: self.epoch.clone(), seq: *self.seq.borrow() }
    }

    /// Tells when something changes.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.seq.subscribe()
    }

    /// How many wait for a change.
    #[cfg(test)]
    pub(crate) fn watching(&self) -> usize {
        self.seq.receiver_count()
    }

    /// What changed since a place, oldest first, without repetitions.
    pub(crate) fn since(&self, place: &Place) -> Changes {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let feed = self.place();
        let missed = feed.seq.checked_sub(place.seq).and_then(|missed| usize::try_from(missed).ok());
        let Some(missed) = missed.filter(|missed| place.epoch == feed.epoch && *missed <= ring.len()) else {
            return Changes { feed, reload: true, changes: Vec::new() };
        };
        let mut seen = HashSet::new();
        let changes = ring.range(ring.len() - missed..).filter(|change| seen.insert(*change)).cloned().collect();
        Changes { feed, reload: false, changes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(app: &str) -> Change {
        Change::Grid { application: app.parse().expect("app") }
    }

    #[test]
    fn a_reader_gets_each_change_once_and_in_order() {
        let feed = Feed::new("one".to_owned());
        feed.push(Change::Apps);
        let place = feed.place();
        for change in [grid("a"), grid("b"), grid("a"), Change::Sites] {
            feed.push(change);
        }
        let changes = feed.since(&place);
        assert_eq!(changes.changes, [grid("a"), grid("b"), Change::Sites]);
        assert_eq!(feed.since(&changes.feed).changes, []);
    }

    #[test]
    fn a_reader_of_another_run_or_too_far_behind_is_told_to_read_everything() {
        let feed = Feed::new("one".to_owned());
        let start = feed.place();
        assert!(feed.since(&Place { epoch: "other".to_owned(), seq: 0 }).reload);
        assert!(feed.since(&Place { epoch: "one".to_owned(), seq: 7 }).reload, "ahead of us");
        for _ in 0..=KEPT {
            feed.push(Change::Sites);
        }
        assert!(feed.since(&start).reload);
    }
}
