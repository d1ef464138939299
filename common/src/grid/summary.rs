//! Rows and columns in numbers, counted over the loud cells alone: the quiet ones are known by their columns.

use super::{Glance, Need, Table};
use crate::cell::Standing;
use crate::id::Version;

/// Cells in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// The same on both sides.
    pub in_sync: u32,
    /// Never sent.
    pub to_send: u32,
    /// On their way.
    pub sending: u32,
    /// Those that call for a person, by what they ask for, in the order of [`Need::SOMEONES`].
    pub calls: [u32; Need::SOMEONES.len()],
    /// Files of which nothing can be said, at sites of which else something can.
    pub unsaid: u32,
    /// What the worst one asks for; [`Need::Unknown`] for columns only.
    pub worst: Need,
}

impl Summary {
    /// How many cells ask for this; 0 for what calls for nobody.
    pub fn calling(&self, need: Need) -> u32 {
        Need::SOMEONES.iter().position(|one| *one == need).map_or(0, |at| self.calls[at])
    }

    /// How many cells call for a person, whatever for.
    pub fn someones(&self) -> u32 {
        self.calls.iter().sum()
    }

    /// The same with so many more cells that ask for this.
    #[must_use]
    pub fn with(mut self, need: Need, more: u32) -> Self {
        if let Some(at) = Need::SOMEONES.iter().position(|one| *one == need) {
            self.calls[at] += more;
        }
        self.worst = self.worst.max(need);
        self
    }

    fn add(&mut self, glance: Glance) {
        if glance.sending {
            self.sending += 1;
        } else if glance.standing == Standing::InSync {
            self.in_sync += 1;
        } else if glance.need == Need::Send {
            self.to_send += 1;
        }
        self.unsaid += u32::from(glance.unsaid);
        // That nothing is known of a site is said once, by its column.
        if glance.need != Need::Unknown {
            *self = self.with(glance.need, 1);
        }
    }
}

/// Every row over some columns, and every column over all rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// By patch, over the columns that were asked for.
    pub rows: Vec<Summary>,
    /// By site, over all patches.
    pub columns: Vec<Summary>,
}

impl Tally {
    /// Counts. `columns`: the sites over which rows are summed up. Takes time for each loud cell and each row, not for each cell.
    pub fn of(table: &Table, columns: &[usize]) -> Self {
        let grid = &table.grid;
        let mut counted = vec![false; grid.sites.len()];
        for site in columns {
            counted[*site] = true;
        }
        let known = |site: &usize| grid.sites[*site].unknown.is_none();
        let all: Vec<_> = (0..grid.sites.len()).filter(known).collect();
        let shown: Vec<_> = columns.iter().copied().filter(known).collect();
        let mut tally =
            Self { rows: Vec::with_capacity(grid.patches.len()), columns: vec![Summary::default(); grid.sites.len()] };
        let in_row = versions(table, &shown);
        let quiet_columns = quiet_columns(table, &all);
        for (summary, quiet) in tally.columns.iter_mut().zip(quiet_columns) {
            summary.in_sync = quiet;
        }
        for patch in 0..grid.patches.len() {
            let mut row = Summary { in_sync: quiet_row(table, patch, &in_row), ..Summary::default() };
            for (loud, glance) in table.loud(patch) {
                let column = &mut tally.columns[loud.site];
                // What was counted as quiet isn't.
                let assumed = u32::from(grid.sites[loud.site].unknown.is_none() && is_current(table, patch, loud.site));
                column.in_sync -= assumed;
                column.add(glance);
                if counted[loud.site] {
                    row.in_sync -= assumed;
                    row.add(glance);
                }
            }
            tally.rows.push(row);
        }
        for (summary, site) in tally.columns.iter_mut().zip(&grid.sites) {
            if site.unknown.is_some() {
                summary.worst = summary.worst.max(Need::Unknown);
            }
        }
        tally
    }
}

/// How many of the sites run each version.
fn versions<'a>(table: &'a Table, sites: &[usize]) -> Vec<(&'a Version, u32)> {
    let mut versions: Vec<(&Version, u32)> = Vec::new();
    for site in sites {
        let version = &table.grid.sites[*site].version;
        match versions.iter_mut().find(|(known, _)| *known == version) {
            Some((_, count)) => *count += 1,
            None => versions.push((version, 1)),
        }
    }
    versions
}

/// How many cells of a row would be in sync if all were quiet.
fn quiet_row(table: &Table, patch: usize, versions: &[(&Version, u32)]) -> u32 {
    let published = table.grid.patches[patch].published.iter().filter(|one| one.sha256.is_some());
    published.filter_map(|one| versions.iter().find(|(version, _)| **version == one.version)).map(|(_, count)| count).sum()
}

/// How many cells of each column would be in sync if all were quiet.
fn quiet_columns(table: &Table, known: &[usize]) -> Vec<u32> {
    let published = table.grid.patches.iter().flat_map(|patch| &patch.published).filter(|one| one.sha256.is_some());
    let mut versions: Vec<_> = versions(table, known).into_iter().map(|(version, _)| (version, 0)).collect();
    for one in published {
        if let Some((_, count)) = versions.iter_mut().find(|(version, _)| **version == one.version) {
            *count += 1;
        }
    }
    let mut columns = vec![0; table.grid.sites.len()];
    for site in known {
        let version = &table.grid.sites[*site].version;
        columns[*site] = versions.iter().find(|(known, _)| *known == version).map_or(0, |(_, count)| *count);
    }
    columns
}

fn is_current(table: &Table, patch: usize, site: usize) -> bool {
    table.published(patch, site).is_some_and(|published| published.sha256.is_some())
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::grid;
    use super::*;
    use crate::time::Timestamp;

    /// Counts as it is said, cell by cell.
    fn counted(table: &Table, cells: impl Iterator<Item = (usize, usize)>) -> Summary {
        let mut summary = Summary::default();
        for (patch, site) in cells {
            summary.add(Glance::of(&table.cell(patch, site, Timestamp::default())));
        }
        summary
    }

    fn agree(table: &Table, columns: &[usize]) {
        let (patches, sites) = (table.grid.patches.len(), table.grid.sites.len());
        let tally = Tally::of(table, columns);
        for patch in 0..patches {
            assert_eq!(tally.rows[patch], counted(table, columns.iter().map(|site| (patch, *site))), "row {patch}");
        }
        for site in 0..sites {
            assert_eq!(tally.columns[site], counted(table, (0..patches).map(|patch| (patch, site))), "column {site}");
        }
    }

    #[test]
    fn counting_the_loud_cells_gives_the_same_as_counting_all() {
        let table = Table::new(grid());
        for columns in [&[][..], &[0], &[1], &[0, 1]] {
            agree(&table, columns);
        }
        let mut unsaid = grid();
        let why = crate::inventory::Obstacle::InputOutput;
        unsaid.cells[0].cant_say = Some(crate::inventory::CantSay { why, since: Timestamp::default() });
        agree(&Table::new(unsaid.clone()), &[0, 1]);
        assert_eq!(Tally::of(&Table::new(unsaid), &[0, 1]).columns[1].unsaid, 1);
        assert_eq!(Tally::of(&table, &[0, 1]).rows[1].to_send, 1);
    }
}
