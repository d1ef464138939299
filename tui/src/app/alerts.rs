//! The alerts tab: what is wrong now, and what was lately; its filter, its selection, and what people said to an incident before.
//! Keys are left to `alerts::keys`, words to `alerts::line`, drawing to `alerts::draw`, reading to `alerts::live`.

pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod keys;
pub(crate) mod line;
pub(crate) mod live;
pub(crate) mod snooze;

use super::flight::Flight;
use super::fuzzy;
use super::list::List;
use super::theme::Tone;
use fieldpost_common::api::{Counts, Status};
use fieldpost_common::incident::{Hold, Incident, IncidentId};
use fieldpost_common::state::Severity;
use fieldpost_common::text::count;
use std::collections::{HashMap, HashSet};

/// How many incidents that are over are read.
pub(crate) const OVER: usize = 50;

/// What is wrong, as it is looked at.
#[derive(Debug, Default)]
pub(crate) struct AlertsView {
    /// How everything is, in brief; `None`: not read yet.
    pub(crate) status: Option<Status>,
    /// What is over, newest first; `None`: not read yet.
    pub(crate) over: Option<Vec<Incident>>,
    /// Why it couldn't be read last time.
    pub(crate) trouble: Option<String>,
    pub(crate) flight: Flight,
    pub(crate) over_flight: Flight,
    /// Something changed since what is over was read.
    pub(crate) over_stale: bool,
    /// Indexes of the incidents that are shown: first those that are open, then those that are over.
    pub(crate) list: List,
    /// What was said to an incident before this person said something, in this session.
    pub(crate) before: HashMap<IncidentId, Hold>,
    /// The problems that count and were seen already; `None`: nothing was read yet, and nothing is news.
    heard: Option<HashSet<IncidentId>>,
    /// What the terminal's title says now, where settings want that.
    pub(crate) title: Option<String>,
}

impl AlertsView {
    /// Every incident that is known, in the order of the list.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Incident> {
        let open = self.status.iter().flat_map(|status| &status.incidents);
        open.chain(self.over.iter().flatten())
    }

    fn at(&self, index: usize) -> Option<&Incident> {
        let open = self.status.as_ref().map_or(&[][..], |status| &status.incidents);
        let over = self.over.as_deref().unwrap_or_default();
        open.get(index).or_else(|| over.get(index.checked_sub(open.len())?))
    }

    /// Takes what was newly read, and gives the problems that are news.
    pub(crate) fn load(&mut self, status: Status) -> Vec<Incident> {
        let selected = self.selected().map(|one| one.id);
        let problems: Vec<_> = status.loud().filter(|one| one.severity == Severity::Problem).cloned().collect();
        let now: HashSet<_> = problems.iter().map(|one| one.id).collect();
        let heard = self.heard.replace(now);
        let news = problems.into_iter().filter(|one| heard.as_ref().is_some_and(|heard| !heard.contains(&one.id))).collect();
        self.trouble = None;
        self.status = Some(status);
        self.derive(selected);
        news
    }

    /// Takes what is over.
    pub(crate) fn load_over(&mut self, over: Vec<Incident>) {
        let selected = self.selected().map(|one| one.id);
        self.over = Some(over);
        self.derive(selected);
    }

    /// A person said something to an incident, and this is how it is now.
    pub(crate) fn replace(&mut self, incident: Incident) {
        let open = self.status.iter_mut().flat_map(|status| &mut status.incidents);
        if let Some(place) = open.into_iter().find(|one| one.id == incident.id) {
            *place = incident;
        }
        self.refilter();
    }

    /// Works out the rows anew after the filter changed; the selection stays on its incident.
    pub(crate) fn refilter(&mut self) {
        let selected = self.selected().map(|one| one.id);
        self.derive(selected);
    }

    fn derive(&mut self, selected: Option<IncidentId>) {
        let lines: Vec<_> = self.all().map(line::haystack).collect();
        let rows = fuzzy::containing(&self.list.filter.text(), lines.into_iter());
        let ids: Vec<_> = self.all().map(|one| one.id).collect();
        self.list.show(rows, |row| Some(ids[row]) == selected);
    }

    pub(crate) fn selected(&self) -> Option<&Incident> {
        self.list.selected().and_then(|row| self.at(row))
    }

    /// How many problems and warnings count, and how many sites nobody can say anything of.
    pub(crate) fn counts(&self) -> Counts {
        self.status.as_ref().map(Status::counts).unwrap_or_default()
    }

    /// For the last line of every screen: `✗ 2 problems`, or the warnings where there is nothing worse, else what can't be seen.
    pub(crate) fn words(&self) -> Option<(Tone, String)> {
        let counts = self.counts();
        let drifted = (counts.drifted > 0).then(|| format!("≠ {} changed at sites", counts.drifted));
        match (Self::worst(counts), drifted) {
            (Some((tone, words)), Some(_)) => Some((tone, format!("{words} · ≠ {} changed", counts.drifted))),
            (None, Some(drifted)) => Some((Tone::Accent, drifted)),
            (worst, None) => worst,
        }
    }

    fn worst(counts: Counts) -> Option<(Tone, String)> {
        match counts {
            Counts { problems: problems @ 1.., .. } => Some((Tone::Alarm, format!("✗ {}", count(problems, "problem")))),
            Counts { warnings: warnings @ 1.., .. } => Some((Tone::Warning, format!("! {}", count(warnings, "warning")))),
            Counts { cant_say: unseen @ 1.., .. } => Some((Tone::Busy, format!("? {} can't be seen", count(unseen, "site")))),
            Counts { never_seen: never @ 1.., .. } => Some((Tone::Busy, format!("○ {} never seen", count(never, "site")))),
            Counts { .. } => None,
        }
    }

    /// What the terminal's title is to say. Nothing in it comes from outside.
    pub(crate) fn title_words(&self) -> String {
        match self.words() {
            Some((_, words)) => format!("{words} - fieldpost"),
            None => "fieldpost".to_owned(),
        }
    }
}

/// What is said of problems that are news; `key` shows them.
pub(crate) fn news_words(news: &[Incident], key: &str) -> String {
    match news {
        [one] => format!("✗ {}: {} ({key} shows it)", line::place(one), one.words),
        many => format!("✗ {} ({key} shows them)", count(many.len(), "new problem")),
    }
}
