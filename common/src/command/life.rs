//! The life of a command: one state, one transition function.

use crate::id::UserName;
use crate::text::Clean;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where a command stands. `at` is the server's time of the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CommandState {
    /// Waits for the site to poll.
    Queued,
    /// Went out in a batch.
    Offered {
        /// Since when.
        at: Timestamp,
    },
    /// The site has begun.
    Running {
        /// Since when.
        at: Timestamp,
    },
    /// A person wants it no more, and the site has not said yet what became of it.
    Cancelling {
        /// Since when.
        at: Timestamp,
        /// Who.
        by: UserName,
    },
    /// The site has done it.
    Done {
        /// Since when.
        at: Timestamp,
        /// What came of it, in words.
        #[serde(default)]
        note: Option<Clean>,
    },
    /// The site couldn't.
    Failed {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: Clean,
    },
    /// The site took it and was not heard of it in time.
    TimedOut {
        /// Since when.
        at: Timestamp,
    },
    /// Its deadline passed before the site asked.
    Expired {
        /// Since when.
        at: Timestamp,
    },
    /// A person took it back, and it was not done, or not to its end.
    Cancelled {
        /// Since when.
        at: Timestamp,
        /// Who.
        by: UserName,
    },
    /// The site can't say whether it was done: the agent ended while it ran.
    Unknown {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: Clean,
    },
}

/// What can happen to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandEvent {
    /// It went out in a batch.
    Offered,
    /// The site says that it has begun.
    Began,
    /// The site says that it is done, and what came of it.
    Done(Option<Clean>),
    /// The site says why not.
    Failed(Clean),
    /// The site says that it can't tell, and why.
    Lost(Clean),
    /// A person takes it back.
    Cancelled(UserName),
    /// The site says that it was not done, or not to its end, because somebody took it back.
    Stopped,
    /// Time goes by.
    Tick {
        /// When the wish ends.
        deadline: Timestamp,
    },
}

impl CommandState {
    /// Whether something may still come of it.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Queued | Self::Offered { .. } | Self::Running { .. } | Self::Cancelling { .. })
    }

    /// The state as one word, as in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Offered { .. } => "offered",
            Self::Running { .. } => "running",
            Self::Cancelling { .. } => "cancelling",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
            Self::TimedOut { .. } => "timed_out",
            Self::Expired { .. } => "expired",
            Self::Cancelled { .. } => "cancelled",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// What came of it in words, where there is more to say than the word.
    pub fn note(&self) -> Option<&Clean> {
        match self {
            Self::Done { note, .. } => note.as_ref(),
            Self::Failed { reason, .. } | Self::Unknown { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// What is kept of what the site says that the command brought.
    pub fn takes_output(&self, now: Timestamp) -> Takes {
        match self {
            Self::Offered { .. } | Self::Running { .. } | Self::Cancelling { .. } => Takes::Newest,
            Self::TimedOut { at } | Self::Expired { at } if at.age(now) < GIVEN_UP_FOR => Takes::Newest,
            Self::Done { at, .. } | Self::Failed { at, .. } | Self::Cancelled { at, .. } | Self::Unknown { at, .. }
                if at.age(now) < REPEATED_WITHIN =>
            {
                Takes::Missing
            }
            _ => Takes::Nothing,
        }
    }

    /// Whether the site may still say something that counts: it knows better than a server that gave it up.
    fn hears_the_site(&self) -> bool {
        self.is_open() || matches!(self, Self::TimedOut { .. } | Self::Expired { .. })
    }
}

/// What is kept of an output that comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// It takes the place of what came before.
    Newest,
    /// It is kept if no whole one is there: the site may not know yet that it arrived.
    Missing,
    /// Nobody asked for it, or asks for it any more.
    Nothing,
}

/// For how long a site may bring what a command that was given up asked for.
const GIVEN_UP_FOR: Duration = Duration::from_hours(24);
/// How long after the end of a command an output may come: the answer to it was lost, and it is sent again.
const REPEATED_WITHIN: Duration = Duration::from_mins(10);

/// What becomes of a command. Events that come late, twice or out of order change nothing, but for what a site says of a command
/// that was given up: the site knows better.
pub fn advance(state: CommandState, event: CommandEvent, now: Timestamp) -> CommandState {
    use CommandEvent as E;
    use CommandState as S;
    match (state, event) {
        (S::Queued, E::Offered) => S::Offered { at: now },
        (S::Queued | S::Offered { .. }, E::Began) => S::Running { at: now },
        (state, E::Done(note)) if state.hears_the_site() => S::Done { at: now, note },
        (state, E::Failed(reason)) if state.hears_the_site() => S::Failed { at: now, reason },
        (state, E::Lost(reason)) if state.hears_the_site() => S::Unknown { at: now, reason },
        (S::Queued, E::Cancelled(by)) | (S::Cancelling { by, .. }, E::Stopped) => S::Cancelled { at: now, by },
        (S::Offered { .. } | S::Running { .. }, E::Cancelled(by)) => S::Cancelling { at: now, by },
        (S::Queued, E::Tick { deadline }) if deadline <= now => S::Expired { at: now },
        (S::Offered { .. } | S::Running { .. } | S::Cancelling { .. }, E::Tick { deadline }) if deadline <= now => {
            S::TimedOut { at: now }
        }
        (state, _) => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_ms(1_000);

    fn after(events: &[CommandEvent]) -> CommandState {
        events.iter().fold(CommandState::Queued, |state, event| advance(state, event.clone(), NOW))
    }

    fn late() -> CommandEvent {
        CommandEvent::Tick { deadline: NOW }
    }

    fn done() -> CommandEvent {
        CommandEvent::Done(None)
    }

    fn taken_back() -> CommandEvent {
        CommandEvent::Cancelled("ada".parse().expect("user"))
    }

    #[test]
    fn a_command_that_no_poll_took_expires_and_one_that_was_taken_times_out() {
        assert_eq!(after(&[late()]), CommandState::Expired { at: NOW });
        assert_eq!(after(&[CommandEvent::Offered, late()]), CommandState::TimedOut { at: NOW });
        assert_eq!(after(&[CommandEvent::Offered, CommandEvent::Began, late()]), CommandState::TimedOut { at: NOW });
        let early = CommandEvent::Tick { deadline: Timestamp::from_ms(1_001) };
        assert!(after(&[CommandEvent::Offered, early]).is_open());
    }

    #[test]
    fn what_the_site_says_counts_also_when_it_comes_late_and_only_once() {
        assert_eq!(after(&[CommandEvent::Offered, late(), done()]).word(), "done");
        let failed = CommandEvent::Failed(Clean::line("no such file"));
        assert_eq!(after(&[done(), failed.clone(), CommandEvent::Began, late()]).word(), "done");
        assert_eq!(after(&[failed, done()]).word(), "failed");
        let lost = CommandEvent::Lost(Clean::line("the agent was restarted"));
        assert_eq!(after(&[CommandEvent::Offered, lost, done()]).word(), "unknown");
    }

    #[test]
    fn a_command_that_the_site_may_have_begun_is_not_called_taken_back_before_the_site_says_so() {
        assert_eq!(after(&[taken_back(), CommandEvent::Offered]).word(), "cancelled");
        assert_eq!(after(&[CommandEvent::Offered, taken_back()]).word(), "cancelling");
        assert_eq!(after(&[CommandEvent::Offered, taken_back(), CommandEvent::Stopped]).word(), "cancelled");
        assert_eq!(after(&[CommandEvent::Offered, taken_back(), done()]).word(), "done", "it was too late");
        assert_eq!(after(&[CommandEvent::Offered, taken_back(), late()]).word(), "timed_out");
        assert_eq!(after(&[CommandEvent::Offered, CommandEvent::Stopped]).word(), "offered", "nobody took it back");
    }

    #[test]
    fn an_output_is_taken_while_the_site_has_the_command_and_shortly_after() {
        let at = |state: &CommandState, later: Duration| state.takes_output(NOW.plus(later));
        assert_eq!(at(&after(&[]), Duration::ZERO), Takes::Nothing, "the site can't know of it");
        for events in [vec![CommandEvent::Offered], vec![CommandEvent::Offered, CommandEvent::Began]] {
            assert_eq!(at(&after(&events), GIVEN_UP_FOR), Takes::Newest);
        }
        for end in [done(), CommandEvent::Failed(Clean::line("no")), CommandEvent::Lost(Clean::line("restarted"))] {
            let ended = after(&[CommandEvent::Offered, end]);
            assert_eq!(at(&ended, Duration::from_mins(1)), Takes::Missing);
            assert_eq!(at(&ended, REPEATED_WITHIN), Takes::Nothing);
        }
        let given_up = after(&[CommandEvent::Offered, late()]);
        assert_eq!(at(&given_up, REPEATED_WITHIN), Takes::Newest, "the site knows better");
        assert_eq!(at(&given_up, GIVEN_UP_FOR), Takes::Nothing);
    }

    fn any_event() -> impl Strategy<Value = CommandEvent> {
        prop_oneof![
            Just(CommandEvent::Offered),
            Just(CommandEvent::Began),
            Just(done()),
            Just(CommandEvent::Failed(Clean::line("no"))),
            Just(CommandEvent::Lost(Clean::line("restarted"))),
            Just(taken_back()),
            Just(CommandEvent::Stopped),
            Just(late()),
        ]
    }

    proptest! {
        #[test]
        fn every_event_twice_is_the_event_once_and_what_the_site_said_is_the_end(events in prop::collection::vec(any_event(), 0..12)) {
            let state = after(&events);
            for event in &events {
                let once = advance(state.clone(), event.clone(), NOW);
                let twice = advance(once.clone(), event.clone(), NOW);
                prop_assert_eq!(once, twice, "{:?}", event);
            }
            if matches!(state.word(), "done" | "failed" | "unknown" | "cancelled") {
                let more = events.iter().fold(state.clone(), |state, event| advance(state, event.clone(), NOW));
                prop_assert_eq!(more, state);
            }
        }

        #[test]
        fn every_command_has_an_end(events in prop::collection::vec(any_event(), 0..12)) {
            prop_assert!(!advance(after(&events), late(), NOW).is_open());
        }
    }
}
