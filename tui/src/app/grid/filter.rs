//! Which patches and sites are shown: by version, by group, by text. Keeping the selection is left to `grid`, the order to `sort`.

use fieldpost_common::grid::{GridPatch, GridSite, Table};
use fieldpost_common::id::{GroupName, Version};
use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use std::cmp::Reverse;

/// A typed filter: words for patches, and words with `@` for sites.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// The words for patches, as typed.
    text: String,
    patches: Pattern,
    sites: Vec<Pattern>,
}

impl Wanted {
    /// Reads what was typed: `order @acme` wants patches that match `order`, at sites that match `acme`. Patches must match every word,
    /// sites one of theirs, by name or group.
    pub(crate) fn of(typed: &str) -> Self {
        let (sites, words): (Vec<_>, Vec<_>) = typed.split_whitespace().partition(|word| word.starts_with('@'));
        let text = words.join(" ");
        let sites = sites.iter().map(|site| pattern(&site[1..])).filter(|site| !site.atoms.is_empty()).collect();
        Self { patches: pattern(&text), text, sites }
    }

    /// Whether there is nothing to match patches with.
    pub(crate) fn any_patch(&self) -> bool {
        self.patches.atoms.is_empty()
    }

    /// Whether every patch that this finds was found by an earlier filter too: more letters in order find less.
    fn narrows(&self, earlier: &str) -> bool {
        self.text.starts_with(earlier)
    }

    /// Whether a site is wanted.
    fn site(&self, site: &GridSite, finder: &mut Finder) -> bool {
        let names = || std::iter::once(site.name.as_str()).chain(site.groups.iter().map(GroupName::as_str));
        self.sites.is_empty() || self.sites.iter().any(|wanted| names().any(|name| finder.score(wanted, name).is_some()))
    }

    /// The places of the characters in a patch's name that are matched.
    pub(crate) fn in_name(&self, name: &str, finder: &mut Finder) -> Vec<u32> {
        finder.places(&self.patches.atoms, name)
    }

    /// The places of the characters in a site's name that are matched.
    pub(crate) fn in_site(&self, name: &str, finder: &mut Finder) -> Vec<u32> {
        finder.places(self.sites.iter().flat_map(|site| &site.atoms), name)
    }
}

/// Letters in order, whatever lies between them. Signs mean themselves.
fn pattern(text: &str) -> Pattern {
    Pattern::new(text, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy)
}

/// The memory that matching needs.
pub(crate) struct Finder {
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Default for Finder {
    fn default() -> Self {
        Self { matcher: Matcher::new(Config::DEFAULT.match_paths()), buffer: Vec::new() }
    }
}

impl Finder {
    fn score(&mut self, wanted: &Pattern, text: &str) -> Option<u32> {
        wanted.score(Utf32Str::new(text, &mut self.buffer), &mut self.matcher)
    }

    /// The places that the words match; those that match elsewhere say nothing.
    fn places<'a>(&mut self, words: impl IntoIterator<Item = &'a Atom>, text: &str) -> Vec<u32> {
        let mut places = Vec::new();
        for word in words {
            // Nothing is added where it doesn't match.
            let _ = word.indices(Utf32Str::new(text, &mut self.buffer), &mut self.matcher, &mut places);
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// What was found by one text, so that a longer one looks only there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    text: String,
    /// The patches with their scores, in the order of their names; `None`: not looked for yet.
    patches: Option<Vec<(usize, u32)>>,
    /// How many lines were looked at the last time.
    #[cfg(test)]
    pub(crate) looked_at: usize,
}

impl Found {
    /// Finds the patches that a filter wants. `lines`: what it looks at, patch by patch.
    pub(crate) fn find(&mut self, lines: &[String], wanted: &Wanted) {
        let known = self.patches.take().filter(|_| wanted.narrows(&self.text));
        let mut finder = Finder::default();
        let mut score = |patch: usize| finder.score(&wanted.patches, &lines[patch]).map(|score| (patch, score));
        #[cfg(test)]
        (self.looked_at = known.as_ref().map_or(lines.len(), Vec::len));
        let found = match known {
            Some(known) => known.into_iter().filter_map(|(patch, _)| score(patch)).collect(),
            None => (0..lines.len()).filter_map(score).collect(),
        };
        self.patches = Some(found);
        self.text.clone_from(&wanted.text);
    }

    /// What was found, by name.
    pub(crate) fn by_name(&self) -> impl Iterator<Item = usize> {
        self.patches.iter().flatten().map(|(patch, _)| *patch)
    }

    /// What was found, the best match first.
    pub(crate) fn best_first(&self) -> Vec<usize> {
        let mut scored: Vec<_> = self.patches.iter().flatten().map(|(patch, score)| (Reverse(*score), *patch)).collect();
        scored.sort_unstable();
        scored.into_iter().map(|(_, patch)| patch).collect()
    }
}

/// The sites that are shown, by name.
pub(crate) fn columns(table: &Table, version: Option<&Version>, group: Option<&GroupName>, wanted: &Wanted) -> Vec<usize> {
    let mut finder = Finder::default();
    let mut fits = |site: &GridSite| {
        version.is_none_or(|version| site.version == *version)
            && group.is_none_or(|group| site.groups.contains(group))
            && wanted.site(site, &mut finder)
    };
    (0..table.grid.sites.len()).filter(|index| fits(&table.grid.sites[*index])).collect()
}

/// Whether a patch is published for the version, or there at a site that runs it.
pub(crate) fn concerns(table: &Table, patch: usize, version: &Version) -> bool {
    let published = &table.grid.patches[patch].published;
    published.iter().any(|one| one.version == *version && one.sha256.is_some())
        || table.loud(patch).any(|(cell, _)| cell.has.is_some() && table.grid.sites[cell.site].version == *version)
}

/// What a filter looks at: name, issue, author.
pub(crate) fn line(patch: &GridPatch) -> String {
    let issue = patch.issue.as_ref().map_or("", |issue| issue.as_str());
    format!("{} {issue} {}", patch.name, patch.author.as_deref().unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::sample;

    fn found(typed: &[&str]) -> (Vec<usize>, usize) {
        let lines: Vec<_> = sample::grid().patches.iter().map(line).collect();
        let mut found = Found::default();
        for typed in typed {
            found.find(&lines, &Wanted::of(typed));
        }
        (found.best_first(), found.looked_at)
    }

    fn sites(typed: &str) -> Vec<String> {
        let table = Table::new(sample::grid());
        let columns = columns(&table, None, None, &Wanted::of(typed));
        columns.into_iter().map(|site| table.grid.sites[site].name.to_string()).collect()
    }

    #[test]
    fn a_longer_filter_looks_only_at_what_the_shorter_found_and_finds_the_same() {
        let steps = ["z", "zz", "zz0", "zz03"];
        let (narrowed, looked_at) = found(&steps);
        assert_eq!(narrowed, found(&steps[3..]).0);
        assert!(looked_at < 30, "{looked_at} lines were looked at for the last letter");
        assert_eq!(found(&["zz03", "zz0"]).1, 30, "a shorter filter looks at all again");
    }

    #[test]
    fn a_sign_means_itself() {
        assert!(found(&["!Order"]).0.is_empty());
        assert_eq!(found(&["4711-order"]).0[0], 1);
    }

    #[test]
    fn words_with_an_at_sign_choose_sites_by_name_or_group_and_leave_the_patches_alone() {
        assert_eq!(sites("@acm"), ["acme"]);
        assert_eq!(sites("order @acme @zen"), ["acme", "zenith"]);
        assert_eq!(sites("@test"), ["delta-uat", "zenith"]);
        assert_eq!(sites("@"), sites(""));
        assert_eq!(found(&["@acme"]).0.len(), 30);
    }

    #[test]
    fn every_word_must_match_somewhere_in_name_issue_or_author() {
        assert_eq!(found(&["quote bn"]).0, [0]);
        assert!(found(&["quote ada"]).0.is_empty());
    }

    #[test]
    fn the_matched_characters_of_a_name_are_known_by_their_places() {
        let wanted = Wanted::of("fx 47");
        assert_eq!(wanted.in_name("4712-Settlement-fx.st", &mut Finder::default()), [0, 1, 16, 17]);
        assert!(Wanted::of("ada").in_name("4712", &mut Finder::default()).is_empty(), "the author matches, not the name");
    }
}
