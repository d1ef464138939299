//! Steps through lines, the same in every list.

use super::keymap::Action;

/// How many terminal cells one step sideways is.
pub(crate) const SIDEWAYS: usize = 8;

/// Where an action leads from a line; it stays within the lines.
pub(crate) fn stepped(line: usize, lines: usize, page: usize, action: Action) -> usize {
    let line = match action {
        Action::Up => line.saturating_sub(1),
        Action::Down => line + 1,
        Action::PageUp => line.saturating_sub(page),
        Action::PageDown => line + page,
        Action::HalfUp => line.saturating_sub(page / 2),
        Action::HalfDown => line + page / 2,
        Action::Top => 0,
        Action::Bottom => lines,
        _ => line,
    };
    line.min(lines.saturating_sub(1))
}
