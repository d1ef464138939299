//! Looks that lead to something: a queue of site contents that are shown one after another and published, or one content that
//! is shown before it is put back. Only what was shown is signed.

pub(crate) mod bindings;
pub(crate) mod keys;

use super::act;
use super::dialog::publish::{PublishDialog, Step};
use super::dialog::send::{marked_patches, marked_sites};
use super::diff::{Of, Side};
use super::grid::{GridView, Place};
use super::jobs;
use super::model::{Effect, Model};
use super::office::{PublishTask, PutTask};
use super::screens::Screen;
use fieldpost_common::cell::Direction;
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::text::count;
use std::collections::{BTreeSet, HashSet};

/// What the diff on the screen is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Review {
    /// One of many to publish.
    Queue(Queue),
    /// It was never published and is to be put back.
    PutBack(AppName, PutTask),
}

/// Cells whose content may be brought home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Queue {
    cells: Vec<(PatchName, SiteName)>,
    /// The one that is shown.
    at: usize,
    published: BTreeSet<(PatchName, Version)>,
    skipped: usize,
    /// Not shown, because another content of the same patch was published just before.
    overtaken: usize,
}

impl Review {
    /// `2 of 7`, for the title of the diff.
    pub(crate) fn place(&self) -> Option<String> {
        match self {
            Self::Queue(queue) => Some(format!("{} of {}", queue.at + 1, queue.cells.len())),
            Self::PutBack(..) => None,
        }
    }
}

/// Whether `<` means a queue: something is marked.
pub(crate) fn is_wanted(model: &Model) -> bool {
    !(model.grid.marks.is_empty() && model.grid.site_marks.is_empty())
}

/// Shows the first of what the marked cells have to bring home.
pub(crate) fn begin(model: &mut Model) -> Vec<Effect> {
    let cells = cells(&model.grid);
    if cells.is_empty() {
        model.note("nothing to bring home among what is marked; what changed on both sides is decided one by one");
        return Vec::new();
    }
    let hidden = (model.grid.hidden_marks(), model.grid.hidden_site_marks());
    if hidden != (0, 0) {
        model.note(format!("with what the filters hide: {} and {}", count(hidden.0, "patch"), count(hidden.1, "site")));
    }
    model.review = Some(Review::Queue(Queue { cells, at: 0, published: BTreeSet::new(), skipped: 0, overtaken: 0 }));
    show(model)
}

fn cells(view: &GridView) -> Vec<(PatchName, SiteName)> {
    let selected = view.selected().map(|place| place.patch);
    let patches = if view.marks.is_empty() { selected.into_iter().collect() } else { marked_patches(view) };
    let sites = if view.site_marks.is_empty() { view.columns.clone() } else { marked_sites(view) };
    let sites: HashSet<_> = sites.into_iter().collect();
    // What a quiet cell has is published already.
    let places =
        patches.iter().flat_map(|patch| view.table.loud(*patch).map(|(loud, _)| Place { patch: *patch, site: loud.site }));
    let home = places.filter(|place| sites.contains(&place.site) && may_come_home(view, *place));
    home.map(|place| (view.patch(place.patch).name.clone(), view.site(place.site).name.clone())).collect()
}

fn may_come_home(view: &GridView, place: Place) -> bool {
    let cell = view.cell(place);
    cell.retrieve() == Some(Direction::Forward) && !cell.overlay.is_open()
}

/// Opens the diff of the next cell that still has something to bring home; ends the queue when there is none.
fn show(model: &mut Model) -> Vec<Effect> {
    while let Some(Review::Queue(queue)) = &mut model.review {
        let Some((patch, site)) = queue.cells.get(queue.at).cloned() else {
            end(model);
            return Vec::new();
        };
        let place = model.grid.find(&patch, &site).filter(|place| may_come_home(&model.grid, *place));
        let published = &queue.published;
        let overtaken = |place: &Place| published.contains(&(patch.clone(), model.grid.site(place.site).version.clone()));
        if let Some(place) = place.filter(|place| !overtaken(place)) {
            return act::open_diff(model, place, true);
        }
        queue.overtaken += 1;
        queue.at += 1;
    }
    Vec::new()
}

/// Publishes what is shown for the version of its site and goes on.
pub(crate) fn publish(model: &mut Model) -> Vec<Effect> {
    let Some(Screen::Diff(diff)) = model.screens.top() else { return Vec::new() };
    let dialog = PublishDialog::new(diff, &model.grid);
    let Some((application, Step::Publish(task))) = dialog.map(|mut dialog| (dialog.application.clone(), dialog.accept())) else {
        // A question, or a reason why not, that belongs on the screen.
        act::publish_from_diff(model);
        return Vec::new();
    };
    published(model, application, task)
}

/// Gives a publication that comes out of a diff, and goes on to where the diff was opened from.
pub(crate) fn published(model: &mut Model, application: AppName, task: PublishTask) -> Vec<Effect> {
    // What was offered is done; the diff would only show the past.
    model.screens.back();
    if let Some(Review::Queue(queue)) = &mut model.review {
        queue.published.extend(task.versions.iter().map(|(version, _)| (task.patch.clone(), version.clone())));
    }
    let mut effects = jobs::start(model, application, vec![super::office::Task::Publish(task)], "publication");
    effects.extend(next(model));
    effects
}

/// Leaves what is shown as it is and goes on.
pub(crate) fn skip(model: &mut Model) -> Vec<Effect> {
    model.screens.back();
    if let Some(Review::Queue(queue)) = &mut model.review {
        queue.skipped += 1;
    }
    next(model)
}

fn next(model: &mut Model) -> Vec<Effect> {
    if let Some(Review::Queue(queue)) = &mut model.review {
        queue.at += 1;
    }
    show(model)
}

/// Closes the diff and says what is left.
pub(crate) fn stop(model: &mut Model) {
    model.screens.back();
    end(model);
}

fn end(model: &mut Model) {
    match model.review.take() {
        Some(Review::Queue(queue)) => {
            let published = queue.at.saturating_sub(queue.skipped + queue.overtaken);
            let left = queue.cells.len().saturating_sub(queue.at);
            let words = format!("{published} published, {} skipped, {left} left", queue.skipped);
            model.note(match queue.overtaken {
                0 => words,
                overtaken => format!("{words}; {overtaken} had nothing to publish any more"),
            });
        }
        Some(Review::PutBack(..)) => model.note("nothing was put back"),
        None => {}
    }
}

/// Shows a content that was never published, so that it may be put back.
pub(crate) fn look(model: &mut Model, application: AppName, put: PutTask) -> Vec<Effect> {
    let Some(place) = model.grid.find(&put.patch, &put.site) else {
        model.note("the patch or the site is gone");
        return Vec::new();
    };
    let now =
        Side { title: format!("at {}", put.site), sha256: put.expected, stamp: String::new(), event: "there now".to_owned() };
    let before = Side {
        title: "before".to_owned(),
        sha256: Some(put.sha256),
        stamp: String::new(),
        event: "would be put back".to_owned(),
    };
    model.review = Some(Review::PutBack(application.clone(), put));
    let of = Of::PutBack(model.grid.site(place.site).name.clone());
    act::show(model, (place, of), (now, before), None, application)
}
