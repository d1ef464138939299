//! The conflict screen: a patch that was changed by the vendor and at the site, decided piece by piece. How the pieces are found is
//! left to `fieldpost_common::merge`, which rows there are to `conflict::rows`, drawing to `conflict::draw`.

pub(crate) mod answers;
pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod keys;
pub(crate) mod open;
pub(crate) mod rows;
mod sideways;

use super::diff::Side as Facts;
use super::model::Model;
use super::office::{Three, Ticket};
use fieldpost_common::id::{SiteName, Version};
use fieldpost_common::issue::Issue;
use fieldpost_common::merge::{Choice, Kind, Merge, Resolution, Side};
use fieldpost_common::name::PatchName;
use fieldpost_common::text::count;

/// From this width on the three contents stand side by side.
pub(crate) const WIDE: u16 = 120;

/// The screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConflictView {
    pub(crate) ticket: Ticket,
    pub(crate) patch: PatchName,
    pub(crate) site: SiteName,
    /// The site's version, which a result is published for.
    pub(crate) version: Version,
    pub(crate) issue: Option<Issue>,
    pub(crate) three: Three,
    /// Base, published and site, in words.
    pub(crate) facts: [Facts; 3],
    pub(crate) body: Body,
}

/// The three contents, as far as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    Loading,
    Failed(String),
    Ready(Box<Work>),
}

/// What is being decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) merge: Merge,
    pub(crate) resolution: Resolution,
    /// The region that keys act on.
    pub(crate) at: usize,
    /// The first row on the screen.
    pub(crate) top: usize,
    /// By how many terminal cells the lines were moved by hand, more to the left or to the right than they are by themselves.
    pub(crate) shift: isize,
    /// The result is shown instead of the three contents.
    pub(crate) preview: bool,
    /// What came back from the editor and could not be taken, so that it isn't lost.
    pub(crate) unfinished: Option<(usize, Vec<u8>)>,
}

/// The three contents in the order of the screen.
pub(crate) const SIDES: [Side; 3] = [Side::Base, Side::Published, Side::Site];

impl ConflictView {
    pub(crate) fn work(&self) -> Option<&Work> {
        match &self.body {
            Body::Ready(work) => Some(work),
            _ => None,
        }
    }

    /// Whether the result is being published and sent.
    pub(crate) fn is_settling(&self, model: &Model) -> bool {
        let key = self.three.key();
        model.settling.values().any(|settling| *settling == key)
    }

    pub(crate) fn work_mut(&mut self) -> Option<&mut Work> {
        match &mut self.body {
            Body::Ready(work) => Some(work),
            _ => None,
        }
    }
}

impl Work {
    /// At the first conflict that is undecided, else at the first change.
    pub(crate) fn new(merge: Merge, resolution: Resolution) -> Self {
        let undecided = merge.conflicts().find(|place| !resolution.is_decided(&merge, *place));
        let at = undecided.or_else(|| changes(&merge).next()).unwrap_or(0);
        Self { merge, resolution, at, top: 0, shift: 0, preview: false, unfinished: None }
    }

    pub(crate) fn conflicts(&self) -> usize {
        self.merge.conflicts().count()
    }

    pub(crate) fn is_all_decided(&self) -> bool {
        self.resolution.decided(&self.merge) == self.conflicts()
    }

    /// `3 conflicts, 1 decided`.
    pub(crate) fn progress(&self) -> String {
        match (self.conflicts(), self.resolution.decided(&self.merge)) {
            (0, _) => "no conflicts: merged by itself".to_owned(),
            (all, decided) if all == decided => format!("{}, all decided", count(all, "conflict")),
            (all, decided) => format!("{}, {decided} decided", count(all, "conflict")),
        }
    }

    /// The next conflict that is undecided, from the selected region on and then from the start.
    pub(crate) fn next_undecided(&self) -> Option<usize> {
        let undecided = |place: &usize| !self.resolution.is_decided(&self.merge, *place);
        let after = self.merge.conflicts().filter(undecided).find(|place| *place > self.at);
        after.or_else(|| self.merge.conflicts().find(undecided))
    }

    /// Whether the lines that a side has in a region are in the result; `None`: undecided.
    pub(crate) fn takes(&self, place: usize, side: Side) -> Option<bool> {
        let kind = self.merge.regions().get(place)?.kind;
        let takes = |one: Side| Some(one == side);
        match (self.resolution.choice(place), kind) {
            (Some(Choice::Edited(_)), _) => Some(false),
            (Some(Choice::Both), _) | (None, Kind::Same | Kind::Alike) => Some(side != Side::Base),
            (Some(Choice::Published), _) | (None, Kind::Published) => takes(Side::Published),
            (Some(Choice::Site), _) | (None, Kind::Site) => takes(Side::Site),
            (None, Kind::Conflict) => None,
        }
    }
}

/// The regions in which something happened.
pub(crate) fn changes(merge: &Merge) -> impl Iterator<Item = usize> {
    let regions = merge.regions().iter().enumerate();
    regions.filter(|(_, region)| rows::has_head(merge, region)).map(|(place, _)| place)
}
