//! What keys do on the diff screen.

use super::{DiffView, draw};
use crate::app::act;
use crate::app::keymap::Action;
use crate::app::model::{Effect, Model};
use crate::app::screens::Screen;
use crate::app::scroll::stepped;

/// How many terminal cells one step sideways is.
const SIDEWAYS: usize = 8;

pub(crate) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Accept | Action::Retrieve => act::publish_from_diff(model),
        Action::SendUpdate => act::orders::send_from_diff(model),
        _ => {
            let size = model.size;
            if let Some(Screen::Diff(view)) = model.screens.top_mut() {
                scroll(view, size, action);
            }
        }
    }
    Vec::new()
}

fn scroll(view: &mut DiffView, size: (u16, u16), action: Action) {
    let page = draw::page(view, size);
    match action {
        Action::NextHunk => view.next_hunk(page),
        Action::PreviousHunk => view.previous_hunk(page),
        Action::Left => view.shift = view.shift.saturating_sub(SIDEWAYS),
        Action::Right => view.shift += SIDEWAYS,
        _ => {
            let lines = view.text().map_or(0, |(lines, _)| lines.len());
            let line = stepped(view.top, lines, page, action);
            view.scroll_to(line, page);
        }
    }
}
