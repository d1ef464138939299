//! Asks before orders are given: what, where, how many, what is left out and why, and how it can be undone. Which orders these
//! are is left to `dialog::plan`.

use super::plan::{Kind, MOST, Plan, Verb};
use super::{Confirm, confirm_context, patches_at_sites};
use crate::app::grid::{GridView, Place};
use crate::app::keymap::{Action, Context, Keymap};
use crate::app::office::Task;
use crate::app::theme::Tone;
use fieldpost_common::id::{AppName, SiteName};
use fieldpost_common::text::count;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use unicode_width::UnicodeWidthStr as _;

/// More orders than this are a fleet: a word must be typed.
const FLEET: usize = 10;
/// So many orders are listed by name.
const LISTED: usize = 500;

/// At which sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Only at the selected one.
    Here,
    /// At the marked ones, or at all that are shown.
    Many,
}

/// The dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SendDialog {
    pub(crate) application: AppName,
    verb: Verb,
    scope: Scope,
    here: Plan,
    many: Option<Plan>,
    /// Sites are marked; else many are all that are shown.
    sites_marked: bool,
    /// Marked patches and sites that a filter hides.
    hidden: (usize, usize),
    pub(crate) top: usize,
    pub(crate) confirm: Confirm,
    /// What is to be read of the plan. It is asked for with each frame, and there may be thousands of orders.
    lines: Vec<(Tone, String)>,
}

impl SendDialog {
    /// For the marked patches at the marked sites; without marks for the selected cell. The other scope is one key away.
    pub(crate) fn new(view: &GridView, keys: &Keymap, verb: Verb) -> Result<Self, &'static str> {
        let place = view.selected().ok_or("there is nothing to send")?;
        let patches = if view.marks.is_empty() { vec![place.patch] } else { marked_patches(view) };
        let sites = if view.site_marks.is_empty() { view.columns.clone() } else { marked_sites(view) };
        let bulk = !(view.marks.is_empty() && view.site_marks.is_empty());
        let here = if bulk { Plan::bulk(view, verb, &patches, &[place.site]) } else { Plan::single(view, verb, place)? };
        let many = Plan::bulk(view, verb, &patches, &sites);
        let mut dialog = Self::build(view, verb, here)?;
        dialog.many = Some(many);
        dialog.sites_marked = !view.site_marks.is_empty();
        if bulk {
            dialog.scope = Scope::Many;
            dialog.hidden = (view.hidden_marks(), view.hidden_site_marks());
        }
        dialog.reread(keys);
        Ok(dialog)
    }

    /// For one cell only.
    pub(crate) fn of_cell(view: &GridView, keys: &Keymap, verb: Verb, place: Place) -> Result<Self, &'static str> {
        let mut dialog = Self::build(view, verb, Plan::single(view, verb, place)?)?;
        dialog.reread(keys);
        Ok(dialog)
    }

    fn build(view: &GridView, verb: Verb, here: Plan) -> Result<Self, &'static str> {
        let application = view.application().cloned().ok_or("no application is chosen")?;
        let (scope, confirm) = (Scope::Here, Confirm::Key);
        let (sites_marked, hidden, lines) = (false, (0, 0), Vec::new());
        Ok(Self { application, verb, scope, here, many: None, sites_marked, hidden, top: 0, confirm, lines })
    }

    /// Says what the plan of the chosen scope is, and asks accordingly.
    fn reread(&mut self, keys: &Keymap) {
        self.confirm = self.asks();
        self.lines = told(self.plan(), &self.application, keys);
        self.top = 0;
    }

    fn asks(&self) -> Confirm {
        let plan = self.plan();
        let several = if self.verb == Verb::Remove { 1 } else { FLEET };
        if plan.backward.is_some() {
            Confirm::word(plan.orders.first().and_then(|(_, task)| task.site()).map_or("yes", SiteName::as_str))
        } else if plan.orders.len() > several {
            Confirm::word(self.application.as_str())
        } else {
            Confirm::Key
        }
    }

    fn plan(&self) -> &Plan {
        match (self.scope, &self.many) {
            (Scope::Many, Some(many)) => many,
            _ => &self.here,
        }
    }

    /// Whether the other scope would be another send.
    pub(crate) fn can_switch(&self) -> bool {
        self.many.as_ref().is_some_and(|many| many.orders != self.here.orders)
    }

    pub(crate) fn switch(&mut self, keys: &Keymap) {
        if self.can_switch() {
            self.scope = if self.scope == Scope::Here { Scope::Many } else { Scope::Here };
            self.reread(keys);
        }
    }

    pub(crate) fn ready(&self) -> bool {
        let plan = self.plan();
        !plan.orders.is_empty() && plan.over == 0 && self.confirm.ready()
    }

    pub(crate) fn tasks(&self) -> Vec<Task> {
        self.plan().tasks()
    }

    /// What the job is called.
    pub(crate) fn name(&self) -> &'static str {
        match self.verb {
            Verb::Remove => "removal",
            Verb::Again => "hook run",
            Verb::New | Verb::Update => "send",
        }
    }

    pub(crate) fn title(&self) -> String {
        let orders = self.plan().len();
        match (self.verb, orders) {
            _ if self.plan().over > 0 => "Too many at once".to_owned(),
            (Verb::Remove, 0) => "Nothing to remove".to_owned(),
            (Verb::Remove, orders) => format!("Remove {}?", count(orders, "file")),
            (Verb::Again, 0) => "No hook to run again".to_owned(),
            (Verb::Again, orders) => format!("Run the hook again for {}?", count(orders, "file")),
            (_, 0) => "Nothing to send".to_owned(),
            (_, orders) => format!("Send {}?", count(orders, "order")),
        }
    }

    /// What is to be read; it may be long.
    pub(crate) fn lines(&self) -> Vec<(Tone, String)> {
        self.lines.clone()
    }

    /// What must be seen before yes is said.
    pub(crate) fn foot(&self, keys: &Keymap) -> Vec<(Tone, String)> {
        let plan = self.plan();
        let mut lines = Vec::new();
        if let (Scope::Many, Some(hidden)) = (self.scope, hidden_words(self.hidden)) {
            lines.push((Tone::Alarm, format!("hidden by the filters: {hidden} of these")));
        }
        if plan.presumed > 0 {
            let words =
                "What is there is believed, not known: {many} of sites that have yet to report. They refuse what is wrong.";
            lines.push((Tone::Alarm, words.replace("{many}", &count(plan.presumed, "order"))));
        }
        if plan.over > 0 {
            let words = format!("No more than {MOST} orders are one job: mark fewer patches or sites.");
            lines.push((Tone::Alarm, words));
        } else if !plan.orders.is_empty() {
            lines.push(match (plan.backward, self.verb) {
                (Some(why), _) => (Tone::Alarm, why.to_owned()),
                (None, verb) => (Tone::Plain, keys.say(Context::Grid, undone(verb))),
            });
        }
        if plan.orders.len() > 1 && plan.over == 0 {
            lines.push((Tone::Faint, "What an after-install command did at a site can't be undone.".to_owned()));
        }
        if self.can_switch() {
            let other = match (self.scope, self.sites_marked) {
                (Scope::Many, _) => "the selected site only",
                (Scope::Here, true) => "the marked sites",
                (Scope::Here, false) => "all shown sites",
            };
            lines.push((Tone::Faint, format!("{}: {other}", keys.label(confirm_context(&self.confirm), Action::Switch))));
        }
        lines.extend(if plan.orders.is_empty() || plan.over > 0 { Vec::new() } else { self.confirm.lines() });
        lines
    }
}

/// How undoing it goes.
fn undone(verb: Verb) -> &'static str {
    match verb {
        Verb::Again => "No file is put or removed; what the hook does at the site can't be undone.",
        Verb::Remove => "{undo} undoes it: what is removed is kept here and put back.",
        Verb::New | Verb::Update => "{undo} undoes it: new files go again, replaced ones are put back.",
    }
}

/// A plan in words.
fn told(plan: &Plan, application: &AppName, keys: &Keymap) -> Vec<(Tone, String)> {
    let mut lines = Vec::new();
    if plan.over > 0 {
        return vec![(Tone::Strong, format!("{} of {application}", count(plan.len(), "order")))];
    }
    let sites = by_site(plan);
    if plan.orders.len() > 1 {
        let patches = plan.orders.iter().map(|(_, task)| task.patch()).collect::<HashSet<_>>().len();
        lines.push((Tone::Strong, format!("{} of {application}", patches_at_sites(patches, sites.len()))));
    }
    if sites.len() > 1 {
        lines.extend(site_table(&sites, plan));
    }
    if !plan.left_out.is_empty() {
        lines.push((Tone::Faint, "left out:".to_owned()));
        let why = |why: &'static str| keys.say(Context::Grid, why);
        lines.extend(
            plan.left_out.iter().map(|(reason, cells)| (Tone::Faint, format!("  {}: {}", count(*cells, "cell"), why(reason)))),
        );
    }
    if lines.len() > 1 && !plan.orders.is_empty() {
        lines.push((Tone::Faint, "one by one:".to_owned()));
    }
    lines.extend(plan.orders.iter().take(LISTED).map(|order| (Tone::Plain, order_line(order))));
    if plan.orders.len() > LISTED {
        lines.push((Tone::Faint, format!("and {} more", plan.orders.len() - LISTED)));
    }
    if lines.is_empty() {
        lines.push((Tone::Plain, "Every chosen cell is already as it would be.".to_owned()));
    }
    lines
}

fn hidden_words((patches, sites): (usize, usize)) -> Option<String> {
    match (patches, sites) {
        (0, 0) => None,
        (patches, 0) => Some(count(patches, "patch")),
        (0, sites) => Some(count(sites, "site")),
        (patches, sites) => Some(format!("{} and {}", count(patches, "patch"), count(sites, "site"))),
    }
}

type Counts = BTreeMap<Kind, usize>;

fn by_site(plan: &Plan) -> BTreeMap<&SiteName, Counts> {
    let mut sites: BTreeMap<&SiteName, Counts> = BTreeMap::new();
    for (kind, task) in &plan.orders {
        if let Some(site) = task.site() {
            *sites.entry(site).or_default().entry(*kind).or_default() += 1;
        }
    }
    sites
}

/// One line for each site: how many of each kind.
fn site_table(sites: &BTreeMap<&SiteName, Counts>, plan: &Plan) -> Vec<(Tone, String)> {
    let kinds: BTreeSet<Kind> = plan.orders.iter().map(|(kind, _)| *kind).collect();
    let wide = sites.keys().map(|site| site.as_str().width()).max().unwrap_or(0);
    let row =
        |name: &str, cells: Vec<String>| cells.iter().fold(format!("  {name:wide$}"), |row, cell| format!("{row}{cell:>8}"));
    let mut lines = vec![(Tone::Faint, row("", kinds.iter().map(|kind| kind.word().to_owned()).collect()))];
    for (site, counts) in sites {
        let number = |kind: &Kind| counts.get(kind).map_or("·".to_owned(), ToString::to_string);
        lines.push((Tone::Plain, row(site.as_str(), kinds.iter().map(number).collect())));
    }
    lines
}

fn order_line((kind, task): &(Kind, Task)) -> String {
    let site = task.site().map_or("", SiteName::as_str);
    let replaces = matches!(task, Task::Put(put) if put.expected.is_some());
    let verb = match kind {
        Kind::Removal => "is removed at",
        Kind::Hook => "stays as it is, and its hook runs again at",
        _ if replaces => "is replaced at",
        Kind::Backward => "is put back at",
        Kind::New | Kind::Update => "is new at",
    };
    format!("{} {verb} {site}", task.patch())
}

/// The marked patches, hidden or not.
pub(crate) fn marked_patches(view: &GridView) -> Vec<usize> {
    let patches = view.table.grid.patches.iter().enumerate();
    patches.filter(|(_, patch)| view.marks.contains(&patch.name)).map(|(index, _)| index).collect()
}

/// The marked sites, hidden or not.
pub(crate) fn marked_sites(view: &GridView) -> Vec<usize> {
    let sites = view.table.grid.sites.iter().enumerate();
    sites.filter(|(_, site)| view.site_marks.contains(&site.name)).map(|(index, _)| index).collect()
}
