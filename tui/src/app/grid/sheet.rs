//! A grid made ready to be looked at: whatever takes time for ten thousand rows is worked out here once, beside the app's loop.

use super::filter::line;
use super::layout::Widths;
use fieldpost_common::grid::{Grid, Table, Tally};

/// A grid with everything that depends on it alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    pub(crate) table: Table,
    /// What a filter looks at, patch by patch.
    pub(crate) lines: Vec<String>,
    /// How wide the frozen columns are.
    pub(crate) widths: Widths,
    /// Rows over all sites, and columns.
    pub(crate) tally: Tally,
}

impl Sheet {
    /// Makes a grid ready.
    pub fn of(grid: Grid) -> Self {
        let table = Table::new(grid);
        let lines = table.grid.patches.iter().map(line).collect();
        let widths = Widths::of(&table);
        let tally = Tally::of(&table, &(0..table.grid.sites.len()).collect::<Vec<_>>());
        Self { table, lines, widths, tally }
    }
}
