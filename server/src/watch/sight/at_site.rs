//! What is wrong at a site, by what its agent says: directories, files, applications, orders, drift.

use super::{ListingRow, note};
use crate::store::site::SiteRow;
use fieldpost_common::api::{Drift, OrderInfo};
use fieldpost_common::id::SiteName;
use fieldpost_common::incident::{Observation, Subject};
use fieldpost_common::inventory::Directory;
use fieldpost_common::order::Failure;
use fieldpost_common::order::state::{OrderState, UnknownCause};
use fieldpost_common::state::Severity;
use fieldpost_common::text::count;
use fieldpost_common::time::Timestamp;

pub(super) fn failing(site: &SiteName, what: String) -> Subject {
    Subject::AgentFailing { site: site.clone(), what }
}

pub(super) fn directory(row: &ListingRow, now: Timestamp, wrong: &mut Observation) {
    let app = &row.application;
    if let Some(directory) = row.directory.filter(|directory| *directory != Directory::Present) {
        let words = format!("{app}: {}", directory.explain());
        let since = row.directory_since.unwrap_or(now);
        note(wrong, failing(&row.site, format!("directory {app}")), Severity::Problem, &words, since);
    }
    if let Some(held) = row.held {
        let words = format!(
            "{app}: {} of {} are gone within a day; nothing is changed until somebody accepts that",
            held.dropped,
            count(held.of, "file")
        );
        note(wrong, failing(&row.site, format!("drop {app}")), Severity::Warning, &words, held.at);
    }
}

/// One file of which nothing can be said for long, or many; the words tell of the one that waits longest.
pub(super) fn cant_say(row: &ListingRow, now: Timestamp, wrong: &mut Observation) {
    let Some(unsaid) = row.cant_say.as_ref().filter(|unsaid| unsaid.alarm_at <= now) else { return };
    let app = &row.application;
    let words = format!("{app}: {}", unsaid.words());
    let subject = Subject::CantSay { site: row.site.clone(), application: app.clone() };
    note(wrong, subject, Severity::Problem, &words, unsaid.cant_say.since);
}

/// Applications of which the server takes nothing that the site says.
pub(super) fn refused(row: &SiteRow, wrong: &mut Observation) {
    for (app, listing) in &row.refused {
        let detail = listing.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        let words = format!("{app}: {}{detail}", listing.fault.explain());
        note(wrong, failing(&row.name, format!("application {app}")), Severity::Problem, &words, listing.since);
    }
}

pub(super) fn clones(row: &SiteRow, now: Timestamp, wrong: &mut Observation) {
    if let Some([one, other]) = &row.clones {
        let words = format!("two agents poll as this site, from {one} and from {other}");
        note(wrong, failing(&row.name, "clones".to_owned()), Severity::Problem, &words, now);
    }
}

pub(super) fn order(order: &OrderInfo, wrong: &mut Observation) {
    let what = format!("{} of {}", order.patch, order.application);
    match &order.state {
        OrderState::Failed { at, reason: Failure::Hook { words, .. } } => {
            let subject = failing(&order.site, format!("hook {}", order.application));
            let words = format!("the program that runs after installations failed for {what}: {words}");
            note(wrong, subject, Severity::Problem, &words, *at);
        }
        OrderState::Unknown { at, cause: UnknownCause::HookInterrupted } => {
            let subject = failing(&order.site, format!("hook {}", order.application));
            let words = format!("the agent was ended while the program ran that runs after installations, for {what}");
            note(wrong, subject, Severity::Problem, &words, *at);
        }
        // A restore is told once, and not once for each order.
        OrderState::Unknown { cause: UnknownCause::Restored, .. } => {}
        OrderState::TimedOut { at } | OrderState::Unknown { at, .. } => {
            let subject = Subject::OrderStuck { site: order.site.clone(), order: order.id.clone() };
            note(wrong, subject, Severity::Problem, &format!("the order for {what} has passed its deadline"), *at);
        }
        OrderState::Waiting { at, reason } => {
            let words = format!("{what} waits: {reason}; the site goes on by itself once that is over");
            note(wrong, failing(&order.site, "disk".to_owned()), Severity::Problem, &words, *at);
        }
        OrderState::Failed { at, reason: reason @ (Failure::NoSpace { .. } | Failure::Io { .. }) } => {
            note(wrong, failing(&order.site, "disk".to_owned()), Severity::Problem, &format!("{what}: {reason}"), *at);
        }
        _ => {}
    }
}

pub(super) fn drifted(drift: &Drift, wrong: &mut Observation) {
    let Drift { site, application, summary, .. } = drift;
    let subject = Subject::Drift { site: site.clone(), application: application.clone() };
    note(wrong, subject, Severity::Problem, &format!("{application}: {}", summary.words()), summary.since);
}
