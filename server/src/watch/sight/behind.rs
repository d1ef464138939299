//! Sites that hold an older version of the trust document than the server, although they poll.

use super::at_site::failing;
use super::{Facts, note};
use fieldpost_common::incident::Observation;
use fieldpost_common::state::Severity;
use fieldpost_common::time::minute;

/// How the incident's subject names what fails.
pub(crate) const WHAT: &str = "trust";

/// A site that is silent is no matter of this: nobody can say what it holds.
pub(super) fn observe(facts: &Facts<'_>, wrong: &mut Observation) {
    for (site, behind) in facts.behind.iter().filter(|(_, behind)| behind.is_stuck()) {
        if wrong.site_unseen(site).is_some() {
            continue;
        }
        let held = if behind.held == 0 { "none at all".to_owned() } else { format!("version {}", behind.held) };
        let words = format!(
            "{site} holds {held} of the trust document and the server has version {}, since {}: keys that were added since can do nothing \
             there, and those that were taken away still can; its agent's log says why; where it follows \
             another root key, enrol it again with the string of `fieldpost site enrolment {site}`",
            facts.trust,
            minute(behind.since)
        );
        note(wrong, failing(site, WHAT.to_owned()), Severity::Problem, &words, behind.since);
    }
}
