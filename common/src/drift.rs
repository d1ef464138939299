//! Drift: what sites changed, deleted or made themselves, in numbers, and whom an application tells of it.

use crate::cell::Standing;
use crate::name::PatchName;
use crate::text::{Clean, count};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many patches are told by name.
pub const NAMED: usize = 3;

/// Whom an application tells when a patch was changed at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftRule {
    /// Nobody: the grid shows it.
    Quiet,
    /// An incident is open while it is so.
    Alert,
    /// One mail a day, and a count; also what a newer server says in a word that isn't known here.
    #[default]
    #[serde(other)]
    Digest,
}

impl DriftRule {
    /// The word on the command line and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Alert => "alert",
            Self::Digest => "digest",
        }
    }
}

/// The drift of one application at one site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DriftSummary {
    /// How many patches stand how.
    pub counts: BTreeMap<Standing, u64>,
    /// The first of them by name.
    pub names: Vec<PatchName>,
    /// Since when the oldest does.
    pub since: Timestamp,
}

impl DriftSummary {
    /// How many patches it is about.
    pub fn patches(&self) -> u64 {
        self.counts.values().sum()
    }

    /// `1 ≠, 2 -`: how many patches bear which mark; of `> <` the half that points from the site.
    pub fn marks(&self) -> String {
        let one = |(standing, number): (&Standing, &u64)| format!("{number} {}", drift_mark(*standing));
        self.counts.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// `3 patches were changed at the site: 1 ≠, 2 -: Order.st, Quote.st and 1 more`.
    pub fn words(&self) -> Clean {
        let all = usize::try_from(self.patches()).unwrap_or(usize::MAX);
        let verb = if all == 1 { "was" } else { "were" };
        let names = self.names.iter().take(NAMED).map(PatchName::as_str).collect::<Vec<_>>().join(", ");
        let more = match all.saturating_sub(self.names.len().min(NAMED)) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Clean::line(&format!("{} {verb} changed at the site: {}: {names}{more}", count(all, "patch"), self.marks()))
    }
}

/// The mark of a standing that drifted; one direction only.
pub fn drift_mark(standing: Standing) -> &'static str {
    if standing == Standing::Retrieve { "<" } else { standing.mark() }
}

/// What happened there, for people.
pub fn drift_words(standing: Standing) -> &'static str {
    match standing {
        Standing::Conflict => "changed there, and published anew or never agreed on",
        Standing::Retrieve => "changed there",
        Standing::DeletedAtSite => "deleted there",
        Standing::OnlyAtSite => "made there, not published",
        _ => "as agreed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_is_said_with_its_marks_the_first_names_and_how_many_more() {
        let names = ["a.st", "b.st", "c.st"].map(|name| name.parse().expect("a name"));
        let counts = BTreeMap::from([(Standing::Conflict, 1), (Standing::DeletedAtSite, 3)]);
        let summary = DriftSummary { counts, names: names.to_vec(), since: Timestamp::default() };
        assert_eq!(summary.words().as_str(), "4 patches were changed at the site: 3 -, 1 ≠: a.st, b.st, c.st and 1 more");
        let one = DriftSummary { counts: BTreeMap::from([(Standing::Retrieve, 1)]), names: names[..1].to_vec(), ..summary };
        assert_eq!(one.words().as_str(), "1 patch was changed at the site: 1 <: a.st");
    }

    #[test]
    fn a_rule_that_is_not_known_here_tells_once_a_day() {
        assert_eq!(serde_json::from_str::<DriftRule>("\"hourly\"").expect("a word of a newer server"), DriftRule::Digest);
    }
}
