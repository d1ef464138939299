//! The life of an order: one state, one transition function. Nobody else matches on its transitions.

use super::Failure;
use crate::hook::{HookAction, HookReport, HookWord};
use crate::id::{OrderId, UserName};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a site may take between two steps of an order once it has begun.
pub const STEP_WITHIN: Duration = Duration::from_hours(1);

/// Where an order stands. `at` is the server's time of the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OrderState {
    /// Waits for the site to poll.
    Queued,
    /// Went out in a batch.
    Offered {
        /// Since when.
        at: Timestamp,
    },
    /// The site has begun: this far, as it reports.
    Started {
        /// The last step done.
        step: Progress,
        /// Since when.
        at: Timestamp,
    },
    /// Something at the site is in the way: the agent goes on by itself once that is over.
    Waiting {
        /// Since when.
        at: Timestamp,
        /// What it is.
        reason: Failure,
    },
    /// It is done, and the program that the site runs afterwards has not ended yet.
    Loading {
        /// Since when.
        at: Timestamp,
        /// Whether the site's inventory shows it.
        shown: bool,
        /// The latest that the site is heard of.
        until: Timestamp,
    },
    /// The site's inventory shows it, and its hook, if there is one, ended well.
    Confirmed {
        /// Since when.
        at: Timestamp,
    },
    /// The site says no, or couldn't.
    Failed {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: Failure,
    },
    /// The site began and was not heard of again in time.
    TimedOut {
        /// Since when.
        at: Timestamp,
    },
    /// Never offered before its install-by time.
    Expired {
        /// Since when.
        at: Timestamp,
    },
    /// A newer order for the same cell took its place.
    Superseded {
        /// Since when.
        at: Timestamp,
        /// The newer order.
        by: OrderId,
    },
    /// Taken back by a person.
    Cancelled {
        /// Since when.
        at: Timestamp,
        /// Who.
        by: UserName,
    },
    /// Nobody can say what became of it.
    Unknown {
        /// Since when.
        at: Timestamp,
        /// Why not.
        #[serde(default)]
        cause: UnknownCause,
    },
}

/// Why nobody can say what became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownCause {
    /// Offered, and its install-by time went by without a word.
    #[default]
    Silence,
    /// It is done, and the agent was ended while the hook ran.
    HookInterrupted,
    /// It was open in a backup that was restored: what happened after the backup is not known.
    Restored,
    /// Something that this version doesn't know.
    #[serde(other)]
    Newer,
}

impl UnknownCause {
    /// Why, for people.
    pub fn explain(self) -> &'static str {
        match self {
            Self::Silence => "the order's time is over and the site never said what became of it",
            Self::HookInterrupted => {
                "it is in place, and the agent was ended while the hook ran: nobody can say whether it did its work"
            }
            Self::Restored => {
                "the server was restored from a backup in which this order was open: send it again if it is still wanted"
            }
            Self::Newer => "for a reason that this version does not know: update it",
        }
    }
}

/// How far a site has come with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// The content is at the site.
    Fetched,
    /// Its hash is the signed one.
    Verified,
    /// It is in place, says the agent; the inventory has the last word.
    Installed,
}

/// What can happen to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderEvent {
    /// It went out in a batch.
    Offered,
    /// The site reports a step.
    Progress(Progress),
    /// The site reports that it failed or was refused.
    Failed(Failure),
    /// The site reports what it waits for.
    Waiting(Failure),
    /// It is done, and its hook runs or is still to come: the site is heard of by then, or something is wrong.
    HookDue {
        /// The latest.
        until: Timestamp,
    },
    /// Its hook failed.
    HookFailed {
        /// After what.
        after: HookAction,
        /// How.
        report: HookReport,
    },
    /// The agent was ended while the hook ran.
    HookInterrupted,
    /// The site's inventory shows what the order asks for.
    Shown {
        /// Whether a hook's good end is still to be heard of.
        awaits_hook: bool,
    },
    /// A newer order for the same cell.
    Superseded(OrderId),
    /// A person takes it back.
    Cancelled(UserName),
    /// The server's data were restored from a backup in which it was open.
    Restored,
    /// Time goes by.
    Tick {
        /// The order's own time limit.
        install_by: Timestamp,
    },
}

impl OrderState {
    /// Whether something may still come of it by itself.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Queued | Self::Offered { .. } | Self::Started { .. } | Self::Waiting { .. } | Self::Loading { .. })
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Offered { .. } => "offered",
            Self::Started { step: Progress::Fetched, .. } => "fetched",
            Self::Started { step: Progress::Verified, .. } => "verified",
            Self::Started { step: Progress::Installed, .. } => "installed",
            Self::Loading { .. } => "loading",
            Self::Waiting { .. } => "waiting",
            Self::Confirmed { .. } => "confirmed",
            Self::Failed { .. } => "failed",
            Self::TimedOut { .. } => "timed_out",
            Self::Expired { .. } => "expired",
            Self::Superseded { .. } => "superseded",
            Self::Cancelled { .. } => "cancelled",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// The next state. An event that comes late, twice or out of order changes nothing.
#[must_use]
pub fn advance(state: OrderState, event: OrderEvent, now: Timestamp) -> OrderState {
    use OrderState as S;
    match (event, state) {
        (OrderEvent::Offered, S::Queued) => S::Offered { at: now },
        (OrderEvent::Progress(step), state) => progress(state, step, now),
        (OrderEvent::HookDue { until }, state) => hook_due(state, until, now),
        // What a hook did outlasts what people and clocks decided meanwhile: nothing that failed may look well.
        (OrderEvent::HookFailed { after, report }, state) if !is_settled(&state) => {
            S::Failed { at: now, reason: Failure::Hook { after, words: report.words() } }
        }
        (OrderEvent::HookInterrupted, state) if !is_settled(&state) => {
            S::Unknown { at: now, cause: UnknownCause::HookInterrupted }
        }
        (OrderEvent::Failed(reason), state) if state.is_open() => S::Failed { at: now, reason },
        (OrderEvent::Waiting(reason), state) => waiting(state, reason, now),
        // An order that may have been carried out is confirmed whenever the site shows it; one that was never offered can't be
        // told from a hand that did the same, and the result is what was wanted.
        (OrderEvent::Shown { awaits_hook }, state) => shown(state, awaits_hook, now),
        (OrderEvent::Superseded(by), state) if state.is_open() => S::Superseded { at: now, by },
        (OrderEvent::Cancelled(by), state) if state.is_open() => S::Cancelled { at: now, by },
        (OrderEvent::Restored, state) if state.is_open() => S::Unknown { at: now, cause: UnknownCause::Restored },
        (OrderEvent::Tick { install_by }, state) => tick(state, install_by, now),
        (_, state) => state,
    }
}

/// Ended in a way that no hook changes.
fn is_settled(state: &OrderState) -> bool {
    matches!(
        state,
        OrderState::Failed { .. }
            | OrderState::Superseded { .. }
            | OrderState::Unknown { cause: UnknownCause::HookInterrupted, .. }
    )
}

fn hook_due(state: OrderState, until: Timestamp, now: Timestamp) -> OrderState {
    match state {
        OrderState::Queued
        | OrderState::Offered { .. }
        | OrderState::Waiting { .. }
        | OrderState::Started { step: Progress::Fetched | Progress::Verified, .. } => {
            OrderState::Loading { at: now, shown: false, until }
        }
        OrderState::Loading { at, shown, until: before } => OrderState::Loading { at, shown, until: until.max(before) },
        state => state,
    }
}

/// The agent's word alone confirms nothing, nor does the inventory's while a hook is to come.
fn shown(state: OrderState, awaits_hook: bool, now: Timestamp) -> OrderState {
    use OrderState as S;
    match state {
        // The agent has said that it is done with it.
        S::Started { step: Progress::Installed, .. } => S::Confirmed { at: now },
        S::Loading { at, until, .. } => S::Loading { at, shown: true, until },
        S::Queued | S::Offered { .. } | S::Started { .. } | S::Waiting { .. } if awaits_hook => {
            S::Loading { at: now, shown: true, until: now.plus(STEP_WITHIN) }
        }
        S::Queued
        | S::Offered { .. }
        | S::Started { .. }
        | S::Waiting { .. }
        | S::TimedOut { .. }
        | S::Unknown { cause: UnknownCause::Silence | UnknownCause::Restored | UnknownCause::Newer, .. }
            if !awaits_hook =>
        {
            S::Confirmed { at: now }
        }
        state => state,
    }
}

/// The longest that a site is waited for because of what it says of a hook.
const HOOK_WITHIN: Duration = Duration::from_hours(24);

impl OrderEvent {
    /// What the site's word on the hook of an order that is done means for the order.
    pub fn of_hook(word: &HookWord, after: HookAction, now: Timestamp) -> Self {
        match word {
            HookWord::Absent => Self::Progress(Progress::Installed),
            HookWord::Ended(report) if report.ok() => Self::Progress(Progress::Installed),
            HookWord::Ended(report) => Self::HookFailed { after, report: report.clone() },
            HookWord::Interrupted { .. } => Self::HookInterrupted,
            HookWord::Due { within_s } => {
                let within = Duration::from_secs(*within_s).clamp(STEP_WITHIN, HOOK_WITHIN);
                Self::HookDue { until: now.plus(within) }
            }
            HookWord::Newer => Self::HookDue { until: now.plus(STEP_WITHIN) },
        }
    }
}

fn progress(state: OrderState, step: Progress, now: Timestamp) -> OrderState {
    match state {
        OrderState::Loading { shown: true, .. } if step == Progress::Installed => OrderState::Confirmed { at: now },
        OrderState::Loading { shown: false, .. } if step == Progress::Installed => OrderState::Started { step, at: now },
        OrderState::Queued | OrderState::Offered { .. } | OrderState::Waiting { .. } => OrderState::Started { step, at: now },
        OrderState::Started { step: last, .. } if step > last => OrderState::Started { step, at: now },
        state => state,
    }
}

/// What is in place waits for nothing; a wait that goes on keeps its beginning.
fn waiting(state: OrderState, reason: Failure, now: Timestamp) -> OrderState {
    match state {
        state @ (OrderState::Started { step: Progress::Installed, .. } | OrderState::Loading { .. }) => state,
        OrderState::Waiting { at, .. } => OrderState::Waiting { at, reason },
        state if state.is_open() => OrderState::Waiting { at: now, reason },
        state => state,
    }
}

fn tick(state: OrderState, install_by: Timestamp, now: Timestamp) -> OrderState {
    match state {
        OrderState::Queued if now >= install_by => OrderState::Expired { at: now },
        OrderState::Offered { .. } | OrderState::Waiting { .. } if now >= install_by => {
            OrderState::Unknown { at: now, cause: UnknownCause::Silence }
        }
        // An end that lies farther ahead than any site may name was written by a clock that was wrong.
        OrderState::Loading { until, .. } if now >= until || until > now.plus(HOOK_WITHIN) => OrderState::TimedOut { at: now },
        OrderState::Started { at, .. } if at.has_passed(STEP_WITHIN, now) => OrderState::TimedOut { at: now },
        state => state,
    }
}

#[cfg(test)]
mod tests;
