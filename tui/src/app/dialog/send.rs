//! Asks before orders are given: what, where, how many, what is left out and why, and how it can be undone.

use super::{Confirm, patches_at_sites};
use crate::app::grid::{GridView, Place};
use crate::app::office::{SendItem, SendJob};
use crate::app::theme::Tone;
use fieldpost_common::cell::{Cell, Direction, Overlay, Standing};
use fieldpost_common::id::AppName;
use fieldpost_common::text::count;
use std::collections::{BTreeMap, BTreeSet};

/// More orders than this are a fleet: a word must be typed.
const FLEET: usize = 10;
/// So many orders are listed by name.
const LISTED: usize = 8;

/// Which key was pressed: in bulk, `+` leaves out what the sites already have in an older form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    New,
    Update,
}

/// At which sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Only at the selected one.
    Here,
    /// At all that are shown.
    Shown,
}

/// What would be sent, and what wouldn't.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) items: Vec<SendItem>,
    /// Why cells are left out, and how many.
    pub(crate) left_out: BTreeMap<&'static str, usize>,
    /// Why one cell needs a typed word.
    backward: Option<&'static str>,
}

/// The dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SendDialog {
    application: AppName,
    scope: Scope,
    here: Plan,
    shown: Option<Plan>,
    /// Marked patches that a filter hides.
    hidden: usize,
    pub(crate) confirm: Confirm,
}

impl SendDialog {
    /// For the marked patches at all shown sites; without marks for the selected cell. The other scope is one key away.
    pub(crate) fn new(view: &GridView, verb: Verb) -> Result<Self, String> {
        let place = view.selected().ok_or("there is nothing to send")?;
        let marked: Vec<_> = if view.marks.is_empty() { vec![place.patch] } else { marked(view) };
        let bulk = !view.marks.is_empty();
        let here = if bulk { Plan::bulk(view, verb, &marked, &[place.site]) } else { Plan::single(view, place)? };
        let shown = Plan::bulk(view, verb, &marked, &view.columns);
        let scope = if bulk { Scope::Shown } else { Scope::Here };
        Self::build(view, scope, here, Some(shown), if bulk { view.hidden_marks() } else { 0 })
    }

    /// For one cell only.
    pub(crate) fn of_cell(view: &GridView, place: Place) -> Result<Self, String> {
        Self::build(view, Scope::Here, Plan::single(view, place)?, None, 0)
    }

    fn build(view: &GridView, scope: Scope, here: Plan, shown: Option<Plan>, hidden: usize) -> Result<Self, String> {
        let application = view.application().cloned().ok_or("no application is chosen")?;
        let mut dialog = Self { application, scope, here, shown, hidden, confirm: Confirm::Key };
        dialog.confirm = dialog.asks();
        Ok(dialog)
    }

    fn asks(&self) -> Confirm {
        let plan = self.plan();
        if plan.backward.is_some() {
            Confirm::word(plan.items.first().map_or("yes", |item| item.site.as_str()))
        } else if plan.items.len() > FLEET {
            Confirm::word(self.application.as_str())
        } else {
            Confirm::Key
        }
    }

    pub(crate) fn plan(&self) -> &Plan {
        match (self.scope, &self.shown) {
            (Scope::Shown, Some(shown)) => shown,
            _ => &self.here,
        }
    }

    /// Whether the other scope would be another send.
    pub(crate) fn can_switch(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.items != self.here.items)
    }

    pub(crate) fn switch(&mut self) {
        if self.can_switch() {
            self.scope = if self.scope == Scope::Here { Scope::Shown } else { Scope::Here };
            self.confirm = self.asks();
        }
    }

    pub(crate) fn ready(&self) -> bool {
        !self.plan().items.is_empty() && self.confirm.ready()
    }

    pub(crate) fn job(&self) -> SendJob {
        SendJob { application: self.application.clone(), items: self.plan().items.clone() }
    }

    pub(crate) fn title(&self) -> String {
        let items = &self.plan().items;
        if items.is_empty() { "Nothing to send".to_owned() } else { format!("Send {}?", count(items.len(), "order")) }
    }

    pub(crate) fn lines(&self) -> Vec<(Tone, String)> {
        let plan = self.plan();
        let mut lines = Vec::new();
        let patches = plan.items.iter().map(|item| &item.patch).collect::<BTreeSet<_>>().len();
        let sites = plan.items.iter().map(|item| &item.site).collect::<BTreeSet<_>>().len();
        if plan.items.len() > 1 {
            lines.push((Tone::Strong, format!("{} of {}", patches_at_sites(patches, sites), self.application)));
        }
        for item in plan.items.iter().take(LISTED) {
            let verb = if item.expected.is_some() { "replaces" } else { "is new at" };
            lines.push((Tone::Plain, format!("{} {verb} {}", item.patch, item.site)));
        }
        if plan.items.len() > LISTED {
            lines.push((Tone::Faint, format!("and {} more", plan.items.len() - LISTED)));
        }
        if self.hidden > 0 {
            lines.push((Tone::Alarm, format!("hidden by the filters: {} of these", count(self.hidden, "patch"))));
        }
        if !plan.left_out.is_empty() {
            lines.push((Tone::Faint, "left out:".to_owned()));
            lines.extend(plan.left_out.iter().map(|(why, cells)| (Tone::Faint, format!("  {}: {why}", count(*cells, "cell")))));
        }
        if !plan.items.is_empty() {
            lines.push((Tone::Plain, String::new()));
            lines.push(match plan.backward {
                Some(why) => (Tone::Alarm, why.to_owned()),
                None => (Tone::Plain, "Can be undone: what is replaced is kept and can be sent again.".to_owned()),
            });
        }
        if self.can_switch() {
            let other = if self.scope == Scope::Here { "all shown sites" } else { "the selected site only" };
            lines.push((Tone::Faint, format!("Tab: {other}")));
        }
        lines.extend(if plan.items.is_empty() { Vec::new() } else { self.confirm.lines() });
        lines
    }
}

fn marked(view: &GridView) -> Vec<usize> {
    let patches = view.table.grid.patches.iter().enumerate();
    patches.filter(|(_, patch)| view.marks.contains(&patch.name)).map(|(index, _)| index).collect()
}

impl Plan {
    fn single(view: &GridView, place: Place) -> Result<Self, String> {
        let cell = view.cell(place);
        if let Overlay::Sending(_) = cell.overlay {
            return Err("an order is on its way here: x takes it back".to_owned());
        }
        let direction = cell.send().ok_or_else(|| no_send(cell.standing).to_owned())?;
        let backward = (direction == Direction::Backward).then(|| backward(cell.standing));
        let items = item(view, place).into_iter().collect();
        Ok(Self { items, left_out: BTreeMap::new(), backward })
    }

    fn bulk(view: &GridView, verb: Verb, patches: &[usize], sites: &[usize]) -> Self {
        let mut plan = Self::default();
        for patch in patches {
            for site in sites {
                let place = Place { patch: *patch, site: *site };
                match left_out(&view.cell(place), verb) {
                    Some(why) => *plan.left_out.entry(why).or_default() += 1,
                    None => plan.items.extend(item(view, place)),
                }
            }
        }
        // Being the same already is no news.
        plan.left_out.remove(IN_SYNC);
        plan
    }
}

fn item(view: &GridView, place: Place) -> Option<SendItem> {
    let sha256 = view.table.published(place.patch, place.site)?.sha256?;
    let order = view.table.facts(place.patch, place.site).and_then(|facts| facts.order.as_ref());
    Some(SendItem {
        patch: view.patch(place.patch).name.clone(),
        site: view.site(place.site).name.clone(),
        sha256,
        expected: view.table.has(place.patch, place.site),
        seen: order.filter(|order| order.state.is_open()).map(|order| order.id.clone()),
    })
}

const IN_SYNC: &str = "already the same";

fn left_out(cell: &Cell, verb: Verb) -> Option<&'static str> {
    if let Overlay::Sending(_) = cell.overlay {
        return Some("an order is on its way");
    }
    match (cell.standing, verb) {
        (Standing::NotSent, _) | (Standing::SendUpdate, Verb::Update) => None,
        (Standing::SendUpdate, Verb::New) => Some("an older one is there (> updates it)"),
        (Standing::InSync, _) => Some(IN_SYNC),
        (Standing::Conflict, _) => Some("changed on both sides: one by one"),
        (Standing::Retrieve, _) => Some("changed at the site: one by one"),
        (Standing::DeletedAtSite, _) => Some("deleted at the site: one by one"),
        (Standing::Removed, _) => Some("removed by an order: one by one"),
        (Standing::Unknown, _) => Some("nothing is known of the site's files"),
        (Standing::OtherVersion | Standing::Absent | Standing::OnlyAtSite | Standing::NotApplicable, _) => {
            Some("not published for the site's version")
        }
    }
}

fn no_send(standing: Standing) -> &'static str {
    match standing {
        Standing::InSync => "the site already has what is published",
        Standing::OtherVersion => "not published for the site's version: p publishes it",
        Standing::OnlyAtSite => "not published: < shows it and publishes it",
        Standing::Unknown => "nothing is known of the site's files: Enter says why",
        _ => "there is nothing to send",
    }
}

fn backward(standing: Standing) -> &'static str {
    match standing {
        Standing::DeletedAtSite => "It was deleted at the site. This puts it back.",
        Standing::Removed => "It was removed by an order. This puts it back.",
        Standing::Conflict => "The site's own change is replaced. It is kept here and can be had again.",
        _ => "The site has a newer one, which is replaced. It is kept here and can be had again.",
    }
}
