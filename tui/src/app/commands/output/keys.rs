//! What keys do on the page of what a command brought, and in its search.

use super::{OutputView, draw, shown, shown_mut};
use crate::app::commands::keys::{ask_again, cancel};
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::scroll::{SIDEWAYS, stepped};

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Cancel => return cancel(model),
        Action::Ask => return ask_again(model),
        // The innermost thing first.
        Action::Decline if !shown(model).is_some_and(|page| page.search.is_on()) => model.screens.back(),
        _ => with(model, |page, size| looked(page, size, action)),
    }
    Vec::new()
}

/// Keys while the search is being typed.
pub(crate) fn search(model: &mut Model, action: Action) {
    with(model, |page, size| match action {
        Action::Accept => page.search.typing = None,
        Action::NextFound => page.step_search(true, size),
        Action::PreviousFound => page.step_search(false, size),
        _ => page.forget_search(),
    });
}

fn with(model: &mut Model, change: impl FnOnce(&mut OutputView, (u16, u16))) {
    let size = model.size;
    if let Some(page) = shown_mut(model) {
        change(page, size);
    }
}

fn looked(page: &mut OutputView, size: (u16, u16), action: Action) {
    match action {
        Action::Search => page.begin_search(),
        Action::NextFound => page.step_search(true, size),
        Action::PreviousFound => page.step_search(false, size),
        Action::Decline => page.forget_search(),
        Action::Left => page.shift = page.shift.saturating_sub(SIDEWAYS),
        Action::Right => page.shift += SIDEWAYS,
        Action::First => page.shift = 0,
        _ => {
            let height = draw::page(size);
            let line = stepped(page.top, page.lines(), height, action);
            page.scroll_to(line, height);
        }
    }
}
