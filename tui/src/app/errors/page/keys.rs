//! What keys do on an error's page.

use super::{ErrorPage, beside, draw, lines, read, shown, shown_mut};
use crate::app::errors::keys::said;
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::scroll::stepped;

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::NextError => return turn(model, 1),
        Action::PreviousError => return turn(model, -1),
        Action::NextHunk => jump(model, |begins, top| begins.iter().copied().find(|line| *line > top)),
        Action::PreviousHunk => jump(model, |begins, top| begins.iter().rev().copied().find(|line| *line < top)),
        _ => {
            if let Some(effects) = said(model, action) {
                return effects;
            }
            step(model, action);
        }
    }
    Vec::new()
}

/// The last line that may stand at the top.
fn end(model: &Model, page: &ErrorPage) -> usize {
    lines::lines(model, page).len().saturating_sub(draw::page(model.size)) + 1
}

fn step(model: &mut Model, action: Action) {
    let Some(page) = shown(model) else { return };
    let top = stepped(page.top, end(model, page), draw::page(model.size), action);
    if let Some(page) = shown_mut(model) {
        page.top = top;
    }
}

/// To the beginning of another walkback.
fn jump(model: &mut Model, choose: impl Fn(&[usize], usize) -> Option<usize>) {
    let Some(page) = shown(model) else { return };
    let lines = lines::lines(model, page);
    let begins: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| line.begins).map(|(place, _)| place).collect();
    let top = choose(&begins, page.top).unwrap_or(page.top).min(end(model, page) - 1);
    if let Some(page) = shown_mut(model) {
        page.top = top;
    }
}

/// Shows the next error of the list; the list follows, so that going back leads to it.
fn turn(model: &mut Model, by: isize) -> Vec<Effect> {
    let Some(group) = beside(model, by) else { return Vec::new() };
    model.errors.list.row = model.errors.beside(group, 0).unwrap_or(model.errors.list.row);
    if let Some(page) = shown_mut(model) {
        *page = ErrorPage::new(group);
    }
    read(model)
}
