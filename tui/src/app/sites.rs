//! The sites tab: the list in order, its filter and selection. Keys are left to `sites::keys`, drawing to `sites::draw`, one
//! site's page to `sites::site`.

pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod keys;
pub(crate) mod live;
pub(crate) mod site;
pub(crate) mod state;

use super::flight::Flight;
use super::fuzzy;
use super::list::List;
use fieldpost_common::api::{Site, SiteStatus, Verdict};
use fieldpost_common::id::SiteName;
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use state::SiteState;
use std::cmp::Reverse;
use std::collections::HashMap;

/// How the list is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// What needs someone comes first, then by name.
    #[default]
    Worst,
    Name,
}

/// The list as it is looked at.
#[derive(Debug, Default)]
pub(crate) struct SitesView {
    pub(crate) sites: Vec<Site>,
    /// How each site is that isn't well, with its words; those in maintenance have none.
    verdicts: HashMap<SiteName, (Verdict, Clean)>,
    /// When it was read, by the own clock; `None`: not yet.
    pub(crate) read_at: Option<Timestamp>,
    /// Why it couldn't be read last time.
    pub(crate) trouble: Option<String>,
    /// Something changed while nobody looked.
    pub(crate) stale: bool,
    pub(crate) flight: Flight,
    pub(crate) order: Order,
    /// Indexes of the sites that are shown, in order.
    pub(crate) list: List,
    pub(crate) widths: draw::Widths,
}

impl SitesView {
    /// Takes a newly read list; the selection stays on the same site, wherever it is now.
    pub(crate) fn load(&mut self, sites: Vec<Site>, read_at: Timestamp, now: Timestamp) {
        let selected = self.selected().map(|site| site.name.clone());
        self.sites = sites;
        self.read_at = Some(read_at);
        self.trouble = None;
        self.stale = false;
        self.derive(selected.as_ref(), now);
    }

    /// Works out the rows anew after a choice changed or time went by; the selection stays on its site.
    pub(crate) fn refilter(&mut self, now: Timestamp) {
        let selected = self.selected().map(|site| site.name.clone());
        self.derive(selected.as_ref(), now);
    }

    /// The filter was typed: its best match is selected.
    pub(crate) fn typed(&mut self, now: Timestamp) {
        self.list.row = 0;
        self.derive(None, now);
    }

    fn derive(&mut self, selected: Option<&SiteName>, now: Timestamp) {
        let line = |site: &Site| haystack(site, self.state(site, now));
        let mut rows = fuzzy::best(&self.list.filter.text(), self.sites.iter().map(line));
        let states: HashMap<_, _> = rows.iter().map(|row| (*row, self.state(&self.sites[*row], now))).collect();
        let sites = &self.sites;
        match self.order {
            // The best match first.
            _ if !self.list.filter.is_empty() => {}
            Order::Worst => rows.sort_by_key(|row| (Reverse(states[row]), &sites[*row].name)),
            Order::Name => rows.sort_by_key(|row| &sites[*row].name),
        }
        let shown: Vec<_> = rows.iter().map(|row| (&sites[*row], states[row])).collect();
        self.widths = draw::Widths::of(&shown, now);
        self.list.show(rows, |row| selected.is_some_and(|name| sites[row].name == *name));
    }

    /// How a site is.
    pub(crate) fn state(&self, site: &Site, now: Timestamp) -> SiteState {
        let verdict = self.verdicts.get(&site.name).map_or(Verdict::Ok, |(verdict, _)| *verdict);
        SiteState::of(site, verdict, now)
    }

    /// What is the case there, and what to do about it.
    pub(crate) fn explain(&self, site: &Site, now: Timestamp) -> (String, &'static str) {
        self.state(site, now).explain(site, self.verdicts.get(&site.name).map(|(_, words)| words))
    }

    /// Takes the verdicts of sites that are not well; the list is sorted anew.
    pub(crate) fn judge(&mut self, sites: &[SiteStatus], now: Timestamp) {
        let unwell = sites.iter().filter(|site| site.verdict > Verdict::Ok && !site.maintenance);
        self.verdicts = unwell.map(|site| (site.site.clone(), (site.verdict, site.words.clone().unwrap_or_default()))).collect();
        self.refilter(now);
    }

    pub(crate) fn selected(&self) -> Option<&Site> {
        self.list.selected().and_then(|row| self.sites.get(row))
    }

    pub(crate) fn find(&self, name: &SiteName) -> Option<&Site> {
        self.sites.iter().find(|site| site.name == *name)
    }

    /// The shown site that stands before or after another in the list.
    pub(crate) fn beside(&self, name: &SiteName, by: isize) -> Option<&Site> {
        let row = self.list.rows.iter().position(|row| self.sites[*row].name == *name)?;
        self.list.rows.get(row.checked_add_signed(by)?).map(|row| &self.sites[*row])
    }

    /// Selects a site, if it is shown.
    pub(crate) fn select(&mut self, name: &SiteName) {
        if let Some(row) = self.list.rows.iter().position(|row| self.sites[*row].name == *name) {
            self.list.row = row;
        }
    }
}

/// What a filter looks at: name, state, applications, groups.
fn haystack(site: &Site, state: SiteState) -> String {
    let apps = site.applications.iter().map(|one| format!("{} {}", one.application, one.version));
    let groups = site.groups.iter().map(ToString::to_string);
    let words: Vec<_> = apps.chain(groups).collect();
    format!("{} {} {}", site.name, state.word(), words.join(" "))
}
