//! What a key does: the table of bindings says which action it is, this carries it out on the model.

mod dialogs;
mod moves;

use super::answers::load;
use crate::app::act;
use crate::app::dialog::Dialog;
use crate::app::dialog::pick::{Choice, Pick};
use crate::app::dialog::send::Verb;
use crate::app::grid::Mode;
use crate::app::input::Input;
use crate::app::keymap::{self, Action, Context};
use crate::app::model::{Apps, Effect, Model, Screen};
use crate::app::office::Request;
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::collections::BTreeSet;

pub(super) fn key(model: &mut Model, event: KeyEvent) -> Vec<Effect> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let context = model.context();
    let Some(binding) = keymap::find(context, event.into()) else {
        return typed(model, event);
    };
    if !(binding.valid)(model) {
        refuse(model, binding.action);
        return Vec::new();
    }
    match context {
        Context::Grid | Context::Filter => grid_action(model, context, binding.action),
        Context::Diff => diff_action(model, binding.action),
        Context::Help => {
            moves::help(model, binding.action);
            Vec::new()
        }
        Context::Confirm | Context::Word | Context::Versions | Context::Pick | Context::Read => {
            dialogs::action(model, binding.action)
        }
    }
}

/// A key that is no binding goes into the text field, if there is one.
fn typed(model: &mut Model, event: KeyEvent) -> Vec<Effect> {
    // Suspend works everywhere, also where its letter isn't bound.
    if event.code == KeyCode::Char('z') && event.modifiers.contains(KeyModifiers::CONTROL) {
        return vec![Effect::Suspend];
    }
    if field(model).is_some_and(|input| input.key(event)) {
        refilter(model);
    }
    Vec::new()
}

/// Pasted text goes into text fields only.
pub(super) fn paste(model: &mut Model, text: &str) {
    if let Some(input) = field(model) {
        input.paste(text);
        refilter(model);
    }
}

fn field(model: &mut Model) -> Option<&mut Input> {
    match model.context() {
        Context::Filter => Some(&mut model.grid.filter),
        Context::Word => model.dialog.as_mut().and_then(Dialog::input),
        _ => None,
    }
}

fn refilter(model: &mut Model) {
    if model.context() == Context::Filter {
        model.grid.refilter();
    }
}

/// Says why a key does nothing now.
fn refuse(model: &mut Model, action: Action) {
    if !model.may_act() && action.changes_something() {
        model.note("viewers look only: ask an admin for the role developer");
        return;
    }
    match action {
        Action::SendNew | Action::SendUpdate if model.grid.selected().is_some() && matches!(model.screen, Screen::Grid) => {
            // The dialog knows the reason best.
            act::send(model, Verb::Update);
        }
        Action::Retrieve => model.note("the site has nothing of its own here"),
        Action::Publish => model.note("there is no content to publish here"),
        Action::Cancel => model.note("no order is on its way here"),
        Action::PickGroup => model.note("no site is in a group: `fieldpost site group` makes one"),
        _ => {}
    }
}

fn grid_action(model: &mut Model, context: Context, action: Action) -> Vec<Effect> {
    match action {
        Action::Open => act::open(model),
        Action::Look | Action::Diff => act::diff(model),
        Action::SendNew => effectless(|| act::send(model, Verb::New)),
        Action::SendUpdate => effectless(|| act::send(model, Verb::Update)),
        Action::Retrieve | Action::Publish => act::retrieve(model),
        Action::Cancel => effectless(|| act::cancel(model)),
        Action::Mark => effectless(|| mark(model)),
        Action::Range => effectless(|| range(model)),
        Action::MarkAll => effectless(|| mark_all(model)),
        Action::Filter => effectless(|| model.grid.mode = Mode::Filter),
        Action::PickApp | Action::PickVersion | Action::PickGroup => effectless(|| pick(model, action)),
        Action::Refresh => refresh(model),
        Action::Accept => effectless(|| model.grid.mode = Mode::Browse),
        Action::Decline | Action::Back => effectless(|| back(model, context)),
        _ => anywhere(model, action).unwrap_or_else(|| effectless(|| moves::grid(model, action))),
    }
}

fn diff_action(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Accept | Action::Retrieve => effectless(|| act::publish_from_diff(model)),
        Action::SendUpdate => effectless(|| act::send_from_diff(model)),
        Action::Back => effectless(|| model.screen = Screen::Grid),
        _ => anywhere(model, action).unwrap_or_else(|| effectless(|| moves::diff(model, action))),
    }
}

fn anywhere(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    Some(match action {
        Action::Help => effectless(|| model.help = Some(0)),
        Action::Quit | Action::Interrupt => vec![Effect::Quit],
        Action::Suspend => vec![Effect::Suspend],
        _ => return None,
    })
}

fn effectless(change: impl FnOnce()) -> Vec<Effect> {
    change();
    Vec::new()
}

/// Reads everything again.
pub(super) fn refresh(model: &mut Model) -> Vec<Effect> {
    let mut effects = vec![Effect::Ask(Request::Apps)];
    if model.role.is_none() {
        effects.push(Effect::Ask(Request::Whoami));
    }
    effects
}

/// Esc: the innermost thing first.
fn back(model: &mut Model, context: Context) {
    let grid = &mut model.grid;
    if context == Context::Filter || matches!(grid.mode, Mode::Browse) && !grid.filter.is_empty() {
        grid.filter = Input::default();
        grid.mode = Mode::Browse;
        grid.refilter();
    } else if matches!(grid.mode, Mode::Range(_)) {
        grid.mode = Mode::Browse;
    } else if !grid.marks.is_empty() {
        let marks = std::mem::take(&mut grid.marks).len();
        model.note(format!("{} cleared", fieldpost_common::text::count(marks, "mark")));
    }
}

fn mark(model: &mut Model) {
    if model.grid.range().is_some() {
        return range(model);
    }
    let grid = &mut model.grid;
    let Some(name) = grid.selected_patch().map(|patch| patch.name.clone()) else { return };
    if !grid.marks.remove(&name) {
        grid.marks.insert(name);
    }
    grid.row = (grid.row + 1).min(grid.rows.len().saturating_sub(1));
}

fn range(model: &mut Model) {
    let grid = &mut model.grid;
    if let Some(range) = grid.range() {
        let names: Vec<_> = range.map(|row| grid.patch(grid.rows[row]).name.clone()).collect();
        grid.marks.extend(names);
        grid.mode = Mode::Browse;
    } else if let Some(patch) = grid.selected_patch() {
        grid.mode = Mode::Range(patch.name.clone());
        model.note("move to the other end of the range, then V or Space");
    }
}

fn mark_all(model: &mut Model) {
    let grid = &mut model.grid;
    let shown: BTreeSet<_> = grid.rows.iter().map(|row| grid.patch(*row).name.clone()).collect();
    if shown.is_subset(&grid.marks) {
        grid.marks.retain(|mark| !shown.contains(mark));
    } else {
        grid.marks.extend(shown);
    }
}

fn pick(model: &mut Model, action: Action) {
    let grid = &model.grid;
    let pick = match (action, &model.apps) {
        (Action::PickApp, Apps::Read(apps)) => {
            let now = grid.application().cloned().map(Choice::App);
            let choices: Vec<_> = apps.iter().map(|app| Choice::App(app.name.clone())).collect();
            now.and_then(|now| Pick::new(choices, &now))
        }
        (Action::PickVersion, _) => {
            let versions = grid.settings().map_or(&[][..], |settings| &settings.versions);
            let all = std::iter::once(None).chain(versions.iter().rev().cloned().map(Some));
            Pick::new(all.map(Choice::Version).collect(), &Choice::Version(grid.version.clone()))
        }
        _ => {
            let groups: BTreeSet<_> = grid.table.grid.sites.iter().flat_map(|site| &site.groups).cloned().collect();
            let all = std::iter::once(None).chain(groups.into_iter().map(Some));
            Pick::new(all.map(Choice::Group).collect(), &Choice::Group(grid.group.clone()))
        }
    };
    model.dialog = pick.map(Dialog::Pick);
}

/// Takes what was picked.
fn picked(model: &mut Model, choice: Choice) -> Vec<Effect> {
    match choice {
        Choice::App(application) => return load(model, application),
        Choice::Version(version) => model.grid.version = version,
        Choice::Group(group) => model.grid.group = group,
    }
    model.grid.refilter();
    Vec::new()
}
