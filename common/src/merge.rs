//! A patch that was changed by the vendor and at the site, put together again: three contents in, regions out, and a result once
//! each conflict is decided. Showing the regions and keeping the decisions is left to the app.
//!
//! The inputs are bytes, cut into lines that keep their ends, so that what nobody touched comes out byte for byte. The regions are
//! those of diff3: where the lines of both sides still follow the base, nothing happened; between two such places the change
//! belongs to one side, to both alike, or is a conflict. Changes that touch each other are one region, as in git: a line beside
//! somebody else's change was written for other neighbours.
//!
//! A conflict is never made smaller by lines that both sides happen to have in it. That would tear a method from the mark at its
//! end, and "both" would then mix the two changes.
//!
//! **Without a base**, when site and vendor never agreed on a content, nobody can say which side changed. The two are laid side by
//! side: what is on both is [`Kind::Alike`], each difference is a conflict with an empty base.

mod align;
mod lines;
mod marked;
mod resolution;

pub use lines::Lines;
pub use marked::{MarkersLeft, marked, unmarked};
pub use resolution::{Choice, Decision, Resolution};

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Three contents and what happened between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    is_text: bool,
    base: Lines,
    published: Lines,
    site: Lines,
    regions: Vec<Region>,
}

/// Lines that belong together. Each line of each input is in exactly one region, and the regions are in the order of the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// What happened here.
    pub kind: Kind,
    /// The lines of the base, counted from 0.
    pub base: Range<usize>,
    /// The published lines.
    pub published: Range<usize>,
    /// The lines of the site.
    pub site: Range<usize>,
}

/// What happened in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nothing: all three are the same.
    Same,
    /// Only the published content differs from the base.
    Published,
    /// Only the site's content differs from the base.
    Site,
    /// Both sides have the same, and the base hasn't.
    Alike,
    /// Both sides differ from the base and from each other: a person decides.
    Conflict,
}

/// One of the three inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// What both last agreed on.
    Base,
    /// What is published.
    Published,
    /// What the site has.
    Site,
}

/// Merges. `base` is `None` where site and vendor never agreed on a content.
///
/// The work is bounded whatever the contents are: where a shortest comparison would take too long, a longer one is taken. The same
/// contents always give the same regions.
pub fn merge(base: Option<&[u8]>, published: &[u8], site: &[u8]) -> Merge {
    let ancestor = base.unwrap_or_default();
    let is_text = [ancestor, published, site].iter().all(|content| memchr::memchr(0, content).is_none());
    let cut = if is_text { Lines::of } else { Lines::whole };
    let (ancestor, published, site) = (cut(ancestor), cut(published), cut(site));
    let regions = match base {
        _ if !is_text => align::whole(&ancestor, &published, &site),
        Some(_) => align::three(&ancestor, &published, &site),
        None => align::two(&published, &site),
    };
    Merge { is_text, base: ancestor, published, site, regions }
}

impl Merge {
    /// Whether lines are merged; else one side is taken whole.
    pub fn is_text(&self) -> bool {
        self.is_text
    }

    /// The regions, in the order of the lines.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The places of the conflicts among the regions.
    pub fn conflicts(&self) -> impl Iterator<Item = usize> {
        self.regions.iter().enumerate().filter(|(_, region)| region.kind == Kind::Conflict).map(|(place, _)| place)
    }

    /// One input, whole.
    pub fn input(&self, side: Side) -> &Lines {
        match side {
            Side::Base => &self.base,
            Side::Published => &self.published,
            Side::Site => &self.site,
        }
    }

    /// The bytes that one input has in a region.
    pub fn part(&self, region: &Region, side: Side) -> &[u8] {
        self.input(side).part(region.lines(side))
    }
}

impl Region {
    /// The lines of one input, counted from 0.
    pub fn lines(&self, side: Side) -> Range<usize> {
        match side {
            Side::Base => self.base.clone(),
            Side::Published => self.published.clone(),
            Side::Site => self.site.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
