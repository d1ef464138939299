//! Which orders a key would give for which cells, and which it leaves out and why. Pure; asking is left to `dialog::send`.

use crate::app::grid::{GIVING, GridView, Place};
use crate::app::office::{AgainTask, PutTask, RemoveTask, Task};
use fieldpost_common::cell::{Cell, Direction, Overlay, Standing, Unknown};
use std::collections::BTreeMap;

/// Which key was pressed: in bulk, `+` leaves out what the sites already have in an older form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    New,
    Update,
    Remove,
    /// Run the hook once more where what was ordered is in place and only that failed.
    Again,
}

/// What an order does at its site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The site never had it.
    New,
    /// The site has an older one.
    Update,
    /// Goes over the newer side, or over a choice someone made.
    Backward,
    /// Takes the file away.
    Removal,
    /// Changes no file: the hook runs once more.
    Hook,
}

impl Kind {
    /// The word over its column.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Update => "update",
            Self::Backward => "back",
            Self::Removal => "removal",
            Self::Hook => "hook",
        }
    }
}

/// What would be done, and what wouldn't.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) orders: Vec<(Kind, Task)>,
    /// Why cells are left out, in words that may name keys of the grid, and how many.
    pub(crate) left_out: BTreeMap<&'static str, usize>,
    /// What a single backward order does, in words.
    pub(crate) backward: Option<&'static str>,
    /// Orders for sites that have yet to report: what is there is only believed.
    pub(crate) presumed: usize,
    /// Orders that are over the most of a job: then none is given, and these are only counted.
    pub(crate) over: usize,
}

/// So many orders are one job. A send of everything to everywhere has fewer, because what is the same is left out; a removal makes one
/// for each file that is there, and a site carries them out one after another.
pub(crate) const MOST: usize = 20_000;

/// Being the same already is no news.
const IN_SYNC: &str = "already the same";
const UNKNOWN: &str = "nothing is known of the site's files";
const OWN_REMOVED: &str = "The site's own content is taken away. It is kept here and can be had again.";
/// A backup says so, and the site hasn't yet.
const BELIEVED_SAME: &str = "already the same, as far as the backup knows: one by one";
/// The site may never come.
const NEVER_REPORTED: &str = "the site has not reported yet";
/// Nor is being absent, when something is to be removed.
const NOT_THERE: &str = "not there";
/// Nor is a hook that needs no second run.
const NO_HOOK: &str = "no hook failed here";

impl Plan {
    /// For one cell, as somebody asked for it by name: also what a bulk leaves out.
    pub(crate) fn single(view: &GridView, verb: Verb, place: Place) -> Result<Self, &'static str> {
        let cell = view.presumed(place);
        match cell.overlay {
            Overlay::Sending(GIVING) => return Err("an order is being given here: {jobs} shows how far it is"),
            Overlay::Sending(_) | Overlay::Waiting(_) => return Err("an order is on its way here: {cancel} takes it back"),
            _ => {}
        }
        let backward = match verb {
            Verb::New | Verb::Update => {
                let believed_same = cell.standing == Standing::InSync && cell.unknown.is_some();
                let direction = cell.send().or(believed_same.then_some(Direction::Forward));
                let direction = direction.ok_or_else(|| no_send(cell.standing))?;
                (direction == Direction::Backward).then(|| backward(cell.standing))
            }
            Verb::Again if !cell.hook_again => return Err(NO_HOOK),
            Verb::Again => None,
            Verb::Remove if cell.unknown == Some(Unknown::NoInventory) => return Err(NEVER_REPORTED),
            Verb::Remove if !is_there(cell.standing) => return Err("the site doesn't have the patch"),
            Verb::Remove => is_own(cell.standing).then_some(OWN_REMOVED),
        };
        let orders: Vec<_> = task(view, verb, place).map(|task| (kind(&cell, verb), task)).into_iter().collect();
        let presumed = if cell.unknown.is_some() { orders.len() } else { 0 };
        Ok(Self { orders, backward, presumed, ..Self::default() })
    }

    /// For many cells: what needs a decision of its own is left out.
    pub(crate) fn bulk(view: &GridView, verb: Verb, patches: &[usize], sites: &[usize]) -> Self {
        let mut plan = Self::default();
        let sites = alike(view, sites);
        for patch in patches {
            plan.row(view, verb, *patch, &sites);
        }
        plan.left_out.remove(IN_SYNC);
        plan.left_out.remove(NOT_THERE);
        plan.left_out.remove(NO_HOOK);
        plan
    }

    /// Of quiet cells that are alike only one is looked at: there may be millions.
    fn row(&mut self, view: &GridView, verb: Verb, patch: usize, sites: &[(usize, usize)]) {
        let kinds = sites.iter().map(|(_, kind)| kind + 1).max().unwrap_or(0);
        let mut quiet = vec![(None, 0); kinds];
        for (site, kind) in sites {
            let place = Place { patch, site: *site };
            let (verdict, many) = &mut quiet[*kind];
            if !view.is_quiet(place) {
                self.cell(view, verb, place);
            } else if verdict.get_or_insert_with(|| left_out(&view.presumed(place), verb)).is_some() {
                *many += 1;
            } else if self.orders.len() >= MOST {
                self.over += 1;
            } else {
                self.cell(view, verb, place);
            }
        }
        for (verdict, many) in quiet {
            if let Some(why) = verdict.flatten() {
                *self.left_out.entry(why).or_default() += many;
            }
        }
    }

    fn cell(&mut self, view: &GridView, verb: Verb, place: Place) {
        let cell = view.presumed(place);
        match left_out(&cell, verb) {
            Some(why) => *self.left_out.entry(why).or_default() += 1,
            None if self.orders.len() >= MOST => self.over += 1,
            None => {
                let before = self.orders.len();
                self.orders.extend(task(view, verb, place).map(|task| (kind(&cell, verb), task)));
                self.presumed += if cell.unknown.is_some() { self.orders.len() - before } else { 0 };
            }
        }
    }

    /// How many orders it would be.
    pub(crate) fn len(&self) -> usize {
        self.orders.len() + self.over
    }

    pub(crate) fn tasks(&self) -> Vec<Task> {
        self.orders.iter().map(|(_, task)| task.clone()).collect()
    }
}

/// Sites, each with the number of its kind: the quiet cells of a row are alike at sites of one version of which as much is known.
fn alike(view: &GridView, sites: &[usize]) -> Vec<(usize, usize)> {
    let mut kinds = Vec::new();
    let kind = |site: &usize| {
        let wanted = (&view.site(*site).version, view.site(*site).unknown);
        let known = kinds.iter().position(|kind| *kind == wanted);
        let number = known.unwrap_or_else(|| {
            kinds.push(wanted);
            kinds.len() - 1
        });
        (*site, number)
    };
    sites.iter().map(kind).collect()
}

fn task(view: &GridView, verb: Verb, place: Place) -> Option<Task> {
    let (patch, column) = (view.patch(place.patch).name.clone(), view.site(place.site));
    let (site, version) = (column.name.clone(), column.version.clone());
    let order = view.table.facts(place.patch, place.site).and_then(|facts| facts.order.as_ref());
    let seen = order.filter(|order| order.state.is_open()).map(|order| order.id.clone());
    let expected = view.table.has(place.patch, place.site);
    Some(match verb {
        Verb::Again => Task::Again(AgainTask { patch, site, version, outcome: expected }),
        Verb::Remove => Task::Remove(RemoveTask { patch, site, version, expected: expected?, seen }),
        Verb::New | Verb::Update => {
            let sha256 = view.table.published(place.patch, place.site)?.sha256?;
            Task::Put(PutTask { patch, site, version, sha256, expected, seen, shown: false, over_shown: false })
        }
    })
}

fn kind(cell: &Cell, verb: Verb) -> Kind {
    match (verb, cell.send(), cell.standing) {
        (Verb::Remove, ..) => Kind::Removal,
        (Verb::Again, ..) => Kind::Hook,
        (_, Some(Direction::Backward), _) => Kind::Backward,
        (_, _, Standing::SendUpdate) => Kind::Update,
        _ => Kind::New,
    }
}

/// Whether there is a file to take away.
fn is_there(standing: Standing) -> bool {
    matches!(standing, Standing::InSync | Standing::SendUpdate) || is_own(standing)
}

/// Whether the site has a content of its own: what a developer sent before can be had again by anybody, this is a decision.
fn is_own(standing: Standing) -> bool {
    matches!(standing, Standing::Retrieve | Standing::Conflict | Standing::OnlyAtSite)
}

fn left_out(cell: &Cell, verb: Verb) -> Option<&'static str> {
    if cell.overlay.is_open() {
        return Some("an order is on its way");
    }
    match verb {
        Verb::Remove if cell.unknown == Some(Unknown::NoInventory) => return Some(UNKNOWN),
        Verb::Remove => return left_out_of_removal(cell.standing),
        Verb::Again => return (!cell.hook_again).then_some(NO_HOOK),
        Verb::New | Verb::Update => {}
    }
    match (cell.standing, verb) {
        _ if cell.unknown == Some(Unknown::NoInventory) => Some(NEVER_REPORTED),
        (Standing::SendUpdate, Verb::New) => Some("an older one is there ({send-update} updates it)"),
        (Standing::NotSent | Standing::SendUpdate, _) => None,
        (Standing::InSync, _) if cell.unknown.is_some() => Some(BELIEVED_SAME),
        (Standing::InSync, _) => Some(IN_SYNC),
        (Standing::Conflict, _) => Some("changed on both sides: one by one"),
        (Standing::Retrieve, _) => Some("changed at the site: one by one"),
        (Standing::DeletedAtSite, _) => Some("deleted at the site: one by one"),
        (Standing::Removed, _) => Some("removed by an order: one by one"),
        (Standing::Unknown, _) => Some(UNKNOWN),
        (Standing::OtherVersion | Standing::Absent | Standing::OnlyAtSite | Standing::NotApplicable, _) => {
            Some("not published for the site's version")
        }
    }
}

fn left_out_of_removal(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Unknown => Some(UNKNOWN),
        standing if is_own(standing) => Some("the site has its own content: one by one"),
        standing if is_there(standing) => None,
        _ => Some(NOT_THERE),
    }
}

fn no_send(standing: Standing) -> &'static str {
    match standing {
        Standing::InSync => "the site already has what is published",
        Standing::OtherVersion => "not published for the site's version: {publish} publishes it",
        Standing::OnlyAtSite => "not published: {retrieve} shows it and publishes it",
        Standing::Unknown => "nothing is known of the site's files: {open} says why",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::grid::sheet::Sheet;
    use crate::app::harness::Harness;
    use crate::app::sample;
    use fieldpost_common::grid::Table;
    use fieldpost_common::time::Timestamp;

    fn all(view: &GridView) -> (Vec<usize>, Vec<usize>) {
        let grid = &view.table.grid;
        ((0..grid.patches.len()).collect(), (0..grid.sites.len()).collect())
    }

    #[test]
    fn cells_that_are_counted_together_count_as_each_of_them_alone() {
        let harness = Harness::sample((80, 24));
        let view = &harness.model.grid;
        let (patches, sites) = all(view);
        for verb in [Verb::New, Verb::Update, Verb::Remove, Verb::Again] {
            let mut each = Plan::default();
            for (patch, site) in patches.iter().flat_map(|patch| sites.iter().map(move |site| (*patch, *site))) {
                let one = Plan::bulk(view, verb, &[patch], &[site]);
                each.orders.extend(one.orders);
                each.presumed += one.presumed;
                for (why, many) in one.left_out {
                    *each.left_out.entry(why).or_default() += many;
                }
            }
            assert_eq!(Plan::bulk(view, verb, &patches, &sites), each, "{verb:?}");
        }
    }

    #[test]
    fn what_is_sent_to_a_site_that_has_not_reported_since_a_restore_names_what_the_backup_believed() {
        let (mut grid, mut view) = (sample::grid(), GridView::default());
        grid.sites.iter_mut().for_each(|site| site.unknown = Some(Unknown::Restored));
        let believed = Table::new(grid.clone());
        view.load(Sheet::of(grid), Timestamp::default());
        let (patches, sites) = all(&view);
        let plan = Plan::bulk(&view, Verb::Update, &patches, &sites);
        assert!(plan.len() > 1 && plan.presumed == plan.len(), "{plan:?}");
        assert!(plan.left_out.contains_key(BELIEVED_SAME), "a backup's belief is named, not hidden: {:?}", plan.left_out);
        for (_, task) in &plan.orders {
            let Task::Put(put) = task else { panic!("{task:?}") };
            let patch = believed.grid.patches.iter().position(|patch| patch.name == put.patch).expect("listed");
            let site = believed.grid.sites.iter().position(|site| site.name == put.site).expect("listed");
            assert_eq!(put.expected, believed.has(patch, site));
        }
        let same = patches.iter().flat_map(|patch| sites.iter().map(|site| Place { patch: *patch, site: *site }));
        let same = same.into_iter().find(|place| view.presumed(*place).standing == Standing::InSync).expect("one is the same");
        let plan = Plan::single(&view, Verb::Update, same).expect("by name it can be sent again");
        assert_eq!((plan.len(), plan.presumed, plan.backward), (1, 1, None));
    }

    #[test]
    fn a_removal_of_all_patches_from_all_sites_makes_no_more_orders_than_a_job_has() {
        let mut view = GridView::default();
        view.load(Sheet::of(sample::large()), Timestamp::default());
        let (patches, sites) = all(&view);
        let plan = Plan::bulk(&view, Verb::Remove, &patches, &sites);
        assert_eq!(plan.orders.len(), MOST);
        assert!(plan.over > 1_000_000, "{}", plan.over);
        let (loud, kinds) = (view.table.grid.cells.len(), 3);
        assert!(view.asked.get() <= loud + patches.len() * kinds + MOST, "{} cells were asked for", view.asked.get());
    }

    #[test]
    fn a_send_of_all_patches_to_all_sites_looks_only_at_loud_cells_and_one_quiet_one_of_each_kind() {
        let mut view = GridView::default();
        view.load(Sheet::of(sample::large()), Timestamp::default());
        let (patches, sites) = all(&view);
        let plan = Plan::bulk(&view, Verb::Update, &patches, &sites);
        assert!(!plan.orders.is_empty());
        let (loud, kinds) = (view.table.grid.cells.len(), 3);
        assert!(view.asked.get() <= loud + patches.len() * kinds, "{} of 2,000,000 cells were asked for", view.asked.get());
    }
}
