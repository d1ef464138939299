//! Sites whose agents can't read what an order to them needs, as far as they have said which forms they read.

use crate::send::{Wish, format_needed};
use fieldpost_common::grid::Grid;
use fieldpost_common::id::SiteName;
use std::collections::BTreeMap;

/// What is said before orders are given: one line for each such site. Of a site that has not said it nothing is claimed.
pub(super) fn unreadable(grid: &Grid, wishes: &[Wish]) -> Vec<String> {
    let mut needed: BTreeMap<&SiteName, u32> = BTreeMap::new();
    for wish in wishes {
        let most = needed.entry(&wish.site).or_default();
        *most = format_needed(wish).max(*most);
    }
    let reads = |site: &SiteName| grid.sites.iter().find(|one| one.name == *site)?.format;
    let line = |(site, needed): (&SiteName, u32)| {
        let reads = reads(site).filter(|reads| *reads < needed)?;
        let words = format!(
            "{site}'s agent reads signed statements up to format {reads}, and the order needs format {needed}: the site will refuse it \
             until the agent there is updated"
        );
        Some(words)
    };
    needed.into_iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::send::Act;
    use fieldpost_common::grid::GridSite;

    fn site(name: &str, format: Option<u32>) -> GridSite {
        let (name, version) = (name.parse().expect("site"), "7.7".parse().expect("version"));
        GridSite { name, groups: Vec::new(), version, unknown: None, unknown_since: None, last_seen: None, format }
    }

    fn wish(site: &str) -> Wish {
        Wish {
            application: "trading".parse().expect("app"),
            patch: "a.st".parse().expect("patch"),
            site: site.parse().expect("site"),
            version: "7.7".parse().expect("version"),
            act: Act::Again(None),
            expected: None,
            seen: None,
            reason: None,
            any_time: false,
            shown: false,
        }
    }

    #[test]
    fn a_site_that_can_not_read_the_form_is_named_once_and_one_that_has_not_said_is_not_accused() {
        let sites = vec![site("acme", Some(0)), site("borealis", Some(1)), site("corvid", None), site("delta", Some(9))];
        let grid = Grid { sites, ..Grid::default() };
        let wishes = ["acme", "acme", "borealis", "corvid", "delta", "elsewhere"].map(wish);
        let said = unreadable(&grid, &wishes);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("acme's agent") && said[0].contains("up to format 0") && said[0].contains("needs format 1"));
    }
}
