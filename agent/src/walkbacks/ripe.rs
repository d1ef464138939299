//! Whether a file may be taken: once it rests, or, where it never does, once it has grown for a while.

use crate::scan::meta::Meta;
use crate::scan::settle::SETTLE;
use std::time::Duration;

/// A file that is written all the time is taken after so long, and from then on as often.
pub(super) const STEADY: Duration = Duration::from_secs(30);

/// How a file that isn't taken as it is now looked the last time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    meta: Meta,
    /// Since when it has looked so.
    at: Duration,
    /// Since when it has only grown.
    since: Duration,
}

impl Seen {
    /// Since when it waits to be taken; one that begins anew waits anew.
    pub(super) fn since(&self) -> Duration {
        self.since
    }
}

/// Whether a file may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ripe {
    /// It was written a moment ago.
    Not,
    /// Two looks, some time apart, saw the same.
    Settled,
    /// It grows all the time: what is whole of it may be taken.
    Growing,
}

/// Judges a file by what was seen of it before; `mono` is a clock that only goes on.
pub(super) fn ripe(seen: Option<&Seen>, meta: Meta, mono: Duration) -> (Ripe, Seen) {
    let anew = Seen { meta, at: mono, since: mono };
    let Some(seen) = seen else { return (Ripe::Not, anew) };
    if seen.meta == meta {
        let rests = mono.saturating_sub(seen.at) >= SETTLE;
        return (if rests { Ripe::Settled } else { Ripe::Not }, *seen);
    }
    let grown = seen.meta.inode == meta.inode && seen.meta.size <= meta.size;
    if grown && mono.saturating_sub(seen.since) < STEADY {
        return (Ripe::Not, Seen { since: seen.since, ..anew });
    }
    (if grown { Ripe::Growing } else { Ripe::Not }, anew)
}
