//! How one site stands to the published table for one patch. This is the only code that names a standing.

pub mod agreement;
mod overlay;

pub use overlay::{Blocked, Overlay};

use crate::hash::ContentHash;
use crate::id::{OrderId, UserName};
use crate::order::state::{OrderState, UnknownCause};
use crate::order::{Action, Failure};
use crate::time::{Timestamp, minute};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Whether what was last heard at that moment is too old to say how it is now. `after`: the server's measure of silence.
pub fn is_silent(last: Option<Timestamp>, after: Duration, now: Timestamp) -> bool {
    last.is_none_or(|last| last.age(now) >= after)
}

/// What site and vendor last agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// Never agreed on anything.
    #[default]
    Never,
    /// Agreed that there is nothing.
    Absent,
    /// Agreed on this content.
    Content(ContentHash),
}

/// What is known of the patch at the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AtSite {
    /// The site doesn't run the application.
    NotRun,
    /// Nothing can be said, and why.
    Unknown(Unknown),
    /// It isn't there.
    Absent,
    /// It is there.
    Present(ContentHash),
}

/// Why nothing can be said about a site's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// The agent has not sent an inventory yet.
    NoInventory,
    /// Many files vanished at once; a person must say whether that is meant.
    MassDrop,
    /// The directory is missing, unreadable or not the enrolled one.
    Directory(crate::inventory::Directory),
    /// The server doesn't take what the agent says of this application.
    Refused(crate::inventory::ListingFault),
    /// The agent can't say anything of this one file.
    File(crate::inventory::Obstacle),
    /// The server was restored from a backup, and the site has not reported since.
    Restored,
    /// Something that this version doesn't know.
    Newer,
}

/// Reads an [`Unknown`]; a reason that only a newer version knows is one that can't be said more of.
pub(crate) fn deserialize_unknown<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Unknown>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(value.map(|value| serde_json::from_value(value).unwrap_or(Unknown::Newer)))
}

/// What is published for one patch, seen from one version.
#[derive(Debug, Clone, Copy, Default)]
pub struct Published<'a> {
    /// P: current for the site's version.
    pub current: Option<ContentHash>,
    /// What P superseded for the site's version, in any order. What was taken back isn't among it.
    pub earlier: &'a [ContentHash],
    /// What was published for the site's version after P: P is an older revision that was published again.
    pub newer: &'a [ContentHash],
    /// Whether something is current for another version.
    pub elsewhere: bool,
}

/// The newest order for the cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestOrder {
    /// Which.
    pub id: OrderId,
    /// What it asks for.
    pub action: Action,
    /// What it expects to find.
    pub expected: Option<ContentHash>,
    /// Where it stands.
    pub state: OrderState,
    /// Who gave it.
    pub by: UserName,
    /// When.
    pub created: Timestamp,
}

/// All that decides a cell.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What is published.
    pub published: Published<'a>,
    /// S: what the site has.
    pub site: AtSite,
    /// When S last changed, by the server's clock.
    pub site_since: Option<Timestamp>,
    /// Since when nothing can be said, where that is so and known.
    pub unknown_since: Option<Timestamp>,
    /// B: what both last agreed on.
    pub base: Base,
    /// The newest order.
    pub order: Option<&'a LatestOrder>,
    /// How old this knowledge is: since the site last confirmed its inventory. `None`: never heard of.
    pub age: Option<Duration>,
    /// From which age on it is old news, as the server measures silence.
    pub silent_after: Duration,
}

/// How a site stands to the published table for one patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The site doesn't run the application.
    NotApplicable,
    /// Nothing can be said.
    Unknown,
    /// Not published for the site's version, but for another; not at the site.
    OtherVersion,
    /// Neither published nor at the site.
    Absent,
    /// At the site, not published.
    OnlyAtSite,
    /// The same on both sides.
    InSync,
    /// Published, and never at the site.
    NotSent,
    /// Both had it; it is gone at the site.
    DeletedAtSite,
    /// Taken away by an order.
    Removed,
    /// The site has what both agreed on, or what was superseded; something newer is published.
    SendUpdate,
    /// The site's content is the newer one: it changed what was sent, or an older revision was published again.
    Retrieve,
    /// Both sides changed, or never agreed.
    Conflict,
}

/// Which way an action goes in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the newer side: one key is enough.
    Forward,
    /// Over the newer side, or over a choice someone made: needs a question and the hash that was seen.
    Backward,
}

/// A cell of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Standing of the site.
    pub standing: Standing,
    /// The newest order's shadow.
    pub overlay: Overlay,
    /// Why the standing is unknown.
    pub unknown: Option<Unknown>,
    /// Since when it is, by the server's clock.
    pub unknown_since: Option<Timestamp>,
    /// How old the knowledge is; `None`: never heard of.
    pub age: Option<Duration>,
    /// Whether the site has been silent for so long that the mark is old news.
    pub is_stale: bool,
    /// What the newest order asks for is in place, and only its hook is wrong: an order to run that again helps.
    pub hook_again: bool,
}

/// Decides a cell. The rows of the table in `docs/glossary.md`, in their order; the first match wins.
pub fn cell(facts: &Facts<'_>) -> Cell {
    let (standing, unknown) = match facts.site {
        AtSite::NotRun => (Standing::NotApplicable, None),
        AtSite::Unknown(why) => (Standing::Unknown, Some(why)),
        AtSite::Absent => (absent(facts), None),
        AtSite::Present(has) => (present(facts, has), None),
    };
    let overlay = match standing {
        Standing::NotApplicable => Overlay::None,
        _ => overlay::overlay(facts),
    };
    let hook_again = matches!(&overlay, Overlay::Blocked(why) if why.is_about_hook()) && has_outcome(facts);
    let is_stale = facts.age.is_none_or(|age| age >= facts.silent_after);
    let unknown_since = unknown.and(facts.unknown_since);
    Cell { standing, overlay, unknown, unknown_since, age: facts.age, is_stale, hook_again }
}

fn absent(facts: &Facts<'_>) -> Standing {
    if facts.published.current.is_none() {
        return if facts.published.elsewhere { Standing::OtherVersion } else { Standing::Absent };
    }
    if facts.order.is_some_and(was_removal) {
        return Standing::Removed;
    }
    match facts.base {
        Base::Never | Base::Absent => Standing::NotSent,
        Base::Content(_) => Standing::DeletedAtSite,
    }
}

/// Whether the order took the file away; how its hook ended is another matter.
fn was_removal(order: &LatestOrder) -> bool {
    let was_done = match &order.state {
        OrderState::Confirmed { .. } | OrderState::Loading { .. } => true,
        OrderState::Failed { reason, .. } => matches!(reason, Failure::Hook { .. }),
        OrderState::Unknown { cause, .. } => *cause == UnknownCause::HookInterrupted,
        _ => false,
    };
    order.action == Action::Remove && was_done
}

/// Whether the site has what the newest order asks for.
fn has_outcome(facts: &Facts<'_>) -> bool {
    let wanted = facts.order.map(|order| order.action.outcome());
    match facts.site {
        AtSite::Present(has) => wanted == Some(Some(has)),
        AtSite::Absent => wanted == Some(None),
        AtSite::NotRun | AtSite::Unknown(_) => false,
    }
}

fn present(facts: &Facts<'_>, has: ContentHash) -> Standing {
    let Some(current) = facts.published.current else {
        return Standing::OnlyAtSite;
    };
    if has == current {
        Standing::InSync
    } else if facts.published.newer.contains(&has) {
        Standing::Retrieve
    } else if facts.base == Base::Content(has) || facts.published.earlier.contains(&has) {
        Standing::SendUpdate
    } else if facts.base == Base::Content(current) {
        Standing::Retrieve
    } else {
        Standing::Conflict
    }
}

impl Cell {
    /// The word in JSON: the overlay where there is one, else the standing.
    pub fn word(&self) -> &'static str {
        match &self.overlay {
            Overlay::Sending(_) | Overlay::Waiting(_) => "sending",
            Overlay::Blocked(_) => "blocked",
            Overlay::None => self.standing.word(),
        }
    }

    /// The mark in the grid. `> <` stands for both directions; which half is bright says [`Cell::newer`].
    pub fn mark(&self) -> &'static str {
        match &self.overlay {
            Overlay::Sending(_) | Overlay::Waiting(_) => "…",
            Overlay::Blocked(_) => "!",
            Overlay::None => self.standing.mark(),
        }
    }

    /// For `> <`: the newer side's direction, drawn bright.
    pub fn newer(&self) -> Option<Newer> {
        match self.standing {
            Standing::SendUpdate => Some(Newer::Published),
            Standing::Retrieve => Some(Newer::Site),
            _ => None,
        }
    }

    /// Whether sending the published revision makes sense here, and which way it goes.
    pub fn send(&self) -> Option<Direction> {
        match self.standing {
            Standing::NotSent | Standing::SendUpdate => Some(Direction::Forward),
            Standing::DeletedAtSite | Standing::Removed | Standing::Retrieve | Standing::Conflict => Some(Direction::Backward),
            _ => None,
        }
    }

    /// Whether taking the site's revision as the current one makes sense here, and which way it goes.
    pub fn retrieve(&self) -> Option<Direction> {
        match self.standing {
            Standing::OnlyAtSite | Standing::Retrieve => Some(Direction::Forward),
            Standing::SendUpdate | Standing::Conflict => Some(Direction::Backward),
            _ => None,
        }
    }

    /// Why, when there is something to say: what blocks an order or hides the standing. An order for a file of which nothing can be
    /// said waits, and says so.
    pub fn reason(&self) -> Option<String> {
        match (&self.overlay, self.obstacle()) {
            (Overlay::Blocked(why), None) => Some(why.to_string()),
            (Overlay::Blocked(why), Some(obstacle)) => Some(format!("{why}; {obstacle}")),
            (Overlay::Sending(step), None) => Some((*step).to_owned()),
            (Overlay::Sending(step), Some(obstacle)) => Some(format!("{step}, waits: {obstacle}")),
            (Overlay::Waiting(what), None) => Some(format!("waiting: {what}")),
            (Overlay::Waiting(what), Some(obstacle)) => Some(format!("waiting: {what}; {obstacle}")),
            (Overlay::None, obstacle) => obstacle,
        }
    }

    /// Why nothing can be said of the site's file, and since when.
    pub fn obstacle(&self) -> Option<String> {
        let why = self.unknown?.explain();
        Some(self.unknown_since.map_or_else(|| why.to_owned(), |since| format!("{why}, since {}", minute(since))))
    }
}

/// Which side of a `> <` is the newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Newer {
    /// The published content: `>` is bright.
    Published,
    /// The site's content: `<` is bright.
    Site,
}

impl Unknown {
    /// Whether something may be sent there although nothing can be said: what is believed is named in the order, and the site refuses
    /// it where that is wrong.
    pub fn may_be_sent_to(self) -> bool {
        matches!(self, Self::NoInventory | Self::Restored)
    }

    /// What is the matter, for people.
    pub fn explain(self) -> &'static str {
        match self {
            Self::NoInventory => "the site has not sent an inventory yet",
            Self::MassDrop => "many files vanished at once; `fieldpost site accept-drop` says that it is meant",
            Self::Directory(directory) => directory.explain(),
            Self::Restored => "the server was restored from a backup, and the site has not reported since",
            Self::Refused(fault) => fault.explain(),
            Self::File(obstacle) => obstacle.explain(),
            Self::Newer => "a reason that this version does not know: update it",
        }
    }
}

impl Standing {
    /// Whether a site's own change makes a cell stand so: it drifted away from what both sides had agreed on.
    pub fn is_drift(self) -> bool {
        matches!(self, Self::Conflict | Self::Retrieve | Self::DeletedAtSite | Self::OnlyAtSite)
    }

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotApplicable => "not_applicable",
            Self::Unknown => "unknown",
            Self::OtherVersion => "other_version",
            Self::Absent => "absent",
            Self::OnlyAtSite => "only_at_site",
            Self::InSync => "in_sync",
            Self::NotSent => "not_sent",
            Self::DeletedAtSite => "deleted_at_site",
            Self::Removed => "removed",
            Self::SendUpdate => "send_update",
            Self::Retrieve => "retrieve",
            Self::Conflict => "conflict",
        }
    }

    /// The mark in the grid.
    pub fn mark(self) -> &'static str {
        match self {
            Self::NotApplicable => "",
            Self::Unknown => "?",
            Self::OtherVersion => "~",
            Self::Absent => "·",
            Self::OnlyAtSite => "*",
            Self::InSync => "=",
            Self::NotSent => "+",
            Self::DeletedAtSite | Self::Removed => "-",
            Self::SendUpdate | Self::Retrieve => "> <",
            Self::Conflict => "≠",
        }
    }
}

#[cfg(test)]
mod tests;
