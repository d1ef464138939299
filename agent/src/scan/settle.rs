//! When a change counts: after two equal looks at least two seconds apart. Pure; reading the bytes is left to the scan.

use super::meta::Meta;
use fieldpost_common::inventory::FileFact;
use std::time::Duration;

/// How long a file must look the same before a change counts.
pub const SETTLE: Duration = Duration::from_secs(2);

/// What is known of one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Track {
    settled: Option<Settled>,
    pending: Option<Pending>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Settled {
    fact: FileFact,
    meta: Meta,
    /// Hashed so soon after a write that the times can't show another one.
    fresh: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pending {
    seen: Option<Meta>,
    since: Duration,
}

/// What to do after a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing changed.
    Same,
    /// Read and hash it now.
    Read,
    /// It changed; look again in so long.
    Wait(Duration),
    /// It is gone, for good.
    Gone,
}

impl Track {
    /// The fact that the inventory shows: the last that settled.
    pub fn fact(&self) -> Option<FileFact> {
        self.settled.map(|settled| settled.fact)
    }

    /// Whether a change is under way.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Takes a look: what stands there now, at the monotonic time `now`.
    pub fn look(&mut self, seen: Option<Meta>, now: Duration) -> Look {
        if let Some(settled) = &self.settled
            && seen == Some(settled.meta)
        {
            self.pending = None;
            return if settled.fresh { Look::Read } else { Look::Same };
        }
        if seen.is_none() && self.settled.is_none() {
            self.pending = None;
            return Look::Gone;
        }
        match self.pending {
            Some(pending) if pending.seen == seen => match SETTLE.checked_sub(now.saturating_sub(pending.since)) {
                None | Some(Duration::ZERO) if seen.is_none() => Look::Gone,
                None | Some(Duration::ZERO) => Look::Read,
                Some(rest) => Look::Wait(rest),
            },
            _ => {
                self.pending = Some(Pending { seen, since: now });
                Look::Wait(SETTLE)
            }
        }
    }

    /// It was read and hashed, and looked the same after as before.
    pub fn settle(&mut self, fact: FileFact, meta: Meta, fresh: bool) {
        *self = Self { settled: Some(Settled { fact, meta, fresh }), pending: None };
    }

    /// Its times are not to be trusted: the next look reads it.
    pub fn doubt(&mut self) {
        if let Some(settled) = &mut self.settled {
            settled.fresh = true;
        }
    }

    /// It changed while it was read: begin anew.
    pub fn disturbed(&mut self, now: Duration) {
        self.pending = Some(Pending { seen: None, since: now });
    }

    /// Nothing was ever seen here.
    pub fn is_new(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::meta::Kind;
    use super::*;
    use fieldpost_common::hash::ContentHash;

    fn meta(version: i128) -> Meta {
        Meta { kind: Kind::File, size: 1, modified_ns: version, changed_ns: version, inode: 7, links: 1 }
    }

    fn fact(text: &str) -> FileFact {
        FileFact { sha256: ContentHash::of(text.as_bytes()), size: 1, modified: fieldpost_common::time::Timestamp::from_ms(0) }
    }

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_file_that_is_doubted_is_read_though_nothing_seems_changed() {
        let mut track = Track::default();
        track.settle(fact("x"), meta(1), false);
        assert_eq!(track.look(Some(meta(1)), s(9)), Look::Same);
        track.doubt();
        assert_eq!((track.look(Some(meta(1)), s(9)), track.fact()), (Look::Read, Some(fact("x"))));
    }

    #[test]
    fn a_change_counts_after_two_equal_looks_two_seconds_apart() {
        let mut track = Track::default();
        assert_eq!(track.look(Some(meta(1)), s(0)), Look::Wait(s(2)));
        assert_eq!(track.look(Some(meta(1)), s(1)), Look::Wait(s(1)));
        assert_eq!(track.look(Some(meta(2)), s(2)), Look::Wait(s(2)), "it was written again");
        assert_eq!(track.look(Some(meta(2)), s(4)), Look::Read);
        track.settle(fact("x"), meta(2), false);
        assert_eq!(track.look(Some(meta(2)), s(5)), Look::Same);
    }

    #[test]
    fn while_a_file_is_being_written_its_former_fact_stays() {
        let mut track = Track::default();
        track.settle(fact("old"), meta(1), false);
        for second in 1..20 {
            assert_eq!(track.look(Some(meta(i128::from(second) + 1)), s(second)), Look::Wait(s(2)));
            assert_eq!(track.fact(), Some(fact("old")));
        }
    }

    #[test]
    fn a_file_that_an_editor_replaces_is_never_gone_in_between() {
        let mut track = Track::default();
        track.settle(fact("old"), meta(1), false);
        assert_eq!(track.look(None, s(1)), Look::Wait(s(2)));
        assert_eq!(track.look(Some(meta(2)), s(2)), Look::Wait(s(2)));
        assert_eq!(track.look(None, s(5)), Look::Wait(s(2)));
        assert_eq!(track.look(None, s(7)), Look::Gone);
    }

    #[test]
    fn a_file_hashed_right_after_a_write_is_read_once_more() {
        let mut track = Track::default();
        track.settle(fact("x"), meta(1), true);
        assert_eq!(track.look(Some(meta(1)), s(1)), Look::Read);
    }
}
