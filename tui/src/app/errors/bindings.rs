//! The keys of the errors tab, and when each can do something. One error's page has them too.

use super::page;
use crate::app::grid::bindings::may_act;
use crate::app::keymap::{Action as A, Binding, Valid, always, bind, ch, key, when};
use crate::app::model::Model;
use crossterm::event::KeyCode as K;
use fieldpost_common::api::ErrorGroup;

pub(crate) const ERRORS: &[Binding] = &[
    bind(&[key(K::Enter)], A::Open, "open", "where it happens, what was installed before, and its walkbacks", has_group),
    bind(&[ch('A')], A::Acknowledge, "known", "say that somebody has looked at it, or that it is not fixed after all", can_say),
    bind(&[ch('f')], A::Fix, "fixed by", "say which patch fixes it", can_fix),
    bind(&[ch('m')], A::Mute, "mute", "hear no more of it, or again", can_say),
    bind(&[ch('p')], A::ToPatch, "patch", "to the patch that fixes it", has_fix),
    bind(
        &[ch('/')],
        A::Filter,
        "filter",
        "show only what matches exception, message, frame, site, version, issue or state",
        has_groups,
    ),
    bind(&[key(K::Esc)], A::Back, "", "end the filter; from a cell: back to it", always),
    bind(&[ch('q')], A::Quit, "", "quit", always),
];

pub(crate) const PAGE: &[Binding] = &[
    bind(&[ch('A')], A::Acknowledge, "known", "say that somebody has looked at it, or that it is not fixed after all", can_say),
    bind(&[ch('f')], A::Fix, "fixed by", "say which patch fixes it", can_fix),
    bind(&[ch('m')], A::Mute, "mute", "hear no more of it, or again", can_say),
    bind(&[ch('p')], A::ToPatch, "patch", "to the patch that fixes it", has_fix),
    bind(&[ch('n')], A::NextHunk, "next walkback", "the next walkback that is kept", always),
    bind(&[ch('N')], A::PreviousHunk, "", "the walkback before it", always),
    bind(&[ch(']')], A::NextError, "next error", "the next error of the list", has_next),
    bind(&[ch('[')], A::PreviousError, "", "the error before it in the list", has_previous),
];

/// The group that the screen is about: the page's, or the selected one.
pub(crate) fn group(model: &Model) -> Option<&ErrorGroup> {
    match page::shown(model) {
        Some(page) => model.errors.all().iter().find(|one| one.id == page.group),
        None => model.errors.selected(),
    }
}

fn has_group(model: &Model) -> Valid {
    when(group(model).is_some(), "nothing is shown")
}

fn has_groups(model: &Model) -> Valid {
    when(!model.errors.all().is_empty(), "no walkback has come yet")
}

fn can_say(model: &Model) -> Valid {
    may_act(model)?;
    has_group(model)
}

fn can_fix(model: &Model) -> Valid {
    can_say(model)?;
    let here = group(model).is_some_and(|group| model.grid.application() == Some(&group.application));
    when(here, "its application isn't the one whose patches are shown: choose that first ({grid.pick-app} on the patches)")?;
    when(!model.grid.table.grid.patches.is_empty(), "there is no patch yet that could fix it")
}

fn has_fix(model: &Model) -> Valid {
    has_group(model)?;
    let Some(group) = group(model) else { return Err("nothing is shown") };
    when(group.fixed_by.is_some(), "no patch is said to fix it: {fix} says which")?;
    let same = model.grid.application() == Some(&group.application);
    let here =
        same && group.fixed_by.as_ref().is_some_and(|patch| model.grid.table.grid.patches.iter().any(|one| one.name == *patch));
    when(here, "that patch isn't among those of the application that is shown")
}

fn has_next(model: &Model) -> Valid {
    when(page::beside(model, 1).is_some(), "this is the last error of the list")
}

fn has_previous(model: &Model) -> Valid {
    when(page::beside(model, -1).is_some(), "this is the first error of the list")
}
