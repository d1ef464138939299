//! What keys do on the errors tab, and what they say to a group there and on its page.

use super::bindings::group;
use super::page::{self, ErrorPage};
use super::{Since, live};
use crate::app::dialog::Dialog;
use crate::app::dialog::pick::{Choice, Pick};
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::office::Request;
use crate::app::screens::{Screen, Tab};
use fieldpost_common::api::MarkError;
use fieldpost_common::error_group::{ErrorGroupId, ErrorState};
use fieldpost_common::name::PatchName;

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Open => return open(model),
        Action::Filter => model.errors.list.typing = true,
        Action::Accept => model.errors.list.typing = false,
        Action::Back if model.errors.list.filter.is_empty() => back(model),
        Action::Decline | Action::Back => {
            model.errors.list.unfilter();
            model.errors.refilter();
        }
        _ => {
            if let Some(effects) = said(model, action) {
                return effects;
            }
            model.errors.list.step(model.size, action);
        }
    }
    Vec::new()
}

/// What is said to the group that the screen is about.
pub(crate) fn said(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    let one = group(model)?;
    let id = one.id;
    Some(match action {
        Action::Acknowledge => live::mark(model, id, MarkError::Known),
        Action::Mute => {
            let mark = if one.state == ErrorState::Muted { MarkError::Unmute } else { MarkError::Mute };
            live::mark(model, id, mark)
        }
        Action::Fix => {
            ask_fix(model);
            Vec::new()
        }
        Action::ToPatch => {
            to_patch(model);
            Vec::new()
        }
        _ => return None,
    })
}

fn open(model: &mut Model) -> Vec<Effect> {
    let Some(id) = model.errors.selected().map(|one| one.id) else { return Vec::new() };
    model.screens.open(Screen::Error(Box::new(ErrorPage::new(id))));
    page::read(model)
}

/// From an alert: the page of its error.
pub(crate) fn open_one(model: &mut Model, group: ErrorGroupId) -> Vec<Effect> {
    model.screens.open(Screen::Error(Box::new(ErrorPage::new(group))));
    let mut effects = page::read(model);
    if model.errors.errors.is_none() {
        effects.extend(live::read(model));
    }
    effects
}

/// From a cell: errors at its site since its patch came there.
pub(crate) fn open_since(model: &mut Model, since: Since) -> Vec<Effect> {
    // When the patch came there stands in its order.
    let asked = [Request::SiteOrders(since.site.clone()), Request::ErrorsOf(since.site.clone())];
    model.errors.since = Some(since);
    model.errors.list.unfilter();
    model.errors.list.row = 0;
    model.errors.refilter();
    // A page that was open there would hide the list.
    model.screens.leave_all(Tab::Errors);
    let mut effects = live::shown(model);
    effects.extend(asked.map(Effect::Ask).into_iter().filter(|one| !effects.contains(one)).collect::<Vec<_>>());
    effects
}

/// Back to the cell that the tab was opened from, if it was.
fn back(model: &mut Model) {
    if model.errors.since.take().is_some() {
        model.errors.refilter();
        model.screens.tab = Tab::Patches;
    }
}

/// Offers the patches of the application, those of the same issue first, then those that changed last.
fn ask_fix(model: &mut Model) {
    let Some(one) = group(model) else { return };
    let issue = one.issue.as_ref().map(|issue| issue.as_str().to_owned());
    let mut patches: Vec<_> = model.grid.table.grid.patches.iter().collect();
    let same = |patch_issue: Option<String>| issue.is_some() && patch_issue == issue;
    patches.sort_by_key(|patch| {
        let theirs = patch.issue.as_ref().map(ToString::to_string);
        (!same(theirs), std::cmp::Reverse(crate::app::grid::sort::changed(patch)))
    });
    let choice = |patch: PatchName| Choice::FixedBy { group: one.id, patch };
    let choices: Vec<_> = patches.into_iter().map(|patch| choice(patch.name.clone())).collect();
    let Some(first) = one.fixed_by.clone().map(choice).or_else(|| choices.first().cloned()) else { return };
    model.dialog = Pick::narrowed(choices, &first).map(Dialog::Pick);
}

/// The patch that fixes it was picked: what is published of it now.
pub(crate) fn fixed(model: &mut Model, group: ErrorGroupId, patch: PatchName) -> Vec<Effect> {
    live::mark(model, group, MarkError::Fixed { patch, revision: None })
}

fn to_patch(model: &mut Model) {
    let Some(patch) = group(model).and_then(|one| one.fixed_by.clone()) else { return };
    if model.grid.go_to(&patch, None) {
        model.screens.leave_all(Tab::Patches);
    } else {
        model.note(format!("{patch} is hidden by the filter of the patches"));
    }
}
