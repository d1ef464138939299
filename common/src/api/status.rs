//! How sites are: verdicts, incidents, states.

use crate::drift::{DriftRule, DriftSummary};
use crate::id::{AppName, GroupName, SiteName, UserName};
use crate::incident::{Incident, Unseen};
use crate::state::{Finding, Format, Line, Severity};
use crate::text::Clean;
use crate::time::{Timestamp, minute};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::HashSet;

/// How everything is, in one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The worst of all, but for sites in maintenance.
    pub worst: Verdict,
    /// Every site, by name; in a brief answer only those that are not well, or in maintenance.
    pub sites: Vec<SiteStatus>,
    /// What is wrong now, the worst first.
    pub incidents: Vec<Incident>,
    /// Maintenance that is planned or under way.
    pub maintenance: Vec<Maintenance>,
    /// What was changed at sites, but for applications whose rule is `quiet`.
    #[serde(default)]
    pub drift: Vec<Drift>,
    /// Whether mails go out.
    pub mail: MailStatus,
    /// The last restore, as long as sites have to report after it.
    #[serde(default)]
    pub restored: Option<Restored>,
    /// The server's clock.
    pub now: Timestamp,
}

/// The server's data were put back from a backup, or took another server's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// When.
    pub at: Timestamp,
    /// From what.
    pub from: Clean,
    /// The newest entry of what was put back: nothing is known of what happened after it.
    pub newest: Timestamp,
    /// How many sites there were.
    pub sites: u64,
    /// How many of them have reported since.
    pub reported: u64,
}

impl Restored {
    /// Whether sites have to report.
    pub fn is_waiting(&self) -> bool {
        self.reported < self.sites
    }

    /// For people.
    pub fn words(&self) -> String {
        let Self { from, sites, reported, .. } = self;
        let of = format!("restored from {from}, which knows nothing after {}", minute(self.newest));
        if self.is_waiting() {
            format!("{of}: {reported} of {} reported since", have(*sites))
        } else {
            format!("{of}: all {sites} sites have reported since")
        }
    }

    /// For a line with little room.
    pub fn short_words(&self) -> String {
        let Self { sites, reported, .. } = self;
        format!("restored: {reported} of {sites} reported")
    }
}

fn have(sites: u64) -> String {
    if sites == 1 { "1 site has".to_owned() } else { format!("{sites} sites have") }
}

/// How many of each there are: every screen, page and command that says one of these words shows this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Open incidents of severity problem, but for those at sites in maintenance.
    pub problems: usize,
    /// Open incidents of severity warning, but for those at sites in maintenance.
    pub warnings: usize,
    /// Open incidents at sites in maintenance.
    pub in_maintenance: usize,
    /// Sites whose only news is that nobody can say how they are, but for those in maintenance.
    pub cant_say: usize,
    /// Sites that no agent has enrolled yet, but for those in maintenance.
    pub never_seen: usize,
    /// Patches that were changed at sites, one for each site; maintenance or not.
    pub drifted: usize,
}

impl Status {
    /// Counts what is said in numbers.
    pub fn counts(&self) -> Counts {
        let of = |severity| self.loud().filter(|one| one.severity == severity).count();
        let sites = |verdict| self.sites.iter().filter(|site| !site.maintenance && site.verdict == verdict).count();
        let (problems, warnings) = (of(Severity::Problem), of(Severity::Warning));
        let in_maintenance = self.incidents.len() - self.loud().count();
        let (cant_say, never_seen) = (sites(Verdict::CantSay), sites(Verdict::NeverSeen));
        let drifted = self.drift.iter().map(|one| usize::try_from(one.summary.patches()).unwrap_or(usize::MAX)).sum();
        Counts { problems, warnings, in_maintenance, cant_say, never_seen, drifted }
    }

    /// The worst of the incidents and sites that count.
    pub fn judge(&self) -> Verdict {
        let incidents = self.loud().map(|one| Verdict::from(one.severity));
        let sites = self.sites.iter().filter(|site| !site.maintenance).map(|site| site.verdict);
        incidents.chain(sites).max().unwrap_or_default()
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
    /// The worst of its open incidents; where there is none, whether anybody can say that it is well.
    pub verdict: Verdict,
    /// What is wrong, in the words of the worst, or why nobody can say.
    pub words: Option<Clean>,
    /// Seconds since its last poll; none: never.
    pub last_seen_s: Option<u64>,
    /// Seconds since the oldest of its applications' newest states; none: there is none.
    pub state_age_s: Option<u64>,
    /// Whether a maintenance window covers it now.
    pub maintenance: bool,
    /// Of how many of its files nothing can be said.
    #[serde(default)]
    pub cant_say: usize,
}

/// What was changed of one application at one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// The site.
    pub site: SiteName,
    /// The application.
    pub application: AppName,
    /// Whom the application tells.
    pub rule: DriftRule,
    /// How many patches stand how.
    #[serde(flatten)]
    pub summary: DriftSummary,
}

/// How a site is, or all of them: what is worse comes later. Unknown is never the same as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was seen, and nothing is wrong.
    #[default]
    Ok,
    /// No agent has enrolled there yet.
    NeverSeen,
    /// Nobody can say now; also what a newer server says in a word that isn't known here.
    CantSay,
    /// A warning is open.
    Warning,
    /// A problem is open.
    Problem,
}

impl Verdict {
    /// In a word or two, for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NeverSeen => "never seen",
            Self::CantSay => "can't say",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }

    /// A sign that needs no colour.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Ok => Severity::Ok.sign(),
            Self::NeverSeen => "○",
            Self::CantSay => "?",
            Self::Warning => Severity::Warning.sign(),
            Self::Problem => Severity::Problem.sign(),
        }
    }
}

impl<'de> Deserialize<'de> for Verdict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match String::deserialize(deserializer)?.as_str() {
            "ok" => Self::Ok,
            "never_seen" => Self::NeverSeen,
            "warning" => Self::Warning,
            "problem" => Self::Problem,
            _ => Self::CantSay,
        })
    }
}

impl From<Severity> for Verdict {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Ok => Self::Ok,
            Severity::Warning => Self::Warning,
            Severity::Problem => Self::Problem,
        }
    }
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
    /// Why it says nothing of now, where it is outdated or its site can't be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<Unseen>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_that_is_not_known_here_is_not_taken_for_well() {
        let verdict: Verdict = serde_json::from_str("\"degraded\"").expect("a word of a newer server");
        assert_eq!(verdict, Verdict::CantSay);
        for verdict in [Verdict::Ok, Verdict::NeverSeen, Verdict::CantSay, Verdict::Warning, Verdict::Problem] {
            let word = serde_json::to_string(&verdict).expect("a word");
            assert_eq!(serde_json::from_str::<Verdict>(&word).expect("the same word"), verdict);
        }
        assert!(Verdict::Ok < Verdict::NeverSeen && Verdict::NeverSeen < Verdict::CantSay && Verdict::CantSay < Verdict::Warning);
    }
}
