//! A list with a filter, a selection and a window. What its items are, and which of them a filter shows, is left to its owner; what is
//! drawn around it is `list::draw`.

pub(crate) mod draw;

use super::grid::layout::body_height;
use super::input::Input;
use super::keymap::Action;
use super::scroll::stepped;

/// Which items are shown, which of them is selected, and where the screen begins.
#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) filter: Input,
    pub(crate) typing: bool,
    /// Indexes of the items that are shown, in their order.
    pub(crate) rows: Vec<usize>,
    /// The selected place in `rows`, and the first on the screen.
    pub(crate) row: usize,
    pub(crate) top: usize,
}

impl List {
    /// Shows these items. The selection goes to the one that `is_selected` knows, else it keeps its place.
    pub(crate) fn show(&mut self, rows: Vec<usize>, is_selected: impl Fn(usize) -> bool) {
        let row = rows.iter().position(|row| is_selected(*row));
        self.row = row.unwrap_or(self.row).min(rows.len().saturating_sub(1));
        self.rows = rows;
    }

    /// The index of the selected item.
    pub(crate) fn selected(&self) -> Option<usize> {
        self.rows.get(self.row).copied()
    }

    /// What is seen: each place in `rows` with its item's index.
    pub(crate) fn seen(&self) -> impl Iterator<Item = (usize, usize)> {
        self.rows.iter().copied().enumerate().skip(self.top)
    }

    /// Takes a key that moves the selection.
    pub(crate) fn step(&mut self, size: (u16, u16), action: Action) {
        self.row = stepped(self.row, self.rows.len(), page(size), action);
    }

    /// Moves the window so that the selection is in it.
    pub(crate) fn follow(&mut self, size: (u16, u16)) {
        self.top = self.top.min(self.row).max((self.row + 1).saturating_sub(page(size)));
        self.top = self.top.min(self.rows.len().saturating_sub(page(size)));
    }

    /// Forgets the filter; its owner shows everything again.
    pub(crate) fn unfilter(&mut self) {
        self.filter = Input::default();
        self.typing = false;
    }
}

fn page(size: (u16, u16)) -> usize {
    usize::from(body_height(size)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rows: &[usize], row: usize) -> List {
        List { rows: rows.to_vec(), row, ..List::default() }
    }

    #[test]
    fn the_selection_stays_on_its_item_wherever_that_is_now() {
        let mut list = list(&[4, 5, 6], 1);
        list.show(vec![9, 8, 7, 5], |row| row == 5);
        assert_eq!(list.selected(), Some(5));
    }

    #[test]
    fn when_its_item_is_gone_the_selection_keeps_its_place_as_far_as_there_is_one() {
        let mut list = list(&[4, 5, 6], 2);
        list.show(vec![4, 5], |row| row == 6);
        assert_eq!(list.selected(), Some(5));
        list.show(Vec::new(), |_| false);
        assert_eq!(list.selected(), None);
    }

    #[test]
    fn the_window_follows_the_selection_and_leaves_no_room_at_the_end() {
        let mut list = list(&(0..100).collect::<Vec<_>>(), 99);
        list.follow((80, 24));
        assert_eq!(list.top, 100 - page((80, 24)));
        list.show((0..3).collect(), |_| false);
        list.follow((80, 24));
        assert_eq!((list.row, list.top), (2, 0));
    }
}
