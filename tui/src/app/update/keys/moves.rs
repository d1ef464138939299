//! Moving: the selection on the grid, the window over a diff or the help.

use crate::app::grid::layout;
use crate::app::keymap::Action;
use crate::app::model::{Model, Screen};
use crate::app::{diff, view};

pub(super) fn grid(model: &mut Model, action: Action) {
    let page = usize::from(layout::body_height(model.size)).max(1);
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

fn stepped(row: usize, rows: usize, page: usize, action: Action) -> usize {
    let row = match action {
        Action::Up => row.saturating_sub(1),
        Action::Down => row + 1,
        Action::PageUp => row.saturating_sub(page),
        Action::PageDown => row + page,
        Action::HalfUp => row.saturating_sub(page / 2),
        Action::HalfDown => row + page / 2,
        Action::Top => 0,
        Action::Bottom => rows,
        _ => row,
    };
    row.min(rows.saturating_sub(1))
}

/// How many terminal cells one step sideways is in a diff.
const SIDEWAYS: usize = 8;

pub(super) fn diff(model: &mut Model, action: Action) {
    let Screen::Diff(view) = &mut model.screen else { return };
    let page = diff::draw::page(view, model.size);
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

pub(super) fn help(model: &mut Model, action: Action) {
    let lines = view::help_lines(model).len();
    let page = usize::from(model.size.1.saturating_sub(4)).max(1);
    model.help = match (action, model.help) {
        (Action::Decline, _) | (_, None) => None,
        (_, Some(top)) => Some(stepped(top, lines, page, action).min(lines.saturating_sub(page))),
    };
}
