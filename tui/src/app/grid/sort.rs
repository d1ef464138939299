//! The order of the rows. Pure; which rows there are is left to `filter`.

use fieldpost_common::grid::{GridPatch, Summary};
use fieldpost_common::stamp::When;
use std::cmp::{Ordering, Reverse};

/// What rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Key {
    /// By name; while something is typed into the filter, the best match first.
    #[default]
    Name,
    /// By the last change; a row without one comes last, whichever way.
    Changed,
    /// By issue, numbers as numbers; a row without one comes last, whichever way.
    Issue,
    /// By what the worst cell asks of people, then by how many ask.
    Worst,
}

/// What rows are sorted by, and which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sort {
    pub(crate) key: Key,
    /// The other way round than what is usual for the key.
    pub(crate) reversed: bool,
}

impl Sort {
    /// All of them, as they are offered.
    pub(crate) const ALL: [Self; 8] = [
        Self { key: Key::Name, reversed: false },
        Self { key: Key::Name, reversed: true },
        Self { key: Key::Changed, reversed: false },
        Self { key: Key::Changed, reversed: true },
        Self { key: Key::Issue, reversed: false },
        Self { key: Key::Issue, reversed: true },
        Self { key: Key::Worst, reversed: false },
        Self { key: Key::Worst, reversed: true },
    ];

    /// For the list of orders and the header.
    pub(crate) fn words(self) -> &'static str {
        match (self.key, self.reversed) {
            (Key::Name, false) => "by name",
            (Key::Name, true) => "by name, backwards",
            (Key::Changed, false) => "newest change first",
            (Key::Changed, true) => "oldest change first",
            (Key::Issue, false) => "by issue",
            (Key::Issue, true) => "by issue, backwards",
            (Key::Worst, false) => "worst first",
            (Key::Worst, true) => "worst last",
        }
    }
}

/// The patches in order. `rows`: the summary of each; patches stand in the order of their names.
pub(crate) fn sorted(patches: &[GridPatch], rows: &[Summary], sort: Sort) -> Vec<usize> {
    let mut order: Vec<usize> = (0..patches.len()).collect();
    match sort.key {
        Key::Name if sort.reversed => order.reverse(),
        Key::Name => {}
        Key::Changed => order.sort_by(|a, b| known_first(changed(&patches[*a]), changed(&patches[*b]), !sort.reversed)),
        Key::Issue => order.sort_by(|a, b| known_first(issue(&patches[*a]), issue(&patches[*b]), sort.reversed)),
        Key::Worst => {
            let worst = |patch: &usize| rows.get(*patch).map(|row| (row.worst, row.calling(row.worst), row.someones()));
            if sort.reversed { order.sort_by_key(worst) } else { order.sort_by_key(|patch| Reverse(worst(patch))) }
        }
    }
    order
}

/// What is known comes before what isn't, whichever way the known is sorted.
fn known_first<T: Ord>(a: Option<T>, b: Option<T>, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// When a patch was last changed, as its stamp says.
pub(crate) fn changed(patch: &GridPatch) -> Option<i64> {
    patch.changed_at.as_ref().or(patch.filed_out_at.as_ref()).map(When::approx_unix_ms)
}

/// The letters before the number, the number, and the whole: `ABC-9` comes before `ABC-10`.
fn issue(patch: &GridPatch) -> Option<(&str, u64, &str)> {
    let whole = patch.issue.as_ref()?.as_str();
    let digits = whole.find(|c: char| c.is_ascii_digit()).unwrap_or(whole.len());
    let number = &whole[digits..];
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    Some((&whole[..digits], number[..end].parse().unwrap_or(u64::MAX), whole))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

    use super::*;
    use crate::app::sample;
    use fieldpost_common::grid::{Need, Table, Tally};

    fn names(key: Key, reversed: bool) -> Vec<String> {
        let table = Table::new(sample::grid());
        let tally = Tally::of(&table, &(0..table.grid.sites.len()).collect::<Vec<_>>());
        let order = sorted(&table.grid.patches, &tally.rows, Sort { key, reversed });
        order.into_iter().map(|patch| table.grid.patches[patch].name.to_string()).collect()
    }

    #[test]
    fn the_worst_row_comes_first_and_among_equals_the_name_decides() {
        let names = names(Key::Worst, false);
        let first: Vec<_> = names.iter().take(6).map(String::as_str).collect();
        assert_eq!(
            first,
            [
                "4720-Limits-check.st",
                "4712-Settlement-fx.st",
                "4731-Journal-export.patch",
                "4688-Quote-cache.st",
                "hotfix-ledger.st",
                "4711-Order-roundLots.st",
            ],
            "blocked, conflict, lost, changed at the site, only at the site, older at the site"
        );
        assert!(names[7..].is_sorted(), "rows that need nobody stay by name");
    }

    #[test]
    fn rows_without_a_date_come_last_both_ways() {
        assert_eq!(names(Key::Changed, false)[0], "hotfix-ledger.st");
        for reversed in [false, true] {
            assert_eq!(names(Key::Changed, reversed).last().unwrap(), "reports/eod-summary.sql");
        }
    }

    #[test]
    fn issues_are_sorted_by_their_number() {
        let mut patches = sample::grid().patches;
        patches.truncate(3);
        for (patch, issue) in patches.iter_mut().zip(["ABC-10", "ABC-9", "7"]) {
            patch.issue = Some(issue.parse().unwrap());
        }
        let by_issue = Sort { key: Key::Issue, reversed: false };
        assert_eq!(sorted(&patches, &[], by_issue), [2, 1, 0]);
        assert_eq!(sorted(&patches, &[], Sort { reversed: true, ..by_issue }), [0, 1, 2]);
    }

    #[test]
    fn every_order_has_every_row_once() {
        for sort in Sort::ALL {
            let mut names = names(sort.key, sort.reversed);
            names.sort();
            names.dedup();
            assert_eq!(names.len(), 30, "{}", sort.words());
        }
        assert!(Need::Blocked.is_someones());
    }
}
