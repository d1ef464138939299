//! What keys do on the jobs screen.

use super::{Jobs, JobsView, draw};
use crate::app::keymap::{Action, Context};
use crate::app::model::{Effect, Model};
use crate::app::office::Ticket;
use crate::app::screens::{Screen, Tab};
use crate::app::scroll::stepped;
use crate::app::undo;

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Screen::Jobs(view)) = model.screens.top() else { return Vec::new() };
    let view = *view;
    match action {
        Action::Back => back(model, view),
        Action::Open => open(model, view),
        Action::Undo => {
            if let Some(ticket) = selected(&model.jobs, view) {
                undo::ask(model, ticket);
            }
        }
        action => {
            let next =
                JobsView { cursor: stepped(view.cursor, lines(&model.jobs, view), draw::page(model.size), action), ..view };
            set(model, next);
        }
    }
    Vec::new()
}

/// The job that keys mean.
fn selected(jobs: &Jobs, view: JobsView) -> Option<Ticket> {
    view.job.or_else(|| jobs.list().iter().rev().nth(view.cursor).map(|job| job.ticket))
}

fn lines(jobs: &Jobs, view: JobsView) -> usize {
    match view.job {
        Some(ticket) => jobs.find(ticket).map_or(0, |job| job.items.len()),
        None => jobs.list().len(),
    }
}

fn set(model: &mut Model, next: JobsView) {
    if let Some(Screen::Jobs(view)) = model.screens.top_mut() {
        *view = next;
    }
}

/// Out of a job to the list, out of the list to where it was opened from.
fn back(model: &mut Model, view: JobsView) {
    match view.job {
        Some(ticket) => {
            let cursor = model.jobs.list().iter().rev().position(|job| job.ticket == ticket).unwrap_or(0);
            set(model, JobsView { job: None, cursor });
        }
        None => model.screens.back(),
    }
}

/// Into a job; out of an item to its cell in the grid.
fn open(model: &mut Model, view: JobsView) {
    let Some(ticket) = view.job else {
        let job = selected(&model.jobs, view);
        return set(model, JobsView { job, cursor: 0 });
    };
    let Some(job) = model.jobs.find(ticket) else { return };
    let Some(item) = draw::in_order(job).get(view.cursor).copied() else { return };
    let (patch, site, application) = (item.task.patch().clone(), item.task.site().cloned(), job.application.clone());
    if model.grid.application() != Some(&application) {
        let advice = model.say(Context::Grid, "choose that application first ({pick-app})");
        return model.note(format!("that was in {application}: {advice}"));
    }
    if model.grid.go_to(&patch, site.as_ref()) {
        model.screens.leave_all(Tab::Patches);
        model.review = None;
    } else {
        model.note(model.say(Context::Grid, "the filters hide that cell: {back} on the grid shows everything again"));
    }
}
