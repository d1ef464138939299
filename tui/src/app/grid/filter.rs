//! Which patches and sites are shown: by version, by group, by text. Keeping the selection is left to `grid`.

use fieldpost_common::grid::{GridPatch, Table};
use fieldpost_common::id::{GroupName, Version};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use std::cmp::Reverse;

/// The sites that are shown, by name.
pub(crate) fn columns(table: &Table, version: Option<&Version>, group: Option<&GroupName>) -> Vec<usize> {
    let fits = |index: &usize| {
        let site = &table.grid.sites[*index];
        version.is_none_or(|version| site.version == *version) && group.is_none_or(|group| site.groups.contains(group))
    };
    (0..table.grid.sites.len()).filter(fits).collect()
}

/// The patches that are shown: by name, or the best match first while there is a text to match.
pub(crate) fn rows(table: &Table, version: Option<&Version>, columns: &[usize], text: &str) -> Vec<usize> {
    let of_version = |index: &usize| version.is_none_or(|version| concerns(table, *index, version, columns));
    let all = (0..table.grid.patches.len()).filter(of_version);
    if text.trim().is_empty() {
        return all.collect();
    }
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
    let mut buffer = Vec::new();
    let mut scored: Vec<_> = all
        .filter_map(|index| {
            let words = haystack(&table.grid.patches[index]);
            let score = pattern.score(Utf32Str::new(&words, &mut buffer), &mut matcher)?;
            Some((Reverse(score), index))
        })
        .collect();
    scored.sort_unstable();
    scored.into_iter().map(|(_, index)| index).collect()
}

/// Published for the version, or there at a site that runs it.
fn concerns(table: &Table, patch: usize, version: &Version, columns: &[usize]) -> bool {
    let published = &table.grid.patches[patch].published;
    published.iter().any(|one| one.version == *version && one.sha256.is_some())
        || columns.iter().any(|site| table.facts(patch, *site).is_some_and(|facts| facts.has.is_some()))
}

fn haystack(patch: &GridPatch) -> String {
    let issue = patch.issue.as_ref().map_or("", |issue| issue.as_str());
    format!("{} {issue} {}", patch.name, patch.author.as_deref().unwrap_or(""))
}
