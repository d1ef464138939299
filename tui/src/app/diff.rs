//! The diff screen: two contents of one patch, how they are looked at, and what may be published from it. What its keys do is left
//! to `diff::keys`, drawing to `diff::draw` and `diff::head`.

pub(crate) mod answers;
pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod head;
pub(crate) mod keys;
mod line;
pub(crate) mod search;

use super::act;
use super::compare::lines::{Lines, Spaces};
use super::compare::rows::{Folds, Half, Layout, Row, Rows};
use super::compare::{Blob, Comparison, Shown, Texts};
use super::grid::Place;
use super::model::{Effect, Model};
use super::office::{Request, Ticket};
use super::screens::Screen;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{SiteName, Version};
use fieldpost_common::name::PatchName;
use fieldpost_common::sensitive::Sensitive;
use fieldpost_common::stamp::Stamp;
use search::Search;
use std::sync::Arc;

/// Side by side needs so many columns.
const SPLIT_FROM: u16 = 100;
/// Unchanged lines that stay in sight above a change that was gone to.
const ABOVE: usize = 3;

/// One of the two contents, with what is known of it before its bytes are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Side {
    /// `published for 7.7`, `at acme`.
    pub(crate) title: String,
    pub(crate) sha256: Option<ContentHash>,
    /// Who changed it and when, in words; empty when nobody knows.
    pub(crate) stamp: String,
    /// `published by ada 2 d ago`, `seen there 2 h ago`.
    pub(crate) event: String,
}

impl Side {
    /// Who changed it, and what became of it here.
    pub(crate) fn words(&self) -> String {
        [self.stamp.as_str(), self.event.as_str()].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// What is compared, as far as it came.
#[derive(Debug)]
pub(crate) enum Body {
    Loading,
    Failed(String),
    Ready(Box<Comparison>),
}

/// A content that may be made current once it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) sha256: ContentHash,
    /// Chosen to begin with.
    pub(crate) version: Version,
    /// What was current for each version when the diff was opened.
    pub(crate) current: Vec<(Version, Option<ContentHash>)>,
    /// It goes over the newer side, or over a choice that someone made.
    pub(crate) backward: bool,
}

/// Where the two contents come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Of {
    /// A cell: what is published and what the site has; or, on the way to publishing it, what would be.
    Cell { site: SiteName, to_publish: bool },
    /// What a site has and what an undo would put back there.
    PutBack(SiteName),
    /// Any two of the patch's revisions.
    Revisions,
}

/// The screen.
#[derive(Debug)]
pub(crate) struct DiffView {
    pub(crate) ticket: Ticket,
    pub(crate) patch: PatchName,
    pub(crate) of: Of,
    pub(crate) left: Side,
    pub(crate) right: Side,
    pub(crate) body: Body,
    pub(crate) offer: Option<Offer>,
    /// The layout that was asked for; a narrow terminal shows the unified one.
    wanted: Layout,
    /// Whether the lines' numbers are shown.
    numbers: bool,
    /// What was asked for and isn't there yet.
    spaces_asked: Option<Spaces>,
    folds: Folds,
    rows: Rows,
    pub(crate) search: Search,
    /// The change that was gone to, until the screen is scrolled by hand.
    hunk: Option<usize>,
    /// The first row on the screen.
    top: usize,
    /// The first terminal cell of the lines on the screen.
    shift: usize,
}

impl DiffView {
    /// Two contents that are still to come.
    pub(crate) fn new(ticket: Ticket, patch: PatchName, of: Of, (left, right): (Side, Side), offer: Option<Offer>) -> Self {
        Self {
            ticket,
            patch,
            of,
            left,
            right,
            body: Body::Loading,
            offer,
            wanted: Layout::default(),
            numbers: true,
            spaces_asked: None,
            folds: Folds::default(),
            rows: Rows::default(),
            search: Search::default(),
            hunk: None,
            top: 0,
            shift: 0,
        }
    }

    /// The site whose cell it is of.
    pub(crate) fn site(&self) -> Option<&SiteName> {
        match &self.of {
            Of::Cell { site, .. } | Of::PutBack(site) => Some(site),
            Of::Revisions => None,
        }
    }

    /// Both texts and how their lines compare, once they are there.
    pub(crate) fn text(&self) -> Option<(&Arc<Texts>, &Lines)> {
        match &self.body {
            Body::Ready(comparison) => match &comparison.shown {
                Shown::Text { texts, lines } => Some((texts, lines)),
                Shown::Binary => None,
            },
            Body::Loading | Body::Failed(_) => None,
        }
    }

    /// A content that was shown.
    pub(crate) fn blob(&self, sha256: &ContentHash) -> Option<&Blob> {
        let Body::Ready(comparison) = &self.body else { return None };
        [&comparison.left, &comparison.right].into_iter().flatten().find(|blob| blob.sha256 == *sha256)
    }

    /// The size of a content that was shown.
    pub(crate) fn size_of(&self, sha256: &ContentHash) -> Option<u64> {
        self.blob(sha256).map(|blob| blob.size)
    }

    /// What a content that was shown looks like, if it is something that isn't published by accident.
    pub(crate) fn sensitive(&self, sha256: &ContentHash) -> Option<Sensitive> {
        self.blob(sha256)?.sensitive
    }

    /// Takes what was fetched.
    pub(crate) fn take(&mut self, body: Body) {
        self.body = body;
        self.top = 0;
        self.lay_out();
    }

    /// Takes what the contents say about themselves.
    pub(crate) fn take_stamps(&mut self, [left, right]: [Option<Stamp>; 2]) {
        if let Body::Ready(comparison) = &mut self.body {
            comparison.stamped(left, right);
        }
    }

    /// Where the lines are compared coarsely so far, has them compared closely; what is shown stays meanwhile.
    pub(crate) fn look_closer(&mut self) -> Option<Request> {
        let (texts, lines) = self.text()?;
        let (texts, spaces, coarse) = (Arc::clone(texts), lines.spaces, lines.coarse);
        self.spaces_asked = coarse.then_some(spaces);
        coarse.then_some(Request::Lines { ticket: self.ticket, texts, spaces })
    }

    /// Takes lines that were compared anew, if they are the ones that were asked for last.
    pub(crate) fn take_lines(&mut self, compared: Lines) {
        if self.spaces_asked != Some(compared.spaces) {
            return;
        }
        self.spaces_asked = None;
        // Whoever stands at the beginning stays there; what was unfolded stays where the same lines are folded.
        let anchor = self.anchor().filter(|_| self.top > 0);
        if let Body::Ready(comparison) = &mut self.body
            && let Shown::Text { lines, .. } = &mut comparison.shown
        {
            if lines.spaces != compared.spaces {
                self.folds = Folds::default();
            }
            *lines = compared;
        }
        self.lay_out();
        self.go_to(anchor);
        self.find_again();
    }

    /// Fits the layout to the terminal's size, with the same line at the top.
    pub(crate) fn arrange(&mut self, size: (u16, u16)) {
        let fitting = if size.0 < SPLIT_FROM { Layout::Unified } else { self.wanted };
        if fitting != self.rows.layout() {
            let anchor = self.anchor();
            if let Some((_, lines)) = self.text() {
                self.rows = Rows::new(lines, fitting, &self.folds);
            }
            self.go_to(anchor);
        }
        self.top = self.top.min(self.rows.len().saturating_sub(head::page(self, size).max(1)));
    }

    /// Lays the rows out anew, in the layout that is on the screen.
    fn lay_out(&mut self) {
        self.rows = match self.text() {
            Some((_, lines)) => Rows::new(lines, self.rows.layout(), &self.folds),
            None => Rows::default(),
        };
        self.hunk = None;
    }

    /// The line at the top of the screen.
    fn anchor(&self) -> Option<(Half, usize)> {
        Some(match self.rows.row(self.top)? {
            Row::Gone { old } | Row::Both { old: Some(old), new: None } => (Half::Left, old),
            Row::Same { new, .. } | Row::Added { new } | Row::Fold { new, .. } | Row::Both { new: Some(new), .. } => {
                (Half::Right, new)
            }
            Row::Both { old: None, new: None } => return None,
        })
    }

    fn go_to(&mut self, anchor: Option<(Half, usize)>) {
        self.top = anchor.and_then(|(half, line)| self.rows.find(half, line)).unwrap_or(0);
    }

    /// Opens or closes folds, with the same line at the top.
    fn refold(&mut self, change: impl FnOnce(&mut Folds)) {
        let anchor = self.anchor();
        change(&mut self.folds);
        self.lay_out();
        self.go_to(anchor);
    }

    /// Scrolls so that this row is the first, as far as there are rows.
    pub(crate) fn scroll_to(&mut self, row: usize, page: usize) {
        self.top = row.min(self.rows.len().saturating_sub(page.max(1)));
        self.hunk = None;
    }

    /// The change that was gone to, else the first that is on the screen or below it.
    fn hunk(&self) -> Option<usize> {
        let below = || self.rows.hunks().partition_point(|row| *row < self.top);
        self.hunk.or_else(|| Some(below()).filter(|hunk| *hunk < self.rows.hunks().len()))
    }

    fn go_to_hunk(&mut self, hunk: usize, page: usize) {
        let Some(row) = self.rows.hunks().get(hunk).copied() else { return };
        self.scroll_to(row.saturating_sub(ABOVE), page);
        self.hunk = Some(hunk);
    }

    fn next_hunk(&mut self, page: usize) {
        let first = self.rows.hunks().partition_point(|row| *row <= self.top + ABOVE);
        self.go_to_hunk(self.hunk.map_or(first, |hunk| hunk + 1), page);
    }

    fn previous_hunk(&mut self, page: usize) {
        let before = self.rows.hunks().partition_point(|row| *row < self.top + ABOVE);
        if let Some(hunk) = self.hunk.unwrap_or(before).checked_sub(1) {
            self.go_to_hunk(hunk, page);
        }
    }
}

/// Where the cell is whose diff is on top, if it has other contents by now than those on the screen.
pub(crate) fn outdated(model: &Model) -> Option<(Place, bool)> {
    let Some(Screen::Diff(diff)) = model.screens.top() else { return None };
    let Of::Cell { site, to_publish } = &diff.of else { return None };
    let place = model.grid.find(&diff.patch, site)?;
    let ((left, right), _) = act::sides(&model.grid, place, *to_publish);
    let (now, shown) = ([left.sha256, right.sha256], [diff.left.sha256, diff.right.sha256]);
    // The same two the other way round are what was seen.
    let same = now == shown || now == [shown[1], shown[0]];
    (!same).then_some((place, *to_publish))
}

/// Shows what is there now in place of a diff that is outdated, in the same layout.
pub(crate) fn renew(model: &mut Model) -> Vec<Effect> {
    let Some((place, to_publish)) = outdated(model) else { return Vec::new() };
    let Some(Screen::Diff(before)) = model.screens.top() else { return Vec::new() };
    let (wanted, numbers) = (before.wanted, before.numbers);
    model.screens.back();
    let effects = act::open_diff(model, place, to_publish);
    if let Some(Screen::Diff(diff)) = model.screens.top_mut() {
        (diff.wanted, diff.numbers) = (wanted, numbers);
    }
    effects
}

/// Fits every open diff to the terminal.
pub(crate) fn arrange(model: &mut Model) {
    let size = model.size;
    for screen in model.screens.all_mut() {
        if let Screen::Diff(diff) = screen {
            diff.arrange(size);
        }
    }
}
