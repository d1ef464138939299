//! Which connections there are, and which goes first when there are too many. Pure; the time is an argument.

use super::limits::Limits;
use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

/// What a connection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It has sent nothing yet, or a part of its TLS handshake.
    Silent,
    /// A part of a request's head has come.
    Head,
    /// A request is being answered; a poll that waits is one.
    Serving,
    /// It rests between two requests.
    Resting,
}

/// Whether somebody has shown a token on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    Unknown,
    Known,
}

/// When a connection must have gone on from what it does; none: it is we who keep it waiting.
pub(super) fn ends_at(phase: Phase, trust: Trust, since: Instant, limits: &Limits) -> Option<Instant> {
    match (phase, trust) {
        (Phase::Silent | Phase::Head, _) => Some(since + limits.head_within),
        (Phase::Resting, Trust::Unknown) => Some(since + limits.rest_unknown),
        (Phase::Resting, Trust::Known) => Some(since + limits.rest_known),
        (Phase::Serving, _) => None,
    }
}

/// In which order connections are closed to make room for new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Nobody has shown a token on it, and no request is being answered.
    UnknownQuiet,
    /// Nobody has shown a token on it yet.
    UnknownServing,
    /// Someone known rests.
    KnownResting,
}

fn rank(phase: Phase, trust: Trust) -> Option<Rank> {
    match (trust, phase) {
        (Trust::Unknown, Phase::Serving) => Some(Rank::UnknownServing),
        (Trust::Unknown, _) => Some(Rank::UnknownQuiet),
        (Trust::Known, Phase::Serving) => None,
        (Trust::Known, _) => Some(Rank::KnownResting),
    }
}

/// All connections. `E`: how one is told to end.
#[derive(Debug)]
pub(super) struct Admission<E> {
    limit: usize,
    last: u64,
    live: HashMap<u64, Live<E>>,
    /// Those that may be closed, the first to go first.
    closable: BTreeSet<(Rank, Instant, u64)>,
}

#[derive(Debug)]
struct Live<E> {
    key: Option<(Rank, Instant)>,
    end: E,
}

/// What happens to a connection that has just come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict<E> {
    /// It stays, and has this id; this one has to go for it.
    Admitted(u64, Option<E>),
    /// All places are taken by those who have a right to them.
    Refused,
}

impl<E: Clone> Admission<E> {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, last: 0, live: HashMap::new(), closable: BTreeSet::new() }
    }

    /// A connection comes.
    pub(super) fn admit(&mut self, end: E, now: Instant) -> Verdict<E> {
        let gone = if self.live.len() >= self.limit {
            let Some(gone) = self.close_oldest() else { return Verdict::Refused };
            Some(gone)
        } else {
            None
        };
        self.last += 1;
        let key = (Rank::UnknownQuiet, now);
        self.closable.insert((key.0, key.1, self.last));
        self.live.insert(self.last, Live { key: Some(key), end });
        Verdict::Admitted(self.last, gone)
    }

    /// The one that goes first, if one may go; it is no longer counted.
    pub(super) fn close_oldest(&mut self) -> Option<E> {
        let (_, _, id) = self.closable.pop_first()?;
        self.live.remove(&id).map(|live| live.end)
    }

    /// A connection does something else than before.
    pub(super) fn moved(&mut self, id: u64, phase: Phase, trust: Trust, since: Instant) {
        let Some(live) = self.live.get_mut(&id) else { return };
        let key = rank(phase, trust).map(|rank| (rank, since));
        if let Some((rank, since)) = std::mem::replace(&mut live.key, key) {
            self.closable.remove(&(rank, since, id));
        }
        self.closable.extend(key.map(|(rank, since)| (rank, since, id)));
    }

    /// A connection has ended.
    pub(super) fn remove(&mut self, id: u64) {
        if let Some((rank, since)) = self.live.remove(&id).and_then(|live| live.key) {
            self.closable.remove(&(rank, since, id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Trust::{Known, Unknown};
    use std::time::Duration;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn admitted(admission: &mut Admission<&'static str>, name: &'static str, now: Instant) -> u64 {
        match admission.admit(name, now) {
            Verdict::Admitted(id, None) => id,
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn at_the_limit_the_oldest_silent_connection_goes_first_then_unknown_requests_then_known_ones_that_rest() {
        let start = crate::clock::instant();
        let mut all = Admission::new(5);
        let resting = admitted(&mut all, "resting", start);
        let polling = admitted(&mut all, "polling", start);
        let serving = admitted(&mut all, "serving", start);
        admitted(&mut all, "silent", start + seconds(2));
        admitted(&mut all, "silent longer", start + seconds(1));
        all.moved(resting, Phase::Resting, Known, start);
        all.moved(polling, Phase::Serving, Known, start);
        all.moved(serving, Phase::Serving, Unknown, start);
        for (new, goes) in [("a", "silent longer"), ("b", "silent")] {
            let Verdict::Admitted(id, Some(gone)) = all.admit(new, start + seconds(3)) else { panic!("{new} is refused") };
            assert_eq!(gone, goes);
            all.moved(id, Phase::Serving, Known, start + seconds(3));
        }
        assert_eq!(all.admit("c", start + seconds(4)), Verdict::Admitted(8, Some("serving")));
        all.moved(8, Phase::Serving, Known, start + seconds(4));
        assert_eq!(all.admit("d", start + seconds(5)), Verdict::Admitted(9, Some("resting")));
        all.moved(9, Phase::Serving, Known, start + seconds(5));
        assert_eq!(all.admit("e", start + seconds(6)), Verdict::Refused, "nobody known is thrown out in the middle of a request");
        all.remove(polling);
        assert_eq!(all.admit("e", start + seconds(6)), Verdict::Admitted(10, None));
    }

    #[test]
    fn a_poll_that_waits_is_never_too_slow_and_a_head_has_ten_seconds() {
        let start = crate::clock::instant();
        let limits = Limits::new(1024, seconds(60));
        let end = |phase, trust| ends_at(phase, trust, start, &limits).map(|end| (end - start).as_secs());
        assert_eq!(end(Phase::Serving, Known), None);
        assert_eq!([end(Phase::Silent, Unknown), end(Phase::Head, Known)], [Some(10), Some(10)]);
        assert_eq!([end(Phase::Resting, Unknown), end(Phase::Resting, Known)], [Some(60), Some(300)]);
    }
}
