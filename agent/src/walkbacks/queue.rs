//! What waits to be sent, as those see it who decide what is sent next.

use fieldpost_common::id::AppName;
use std::collections::{BTreeMap, BTreeSet};

/// What waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Queue {
    /// How many pieces.
    pub count: usize,
    /// Of each application with pieces that wait, the numbers of the oldest and of the newest.
    pub pieces: BTreeMap<AppName, (u64, u64)>,
    /// Applications of which more was dropped than the server knows.
    pub untold: BTreeSet<AppName>,
}

impl Queue {
    /// Whether something waits of an application that isn't put off.
    pub fn has_more_than(&self, put_off: &BTreeSet<AppName>) -> bool {
        self.pieces.keys().chain(&self.untold).any(|application| !put_off.contains(application))
    }

    /// The number of an application's oldest piece.
    pub fn oldest(&self, application: &AppName) -> Option<u64> {
        self.pieces.get(application).map(|(oldest, _)| *oldest)
    }

    /// The number of an application's newest piece.
    pub fn newest(&self, application: &AppName) -> Option<u64> {
        self.pieces.get(application).map(|(_, newest)| *newest)
    }

    /// Adds a piece; the oldest comes first.
    pub(super) fn add(&mut self, application: &AppName, number: u64) {
        self.count += 1;
        match self.pieces.get_mut(application) {
            Some((_, newest)) => *newest = number,
            None => {
                self.pieces.insert(application.clone(), (number, number));
            }
        }
    }
}
