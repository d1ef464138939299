//! Which errors people have to hear of: new ones, and those that are back.

use super::note;
use crate::store::error_group::Alarming;
use fieldpost_common::error_group::Phase;
use fieldpost_common::id::AppName;
use fieldpost_common::incident::{Observation, Subject};
use fieldpost_common::state::Severity;
use fieldpost_common::text::{Clean, count};
use fieldpost_common::time::Timestamp;

/// A new error alerts until somebody has looked at it, or it is not seen any more; one that is back where it was fixed, always.
pub(super) fn error(group: &Alarming, wrong: &mut Observation) {
    let text = |text: &Option<Clean>| text.as_ref().map(Clean::to_string);
    let what = text(&group.exception).or_else(|| text(&group.message)).unwrap_or_else(|| "an error".to_owned());
    let place = text(&group.top_frame).map(|place| format!(" in {place}")).unwrap_or_default();
    let (application, id) = (&group.application, group.id);
    if matches!(group.state.phase, Phase::New) {
        let words = format!("{application}: new error {id}: {what}{place}");
        let subject = Subject::NewErrorGroup { application: application.clone(), group: id };
        note(wrong, subject, Severity::Warning, &words, group.first_seen);
    }
    if let Phase::Regressed { fix, sites, since } = &group.state.phase {
        for site in sites {
            let words = format!("{application}: error {id} is back although {} is installed: {what}{place}", fix.patch);
            let subject = Subject::Regressed { site: site.clone(), application: application.clone(), group: id };
            note(wrong, subject, Severity::Problem, &words, *since);
        }
    }
}

/// Errors that aren't told one by one are told by their number.
pub(super) fn others_alarm(application: &AppName, more: u64, now: Timestamp, wrong: &mut Observation) {
    let number = count(usize::try_from(more).unwrap_or(usize::MAX), "more error");
    let words =
        format!("{application}: {number} beside those that are told one by one, new or back: `fieldpost errors` lists all");
    let subject = Subject::MoreErrorGroups { application: application.clone() };
    note(wrong, subject, Severity::Warning, &words, now);
}
