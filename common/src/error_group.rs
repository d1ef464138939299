//! Where an error stands: one function makes every transition of a group of walkbacks.
//!
//! The chain: a group knows the patch that fixes it. It comes back, and is *regressed*, only at sites that had the fix
//! installed when they wrote the walkback: everybody else just hasn't got it yet.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::hash::ContentHash;
use crate::id::{SiteName, UserName};
use crate::name::PatchName;
use crate::time::Timestamp;

/// What was installed so long before the first walkback of a site may have caused it.
pub const SUSPECT_WITHIN: Duration = Duration::from_hours(24 * 14);

/// A group's id: a number that grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorGroupId(pub u64);

impl fmt::Display for ErrorGroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ErrorGroupId {
    type Err = std::num::ParseIntError;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        word.trim_start_matches('#').parse().map(Self)
    }
}

/// Where a group stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupState {
    /// What is known of it.
    #[serde(flatten)]
    pub phase: Phase,
    /// Who doesn't want to hear of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_by: Option<UserName>,
}

/// Where a group stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorState {
    /// It came back where its fix is installed.
    Regressed,
    /// Nobody has looked at it.
    New,
    /// Somebody has.
    Known,
    /// A patch fixes it.
    Fixed,
    /// Nobody wants to hear of it.
    Muted,
}

impl ErrorState {
    /// All of them, those first that need somebody most.
    pub const ALL: [Self; 5] = [Self::Regressed, Self::New, Self::Known, Self::Fixed, Self::Muted];

    /// As in JSON and in lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::New => "new",
            Self::Known => "known",
            Self::Fixed => "fixed",
            Self::Muted => "muted",
        }
    }
}

impl fmt::Display for ErrorState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What is known of a group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// Nobody has looked at it.
    #[default]
    New,
    /// Somebody has.
    Known {
        /// Who.
        by: UserName,
        /// Since when.
        at: Timestamp,
    },
    /// A patch fixes it.
    Fixed {
        /// Which, and who says so.
        #[serde(flatten)]
        fix: Fix,
    },
    /// It came back where the fix is installed.
    Regressed {
        /// The fix that wasn't one.
        #[serde(flatten)]
        fix: Fix,
        /// Where it came back.
        sites: BTreeSet<SiteName>,
        /// Since when.
        since: Timestamp,
    },
}

/// The patch that fixes an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// Its name.
    pub patch: PatchName,
    /// The revision that was the first to fix it; later ones do too.
    pub revision: ContentHash,
    /// Who says so.
    pub by: UserName,
    /// Since when.
    pub at: Timestamp,
}

/// Something that concerns a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupEvent {
    /// Somebody has looked at it, or takes back that it is fixed.
    Known(UserName),
    /// Somebody says what fixes it.
    Fixed {
        /// Who.
        by: UserName,
        /// The patch.
        patch: PatchName,
        /// Its revision.
        revision: ContentHash,
    },
    /// Somebody doesn't want to hear of it.
    Muted(UserName),
    /// Somebody wants to hear of it again.
    Unmuted,
    /// A walkback of it came.
    Seen {
        /// From where.
        site: SiteName,
        /// When it was written.
        at: Timestamp,
        /// Since when the site has the fix of the group; none: it hasn't, or there is none.
        has_fix_since: Option<Timestamp>,
    },
}

/// The group after an event. `now` is the time of what people say.
pub fn advance(state: GroupState, event: GroupEvent, now: Timestamp) -> GroupState {
    let GroupState { phase, muted_by } = state;
    match event {
        GroupEvent::Known(by) => GroupState { phase: Phase::Known { by, at: now }, muted_by },
        GroupEvent::Fixed { by, patch, revision } => {
            GroupState { phase: Phase::Fixed { fix: Fix { patch, revision, by, at: now } }, muted_by }
        }
        GroupEvent::Muted(by) => GroupState { phase, muted_by: Some(by) },
        GroupEvent::Unmuted => GroupState { phase, muted_by: None },
        GroupEvent::Seen { site, at, has_fix_since } => {
            let came_back = has_fix_since.is_some_and(|since| since < at);
            GroupState { phase: if came_back { back(phase, site, at) } else { phase }, muted_by }
        }
    }
}

fn back(phase: Phase, site: SiteName, at: Timestamp) -> Phase {
    match phase {
        Phase::Fixed { fix } => Phase::Regressed { fix, sites: BTreeSet::from([site]), since: at },
        Phase::Regressed { fix, mut sites, since } => {
            sites.insert(site);
            Phase::Regressed { fix, sites, since: since.min(at) }
        }
        other => other,
    }
}

impl GroupState {
    /// The same in one word.
    pub fn state(&self) -> ErrorState {
        match (&self.muted_by, &self.phase) {
            (Some(_), _) => ErrorState::Muted,
            (None, Phase::New) => ErrorState::New,
            (None, Phase::Known { .. }) => ErrorState::Known,
            (None, Phase::Fixed { .. }) => ErrorState::Fixed,
            (None, Phase::Regressed { .. }) => ErrorState::Regressed,
        }
    }

    /// The patch that is said to fix it.
    pub fn fix(&self) -> Option<&Fix> {
        match &self.phase {
            Phase::Fixed { fix } | Phase::Regressed { fix, .. } => Some(fix),
            Phase::New | Phase::Known { .. } => None,
        }
    }

    /// Where it came back although it is fixed there.
    pub fn regressed_at(&self) -> impl Iterator<Item = &SiteName> {
        let sites = if let Phase::Regressed { sites, .. } = &self.phase { Some(sites) } else { None };
        sites.into_iter().flatten()
    }
}

/// The Monday of a moment's week, in days since 1970, UTC.
pub fn week_of(at: Timestamp) -> i64 {
    const DAY_MS: i64 = 86_400_000;
    // 1 January 1970 was a Thursday, three days after a Monday.
    let days = at.as_ms().div_euclid(DAY_MS);
    (days + 3).div_euclid(7) * 7 - 3
}

/// When a week begins.
pub fn week_start(week: i64) -> Timestamp {
    Timestamp::from_ms(week.saturating_mul(86_400_000))
}
