//! What keys do on the patches screen: moving, marking, choosing what is shown. What acts on cells is left to `app::act`.

use super::layout::rows_height;
use super::live::load;
use super::seek::{Way, seek};
use super::sort::Sort;
use super::{GridView, Mode};
use crate::app::act::{self, orders};
use crate::app::dialog::Dialog;
use crate::app::dialog::pick::{Choice, Pick};
use crate::app::dialog::plan::Verb;
use crate::app::errors::{self, Since};
use crate::app::input::Input;
use crate::app::keymap::{Action, Context};
use crate::app::model::{Apps, Effect, Model};
use crate::app::scroll::stepped;
use crate::app::{alerts, commands, conflict, history, review, undo};
use std::collections::BTreeSet;

pub(crate) fn act(model: &mut Model, context: Context, action: Action) -> Vec<Effect> {
    match action {
        Action::Open => return act::open(model),
        Action::Merge => return conflict::open::open(model),
        Action::Look | Action::Diff => return act::diff(model),
        Action::Retrieve if review::is_wanted(model) => return review::begin(model),
        Action::Retrieve | Action::Publish => return act::retrieve(model),
        Action::History => return history::open(model),
        Action::ErrorsSince => return errors_since(model),
        Action::SendNew => orders::ask(model, Verb::New),
        Action::SendUpdate => orders::ask(model, Verb::Update),
        Action::RunHook => orders::ask(model, Verb::Again),
        Action::Remove => orders::ask(model, Verb::Remove),
        Action::Cancel => orders::cancel(model),
        Action::Undo => return undo::last(model),
        Action::Mark => mark(model),
        Action::Range => range(model),
        Action::MarkAll => mark_all(&mut model.grid),
        Action::Invert => invert(&mut model.grid),
        Action::MarkSite => mark_site(&mut model.grid),
        Action::Filter => model.grid.mode = Mode::Filter,
        Action::PickApp | Action::PickVersion | Action::PickGroup | Action::Sort => pick(model, action),
        Action::NextNeed => jump(model, Way::Next),
        Action::PreviousNeed => jump(model, Way::Previous),
        Action::Accept => {
            model.grid.stay_here();
            model.grid.mode = Mode::Browse;
        }
        Action::Decline | Action::Back => back(model, context),
        _ => moved(model, action),
    }
    Vec::new()
}

/// What was reported from the site of the cell since its patch came there.
fn errors_since(model: &mut Model) -> Vec<Effect> {
    let (Some(place), Some(application)) = (model.grid.selected(), model.grid.application()) else { return Vec::new() };
    let since = Since {
        application: application.clone(),
        patch: model.grid.patch(place.patch).name.clone(),
        site: model.grid.site(place.site).name.clone(),
        at: None,
        seen: None,
    };
    errors::keys::open_since(model, since)
}

fn moved(model: &mut Model, action: Action) {
    let page = usize::from(rows_height(model.size)).max(1);
    let grid = &mut model.grid;
    grid.row = stepped(grid.row, grid.rows.len(), page, action);
    let last = grid.columns.len().saturating_sub(1);
    match action {
        Action::Left => grid.column = grid.column.saturating_sub(1),
        Action::Right => grid.column = (grid.column + 1).min(last),
        Action::First => grid.column = 0,
        Action::Last => grid.column = last,
        _ => {}
    }
}

/// To the next cell that calls for a person.
fn jump(model: &mut Model, way: Way) {
    match seek(&model.grid, way) {
        Some((row, column)) => (model.grid.row, model.grid.column) = (row, column),
        None => model.note("nothing here needs anybody but, perhaps, this cell"),
    }
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
    } else if !(grid.marks.is_empty() && grid.site_marks.is_empty()) {
        let marks = std::mem::take(&mut grid.marks).len() + std::mem::take(&mut grid.site_marks).len();
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
        model.note(model.say(Context::Grid, "move to the other end of the range, then {range} or {mark}"));
    }
}

fn mark_all(grid: &mut GridView) {
    let GridView { rows, table, marks, .. } = grid;
    let shown = rows.iter().map(|row| &table.grid.patches[*row].name);
    if shown.clone().all(|name| marks.contains(name)) {
        shown.for_each(|name| drop(marks.take(name)));
    } else {
        marks.extend(shown.cloned());
    }
}

/// What is shown and not marked becomes marked, and the other way round; hidden marks stay as they are.
fn invert(grid: &mut GridView) {
    for row in &grid.rows {
        let name = &grid.table.grid.patches[*row].name;
        if !grid.marks.remove(name) {
            grid.marks.insert(name.clone());
        }
    }
}

fn mark_site(grid: &mut GridView) {
    let Some(name) = grid.selected_site().map(|site| site.name.clone()) else { return };
    if !grid.site_marks.remove(&name) {
        grid.site_marks.insert(name);
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
        (Action::Sort, _) => Pick::new(Sort::ALL.map(Choice::Sort).to_vec(), &Choice::Sort(grid.sort)),
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
pub(crate) fn picked(model: &mut Model, choice: Choice) -> Vec<Effect> {
    match choice {
        Choice::App(application) => return load(model, application),
        Choice::Snooze { incident, until, .. } => return alerts::keys::snoozed(model, incident, until),
        Choice::Ask(site, asking) => return commands::ask::chosen(model, site, asking),
        Choice::FixedBy { group, patch } => return errors::keys::fixed(model, group, patch),
        Choice::Version(version) => model.grid.version = version,
        Choice::Group(group) => model.grid.group = group,
        Choice::Sort(sort) => model.grid.sort = sort,
    }
    model.grid.refilter();
    Vec::new()
}
