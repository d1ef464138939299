//! What is wrong now, out of what is kept and what was heard. Pure; the time is an argument.

use crate::health::Fault;
use crate::store::damaged_content::DamagedRow;
use crate::store::error_group::Alarms;
use crate::store::site::SiteRow;
use crate::store::state::StateRow;
use crate::trust_held::Behind;
use fieldpost_common::api::{Drift, HeldDrop, Maintenance, OrderInfo, Restored, SiteScope};
use fieldpost_common::error_group::ErrorGroupId;
use fieldpost_common::id::{AppName, GroupName, SiteName};
use fieldpost_common::incident::silence::{Contact, Patience, Silence, Silent, silence};
use fieldpost_common::incident::{Incident, Known, Observation, Observed, Subject, Unseen};
use fieldpost_common::inventory::{Directory, UnsaidCount};
use fieldpost_common::state::Severity;
use fieldpost_common::text::{Clean, count};
use fieldpost_common::time::{Timestamp, minute};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

pub(super) mod answers;
mod at_site;
pub(crate) mod behind;
mod clocks;
mod errors;
#[cfg(test)]
mod tests;

/// Two moments that the server's clock tells as so near are the same: readings of it are not taken in their order.
const SAME_MOMENT: Duration = Duration::from_mins(1);

/// By which measures things are judged.
#[derive(Debug, Clone)]
pub(crate) struct Sight {
    /// The time between polls.
    pub(crate) poll: Duration,
    /// How long a silence is borne beyond that.
    pub(crate) grace: Duration,
    /// The time between states.
    pub(crate) state: Duration,
    /// Since when this server can hear anybody.
    pub(crate) listening_since: Timestamp,
    /// What is wrong with the server's disk; an error says why that can't be said.
    pub(crate) disk: Result<Option<String>, String>,
    /// What is wrong with the database's log.
    pub(crate) log: Option<String>,
    /// Who follows newer data than these.
    pub(crate) outdated: Option<String>,
    /// What else is wrong with the server itself.
    pub(crate) faults: Vec<(Subject, Fault)>,
    /// What of the server was not checked since it started.
    pub(crate) unchecked: Vec<Subject>,
}

/// A directory as the last inventory showed it.
pub(crate) struct ListingRow {
    pub(crate) site: SiteName,
    pub(crate) application: AppName,
    pub(crate) directory: Option<Directory>,
    /// Since when the directory is so.
    pub(crate) directory_since: Option<Timestamp>,
    pub(crate) held: Option<HeldDrop>,
    pub(crate) cant_say: Option<UnsaidCount>,
}

/// What is known.
pub(super) struct Facts<'a> {
    pub(super) sites: Vec<SiteRow>,
    /// Polls that are newer than what the rows say.
    pub(super) seen: &'a [(SiteName, Timestamp)],
    pub(super) listings: Vec<ListingRow>,
    pub(super) states: Vec<StateRow>,
    /// Newest orders of their cells that came to nothing, or whose hook did; not those whose batch's hook ended well later.
    /// And open ones whose sites say what they wait for.
    pub(super) orders: Vec<OrderInfo>,
    /// Sites that see other files than their last inventory says, and since when.
    pub(super) differing: &'a BTreeMap<SiteName, Timestamp>,
    /// The version of the trust document that the server has.
    pub(super) trust: u64,
    /// Sites that hold an older one.
    pub(super) behind: &'a BTreeMap<SiteName, Behind>,
    pub(super) maintenance: Vec<Maintenance>,
    /// The first contents that were found damaged, and how many there are.
    pub(super) damaged: (Vec<DamagedRow>, u64),
    /// What the mail server says, if it has said no for a while.
    pub(super) mail: Option<Clean>,
    /// The last restore.
    pub(super) restored: Option<Restored>,
    /// Errors that people have to hear of.
    pub(super) errors: Alarms,
    /// Errors of open incidents that were not seen for [`NEW_FOR`], and where they happened.
    pub(super) errors_aged: Vec<(ErrorGroupId, Vec<SiteName>)>,
    /// What was changed at sites, of applications whose rule is to alert.
    pub(super) drift: Vec<Drift>,
    /// Open incidents of failed orders or hooks after which one succeeded.
    pub(super) mended: BTreeSet<Subject>,
    /// What is known to be wrong.
    pub(super) known: &'a Known,
    /// Silences that are over, and since when.
    pub(super) silences_over: Vec<(Subject, Timestamp)>,
}

impl Facts<'_> {
    /// When an enrolled site was last heard of.
    fn last_contact(&self, site: &SiteName, now: Timestamp) -> Option<Timestamp> {
        let row = self.sites.iter().find(|row| row.name == *site)?;
        last_contact(row, self.seen.iter().find(|(name, _)| name == site).map(|(_, at)| *at), now)
    }

    fn is_open(&self, subject: &Subject) -> bool {
        self.known.get(subject).is_some_and(Incident::is_open)
    }

    /// Since when the uplink is there again, where it was away: in the look that finds it so, since now.
    fn uplink_back(&self, now: Timestamp) -> Option<Timestamp> {
        if self.is_open(&Subject::Uplink) {
            return Some(now);
        }
        self.silences_over.iter().filter(|(subject, _)| *subject == Subject::Uplink).map(|(_, at)| *at).max()
    }

    /// Since when a site can be asked, where it could not be for a while. One that is heard of in this very look has been asked
    /// for nothing yet.
    fn back_since(&self, site: &SiteName, now: Timestamp) -> Option<Timestamp> {
        let silent = Subject::Silent { site: site.clone() };
        if self.is_open(&silent) || self.is_open(&Subject::Uplink) {
            return Some(now);
        }
        let over = self.silences_over.iter().filter(|(subject, _)| *subject == silent || *subject == Subject::Uplink);
        over.map(|(_, at)| *at).max()
    }
}

/// How long a restore is an incident at least.
const RESTORE_SHOWN: Duration = Duration::from_mins(10);
/// How long a new error that isn't seen any more is an incident.
pub(super) const NEW_FOR: Duration = Duration::from_hours(24 * 7);

/// How long a site may see other files than its last inventory says.
const INVENTORY_WITHIN: Duration = Duration::from_mins(5);

impl Sight {
    /// What is wrong, and of every open incident that isn't whether it is over.
    pub(super) fn observe(&self, facts: &Facts<'_>, now: Timestamp) -> Observation {
        let mut wrong = Observation::default();
        for (site, unseen) in self.unseen_sites(facts, now) {
            wrong.hide_site(site, unseen);
        }
        let silence = self.silence(facts, now);
        let silent: HashSet<&SiteName> = silence.sites.iter().chain(&silence.together).map(|silent| &silent.site).collect();
        silences(&silence, facts, &mut wrong);
        let contacts: HashMap<_, _> = self.contacts(facts, now).into_iter().map(|contact| (contact.site, contact.last)).collect();
        for state in facts.states.iter().filter(|state| !silent.contains(&state.site)) {
            let last = contacts.get(&state.site).copied().unwrap_or(now);
            self.state(state, facts.back_since(&state.site, now), last, &mut wrong);
        }
        facts.listings.iter().for_each(|listing| at_site::directory(listing, now, &mut wrong));
        facts.listings.iter().for_each(|listing| at_site::cant_say(listing, now, &mut wrong));
        facts.sites.iter().for_each(|site| at_site::clones(site, now, &mut wrong));
        clocks::observe(facts, now, &mut wrong);
        facts.sites.iter().for_each(|site| at_site::refused(site, &mut wrong));
        facts.differing.iter().for_each(|(site, since)| self.inventory(site, *since, now, &mut wrong));
        behind::observe(facts, &mut wrong);
        facts.orders.iter().for_each(|order| at_site::order(order, &mut wrong));
        facts.drift.iter().for_each(|drift| at_site::drifted(drift, &mut wrong));
        facts.errors.told.iter().for_each(|group| errors::error(group, &mut wrong));
        facts.errors.more.iter().for_each(|(application, more)| errors::others_alarm(application, *more, now, &mut wrong));
        self.server(facts, now, &mut wrong);
        self.answer_open(facts, &mut wrong, now);
        mute(facts, now, &mut wrong);
        wrong
    }

    /// Sites of which nothing is known now, each with why and since when. No restart and no jump of the clock excuses any.
    fn unseen_sites(&self, facts: &Facts<'_>, now: Timestamp) -> Vec<(SiteName, Unseen)> {
        let seen: HashMap<_, _> = facts.seen.iter().map(|(site, at)| (site, *at)).collect();
        let unseen = |row: &SiteRow| Some((row.name.clone(), self.unseen(row, seen.get(&row.name).copied(), now)?));
        facts.sites.iter().filter_map(unseen).collect()
    }

    /// Why nothing is known of a site now. `seen`: its last poll, where that is newer than the row.
    pub(crate) fn unseen(&self, row: &SiteRow, seen: Option<Timestamp>, now: Timestamp) -> Option<Unseen> {
        let Some(last) = last_contact(row, seen, now) else {
            return Some(Unseen { why: Clean::line("it was never seen"), since: None });
        };
        let is_seen = last <= now.plus(SAME_MOMENT) && now < last.plus(self.silent_after());
        (!is_seen).then(|| Unseen { why: Clean::line("no contact"), since: Some(last) })
    }

    /// How long after its last poll a site counts as silent. The only measure of that: apps get it with what they show.
    pub(crate) fn silent_after(&self) -> Duration {
        self.poll + self.grace
    }

    /// For how long a silence that is over still counts for something.
    pub(super) fn memory(&self) -> Duration {
        self.state.saturating_mul(2).max(self.poll + self.grace)
    }

    fn contacts(&self, facts: &Facts<'_>, now: Timestamp) -> Vec<Contact> {
        let seen: HashMap<_, _> = facts.seen.iter().map(|(site, at)| (site, *at)).collect();
        // A site that was invited and never enrolled is not expected to poll.
        let contacts = facts.sites.iter().filter_map(|row| {
            let last = last_contact(row, seen.get(&row.name).copied(), now)?;
            // All that is known of one that lies ahead is that it was before the clock was set right.
            let last = if last > now.plus(SAME_MOMENT) { self.listening_since } else { last };
            Some(Contact { site: row.name.clone(), last, every: self.poll, unheard_until: None })
        });
        contacts.collect()
    }

    fn silence(&self, facts: &Facts<'_>, now: Timestamp) -> Silence {
        let patience = Patience { grace: self.grace, listening_since: self.listening_since };
        let mut contacts = self.contacts(facts, now);
        let found = silence(&contacts, &patience, now);
        let Some(back) = facts.uplink_back(now).filter(|_| found.together.is_empty()) else { return found };
        // The uplink is there again. Its sites come back one after another, each in its own time; who was silent before isn't excused.
        for contact in contacts.iter_mut().filter(|contact| !facts.is_open(&Subject::Silent { site: contact.site.clone() })) {
            contact.unheard_until = Some(back);
        }
        silence(&contacts, &patience, now)
    }

    /// `last`: when the site was last heard of. How old a state of a site that isn't heard of may be is a matter of silence.
    fn state(&self, row: &StateRow, back: Option<Timestamp>, last: Timestamp, wrong: &mut Observation) {
        // Nobody could be asked before this server ran, nor a site while it was silent.
        let at = if row.at > last { self.listening_since } else { row.at };
        let heard = at.max(self.listening_since).max(back.unwrap_or(row.at));
        let limit = self.state.saturating_mul(2);
        // A file may be written only when something changes: its own age is shown and not judged.
        let stale = heard.age(last) > limit;
        let worst = if stale { Severity::Problem } else { row.worst };
        if worst == Severity::Ok {
            return;
        }
        let headline = row.findings.iter().find(|finding| finding.severity == row.worst).map(|finding| finding.words.as_str());
        let words = match (stale, headline) {
            (true, _) => format!("state is stale: from {}", minute(row.at)),
            (false, Some(words)) => format!("{words}{}", others(row)),
            (false, None) => "the state is not well".to_owned(),
        };
        let subject = Subject::StateProblem { site: row.site.clone(), application: row.application.clone() };
        note(wrong, subject, worst, &format!("{}: {words}", row.application), row.at);
    }

    /// A change is on its way for a moment; what doesn't come in minutes is held back by something. Nobody brings anything while this
    /// server doesn't listen.
    fn inventory(&self, site: &SiteName, since: Timestamp, now: Timestamp, wrong: &mut Observation) {
        if since.max(self.listening_since).age(now) >= INVENTORY_WITHIN {
            let words = format!(
                "the site has other files than are shown here, since {}: its inventory does not arrive; its agent's log says why",
                minute(since)
            );
            note(wrong, Subject::InventoryStale { site: site.clone() }, Severity::Problem, &words, since);
        }
    }

    fn server(&self, facts: &Facts<'_>, now: Timestamp, wrong: &mut Observation) {
        self.add_itself(now, wrong);
        let (told, all) = &facts.damaged;
        for row in told {
            note(wrong, server(&format!("content {}", row.sha256.short())), Severity::Problem, &row.words, row.found_at);
        }
        if let Some(more) = all.checked_sub(told.len() as u64).filter(|more| *more > 0) {
            let words = format!("{more} more contents are damaged on the server's disk; `fieldpost-server check` says so of one");
            note(wrong, server("more contents"), Severity::Problem, &words, now);
        }
        if let Some(restored) = facts.restored.as_ref().filter(|one| one.is_waiting() || one.at.age(now) < RESTORE_SHOWN) {
            note(wrong, server("restored"), Severity::Warning, &restored.words(), restored.at);
        }
        if let Some(words) = &facts.mail {
            note(wrong, server("mail"), Severity::Problem, &format!("mails can't be sent: {words}"), now);
        }
    }

    /// What is wrong with the server itself, as it is seen without the database.
    pub(super) fn itself(&self, now: Timestamp) -> Observation {
        let mut wrong = Observation::default();
        self.add_itself(now, &mut wrong);
        wrong
    }

    fn add_itself(&self, now: Timestamp, wrong: &mut Observation) {
        if let Ok(Some(words)) = &self.disk {
            note(wrong, server("disk"), Severity::Problem, words, now);
        }
        if let Some(words) = &self.log {
            note(wrong, server("log"), Severity::Warning, words, now);
        }
        if let Some(words) = &self.outdated {
            note(wrong, server("outdated"), Severity::Problem, words, now);
        }
        for (subject, fault) in &self.faults {
            note(wrong, subject.clone(), Severity::Problem, &fault.words, fault.since);
        }
    }
}

fn server(what: &str) -> Subject {
    Subject::Server { what: what.to_owned() }
}

/// Its last poll or its enrolment; none: it never enrolled. `seen`: the last poll, where that is newer than the row. A moment that lies
/// ahead was written by a clock that was wrong, and counts only where there is no other.
fn last_contact(row: &SiteRow, seen: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let enrolled = row.enrolled_at?;
    let heard = [Some(enrolled), row.last_seen, seen].into_iter().flatten();
    let past = heard.clone().filter(|at| *at <= now.plus(SAME_MOMENT)).max();
    past.or(heard.min())
}

fn note(wrong: &mut Observation, subject: Subject, severity: Severity, words: &str, since: Timestamp) {
    wrong.add_wrong(subject, Observed { severity, words: Clean::line(words), since });
}

/// ` (and 2 more)`.
fn others(row: &StateRow) -> String {
    let as_bad = row.findings.iter().filter(|finding| finding.severity == row.worst).count();
    if as_bad > 1 { format!(" (and {} more)", as_bad - 1) } else { String::new() }
}

fn silences(silence: &Silence, facts: &Facts<'_>, wrong: &mut Observation) {
    // A site that was found silent by itself isn't over because others have joined it.
    let still = silence.together.iter().filter(|silent| facts.is_open(&Subject::Silent { site: silent.site.clone() }));
    for Silent { site, last, since } in silence.sites.iter().chain(still) {
        let words = format!("no contact since {}", minute(*last));
        note(wrong, Subject::Silent { site: site.clone() }, Severity::Problem, &words, *since);
    }
    if let Some(first) = silence.together.iter().map(|silent| silent.since).min() {
        let words = format!(
            "{} of {} fell silent at {}: the server or its uplink is the likely cause",
            silence.together.len(),
            count(facts.sites.len(), "site"),
            minute(first)
        );
        note(wrong, Subject::Uplink, Severity::Problem, &words, first);
    }
}

/// Marks what a maintenance window covers: what is wrong, and what is open.
fn mute(facts: &Facts<'_>, now: Timestamp, wrong: &mut Observation) {
    let windows: Vec<_> = facts.maintenance.iter().filter(|window| window.from <= now && now < window.until).collect();
    if windows.is_empty() {
        return;
    }
    let groups: HashMap<&SiteName, &[GroupName]> = facts.sites.iter().map(|row| (&row.name, row.groups.as_slice())).collect();
    let is_muted = |subject: &Subject| match subject.site() {
        Some(site) => {
            let groups = groups.get(site).copied().unwrap_or_default();
            windows.iter().any(|window| window.scope.covers(site, groups))
        }
        None => *subject == Subject::Uplink && windows.iter().any(|window| window.scope == SiteScope::All),
    };
    let subjects = wrong.wrong().map(|(subject, _)| subject).chain(facts.known.keys()).filter(|subject| is_muted(subject));
    let muted: Vec<Subject> = subjects.cloned().collect();
    for subject in muted {
        wrong.mute(subject);
    }
}
