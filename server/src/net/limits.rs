//! How much one client may use of what all share. Pure, but for the one look at the limit of open files.

use std::time::Duration;

const HEAD_WITHIN: Duration = Duration::from_secs(10);
const REST_UNKNOWN: Duration = Duration::from_mins(1);
/// How long a client may take none of an answer.
pub(super) const TAKE_WITHIN: Duration = Duration::from_mins(1);
/// Of the open files this share is kept back for the store, for mail and for what is being closed; at least and at most so many.
const RESERVE_SHARE: u64 = 4;
const RESERVE_LEAST: u64 = 24;
const RESERVE_MOST: u64 = 512;
/// The least number of connections, however few files may be open.
const LEAST: u64 = 8;

/// What holds for all connections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The most connections at once.
    pub(crate) connections: usize,
    /// How long a client may take for a TLS handshake, and for the head of a request.
    pub(crate) head_within: Duration,
    /// How long a connection on which nobody has shown a token may rest between two requests.
    pub(crate) rest_unknown: Duration,
    /// How long a connection that has shown a token may rest between two requests: longer than the time between two polls.
    pub(crate) rest_known: Duration,
}

impl Limits {
    /// Limits for a process that may open so many files, with agents that poll so often.
    pub(crate) fn new(open_files: u64, poll: Duration) -> Self {
        let reserve = (open_files / RESERVE_SHARE).clamp(RESERVE_LEAST, RESERVE_MOST);
        let connections = open_files.saturating_sub(reserve).max(LEAST);
        Self {
            connections: usize::try_from(connections).unwrap_or(usize::MAX),
            head_within: HEAD_WITHIN,
            rest_unknown: REST_UNKNOWN,
            rest_known: Duration::from_mins(5).max(poll.saturating_mul(2)),
        }
    }
}

/// How many files this process may have open; the soft limit is raised to the hard one first.
#[cfg(unix)]
pub(crate) fn open_files() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    /// More than this is of no use, and some systems name no limit at all.
    const ENOUGH: u64 = 1 << 20;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.unwrap_or(ENOUGH).min(ENOUGH);
    if current.is_some_and(|current| current < wanted)
        && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_ok()
    {
        return wanted;
    }
    current.unwrap_or(ENOUGH).min(ENOUGH)
}

#[cfg(not(unix))]
pub(crate) fn open_files() -> u64 {
    8192
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_of_open_files_is_kept_back_from_connections() {
        let connections = |files| Limits::new(files, Duration::from_mins(1)).connections;
        assert_eq!([connections(40), connections(1024), connections(20_000), connections(20)], [16, 768, 19_488, 8]);
    }

    #[test]
    fn a_connection_rests_longer_than_the_time_between_two_polls() {
        assert_eq!(Limits::new(1024, Duration::from_mins(1)).rest_known, Duration::from_mins(5));
        assert_eq!(Limits::new(1024, Duration::from_mins(10)).rest_known, Duration::from_mins(20));
    }
}
