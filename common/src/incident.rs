//! What is wrong now, and what is to be told about it: one function makes every transition of an incident.
//!
//! Looking at sites is left to those who have the facts (`incident::silence`, `state`), mailing to the server's outbox.

mod advance;
mod observation;
pub mod silence;

#[cfg(test)]
mod tests;

pub use advance::{incidents, person};
pub use observation::{Answer, Observation};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

use crate::error_group::ErrorGroupId;
use crate::id::{AppName, OrderId, SiteName, UserName};
use crate::state::Severity;
use crate::text::{Clean, age};
use crate::time::Timestamp;

/// What comes back so soon after it closed is the same incident again; also how long it may be back until that is told.
pub const SAME_WITHIN: Duration = Duration::from_mins(10);
/// How often an incident that nobody has acknowledged is told again.
pub const REMIND_EVERY: Duration = Duration::from_hours(24);

/// What an incident is about: there is at most one that isn't closed for each subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// The state of an application says so, or there is none where there should be one.
    StateProblem {
        /// The site.
        site: SiteName,
        /// The application.
        application: AppName,
    },
    /// A site has not been heard of for too long.
    Silent {
        /// The site.
        site: SiteName,
    },
    /// Most sites fell silent in the same minute.
    Uplink,
    /// An order has passed its deadline.
    OrderStuck {
        /// The site.
        site: SiteName,
        /// The order.
        order: OrderId,
    },
    /// A site sees other files than its last inventory says, and has not brought that home for a while.
    InventoryStale {
        /// The site.
        site: SiteName,
    },
    /// An agent says that it can't do its work.
    AgentFailing {
        /// The site.
        site: SiteName,
        /// What fails: `disk`, `directory trading`, `hook trading`.
        what: String,
    },
    /// Nothing can be said of one file of an application for long, or of many.
    CantSay {
        /// The site.
        site: SiteName,
        /// The application.
        application: AppName,
    },
    /// Patches of an application were changed at a site, and its rule wants to hear of that.
    Drift {
        /// The site.
        site: SiteName,
        /// The application.
        application: AppName,
    },
    /// An error that nobody has looked at.
    NewErrorGroup {
        /// Whose.
        application: AppName,
        /// Which.
        group: ErrorGroupId,
    },
    /// There are more errors to be told than are told one by one.
    MoreErrorGroups {
        /// Whose.
        application: AppName,
    },
    /// An error is back at a site that has its fix.
    Regressed {
        /// The site.
        site: SiteName,
        /// Whose.
        application: AppName,
        /// Which.
        group: ErrorGroupId,
    },
    /// The server itself is in trouble.
    Server {
        /// What fails: `disk`, `mail`.
        what: String,
    },
}

impl Subject {
    /// The site that it is about, if it is about one.
    pub fn site(&self) -> Option<&SiteName> {
        match self {
            Self::StateProblem { site, .. }
            | Self::Silent { site }
            | Self::OrderStuck { site, .. }
            | Self::InventoryStale { site }
            | Self::AgentFailing { site, .. }
            | Self::Drift { site, .. }
            | Self::CantSay { site, .. }
            | Self::Regressed { site, .. } => Some(site),
            Self::Uplink | Self::NewErrorGroup { .. } | Self::MoreErrorGroups { .. } | Self::Server { .. } => None,
        }
    }

    /// The kind, as it is written in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::StateProblem { .. } => "state_problem",
            Self::Silent { .. } => "silent",
            Self::Uplink => "uplink",
            Self::OrderStuck { .. } => "order_stuck",
            Self::InventoryStale { .. } => "inventory_stale",
            Self::AgentFailing { .. } => "agent_failing",
            Self::Drift { .. } => "drift",
            Self::CantSay { .. } => "cant_say",
            Self::NewErrorGroup { .. } => "new_error_group",
            Self::MoreErrorGroups { .. } => "more_error_groups",
            Self::Regressed { .. } => "regressed",
            Self::Server { .. } => "server",
        }
    }
}

/// Something that is wrong at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// How bad it is: a warning or a problem.
    pub severity: Severity,
    /// What it is, on one line; it doesn't tell an age, which would change all the time.
    pub words: Clean,
    /// Since when, as far as that is known.
    pub since: Timestamp,
}

/// Why nothing can be said of a subject or a site now, and when it was last known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unseen {
    /// Why, in words.
    pub why: Clean,
    /// The last moment of which something is known; none: it was never seen.
    pub since: Option<Timestamp>,
}

impl Unseen {
    /// `last seen 14 min ago`, `never seen`.
    pub fn explain(&self, now: Timestamp) -> String {
        match self.since.map(|since| age(since.age(now))).as_deref() {
            None => "never seen".to_owned(),
            Some("now") => "last seen just now".to_owned(),
            Some(words) => format!("last seen {words} ago"),
        }
    }
}

/// An incident's id: a number that grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub u64);

/// Something that is or was wrong, from its opening to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// What it is about.
    #[serde(flatten)]
    pub subject: Subject,
    /// The worst that it has been since it was opened.
    pub severity: Severity,
    /// What is wrong, in the newest words.
    pub words: Clean,
    /// Since when it has been wrong.
    pub since: Timestamp,
    /// When it was opened.
    pub opened: Timestamp,
    /// Where it stands.
    pub phase: Phase,
    /// What a person said to it.
    pub hold: Hold,
    /// What was told of it.
    pub told: Told,
    /// How often it came back soon after it had closed.
    pub returns: u32,
    /// It is open, and whether it still is wrong can't be seen now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<Unseen>,
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// It is wrong.
    Open {
        /// Since this moment: the opening, or the last return.
        since: Timestamp,
    },
    /// It is over.
    Closed {
        /// Since when.
        at: Timestamp,
    },
}

/// What a person said to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "hold", rename_all = "snake_case")]
pub enum Hold {
    /// Nothing.
    #[default]
    None,
    /// Somebody looks after it: no reminders; what gets worse is told.
    Acknowledged {
        /// Who.
        by: UserName,
        /// Since when.
        at: Timestamp,
    },
    /// Nothing is told until then.
    Snoozed {
        /// Who wanted it.
        by: UserName,
        /// The end.
        until: Timestamp,
    },
}

/// What was told of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    /// Nothing yet.
    #[default]
    Nothing,
    /// That it is wrong.
    Alert {
        /// The newest mail.
        at: Timestamp,
        /// How bad it was then.
        severity: Severity,
    },
    /// That it is over.
    Recovery {
        /// When.
        at: Timestamp,
    },
}

impl Incident {
    /// Whether it is wrong now.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open { .. })
    }

    /// `last seen 14 min ago`, where that isn't seen now; a silence says it in its own words.
    pub fn unseen_words(&self, now: Timestamp) -> Option<String> {
        let unseen = self.unseen.as_ref().filter(|_| !matches!(self.subject, Subject::Silent { .. }))?;
        Some(unseen.explain(now))
    }
}

/// One step in the life of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// Something new is wrong.
    Opened,
    /// It came back soon after it had closed.
    Returned,
    /// A warning became a problem.
    Worsened,
    /// Only its words changed, or whether it can be seen.
    Reworded,
    /// It is over.
    Closed,
    /// Nothing changed but that it is to be told: a snooze or a maintenance window ended, a day went by, or it stayed after it
    /// had come back.
    Due,
    /// A person took it on, or let it go again.
    Held,
}

/// What a mail about an incident says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// It is wrong.
    Alert,
    /// It got worse.
    Worse,
    /// It is still wrong.
    Reminder,
    /// It is over.
    Recovery,
}

/// What is to be kept, and told, in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The incident as it is now.
    pub incident: Incident,
    /// What happened to it.
    pub transition: Transition,
    /// The one row for the outbox, where something is told.
    pub notice: Option<Notice>,
}

/// Incidents by their subjects: those that are open, and those that closed less than [`SAME_WITHIN`] ago.
pub type Known = BTreeMap<Subject, Incident>;
