//! What keys do on the diff screen and in its search.

use super::{DiffView, head};
use crate::app::compare::rows::{Layout, Row};
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::office::Request;
use crate::app::screens::Screen;
use crate::app::scroll::{SIDEWAYS, stepped};
use crate::app::{act, history};
use std::sync::Arc;

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Accept | Action::Retrieve => act::publish_from_diff(model),
        Action::SendUpdate => act::orders::send_from_diff(model),
        Action::History => return history::open_from_diff(model),
        Action::Spaces => return respace(model),
        Action::Decline => decline(model),
        _ => with(model, |view, size| looked(view, size, action)),
    }
    Vec::new()
}

/// Keys while the search is being typed.
pub(crate) fn search(model: &mut Model, action: Action) -> Vec<Effect> {
    with(model, |view, size| match action {
        Action::Accept => view.end_typing(),
        Action::NextFound => view.step_search(true, size),
        Action::PreviousFound => view.step_search(false, size),
        _ => view.forget_search(),
    });
    Vec::new()
}

fn with(model: &mut Model, change: impl FnOnce(&mut DiffView, (u16, u16))) {
    let size = model.size;
    if let Some(Screen::Diff(view)) = model.screens.top_mut() {
        change(view, size);
    }
}

/// Esc: the innermost thing first.
fn decline(model: &mut Model) {
    match model.screens.top_mut() {
        Some(Screen::Diff(view)) if view.search.is_on() => view.forget_search(),
        _ => model.screens.back(),
    }
}

/// Has the lines compared anew, with blanks or without.
fn respace(model: &mut Model) -> Vec<Effect> {
    let Some(Screen::Diff(view)) = model.screens.top_mut() else { return Vec::new() };
    let Some((texts, lines)) = view.text() else { return Vec::new() };
    let (texts, spaces) = (Arc::clone(texts), view.spaces_asked.unwrap_or(lines.spaces).other());
    view.spaces_asked = Some(spaces);
    vec![Effect::Ask(Request::Lines { ticket: view.ticket, texts, spaces })]
}

fn looked(view: &mut DiffView, size: (u16, u16), action: Action) {
    let page = head::page(view, size);
    match action {
        Action::NextHunk => view.next_hunk(page),
        Action::PreviousHunk => view.previous_hunk(page),
        Action::Left => view.shift = view.shift.saturating_sub(SIDEWAYS),
        Action::Right => view.shift += SIDEWAYS,
        Action::First => view.shift = 0,
        Action::Split => {
            view.wanted = if view.wanted == Layout::Unified { Layout::Split } else { Layout::Unified };
        }
        Action::Search => view.begin_search(),
        Action::NextFound => view.step_search(true, size),
        Action::PreviousFound => view.step_search(false, size),
        Action::Unfold => {
            if let Some(new) = view.first_fold(size) {
                view.refold(|folds| {
                    folds.open.insert(new);
                });
            }
        }
        Action::UnfoldAll => view.refold(|folds| *folds = super::Folds { all: !folds.all, ..Default::default() }),
        Action::Numbers => view.numbers = !view.numbers,
        _ => {
            let row = stepped(view.top, view.rows.len(), page, action);
            view.scroll_to(row, page);
        }
    }
}

impl DiffView {
    /// The first fold on the screen, by the line that opens it.
    pub(super) fn first_fold(&self, size: (u16, u16)) -> Option<usize> {
        let page = head::page(self, size);
        (self.top..self.top + page).find_map(|row| match self.rows.row(row) {
            Some(Row::Fold { new, .. }) => Some(new),
            _ => None,
        })
    }
}
