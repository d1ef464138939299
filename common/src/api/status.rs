//! How sites are: verdicts, incidents, states.

use crate::id::{AppName, GroupName, SiteName, UserName};
use crate::incident::Incident;
use crate::state::{Finding, Format, Line, Severity};
use crate::text::Clean;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// How everything is, in one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The worst of all, but for sites in maintenance.
    pub worst: Severity,
    /// Every site, by name; in a brief answer only those that are not well, or in maintenance.
    pub sites: Vec<SiteStatus>,
    /// What is wrong now, the worst first.
    pub incidents: Vec<Incident>,
    /// Maintenance that is planned or under way.
    pub maintenance: Vec<Maintenance>,
    /// Whether mails go out.
    pub mail: MailStatus,
    /// The server's clock.
    pub now: Timestamp,
}

impl Status {
    /// How bad the incidents are that count, one for each.
    pub fn counting(&self) -> Vec<Severity> {
        self.loud().map(|incident| incident.severity).collect()
    }

    /// The incidents that count: those at sites in maintenance are shown, and make nothing red.
    pub fn loud(&self) -> impl Iterator<Item = &Incident> {
        let quiet: HashSet<_> = self.sites.iter().filter(|site| site.maintenance).map(|site| &site.site).collect();
        self.incidents.iter().filter(move |one| one.subject.site().is_none_or(|site| !quiet.contains(site)))
    }
}

/// How one site is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteStatus {
    /// The site.
    pub site: SiteName,
    /// The worst of its open incidents.
    pub verdict: Severity,
    /// What is wrong, in the words of the worst.
    pub words: Option<Clean>,
    /// Seconds since its last poll; none: never.
    pub last_seen_s: Option<u64>,
    /// Seconds since the oldest of its applications' newest states; none: there is none.
    pub state_age_s: Option<u64>,
    /// Whether a maintenance window covers it now.
    pub maintenance: bool,
}

/// Whether mails go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailStatus {
    /// Whether the server's config names a mail server and somebody to tell.
    pub configured: bool,
    /// How many mails wait.
    pub waiting: u64,
    /// What the mail server said last, if it was no.
    pub trouble: Option<Clean>,
}

/// What a person says to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetHold {
    /// Looks after it.
    Acknowledge,
    /// Wants to hear nothing of it until then.
    SnoozeUntil(Timestamp),
    /// Takes that back.
    Release,
}

/// A time in which nobody is told of what happens there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintenance {
    /// Its number; 0 in a new one.
    #[serde(default)]
    pub id: u64,
    /// What it covers.
    pub scope: SiteScope,
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// Who wanted it; set by the server.
    #[serde(default)]
    pub by: Option<UserName>,
    /// What for.
    #[serde(default)]
    pub reason: Option<Clean>,
}

/// One site, a group of sites, or all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteScope {
    /// Every site.
    All,
    /// Those of a group.
    Group(GroupName),
    /// One.
    Site(SiteName),
}

impl SiteScope {
    /// Whether a site belongs to it.
    pub fn covers(&self, site: &SiteName, groups: &[GroupName]) -> bool {
        match self {
            Self::All => true,
            Self::Group(group) => groups.contains(group),
            Self::Site(one) => one == site,
        }
    }
}

/// An icon that can be embedded without a login, by an address that can't be guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badge {
    /// The secret part of its address.
    pub key: String,
    /// What it shows.
    pub scope: SiteScope,
    /// Who made it.
    pub by: UserName,
    /// When.
    pub created: Timestamp,
}

/// The newest state of an application at a site, and those before it in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateView {
    /// The application.
    pub application: AppName,
    /// When it was read, by the server's clock.
    pub at: Timestamp,
    /// When the file was last written, as the site says.
    pub modified: Option<Timestamp>,
    /// The exit code of the command.
    pub exit: Option<i32>,
    /// What it was read as; none: there was nothing to read.
    pub format: Option<Format>,
    /// The worst finding.
    pub worst: Severity,
    /// What is wrong, in the order of the state.
    pub findings: Vec<Finding>,
    /// The state, line by line, each with its colour.
    pub lines: Vec<Line>,
    /// The states before, newest first: when, and how they were.
    pub history: Vec<StateMark>,
}

/// A state in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateMark {
    /// When it came.
    pub at: Timestamp,
    /// How it was.
    pub worst: Severity,
}
