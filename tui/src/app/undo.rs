//! What undoing a job would do, by what the grid shows now: orders not begun are taken back, what was replaced is put back, what
//! was current becomes current again. Pure; asking is left to `dialog::undo`.

use super::dialog::Dialog;
use super::dialog::undo::UndoDialog;
use super::grid::{GridView, Place};
use super::jobs::Job;
use super::jobs::item::{Item, Places, State};
use super::keymap::{Context, Keymap};
use super::model::{Effect, Model};
use super::office::{Basis, PublishTask, PutTask, RemoveTask, TakeBackTask, Task, UnpublishTask};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::Version;
use fieldpost_common::order::state::OrderState;
use std::collections::BTreeMap;

/// Undoing a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UndoPlan {
    /// What is done, each with a line that says it.
    pub(crate) steps: Vec<(Task, String)>,
    /// What stays as it is: on what, and why.
    pub(crate) left: Vec<(String, String)>,
    /// Orders that would put back a content that nobody ever published: only after a look at it.
    pub(crate) unseen: Vec<(PutTask, String)>,
}

/// Asks before the last own action that did something is undone.
pub(crate) fn last(model: &mut Model) -> Vec<Effect> {
    let did = |job: &&Job| job.items.iter().any(|item| !matches!(item.state, State::Refused(_)));
    match model.jobs.list().iter().rev().find(did).map(|job| job.ticket) {
        Some(ticket) => ask(model, ticket),
        None => model.note("nothing you asked for came to pass: there is nothing to undo"),
    }
    Vec::new()
}

/// Asks before a job is undone, or says why it can't be.
pub(crate) fn ask(model: &mut Model, ticket: super::office::Ticket) {
    let Some(job) = model.jobs.find(ticket) else { return };
    if job.is_running() {
        return model.note(model.say(Context::Grid, "it is still being given: {jobs} shows how far it is"));
    }
    if Some(&job.application) != model.grid.application() {
        let advice = model.say(Context::Grid, "choose that application first ({pick-app})");
        return model.note(format!("{} was in {}: {advice}", job.words(), job.application));
    }
    let dialog = UndoDialog::new(job, plan(job, &model.grid, &model.keys), model.now);
    model.dialog = Some(Dialog::Undo(Box::new(dialog)));
}

/// Plans the undoing of a job.
pub(crate) fn plan(job: &Job, view: &GridView, keys: &Keymap) -> UndoPlan {
    let mut plan = UndoPlan::default();
    let places = Places::of(view);
    for item in job.items.iter().rev() {
        let place = places.find(&item.task);
        match &item.task {
            Task::Put(put) => order(&mut plan, (view, keys), item, (place, put.expected)),
            Task::Remove(remove) => order(&mut plan, (view, keys), item, (place, Some(remove.expected))),
            Task::Again(_) => leave(&mut plan, item, "it changed no file, and what a hook did can't be undone"),
            Task::Publish(task) => published(&mut plan, view, item, task),
            Task::Unpublish(task) => unpublished(&mut plan, view, item, task),
            Task::TakeBack(_) => {
                let why = "an order that was taken back is given again with {send-new} or {send-update}";
                leave(&mut plan, item, keys.say(Context::Grid, why));
            }
        }
    }
    // One content can be looked at; for many that would be a queue of its own.
    if plan.unseen.len() > 1 || !plan.steps.is_empty() {
        let why = "what was there before was never published: undo this one alone, after a look at it";
        let unseen = std::mem::take(&mut plan.unseen);
        plan.left.extend(unseen.into_iter().map(|(put, _)| (format!("{} → {}", put.patch, put.site), why.to_owned())));
    }
    plan
}

fn leave(plan: &mut UndoPlan, item: &Item, why: impl Into<String>) {
    plan.left.push((item.task.what(), why.into()));
}

/// An order: taken back while the site hasn't begun, else answered by the opposite order.
fn order(
    plan: &mut UndoPlan,
    (view, keys): (&GridView, &Keymap),
    item: &Item,
    (place, before): (Option<Place>, Option<ContentHash>),
) {
    if let State::Refused(_) = item.state {
        return leave(plan, item, "nothing was given");
    }
    let Some(order) = &item.order else { return };
    let put = item.task.outcome();
    let Some(place) = place else {
        return leave(plan, item, "the patch or the site is gone");
    };
    if !item.settled {
        return leave(plan, item, "just given: a moment");
    }
    let newest = view.table.facts(place.patch, place.site).and_then(|facts| facts.order.as_ref());
    match newest {
        Some(open) if open.state.is_open() && open.id != *order => {
            leave(plan, item, format!("a newer order by {} is on its way", open.by));
        }
        Some(own) if matches!(own.state, OrderState::Queued | OrderState::Offered { .. }) => {
            let (patch, site) = (item.task.patch().clone(), view.site(place.site).name.clone());
            let task = TakeBackTask { patch, site, order: order.clone() };
            let line = format!("{}: the order is taken back; the site has not begun", item.task.what());
            plan.steps.push((Task::TakeBack(task), line));
        }
        Some(own) if own.state.is_open() => {
            let why = "the site has begun: once it is installed, {undo} puts the former content back";
            leave(plan, item, keys.say(Context::Grid, why));
        }
        _ if view.table.unknown(place.patch, place.site).is_some() => leave(plan, item, "nothing can be said of the site's file"),
        _ if view.table.has(place.patch, place.site) == before => leave(plan, item, "the site has what it had before"),
        _ if view.table.has(place.patch, place.site) != put => leave(plan, item, "the site's file changed since"),
        _ => opposite(plan, view, item, (place, before, put)),
    }
}

fn opposite(
    plan: &mut UndoPlan,
    view: &GridView,
    item: &Item,
    (place, before, now): (Place, Option<ContentHash>, Option<ContentHash>),
) {
    let (patch, column) = (item.task.patch().clone(), view.site(place.site));
    let (site, version) = (column.name.clone(), column.version.clone());
    match (before, now) {
        (Some(sha256), expected) => {
            let over = expected.map_or("again".to_owned(), |expected| format!("over {}", expected.short()));
            let line = format!("{}: {} is put back {over}", item.task.what(), sha256.short());
            let known = was_published(view, place, &sha256);
            let seen = matches!(&item.task, Task::Put(put) if put.over_shown);
            let put = PutTask { patch, site, version, sha256, expected, seen: None, shown: !known, over_shown: false };
            if known || seen { plan.steps.push((Task::Put(put), line)) } else { plan.unseen.push((put, line)) }
        }
        (None, Some(expected)) => {
            let line = format!("{}: removed again; it was not there before", item.task.what());
            plan.steps.push((Task::Remove(RemoveTask { patch, site, version, expected, seen: None }), line));
        }
        (None, None) => {}
    }
}

/// Whether a content is or was current for what a site runs.
fn was_published(view: &GridView, place: Place, sha256: &ContentHash) -> bool {
    let published = view.table.published(place.patch, place.site);
    published
        .is_some_and(|one| [&one.earlier, &one.newer].iter().any(|list| list.contains(sha256)) || one.sha256 == Some(*sha256))
}

/// A publication: for each version what was current before, as long as nobody published something else since.
fn published(plan: &mut UndoPlan, view: &GridView, item: &Item, task: &PublishTask) {
    match item.state {
        State::Done(_) => {}
        _ => return leave(plan, item, "nothing was published"),
    }
    let mut back: BTreeMap<ContentHash, Vec<(Version, Option<ContentHash>)>> = BTreeMap::new();
    let mut off = Vec::new();
    for (version, before) in &task.versions {
        match before {
            _ if current(view, task, version) != Some(task.sha256) => {
                leave_version(plan, task, version, "something else was published since");
            }
            Some(before) if *before == task.sha256 => leave_version(plan, task, version, "it was current before as well"),
            Some(before) => back.entry(*before).or_default().push((version.clone(), Some(task.sha256))),
            None => off.push((version.clone(), task.sha256)),
        }
    }
    for (sha256, versions) in back {
        again(plan, view, item, (sha256, versions));
    }
    if !off.is_empty() {
        let off = Task::Unpublish(UnpublishTask { patch: task.patch.clone(), versions: off, takes_back: true });
        let line = format!("{}: taken off the published table; nothing was published before", off.what());
        plan.steps.push((off, line));
    }
}

fn leave_version(plan: &mut UndoPlan, task: &PublishTask, version: &Version, why: &str) {
    plan.left.push((format!("{} for {version}", task.patch), why.to_owned()));
}

fn unpublished(plan: &mut UndoPlan, view: &GridView, item: &Item, task: &UnpublishTask) {
    if !matches!(item.state, State::Done(_)) {
        return leave(plan, item, "nothing was taken off the published table");
    }
    let mut back: BTreeMap<ContentHash, Vec<(Version, Option<ContentHash>)>> = BTreeMap::new();
    for (version, before) in &task.versions {
        back.entry(*before).or_default().push((version.clone(), None));
    }
    for (sha256, versions) in back {
        again(plan, view, item, (sha256, versions));
    }
}

/// Publishes once more what was current before.
fn again(
    plan: &mut UndoPlan,
    view: &GridView,
    item: &Item,
    (sha256, versions): (ContentHash, Vec<(Version, Option<ContentHash>)>),
) {
    let Some(site) = view.table.grid.sites.first() else {
        return leave(plan, item, "no site runs the application, so the former signature can't be checked");
    };
    let issue =
        view.table.grid.patches.iter().find(|patch| patch.name == *item.task.patch()).and_then(|patch| patch.issue.clone());
    let basis = Basis::Published { at: site.name.clone() };
    let task = Task::Publish(PublishTask { patch: item.task.patch().clone(), sha256, basis, issue, versions, takes_back: true });
    let line = format!("{}: {} is published again", task.what(), sha256.short());
    plan.steps.push((task, line));
}

fn current(view: &GridView, task: &PublishTask, version: &Version) -> Option<ContentHash> {
    let patch = view.table.grid.patches.iter().find(|patch| patch.name == task.patch)?;
    patch.published.iter().find(|one| one.version == *version)?.sha256
}
