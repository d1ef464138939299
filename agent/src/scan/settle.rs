//! What is known of one place: a fact, or why there is none. A change counts after two equal looks at least two seconds apart on the
//! monotonic clock. Pure; reading the bytes is left to the scan.

use super::At;
use super::memory::Seen;
use super::meta::Meta;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::inventory::{CantSay, FileFact, Obstacle};
use std::time::Duration;

/// How long a file must look the same before a change counts.
pub const SETTLE: Duration = Duration::from_secs(2);

/// What is known of one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Track {
    settled: Option<Settled>,
    pending: Option<Pending>,
    unsaid: Option<CantSay>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Settled {
    fact: FileFact,
    meta: Meta,
    /// Until then equal times prove nothing: the file looked otherwise less than two seconds before it was read. `None`: they do.
    fresh_until: Option<Duration>,
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
    /// A place as it was remembered over a restart.
    pub fn remembered(seen: &Seen) -> Self {
        let fresh_until = (!seen.solid).then_some(Duration::ZERO);
        Self { settled: Some(Settled { fact: seen.fact, meta: seen.meta, fresh_until }), pending: None, unsaid: None }
    }

    /// What is to be remembered over a restart.
    pub fn to_remember(&self) -> Option<Seen> {
        self.settled.map(|settled| Seen { fact: settled.fact, meta: settled.meta, solid: settled.fresh_until.is_none() })
    }

    /// The answer that the inventory gives; `None`: there is nothing here and never was.
    pub fn answer(&self) -> Option<Result<FileFact, CantSay>> {
        match (self.unsaid, self.settled) {
            (Some(unsaid), _) => Some(Err(unsaid)),
            (None, Some(settled)) => Some(Ok(settled.fact)),
            (None, None) => None,
        }
    }

    /// The content that was there when something could last be said.
    pub fn last_content(&self) -> Option<ContentHash> {
        self.settled.map(|settled| settled.fact.sha256)
    }

    /// Takes a look: what stands there now.
    pub fn look(&mut self, seen: Option<Meta>, at: At) -> Look {
        if let Some(settled) = &self.settled
            && seen == Some(settled.meta)
        {
            self.pending = None;
            if settled.fresh_until.is_some() {
                return Look::Read;
            }
            self.unsaid = None;
            return Look::Same;
        }
        if seen.is_none() && self.settled.is_none() {
            *self = Self::default();
            return Look::Gone;
        }
        match self.pending {
            Some(pending) if pending.seen == seen => match SETTLE.checked_sub(at.mono.saturating_sub(pending.since)) {
                None | Some(Duration::ZERO) if seen.is_none() => Look::Gone,
                None | Some(Duration::ZERO) => Look::Read,
                Some(rest) => Look::Wait(rest),
            },
            _ => {
                self.pending = Some(Pending { seen, since: at.mono });
                self.obstruct(if seen.is_some() { Obstacle::BeingWritten } else { Obstacle::JustGone }, at);
                Look::Wait(SETTLE)
            }
        }
    }

    /// It was read and hashed, and looked the same after as before.
    pub fn settle(&mut self, fact: FileFact, meta: Meta, at: At) {
        let unchanged_since = match (self.pending, self.settled) {
            (Some(pending), _) if pending.seen == Some(meta) => Some(pending.since),
            // Read once more: by now its times may prove something.
            (None, Some(settled)) if settled.meta == meta => settled.fresh_until.map(|until| until.saturating_sub(SETTLE)),
            _ => None,
        };
        let fresh_until = unchanged_since.unwrap_or(at.mono) + SETTLE;
        let fresh_until = (at.mono < fresh_until).then_some(fresh_until);
        *self = Self { settled: Some(Settled { fact, meta, fresh_until }), pending: None, unsaid: None };
    }

    /// Its times are not to be trusted: the next look reads it.
    pub fn doubt(&mut self) {
        if let Some(settled) = &mut self.settled {
            settled.fresh_until = Some(Duration::ZERO);
        }
    }

    /// It changed while it was read: begin anew.
    pub fn disturb(&mut self, at: At) {
        self.pending = Some(Pending { seen: None, since: at.mono });
        self.obstruct(Obstacle::ChangedWhileRead, at);
    }

    /// Nothing can be said of it; the moment since when that is so stays.
    pub fn obstruct(&mut self, why: Obstacle, at: At) {
        let since = self.unsaid.map_or(at.wall, |unsaid| unsaid.since);
        self.unsaid = Some(CantSay { why, since });
    }
}

#[cfg(test)]
mod tests {
    use super::super::meta::Kind;
    use super::*;
    use fieldpost_common::time::Timestamp;

    fn meta(version: i128) -> Meta {
        Meta { kind: Kind::File, size: 1, modified_ns: version, changed_ns: version, inode: 7, links: 1 }
    }

    fn fact(text: &str) -> FileFact {
        FileFact { sha256: ContentHash::of(text.as_bytes()), size: 1, modified: Timestamp::from_ms(0) }
    }

    /// A moment by the monotonic clock; the date stands still, or is anything.
    fn s(seconds: u64) -> At {
        At { mono: Duration::from_secs(seconds), wall: Timestamp::from_ms(i64::try_from(seconds).expect("small") * 1_000) }
    }

    fn wait(seconds: u64) -> Look {
        Look::Wait(Duration::from_secs(seconds))
    }

    /// A place that was read long after it was written.
    fn settled(text: &str, version: i128) -> Track {
        let mut track = Track::default();
        assert_eq!(track.look(Some(meta(version)), s(0)), wait(2));
        assert_eq!(track.look(Some(meta(version)), s(2)), Look::Read);
        track.settle(fact(text), meta(version), s(2));
        track
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands beside what may be absent")]
    fn unsaid(why: Obstacle, since_s: u64) -> Option<Result<FileFact, CantSay>> {
        Some(Err(CantSay { why, since: s(since_s).wall }))
    }

    #[test]
    fn a_file_that_is_doubted_is_read_though_nothing_seems_changed() {
        let mut track = settled("x", 1);
        assert_eq!(track.look(Some(meta(1)), s(9)), Look::Same);
        track.doubt();
        assert_eq!((track.look(Some(meta(1)), s(9)), track.answer()), (Look::Read, Some(Ok(fact("x")))));
        track.settle(fact("x"), meta(1), s(9));
        assert_eq!(track.look(Some(meta(1)), s(10)), Look::Same);
    }

    #[test]
    fn a_change_counts_after_two_equal_looks_two_seconds_apart() {
        let mut track = Track::default();
        assert_eq!(track.look(Some(meta(1)), s(0)), wait(2));
        assert_eq!(track.look(Some(meta(1)), s(1)), wait(1));
        assert_eq!(track.look(Some(meta(2)), s(2)), wait(2), "it was written again");
        assert_eq!(track.look(Some(meta(2)), s(4)), Look::Read);
        track.settle(fact("x"), meta(2), s(4));
        assert_eq!(track.look(Some(meta(2)), s(5)), Look::Same);
    }

    #[test]
    fn while_a_file_is_being_written_nothing_is_said_of_it_since_the_first_write() {
        let mut track = settled("old", 1);
        for second in 3..20 {
            assert_eq!(track.look(Some(meta(i128::from(second) + 1)), s(second)), wait(2));
            assert_eq!(track.answer(), unsaid(Obstacle::BeingWritten, 3));
            assert_eq!(track.last_content(), Some(fact("old").sha256));
        }
        assert_eq!(track.look(Some(meta(1)), s(21)), Look::Same, "it is the old one again");
        assert_eq!(track.answer(), Some(Ok(fact("old"))));
    }

    #[test]
    fn a_file_that_an_editor_replaces_is_never_gone_in_between() {
        let mut track = settled("old", 1);
        assert_eq!(track.look(None, s(3)), wait(2));
        assert_eq!(track.answer(), unsaid(Obstacle::JustGone, 3));
        assert_eq!(track.look(Some(meta(2)), s(4)), wait(2));
        assert_eq!(track.look(None, s(7)), wait(2));
        assert_eq!(track.answer(), unsaid(Obstacle::JustGone, 3));
        assert_eq!(track.look(None, s(9)), Look::Gone);
    }

    #[test]
    fn a_file_that_was_put_there_a_moment_ago_is_read_once_more_when_its_times_can_be_trusted() {
        let mut track = Track::default();
        track.settle(fact("x"), meta(1), s(1));
        assert_eq!((track.look(Some(meta(1)), s(2)), track.answer()), (Look::Read, Some(Ok(fact("x")))));
        track.settle(fact("x"), meta(1), s(2));
        assert_eq!(track.look(Some(meta(1)), s(3)), Look::Read, "a write within the same tick would not show");
        track.settle(fact("x"), meta(1), s(3));
        assert_eq!(track.look(Some(meta(1)), s(4)), Look::Same);
    }

    #[test]
    fn a_file_that_can_not_be_read_is_tried_again_at_each_look_and_says_so_since_the_first_failure() {
        let mut track = settled("x", 1);
        track.doubt();
        for second in 5..8 {
            assert_eq!(track.look(Some(meta(1)), s(second)), Look::Read);
            track.obstruct(Obstacle::InputOutput, s(second));
            assert_eq!(track.answer(), unsaid(Obstacle::InputOutput, 5));
        }
    }

    #[test]
    fn what_is_remembered_is_said_again_at_the_first_look_if_the_file_looks_the_same() {
        let seen = settled("x", 1).to_remember().expect("a fact");
        let mut track = Track::remembered(&seen);
        assert_eq!((track.look(Some(meta(1)), s(0)), track.answer()), (Look::Same, Some(Ok(fact("x")))));
        assert_eq!((track.look(Some(meta(2)), s(0)), track.answer()), (wait(2), unsaid(Obstacle::BeingWritten, 0)));
        let mut track = Track::remembered(&Seen { solid: false, ..seen });
        assert_eq!(track.look(Some(meta(1)), s(0)), Look::Read, "its times proved nothing then, and prove nothing now");
    }
}
