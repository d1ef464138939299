//! Finds the next cell that calls for a person, in reading order. What calls for one is decided by `Need`.

use super::{GridView, Place};

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Next,
    Previous,
}

/// The next place in rows and columns that calls for a person, once around the shown table; `None`: there is none but, perhaps, the one
/// that is selected. Rows in which nobody is called are passed over as a whole.
pub(crate) fn seek(view: &GridView, way: Way) -> Option<(usize, usize)> {
    let (rows, columns) = (view.rows.len(), view.columns.len());
    if rows == 0 || columns == 0 {
        return None;
    }
    (0..=rows).find_map(|step| {
        let row = match way {
            Way::Next => (view.row + step) % rows,
            Way::Previous => (view.row + rows - step % rows) % rows,
        };
        if !may_call(view, row) {
            return None;
        }
        let mut calling = (0..columns).filter(|column| calls(view, row, *column));
        // The selected row comes first and last: first what lies ahead in it, at the end what lies behind.
        let (here, back) = (step == 0, step == rows);
        match way {
            Way::Next => calling.find(|column| !(here && *column <= view.column || back && *column >= view.column)),
            Way::Previous => calling.rfind(|column| !(here && *column >= view.column || back && *column <= view.column)),
        }
        .map(|column| (row, column))
    })
}

fn may_call(view: &GridView, row: usize) -> bool {
    row == 0 || view.summary(view.rows[row]).is_some_and(|summary| summary.someones() > 0 || summary.unsaid > 0)
}

/// A site of which nothing is known calls once, in the first row.
fn calls(view: &GridView, row: usize, column: usize) -> bool {
    let place = Place { patch: view.rows[row], site: view.columns[column] };
    let glance = view.table.glance(place.patch, place.site);
    glance.need.is_someones() || glance.unsaid || row == 0 && view.site(place.site).unknown.is_some()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

    use super::*;
    use crate::app::harness::Harness;

    fn stops(keys: &str) -> Vec<String> {
        let mut harness = Harness::sample((80, 24));
        harness.select("4688-Quote-cache.st", "acme");
        let mut stops = Vec::new();
        for key in keys.split(' ') {
            harness.press(key);
            let grid = &harness.model.grid;
            let (patch, site) = (grid.selected_patch().unwrap(), grid.selected_site().unwrap());
            stops.push(format!("{} @ {}", patch.name, site.name));
        }
        stops
    }

    const ALL: [&str; 8] = [
        "4688-Quote-cache.st @ zenith",
        "4711-Order-roundLots.st @ acme",
        "4712-Settlement-fx.st @ borealis",
        "4720-Limits-check.st @ borealis",
        "4731-Journal-export.patch @ delta-uat",
        "hotfix-ledger.st @ acme",
        "reports/eod-summary.sql @ omega",
        "4688-Quote-cache.st @ acme",
    ];

    #[test]
    fn the_next_cell_that_calls_is_found_in_reading_order_and_around_the_end() {
        assert_eq!(stops("n n n n n n n n"), ALL, "a site of which nothing is known calls once, in the first row");
    }

    #[test]
    fn the_previous_is_the_next_backwards() {
        let mut back = stops("N N N N N N N N");
        back.reverse();
        let mut all = ALL.to_vec();
        all.rotate_right(1);
        assert_eq!(back, all);
    }

    #[test]
    fn where_nobody_is_called_a_note_says_so_and_nothing_moves() {
        let mut harness = Harness::sample((80, 24));
        harness.press("/");
        harness.type_text("backlog @acme");
        harness.press("Enter j j n");
        harness.shows("nothing here needs anybody");
        assert_eq!(harness.model.grid.row, 2);
    }

    #[test]
    fn only_shown_cells_call() {
        let mut harness = Harness::sample((80, 24));
        harness.press("/");
        harness.type_text("@borealis");
        harness.press("Enter");
        assert_eq!(seek(&harness.model.grid, Way::Next), Some((2, 0)));
    }
}
