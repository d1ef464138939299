//! When a key can do something: one small question for each, asked of the model by the table of bindings.

use super::dialog::Dialog;
use super::model::{Apps, Model, Screen};
use super::{diff::Body, grid::Place};
use fieldpost_common::cell::{Cell, Overlay, Standing};

pub(super) fn always(_: &Model) -> bool {
    true
}

fn selected(model: &Model) -> Option<(Place, Cell)> {
    let place = model.grid.selected()?;
    Some((place, model.grid.cell(place)))
}

pub(super) fn has_rows(model: &Model) -> bool {
    !model.grid.rows.is_empty()
}

pub(super) fn has_patches(model: &Model) -> bool {
    !model.grid.table.grid.patches.is_empty()
}

pub(super) fn has_apps(model: &Model) -> bool {
    matches!(&model.apps, Apps::Read(apps) if !apps.is_empty())
}

pub(super) fn has_versions(model: &Model) -> bool {
    model.grid.settings().is_some_and(|settings| settings.versions.len() > 1)
}

pub(super) fn has_groups(model: &Model) -> bool {
    model.grid.table.grid.sites.iter().any(|site| !site.groups.is_empty())
}

pub(super) fn has_cell(model: &Model) -> bool {
    selected(model).is_some_and(|(_, cell)| cell.standing != Standing::NotApplicable)
}

pub(super) fn can_send(model: &Model) -> bool {
    let bulk = !model.grid.marks.is_empty() && !model.grid.columns.is_empty();
    model.may_act() && (bulk || selected(model).is_some_and(|(_, cell)| cell.send().is_some() && !is_sending(&cell)))
}

pub(super) fn can_retrieve(model: &Model) -> bool {
    model.may_act() && selected(model).is_some_and(|(_, cell)| cell.retrieve().is_some())
}

pub(super) fn can_publish(model: &Model) -> bool {
    let publishable = |place: Place| super::act::content_to_publish(&model.grid, place).is_some();
    model.may_act() && model.grid.selected().is_some_and(publishable)
}

pub(super) fn can_cancel(model: &Model) -> bool {
    model.may_act() && selected(model).is_some_and(|(_, cell)| is_sending(&cell))
}

fn is_sending(cell: &Cell) -> bool {
    matches!(cell.overlay, Overlay::Sending(_))
}

pub(super) fn diff_is_text(model: &Model) -> bool {
    matches!(&model.screen, Screen::Diff(diff) if diff.text().is_some())
}

pub(super) fn diff_can_publish(model: &Model) -> bool {
    let Screen::Diff(diff) = &model.screen else { return false };
    model.may_act() && diff.offer.is_some() && matches!(diff.body, Body::Ready(_))
}

pub(super) fn diff_can_send(model: &Model) -> bool {
    let Screen::Diff(diff) = &model.screen else { return false };
    let cell = model.grid.find(&diff.patch, &diff.site).map(|place| model.grid.cell(place));
    model.may_act() && cell.is_some_and(|cell| cell.send().is_some() && !is_sending(&cell))
}

pub(super) fn can_accept(model: &Model) -> bool {
    model.dialog.as_ref().is_some_and(Dialog::ready)
}

pub(super) fn can_switch(model: &Model) -> bool {
    matches!(&model.dialog, Some(Dialog::Send(send)) if send.can_switch())
}
