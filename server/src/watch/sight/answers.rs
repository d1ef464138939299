//! What may be said of an open incident that no detector calls wrong: it is over, or it can't be seen. One arm for each kind.
//!
//! An arm says "well" only out of something that was seen. Sites that can't be seen are not its matter: `Observation` hides them.

use super::{Facts, Sight, behind, clocks};
use crate::store::site::SiteRow;
use crate::store::state::StateRow;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::incident::{Answer, Incident, Observation, Subject, Unseen};
use fieldpost_common::inventory::Directory;
use fieldpost_common::state::Severity;
use fieldpost_common::text::Clean;
use fieldpost_common::time::{Timestamp, minute};

/// Where the uplink was blamed, so many sites at least that can't be seen are no end of it.
const LEAST_UNSEEN: usize = 3;

impl Sight {
    /// Answers for every open incident.
    pub(super) fn answer_open(&self, facts: &Facts<'_>, seen: &mut Observation, now: Timestamp) {
        for incident in facts.known.values().filter(|incident| incident.is_open()) {
            let is_gone = |site: &SiteName| facts.sites.iter().all(|row| row.name != *site);
            let answer = match incident.subject.site() {
                // A site that was removed has no problems any more.
                Some(site) if is_gone(site) => Answer::Well,
                _ => self.answer(incident, facts, seen, now),
            };
            seen.add_answer(incident.subject.clone(), answer);
        }
    }

    fn answer(&self, incident: &Incident, facts: &Facts<'_>, seen: &Observation, now: Timestamp) -> Answer {
        match &incident.subject {
            Subject::StateProblem { site, application } => self.state_answer(facts, (site, application), now),
            Subject::Silent { site } => silent_answer(incident, facts.last_contact(site, now)),
            Subject::Uplink => uplink_answer(facts, seen),
            Subject::CantSay { site, application } => unsaid_answer(facts, (site, application)),
            Subject::AgentFailing { .. } if is_of_orders(&incident.subject) => mended_answer(incident, facts),
            Subject::AgentFailing { site, what } if what == behind::WHAT && facts.behind.contains_key(site) => {
                cant_say("it has not polled for long enough to know", facts.last_contact(site, now))
            }
            Subject::NewErrorGroup { group, .. } => match facts.errors_aged.iter().find(|(aged, _)| aged == group) {
                Some((_, sites)) => aged_answer(sites, seen),
                None => Answer::Well,
            },
            Subject::Server { what } if what == "disk" => match &self.disk {
                Ok(_) => Answer::Well,
                Err(why) => cant_say(why, incident.unseen.as_ref().and_then(|unseen| unseen.since)),
            },
            Subject::Server { what } if what == "outdated" => outdated_answer(incident, facts, self.listening_since),
            subject @ Subject::Server { .. } if self.unchecked.contains(subject) => {
                cant_say("it was not checked since the server started", Some(incident.since))
            }
            Subject::AgentFailing { what, .. } if what == clocks::WHAT && clocks::is_doubted(seen) => {
                cant_say("this server's own clock is doubted", None)
            }
            // What these are about is the server's own: orders, error groups, mails; or the site's last inventory, which counts until the next;
            // or the site says in its polls that it agrees again.
            Subject::OrderStuck { .. }
            | Subject::InventoryStale { .. }
            | Subject::AgentFailing { .. }
            | Subject::Drift { .. }
            | Subject::MoreErrorGroups { .. }
            | Subject::Regressed { .. }
            | Subject::Server { .. } => Answer::Well,
        }
    }

    fn state_answer(&self, facts: &Facts<'_>, (site, app): (&SiteName, &AppName), now: Timestamp) -> Answer {
        let row = facts.states.iter().find(|row| row.site == *site && row.application == *app);
        match row.map(|row| (row, self.state_outdated(row, now))) {
            // The site's config names no state, or the application doesn't run there any more.
            None => Answer::Well,
            Some((_, Some(unseen))) => Answer::CantSay(unseen),
            Some((row, None)) if row.worst == Severity::Ok => Answer::Well,
            Some((row, None)) => cant_say("its state is not well", Some(row.at)),
        }
    }

    /// Why a state says nothing of now: it is older than two intervals, whatever it was that kept a newer one away.
    pub(crate) fn state_outdated(&self, row: &StateRow, now: Timestamp) -> Option<Unseen> {
        let fresh = row.at <= now.plus(super::SAME_MOMENT) && row.at.age(now) <= self.state.saturating_mul(2);
        let why = || Clean::line(&format!("{}: the state is outdated: from {}", row.application, minute(row.at)));
        (!fresh).then(|| Unseen { why: why(), since: Some(row.at) })
    }
}

/// Files of which nothing could be said are well when the last inventory says something of them, not when it says nothing at all.
fn unsaid_answer(facts: &Facts<'_>, (site, app): (&SiteName, &AppName)) -> Answer {
    let is_refused = |row: &SiteRow| row.name == *site && row.refused.contains_key(&Clean::line(app.as_str()));
    if facts.sites.iter().any(is_refused) {
        return cant_say("the server takes nothing of what the site says of the application", None);
    }
    let row = facts.listings.iter().find(|row| row.site == *site && row.application == *app);
    match row.map(|row| (row.directory, row.directory_since)) {
        Some((Some(directory), since)) if directory != Directory::Present => cant_say(directory.explain(), since),
        _ => Answer::Well,
    }
}

fn cant_say(why: &str, since: Option<Timestamp>) -> Answer {
    Answer::CantSay(Unseen { why: Clean::line(why), since })
}

/// Who follows newer data than these is known only while this server runs: a restart shows nothing, a restore or a promotion puts it right.
fn outdated_answer(incident: &Incident, facts: &Facts<'_>, listening_since: Timestamp) -> Answer {
    let is_put_right = facts.restored.as_ref().is_some_and(|last| last.at >= incident.since);
    if is_put_right || incident.since >= listening_since {
        return Answer::Well;
    }
    cant_say("nobody has shown since the server started whom they follow", Some(incident.since))
}

/// A silence is over when the site was heard of since, whatever a restart or a jump of the clock excuses.
fn silent_answer(incident: &Incident, last: Option<Timestamp>) -> Answer {
    let before = incident.unseen.as_ref().and_then(|unseen| unseen.since);
    if before.is_some() && before == last { cant_say("no contact", last) } else { Answer::Well }
}

/// The uplink is there again when most sites are: not when the server was started anew, and hears nobody yet.
fn uplink_answer(facts: &Facts<'_>, seen: &Observation) -> Answer {
    let enrolled = facts.sites.iter().filter(|row| row.enrolled_at.is_some());
    let (mut unseen, mut all) = (0_usize, 0_usize);
    for row in enrolled {
        all += 1;
        unseen += usize::from(seen.site_unseen(&row.name).is_some());
    }
    let most = unseen >= LEAST_UNSEEN && unseen * 2 > all;
    if most { cant_say("most sites were not heard of since", None) } else { Answer::Well }
}

/// Whether an incident is opened by how orders ended: a newer order that is still open shows nothing yet.
pub(in crate::watch) fn is_of_orders(subject: &Subject) -> bool {
    matches!(subject, Subject::AgentFailing { what, .. } if what == "disk" || what.starts_with("hook "))
}

fn mended_answer(incident: &Incident, facts: &Facts<'_>) -> Answer {
    if facts.mended.contains(&incident.subject) {
        Answer::Well
    } else {
        cant_say("nothing has succeeded there since", Some(incident.since))
    }
}

/// An error that isn't seen any more is over only where all its sites could have told.
fn aged_answer(sites: &[SiteName], seen: &Observation) -> Answer {
    match sites.iter().find_map(|site| seen.site_unseen(site).map(|unseen| (site, unseen))) {
        Some((site, unseen)) => cant_say(&format!("{site} can't be seen"), unseen.since),
        None => Answer::Well,
    }
}
