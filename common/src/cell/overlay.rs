//! What lies over a cell's standing because of its newest order.

use super::{AtSite, Facts, Unknown, has_outcome};
use crate::order::Failure;
use crate::order::state::{OrderState, UnknownCause};

/// What lies over a standing because of the newest order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// Nothing.
    None,
    /// An order is on its way: its state, in one word.
    Sending(&'static str),
    /// An order is on its way and can't go on until something at the site is over: what.
    Waiting(Failure),
    /// The newest order came to nothing, and the site hasn't changed since.
    Blocked(Blocked),
}

impl Overlay {
    /// Whether an order is on its way.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Sending(_) | Self::Waiting(_))
    }
}

/// Why an order came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Blocked {
    /// The site says why.
    #[error("{0}")]
    Failed(Failure),
    /// The site began and fell silent.
    #[error("the site began and was not heard of again")]
    TimedOut,
    /// Its time was over before the site took it.
    #[error("the order expired before the site took it")]
    Expired,
    /// Nobody can say what became of it.
    #[error("{}", .0.explain())]
    Unknown(UnknownCause),
    /// The site has what was ordered, and nothing was heard of the hook that loads it.
    #[error("it is in place, and the site never said how its hook ended")]
    HookUnheard,
}

impl Blocked {
    /// Whether what was ordered is in place and its hook is what is wrong: an order to run it again helps.
    pub fn is_about_hook(&self) -> bool {
        matches!(self, Self::HookUnheard | Self::Failed(Failure::Hook { .. }) | Self::Unknown(UnknownCause::HookInterrupted))
    }
}

/// The overlay that these facts give.
pub(super) fn overlay(facts: &Facts<'_>) -> Overlay {
    let Some(order) = facts.order else {
        return Overlay::None;
    };
    let (at, blocked) = match &order.state {
        OrderState::Waiting { reason, .. } => return Overlay::Waiting(reason.clone()),
        state if state.is_open() => return Overlay::Sending(state.word()),
        // What a backup knew of how orders ended is as old as what it knew of files.
        _ if facts.site == AtSite::Unknown(Unknown::Restored) => return Overlay::None,
        OrderState::Failed { at, reason } => (*at, Blocked::Failed(reason.clone())),
        // Where the site has it all the same, all that was not heard of is the hook.
        OrderState::TimedOut { at } | OrderState::Unknown { at, cause: UnknownCause::Silence } if has_outcome(facts) => {
            (*at, Blocked::HookUnheard)
        }
        OrderState::TimedOut { at } => (*at, Blocked::TimedOut),
        OrderState::Expired { at } => (*at, Blocked::Expired),
        OrderState::Unknown { at, cause } => (*at, Blocked::Unknown(*cause)),
        _ => return Overlay::None,
    };
    // What the order itself put there is no change since: the inventory may show it after the hook has failed.
    let is_its_own = blocked.is_about_hook() && has_outcome(facts);
    let changed_since = facts.site_since.is_some_and(|since| since > at);
    if changed_since && !is_its_own { Overlay::None } else { Overlay::Blocked(blocked) }
}
